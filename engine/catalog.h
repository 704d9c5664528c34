#pragma once

#include "engine/events.h"
#include "engine/options.h"

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace engine
{

/// Calls `found` for every *.pth, *.safetensors, *.st, *.gguf and ggmf *.bin file in the folders and their
/// sub-folders, and once, with the folder as its path, for each Hugging Face model; at most kDeepestFolder
/// levels down, sorted by name within a folder. Files that cannot be opened are found with a
/// `problem`; folders that cannot be read are skipped; a folder that is reached twice (links, overlapping
/// folders) is read once. Returns the number of files, or what was found until `stop`. Thread: a job.
int scanFolders(const std::vector<std::string> &folders, const EngineOptions &options,
                const std::function<void(const ModelInfo &)> &found, std::stop_token stop);

/// Calls `visit` for every regular file in the folders and their sub-folders and, before its files, for every
/// folder that `isOne` says is one thing; what is in it is then left to `isPart`. Depth, order, links and
/// `stop` as above.
struct FolderWalk {
    std::function<bool(const std::string &folder)> isOne;
    std::function<bool(const std::string &fileName)> isPart; ///< of such a folder
    std::function<void(const std::string &path)> visit;
};
void walkFolders(const std::vector<std::string> &folders, const FolderWalk &walk, std::stop_token stop);

constexpr int kDeepestFolder = 8;

} // namespace engine
