#include "kernels/gpu/gemm/instances.h"
#include "kernels/gpu/gemm/sm80.h"

namespace kernels::gpu
{

const GemmInstance kSm80F16{"cutlass-sm80-f16", Format::F16, 80, kNewest, sm80::start<cutlass::half_t>};

} // namespace kernels::gpu
