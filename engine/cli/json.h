#pragma once

#include "engine/events.h"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace cli
{

/// "file_not_found"; part of the program's interface.
const char *codeName(engine::ErrorCode code);
/// "stop", "length", "end".
const char *reasonName(engine::FinishReason reason);

nlohmann::ordered_json toJson(const engine::ModelInfo &info, bool withTensors);
nlohmann::ordered_json toJson(const engine::Usage &usage);

} // namespace cli
