#include "engine/error.h"
#include "engine/grammar/rules.h"

#include <algorithm>

namespace engine::grammar
{

void RuleBuilder::count(std::size_t symbols)
{
    m_symbols += symbols;
    if (m_symbols > kMostSymbols)
        throw Error(ErrorCode::BadRequest, "grammar: expected at most " + std::to_string(kMostSymbols) +
                                               " symbols once repetitions are written out, found more");
}

Symbol RuleBuilder::declare(std::string name)
{
    count(1);
    m_rules.push_back({std::move(name), {}});
    return {Symbol::Kind::Rule, static_cast<std::int32_t>(m_rules.size()) - 1};
}

void RuleBuilder::add(Symbol rule, Sequence alternative)
{
    count(alternative.size() + 1);
    m_rules[static_cast<std::size_t>(rule.index)].alternatives.push_back(std::move(alternative));
}

Symbol RuleBuilder::choice(const std::string &name, std::vector<Sequence> alternatives)
{
    const Symbol rule = declare(name);
    for (Sequence &alternative : alternatives)
        add(rule, std::move(alternative));
    return rule;
}

Symbol RuleBuilder::bytes(const ByteSet &set)
{
    const auto found = std::find(m_sets.begin(), m_sets.end(), set);
    const auto index = static_cast<std::int32_t>(found - m_sets.begin());
    if (found == m_sets.end()) {
        count(1);
        m_sets.push_back(set);
    }
    return {Symbol::Kind::Bytes, index};
}

Sequence RuleBuilder::literal(std::string_view text)
{
    count(text.size());
    Sequence sequence;
    for (const char c : text)
        sequence.push_back(bytes(ByteSet().set(static_cast<unsigned char>(c))));
    return sequence;
}

Symbol RuleBuilder::characters(const std::string &name, const CodePoints &set)
{
    const auto known = m_characters.find(set.ranges());
    if (known != m_characters.end()) return known->second;
    ByteSet single;
    std::vector<Sequence> alternatives;
    for (const ByteRanges &ranges : utf8Of(set)) {
        Sequence sequence;
        for (const auto &[first, last] : ranges) {
            ByteSet bytesHere;
            for (unsigned byte = first; byte <= last; ++byte)
                bytesHere.set(byte);
            if (ranges.size() == 1)
                single |= bytesHere;
            else
                sequence.push_back(bytes(bytesHere));
        }
        if (!sequence.empty()) alternatives.push_back(std::move(sequence));
    }
    if (single.any()) alternatives.push_back({bytes(single)});
    const bool isSingle = alternatives.size() == 1 && alternatives[0].size() == 1;
    const Symbol symbol = isSingle ? alternatives[0][0] : choice(name, std::move(alternatives));
    m_characters.emplace(set.ranges(), symbol);
    return symbol;
}

Sequence RuleBuilder::repeat(const std::string &name, Symbol part, int least, int most)
{
    if (least > kMostRepeats || most > kMostRepeats)
        throw Error(ErrorCode::BadRequest, name + ": expected at most " + std::to_string(kMostRepeats) +
                                               " repetitions, found " +
                                               std::to_string(std::max(least, most)));
    count(static_cast<std::size_t>(least));
    Sequence sequence(static_cast<std::size_t>(least), part);
    if (most == kUnlimited) {
        const Symbol rest = declare(name);
        add(rest, {part, rest});
        add(rest, {});
        sequence.push_back(rest);
        return sequence;
    }
    Sequence rest;
    for (int i = least; i < most; ++i) {
        Sequence more = {part};
        append(more, rest);
        rest = {choice(name, {std::move(more), {}})};
    }
    append(sequence, rest);
    return sequence;
}

Sequence RuleBuilder::until(const std::string &end)
{
    std::vector<Symbol> begun; // [i]: i bytes of `end` have been read
    for (std::size_t i = 0; i < end.size(); ++i)
        begun.push_back(declare("text before " + end));
    for (std::size_t i = 0; i < end.size(); ++i) {
        std::vector<ByteSet> leadTo(end.size() + 1);
        for (unsigned byte = 0; byte < 256; ++byte) {
            const std::string read = end.substr(0, i) + static_cast<char>(byte);
            std::size_t next = read.size();
            while (!std::string_view(read).ends_with(std::string_view(end).substr(0, next)))
                --next;
            leadTo[next].set(byte);
        }
        for (std::size_t next = 0; next <= end.size(); ++next) {
            if (leadTo[next].none()) continue;
            Sequence sequence = {bytes(leadTo[next])};
            if (next < end.size()) sequence.push_back(begun[next]);
            add(begun[i], std::move(sequence));
        }
    }
    return begun.empty() ? Sequence() : Sequence{begun[0]};
}

} // namespace engine::grammar
