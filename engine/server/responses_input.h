#pragma once

#include "engine/options.h"
#include "engine/server/fields.h"

#include <vector>

namespace server
{

/// The conversation in `instructions` and `input` of a responses request: a text, or items that are messages,
/// function_call, function_call_output and reasoning (which is not read again). Throws ApiError 400.
std::vector<engine::ChatMessage> readResponsesInput(const Fields &fields);

} // namespace server
