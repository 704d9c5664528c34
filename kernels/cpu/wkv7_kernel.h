#pragma once

// The recurrence of RWKV-7 for one head: S <- S diag(w) + (S a) b^T + v k^T; y = S r.
// Lanes run over the columns (keys) of a row; a row's sums never depend on how tokens are cut into blocks.

#include "kernels/cpu/path.h"
#include "kernels/cpu/vec_math.h"

namespace kernels::cpu
{

/// One head's vectors for some tokens; token t starts at t * stride.
struct HeadTokens {
    const float *r, *w, *k, *v, *a, *b;
    std::int64_t stride;
    int tokens;
};

constexpr int kTokenBlock = 16; ///< their vectors stay in the first-level cache while all rows pass

/// R rows of a state with Q * 16 columns, kept in registers for all tokens. y is [tokens][size] of this head.
template <class V, int Q, int R>
void wkvRows(const HeadTokens &h, float *state, int size, int row, float *y)
{
    typename V::F s[R][Q];
    for (int i = 0; i < R; ++i)
        for (int q = 0; q < Q; ++q)
            s[i][q] = V::load(state + (row + i) * size + 16 * q);
    for (int t = 0; t < h.tokens; ++t) {
        const std::int64_t at = t * h.stride;
        typename V::F dot[R];
        for (int q = 0; q < Q; ++q) {
            const auto a = V::load(h.a + at + 16 * q);
            for (int i = 0; i < R; ++i)
                dot[i] = q == 0 ? V::mul(s[i][q], a) : V::fma(s[i][q], a, dot[i]);
        }
        typename V::F sa[R], v[R], out[R];
        for (int i = 0; i < R; ++i) {
            sa[i] = V::set(V::sum(dot[i]));
            v[i] = V::set(h.v[at + row + i]);
        }
        for (int q = 0; q < Q; ++q) {
            const auto w = V::load(h.w + at + 16 * q), k = V::load(h.k + at + 16 * q);
            const auto b = V::load(h.b + at + 16 * q), r = V::load(h.r + at + 16 * q);
            for (int i = 0; i < R; ++i) {
                s[i][q] = V::fma(v[i], k, V::fma(sa[i], b, V::mul(s[i][q], w)));
                out[i] = q == 0 ? V::mul(s[i][q], r) : V::fma(s[i][q], r, out[i]);
            }
        }
        for (int i = 0; i < R; ++i)
            y[t * size + row + i] = V::sum(out[i]);
    }
    for (int i = 0; i < R; ++i)
        for (int q = 0; q < Q; ++q)
            V::store(state + (row + i) * size + 16 * q, s[i][q]);
}

/// One row of a state of any size.
template <class V>
void wkvRow(const HeadTokens &h, float *s, int size, int row, float *y)
{
    for (int t = 0; t < h.tokens; ++t) {
        const std::int64_t at = t * h.stride;
        auto dot = V::zero(), out = V::zero();
        forLanes(size, [&](int j, int count) {
            dot = V::fma(loadUpTo<V>(s + j, count), loadUpTo<V>(h.a + at + j, count), dot);
        });
        const auto sa = V::set(V::sum(dot)), v = V::set(h.v[at + row]);
        forLanes(size, [&](int j, int count) {
            const auto decayed = V::mul(loadUpTo<V>(s + j, count), loadUpTo<V>(h.w + at + j, count));
            const auto rotated = V::fma(sa, loadUpTo<V>(h.b + at + j, count), decayed);
            const auto next = V::fma(v, loadUpTo<V>(h.k + at + j, count), rotated);
            storeUpTo<V>(s + j, next, count);
            out = V::fma(next, loadUpTo<V>(h.r + at + j, count), out);
        });
        y[t * size + row] = V::sum(out);
    }
}

template <class V>
void wkvBlock(const HeadTokens &h, float *state, int size, float *y)
{
    int row = 0;
    if (size == 64) {
        for (; row < 64; row += 4)
            wkvRows<V, 4, 4>(h, state, 64, row, y);
    } else if (size == 128) {
        for (; row < 128; row += 2)
            wkvRows<V, 8, 2>(h, state, 128, row, y);
    } else if (size == 32) {
        for (; row < 32; row += 4)
            wkvRows<V, 2, 4>(h, state, 32, row, y);
    }
    for (; row < size; ++row)
        wkvRow<V>(h, state + static_cast<std::int64_t>(row) * size, size, row, y);
}

template <class V>
void wkv7(const Wkv7 &args, int sequence, int head)
{
    const int N = args.headSize;
    const std::int64_t C = std::int64_t{args.heads} * N;
    const int last = args.batch.start[sequence + 1];
    float *state = args.state.slot(args.batch.slot[sequence]) + static_cast<std::int64_t>(head) * N * N;
    // y may alias r, so outputs of a block are kept until all its rows have been through.
    constexpr int kMostFloats = 4096;
    alignas(64) float y[kMostFloats];
    const int block = N <= kMostFloats / kTokenBlock ? kTokenBlock : 1;
    for (int token = args.batch.start[sequence]; token < last; token += block) {
        const int tokens = last - token < block ? last - token : block;
        const std::int64_t at = token * C + static_cast<std::int64_t>(head) * N;
        const HeadTokens h{args.r.f32() + at,
                           args.w.f32() + at,
                           args.k.f32() + at,
                           args.v.f32() + at,
                           args.a.f32() + at,
                           args.b.f32() + at,
                           C,
                           tokens};
        wkvBlock<V>(h, state, N, y);
        for (int t = 0; t < tokens; ++t)
            __builtin_memcpy(args.y.f32() + at + t * C, y + t * N, sizeof(float) * static_cast<unsigned>(N));
    }
}

} // namespace kernels::cpu
