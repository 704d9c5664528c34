#include "kernels/gpu/arrays.h"
#include "kernels/gpu/gpu_device.h"
#include "kernels/gpu/reduce.h"

namespace kernels::gpu
{

namespace
{

constexpr int kGroups = 4; ///< of 32 lanes in a block, one head of one token each

GPU_FUNCTION float softplusOfNegative(float x) { return (x < 0 ? -x : 0) + log1pf(expf(x < 0 ? x : -x)); }

GPU_KERNEL void GPU_BOUNDS(kGroups *kLanes) prepareHeads(Prepare7 args)
{
    const std::int64_t units = std::int64_t{args.tokens} * args.heads;
    const std::int64_t wanted = std::int64_t{blockX()} * kGroups + threadIndex() / kLanes;
    const bool isThere = wanted < units;
    const std::int64_t unit = isThere ? wanted : units - 1;
    const int N = args.headSize, channel = static_cast<int>(unit % args.heads) * N;
    const std::int64_t at = unit * N;
    float *w = floats(args.w) + at, *k = floats(args.k) + at, *a = floats(args.a) + at,
          *v = floats(args.v) + at;
    const auto kappa = [&](int i) { return args.kK.data ? k[i] * floats(args.kK)[channel + i] : k[i]; };
    float squares = 0;
    for (int i = laneIndex(); i < N; i += kLanes)
        squares = fmaf(kappa(i), kappa(i), squares);
    const float norm = sqrtf(groupSum(squares));
    const float scale = 1 / (norm > 1e-12F ? norm : 1e-12F);
    if (!isThere) return;
    for (int i = laneIndex(); i < N; i += kLanes) {
        const float key = k[i], rate = a[i], kk = kappa(i) * scale, value = v[i];
        const float gain = args.kA.data ? fmaf(rate - 1, floats(args.kA)[channel + i], 1)
                                        : softplusOfNegative(w[i]) + 1.5F + rate;
        k[i] = key * gain;
        floats(args.negKappa)[at + i] = -kk;
        a[i] = kk * rate;
        w[i] = expf(-0.606530659712633F * sigmoid(w[i]));
        if (!args.vFirst.data) continue;
        float *first = floats(args.vFirst) + at;
        if (args.firstLayer)
            first[i] = value;
        else
            v[i] = fmaf(first[i] - value, floats(args.vMix)[at + i], value);
    }
}

} // namespace

void GpuDevice::prepare7(const Prepare7 &args)
{
    const std::int64_t units = std::int64_t{args.tokens} * args.heads;
    run({static_cast<unsigned>((units + kGroups - 1) / kGroups), 1, 1, kGroups * kLanes}, prepareHeads, args);
}

} // namespace kernels::gpu
