#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace engine
{

/// A set of byte strings with a number each, made for "which is the longest that `text` begins with?".
/// Children of a node lie side by side, sorted by byte: 12 bytes a node, one memchr a step. Immutable.
class ByteTrie final
{
public:
    struct Word {
        std::string_view bytes; ///< not empty
        int number = 0;         ///< >= 0
    };
    struct Match {
        int number = -1; ///< -1: none
        std::size_t length = 0;
    };

    ByteTrie() = default;
    /// `words` sorted by bytes, each once.
    explicit ByteTrie(const std::vector<Word> &words);

    Match longest(std::string_view text) const;

private:
    struct Node {
        std::uint32_t firstChild = 0;
        std::uint32_t children = 0;
        std::int32_t number = -1;
    };

    std::vector<Node> m_nodes; ///< [0] is the root
    std::string m_labels;      ///< the byte that leads to a node
};

} // namespace engine
