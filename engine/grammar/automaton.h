#pragma once

#include "engine/grammar/rules.h"

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

namespace engine::grammar
{

/// A pushdown automaton over the bytes of a grammar's texts. A state is everything that may follow what was
/// read: the set of all stacks of places where rules go on. The sets are kept once each, with common tails
/// shared and equal tops merged, so that equal states have equal numbers and an ambiguous grammar needs no
/// more than a clear one. Transitions are remembered. Every state but kDead leads to a text of the grammar.
/// Thread: one at a time.
class Automaton final
{
public:
    using State = std::int32_t;
    static constexpr State kDead = -1;
    /// Stacks deeper than this take the least nested alternatives only, so that texts come to their end.
    static constexpr int kDeepest = Rules::kMostNested;
    static constexpr std::size_t kMostBytes = 96U << 20U;

    explicit Automaton(std::shared_ptr<const Rules> rules);

    State start() const { return m_start; }
    /// Steps that the transitions until the next call may take together; one is a place that is looked at,
    /// and takes some nanoseconds. Without a call: kUsualSteps.
    void grant(std::size_t steps) { m_steps = steps; }
    /// Those that are left.
    std::size_t granted() const { return m_steps; }
    /// Throws Error(BadRequest) if the grammar is too ambiguous for the budgets.
    State next(State state, std::uint8_t byte);
    bool mayEnd(State state) const { return m_states[index(state)].mayEnd; }
    /// True where nothing can follow.
    bool mustEnd(State state) const { return m_states[index(state)].mustEnd; }
    /// Memory of what is kept, roughly.
    std::size_t bytes() const { return m_bytes + m_next.size() * sizeof(State); }

private:
    /// Of a set: at `place`, and when its alternative ends, at one of the set `behind`.
    struct Item {
        std::int32_t place = 0;
        std::int32_t behind = 0;
        bool operator==(const Item &) const = default;
    };
    using Set = std::vector<Item>; ///< sorted by place, each place once
    struct Hash {
        std::size_t operator()(const Set &set) const;
    };
    struct StateFacts {
        std::int32_t set = 0;
        bool mayEnd = false, mustEnd = false;
    };

    static constexpr std::int32_t kEnd = -1; ///< the place behind the root
    static constexpr std::int32_t kIsThere = 1;
    static constexpr State kUnknown = -2;
    static constexpr std::size_t kBytesPerSet = 160; ///< with its places in tables, without its items
    static constexpr std::size_t kBytesPerUnion = 48;
    static constexpr std::size_t kUsualSteps = 200'000;

    static std::size_t index(std::int32_t number) { return static_cast<std::size_t>(number); }
    void spend(std::size_t steps);
    std::int32_t intern(Set set);
    std::int32_t unite(std::int32_t a, std::int32_t b);
    State stateOf(std::int32_t set);
    State compute(State from, int byteClass);
    void add(std::int32_t place, std::int32_t behind);
    void enter(std::int32_t rule, std::int32_t behind);
    Set close();

    const std::shared_ptr<const Rules> m_rules; ///< shared with all automata of the grammar
    std::unordered_map<Set, std::int32_t, Hash> m_numbers;
    std::vector<const Set *> m_sets; ///< keys of m_numbers
    std::vector<int> m_depth;
    std::vector<State> m_stateOfSet;
    std::unordered_map<std::uint64_t, std::int32_t> m_unions;
    std::vector<StateFacts> m_states;
    std::vector<State> m_next; ///< [states, byte classes]
    std::size_t m_bytes = 0;   ///< of m_sets, m_numbers and m_unions
    State m_start = kDead;

    // Of one transition
    std::vector<std::int32_t> m_behind; ///< [places + 1] 0: not there
    std::vector<std::int32_t> m_touched, m_work;
    std::size_t m_steps = kUsualSteps; ///< that are left
};

} // namespace engine::grammar
