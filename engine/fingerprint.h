#pragma once

#include "engine/files/tensor_file.h"

#include <string>

namespace engine
{

/// 16 hexadecimal digits over names, types, shapes, and sampled bytes of every tensor: both ends and evenly
/// spaced pieces between them, a few KiB each. Cheap enough for every load, and different for every two
/// models that were trained differently; a change of single weights may escape it.
std::string fingerprintOf(const TensorFile &file);

} // namespace engine
