// A module with CUTLASS's kernels.
#include "kernels/gpu/gemm/instances.h"

namespace kernels::gpu
{

std::vector<GemmInstance> gemmInstances() { return {kSm90F16, kSm90Bf16, kSm80F16, kSm80Bf16}; }

std::size_t gemmRoomBytes() { return std::size_t{32} << 20; }

const char *whyNoGemms() { return ""; }

} // namespace kernels::gpu
