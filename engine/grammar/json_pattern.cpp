#include "engine/grammar/json_pattern.h"

#include "engine/error.h"
#include "engine/files/printable.h"

#include <charconv>
#include <optional>

namespace engine::grammar
{
namespace
{

constexpr int kDeepestGroups = 64;

CodePoints digitSet() { return {'0', '9'}; }

CodePoints wordSet()
{
    CodePoints set('0', '9');
    set.add('A', 'Z');
    set.add('a', 'z');
    set.add('_', '_');
    return set;
}

CodePoints spaceSet()
{
    CodePoints set('\t', '\r');
    for (const std::uint32_t space :
         {0x20U, 0xA0U, 0x1680U, 0x2028U, 0x2029U, 0x202FU, 0x205FU, 0x3000U, 0xFEFFU})
        set.add(space, space);
    set.add(0x2000, 0x200A);
    return set;
}

CodePoints lineSet()
{
    CodePoints ends('\n', '\n');
    ends.add('\r', '\r');
    ends.add(0x2028, 0x2029);
    return ends.negated();
}

class Reader final
{
public:
    Reader(std::string_view pattern, const std::string &where, RuleBuilder &rules, JsonRules &json)
        : m_text(pattern)
        , m_where(where)
        , m_rules(rules)
        , m_json(json)
    {
    }

    Sequence read();

private:
    [[noreturn]] void refuse(const std::string &message) const
    {
        throw Error(ErrorCode::BadRequest,
                    m_where + ": pattern: at byte " + std::to_string(m_at + 1) + ": " + message);
    }
    bool atEnd() const { return m_at >= m_text.size(); }
    char peek() const { return atEnd() ? '\0' : m_text[m_at]; }
    bool takes(std::string_view word)
    {
        if (!m_text.substr(std::min(m_at, m_text.size())).starts_with(word)) return false;
        m_at += word.size();
        return true;
    }
    Symbol alternatives(int depth);
    Sequence sequence(int depth);
    Sequence atom(int depth);
    Sequence repeated(Sequence part);
    CodePoints characterClass();
    CodePoints escape(bool inClass);
    std::uint32_t plain();
    int number();
    Symbol symbolOf(const CodePoints &set) { return m_json.escaped(m_where, set); }
    Sequence anything() { return m_rules.repeat(m_where, m_json.character(), 0, RuleBuilder::kUnlimited); }

    std::string_view m_text;
    const std::string &m_where;
    RuleBuilder &m_rules;
    JsonRules &m_json;
    std::size_t m_at = 0;
};

Sequence Reader::read()
{
    const Symbol all = alternatives(0);
    if (!atEnd()) refuse("expected the end, found " + printable(m_text.substr(m_at, 1)));
    return {all};
}

Symbol Reader::alternatives(int depth)
{
    std::vector<Sequence> all;
    do {
        Sequence whole;
        if (depth == 0 && !takes("^")) whole = anything();
        RuleBuilder::append(whole, sequence(depth));
        if (depth == 0 && !takes("$")) RuleBuilder::append(whole, anything());
        all.push_back(std::move(whole));
    } while (takes("|"));
    return m_rules.choice(m_where, std::move(all));
}

Sequence Reader::sequence(int depth)
{
    Sequence all;
    while (!atEnd() && peek() != '|' && peek() != ')') {
        const bool endsHere = m_at + 1 == m_text.size() || m_text[m_at + 1] == '|';
        if (peek() == '$' && depth == 0 && endsHere) break;
        RuleBuilder::append(all, repeated(atom(depth)));
    }
    return all;
}

Sequence Reader::atom(int depth)
{
    const char c = peek();
    if (c == '(') {
        if (depth == kDeepestGroups)
            refuse("groups nest more than " + std::to_string(kDeepestGroups) + " deep");
        ++m_at;
        if (peek() == '?' && !takes("?:")) refuse("(?...) other than (?:...) is not supported");
        const Symbol group = alternatives(depth + 1);
        if (!takes(")")) refuse("expected ) at the end of the group");
        return {group};
    }
    if (c == '^' || c == '$') refuse(std::string("'") + c + "' is supported at the ends only");
    if (c == '*' || c == '+' || c == '?' || c == '{')
        refuse(std::string("expected something to repeat before '") + c + "'");
    ++m_at;
    if (c == '.') return {symbolOf(lineSet())};
    if (c == '[') return {symbolOf(characterClass())};
    if (c == '\\') return {symbolOf(escape(false))};
    --m_at;
    const std::uint32_t codePoint = plain();
    return {symbolOf({codePoint, codePoint})};
}

Sequence Reader::repeated(Sequence part)
{
    int least = 0, most = RuleBuilder::kUnlimited;
    if (takes("?"))
        most = 1;
    else if (takes("+"))
        least = 1;
    else if (takes("{")) {
        least = most = number();
        if (takes(",")) most = peek() == '}' ? RuleBuilder::kUnlimited : number();
        if (!takes("}")) refuse("expected } at the end of the repetition");
        if (most != RuleBuilder::kUnlimited && most < least) refuse("expected {m,n} with n not below m");
    } else if (!takes("*"))
        return part;
    takes("?"); // lazy: the same texts
    const Symbol whole = part.size() == 1 ? part[0] : m_rules.choice(m_where, {std::move(part)});
    return m_rules.repeat(m_where, whole, least, most);
}

int Reader::number()
{
    int value = -1;
    const auto [stop, error] = std::from_chars(m_text.data() + m_at, m_text.data() + m_text.size(), value);
    if (error != std::errc() || value < 0 || value > RuleBuilder::kMostRepeats)
        refuse("expected a number from 0 to " + std::to_string(RuleBuilder::kMostRepeats));
    m_at = static_cast<std::size_t>(stop - m_text.data());
    return value;
}

CodePoints Reader::characterClass()
{
    const bool isNegated = takes("^");
    CodePoints set;
    while (peek() != ']') {
        if (atEnd()) refuse("expected ] at the end of the class");
        const bool isEscape = takes("\\");
        const std::uint32_t first = isEscape ? 0 : plain();
        const CodePoints one = isEscape ? escape(true) : CodePoints(first, first);
        const bool isSingle = one.ranges().size() == 1 && one.ranges()[0].first == one.ranges()[0].second;
        const bool isRange = peek() == '-' && m_at + 1 < m_text.size() && m_text[m_at + 1] != ']';
        if (!isRange) {
            set.add(one);
            continue;
        }
        ++m_at;
        const bool endIsEscape = takes("\\");
        const std::uint32_t last = endIsEscape ? 0 : plain();
        const CodePoints end = endIsEscape ? escape(true) : CodePoints(last, last);
        const bool endIsSingle = end.ranges().size() == 1 && end.ranges()[0].first == end.ranges()[0].second;
        if (!isSingle || !endIsSingle || end.ranges()[0].first < one.ranges()[0].first)
            refuse("expected a range of characters, the lower one first");
        set.add(one.ranges()[0].first, end.ranges()[0].first);
    }
    ++m_at;
    if (isNegated) set = set.negated();
    if (set.empty()) refuse("expected a class with at least one character");
    return set;
}

/// Behind a backslash.
CodePoints Reader::escape(bool inClass)
{
    const char c = peek();
    ++m_at;
    const auto single = [](std::uint32_t codePoint) { return CodePoints(codePoint, codePoint); };
    switch (c) {
    case 'd':
        return digitSet();
    case 'D':
        return digitSet().negated();
    case 'w':
        return wordSet();
    case 'W':
        return wordSet().negated();
    case 's':
        return spaceSet();
    case 'S':
        return spaceSet().negated();
    case 't':
        return single('\t');
    case 'n':
        return single('\n');
    case 'r':
        return single('\r');
    case 'f':
        return single('\f');
    case 'v':
        return single('\v');
    default:
        break;
    }
    if (inClass && c == 'b') return single('\b');
    constexpr std::string_view kSyntax = "^$\\.*+?()[]{}|/-";
    if (c != '\0' && kSyntax.find(c) != std::string_view::npos) return single(static_cast<unsigned char>(c));
    const std::size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : 0;
    const std::string_view hex = m_text.substr(std::min(m_at, m_text.size()), digits);
    std::uint32_t value = 0;
    const auto [stop, error] = std::from_chars(hex.data(), hex.data() + hex.size(), value, 16);
    const bool isHex = digits > 0 && error == std::errc() && stop == hex.data() + digits;
    if (!isHex || (value >= 0xD800 && value <= 0xDFFF)) {
        m_at = std::min(m_at, m_text.size()) - 1;
        refuse(std::string("the escape \\") + (atEnd() ? ' ' : m_text[m_at]) + " is not supported");
    }
    m_at += digits;
    return single(value);
}

std::uint32_t Reader::plain()
{
    const auto [codePoint, length] = firstCodePoint(m_text.substr(m_at));
    if (length == 0) refuse("expected UTF-8");
    m_at += length;
    return codePoint;
}

} // namespace

Sequence readPattern(std::string_view pattern, const std::string &where, RuleBuilder &rules, JsonRules &json)
{
    return Reader(pattern, where, rules, json).read();
}

} // namespace engine::grammar
