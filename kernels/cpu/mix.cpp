#include "kernels/cpu/cpu_device.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace kernels::cpu
{

namespace
{

constexpr int kMost = MixLogits::kMostVoices;
constexpr int kBlock = 4096; ///< ids that a thread works on at once

/// exp(x - top) of a row, and their sum.
struct RowSum {
    float top = 0;
    double total = 0;

    double log() const { return static_cast<double>(top) + std::log(total); }
};

/// One mix on its way. Working memory: weights of every voice and of the blend, then gaps of the blocks.
struct Work {
    const MixLogits &args;
    const MixLogits::Mix &mix;
    const Path &path;
    float *blend;
    float *memory;
    int V, blocks;
    RowSum row[kMost + 1]; ///< the last is the blend's
    float gates[kMost];
    double kl[kMost];

    static std::size_t bytesFor(int V)
    {
        const auto blocks = static_cast<std::size_t>((V + kBlock - 1) / kBlock);
        return static_cast<std::size_t>(V) * (kMost + 1) * sizeof(float) + 64 +
               blocks * kMost * sizeof(double);
    }
    const float *logits(int k) const
    {
        return args.logits.f32() + static_cast<std::ptrdiff_t>(mix.rows[k]) * V;
    }
    float *weights(int k) const { return memory + static_cast<std::ptrdiff_t>(k) * V; }
    double *gaps() const
    {
        const std::size_t before = static_cast<std::size_t>(V) * (kMost + 1) * sizeof(float);
        return reinterpret_cast<double *>(reinterpret_cast<std::byte *>(memory) + (before + 63) / 64 * 64);
    }
    void weigh(int k, const float *x)
    {
        row[k].top = path.largest(x, V);
        row[k].total = path.weights(x, V, row[k].top, 1, weights(k), nullptr);
    }
};

/// The voice that alone has a gate; -1 if there are several.
int soloOf(const Work &w)
{
    int solo = -1;
    for (int k = 0; k < w.mix.voices; ++k) {
        if (w.gates[k] == 0) continue;
        if (solo >= 0) return -1;
        solo = k;
    }
    return solo;
}

/// The blend of the ids first .. first + n - 1.
void blendBlock(const Work &w, int solo, double gateSum, int first, int n)
{
    float *out = w.blend + first;
    if (solo >= 0) {
        std::memcpy(out, w.logits(solo) + first, sizeof(float) * static_cast<unsigned>(n));
        return;
    }
    std::fill_n(out, n, 0.0F);
    for (int k = 0; k < w.mix.voices; ++k) {
        if (w.gates[k] == 0) continue;
        const double share = static_cast<double>(w.gates[k]) / gateSum;
        if (w.mix.probabilities)
            w.path.addScaled(w.weights(k) + first, n, static_cast<float>(share / w.row[k].total), out);
        else
            w.path.addScaled(w.logits(k) + first, n, static_cast<float>(share), out);
    }
    if (w.mix.probabilities)
        for (int i = 0; i < n; ++i)
            out[i] = std::log(out[i]);
}

/// Blends by w.gates, and says how far every voice is from the blend.
void blendAll(Work &w, Parallel &parallel)
{
    double gateSum = 0;
    for (int k = 0; k < w.mix.voices; ++k)
        gateSum += static_cast<double>(w.gates[k]);
    const int solo = soloOf(w);
    double *gaps = w.gaps();
    parallel.forEach(w.blocks, [&](int block, int) {
        const int first = block * kBlock, n = std::min(kBlock, w.V - first);
        blendBlock(w, solo, gateSum, first, n);
        for (int k = 0; k < w.mix.voices; ++k)
            gaps[block * kMost + k] =
                w.path.gaps(w.weights(k) + first, w.logits(k) + first, w.blend + first, n);
    });
    w.weigh(kMost, w.blend);
    for (int k = 0; k < w.mix.voices; ++k) {
        double gap = 0;
        for (int block = 0; block < w.blocks; ++block)
            gap += gaps[block * kMost + k];
        const double kl = gap / w.row[k].total - w.row[k].log() + w.row[kMost].log();
        w.kl[k] = kl < 0 ? 0 : kl; // rounding; a NaN stays
    }
}

/// H(p) in nats of voice k.
double entropyOf(const Work &w, int k)
{
    const float *x = w.logits(k), *weight = w.weights(k);
    double sum = 0;
    for (int i = 0; i < w.V; ++i)
        if (weight[i] > 0) sum += static_cast<double>(weight[i]) * static_cast<double>(x[i] - w.row[k].top);
    return std::log(w.row[k].total) - sum / w.row[k].total;
}

/// The factor's logarithm, by which a policy changes the gate of voice k.
double logFactor(const Work &w, int k)
{
    const double strength = static_cast<double>(w.mix.strength);
    switch (w.mix.follow) {
    case MixLogits::Follow::Confidence:
        return -strength * std::log(w.row[k].total); // the largest p is exp(0) / total
    case MixLogits::Follow::Entropy:
        return -strength * entropyOf(w, k);
    case MixLogits::Follow::Agreement:
        return -strength * w.kl[k];
    case MixLogits::Follow::Nothing:
        break;
    }
    return 0;
}

void moveGates(Work &w)
{
    double factor[kMost], largest = -HUGE_VAL, before = 0, after = 0;
    for (int k = 0; k < w.mix.voices; ++k) {
        if (!(w.gates[k] > 0)) continue;
        factor[k] = logFactor(w, k);
        largest = std::max(largest, factor[k]);
        before += static_cast<double>(w.gates[k]);
    }
    for (int k = 0; k < w.mix.voices; ++k) {
        if (!(w.gates[k] > 0)) continue;
        factor[k] = static_cast<double>(w.gates[k]) * std::exp(factor[k] - largest); // cannot overflow
        after += factor[k];
    }
    if (!(after > 0) || !std::isfinite(after)) return;
    for (int k = 0; k < w.mix.voices; ++k)
        if (w.gates[k] > 0) w.gates[k] = static_cast<float>(factor[k] / after * before);
}

} // namespace

void CpuDevice::mixLogits(const MixLogits &args)
{
    const auto V = static_cast<int>(args.logits.dims[1]);
    std::byte *memory = args.mixes > 0 ? scratch(Work::bytesFor(V)) : nullptr;
    if (!memory) return;
    for (int m = 0; m < args.mixes; ++m) {
        Work w{args,
               args.mix[m],
               m_path,
               args.blend.f32() + static_cast<std::ptrdiff_t>(m) * V,
               reinterpret_cast<float *>(memory),
               V,
               (V + kBlock - 1) / kBlock,
               {},
               {},
               {}};
        std::copy_n(w.mix.gates, w.mix.voices, w.gates);
        m_parallel.forEach(w.mix.voices, [&](int k, int) { w.weigh(k, w.logits(k)); });
        if (w.mix.follow != MixLogits::Follow::Nothing && w.mix.strength != 0) {
            if (w.mix.follow == MixLogits::Follow::Agreement) blendAll(w, m_parallel);
            moveGates(w);
        }
        blendAll(w, m_parallel);
        MixLogits::Voice *told = args.voice + static_cast<std::ptrdiff_t>(m) * kMost;
        for (int k = 0; k < w.mix.voices; ++k)
            told[k] = {w.gates[k], static_cast<float>(w.row[k].log()), static_cast<float>(w.kl[k])};
    }
}

} // namespace kernels::cpu
