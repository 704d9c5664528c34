#pragma once

// Parts of blending several rows of logits into one. Sums over the vocabulary are kept in blocks in double
// precision.

#include "kernels/cpu/path.h"
#include "kernels/cpu/vec_math.h"

namespace kernels::cpu
{

/// y[i] += factor * x[i].
template <class V>
void addScaled(const float *x, int n, float factor, float *y)
{
    const auto by = V::set(factor);
    forLanes(n, [&](int i, int count) {
        const auto sum = V::fma(loadUpTo<V>(x + i, count), by, loadUpTo<V>(y + i, count));
        storeUpTo<V>(y + i, sum, count);
    });
}

/// Sum of weight[i] * (x[i] - y[i]) over all weights above 0; what has none may be infinite.
template <class V>
double gapsOf(const float *weight, const float *x, const float *y, int n)
{
    double total = 0;
    for (int first = 0; first < n; first += kWeightBlock) {
        auto sum = V::zero();
        const int size = n - first < kWeightBlock ? n - first : kWeightBlock;
        forLanes(size, [&](int i, int count) {
            const auto w = loadUpTo<V>(weight + first + i, count);
            const auto gap = V::sub(loadUpTo<V>(x + first + i, count), loadUpTo<V>(y + first + i, count));
            sum = V::add(sum, V::select(V::less(V::zero(), w), V::mul(w, gap), V::zero()));
        });
        total += static_cast<double>(V::sum(sum));
    }
    return total;
}

} // namespace kernels::cpu
