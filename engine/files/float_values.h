#pragma once

#include "engine/files/tensor_file.h"

#include <span>

namespace engine
{

/// True if tensors of this type hold numbers that can become weights.
bool holdsFloats(StoredType type);

/// Decodes stored numbers: `from` holds `to.size()` elements of `type`, whole rows where the type has blocks.
/// Any alignment; fp64 is rounded to nearest. Only for types of which holdsFloats() is true.
void decodeFloats(StoredType type, std::span<const std::byte> from, std::span<float> to);

} // namespace engine
