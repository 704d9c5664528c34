#pragma once

// The element-wise and per-head ops, over tokens.

#include "kernels/cpu/path.h"
#include "kernels/cpu/vec_math.h"

namespace kernels::cpu
{

static inline float *rowOf(const View &view, std::int64_t row, int width) { return view.f32() + row * width; }

struct Moments {
    float mean, scale; ///< scale = 1 / sqrt(variance + epsilon)
};

/// Two passes: the variance is that of the differences.
template <class V>
inline Moments momentsOf(const float *x, int n, float epsilon)
{
    const float mean = sumOf<V>(x, n) / static_cast<float>(n);
    auto squares = V::zero();
    forLanes(n, [&](int i, int count) {
        auto d = V::sub(loadUpTo<V>(x + i, count), V::set(mean));
        if (count < 16) { // lanes beyond the end hold -mean
            float lanes[16];
            V::store(lanes, d);
            d = V::loadFirst(lanes, count);
        }
        squares = V::fma(d, d, squares);
    });
    const float variance = V::sum(squares) / static_cast<float>(n);
    return {mean, 1.0F / __builtin_sqrtf(variance + epsilon)};
}

/// As momentsOf, for norms that leave the mean alone.
template <class V>
inline Moments rootMeanSquare(const float *x, int n, float epsilon)
{
    auto squares = V::zero();
    forLanes(n, [&](int i, int count) {
        const auto v = loadUpTo<V>(x + i, count);
        squares = V::fma(v, v, squares);
    });
    return {0, 1.0F / __builtin_sqrtf(V::sum(squares) / static_cast<float>(n) + epsilon)};
}

template <class V>
inline Moments momentsOf(const NormMix &args, const float *x, int n)
{
    return args.isRms ? rootMeanSquare<V>(x, n, args.epsilon) : momentsOf<V>(x, n, args.epsilon);
}

/// The numbers of a vector that may be absent: zeros then.
template <class V>
[[gnu::always_inline]] inline typename V::F orZero(const View &view, int i, int count)
{
    return view ? loadUpTo<V>(view.f32() + i, count) : V::zero();
}

template <class V>
[[gnu::always_inline]] inline typename V::F normed(typename V::F x, Moments m, typename V::F gain,
                                                   typename V::F bias)
{
    return V::fma(V::mul(V::sub(x, V::set(m.mean)), V::set(m.scale)), gain, bias);
}

template <class V>
void normRow(const float *x, const float *gain, const float *bias, float epsilon, int n, float *y)
{
    const Moments m = momentsOf<V>(x, n, epsilon);
    forLanes(n, [&](int i, int count) {
        const auto out = normed<V>(loadUpTo<V>(x + i, count), m, loadUpTo<V>(gain + i, count),
                                   loadUpTo<V>(bias + i, count));
        storeUpTo<V>(y + i, out, count);
    });
}

template <class V>
void normRow(const NormMix &args, const float *x, int n, float *y)
{
    const Moments m = momentsOf<V>(args, x, n);
    forLanes(n, [&](int i, int count) {
        const auto out = normed<V>(loadUpTo<V>(x + i, count), m, loadUpTo<V>(args.gain.f32() + i, count),
                                   orZero<V>(args.bias, i, count));
        storeUpTo<V>(y + i, out, count);
    });
}

/// The sequence that owns a row.
static inline int sequenceOf(const Batch &batch, int row)
{
    int low = 0, high = batch.seqs;
    while (high - low > 1) {
        const int middle = (low + high) / 2;
        (batch.start[middle] <= row ? low : high) = middle;
    }
    return low;
}

/// One row of token-shift mixes. `before` holds the row before, not yet normalised, with `momentsBefore`; or,
/// with momentsBefore == nullptr, the slot's shift. Leaves y in `shiftOut` unless that is absent.
template <class V>
void mixRow(const NormMix &args, int row, Moments m, const float *before, const Moments *momentsBefore,
            float *shiftOut)
{
    const int C = static_cast<int>(args.x.dims[1]);
    const float *x = rowOf(args.x, row, C);
    forLanes(C, [&](int i, int count) {
        const auto gain = loadUpTo<V>(args.gain.f32() + i, count), bias = orZero<V>(args.bias, i, count);
        const auto y = normed<V>(loadUpTo<V>(x + i, count), m, gain, bias);
        auto last = loadUpTo<V>(before + i, count);
        if (momentsBefore) last = normed<V>(last, *momentsBefore, gain, bias);
        const auto delta = V::sub(last, y);
        const auto from = args.weighsCurrent ? last : y;
        const auto towards = args.weighsCurrent ? V::sub(y, last) : delta;
        for (int c = 0; c < args.mixes; ++c) {
            const auto mixed = V::fma(towards, loadUpTo<V>(args.mu[c].f32() + i, count), from);
            storeUpTo<V>(rowOf(args.out[c], row, C) + i, mixed, count);
        }
        if (args.normed) storeUpTo<V>(rowOf(args.normed, row, C) + i, y, count);
        if (args.delta) storeUpTo<V>(rowOf(args.delta, row, C) + i, delta, count);
        if (shiftOut) storeUpTo<V>(shiftOut + i, y, count);
    });
}

template <class V>
void mixRows(const NormMix &args, int first, int last)
{
    const int C = static_cast<int>(args.x.dims[1]);
    const Batch &batch = args.batch;
    int sequence = sequenceOf(batch, first);
    Moments before{0, 0};
    if (first > batch.start[sequence]) before = momentsOf<V>(args, rowOf(args.x, first - 1, C), C);
    for (int row = first; row < last; ++row) {
        if (row == batch.start[sequence + 1]) ++sequence;
        const int start = batch.start[sequence];
        float *shift = args.shift.slot(batch.slot[sequence]);
        const Moments m = momentsOf<V>(args, rowOf(args.x, row, C), C);
        const bool isLast = row + 1 == batch.start[sequence + 1];
        // Only a range that holds the whole sequence may replace the shift: another might still have to read
        // it.
        float *shiftOut = isLast && start >= first ? shift : nullptr;
        if (row == start)
            mixRow<V>(args, row, m, shift, nullptr, shiftOut);
        else
            mixRow<V>(args, row, m, rowOf(args.x, row - 1, C), &before, shiftOut);
        before = m;
    }
}

template <class V>
void normMix(const NormMix &args, int first, int last)
{
    if (args.mixes > 0) return mixRows<V>(args, first, last);
    const int C = static_cast<int>(args.x.dims[1]);
    for (int i = first; i < last; ++i) {
        const int row = args.rows ? args.rows[i] : i;
        normRow<V>(args, rowOf(args.x, row, C), C, rowOf(args.out[0], i, C));
    }
}

template <class V>
void normShift(const NormMix &args, int first, int last)
{
    const int C = static_cast<int>(args.x.dims[1]);
    for (int s = first; s < last; ++s)
        normRow<V>(args, rowOf(args.x, args.batch.start[s + 1] - 1, C), C,
                   args.shift.slot(args.batch.slot[s]));
}

/// log(1 + exp(-x)) = max(-x, 0) + log(1 + exp(-|x|)), lane by lane: only hybrids need it.
template <class V>
[[gnu::always_inline]] inline typename V::F softplusOfNegative(typename V::F x)
{
    float lanes[16];
    V::store(lanes, x);
    for (float &lane : lanes)
        lane = (lane < 0 ? -lane : 0) + __builtin_log1pf(__builtin_expf(lane < 0 ? lane : -lane));
    return V::load(lanes);
}

template <class V>
void prepareHead(const Prepare7 &args, std::int64_t at, int channel)
{
    const int N = args.headSize;
    float *w = args.w.f32() + at, *k = args.k.f32() + at, *a = args.a.f32() + at, *v = args.v.f32() + at;
    float *negKappa = args.negKappa.f32() + at, *vFirst = args.vFirst ? args.vFirst.f32() + at : nullptr;
    const auto kappa = [&](int i, int count) {
        const auto key = loadUpTo<V>(k + i, count);
        return args.kK ? V::mul(key, loadUpTo<V>(args.kK.f32() + channel + i, count)) : key;
    };
    auto squares = V::zero();
    forLanes(N, [&](int i, int count) {
        const auto kk = kappa(i, count);
        squares = V::fma(kk, kk, squares);
    });
    const float norm = __builtin_sqrtf(V::sum(squares));
    const auto scale = V::set(1.0F / (norm > 1e-12F ? norm : 1e-12F));
    const auto one = V::set(1.0F);
    forLanes(N, [&](int i, int count) {
        const auto key = loadUpTo<V>(k + i, count), rate = loadUpTo<V>(a + i, count);
        const auto kk = V::mul(kappa(i, count), scale);
        const auto sigma = sigmoid<V>(loadUpTo<V>(w + i, count));
        const auto gain =
            args.kA ? V::fma(V::sub(rate, one), loadUpTo<V>(args.kA.f32() + channel + i, count), one)
                    : V::add(V::add(softplusOfNegative<V>(loadUpTo<V>(w + i, count)), V::set(1.5F)), rate);
        storeUpTo<V>(k + i, V::mul(key, gain), count);
        storeUpTo<V>(negKappa + i, V::sub(V::zero(), kk), count);
        storeUpTo<V>(a + i, V::mul(kk, rate), count);
        const auto decay = exp<V>(V::mul(V::set(-0.606530659712633F), sigma));
        storeUpTo<V>(w + i, decay, count);
        const auto value = loadUpTo<V>(v + i, count);
        if (!vFirst) return;
        if (args.firstLayer) {
            storeUpTo<V>(vFirst + i, value, count);
        } else {
            const auto mix = loadUpTo<V>(args.vMix.f32() + at + i, count);
            storeUpTo<V>(v + i, V::fma(V::sub(loadUpTo<V>(vFirst + i, count), value), mix, value), count);
        }
    });
}

template <class V>
void prepare7(const Prepare7 &args, int first, int last)
{
    for (std::int64_t unit = std::int64_t{first} * args.heads; unit < std::int64_t{last} * args.heads; ++unit)
        prepareHead<V>(args, unit * args.headSize, static_cast<int>(unit % args.heads) * args.headSize);
}

template <class V>
void readoutHead(const Readout &args, std::int64_t at, int channel, const float *offset)
{
    const int N = args.headSize;
    float *y = args.y.f32() + at;
    if (offset)
        forLanes(N, [&](int i, int count) {
            const auto out = loadUpTo<V>(y + i, count);
            storeUpTo<V>(y + i, V::fma(out, loadUpTo<V>(offset + channel + i, count), out), count);
        });
    const float *r = args.r.f32() + at, *k = args.k.f32() + at, *v = args.v.f32() + at;
    const Moments m = args.gain ? momentsOf<V>(y, N, args.epsilon) : Moments{0, args.scale};
    auto bonus = V::zero();
    if (args.rK) {
        forLanes(N, [&](int i, int count) {
            const auto rk = V::mul(loadUpTo<V>(r + i, count), loadUpTo<V>(k + i, count));
            bonus = V::fma(rk, loadUpTo<V>(args.rK.f32() + channel + i, count), bonus);
        });
    }
    const auto sum = V::set(V::sum(bonus));
    forLanes(N, [&](int i, int count) {
        auto out = V::mul(loadUpTo<V>(y + i, count), V::set(m.scale));
        if (args.gain)
            out = normed<V>(loadUpTo<V>(y + i, count), m, loadUpTo<V>(args.gain.f32() + channel + i, count),
                            loadUpTo<V>(args.bias.f32() + channel + i, count));
        if (args.rK) out = V::fma(sum, loadUpTo<V>(v + i, count), out);
        if (args.g)
            out = V::mul(out, V::add(loadUpTo<V>(args.g.f32() + at + i, count), V::set(args.gateOffset)));
        storeUpTo<V>(y + i, out, count);
    });
}

template <class V>
void readout(const Readout &args, int first, int last)
{
    const bool hasOffset = args.offset.data != nullptr;
    for (int row = first; row < last; ++row) {
        const float *offset =
            hasOffset ? args.offset.slot(args.batch.slot[sequenceOf(args.batch, row)]) : nullptr;
        for (int head = 0; head < args.heads; ++head)
            readoutHead<V>(args, (std::int64_t{row} * args.heads + head) * args.headSize,
                           head * args.headSize, offset);
    }
}

template <class V>
void mixDynamic(const MixDynamic &args, int first, int last)
{
    const int C = static_cast<int>(args.x.dims[1]);
    for (int row = first; row < last; ++row)
        forLanes(C, [&](int i, int count) {
            const auto y = loadUpTo<V>(rowOf(args.y, row, C) + i, count);
            const auto delta = loadUpTo<V>(rowOf(args.delta, row, C) + i, count);
            for (int m = 0; m < args.mixes; ++m) {
                float *out = rowOf(args.out[m], row, C) + i;
                storeUpTo<V>(out, V::fma(delta, loadUpTo<V>(out, count), y), count);
            }
        });
}

template <class V>
void rowProduct(const RowProduct &args, int first, int last)
{
    const int R = static_cast<int>(args.p.dims[1]);
    for (int row = first; row < last; ++row) {
        const float *p = rowOf(args.p, row, R);
        const float *matrix = args.matrix.f32() + std::int64_t{row} * R * R;
        forLanes(R, [&](int j, int count) {
            auto sum = V::zero();
            for (int i = 0; i < R; ++i)
                sum = V::fma(V::set(p[i]), loadUpTo<V>(matrix + std::int64_t{i} * R + j, count), sum);
            storeUpTo<V>(rowOf(args.q, row, R) + j, sum, count);
        });
    }
}

} // namespace kernels::cpu
