#include "engine/grammar/constraint.h"

#include "engine/error.h"

#include <algorithm>
#include <initializer_list>

namespace engine::grammar
{
namespace
{

/// Sources are equal if and only if their keys are.
std::string keyOf(const Source &source)
{
    std::string key;
    const auto add = [&](std::string_view text) { (key += std::to_string(text.size()) + ':') += text; };
    const auto flag = [&](int value) { key += std::to_string(value) + ','; };
    flag(static_cast<int>(source.grammar.kind));
    add(source.grammar.text);
    flag(source.mustCall);
    flag(source.parallelCalls);
    flag(source.lead.startsInThinking);
    flag(source.lead.trimStart);
    for (const std::string &part :
         {source.lead.swallow, source.lead.beginOfThinking, source.lead.endOfThinking})
        add(part);
    for (const ToolSpec &tool : source.tools) {
        add(tool.name);
        add(tool.parameters);
    }
    return key;
}

} // namespace

Grammar::Grammar(std::shared_ptr<const Rules> rules, std::shared_ptr<const TokenTrie> trie)
    : m_rules(std::move(rules))
    , m_trie(std::move(trie))
{
}

std::shared_ptr<TokenMasks> Grammar::masks()
{
    const std::scoped_lock lock(m_mutex);
    if (!m_masks || m_masks->isFull()) m_masks = std::make_shared<TokenMasks>(m_rules, m_trie);
    return m_masks;
}

std::shared_ptr<Grammar> Store::find(const Source &source)
{
    const std::string key = keyOf(source);
    std::shared_ptr<const TokenTrie> trie;
    {
        const std::scoped_lock lock(m_mutex);
        const auto found = std::ranges::find(m_entries, key, &Entry::key);
        if (found != m_entries.end()) {
            std::rotate(m_entries.begin(), found, found + 1);
            return m_entries.front().grammar;
        }
        if (!m_trie) m_trie = std::make_shared<const TokenTrie>(*m_tokenizer);
        trie = m_trie;
    }
    const auto grammar = std::make_shared<Grammar>(compile(source), trie);
    grammar->masks()->mask(grammar->masks()->start()); // the runner shall find it done
    const std::scoped_lock lock(m_mutex);
    const auto found = std::ranges::find(m_entries, key, &Entry::key); // another job may have been faster
    if (found != m_entries.end()) return found->grammar;
    m_entries.push_front({key, grammar});
    if (m_entries.size() > kMostGrammars) m_entries.pop_back();
    return grammar;
}

Constraint::Constraint(std::shared_ptr<Grammar> grammar, const std::vector<int> &ends)
    : m_grammar(std::move(grammar))
    , m_masks(m_grammar->masks())
    , m_state(m_masks->start())
{
    for (const int end : ends)
        if (end >= 0 && end < m_grammar->trie().vocabulary()) m_ends.push_back(end);
}

void Constraint::renew()
{
    m_masks = m_grammar->masks();
    m_state = m_masks->advance(m_masks->start(), m_read);
}

const Mask &Constraint::allowed()
{
    if (m_masks->isFull()) renew();
    m_steps = std::min(m_steps + kStepsPerToken, TokenMasks::kStepsPerMask);
    m_mask = *m_masks->mask(m_state, m_steps);
    const bool mayEnd = m_masks->mayEnd(m_state);
    for (const int end : m_ends) {
        const std::uint64_t bit = std::uint64_t(1) << (static_cast<unsigned>(end) % 64U);
        std::uint64_t &word = m_mask[static_cast<std::size_t>(end) / 64];
        word = mayEnd ? word | bit : word & ~bit;
    }
    return m_mask;
}

void Constraint::accept(std::string_view bytes)
{
    const TokenMasks::State next = m_masks->advance(m_state, bytes);
    if (next == Automaton::kDead)
        throw Error(ErrorCode::Internal, "grammar: a token was drawn that it does not allow");
    m_state = next;
    m_read += bytes;
}

} // namespace engine::grammar
