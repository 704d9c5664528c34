#pragma once

#include <cstddef>
#include <functional>
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

/// Takes the bytes of a file, front to back.
using ByteSink = std::function<void(std::span<const std::byte>)>;
/// As above, with what `fill` gives to the sink it is handed. What `fill` throws leaves everything as it was.
void replaceFile(const std::string &path, const std::function<void(const ByteSink &)> &fill);

} // namespace engine
