// A module for cards that have no instances.
#include "kernels/gpu/gemm.h"

namespace kernels::gpu
{

std::vector<GemmInstance> gemmInstances() { return {}; }

std::size_t gemmRoomBytes() { return 0; }

const char *whyNoGemms() { return ""; }

} // namespace kernels::gpu
