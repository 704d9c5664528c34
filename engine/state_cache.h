#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <span>
#include <vector>

namespace engine
{

/// A sequence's memory behind some tokens, on the host. Immutable; shared by the cache and by states that
/// clients hold.
struct StateImage {
    std::vector<float> state;
    std::vector<float> logits; ///< [V] behind the last token, so that it can be sampled at once; or empty
};
using StateImagePtr = std::shared_ptr<const StateImage>;

/// Starting state and token prefix -> state, so that a prompt is read only from where it differs from what
/// was read before.
///
/// A tree of token runs: prefixes share their tokens, finding the longest one is linear in the prompt, and
/// tokens are compared themselves, so that no two prompts are ever mistaken for each other. Every starting
/// state (nullptr: the empty one) has a tree of its own, which keeps it alive as long as anything is in it.
/// Within the byte budget the states used last stay. Thread: the runner.
class StateCache final
{
public:
    struct Hit {
        std::size_t tokens = 0; ///< length of the prefix, 0 = none
        StateImagePtr image;
    };

    explicit StateCache(std::size_t budgetBytes);
    ~StateCache();
    StateCache(const StateCache &) = delete;
    StateCache &operator=(const StateCache &) = delete;

    /// The longest known prefix of `tokens`; a state of all of them only if it has logits. Counts as a use.
    Hit find(std::span<const int> tokens, const StateImagePtr &start = nullptr);
    /// Keeps the state behind `tokens` (at least one) and forgets those unused longest until the budget
    /// holds. A state of the same tokens is replaced, unless only the former has logits. One larger than the
    /// budget is not kept.
    void put(std::span<const int> tokens, StateImagePtr image, const StateImagePtr &start = nullptr);
    void clear();

    std::size_t usedBytes() const { return m_usedBytes; }
    std::size_t budgetBytes() const { return m_budgetBytes; }
    std::size_t entries() const { return m_recent.size(); }

private:
    struct Node;

    Node *makePath(const StateImagePtr &start, std::span<const int> tokens);
    void split(Node &node, std::size_t length);
    void dropState(Node &node);
    void prune(Node *node);

    const std::size_t m_budgetBytes;
    std::size_t m_usedBytes = 0;
    std::map<StateImagePtr, std::unique_ptr<Node>> m_roots; ///< by starting state
    std::list<Node *> m_recent;                             ///< nodes with a state, that used last in front
};

/// Every how many tokens of a text the state behind them is worth keeping: 512, or a multiple, so that the
/// states of one text (`stateBytes` each) take no more than a quarter of the cache; 0 if not even one may.
std::size_t checkpointStride(std::size_t tokens, std::size_t stateBytes, std::size_t budgetBytes);

} // namespace engine
