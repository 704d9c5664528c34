#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace engine
{

/// Replaces the file at `path` by `pieces`, one after the other, or leaves everything as it was: writes a
/// temporary file in the same folder, flushes it to the disk and renames it. Follows a symbolic link to the
/// file and keeps the permissions of the one before. Throws Error(CannotWrite) with the reason; no temporary
/// file is left behind.
void replaceFile(const std::string &path, const std::vector<std::span<const std::byte>> &pieces);

} // namespace engine
