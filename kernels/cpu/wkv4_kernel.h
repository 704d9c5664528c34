#pragma once

// The recurrence of RWKV-4: every channel on its own, lanes run over channels.

#include "kernels/cpu/path.h"
#include "kernels/cpu/vec_math.h"

namespace kernels::cpu
{

/// Sixteen channels of a sequence, or fewer, through all its tokens.
template <class V>
void wkv4Lanes(const Wkv4 &args, int sequence, int channel, int count)
{
    const auto C = static_cast<int>(args.r.dims[1]);
    float *state = args.state.slot(args.batch.slot[sequence]) + channel;
    auto a = loadUpTo<V>(state, count), b = loadUpTo<V>(state + C, count);
    // Far below every key, but p - q stays a number.
    const auto isEmpty = V::less(b, V::set(0x1p-126F));
    auto p = V::select(isEmpty, V::set(-1e30F), loadUpTo<V>(state + 2 * std::int64_t{C}, count));
    const auto w = loadUpTo<V>(args.w.f32() + channel, count), u = loadUpTo<V>(args.u.f32() + channel, count);
    for (int token = args.batch.start[sequence]; token < args.batch.start[sequence + 1]; ++token) {
        const std::int64_t at = std::int64_t{token} * C + channel;
        const auto k = loadUpTo<V>(args.k.f32() + at, count), v = loadUpTo<V>(args.v.f32() + at, count);
        const auto withBonus = V::add(u, k);
        auto q = V::max(p, withBonus);
        auto old = exp<V>(V::sub(p, q)), now = exp<V>(V::sub(withBonus, q));
        const auto sum = V::fma(old, a, V::mul(now, v)), weight = V::fma(old, b, now);
        const auto y = V::mul(loadUpTo<V>(args.r.f32() + at, count), V::div(sum, weight));
        storeUpTo<V>(args.y.f32() + at, y, count);
        const auto decayed = V::add(p, w);
        q = V::max(decayed, k);
        old = exp<V>(V::sub(decayed, q));
        now = exp<V>(V::sub(k, q));
        a = V::fma(old, a, V::mul(now, v));
        b = V::fma(old, b, now);
        p = q;
    }
    storeUpTo<V>(state, a, count);
    storeUpTo<V>(state + C, b, count);
    storeUpTo<V>(state + 2 * std::int64_t{C}, p, count);
}

template <class V>
void wkv4(const Wkv4 &args, int sequence, int firstChannel, int lastChannel)
{
    forLanes(lastChannel - firstChannel,
             [&](int i, int count) { wkv4Lanes<V>(args, sequence, firstChannel + i, count); });
}

} // namespace kernels::cpu
