#include "kernels/gpu/arrays.h"
#include "kernels/gpu/gpu_device.h"
#include "kernels/gpu/reduce.h"

namespace kernels::gpu
{

namespace
{

/// One block a row, whose threads take the outputs in turn.
GPU_KERNEL void GPU_BOUNDS(kBlock) multiplyRow(RowProduct args, int R)
{
    const float *p = rowOf(args.p, blockX(), R),
                *matrix = floats(args.matrix) + std::int64_t{blockX()} * R * R;
    for (int j = threadIndex(); j < R; j += kBlock) {
        float sum = 0;
        for (int i = 0; i < R; ++i)
            sum = fmaf(p[i], matrix[std::int64_t{i} * R + j], sum);
        rowOf(args.q, blockX(), R)[j] = sum;
    }
}

} // namespace

void GpuDevice::rowProduct(const RowProduct &args)
{
    run({static_cast<unsigned>(args.p.dims[0]), 1, 1, kBlock}, multiplyRow, args,
        static_cast<int>(args.p.dims[1]));
}

} // namespace kernels::gpu
