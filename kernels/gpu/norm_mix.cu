#include "kernels/gpu/arrays.h"
#include "kernels/gpu/gpu_device.h"
#include "kernels/gpu/norm.h"

namespace kernels::gpu
{

namespace
{

/// The norm of one row of x, which a block computes together.
struct NormedRow {
    const NormMix &args;
    const float *x;
    Moments moments;

    GPU_FUNCTION NormedRow(const NormMix &mix, int row, int C)
        : args(mix)
        , x(rowOf(mix.x, row, C))
        , moments(blockMoments(C, mix.epsilon, mix.isRms, [this](int i) { return x[i]; }))
    {
    }
    GPU_FUNCTION float operator()(int i) const
    {
        const float bias = args.bias.data ? floats(args.bias)[i] : 0;
        return normed(x[i], moments, floats(args.gain)[i], bias);
    }
};

/// Writes what becomes of y and the row before it.
GPU_FUNCTION void mixChannel(const NormMix &args, std::int64_t at, int i, float y, float before)
{
    const float from = args.weighsCurrent ? before : y;
    const float towards = args.weighsCurrent ? y - before : before - y;
    for (int c = 0; c < args.mixes; ++c)
        floats(args.out[c])[at + i] = fmaf(towards, floats(args.mu[c])[i], from);
    if (args.normed.data) floats(args.normed)[at + i] = y;
    if (args.delta.data) floats(args.delta)[at + i] = before - y;
}

/// One block a row. Where every sequence has one row, nobody else reads its shift: it is replaced at once.
GPU_KERNEL void GPU_BOUNDS(kBlock) mixRow(NormMix args, int C, bool isOneRowEach)
{
    const int row = blockX();
    const int sequence = sequenceOf(args.batch, row);
    float *shift = slotOf(args.shift, args.batch.slot[sequence]);
    const std::int64_t at = std::int64_t{row} * C;
    const NormedRow y(args, row, C);
    if (row == args.batch.start[sequence]) {
        for (int i = threadIndex(); i < C; i += kBlock) {
            const float before = shift[i], now = y(i);
            if (isOneRowEach) shift[i] = now;
            mixChannel(args, at, i, now, before);
        }
    } else {
        const NormedRow before(args, row - 1, C);
        for (int i = threadIndex(); i < C; i += kBlock)
            mixChannel(args, at, i, y(i), before(i));
    }
}

/// One block a sequence: its last row becomes the shift, when no row needs the old one any more.
GPU_KERNEL void GPU_BOUNDS(kBlock) keepShift(NormMix args, int C)
{
    const NormedRow y(args, args.batch.start[blockX() + 1] - 1, C);
    float *shift = slotOf(args.shift, args.batch.slot[blockX()]);
    for (int i = threadIndex(); i < C; i += kBlock)
        shift[i] = y(i);
}

/// One block a wanted row.
GPU_KERNEL void GPU_BOUNDS(kBlock) normRow(NormMix args, int C)
{
    const NormedRow y(args, args.rows ? args.rows[blockX()] : blockX(), C);
    for (int i = threadIndex(); i < C; i += kBlock)
        rowOf(args.out[0], blockX(), C)[i] = y(i);
}

} // namespace

void GpuDevice::normMix(const NormMix &args)
{
    const auto C = static_cast<int>(args.x.dims[1]);
    const auto tokens = static_cast<unsigned>(args.batch.tokens),
               seqs = static_cast<unsigned>(args.batch.seqs);
    if (args.mixes == 0) {
        run({args.rows ? static_cast<unsigned>(args.rowCount) : tokens, 1, 1, kBlock}, normRow, args, C);
        return;
    }
    const bool isOneRowEach = tokens == seqs;
    run({tokens, 1, 1, kBlock}, mixRow, args, C, isOneRowEach);
    if (!isOneRowEach) run({seqs, 1, 1, kBlock}, keepShift, args, C);
}

} // namespace kernels::gpu
