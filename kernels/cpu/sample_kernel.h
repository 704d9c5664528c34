#pragma once

// Draws one token from one row of logits. Sums over the vocabulary are kept in blocks in double precision.

#include "kernels/cpu/path.h"
#include "kernels/cpu/vec_math.h"

namespace kernels::cpu
{

template <class V>
float largestOf(const float *x, int n)
{
    auto best = V::set(-__builtin_inff());
    int i = 0;
    for (; i + 16 <= n; i += 16)
        best = V::max(V::load(x + i), best); // a NaN leaves `best` alone
    float result = V::largest(best);
    for (; i < n; ++i)
        result = x[i] > result ? x[i] : result;
    return result;
}

/// out[i] = exp((x[i] - top) * scale); returns their sum, which is NaN if an x is. Sums of kWeightBlock
/// weights go to `blockSums` unless that is absent.
template <class V>
double weightsOf(const float *x, int n, float top, float scale, float *out, float *blockSums)
{
    double total = 0;
    for (int first = 0; first < n; first += kWeightBlock) {
        auto sum = V::zero();
        const int size = n - first < kWeightBlock ? n - first : kWeightBlock;
        forLanes(size, [&](int i, int count) {
            const auto logit = loadUpTo<V>(x + first + i, count);
            storeUpTo<V>(out + first + i, exp<V>(V::mul(V::sub(logit, V::set(top)), V::set(scale))), count);
            sum = V::add(sum, loadUpTo<V>(out + first + i, count)); // lanes beyond the end count as zero
        });
        const float blockSum = V::sum(sum);
        if (blockSums) blockSums[first / kWeightBlock] = blockSum;
        total += static_cast<double>(blockSum);
    }
    return total;
}

/// Appends every id whose weight is at least `least`; returns how many.
template <class V>
int candidatesOf(const float *weight, int n, float least, Candidate *out)
{
    int found = 0;
    const auto bound = V::set(least);
    for (int i = 0; i < n; i += 16) {
        const int count = n - i < 16 ? n - i : 16;
        const unsigned below = V::bits(V::less(loadUpTo<V>(weight + i, count), bound));
        for (unsigned keep = ~below & ((1U << count) - 1U); keep; keep &= keep - 1) {
            const int id = i + __builtin_ctz(keep);
            out[found++] = {weight[id], weight[id], id};
        }
    }
    return found;
}

} // namespace kernels::cpu
