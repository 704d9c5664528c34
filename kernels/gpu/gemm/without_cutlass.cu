// A module that could have instances, but was built without the headers for them.
#include "kernels/gpu/gemm.h"

namespace kernels::gpu
{

std::vector<GemmInstance> gemmInstances() { return {}; }

std::size_t gemmRoomBytes() { return 0; }

const char *whyNoGemms()
{
    return "built without CUTLASS, so without matrix units: products of many rows are made as those of few";
}

} // namespace kernels::gpu
