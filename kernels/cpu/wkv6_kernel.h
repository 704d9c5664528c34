#pragma once

// The recurrence of RWKV-5 and 6 for one head: y = (S + (u k) v^T)^T r; S <- diag(w) S + k v^T.
// Lanes run over the columns (values) of a row; an output adds its rows in order, however tokens are cut into
// blocks.

#include "kernels/cpu/path.h"
#include "kernels/cpu/vec_math.h"

namespace kernels::cpu
{

/// One head's vectors for some tokens; token t starts at t * stride.
struct ValueTokens {
    const float *r, *w, *k, *v;
    std::int64_t stride, decayStride; ///< decayStride 0: the same decay for all
    int tokens;
    bool isGated; ///< as Wkv6 has it

    /// What weighs row i of the old state, and of the value, at a token.
    float read(std::int64_t at, std::int64_t decayAt) const { return isGated ? r[at] * w[decayAt] : r[at]; }
    float key(std::int64_t at, std::int64_t decayAt) const
    {
        return isGated ? k[at] * (1 - w[decayAt]) : k[at];
    }
};

constexpr int kValueBlock = 16; ///< tokens whose vectors stay in the first-level cache while all rows pass

/// R rows of a state with Q * 16 columns, kept in registers for all tokens. Adds to y, [tokens][size].
template <class V, int Q, int R>
void valueRows(const ValueTokens &h, float *state, int size, int row, float *y)
{
    typename V::F s[R][Q];
    for (int i = 0; i < R; ++i)
        for (int q = 0; q < Q; ++q)
            s[i][q] = V::load(state + (row + i) * size + 16 * q);
    for (int t = 0; t < h.tokens; ++t) {
        const std::int64_t at = t * h.stride + row;
        typename V::F out[Q];
        for (int q = 0; q < Q; ++q)
            out[q] = V::load(y + t * size + 16 * q);
        for (int i = 0; i < R; ++i) {
            const std::int64_t decayAt = t * h.decayStride + row + i;
            const auto r = V::set(h.read(at + i, decayAt)), k = V::set(h.key(at + i, decayAt));
            const auto w = V::set(h.w[decayAt]);
            for (int q = 0; q < Q; ++q) {
                out[q] = V::fma(r, s[i][q], out[q]);
                const auto v = V::load(h.v + t * h.stride + 16 * q);
                s[i][q] = V::fma(k, v, V::mul(s[i][q], w));
            }
        }
        for (int q = 0; q < Q; ++q)
            V::store(y + t * size + 16 * q, out[q]);
    }
    for (int i = 0; i < R; ++i)
        for (int q = 0; q < Q; ++q)
            V::store(state + (row + i) * size + 16 * q, s[i][q]);
}

/// One row of a state of any size.
template <class V>
void valueRow(const ValueTokens &h, float *s, int size, int row, float *y)
{
    for (int t = 0; t < h.tokens; ++t) {
        const std::int64_t at = t * h.stride + row, decayAt = t * h.decayStride + row;
        const auto r = V::set(h.read(at, decayAt)), k = V::set(h.key(at, decayAt));
        const auto w = V::set(h.w[decayAt]);
        forLanes(size, [&](int j, int count) {
            const auto old = loadUpTo<V>(s + j, count);
            storeUpTo<V>(y + t * size + j, V::fma(r, old, loadUpTo<V>(y + t * size + j, count)), count);
            const auto v = loadUpTo<V>(h.v + t * h.stride + j, count);
            storeUpTo<V>(s + j, V::fma(k, v, V::mul(old, w)), count);
        });
    }
}

/// y = (sum_i r_i u_i k_i) v, what a token tells itself; isGated: with 1 - w_i for u_i.
template <class V>
void addBonus(const ValueTokens &h, const float *u, int size, float *y)
{
    for (int t = 0; t < h.tokens; ++t) {
        const std::int64_t at = t * h.stride;
        auto sum = V::zero();
        forLanes(size, [&](int i, int count) {
            const auto rk = V::mul(loadUpTo<V>(h.r + at + i, count), loadUpTo<V>(h.k + at + i, count));
            const float *decay = h.w + t * h.decayStride + i;
            const auto weight =
                h.isGated ? V::sub(V::set(1), loadUpTo<V>(decay, count)) : loadUpTo<V>(u + i, count);
            sum = V::fma(rk, weight, sum);
        });
        const auto bonus = V::set(V::sum(sum));
        forLanes(size, [&](int i, int count) {
            storeUpTo<V>(y + t * size + i, V::mul(bonus, loadUpTo<V>(h.v + at + i, count)), count);
        });
    }
}

template <class V>
void valueBlock(const ValueTokens &h, const float *u, float *state, int size, float *y)
{
    addBonus<V>(h, u, size, y);
    int row = 0;
    if (size == 64) {
        for (; row < 64; row += 4)
            valueRows<V, 4, 4>(h, state, 64, row, y);
    } else if (size == 128) {
        for (; row < 128; row += 2)
            valueRows<V, 8, 2>(h, state, 128, row, y);
    }
    for (; row < size; ++row)
        valueRow<V>(h, state + static_cast<std::int64_t>(row) * size, size, row, y);
}

template <class V>
void wkv6(const Wkv6 &args, int sequence, int head)
{
    const int N = args.headSize;
    const std::int64_t C = std::int64_t{args.heads} * N, channel = std::int64_t{head} * N;
    const int last = args.batch.start[sequence + 1];
    const std::int64_t decayStride = args.w.rank == 3 ? C : 0;
    float *state = args.state.slot(args.batch.slot[sequence]) + channel * N;
    // y may alias r, so outputs of a block are kept until all rows have been through.
    constexpr int kMostFloats = 4096;
    alignas(64) float y[kMostFloats];
    const int block = N <= kMostFloats / kValueBlock ? kValueBlock : 1;
    for (int token = args.batch.start[sequence]; token < last; token += block) {
        const int tokens = last - token < block ? last - token : block;
        const std::int64_t at = token * C + channel;
        const ValueTokens h{args.r.f32() + at,
                            args.w.f32() + token * decayStride + channel,
                            args.k.f32() + at,
                            args.v.f32() + at,
                            C,
                            decayStride,
                            tokens,
                            args.isGated};
        const float *u = args.isGated ? nullptr : args.u.f32() + channel;
        valueBlock<V>(h, u, state, N, y);
        for (int t = 0; t < tokens; ++t)
            __builtin_memcpy(args.y.f32() + at + t * C, y + t * N, sizeof(float) * static_cast<unsigned>(N));
    }
}

} // namespace kernels::cpu
