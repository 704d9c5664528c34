#pragma once

#include "engine/events.h"
#include "engine/options.h"

#include <cstdint>
#include <string>
#include <vector>

namespace engine
{

/// Reads names, shapes and headers of a state file, also of our own; `fits` and `problem` stay empty. Throws
/// Error: as TensorFile::open, and BadState for a file that is no state.
StateInfo describeState(const OpenStateSpec &spec);

/// Throws Error(CannotWrite) where `path` is there already and holds anything but a state: a slip of the
/// fingers must not cost a model or a text. States are replaced by states.
void requireStateTarget(const std::string &path);

/// What exportState could not keep, and the size of what it wrote.
struct ExportedState {
    std::uint64_t bytes = 0;
    std::vector<std::string> warnings; ///< in sentences
};

/// Writes the matrices of a state file (and time_offset vectors) as a .pth that PyTorch loads. Throws Error:
/// as describeState; BadRequest where neither file nor spec say the order of the matrices; CannotWrite.
ExportedState exportStateFile(const ExportStateSpec &spec);

} // namespace engine
