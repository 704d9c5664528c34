#pragma once

#include "engine/options.h"

#include <string>

namespace engine
{

/// The file that `name` stands for: itself if there is such a file, else the state of that name in the
/// demonstration pack (demo/pack.json of the data folder), else `name` as it is. Never throws: a pack that
/// cannot be read has no states.
std::string stateFile(const std::string &name, const EngineOptions &options);

} // namespace engine
