#pragma once

#include "engine/events.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace cli
{

/// "file_not_found"; part of the program's interface.
const char *codeName(engine::ErrorCode code);
/// "stop", "length", "end".
const char *reasonName(engine::FinishReason reason);

/// The JSON of a user's text. Throws engine::Error "NAME: line 3, column 5: expected ..., found ...".
nlohmann::json parseJson(std::string_view text, const std::string &name);

nlohmann::ordered_json toJson(const engine::ModelInfo &info, bool withTensors);
nlohmann::ordered_json toJson(const engine::Usage &usage);

} // namespace cli
