#pragma once

#include "engine/events.h"
#include "engine/tokenizers/utf8_stream.h"

#include <deque>
#include <string>
#include <vector>

namespace server
{

/// Tells the tokens whose text an answer shows from those of stop strings, thinking, tags and blanks that are
/// dropped. Joined, the bytes of what it returns are the shown text; a token that is shown in part has only
/// those bytes. What is dropped in front of a text is as engine/chat_format.h says.
class ShownTokens final
{
public:
    /// Those of this chunk and of earlier ones about which all is known now.
    std::vector<engine::GeneratedToken> push(const engine::event::TokenChunk &chunk);
    /// The rest, at the end of the answer.
    std::vector<engine::GeneratedToken> finish();

private:
    struct Byte {
        char value = 0;
        std::size_t end = 0; ///< of its character in all text; 0: not whole yet
        bool isShown = false;
    };
    struct Token {
        engine::GeneratedToken token; ///< its bytes are in m_bytes
        std::size_t bytes = 0;
    };

    void add(const engine::GeneratedToken &token);
    void addText(const std::string &characters);
    std::size_t placeOf(const engine::event::TokenChunk &chunk) const;
    std::vector<engine::GeneratedToken> take(bool isEnd);

    std::deque<Token> m_tokens;
    std::deque<Byte> m_bytes; ///< of m_tokens
    engine::Utf8Stream m_characters;
    std::string m_text;        ///< all characters behind m_decided
    std::size_t m_decided = 0; ///< up to there it is known what is shown
    bool m_thought = false;    ///< there was a text of thinking,
    bool m_answered = false;   ///< one of the answer
};

} // namespace server
