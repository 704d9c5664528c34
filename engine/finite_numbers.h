#pragma once

#include "kernels/dtype.h"

#include <cstddef>
#include <span>

namespace engine
{

/// True if all the numbers of `data` (fp32, fp16 or bf16) are finite and, with `toHalf`, stay so in fp16.
bool areFinite(kernels::DType type, std::span<const std::byte> data, bool toHalf);

} // namespace engine
