#pragma once

// What becomes of a product's sum, the same behind every kernel that makes one.

#include "kernels/gpu/arrays.h"
#include "kernels/gpu/gpu_device.h"

namespace kernels::gpu
{

struct ExactReciprocal {
    GPU_FUNCTION float operator()(float x) const { return 1 / x; }
};

/// An exact division may be a call, which some kernels cannot have: they bring a reciprocal of their own.
template <class Reciprocal = ExactReciprocal>
GPU_FUNCTION float finished(float x, Finish finish)
{
    switch (finish) {
    case Finish::None:
        break;
    case Finish::Tanh:
        return tanhf(x);
    case Finish::Sigmoid:
        return Reciprocal()(1 + expf(-x));
    case Finish::Silu:
        return x * Reciprocal()(1 + expf(-x));
    case Finish::Decay:
        return expf(-expf(x));
    case Finish::ReluSquared:
        return x > 0 ? x * x : 0;
    }
    return x;
}

} // namespace kernels::gpu
