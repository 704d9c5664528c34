// The mixture of low-rank experts. Every row goes through every expert, whose products are small, and what
// was not chosen is passed over: the host need not know which rows chose whom.

#include "kernels/gpu/arrays.h"
#include "kernels/gpu/gpu_device.h"
#include "kernels/gpu/reduce.h"

#include <utility>

namespace kernels::gpu
{

namespace
{

constexpr float kNotChosen = -1;

/// gate [experts] from scores [experts - 1] of every row; one thread a row.
GPU_KERNEL void GPU_BOUNDS(kBlock)
    chooseExperts(const float *allScores, float *allGates, int rows, int experts, int active)
{
    const int row = blockX() * kBlock + threadIndex();
    if (row >= rows) return;
    const float *scores = allScores + std::int64_t{row} * (experts - 1);
    float *gate = allGates + std::int64_t{row} * experts;
    const auto scoreOf = [&](int e) { return e == 0 ? 0.0F : scores[e - 1]; };
    for (int e = 0; e < experts; ++e)
        gate[e] = kNotChosen;
    float top = 0, sum = 0;
    for (int picked = 0; picked < active; ++picked) {
        int best = -1;
        for (int e = 0; e < experts; ++e)
            if (gate[e] == kNotChosen && (best < 0 || scoreOf(e) > scoreOf(best))) best = e;
        if (picked == 0) top = scoreOf(best);
        gate[best] = expf(scoreOf(best) - top);
        sum += gate[best];
    }
    for (int e = 0; e < experts; ++e)
        if (gate[e] != kNotChosen) gate[e] /= sum;
}

/// Where gates are, and which of them belongs to an expert.
struct Gates {
    const float *gate; ///< [rows, experts]
    int experts, expert;

    GPU_FUNCTION float of(std::int64_t row) const { return gate[row * experts + expert]; }
};

/// u <- relu(base + scale u)^2, and sum += gate u; all are [rows, width].
GPU_KERNEL void GPU_BOUNDS(kBlock) finishHidden(Gates gates, const float *base, float scale, float *u,
                                                float *sum, int width, std::int64_t elements)
{
    const std::int64_t i = std::int64_t{blockX()} * kBlock + threadIndex();
    if (i >= elements) return;
    const float g = gates.of(i / width), k = fmaf(scale, u[i], base[i]);
    u[i] = k < 0 ? 0 : k * k; // a NaN stays
    if (g != kNotChosen) sum[i] += g * u[i];
}

/// y += gate scale out; both are [rows, width].
GPU_KERNEL void GPU_BOUNDS(kBlock)
    addExpert(Gates gates, const float *out, float scale, float *y, int width, std::int64_t elements)
{
    const std::int64_t i = std::int64_t{blockX()} * kBlock + threadIndex();
    if (i >= elements) return;
    const float g = gates.of(i / width);
    if (g != kNotChosen) y[i] += g * scale * out[i];
}

unsigned blocksFor(std::int64_t elements) { return static_cast<unsigned>((elements + kBlock - 1) / kBlock); }

} // namespace

void GpuDevice::mole(const Mole &m)
{
    if (m.rows <= 0) return;
    const auto C = static_cast<int>(m.x.dims[1]), F = m.key.rows;
    float *at = m.scratch.f32();
    const auto take = [&](std::int64_t floats) { return std::exchange(at, at + m.rows * floats); };
    float *scores = take(m.experts), *gate = take(m.experts), *base = take(F), *sum = take(F);
    float *hidden = take(F), *out = take(C), *low = at;
    const std::int64_t outs = std::int64_t{m.rows} * C, hiddens = std::int64_t{m.rows} * F;
    const auto product = [&](const float *x, const Weight &w, float *y, bool accumulate = false) {
        const Product p{x, w, nullptr, y, Finish::None, accumulate};
        products(&p, 1, m.rows);
    };

    product(m.x.f32(), m.key, base);
    if (m.experts > 1) product(m.x.f32(), m.router, scores);
    run({blocksFor(m.rows), 1, 1, kBlock}, chooseExperts, scores, gate, m.rows, m.experts, m.active);
    zero(sum, static_cast<std::size_t>(hiddens) * sizeof(float));
    for (int e = 0; e < m.experts; ++e) {
        const Mole::Expert &expert = m.expert[e];
        const Gates gates{gate, m.experts, e};
        product(m.x.f32(), expert.keyA, low);
        product(low, expert.keyB, hidden);
        run({blocksFor(hiddens), 1, 1, kBlock}, finishHidden, gates, base, m.scale, hidden, sum, F, hiddens);
        product(hidden, expert.valueA, low);
        product(low, expert.valueB, out);
        run({blocksFor(outs), 1, 1, kBlock}, addExpert, gates, out, m.scale, m.y.f32(), C, outs);
    }
    product(sum, m.value, m.y.f32(), true);
}

} // namespace kernels::gpu
