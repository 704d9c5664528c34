// Blends the logits of the voices of a mix: one block a mix.

#include "kernels/gpu/arrays.h"
#include "kernels/gpu/gpu_device.h"
#include "kernels/gpu/reduce.h"

#include <algorithm>

namespace kernels::gpu
{

namespace
{

constexpr int kMost = MixLogits::kMostVoices;

/// MixLogits::Mix with its arrays in itself, as a kernel's argument.
struct Voices {
    std::int32_t rows[kMost];
    float gates[kMost];
    std::int32_t count;
    bool probabilities;
    MixLogits::Follow follow;
    float strength;
};

/// exp(x - top) of a row, and their sum.
struct RowSum {
    float top;
    double total;

    GPU_FUNCTION double logSum() const { return double(top) + log(total); }
};

/// By the whole block.
GPU_FUNCTION RowSum weigh(const float *x, int V)
{
    const float top = largestOf(x, V);
    return {top, sumOf(V, [&](int i) { return double(expf(x[i] - top)); })};
}

/// One mix on its way; every thread of the block keeps the same numbers.
struct Work {
    const MixLogits &args;
    const Voices &voices;
    float *blend;
    int V;
    RowSum row[kMost];
    float gates[kMost];
    double kl[kMost];

    GPU_FUNCTION const float *logits(int k) const { return rowOf(args.logits, voices.rows[k], V); }
};

/// The blend of one id; `share` of every voice belongs to its gate.
GPU_FUNCTION float blended(const Work &w, const float (&share)[kMost], int i)
{
    float sum = 0;
    for (int k = 0; k < w.voices.count; ++k) {
        if (w.gates[k] == 0) continue;
        const float x = w.logits(k)[i];
        sum = fmaf(w.voices.probabilities ? expf(x - w.row[k].top) : x, share[k], sum);
    }
    return w.voices.probabilities ? logf(sum) : sum;
}

/// Blends by w.gates, and says how far every voice is from the blend.
GPU_FUNCTION void blendAll(Work &w)
{
    double gateSum = 0;
    int used = 0, solo = 0;
    for (int k = 0; k < w.voices.count; ++k) {
        gateSum += double(w.gates[k]);
        if (w.gates[k] == 0) continue;
        ++used;
        solo = k;
    }
    float share[kMost] = {};
    for (int k = 0; k < w.voices.count; ++k)
        share[k] = static_cast<float>(double(w.gates[k]) / gateSum /
                                      (w.voices.probabilities ? w.row[k].total : 1.0));
    for (int i = threadIndex(); i < w.V; i += kBlock)
        w.blend[i] = used == 1 ? w.logits(solo)[i] : blended(w, share, i);
    barrier();
    const double logBlend = weigh(w.blend, w.V).logSum();
    for (int k = 0; k < w.voices.count; ++k) {
        const float *x = w.logits(k), top = w.row[k].top;
        const double gap = sumOf(w.V, [&](int i) {
            const float weight = expf(x[i] - top);
            return weight > 0 ? double(weight) * double(x[i] - w.blend[i]) : 0.0; // without: may be infinite
        });
        const double kl = gap / w.row[k].total - w.row[k].logSum() + logBlend;
        w.kl[k] = kl < 0 ? 0 : kl; // rounding; a NaN stays
    }
}

/// H(p) in nats of voice k.
GPU_FUNCTION double entropyOf(const Work &w, int k)
{
    const float *x = w.logits(k), top = w.row[k].top;
    const double sum = sumOf(w.V, [&](int i) {
        const float weight = expf(x[i] - top);
        return weight > 0 ? double(weight) * double(x[i] - top) : 0.0;
    });
    return log(w.row[k].total) - sum / w.row[k].total;
}

/// The factor's logarithm, by which a policy changes the gate of voice k.
GPU_FUNCTION double logFactor(const Work &w, int k)
{
    const double strength = double(w.voices.strength);
    switch (w.voices.follow) {
    case MixLogits::Follow::Confidence:
        return -strength * log(w.row[k].total); // the largest p is exp(0) / total
    case MixLogits::Follow::Entropy:
        return -strength * entropyOf(w, k);
    case MixLogits::Follow::Agreement:
        return -strength * w.kl[k];
    case MixLogits::Follow::Nothing:
        break;
    }
    return 0;
}

GPU_FUNCTION void moveGates(Work &w)
{
    double factor[kMost], most = -double(__builtin_inff()), before = 0, after = 0;
    for (int k = 0; k < w.voices.count; ++k) {
        if (!(w.gates[k] > 0)) continue;
        factor[k] = logFactor(w, k);
        most = Larger()(most, factor[k]);
        before += double(w.gates[k]);
    }
    for (int k = 0; k < w.voices.count; ++k) {
        if (!(w.gates[k] > 0)) continue;
        factor[k] = double(w.gates[k]) * exp(factor[k] - most); // cannot overflow
        after += factor[k];
    }
    if (!(after > 0) || !(after < double(__builtin_inff()))) return;
    for (int k = 0; k < w.voices.count; ++k)
        if (w.gates[k] > 0) w.gates[k] = static_cast<float>(factor[k] / after * before);
}

GPU_KERNEL void GPU_BOUNDS(kBlock) mixVoices(MixLogits args, Voices voices, int mix, int V)
{
    Work w{args, voices, rowOf(args.blend, mix, V), V, {}, {}, {}};
    for (int k = 0; k < voices.count; ++k) {
        w.gates[k] = voices.gates[k];
        w.row[k] = weigh(w.logits(k), V);
    }
    if (voices.follow != MixLogits::Follow::Nothing && voices.strength != 0) {
        if (voices.follow == MixLogits::Follow::Agreement) blendAll(w);
        moveGates(w);
    }
    blendAll(w);
    MixLogits::Voice *told = args.voice + std::int64_t{mix} * kMost;
    for (int k = threadIndex(); k < voices.count; k += kBlock)
        told[k] = {w.gates[k], static_cast<float>(w.row[k].logSum()), static_cast<float>(w.kl[k])};
}

} // namespace

void GpuDevice::mixLogits(const MixLogits &args)
{
    const auto V = static_cast<int>(args.logits.dims[1]);
    for (int m = 0; m < args.mixes; ++m) {
        const MixLogits::Mix &mix = args.mix[m];
        Voices voices{};
        std::copy_n(mix.rows, mix.voices, voices.rows);
        std::copy_n(mix.gates, mix.voices, voices.gates);
        voices.count = mix.voices;
        voices.probabilities = mix.probabilities;
        voices.follow = mix.follow;
        voices.strength = mix.strength;
        run({1, 1, 1, kBlock}, mixVoices, args, voices, m, V);
    }
}

} // namespace kernels::gpu
