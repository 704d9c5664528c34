#pragma once

#include "engine/events.h"
#include "engine/options.h"

#include <string>
#include <vector>

namespace engine
{

// The demonstration pack: demo/pack.json of the data folder and the files that it names. A pack that cannot
// be read is empty.

/// What pack.json lists and what is there.
std::vector<ExtraInfo> demoPack(const EngineOptions &options);

/// The file that `name` stands for: itself if there is such a file, else the state of that name in the pack,
/// else `name` as it is. Throws Error(FileNotFound) for a plain word that is neither, naming the states.
std::string stateFile(const std::string &name, const EngineOptions &options);

/// The same for an adapter, with the pack's alpha where the use gives none.
AdapterUse adapterFile(AdapterUse use, const EngineOptions &options);

} // namespace engine
