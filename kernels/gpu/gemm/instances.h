#pragma once

// The instances of CUTLASS's kernels, one file each.

#include "kernels/gpu/gemm.h"

namespace kernels::gpu
{

constexpr int kNewest = 999; ///< architectures to come run what was made for the ones before them

extern const GemmInstance kSm80Bf16, kSm80F16, kSm90Bf16, kSm90F16;

} // namespace kernels::gpu
