#pragma once

#include "engine/events.h"
#include "engine/options.h"

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace engine
{

/// Calls `found` for every state and adapter: first those that pack.json of the demonstration model lists,
/// then those in the folders and their sub-folders, as walkFolders() goes. Only headers, names and shapes are
/// read; a model is neither, even if it holds a tuned state. Returns how many were found. Thread: a job.
int findExtras(const std::vector<std::string> &folders, const EngineOptions &options,
               const std::function<void(const ExtraInfo &)> &found, std::stop_token stop);

} // namespace engine
