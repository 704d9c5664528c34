#pragma once

#include "engine/options.h"
#include "engine/server/json_text.h"

#include <string>
#include <vector>

namespace server
{

/// Reads `messages` of a chat: roles developer, system, user, assistant and tool; content a string, null or
/// parts of text. Throws ApiError 400 that names the message.
std::vector<engine::ChatMessage> readMessages(const Json &list, const std::string &path);

/// The text of a message's content: a string, or parts of one of the types joined. `path` names it in errors.
std::string readContent(const Json &content, const std::string &path);

} // namespace server
