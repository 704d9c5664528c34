#include "engine/tokenizers/text_splitter.h"

#include "engine/error.h"
#include "engine/files/printable.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/regex.h>
#include <unicode/uchar.h>
#include <unicode/utext.h>
#include <unicode/utf8.h>

namespace engine
{
namespace
{

constexpr std::size_t kLongestPattern = 8192;
constexpr std::int32_t kMostSteps = 1000;     ///< of one match; about a second
constexpr std::int32_t kMostStack = 16 << 20; ///< bytes a match may need to step back
constexpr std::int32_t kMostText = 1 << 30;   ///< bytes that ICU is given at once

/// A borrowed view of UTF-8 for ICU, which reads bytes that are none as U+FFFD.
class Utf8Text
{
public:
    explicit Utf8Text(std::string_view text)
    {
        UErrorCode error = U_ZERO_ERROR;
        utext_openUTF8(&m_text, text.data(), static_cast<std::int64_t>(text.size()), &error);
    }
    ~Utf8Text() { utext_close(&m_text); }
    Utf8Text(const Utf8Text &) = delete;
    Utf8Text &operator=(const Utf8Text &) = delete;

    UText *get() { return &m_text; }

private:
    UText m_text = UTEXT_INITIALIZER;
};

const icu::Normalizer2 *normalizerOf(TextSplitter::Form form)
{
    UErrorCode error = U_ZERO_ERROR;
    const icu::Normalizer2 *normalizer = nullptr;
    switch (form) {
    case TextSplitter::Form::None:
        return nullptr;
    case TextSplitter::Form::Nfc:
        normalizer = icu::Normalizer2::getNFCInstance(error);
        break;
    case TextSplitter::Form::Nfd:
        normalizer = icu::Normalizer2::getNFDInstance(error);
        break;
    case TextSplitter::Form::Nfkc:
        normalizer = icu::Normalizer2::getNFKCInstance(error);
        break;
    case TextSplitter::Form::Nfkd:
        normalizer = icu::Normalizer2::getNFKDInstance(error);
        break;
    }
    if (U_FAILURE(error)) throw Error(ErrorCode::BadTokenizer, "The Unicode library has no tables.");
    return normalizer;
}

} // namespace

/// Only the pattern is kept: it may be shared by threads, its matchers not.
struct TextSplitter::Compiled {
    std::unique_ptr<icu::RegexPattern> pattern;
    bool dropsRest = false;

    void split(std::string_view text, std::vector<std::string_view> &pieces) const
    {
        UErrorCode error = U_ZERO_ERROR;
        const std::unique_ptr<icu::RegexMatcher> matcher(pattern->matcher(error));
        Utf8Text view(text);
        std::size_t done = 0;
        if (U_SUCCESS(error) && text.size() <= kMostText) {
            matcher->setTimeLimit(kMostSteps, error);
            matcher->setStackLimit(kMostStack, error);
            matcher->reset(view.get());
            while (U_SUCCESS(error) && matcher->find(error)) {
                const auto begin = static_cast<std::size_t>(matcher->start64(error));
                const auto end = static_cast<std::size_t>(matcher->end64(error));
                if (begin > done && !dropsRest) pieces.push_back(text.substr(done, begin - done));
                if (end > begin) pieces.push_back(text.substr(begin, end - begin));
                done = end;
            }
        }
        if (done < text.size() && (!dropsRest || U_FAILURE(error))) pieces.push_back(text.substr(done));
    }
};

TextSplitter::TextSplitter(Form form, std::vector<Rule> rules)
    : m_form(form)
{
    normalizerOf(form);
    for (const Rule &rule : rules) {
        UErrorCode error = U_ZERO_ERROR;
        auto compiled = std::make_unique<Compiled>();
        compiled->dropsRest = rule.dropsRest;
        UParseError where{};
        if (rule.pattern.size() <= kLongestPattern)
            compiled->pattern.reset(
                icu::RegexPattern::compile(icu::UnicodeString::fromUTF8(rule.pattern), where, error));
        if (U_FAILURE(error) || !compiled->pattern)
            throw Error(ErrorCode::BadTokenizer,
                        "pre_tokenizer: expected a regular expression, found " + printable(rule.pattern));
        m_rules.push_back(std::move(compiled));
    }
}

TextSplitter::~TextSplitter() = default;

std::string TextSplitter::normalized(std::string_view text) const
{
    const icu::Normalizer2 *normalizer = normalizerOf(m_form);
    if (!normalizer || text.size() > kMostText) return std::string(text);
    std::string out;
    const auto convert = [&](std::string_view part) {
        UErrorCode error = U_ZERO_ERROR;
        std::string result;
        icu::StringByteSink<std::string> sink(&result);
        normalizer->normalizeUTF8(0, icu::StringPiece(part.data(), static_cast<std::int32_t>(part.size())),
                                  sink, nullptr, error);
        out += U_SUCCESS(error) ? result : std::string(part);
    };
    std::size_t begin = 0;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = utf8Length(text.substr(i, 4));
        i += length;
        if (length > 0) continue;
        convert(text.substr(begin, i - begin));
        out += text[i];
        begin = ++i;
    }
    convert(text.substr(begin));
    return out;
}

std::vector<std::string_view> TextSplitter::split(std::string_view text) const
{
    std::vector<std::string_view> pieces = {text};
    for (const auto &rule : m_rules) {
        std::vector<std::string_view> finer;
        for (const std::string_view piece : pieces)
            rule->split(piece, finer);
        pieces = std::move(finer);
    }
    return pieces;
}

std::size_t TextSplitter::leadingSpace(std::string_view text)
{
    const auto *bytes = reinterpret_cast<const std::uint8_t *>(text.data());
    std::int32_t at = 0;
    const auto size = static_cast<std::int32_t>(std::min<std::size_t>(text.size(), kMostText));
    while (at < size) {
        std::int32_t next = at;
        UChar32 c = 0;
        U8_NEXT(bytes, next, size, c);
        if (c < 0 || !u_isUWhiteSpace(c)) break;
        at = next;
    }
    return static_cast<std::size_t>(at);
}

std::size_t TextSplitter::trailingSpace(std::string_view text)
{
    if (text.size() > kMostText) text.remove_prefix(text.size() - kMostText);
    const auto size = static_cast<std::int32_t>(text.size());
    const auto *bytes = reinterpret_cast<const std::uint8_t *>(text.data());
    std::int32_t at = size;
    while (at > 0) {
        std::int32_t before = at;
        UChar32 c = 0;
        U8_PREV(bytes, 0, before, c);
        if (c < 0 || !u_isUWhiteSpace(c)) break;
        at = before;
    }
    return static_cast<std::size_t>(size - at);
}

} // namespace engine
