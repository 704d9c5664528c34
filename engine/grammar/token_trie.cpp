#include "engine/grammar/token_trie.h"

#include <algorithm>
#include <string_view>

namespace engine::grammar
{

TokenTrie::TokenTrie(const Tokenizer &tokenizer)
    : m_vocabulary(tokenizer.size())
{
    for (int token = 0; token < m_vocabulary; ++token)
        if (tokenizer.isUsed(token) && !tokenizer.bytes(token).empty()) m_tokens.push_back(token);
    std::ranges::sort(m_tokens, [&](std::int32_t a, std::int32_t b) {
        const std::string_view left = tokenizer.bytes(a), right = tokenizer.bytes(b);
        return left != right ? left < right : a < b;
    });
    std::vector<std::uint32_t> path = {0}; // nodes of the token before, by depth
    m_nodes.emplace_back();
    std::string_view before;
    for (std::uint32_t i = 0; i < m_tokens.size(); ++i) {
        const std::string_view bytes = tokenizer.bytes(m_tokens[i]);
        const auto common =
            static_cast<std::size_t>(std::ranges::mismatch(bytes, before).in1 - bytes.begin());
        const auto close = [&](std::size_t depth) {
            while (path.size() > depth + 1) {
                m_nodes[path.back()].end = static_cast<std::uint32_t>(m_nodes.size());
                path.pop_back();
            }
        };
        close(common);
        for (std::size_t depth = common; depth < bytes.size(); ++depth) {
            path.push_back(static_cast<std::uint32_t>(m_nodes.size()));
            // Nodes on the way to a longer token have none of their own: the next token is the first below.
            m_nodes.push_back(
                {0, i, static_cast<std::uint32_t>(depth) + 1, static_cast<std::uint8_t>(bytes[depth])});
        }
        m_longest = std::max(m_longest, bytes.size());
        before = bytes;
    }
    const auto all = static_cast<std::uint32_t>(m_nodes.size());
    for (const std::uint32_t node : path)
        m_nodes[node].end = all;
    m_nodes.push_back({all, static_cast<std::uint32_t>(m_tokens.size()), 0, 0});
}

} // namespace engine::grammar
