#include "kernels/gpu/gemm/instances.h"

#include "cutlass/numeric_types.h"

namespace kernels::gpu::sm90
{
using Element = cutlass::bfloat16_t;
}

#include "kernels/gpu/gemm/sm90.h"

namespace kernels::gpu
{

const GemmInstance kSm90Bf16{"cutlass-sm90-bf16", Format::BF16, 90, 90, sm90::start};

} // namespace kernels::gpu
