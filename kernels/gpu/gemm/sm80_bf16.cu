#include "kernels/gpu/gemm/instances.h"
#include "kernels/gpu/gemm/sm80.h"

namespace kernels::gpu
{

const GemmInstance kSm80Bf16{"cutlass-sm80-bf16", Format::BF16, 80, kNewest,
                             sm80::start<cutlass::bfloat16_t>};

} // namespace kernels::gpu
