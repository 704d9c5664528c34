#pragma once

#include "engine/options.h"

#include <string>
#include <vector>

namespace engine {

/// A rendered prompt and the rules for its answer.
struct ChatPrompt {
    std::string text;                     ///< ends exactly where the model goes on ("...Assistant:", no space)
    std::vector<std::string> stopStrings; ///< "\n\nUser:" and its like
    bool startsInThinking = false;        ///< the answer begins inside a thinking block
    bool trimStart = true;                ///< the leading space of the answer is not part of the text
};

/// Renders a conversation. Text of users and systems is cleaned (CRLF to LF, runs of line ends to one, ends
/// stripped), so that it can never forge a turn; assistant text cannot either. Earlier thinking is dropped.
/// `modelName` decides Auto. Source: rwkv-math-and-formats §21. Throws Error(BadRequest) for an empty conversation.
ChatPrompt renderChat(const std::vector<ChatMessage> &messages, ChatTemplate chatTemplate, Thinking thinking,
                      const std::string &modelName);

} // namespace engine
