#pragma once

#include "engine/grammar/code_points.h"

#include <bitset>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace engine::grammar
{

using ByteSet = std::bitset<256>;

/// A part of a rule's alternative: one byte of a set, or a text of another rule.
struct Symbol {
    enum class Kind : std::uint8_t { Bytes, Rule };
    Kind kind = Kind::Bytes;
    std::int32_t index = 0; ///< of the set, or of the rule

    bool operator==(const Symbol &) const = default;
};
using Sequence = std::vector<Symbol>;

/// A context-free grammar over bytes while it is written. All limits throw Error(BadRequest).
class RuleBuilder final
{
public:
    static constexpr std::size_t kMostSymbols = 400'000;
    static constexpr int kUnlimited = -1;
    static constexpr int kMostRepeats = 10'000;

    struct Rule {
        std::string name; ///< for messages
        std::vector<Sequence> alternatives;
    };

    /// A new rule without alternatives.
    Symbol declare(std::string name);
    void add(Symbol rule, Sequence alternative);
    /// A new rule with these alternatives.
    Symbol choice(const std::string &name, std::vector<Sequence> alternatives);

    Symbol bytes(const ByteSet &set);
    static void append(Sequence &target, const Sequence &more)
    {
        target.insert(target.end(), more.begin(), more.end());
    }
    Sequence literal(std::string_view text);
    /// One character of the set, as UTF-8.
    Symbol characters(const std::string &name, const CodePoints &set);
    /// `least` to `most` (or kUnlimited) times `part`.
    Sequence repeat(const std::string &name, Symbol part, int least, int most);
    /// Any bytes up to and with `end`, which they hold only once.
    Sequence until(const std::string &end);

    const std::vector<Rule> &rules() const { return m_rules; }
    const std::vector<ByteSet> &sets() const { return m_sets; }

private:
    void count(std::size_t symbols);

    std::vector<Rule> m_rules;
    std::vector<ByteSet> m_sets;
    std::map<std::vector<CodePoints::Range>, Symbol> m_characters;
    std::size_t m_symbols = 0;
};

/// A finished grammar: immutable, shared by threads. All alternatives lie one behind the other as places;
/// each ends with a place of its own.
class Rules final
{
public:
    /// Rules within rules that the least nested text of a rule may have.
    static constexpr int kMostNested = 256;

    struct Place {
        std::int32_t set = -1;  ///< >= 0: a byte of this set, or
        std::int32_t rule = -1; ///< >= 0: a text of this rule, or neither: the end of an alternative
    };
    struct Alternative {
        std::int32_t place = 0;
        bool isShortest = false; ///< none of the rule's alternatives nests less
    };

    /// Throws Error(BadRequest) with `what` in front where a rule that `root` reaches can never end, begins
    /// with itself, or nests too much.
    Rules(const RuleBuilder &builder, Symbol root, const std::string &what);

    const Place &at(std::int32_t place) const { return m_places[static_cast<std::size_t>(place)]; }
    std::int32_t size() const { return static_cast<std::int32_t>(m_places.size()); }
    const std::vector<Alternative> &alternatives(std::int32_t rule) const
    {
        return m_rules[static_cast<std::size_t>(rule)];
    }
    const ByteSet &set(std::int32_t index) const { return m_sets[static_cast<std::size_t>(index)]; }
    std::int32_t root() const { return 0; }
    /// Bytes that no set tells apart have the same number, 0 .. byteClasses() - 1.
    std::uint8_t classOf(std::uint8_t byte) const { return m_classOf[byte]; }
    int byteClasses() const { return static_cast<int>(m_example.size()); }
    std::uint8_t exampleOf(int byteClass) const { return m_example[static_cast<std::size_t>(byteClass)]; }

private:
    void classifyBytes();

    std::vector<Place> m_places;
    std::vector<std::vector<Alternative>> m_rules;
    std::vector<ByteSet> m_sets;
    std::uint8_t m_classOf[256] = {};
    std::vector<std::uint8_t> m_example;
};

} // namespace engine::grammar
