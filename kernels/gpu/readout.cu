#include "kernels/gpu/arrays.h"
#include "kernels/gpu/gpu_device.h"
#include "kernels/gpu/norm.h"

namespace kernels::gpu
{

namespace
{

constexpr int kGroups = 4; ///< of 32 lanes in a block, one head of one token each

GPU_KERNEL void GPU_BOUNDS(kGroups *kLanes) readHeads(Readout args)
{
    const std::int64_t units = std::int64_t{args.tokens} * args.heads;
    const std::int64_t wanted = std::int64_t{blockX()} * kGroups + threadIndex() / kLanes;
    const bool isThere = wanted < units;
    const std::int64_t unit = isThere ? wanted : units - 1;
    const int N = args.headSize, channel = static_cast<int>(unit % args.heads) * N;
    const std::int64_t at = unit * N;
    float *y = floats(args.y) + at;
    if (args.offset.data && isThere) { // every lane reads back its own channels only
        const int row = static_cast<int>(unit / args.heads);
        const float *offset = slotOf(args.offset, args.batch.slot[sequenceOf(args.batch, row)]) + channel;
        for (int i = laneIndex(); i < N; i += kLanes)
            y[i] = fmaf(y[i], offset[i], y[i]);
    }
    const Moments m = args.gain.data ? groupMoments(y, N, args.epsilon, false) : Moments{0, args.scale};
    float bonus = 0;
    if (args.rK.data) {
        for (int i = laneIndex(); i < N; i += kLanes)
            bonus =
                fmaf(floats(args.r)[at + i] * floats(args.k)[at + i], floats(args.rK)[channel + i], bonus);
        bonus = groupSum(bonus);
    }
    if (!isThere) return;
    for (int i = laneIndex(); i < N; i += kLanes) {
        float out = args.gain.data
                        ? normed(y[i], m, floats(args.gain)[channel + i], floats(args.bias)[channel + i])
                        : y[i] * m.scale;
        if (args.rK.data) out = fmaf(bonus, floats(args.v)[at + i], out);
        if (args.g.data) out *= floats(args.g)[at + i] + args.gateOffset;
        y[i] = out;
    }
}

} // namespace

void GpuDevice::readout(const Readout &args)
{
    const std::int64_t units = std::int64_t{args.tokens} * args.heads;
    run({static_cast<unsigned>((units + kGroups - 1) / kGroups), 1, 1, kGroups * kLanes}, readHeads, args);
}

} // namespace kernels::gpu
