#pragma once

#include "engine/options.h"
#include "engine/server/fields.h"

#include <string>
#include <string_view>

namespace server
{

/// Reads what an answer may be: response_format (or, of responses, text.format), grammar, tools, tool_choice
/// and parallel_tool_calls. `body` is the text that `fields` were read from, so that a schema keeps the order
/// of its keys. Throws ApiError 400.
void readConstraints(const Fields &fields, std::string_view body, engine::GenerateSpec &spec);

} // namespace server
