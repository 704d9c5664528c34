#include "engine/grammar/automaton.h"

#include "engine/error.h"

#include <algorithm>

namespace engine::grammar
{
namespace
{

[[noreturn]] void refuse(const std::string &why)
{
    throw Error(ErrorCode::BadRequest, "grammar: too ambiguous: " + why);
}

} // namespace

std::size_t Automaton::Hash::operator()(const Set &set) const
{
    std::uint64_t hash = set.size();
    for (const Item &item : set) {
        hash ^= (static_cast<std::uint64_t>(static_cast<std::uint32_t>(item.place)) << 32U) |
                static_cast<std::uint32_t>(item.behind);
        hash *= 0x9e3779b97f4a7c15U;
        hash ^= hash >> 29U;
    }
    return hash;
}

Automaton::Automaton(std::shared_ptr<const Rules> rules)
    : m_rules(std::move(rules))
    , m_behind(index(m_rules->size()) + 1, 0)
{
    intern({});                                      // 0: no stack at all
    const std::int32_t bottom = intern({{kEnd, 0}}); // what lies behind the root: the end
    enter(m_rules->root(), bottom);
    m_start = stateOf(intern(close()));
}

void Automaton::spend(std::size_t steps)
{
    if (steps > m_steps) refuse("the tokens that may follow take too long to find");
    m_steps -= steps;
}

std::int32_t Automaton::intern(Set set)
{
    spend(set.size() + 1);
    const auto [found, isNew] =
        m_numbers.try_emplace(std::move(set), static_cast<std::int32_t>(m_sets.size()));
    if (isNew) {
        m_bytes += kBytesPerSet + found->first.size() * sizeof(Item);
        if (bytes() > kMostBytes) refuse("more than 96 MiB of ways to go on would have to be kept");
        int depth = 0;
        for (const Item &item : found->first)
            depth = std::max(depth, m_depth[index(item.behind)]);
        m_sets.push_back(&found->first);
        m_depth.push_back(depth + 1);
        m_stateOfSet.push_back(kUnknown);
    }
    return found->second;
}

/// All stacks of both. As deep as the stacks are, which kDeepest bounds.
std::int32_t Automaton::unite(std::int32_t a, std::int32_t b)
{
    if (a == b || b == 0) return a;
    if (a == 0) return b;
    const std::uint64_t key =
        (static_cast<std::uint64_t>(std::min(a, b)) << 32U) | static_cast<std::uint64_t>(std::max(a, b));
    if (const auto known = m_unions.find(key); known != m_unions.end()) return known->second;
    const Set &left = *m_sets[index(a)], &right = *m_sets[index(b)];
    spend(left.size() + right.size());
    Set both;
    std::size_t i = 0, j = 0;
    while (i < left.size() || j < right.size()) {
        if (j == right.size() || (i < left.size() && left[i].place < right[j].place)) {
            both.push_back(left[i++]);
        } else if (i == left.size() || right[j].place < left[i].place) {
            both.push_back(right[j++]);
        } else {
            both.push_back({left[i].place, unite(left[i].behind, right[j].behind)});
            ++i;
            ++j;
        }
    }
    m_bytes += kBytesPerUnion;
    return m_unions[key] = intern(std::move(both));
}

Automaton::State Automaton::stateOf(std::int32_t set)
{
    if (set == 0) return kDead;
    State &state = m_stateOfSet[index(set)];
    if (state != kUnknown) return state;
    const Set &items = *m_sets[index(set)];
    const bool mayEnd = items.front().place == kEnd;
    state = static_cast<State>(m_states.size());
    m_states.push_back({set, mayEnd, mayEnd && items.size() == 1});
    m_next.resize(m_next.size() + static_cast<std::size_t>(m_rules->byteClasses()), kUnknown);
    return state;
}

Automaton::State Automaton::next(State state, std::uint8_t byte)
{
    const int byteClass = m_rules->classOf(byte);
    const std::size_t at = index(state) * index(m_rules->byteClasses()) + index(byteClass);
    if (m_next[at] == kUnknown) {
        const State found = compute(state, byteClass);
        m_next[at] = found;
    }
    return m_next[at];
}

Automaton::State Automaton::compute(State from, int byteClass)
{
    for (const std::int32_t place : m_touched) // of the transition before
        m_behind[index(place + 1)] = 0;
    m_touched.clear();
    m_work.clear();
    const std::uint8_t byte = m_rules->exampleOf(byteClass);
    const Set &items = *m_sets[index(m_states[index(from)].set)];
    spend(items.size());
    for (const Item &item : items) {
        if (item.place != kEnd && m_rules->set(m_rules->at(item.place).set)[byte])
            add(item.place + 1, item.behind);
    }
    return stateOf(intern(close()));
}

void Automaton::add(std::int32_t place, std::int32_t behind)
{
    std::int32_t &have = m_behind[index(place + 1)];
    if (have == 0) {
        have = place == kEnd ? kIsThere : behind;
        m_touched.push_back(place);
        if (place != kEnd) m_work.push_back(place);
        return;
    }
    if (place == kEnd) return;
    const std::int32_t both = unite(have, behind);
    if (both == have) return;
    have = both;
    m_work.push_back(place);
}

void Automaton::enter(std::int32_t rule, std::int32_t behind)
{
    const bool isDeep = m_depth[index(behind)] > kDeepest;
    spend(m_rules->alternatives(rule).size());
    for (const Rules::Alternative &alternative : m_rules->alternatives(rule))
        if (!isDeep || alternative.isShortest) add(alternative.place, behind);
}

/// Follows all that needs no byte; what then waits for one, or for the end, is the set.
Automaton::Set Automaton::close()
{
    while (!m_work.empty()) {
        const std::int32_t place = m_work.back();
        m_work.pop_back();
        spend(1);
        const std::int32_t behind = m_behind[index(place + 1)];
        const Rules::Place &here = m_rules->at(place);
        if (here.set >= 0) continue;
        if (here.rule < 0) {
            const Set &items = *m_sets[index(behind)];
            spend(items.size());
            for (const Item &item : items)
                add(item.place, item.behind);
            continue;
        }
        const Rules::Place &following = m_rules->at(place + 1);
        const bool isLast = following.set < 0 && following.rule < 0;
        enter(here.rule, isLast ? behind : intern({{place + 1, behind}}));
    }
    spend(m_touched.size());
    Set set;
    for (const std::int32_t place : m_touched) {
        if (place == kEnd)
            set.push_back({kEnd, 0});
        else if (m_rules->at(place).set >= 0)
            set.push_back({place, m_behind[index(place + 1)]});
    }
    std::ranges::sort(set, {}, &Item::place);
    return set;
}

} // namespace engine::grammar
