#include "engine/grammar/gbnf.h"

#include "engine/error.h"
#include "engine/files/printable.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

namespace engine::grammar
{
namespace
{

constexpr int kDeepestGroups = 64;
constexpr std::size_t kMostBytes = 256U << 10U;

class Reader final
{
public:
    Reader(std::string_view text, RuleBuilder &rules)
        : m_text(text)
        , m_rules(rules)
    {
    }

    Symbol read();

private:
    struct Named {
        Symbol rule;
        std::size_t firstUse = 0;
        bool isDefined = false;
    };

    [[noreturn]] void refuse(const std::string &message, std::size_t at) const;
    [[noreturn]] void expect(const std::string &what) const;
    bool atEnd() const { return m_at >= m_text.size(); }
    char peek() const { return atEnd() ? '\0' : m_text[m_at]; }
    bool takes(std::string_view word);
    void skip(bool overLines);
    bool goesOn(int depth);
    std::string_view name();
    Named &named(std::string_view name);
    void rule();
    std::vector<Sequence> alternatives(int depth);
    Sequence sequence(int depth);
    std::optional<Sequence> part(int depth);
    Sequence repeated(Sequence part);
    Sequence literal();
    Symbol characterClass();
    std::uint32_t character();
    int number();

    std::string_view m_text;
    RuleBuilder &m_rules;
    std::size_t m_at = 0;
    std::string m_rule; ///< that is being read
    std::map<std::string, Named, std::less<>> m_named;
};

void Reader::refuse(const std::string &message, std::size_t at) const
{
    const std::string_view before = m_text.substr(0, at);
    const auto line = std::ranges::count(before, '\n') + 1;
    const std::size_t begin = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
    throw Error(ErrorCode::BadRequest, "grammar: line " + std::to_string(line) + ", column " +
                                           std::to_string(at - begin + 1) + ": " + message);
}

void Reader::expect(const std::string &what) const
{
    refuse("expected " + what + ", found " +
               (atEnd() ? "the end"
                        : printable(m_text.substr(
                              m_at, std::max<std::size_t>(1, utf8Length(m_text.substr(m_at, 4)))))),
           m_at);
}

bool Reader::takes(std::string_view word)
{
    if (!m_text.substr(m_at).starts_with(word)) return false;
    m_at += word.size();
    return true;
}

void Reader::skip(bool overLines)
{
    while (!atEnd()) {
        const char c = peek();
        if (c == '#')
            m_at = std::min(m_text.find('\n', m_at), m_text.size());
        else if (c == ' ' || c == '\t' || (overLines && (c == '\n' || c == '\r')))
            ++m_at;
        else
            return;
    }
}

/// Skips to the next part of a rule: over lines within brackets, and to a line that begins with |.
bool Reader::goesOn(int depth)
{
    skip(depth > 0);
    const std::size_t here = m_at;
    skip(true);
    if (peek() != '|') m_at = here;
    return peek() == '|';
}

std::string_view Reader::name()
{
    const std::size_t begin = m_at;
    const auto isPart = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_';
    };
    while (!atEnd() && isPart(peek()))
        ++m_at;
    if (m_at == begin) expect("the name of a rule");
    return m_text.substr(begin, m_at - begin);
}

Reader::Named &Reader::named(std::string_view name)
{
    const auto found = m_named.find(name);
    if (found != m_named.end()) return found->second;
    Named fresh{m_rules.declare("rule '" + std::string(name.substr(0, 64)) + "'"), m_at - name.size(), false};
    return m_named.emplace(std::string(name), fresh).first->second;
}

Symbol Reader::read()
{
    if (m_text.size() > kMostBytes)
        throw Error(ErrorCode::BadRequest,
                    "grammar: expected at most 256 KiB, found " + std::to_string(m_text.size()) + " bytes");
    for (skip(true); !atEnd(); skip(true))
        rule();
    for (const auto &[name, rule] : m_named)
        if (!rule.isDefined) refuse("rule '" + name + "' is not defined", rule.firstUse);
    const auto root = m_named.find("root");
    if (root == m_named.end()) refuse("expected a rule named root, found none", m_text.size());
    return root->second.rule;
}

void Reader::rule()
{
    const std::size_t begin = m_at;
    const std::string_view title = name();
    Named &target = named(title);
    if (target.isDefined) refuse("rule '" + std::string(title) + "' is defined twice", begin);
    target.isDefined = true;
    const Symbol symbol = target.rule;
    m_rule = m_rules.rules()[static_cast<std::size_t>(symbol.index)].name;
    skip(false);
    if (!takes("::=")) expect("::= behind the name of rule '" + std::string(title) + "'");
    skip(true);
    for (Sequence &alternative : alternatives(0))
        m_rules.add(symbol, std::move(alternative));
    skip(false);
    if (!atEnd() && peek() != '\n' && peek() != '\r') expect("the end of the line or |");
}

std::vector<Sequence> Reader::alternatives(int depth)
{
    std::vector<Sequence> all = {sequence(depth)};
    while (goesOn(depth)) {
        ++m_at;
        skip(true);
        all.push_back(sequence(depth));
    }
    return all;
}

Sequence Reader::sequence(int depth)
{
    Sequence all;
    while (std::optional<Sequence> next = part(depth)) {
        RuleBuilder::append(all, repeated(std::move(*next)));
        skip(depth > 0);
    }
    return all;
}

std::optional<Sequence> Reader::part(int depth)
{
    const char c = peek();
    if (c == '"') return literal();
    if (c == '[') return Sequence{characterClass()};
    if (c == '.') {
        ++m_at;
        return Sequence{m_rules.characters(m_rule, CodePoints::all())};
    }
    if (c == '(') {
        if (depth == kDeepestGroups)
            refuse("groups nest more than " + std::to_string(kDeepestGroups) + " deep", m_at);
        ++m_at;
        skip(true);
        const Symbol group = m_rules.choice(m_rule, alternatives(depth + 1));
        skip(true);
        if (!takes(")")) expect(")");
        return Sequence{group};
    }
    if (c == '<' || c == '!') refuse("tokens in grammars (<...>) are not supported", m_at);
    const bool isName =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    if (!isName) return std::nullopt;
    const std::string_view called = name();
    return Sequence{named(called).rule};
}

/// `part` with what may stand behind it: ? * + {m} {m,} {m,n}, any of them again.
Sequence Reader::repeated(Sequence part)
{
    for (int times = 0;; ++times) {
        int least = 0, most = RuleBuilder::kUnlimited;
        const std::size_t begin = m_at;
        if (takes("?"))
            most = 1;
        else if (takes("+"))
            least = 1;
        else if (takes("{")) {
            skip(false);
            least = number();
            most = least;
            skip(false);
            if (takes(",")) {
                skip(false);
                most = peek() == '}' ? RuleBuilder::kUnlimited : number();
                skip(false);
            }
            if (!takes("}")) expect("}");
            if (most != RuleBuilder::kUnlimited && most < least)
                refuse("expected {m,n} with n not below m", begin);
        } else if (!takes("*"))
            return part;
        if (times == kDeepestGroups) refuse("too many repetitions of repetitions", begin);
        const Symbol whole = part.size() == 1 ? part[0] : m_rules.choice(m_rule, {std::move(part)});
        part = m_rules.repeat(m_rule, whole, least, most);
    }
}

int Reader::number()
{
    int value = 0;
    const char *begin = m_text.data() + m_at, *end = m_text.data() + m_text.size();
    const auto [stop, error] = std::from_chars(begin, end, value);
    if (error != std::errc() || value < 0 || value > RuleBuilder::kMostRepeats)
        expect("a number from 0 to " + std::to_string(RuleBuilder::kMostRepeats));
    m_at += static_cast<std::size_t>(stop - begin);
    return value;
}

Sequence Reader::literal()
{
    const std::size_t begin = m_at++;
    std::string text;
    while (peek() != '"') {
        if (atEnd() || peek() == '\n') refuse("expected \" at the end of the literal", begin);
        text += utf8Of(character());
    }
    ++m_at;
    return m_rules.literal(text);
}

Symbol Reader::characterClass()
{
    const std::size_t begin = m_at++;
    const bool isNegated = takes("^");
    CodePoints set;
    while (peek() != ']') {
        if (atEnd()) refuse("expected ] at the end of the class", begin);
        const std::uint32_t first = character();
        std::uint32_t last = first;
        if (peek() == '-' && m_at + 1 < m_text.size() && m_text[m_at + 1] != ']') {
            const std::size_t at = m_at++;
            last = character();
            if (last < first) refuse("expected a range whose end is not below its beginning", at);
        }
        set.add(first, last);
    }
    ++m_at;
    if (isNegated) set = set.negated();
    if (set.empty()) refuse("expected a class with at least one character", begin);
    return m_rules.characters(m_rule, set);
}

/// One code point of a literal or class.
std::uint32_t Reader::character()
{
    const std::size_t begin = m_at;
    if (peek() != '\\') {
        const auto [codePoint, length] = firstCodePoint(m_text.substr(m_at));
        if (length == 0) expect("UTF-8");
        m_at += length;
        return codePoint;
    }
    ++m_at;
    const char c = peek();
    ++m_at;
    constexpr std::string_view kPlain = "\\\"[]-^";
    if (kPlain.find(c) != std::string_view::npos) return static_cast<unsigned char>(c);
    if (c == 'n') return '\n';
    if (c == 'r') return '\r';
    if (c == 't') return '\t';
    const std::size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    if (digits == 0) refuse("unknown escape " + printable(m_text.substr(begin, 2)), begin);
    std::uint32_t value = 0;
    const std::string_view hex = m_text.substr(std::min(m_at, m_text.size()), digits);
    const auto [stop, error] = std::from_chars(hex.data(), hex.data() + hex.size(), value, 16);
    if (error != std::errc() || stop != hex.data() + digits)
        refuse("expected " + std::to_string(digits) + " hexadecimal digits behind \\" + c, begin);
    if (value > CodePoints::kLast || (value >= 0xD800 && value <= 0xDFFF))
        refuse("expected a Unicode character, found " + printable(m_text.substr(begin, digits + 2)), begin);
    m_at += digits;
    return value;
}

} // namespace

Symbol readGbnf(std::string_view text, RuleBuilder &rules) { return Reader(text, rules).read(); }

} // namespace engine::grammar
