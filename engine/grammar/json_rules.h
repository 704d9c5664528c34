#pragma once

#include "engine/grammar/rules.h"

#include <cstdint>
#include <optional>

namespace engine::grammar
{

/// The parts of JSON texts (RFC 8259), without what would let a model go on for ever: at most 40 blanks in a
/// row, numbers of at most 16 digits and exponents of two.
class JsonRules final
{
public:
    explicit JsonRules(RuleBuilder &rules);

    Symbol space() const { return m_space; } ///< blanks, or none
    Symbol string() const { return m_string; }
    Symbol number() const { return m_number; }
    Symbol integer() const { return m_integer; }
    Symbol boolean() const { return m_boolean; }
    Symbol null() const { return m_null; }
    Symbol object() const { return m_object; }       ///< any
    Symbol array() const { return m_array; }         ///< any
    Symbol value() const { return m_value; }         ///< any
    Symbol character() const { return m_character; } ///< of a string, escaped where needed
    Symbol quote() const { return m_quote; }

    /// The characters of `set` within a string, each written in one way only.
    Symbol escaped(const std::string &name, const CodePoints &set);
    /// "{" member ("," member)* "}"; no members where `least` is 0.
    Symbol listOf(const std::string &name, char open, const Sequence &part, char close, int least, int most);
    /// A string as key, with its colon.
    Sequence key(const std::string &quoted);

private:
    RuleBuilder &m_rules;
    Symbol m_space, m_quote, m_character, m_string, m_number, m_integer, m_boolean, m_null, m_value, m_object,
        m_array;
};

/// Bounds of a number, both ends inside unless said otherwise.
struct NumberBounds {
    std::optional<double> least, most;
    bool aboveLeast = false, belowMost = false;
};

/// Integers of at most 15 digits within bounds. Throws Error(BadRequest) with `name` if there are none.
Symbol integerWithin(RuleBuilder &rules, const std::string &name, const NumberBounds &bounds);

/// Numbers within bounds, without exponent: some, not all of those whose integer part is that of a bound.
/// Throws Error(BadRequest) with `name` if these are none.
Symbol numberWithin(RuleBuilder &rules, const std::string &name, const NumberBounds &bounds);

} // namespace engine::grammar
