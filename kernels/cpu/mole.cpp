// The mixture of low-rank experts: the large products once for all rows, small ones for the rows of an
// expert.

#include "kernels/cpu/cpu_device.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace kernels::cpu
{

namespace
{

/// The buffers of one call, row-major, in its scratch.
struct Buffers {
    explicit Buffers(const Mole &m)
        : width(static_cast<int>(m.x.dims[1]))
        , hiddenWidth(m.key.rows)
    {
        float *at = m.scratch.f32();
        const auto take = [&](std::int64_t floats) { return std::exchange(at, at + m.rows * floats); };
        scores = take(m.experts);
        gate = take(m.experts);
        rows = reinterpret_cast<std::int32_t *>(take(1));
        base = take(hiddenWidth);
        sum = take(hiddenWidth);
        hidden = take(hiddenWidth);
        x = take(width);
        out = take(width);
        low = at;
    }

    int width, hiddenWidth;
    float *scores;      ///< [rows, E - 1]
    float *gate;        ///< [rows, E]; below 0: not chosen
    std::int32_t *rows; ///< of one expert
    float *base;        ///< [rows, F]: key x
    float *sum;         ///< [rows, F]: sum of g u
    float *hidden;      ///< [rows of the expert, F]
    float *x, *out;     ///< [rows of the expert, C]
    float *low;         ///< [rows of the expert, R]
};

constexpr float kNotChosen = -1;

/// gate [E] from scores [E - 1] of one row.
void choose(const Mole &m, const float *scores, float *gate)
{
    const auto scoreOf = [&](int e) { return e == 0 ? 0.0F : scores[e - 1]; };
    std::fill_n(gate, m.experts, kNotChosen);
    float top = 0, sum = 0;
    for (int picked = 0; picked < m.active; ++picked) {
        int best = -1;
        for (int e = 0; e < m.experts; ++e)
            if (gate[e] < 0 && (best < 0 || scoreOf(e) > scoreOf(best))) best = e;
        if (picked == 0) top = scoreOf(best);
        gate[best] = std::exp(scoreOf(best) - top);
        sum += gate[best];
    }
    for (int e = 0; e < m.experts; ++e)
        if (gate[e] >= 0) gate[e] /= sum;
}

} // namespace

void CpuDevice::mole(const Mole &m)
{
    if (m.rows <= 0) return;
    const Buffers b(m);
    const std::int64_t C = b.width, F = b.hiddenWidth;
    const Product first[] = {{m.x.f32(), m.key, nullptr, b.base, Finish::None, false},
                             {m.x.f32(), m.router, nullptr, b.scores, Finish::None, false}};
    products(first, m.experts > 1 ? 2 : 1, m.rows);
    for (int row = 0; row < m.rows; ++row)
        choose(m, b.scores + std::int64_t{row} * (m.experts - 1), b.gate + std::int64_t{row} * m.experts);
    zero(b.sum, static_cast<std::size_t>(m.rows * F) * sizeof(float));

    for (int e = 0; e < m.experts; ++e) {
        const Mole::Expert &expert = m.expert[e];
        int count = 0;
        for (int row = 0; row < m.rows; ++row) {
            if (b.gate[std::int64_t{row} * m.experts + e] < 0) continue;
            std::memcpy(b.x + count * C, m.x.f32() + row * C, static_cast<std::size_t>(C) * sizeof(float));
            b.rows[count++] = row;
        }
        const auto gateOf = [&](int i) { return b.gate[std::int64_t{b.rows[i]} * m.experts + e]; };
        const auto product = [&](const float *x, const Weight &w, float *y) {
            const Product p{x, w, nullptr, y, Finish::None, false};
            products(&p, 1, count);
        };
        product(b.x, expert.keyA, b.low);
        product(b.low, expert.keyB, b.hidden);
        ranges(count, grainOf(F), [&](int begin, int end) {
            for (int i = begin; i < end; ++i) {
                const float *base = b.base + b.rows[i] * F, g = gateOf(i);
                float *u = b.hidden + i * F, *sum = b.sum + b.rows[i] * F;
                for (std::int64_t j = 0; j < F; ++j) {
                    const float k = std::max(base[j] + m.scale * u[j], 0.0F);
                    u[j] = k * k;
                    sum[j] += g * u[j];
                }
            }
        });
        product(b.hidden, expert.valueA, b.low);
        product(b.low, expert.valueB, b.out);
        ranges(count, grainOf(C), [&](int begin, int end) {
            for (int i = begin; i < end; ++i) {
                const float *out = b.out + i * C, g = gateOf(i) * m.scale;
                float *y = m.y.f32() + b.rows[i] * C;
                for (std::int64_t j = 0; j < C; ++j)
                    y[j] += g * out[j];
            }
        });
    }
    const Product value{b.sum, m.value, nullptr, m.y.f32(), Finish::None, true};
    products(&value, 1, m.rows);
}

} // namespace kernels::cpu
