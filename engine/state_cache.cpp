#include "engine/state_cache.h"

#include <algorithm>
#include <utility>

namespace engine
{

/// A run of tokens behind the parent's; a root's is empty. Nodes without a state have at least one child, but
/// for the root.
struct StateCache::Node {
    std::vector<int> run;
    Node *parent = nullptr;
    StateImagePtr start;                           ///< of a root
    std::map<int, std::unique_ptr<Node>> children; ///< by the first token of their run
    StateImagePtr image;
    std::list<Node *>::iterator recent; ///< only with an image
};

namespace
{

/// What a state and its place in the tree take, roughly.
std::size_t bytesOf(const StateImage &image)
{
    return (image.state.size() + image.logits.size()) * sizeof(float) + 256;
}

std::size_t commonLength(std::span<const int> a, std::span<const int> b)
{
    const auto end = std::min(a.size(), b.size());
    return static_cast<std::size_t>(
        std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(end), b.begin()).first - a.begin());
}

} // namespace

StateCache::StateCache(std::size_t budgetBytes)
    : m_budgetBytes(budgetBytes)
{
}

StateCache::~StateCache() { clear(); }

void StateCache::clear()
{
    // Without recursion: a long conversation is a deep branch.
    std::vector<std::unique_ptr<Node>> doomed;
    for (auto &root : m_roots)
        doomed.push_back(std::move(root.second));
    m_roots.clear();
    while (!doomed.empty()) {
        const std::unique_ptr<Node> node = std::move(doomed.back());
        doomed.pop_back();
        for (auto &child : node->children)
            doomed.push_back(std::move(child.second));
    }
    m_recent.clear();
    m_usedBytes = 0;
}

StateCache::Hit StateCache::find(std::span<const int> tokens, const StateImagePtr &start)
{
    Hit hit;
    const auto root = m_roots.find(start);
    if (root == m_roots.end()) return hit;
    Node *node = root->second.get();
    Node *best = nullptr;
    for (std::size_t at = 0; at < tokens.size();) {
        const auto child = node->children.find(tokens[at]);
        if (child == node->children.end()) break;
        node = child->second.get();
        if (commonLength(node->run, tokens.subspan(at)) < node->run.size()) break;
        at += node->run.size();
        if (node->image && (at < tokens.size() || !node->image->logits.empty())) {
            best = node;
            hit.tokens = at;
        }
    }
    if (best) {
        hit.image = best->image;
        m_recent.splice(m_recent.begin(), m_recent, best->recent);
    }
    return hit;
}

void StateCache::put(std::span<const int> tokens, StateImagePtr image, const StateImagePtr &start)
{
    if (tokens.empty() || !image || bytesOf(*image) + tokens.size_bytes() > m_budgetBytes) return;
    Node *node = makePath(start, tokens);
    if (node->image) {
        m_recent.splice(m_recent.begin(), m_recent, node->recent);
        if (image->logits.empty() && !node->image->logits.empty()) return;
        m_usedBytes -= bytesOf(*node->image);
    } else {
        node->recent = m_recent.insert(m_recent.begin(), node);
    }
    m_usedBytes += bytesOf(*image);
    node->image = std::move(image);
    while (m_usedBytes > m_budgetBytes)
        dropState(*m_recent.back());
}

/// The node behind exactly `tokens`, made if need be.
StateCache::Node *StateCache::makePath(const StateImagePtr &start, std::span<const int> tokens)
{
    auto &root = m_roots[start];
    if (!root) {
        root = std::make_unique<Node>();
        root->start = start;
        if (start) m_usedBytes += bytesOf(*start);
    }
    Node *node = root.get();
    while (!tokens.empty()) {
        auto &child = node->children[tokens.front()];
        if (!child) {
            child = std::make_unique<Node>();
            child->run.assign(tokens.begin(), tokens.end());
            child->parent = node;
            m_usedBytes += tokens.size_bytes();
        }
        const std::size_t common = commonLength(child->run, tokens);
        if (common < child->run.size()) split(*child, common);
        node = child.get();
        tokens = tokens.subspan(common);
    }
    return node;
}

/// Cuts the node's run behind `length` tokens; the front part stays in `node`, without a state.
void StateCache::split(Node &node, std::size_t length)
{
    auto back = std::make_unique<Node>();
    const auto cut = node.run.begin() + static_cast<std::ptrdiff_t>(length);
    back->run.assign(cut, node.run.end());
    node.run.erase(cut, node.run.end());
    back->parent = &node;
    back->children = std::exchange(node.children, {});
    for (auto &child : back->children)
        child.second->parent = back.get();
    back->image = std::exchange(node.image, nullptr);
    back->recent = node.recent;
    if (back->image) *back->recent = back.get();
    node.children.emplace(back->run.front(), std::move(back));
}

void StateCache::dropState(Node &node)
{
    m_usedBytes -= bytesOf(*node.image);
    m_recent.erase(node.recent);
    node.image = nullptr;
    prune(&node);
}

/// Removes the node and its parents as far as they lead to no state any more.
void StateCache::prune(Node *node)
{
    while (node->parent && !node->image && node->children.empty()) {
        Node *parent = node->parent;
        m_usedBytes -= node->run.size() * sizeof(int);
        const int first = node->run.front();
        parent->children.erase(first);
        node = parent;
    }
    if (node->parent || !node->children.empty()) return;
    const StateImagePtr start = node->start;
    if (start) m_usedBytes -= bytesOf(*start);
    m_roots.erase(start);
}

std::size_t checkpointStride(std::size_t tokens, std::size_t stateBytes, std::size_t budgetBytes)
{
    constexpr std::size_t kTokens = 512, kMostStates = 32;
    const std::size_t most = std::min(kMostStates, budgetBytes / 4 / std::max<std::size_t>(stateBytes, 1));
    if (most == 0) return 0;
    const std::size_t wanted = tokens / kTokens;
    return kTokens * std::max<std::size_t>(1, (wanted + most - 1) / most);
}

} // namespace engine
