#include "engine/answer_text.h"

#include <algorithm>
#include <utility>

namespace engine
{
namespace
{

/// Length of the longest end of `text` that `tag` begins with.
std::size_t tagBeginning(std::string_view text, std::string_view tag)
{
    for (std::size_t n = std::min(text.size(), tag.size() - 1); n > 0; --n) {
        if (text.substr(text.size() - n) == tag.substr(0, n)) return n;
    }
    return 0;
}

} // namespace

AnswerText::AnswerText(AnswerForm form)
    : m_stops(std::move(form.stopStrings))
    , m_thinking(form.startsInThinking)
    , m_trim(form.trimStart || form.startsInThinking)
    , m_swallow(std::move(form.swallow))
    , m_beginOfThinking(std::move(form.beginOfThinking))
    , m_endOfThinking(std::move(form.endOfThinking))
{
}

void AnswerText::push(std::string_view bytes, std::vector<Part> &parts, bool mayStop)
{
    const bool isContinued = !bytes.empty() && (static_cast<unsigned char>(bytes.front()) & 0xC0U) == 0x80U;
    if (!isContinued) m_mayStop = mayStop;
    split(m_stops.push(m_characters.push(bytes), m_mayStop), parts);
    if (m_stops.matched() && !m_held.empty()) add(std::exchange(m_held, {}), parts);
}

void AnswerText::finish(std::vector<Part> &parts)
{
    split(m_stops.push(m_characters.finish(), m_mayStop), parts);
    if (!m_stops.matched()) split(m_stops.finish(), parts);
    add(std::exchange(m_held, {}), parts);
}

/// True as long as the answer may still turn out to begin with thinking; what it has so far is held then.
/// Otherwise `text` becomes all that is to go on with.
bool AnswerText::beginIsUndecided(std::string_view &text)
{
    m_held += text;
    const std::string_view begin =
        std::string_view(m_held).substr(std::min(m_held.find_first_not_of(" \n"), m_held.size()));
    if (m_beginOfThinking.starts_with(begin) && begin.size() < m_beginOfThinking.size()) return true;
    m_thinking = begin.starts_with(m_beginOfThinking);
    if (m_thinking) {
        m_held.erase(0, m_held.size() - begin.size() + m_beginOfThinking.size());
        m_trim = true;
        text = {}; // m_held is looked at below
    }
    m_beginOfThinking.clear();
    return false;
}

void AnswerText::split(std::string_view text, std::vector<Part> &parts)
{
    std::string begin;
    if (!m_beginOfThinking.empty()) {
        if (beginIsUndecided(text)) return;
        if (!m_thinking) text = begin = std::exchange(m_held, {});
    }
    if (!m_thinking) {
        add(text, parts);
        return;
    }
    m_held += text;
    const std::size_t end = m_held.find(m_endOfThinking);
    if (end == std::string::npos) {
        const std::size_t certain = m_held.size() - tagBeginning(m_held, m_endOfThinking);
        add(std::string_view(m_held).substr(0, certain), parts);
        m_held.erase(0, certain);
        return;
    }
    const std::string all = std::exchange(m_held, {});
    add(std::string_view(all).substr(0, end), parts);
    m_thinking = false;
    m_trim = true;
    add(std::string_view(all).substr(end + m_endOfThinking.size()), parts);
}

void AnswerText::add(std::string_view text, std::vector<Part> &parts)
{
    if (!text.empty()) {
        const std::string swallow = std::exchange(m_swallow, {});
        if (text.starts_with(swallow)) text.remove_prefix(swallow.size());
    }
    if (m_trim) {
        text.remove_prefix(std::min(text.find_first_not_of(" \n"), text.size()));
        m_trim = text.empty();
    }
    if (text.empty()) return;
    if (!parts.empty() && parts.back().thinking == m_thinking)
        parts.back().text += text;
    else
        parts.push_back({std::string(text), m_thinking});
}

} // namespace engine
