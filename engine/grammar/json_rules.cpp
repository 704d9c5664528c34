#include "engine/grammar/json_rules.h"

#include <string>

namespace engine::grammar
{
namespace
{

constexpr int kMostBlanks = 40;
constexpr int kMostDigits = 16;

ByteSet bytesOf(std::string_view text)
{
    ByteSet set;
    for (const char c : text)
        set.set(static_cast<unsigned char>(c));
    return set;
}

} // namespace

JsonRules::JsonRules(RuleBuilder &rules)
    : m_rules(rules)
{
    const auto set = [&](std::string_view text) { return rules.bytes(bytesOf(text)); };
    const auto one = [&](std::string_view text) { return Sequence{set(text)}; };
    const auto join = [](std::initializer_list<Sequence> parts) {
        Sequence all;
        for (const Sequence &part : parts)
            RuleBuilder::append(all, part);
        return all;
    };
    m_space = rules.choice(
        "space", {{}, one(" "), join({one("\n"), rules.repeat("space", set(" \t"), 0, kMostBlanks)})});
    m_quote = set("\"");

    const Symbol hex = set("0123456789abcdefABCDEF");
    const Symbol noSurrogate = rules.choice(
        "escape", {{set("0123456789abcefABCEF"), hex, hex, hex}, {set("dD"), set("01234567"), hex, hex}});
    const Sequence pair = join(
        {{set("dD"), set("89abAB"), hex, hex}, rules.literal("\\u"), {set("dD"), set("cdefCDEF"), hex, hex}});
    const Symbol escape =
        rules.choice("escape", {one("\"\\/bfnrt"), {set("u"), noSurrogate}, join({one("u"), pair})});
    CodePoints plain(0x20, CodePoints::kLast);
    CodePoints special('"', '"');
    special.add('\\', '\\');
    m_character = rules.choice(
        "character", {{rules.characters("character", plain.without(special))}, {set("\\"), escape}});
    m_string = rules.choice(
        "string",
        {join({{m_quote}, rules.repeat("string", m_character, 0, RuleBuilder::kUnlimited), {m_quote}})});

    const Symbol digit = set("0123456789");
    const Symbol whole = rules.choice(
        "number", {one("0"), join({one("123456789"), rules.repeat("number", digit, 0, kMostDigits - 1)})});
    const Symbol sign = rules.choice("number", {{}, one("-")});
    const Symbol fraction =
        rules.choice("number", {{}, join({one("."), rules.repeat("number", digit, 1, kMostDigits)})});
    const Symbol signs = rules.choice("number", {{}, one("+-")});
    const Symbol exponent =
        rules.choice("number", {{}, join({{set("eE"), signs}, rules.repeat("number", digit, 1, 2)})});
    m_integer = rules.choice("integer", {{sign, whole}});
    m_number = rules.choice("number", {{sign, whole, fraction, exponent}});
    m_boolean = rules.choice("boolean", {rules.literal("true"), rules.literal("false")});
    m_null = rules.choice("null", {rules.literal("null")});

    m_value = rules.declare("value");
    m_array = listOf("array", '[', {m_value}, ']', 0, RuleBuilder::kUnlimited);
    m_object = listOf("object", '{', join({{m_string, m_space}, one(":"), {m_space, m_value}}), '}', 0,
                      RuleBuilder::kUnlimited);
    for (const Symbol kind : {m_string, m_number, m_boolean, m_null, m_array, m_object})
        rules.add(m_value, {kind});
}

Symbol JsonRules::escaped(const std::string &name, const CodePoints &set)
{
    constexpr std::string_view kShort[] = {"\"\"", "\\\\", "\bb", "\ff", "\nn", "\rr", "\tt"};
    constexpr std::string_view kHex = "0123456789abcdef";
    CodePoints plain(0x20, CodePoints::kLast);
    CodePoints special('"', '"');
    special.add('\\', '\\');
    plain = plain.without(special);
    std::vector<Sequence> alternatives;
    const CodePoints kept = set.without(plain.negated());
    if (!kept.empty()) alternatives.push_back({m_rules.characters(name, kept)});
    CodePoints left = set.without(plain);
    for (const std::string_view pair : kShort) {
        const auto code = static_cast<unsigned char>(pair[0]);
        if (!left.has(code)) continue;
        alternatives.push_back(m_rules.literal(std::string("\\") + pair[1]));
        left = left.without({code, code});
    }
    for (std::uint32_t code = 0; code < 0x20; ++code) {
        if (left.has(code))
            alternatives.push_back(
                m_rules.literal(std::string("\\u00") + kHex[code >> 4U] + kHex[code & 15U]));
    }
    return m_rules.choice(name, std::move(alternatives));
}

Symbol JsonRules::listOf(const std::string &name, char open, const Sequence &part, char close, int least,
                         int most)
{
    Sequence more = m_rules.literal(",");
    more.push_back(m_space);
    RuleBuilder::append(more, part);
    more.push_back(m_space);
    Sequence all = part;
    all.push_back(m_space);
    std::vector<Sequence> inside;
    if (most != 0) {
        const bool isSingle = most == 1;
        if (!isSingle)
            RuleBuilder::append(all,
                                m_rules.repeat(name, m_rules.choice(name, {more}), std::max(0, least - 1),
                                               most == RuleBuilder::kUnlimited ? most : most - 1));
        inside.push_back(all);
    }
    if (least == 0) inside.emplace_back();
    Sequence list = m_rules.literal({&open, 1});
    list.push_back(m_space);
    list.push_back(m_rules.choice(name, std::move(inside)));
    RuleBuilder::append(list, m_rules.literal({&close, 1}));
    return m_rules.choice(name, {std::move(list)});
}

Sequence JsonRules::key(const std::string &quoted)
{
    Sequence sequence = m_rules.literal(quoted + ":");
    sequence.push_back(m_space);
    return sequence;
}

} // namespace engine::grammar
