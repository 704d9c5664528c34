#pragma once

#include "engine/tokenizers/tokenizer.h"

#include <cstdint>
#include <span>
#include <vector>

namespace engine::grammar
{

/// The tokens of a vocabulary by their bytes, to be walked in order: a node, then what lies below it.
/// Immutable.
class TokenTrie final
{
public:
    struct Node {
        std::uint32_t end = 0;        ///< the first node that does not lie below this
        std::uint32_t firstToken = 0; ///< its own tokens end where those of the next node begin
        std::uint32_t depth = 0;      ///< bytes read with its own; 0: the root
        std::uint8_t byte = 0;
    };

    /// Tokens without bytes are not in it.
    explicit TokenTrie(const Tokenizer &tokenizer);

    /// The last one only bounds the tokens.
    const std::vector<Node> &nodes() const { return m_nodes; }
    std::span<const std::int32_t> tokensAt(std::size_t node) const
    {
        const std::uint32_t first = m_nodes[node].firstToken;
        return std::span(m_tokens).subspan(first, m_nodes[node + 1].firstToken - first);
    }
    std::size_t longest() const { return m_longest; }
    int vocabulary() const { return m_vocabulary; }

private:
    std::vector<Node> m_nodes;
    std::vector<std::int32_t> m_tokens; ///< by their bytes
    std::size_t m_longest = 0;
    int m_vocabulary = 0;
};

} // namespace engine::grammar
