#pragma once

// Loops that do nothing but read memory, or multiply and add: the limits of the machine.

#include "kernels/cpu/path.h"
#include "kernels/cpu/vec_math.h"

namespace kernels::cpu
{

/// Reads n floats, a multiple of 64, in four streams.
template <class V>
float readAll(const float *p, std::int64_t n)
{
    const std::int64_t quarter = n / 64 * 16;
    typename V::F sum[4] = {V::zero(), V::zero(), V::zero(), V::zero()};
    for (std::int64_t i = 0; i < quarter; i += 16) {
        for (int s = 0; s < 4; ++s) {
            V::prefetch(p + s * quarter + i + 256);
            sum[s] = V::add(sum[s], V::load(p + s * quarter + i));
        }
    }
    return V::sum(V::add(V::add(sum[0], sum[1]), V::add(sum[2], sum[3])));
}

/// Many multiply-adds in independent chains; returns how many.
template <class V>
double multiplyAdds(int rounds, float *result)
{
    constexpr int kChains = V::kAccumulators < 12 ? V::kAccumulators : 12; // longer loops are not unrolled
    typename V::F sum[kChains];
    for (int c = 0; c < kChains; ++c)
        sum[c] = V::set(static_cast<float>(c));
    const auto factor = V::set(result[0]), term = V::set(result[1]);
    for (int i = 0; i < rounds; ++i)
        for (int c = 0; c < kChains; ++c)
            sum[c] = V::fma(sum[c], factor, term);
    for (int c = 1; c < kChains; ++c)
        sum[0] = V::add(sum[0], sum[c]);
    result[0] = V::sum(sum[0]);
    return 16.0 * kChains * rounds;
}

} // namespace kernels::cpu
