#include "kernels/gpu/arrays.h"
#include "kernels/gpu/gpu_device.h"
#include "kernels/gpu/reduce.h"

namespace kernels::gpu
{

namespace
{

/// One thread a channel of a sequence, through all of its tokens.
GPU_KERNEL void GPU_BOUNDS(kBlock) stepChannel(Wkv4 args, int C)
{
    const int channel = blockX() * kBlock + threadIndex(), sequence = blockY();
    if (channel >= C) return;
    float *state = slotOf(args.state, args.batch.slot[sequence]) + channel;
    float a = state[0], b = state[C], p = state[2 * std::int64_t{C}];
    if (b < 0x1p-126F) p = -1e30F; // nothing was read yet: far below every key, but p - q stays a number
    const float w = floats(args.w)[channel], u = floats(args.u)[channel];
    for (int t = args.batch.start[sequence]; t < args.batch.start[sequence + 1]; ++t) {
        const std::int64_t at = std::int64_t{t} * C + channel;
        const float k = floats(args.k)[at], v = floats(args.v)[at];
        float q = Larger()(p, u + k);
        float old = expf(p - q), now = expf(u + k - q);
        floats(args.y)[at] = floats(args.r)[at] * (fmaf(old, a, now * v) / fmaf(old, b, now));
        q = Larger()(p + w, k);
        old = expf(p + w - q);
        now = expf(k - q);
        a = fmaf(old, a, now * v);
        b = fmaf(old, b, now);
        p = q;
    }
    state[0] = a;
    state[C] = b;
    state[2 * std::int64_t{C}] = p;
}

} // namespace

void GpuDevice::wkv4(const Wkv4 &args)
{
    const auto C = static_cast<int>(args.r.dims[1]);
    run({static_cast<unsigned>((C + kBlock - 1) / kBlock), static_cast<unsigned>(args.batch.seqs), 1, kBlock},
        stepChannel, args, C);
}

} // namespace kernels::gpu
