#pragma once

#include "engine/server/json_text.h"

#include <string>

namespace server
{

/// One event of a stream: "data: {...}" and a blank line, with "event: NAME" before it if there is a name.
std::string sseEvent(const OutJson &data, const char *name = nullptr);

/// What ends a stream of OpenAI's.
inline constexpr const char *kSseDone = "data: [DONE]\n\n";

} // namespace server
