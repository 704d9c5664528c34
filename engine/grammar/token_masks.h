#pragma once

#include "engine/grammar/automaton.h"
#include "engine/grammar/token_trie.h"

#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace engine::grammar
{

/// One bit a token, 64 a word: those that some text of the grammar goes on with. Without tokens that end.
using Mask = std::vector<std::uint64_t>;

/// Which tokens may follow in each state of one grammar with one vocabulary; computed when first asked for,
/// then kept. Measured for the World vocabulary, 65,529 tokens: see tests/engine/tst_token_masks.cpp.
/// Thread: any; calls wait for each other.
class TokenMasks final
{
public:
    using State = Automaton::State;
    static constexpr std::size_t kMostMasks = 1024;
    static constexpr std::size_t kMostBytes = 24U << 20U; ///< of the automaton
    /// Of the automaton. Five times what the largest schema tried takes, and below 30 ms of one core.
    static constexpr std::size_t kStepsPerMask = 500'000;
    static constexpr std::size_t kStepsPerByte = 100; ///< further ones, where a text is read

    TokenMasks(std::shared_ptr<const Rules> rules, std::shared_ptr<const TokenTrie> trie);

    State start() const { return m_start; }
    /// Automaton::kDead if the grammar has no text that goes on so.
    State advance(State state, std::string_view bytes);
    bool mayEnd(State state) const;
    bool mustEnd(State state) const;
    /// `steps`: those that it may take; then those that are left.
    std::shared_ptr<const Mask> mask(State state, std::size_t &steps);
    std::shared_ptr<const Mask> mask(State state)
    {
        std::size_t steps = kStepsPerMask;
        return mask(state, steps);
    }
    /// True when it should be replaced by a new one, for the sake of memory. States then have other numbers.
    bool isFull() const;

private:
    std::shared_ptr<const Mask> compute(State state);

    const std::shared_ptr<const TokenTrie> m_trie; ///< shared with all grammars of the vocabulary
    mutable std::mutex m_mutex;
    Automaton m_automaton; ///< guarded by m_mutex
    State m_start;
    std::unordered_map<State, std::shared_ptr<const Mask>> m_masks; ///< guarded; shared with who samples
    std::vector<State> m_path;                                      ///< guarded; of the walk, by depth
};

} // namespace engine::grammar
