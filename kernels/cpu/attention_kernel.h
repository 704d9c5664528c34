#pragma once

// What hybrids have of transformers: heads that share keys and values, positions, and attention.

#include "kernels/cpu/path.h"
#include "kernels/cpu/rows_kernel.h"

namespace kernels::cpu
{

/// x <- x / sqrt(mean(x^2) + epsilon) * gain
template <class V>
void rmsHead(float *x, const float *gain, float epsilon, int size)
{
    const auto scale = V::set(rootMeanSquare<V>(x, size, epsilon).scale);
    forLanes(size, [&](int i, int count) {
        storeUpTo<V>(x + i, V::mul(V::mul(loadUpTo<V>(x + i, count), scale), loadUpTo<V>(gain + i, count)),
                     count);
    });
}

/// Turns the heads of a row, at most 256 numbers each. The angle is computed in double: positions reach a
/// million.
template <class V>
void turnHeads(float *x, double position, double theta, int heads, int size)
{
    float cosine[128], sine[128];
    const int half = size / 2;
    for (int i = 0; i < half; ++i) {
        const double angle = position * __builtin_pow(theta, -static_cast<double>(i) / half);
        cosine[i] = static_cast<float>(__builtin_cos(angle));
        sine[i] = static_cast<float>(__builtin_sin(angle));
    }
    for (int h = 0; h < heads; ++h) {
        float *first = x + std::int64_t{h} * size, *second = first + half;
        forLanes(half, [&](int i, int count) {
            const auto a = loadUpTo<V>(first + i, count), b = loadUpTo<V>(second + i, count);
            const auto c = loadUpTo<V>(cosine + i, count), s = loadUpTo<V>(sine + i, count);
            storeUpTo<V>(first + i, V::sub(V::mul(a, c), V::mul(b, s)), count);
            storeUpTo<V>(second + i, V::add(V::mul(b, c), V::mul(a, s)), count);
        });
    }
}

/// x += (first - x) * mix, or first = x in the first layer.
template <class V>
void mixWithFirst(const View &x, const View &first, const View &mix, bool isFirst, int row, int width)
{
    float *values = rowOf(x, row, width), *kept = rowOf(first, row, width);
    forLanes(width, [&](int i, int count) {
        const auto value = loadUpTo<V>(values + i, count);
        if (isFirst) return storeUpTo<V>(kept + i, value, count);
        const auto weight = loadUpTo<V>(rowOf(mix, row, width) + i, count);
        storeUpTo<V>(values + i, V::fma(V::sub(loadUpTo<V>(kept + i, count), value), weight, value), count);
    });
}

template <class V>
void keyValueHeads(const KeyValueHeads &args, int first, int last)
{
    const int N = args.headSize, H = args.heads, G = args.keyHeads, shared = H / G;
    int sequence = sequenceOf(args.batch, first);
    for (int row = first; row < last; ++row) {
        while (row >= args.batch.start[sequence + 1])
            ++sequence;
        float *r = rowOf(args.r, row, H * N), *k = rowOf(args.k, row, G * N), *v = rowOf(args.v, row, G * N);
        for (int h = 0; h < H && args.rNorm; ++h)
            rmsHead<V>(r + h * N, args.rNorm.f32(), args.epsilon, N);
        for (int g = 0; g < G && args.kNorm; ++g)
            rmsHead<V>(k + g * N, args.kNorm.f32(), args.epsilon, N);
        if (args.theta > 0) {
            const double position = static_cast<double>(*args.position.slot(args.batch.slot[sequence])) +
                                    (row - args.batch.start[sequence]);
            turnHeads<V>(r, position, static_cast<double>(args.theta), H, N);
            turnHeads<V>(k, position, static_cast<double>(args.theta), G, N);
        }
        if (args.vFirst) mixWithFirst<V>(args.v, args.vFirst, args.vMix, args.firstLayer, row, G * N);
        if (args.kFirst) mixWithFirst<V>(args.k, args.kFirst, args.kMix, args.firstLayer, row, G * N);
        for (int h = 0; h < H && args.kOut; ++h) {
            const unsigned bytes = sizeof(float) * static_cast<unsigned>(N);
            __builtin_memcpy(rowOf(args.kOut, row, H * N) + h * N, k + h / shared * N, bytes);
            __builtin_memcpy(rowOf(args.vOut, row, H * N) + h * N, v + h / shared * N, bytes);
        }
    }
}

/// The keys or values of one head of a slot.
template <class V>
struct HeadRows {
    float *const *pages;
    std::int64_t offset, width; ///< floats

    HeadRows(const PagedView &view, std::int32_t slot, int first, int rowWidth)
        : pages(view.pages + std::int64_t{slot} * view.slotPages)
        , offset(static_cast<std::int64_t>(view.offset) + first)
        , width(rowWidth)
    {
    }
    float *operator[](std::int64_t row) const
    {
        return pages[row / PagedView::kTokens] + offset + row % PagedView::kTokens * width;
    }
};

/// Attention of one query to the first `tokens` rows: the softmax is kept in units of its largest score so
/// far, block after block of sixteen keys, which lie in one page.
template <class V>
void attendHead(const float *q, const HeadRows<V> &allKeys, const HeadRows<V> &allValues, int tokens,
                int size, float scale, float *out)
{
    static_assert(PagedView::kTokens % 16 == 0);
    const std::int64_t stride = allKeys.width;
    alignas(64) float sum[256] = {};
    float largest = -__builtin_inff(), weights = 0;
    for (int block = 0; block < tokens; block += 16) {
        const int count = tokens - block < 16 ? tokens - block : 16;
        const float *keys = allKeys[block], *values = allValues[block];
        alignas(64) float score[16];
        float blockLargest = largest;
        for (int t = 0; t < 16; ++t) {
            score[t] = -__builtin_inff();
            if (t >= count) continue;
            auto dot = V::zero();
            forLanes(size, [&](int i, int n) {
                dot = V::fma(loadUpTo<V>(q + i, n), loadUpTo<V>(keys + t * stride + i, n), dot);
            });
            score[t] = V::sum(dot) * scale;
            blockLargest = score[t] > blockLargest ? score[t] : blockLargest;
        }
        const auto weight = exp<V>(V::sub(V::load(score), V::set(blockLargest)));
        V::store(score, weight);
        float shrink[16];
        V::store(shrink, exp<V>(V::set(largest - blockLargest)));
        weights = weights * shrink[0] + V::sum(weight);
        forLanes(size, [&](int i, int n) {
            auto acc = V::mul(loadUpTo<V>(sum + i, n), V::set(shrink[0]));
            for (int t = 0; t < count; ++t)
                acc = V::fma(V::set(score[t]), loadUpTo<V>(values + t * stride + i, n), acc);
            storeUpTo<V>(sum + i, acc, n);
        });
        largest = blockLargest;
    }
    forLanes(size, [&](int i, int n) {
        storeUpTo<V>(out + i, V::mul(loadUpTo<V>(sum + i, n), V::set(1.0F / weights)), n);
    });
}

/// Token after token, so that a full ring forgets at the same place however a prompt is cut.
template <class V>
void attention(const Attention &args, int sequence, int keyHead)
{
    const int N = args.headSize, shared = args.heads / args.keyHeads, width = args.keyHeads * N;
    const std::int32_t slot = args.batch.slot[sequence], start = args.batch.start[sequence];
    const auto before = static_cast<std::int64_t>(*args.position.slot(slot));
    const HeadRows<V> keys(args.keys, slot, keyHead * N, width),
        values(args.values, slot, keyHead * N, width);
    const unsigned bytes = sizeof(float) * static_cast<unsigned>(N);
    for (int row = start; row < args.batch.start[sequence + 1]; ++row) {
        const std::int64_t position = before + row - start, place = position % args.context;
        __builtin_memcpy(keys[place], rowOf(args.k, row, width) + keyHead * N, bytes);
        __builtin_memcpy(values[place], rowOf(args.v, row, width) + keyHead * N, bytes);
        const int tokens = position + 1 < args.context ? static_cast<int>(position + 1) : args.context;
        for (int h = keyHead * shared; h < (keyHead + 1) * shared; ++h)
            attendHead<V>(rowOf(args.q, row, args.heads * N) + h * N, keys, values, tokens, N, args.scale,
                          rowOf(args.y, row, args.heads * N) + h * N);
    }
}

} // namespace kernels::cpu
