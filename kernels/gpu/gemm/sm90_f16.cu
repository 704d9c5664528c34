#include "kernels/gpu/gemm/instances.h"
#include "kernels/gpu/gemm/sm90.h"

namespace kernels::gpu
{

const GemmInstance kSm90F16{"cutlass-sm90-f16", Format::F16, 90, 90, sm90::start<cutlass::half_t>};

} // namespace kernels::gpu
