#include "engine/strategy.h"

#include "engine/error.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

namespace engine
{
namespace
{

using kernels::Format;

constexpr int kMaxCount = 1'000'000;

struct Token {
    std::string_view text;
    std::size_t position;
};

[[noreturn]] void refuse(const Token &token, const std::string &why)
{
    throw Error(ErrorCode::BadStrategy,
                "Strategy: '" + std::string(token.text) + "' at position " +
                    std::to_string(token.position + 1) + ": " + why,
                std::to_string(token.position));
}

/// Words between spaces; "->" is a word of its own even without spaces around it.
std::vector<Token> split(std::string_view text)
{
    std::vector<Token> tokens;
    std::size_t i = 0;
    while (i < text.size()) {
        if (text[i] == ' ' || text[i] == '\t') {
            ++i;
            continue;
        }
        std::size_t end = i + 2;
        if (text.substr(i, 2) != "->")
            end = std::min({text.find_first_of(" \t", i), text.find("->", i), text.size()});
        tokens.push_back({text.substr(i, end - i), i});
        i = end;
    }
    return tokens;
}

/// All of `digits` as a number, at most kMaxCount.
std::optional<int> number(std::string_view digits)
{
    int value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || value < 0 || value > kMaxCount)
        return std::nullopt;
    return value;
}

std::string readDevice(const Token &token)
{
    const std::size_t colon = token.text.find(':');
    const std::string name(token.text.substr(0, colon));
    const bool isNumbered = colon != std::string_view::npos;
    const bool mayBeNumbered = name == "cpu" || name == "cuda" || name == "hip" || name == "emulator";
    if (!mayBeNumbered && token.text != "mps" && token.text != "dml")
        refuse(token, "expected a device, such as 'cpu' or 'cuda:0'.");
    if (!isNumbered) return mayBeNumbered && name != "cpu" ? name + ":0" : name;
    const std::optional<int> index = number(token.text.substr(colon + 1));
    if (!index) refuse(token, "expected a number behind ':', such as '" + name + ":0'.");
    return name + ":" + std::to_string(*index);
}

Format readFormat(const Token &token)
{
    if (const auto format = formatNamed(token.text)) return *format;
    refuse(token, "expected one of " + formatNames() + ".");
}

void readCount(const Token &token, StrategySegment &segment)
{
    std::string_view digits = token.text.substr(1);
    segment.streams = digits.ends_with('+');
    if (segment.streams) digits.remove_suffix(1);
    const std::optional<int> count = number(digits);
    if (!count) refuse(token, "expected a number of layers, such as '*10' or '*10+'.");
    segment.layers = *count;
}

/// "head=int8".
void readRole(const Token &token, Strategy &strategy)
{
    const std::size_t equals = token.text.find('=');
    const std::string_view role = token.text.substr(0, equals);
    std::optional<Format> *const target = role == "head"   ? &strategy.head
                                          : role == "emb"  ? &strategy.embedding
                                          : role == "lora" ? &strategy.factors
                                          : role == "ffn"  ? &strategy.channelMix
                                                           : nullptr;
    if (!target) refuse(token, "expected head=, emb=, lora= or ffn= and a format.");
    if (*target) refuse(token, "is there twice; it is for the whole model.");
    const std::optional<Format> format = formatNamed(token.text.substr(equals + 1));
    if (!format) refuse(token, "expected one of " + formatNames() + " behind '='.");
    if (role == "emb" && !kernels::isHigh(*format)) refuse(token, "the embedding can be fp32, fp16 or bf16.");
    *target = format;
}

StrategySegment readSegment(const std::vector<Token> &tokens, std::size_t &i, Strategy &strategy)
{
    StrategySegment segment;
    segment.position = tokens[i].position;
    segment.device = readDevice(tokens[i++]);
    const auto next = [&] { return i < tokens.size() ? tokens[i].text : std::string_view("->"); };
    const auto isRole = [](std::string_view text) { return text.find('=') != std::string_view::npos; };
    if (next() != "->" && next().front() != '*' && !isRole(next())) segment.format = readFormat(tokens[i++]);
    for (bool hasCount = false; next() != "->"; ++i) {
        if (isRole(next()))
            readRole(tokens[i], strategy);
        else if (next().front() == '*' && !std::exchange(hasCount, true))
            readCount(tokens[i], segment);
        else
            refuse(tokens[i], "expected '->' or the end.");
    }
    return segment;
}

} // namespace

Strategy parseStrategy(const std::string &text)
{
    const std::vector<Token> tokens = split(text);
    Strategy strategy;
    for (std::size_t i = 0;; ++i) { // over the arrows
        if (i >= tokens.size())
            refuse({"end of the text", text.size()}, "expected a device, such as 'cpu' or 'cuda:0'.");
        strategy.segments.push_back(readSegment(tokens, i, strategy));
        if (i == tokens.size()) return strategy;
    }
}

std::optional<Format> formatNamed(std::string_view name)
{
#define X(format, traits, written)                                                                           \
    if (name == (written)) return Format::format;
    KERNELS_ALL_FORMATS(X)
#undef X
    for (const Format high : {Format::F32, Format::F16, Format::BF16}) {
        if (!name.starts_with(kernels::nameOf(high))) continue;
        const std::string_view packed = name.substr(4);
        if (packed == "i8") return Format::I8;
        if (packed == "i4" || packed == "i3") return high;
    }
    return std::nullopt;
}

std::string formatNames()
{
    std::string names;
#define X(format, traits, written) names += (names.empty() ? "" : ", ") + std::string(written);
    KERNELS_ALL_FORMATS(X)
#undef X
    return names;
}

} // namespace engine
