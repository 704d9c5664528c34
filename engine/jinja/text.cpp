#include "engine/jinja/text.h"

#include "engine/tokenizers/text_splitter.h"

#include <algorithm>

namespace engine::jinja
{
namespace
{

char upperOf(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
char lowerOf(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool isLetter(char c) { return lowerOf(c) >= 'a' && lowerOf(c) <= 'z'; }

} // namespace

std::string upper(std::string_view text)
{
    std::string out(text);
    std::ranges::transform(out, out.begin(), upperOf);
    return out;
}

std::string lower(std::string_view text)
{
    std::string out(text);
    std::ranges::transform(out, out.begin(), lowerOf);
    return out;
}

std::string title(std::string_view text)
{
    std::string out = lower(text);
    for (std::size_t i = 0; i < out.size(); ++i)
        if (i == 0 || !isLetter(out[i - 1])) out[i] = upperOf(out[i]);
    return out;
}

std::string titleOfWords(std::string_view text)
{
    constexpr std::string_view kBefore = "- \t\n\r\v\f({[<";
    std::string out = lower(text);
    for (std::size_t i = 0; i < out.size(); ++i)
        if (i == 0 || kBefore.find(out[i - 1]) != std::string_view::npos) out[i] = upperOf(out[i]);
    return out;
}

std::string capitalized(std::string_view text)
{
    std::string out = lower(text);
    if (!out.empty()) out[0] = upperOf(out[0]);
    return out;
}

std::string stripped(std::string_view text, bool left, bool right, std::string_view bytes)
{
    if (left)
        text.remove_prefix(bytes.empty() ? TextSplitter::leadingSpace(text)
                                         : std::min(text.find_first_not_of(bytes), text.size()));
    if (right)
        text.remove_suffix(bytes.empty() ? TextSplitter::trailingSpace(text)
                                         : text.size() - (text.find_last_not_of(bytes) + 1));
    return std::string(text);
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to, std::int64_t most)
{
    std::string out;
    while (most != 0 && !from.empty() && out.size() <= kLongestText) {
        const std::size_t at = text.find(from);
        if (at == std::string_view::npos) break;
        out.append(text.substr(0, at)).append(to);
        text.remove_prefix(at + from.size());
        --most;
    }
    return out.append(text);
}

std::int64_t characters(std::string_view text)
{
    return std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

} // namespace engine::jinja
