#pragma once

// Layer norms of one row by one block.

#include "kernels/gpu/reduce.h"

namespace kernels::gpu
{

struct Moments {
    float mean, scale; ///< scale = 1 / sqrt(variance + epsilon)
};

/// Of at(i), i < n, by all threads of a block. Two passes: the variance is that of the differences.
template <class At>
GPU_FUNCTION Moments blockMoments(int n, float epsilon, bool isRms, At at)
{
    float sum = 0, squares = 0;
    if (!isRms)
        for (int i = threadIndex(); i < n; i += kBlock)
            sum += at(i);
    const float mean = isRms ? 0 : blockSum(sum) / static_cast<float>(n);
    for (int i = threadIndex(); i < n; i += kBlock) {
        const float difference = at(i) - mean;
        squares = fmaf(difference, difference, squares);
    }
    return {mean, 1 / sqrtf(blockSum(squares) / static_cast<float>(n) + epsilon)};
}

/// Of x[0 .. n), by a group of lanes.
GPU_FUNCTION Moments groupMoments(const float *x, int n, float epsilon, bool isRms)
{
    float sum = 0, squares = 0;
    if (!isRms)
        for (int i = laneIndex(); i < n; i += kLanes)
            sum += x[i];
    const float mean = isRms ? 0 : groupSum(sum) / static_cast<float>(n);
    for (int i = laneIndex(); i < n; i += kLanes)
        squares = fmaf(x[i] - mean, x[i] - mean, squares);
    return {mean, 1 / sqrtf(groupSum(squares) / static_cast<float>(n) + epsilon)};
}

GPU_FUNCTION float normed(float x, Moments m, float gain, float bias)
{
    return fmaf((x - m.mean) * m.scale, gain, bias);
}

} // namespace kernels::gpu
