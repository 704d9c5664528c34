#include "engine/grammar/token_masks.h"

namespace engine::grammar
{

TokenMasks::TokenMasks(std::shared_ptr<const Rules> rules, std::shared_ptr<const TokenTrie> trie)
    : m_trie(std::move(trie))
    , m_automaton(std::move(rules))
    , m_start(m_automaton.start())
    , m_path(m_trie->longest() + 1)
{
}

TokenMasks::State TokenMasks::advance(State state, std::string_view bytes)
{
    const std::scoped_lock lock(m_mutex);
    m_automaton.grant(kStepsPerMask + kStepsPerByte * bytes.size());
    for (const char byte : bytes) {
        if (state == Automaton::kDead) break;
        state = m_automaton.next(state, static_cast<std::uint8_t>(byte));
    }
    return state;
}

bool TokenMasks::mayEnd(State state) const
{
    const std::scoped_lock lock(m_mutex);
    return m_automaton.mayEnd(state);
}

bool TokenMasks::mustEnd(State state) const
{
    const std::scoped_lock lock(m_mutex);
    return m_automaton.mustEnd(state);
}

bool TokenMasks::isFull() const
{
    const std::scoped_lock lock(m_mutex);
    return m_masks.size() >= kMostMasks || m_automaton.bytes() >= kMostBytes;
}

std::shared_ptr<const Mask> TokenMasks::mask(State state, std::size_t &steps)
{
    const std::scoped_lock lock(m_mutex);
    std::shared_ptr<const Mask> &mask = m_masks[state];
    if (mask) return mask;
    m_automaton.grant(steps);
    mask = compute(state);
    steps = m_automaton.granted();
    return mask;
}

/// Walks all tokens at once; where the automaton dies, nothing below is looked at.
std::shared_ptr<const Mask> TokenMasks::compute(State state)
{
    auto mask = std::make_shared<Mask>((static_cast<std::size_t>(m_trie->vocabulary()) + 63) / 64);
    const std::vector<TokenTrie::Node> &nodes = m_trie->nodes();
    m_path[0] = state;
    for (std::size_t i = 1; i + 1 < nodes.size();) {
        const TokenTrie::Node &node = nodes[i];
        const State next = m_automaton.next(m_path[node.depth - 1], node.byte);
        if (next == Automaton::kDead) {
            i = node.end;
            continue;
        }
        m_path[node.depth] = next;
        for (const std::int32_t token : m_trie->tokensAt(i))
            (*mask)[static_cast<std::size_t>(token) / 64] |= std::uint64_t(1)
                                                             << (static_cast<unsigned>(token) % 64U);
        ++i;
    }
    return mask;
}

} // namespace engine::grammar
