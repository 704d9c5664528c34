#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace engine
{

/// What a tokenizer does to text before it merges bytes: Unicode normalisation, then cuts by regular
/// expressions, one after the other, with the Unicode classes of ICU. Immutable, safe from any thread.
class TextSplitter final
{
public:
    enum class Form : std::uint8_t { None, Nfc, Nfd, Nfkc, Nfkd };
    struct Rule {
        std::string pattern;    ///< regular expression, UTF-8
        bool dropsRest = false; ///< false: text between matches is a piece too
    };

    /// Splits at the words, numbers and signs of GPT-2 and GPT-NeoX. Source: huggingface/tokenizers,
    /// pre_tokenizers/byte_level.rs.
    static constexpr const char *kGpt2 =
        R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
    /// The same for Qwen2 and Qwen3: every digit alone, line ends with the signs before them.
    static constexpr const char *kQwen2 =
        R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

    /// Throws Error(BadTokenizer) naming a pattern that is no regular expression.
    TextSplitter(Form form, std::vector<Rule> rules);
    ~TextSplitter();
    TextSplitter(const TextSplitter &) = delete;
    TextSplitter &operator=(const TextSplitter &) = delete;

    /// Bytes that are no UTF-8 stay as they are.
    std::string normalized(std::string_view text) const;
    /// Pieces of `text`, in order. An expression that takes too long leaves the rest in one piece.
    std::vector<std::string_view> split(std::string_view text) const;

    /// Bytes of white space that `text` begins (ends) with.
    static std::size_t leadingSpace(std::string_view text);
    static std::size_t trailingSpace(std::string_view text);

private:
    struct Compiled;

    Form m_form;
    std::vector<std::unique_ptr<const Compiled>> m_rules;
};

} // namespace engine
