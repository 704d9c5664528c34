#include "kernels/gpu/arrays.h"
#include "kernels/gpu/gpu_device.h"
#include "kernels/gpu/norm.h"

namespace kernels::gpu
{

namespace
{

/// One block a row.
GPU_KERNEL void GPU_BOUNDS(kBlock) embedRow(Embed args, int C)
{
    const std::int64_t from = std::int64_t{args.tokens[blockX()]} * C;
    float *x = rowOf(args.x, blockX(), C);
    const auto stored = [&](int i) { return elementOf(args.table.data, args.table.dtype, from + i); };
    if (!args.gain.data) {
        for (int i = threadIndex(); i < C; i += kBlock)
            x[i] = stored(i);
        return;
    }
    const Moments m = blockMoments(C, args.epsilon, false, stored);
    for (int i = threadIndex(); i < C; i += kBlock)
        x[i] = normed(stored(i), m, floats(args.gain)[i], floats(args.bias)[i]);
}

} // namespace

void GpuDevice::embed(const Embed &args)
{
    run({static_cast<unsigned>(args.x.dims[0]), 1, 1, kBlock}, embedRow, args,
        static_cast<int>(args.table.dims[1]));
}

} // namespace kernels::gpu
