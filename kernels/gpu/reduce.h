#pragma once

// Sums over the lanes of a group and over the threads of a block, always in the same order.

#include "kernels/gpu/gpu_api.h"

namespace kernels::gpu
{

constexpr int kBlock = 256; ///< threads of kernels in which a block works on one row

struct Add {
    template <class T>
    GPU_FUNCTION T operator()(T a, T b) const
    {
        return a + b;
    }
};

/// A NaN is passed over.
struct Larger {
    template <class T>
    GPU_FUNCTION T operator()(T a, T b) const
    {
        return b > a ? b : a;
    }
};

struct Smaller {
    template <class T>
    GPU_FUNCTION T operator()(T a, T b) const
    {
        return b < a ? b : a;
    }
};

GPU_FUNCTION int laneIndex() { return threadIndex() % kLanes; }

/// The group's numbers taken together; every lane gets the same.
template <class T, class Op>
GPU_FUNCTION T overGroup(T value, Op op)
{
    for (int mask = kLanes / 2; mask > 0; mask /= 2)
        value = op(value, fromLaneXor(value, mask));
    return value;
}

GPU_FUNCTION float groupSum(float value) { return overGroup(value, Add()); }

/// The same over a block of kBlock threads.
template <class T, class Op>
GPU_FUNCTION T overBlock(T value, Op op)
{
    GPU_SHARED T part[kBlock / kLanes];
    value = overGroup(value, op);
    barrier(); // the parts of the reduction before this one may still be read
    if (laneIndex() == 0) part[threadIndex() / kLanes] = value;
    barrier();
    T all = part[0];
    for (int i = 1; i < kBlock / kLanes; ++i)
        all = op(all, part[i]);
    return all;
}

GPU_FUNCTION float blockSum(float value) { return overBlock(value, Add()); }

/// The largest of x[0 .. n), NaN passed over.
GPU_FUNCTION float largestOf(const float *x, int n)
{
    float best = -__builtin_inff();
    for (int i = threadIndex(); i < n; i += kBlock)
        best = Larger()(best, x[i]);
    return overBlock(best, Larger());
}

/// Sum of value(i), i < n.
template <class Value>
GPU_FUNCTION double sumOf(int n, Value value)
{
    double sum = 0;
    for (int i = threadIndex(); i < n; i += kBlock)
        sum += value(i);
    return overBlock(sum, Add());
}

} // namespace kernels::gpu
