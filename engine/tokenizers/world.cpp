#include "engine/files/printable.h"
#include "engine/files/stored_vocabulary.h"
#include "engine/tokenizers/byte_trie.h"
#include "engine/tokenizers/python_literal.h"
#include "engine/tokenizers/readers.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace engine
{
namespace
{

constexpr std::uint64_t kLargestFile = 32U << 20; ///< the World vocabulary takes 1.1 MB
constexpr int kLargestId = 1 << 20;
constexpr std::size_t kLongestToken = 1024;       ///< World: 128
constexpr std::int32_t kControl = 3, kUnused = 5; ///< types of GGUF's tokens

class WorldTokenizer final : public Tokenizer
{
public:
    explicit WorldTokenizer(const MappedFile &file);
    explicit WorldTokenizer(const StoredVocabulary &stored);

    std::vector<int> encode(std::string_view text) const override;
    std::string_view bytes(int token) const override;
    int size() const override { return static_cast<int>(m_spans.size()); }
    bool isUsed(int token) const override { return token == 0 || !bytes(token).empty(); }
    int endOfText() const override { return 0; }

private:
    struct Span {
        std::uint32_t begin = 0, length = 0; ///< in m_text; length 0: unused id
    };

    struct Line {
        const MappedFile &file;
        std::string_view text;
        int number = 0; ///< from 1
        [[noreturn]] void refuse(const std::string &what) const
        {
            file.refuse("line " + std::to_string(number) + ": " + what, ErrorCode::BadTokenizer);
        }
    };

    void addLine(const Line &line);
    void add(int id, std::string_view token);
    std::string buildTrie();

    std::string m_text; ///< all tokens, one behind the other
    std::vector<Span> m_spans;
    ByteTrie m_trie;
};

/// The bytes that GGUF files write as Python does: \\t, \\n, \\r, \\xNN; a backslash before any other
/// character means that character.
std::optional<std::string> unescaped(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            out += text[i];
            continue;
        }
        if (++i == text.size()) return std::nullopt;
        const char kind = text[i];
        unsigned value = 0;
        if (kind == 'x') {
            const char *digits = text.data() + i + 1;
            if (i + 2 >= text.size() || std::from_chars(digits, digits + 2, value, 16).ptr != digits + 2)
                return std::nullopt;
            i += 2;
            out += static_cast<char>(value);
        } else {
            out += kind == 't' ? '\t' : kind == 'n' ? '\n' : kind == 'r' ? '\r' : kind;
        }
    }
    return out;
}

template <typename Number>
bool parseNumber(std::string_view text, Number &value)
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size();
}

WorldTokenizer::WorldTokenizer(const MappedFile &file)
{
    if (file.size() > kLargestFile)
        file.refuse("expected a vocabulary of at most " + std::to_string(kLargestFile) + " bytes, found " +
                        std::to_string(file.size()),
                    ErrorCode::BadTokenizer);
    std::string content(file.size(), '\0');
    file.copyOut(0, std::as_writable_bytes(std::span(content)));

    std::string_view rest = content;
    for (int number = 1; !rest.empty(); ++number) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        addLine({file, line, number});
    }
    if (const std::string problem = buildTrie(); !problem.empty())
        file.refuse(problem, ErrorCode::BadTokenizer);
}

/// Ids that are no text (the end, padding) have the types of control and unused tokens.
WorldTokenizer::WorldTokenizer(const StoredVocabulary &stored)
{
    for (std::size_t id = 1; id < stored.tokens.size(); ++id) {
        if (id < stored.types.size() && (stored.types[id] == kControl || stored.types[id] == kUnused))
            continue;
        const auto token = unescaped(stored.tokens[id]);
        if (id > kLargestId || !token || token->empty() || token->size() > kLongestToken)
            throw Error(ErrorCode::BadTokenizer, "The vocabulary in the model file: expected 1 to " +
                                                     std::to_string(kLongestToken) +
                                                     " escaped bytes as token " + std::to_string(id) +
                                                     ", found " + printable(stored.tokens[id]) + ".");
        add(static_cast<int>(id), *token);
    }
    if (const std::string problem = buildTrie(); !problem.empty())
        throw Error(ErrorCode::BadTokenizer, "The vocabulary in the model file: " + problem + ".");
}

void WorldTokenizer::addLine(const Line &line)
{
    const std::string_view text = line.text;
    const std::size_t first = text.find(' ');
    const std::size_t last = text.rfind(' ');
    int id = 0;
    std::size_t length = 0;
    if (first == std::string_view::npos || first == last || !parseNumber(text.substr(0, first), id) ||
        !parseNumber(text.substr(last + 1), length))
        line.refuse("expected `id literal length`, found " + printable(text));
    if (id < 1 || id > kLargestId)
        line.refuse("expected an id from 1 to " + std::to_string(kLargestId) + ", found " +
                    std::to_string(id));

    const auto token = parsePythonLiteral(text.substr(first + 1, last - first - 1));
    if (!token)
        line.refuse("expected a quoted text like 'a' or b'\\xff', found " +
                    printable(text.substr(first + 1, last - first - 1)));
    if (token->size() != length)
        line.refuse("expected a token of " + std::to_string(length) + " bytes, found " +
                    std::to_string(token->size()));
    if (token->empty() || token->size() > kLongestToken)
        line.refuse("expected a token of 1 to " + std::to_string(kLongestToken) + " bytes, found " +
                    std::to_string(token->size()));

    if (!bytes(id).empty()) line.refuse("the id " + std::to_string(id) + " was given before");
    add(id, *token);
}

void WorldTokenizer::add(int id, std::string_view token)
{
    const auto index = static_cast<std::size_t>(id);
    if (index >= m_spans.size()) m_spans.resize(index + 1);
    m_spans[index] = {static_cast<std::uint32_t>(m_text.size()), static_cast<std::uint32_t>(token.size())};
    m_text += token;
}

/// What is wrong with the tokens; nothing if all is well.
std::string WorldTokenizer::buildTrie()
{
    std::vector<ByteTrie::Word> words;
    for (int id = 1; id < size(); ++id)
        if (isUsed(id)) words.push_back({bytes(id), id});
    std::ranges::sort(words, {}, &ByteTrie::Word::bytes);
    const auto twice = std::ranges::adjacent_find(words, {}, &ByteTrie::Word::bytes);
    if (twice != words.end())
        return "the token " + printable(twice->bytes) + " has two ids, " + std::to_string(twice->number) +
               " and " + std::to_string(std::next(twice)->number);
    m_trie = ByteTrie(words);
    for (int byte = 0; byte < 256; ++byte) {
        const char text = static_cast<char>(byte);
        if (m_trie.longest({&text, 1}).number < 0)
            return "expected a token for each of the 256 bytes, the one for " + printable({&text, 1}) +
                   " is missing";
    }
    return {};
}

std::vector<int> WorldTokenizer::encode(std::string_view text) const
{
    std::vector<int> tokens;
    tokens.reserve(text.size() / 3);
    while (!text.empty()) {
        const ByteTrie::Match match = m_trie.longest(text); // every single byte is a token: always found
        tokens.push_back(match.number);
        text.remove_prefix(match.length);
    }
    return tokens;
}

std::string_view WorldTokenizer::bytes(int token) const
{
    if (token < 0 || token >= size()) return {};
    const Span span = m_spans[static_cast<std::size_t>(token)];
    return std::string_view(m_text).substr(span.begin, span.length);
}

} // namespace

std::unique_ptr<Tokenizer> openWorldTokenizer(const MappedFile &file)
{
    return std::make_unique<WorldTokenizer>(file);
}

std::unique_ptr<Tokenizer> makeWorldTokenizer(const StoredVocabulary &stored)
{
    return std::make_unique<WorldTokenizer>(stored);
}

} // namespace engine
