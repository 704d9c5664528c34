#include "engine/server/shown_tokens.h"

#include <algorithm>
#include <utility>

namespace server
{
namespace
{

constexpr std::string_view kEndOfThinking = "</think>";

/// The first place from `at` on that is no blank.
std::size_t behindBlanks(const std::string &text, std::size_t at)
{
    return std::min(text.find_first_not_of(" \n", at), text.size());
}

} // namespace

using Tokens = std::vector<engine::GeneratedToken>;

Tokens ShownTokens::push(const engine::event::TokenChunk &chunk)
{
    for (const engine::GeneratedToken &token : chunk.tokens)
        add(token);
    if (chunk.text.empty()) return take(false);
    std::size_t place = placeOf(chunk);
    if (place == std::string::npos) { // the answer ended within a character
        addText(m_characters.finish());
        place = placeOf(chunk);
    }
    if (place == std::string::npos) return take(false);
    const std::size_t begin = m_decided + place, end = begin + chunk.text.size();
    for (Byte &byte : m_bytes)
        byte.isShown = byte.isShown || (!chunk.thinking && byte.end > begin && byte.end <= end);
    m_text.erase(0, end - m_decided);
    m_decided = end;
    (chunk.thinking ? m_thought : m_answered) = true;
    return take(false);
}

Tokens ShownTokens::finish() { return take(true); }

void ShownTokens::add(const engine::GeneratedToken &token)
{
    for (const char value : token.bytes) {
        m_bytes.push_back({value, 0, false});
        addText(m_characters.push({&value, 1}));
    }
    m_tokens.push_back({token, token.bytes.size()});
}

/// The bytes since the last whole character have become these.
void ShownTokens::addText(const std::string &characters)
{
    if (characters.empty()) return;
    m_text += characters;
    for (auto byte = m_bytes.rbegin(); byte != m_bytes.rend() && byte->end == 0; ++byte)
        byte->end = m_decided + m_text.size();
}

/// Where the chunk's text begins in m_text; npos: nowhere.
std::size_t ShownTokens::placeOf(const engine::event::TokenChunk &chunk) const
{
    const auto isAt = [&](std::size_t at) {
        return at <= m_text.size() && m_text.compare(at, chunk.text.size(), chunk.text) == 0;
    };
    const std::size_t tag = m_text.find(kEndOfThinking);
    const std::size_t behindTag =
        tag == std::string::npos ? tag : behindBlanks(m_text, tag + kEndOfThinking.size());
    if (!chunk.thinking && !m_answered && m_thought && behindTag != std::string::npos) return behindTag;
    if (isAt(0)) return 0;
    if (chunk.thinking || !m_answered)
        for (const std::size_t at : {behindBlanks(m_text, 0), behindBlanks(m_text, 1), behindTag})
            if (at != std::string::npos && isAt(at))
                return at; // blanks, the end of the prompt's tag, no thought
    return m_text.find(chunk.text);
}

Tokens ShownTokens::take(bool isEnd)
{
    Tokens shown;
    while (!m_tokens.empty()) {
        Token &first = m_tokens.front();
        const auto end = m_bytes.begin() + static_cast<std::ptrdiff_t>(first.bytes);
        const bool isKnown = std::all_of(m_bytes.begin(), end, [this](const Byte &byte) {
            return byte.end != 0 && byte.end <= m_decided;
        });
        if (!isKnown && !isEnd) break;
        first.token.bytes.clear();
        for (auto byte = m_bytes.begin(); byte != end; ++byte)
            if (byte->isShown) first.token.bytes += byte->value;
        if (!first.token.bytes.empty()) shown.push_back(std::move(first.token));
        m_bytes.erase(m_bytes.begin(), end);
        m_tokens.pop_front();
    }
    return shown;
}

} // namespace server
