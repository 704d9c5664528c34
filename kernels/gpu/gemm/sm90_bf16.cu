#include "kernels/gpu/gemm/instances.h"
#include "kernels/gpu/gemm/sm90.h"

namespace kernels::gpu
{

const GemmInstance kSm90Bf16{"cutlass-sm90-bf16", Format::BF16, 90, 90, sm90::start<cutlass::bfloat16_t>};

} // namespace kernels::gpu
