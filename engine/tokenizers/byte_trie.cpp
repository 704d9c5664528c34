#include "engine/tokenizers/byte_trie.h"

#include <cstring>

namespace engine
{

ByteTrie::ByteTrie(const std::vector<Word> &words)
{
    // Breadth first: node i stands for words[begin, end), which agree in their first `depth` bytes.
    struct Range {
        std::uint32_t begin, end, depth;
    };
    std::vector<Range> ranges = {{0, static_cast<std::uint32_t>(words.size()), 0}};
    m_nodes.emplace_back();
    m_labels += '\0';
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        auto [begin, end, depth] = ranges[i];
        if (begin < end && words[begin].bytes.size() == depth) m_nodes[i].number = words[begin++].number;
        m_nodes[i].firstChild = static_cast<std::uint32_t>(m_nodes.size());
        while (begin < end) {
            const char label = words[begin].bytes[depth];
            const std::uint32_t first = begin;
            while (begin < end && words[begin].bytes[depth] == label)
                ++begin;
            ranges.push_back({first, begin, depth + 1});
            m_nodes.emplace_back();
            m_labels += label;
        }
        m_nodes[i].children = static_cast<std::uint32_t>(m_nodes.size()) - m_nodes[i].firstChild;
    }
}

ByteTrie::Match ByteTrie::longest(std::string_view text) const
{
    Match match;
    if (m_nodes.empty()) return match;
    const char *labels = m_labels.data();
    std::size_t node = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const Node &at = m_nodes[node];
        const void *found = std::memchr(labels + at.firstChild, text[i], at.children);
        if (!found) break;
        node = static_cast<std::size_t>(static_cast<const char *>(found) - labels);
        if (m_nodes[node].number >= 0) match = {m_nodes[node].number, i + 1};
    }
    return match;
}

} // namespace engine
