#pragma once

// What becomes of a product's sum, the same behind every kernel that makes one.

#include "kernels/gpu/arrays.h"
#include "kernels/gpu/gpu_device.h"

namespace kernels::gpu
{

GPU_FUNCTION float finished(float x, Finish finish)
{
    switch (finish) {
    case Finish::None:
        break;
    case Finish::Tanh:
        return tanhf(x);
    case Finish::Sigmoid:
        return sigmoid(x);
    case Finish::Silu:
        return x * sigmoid(x);
    case Finish::Decay:
        return expf(-expf(x));
    case Finish::ReluSquared:
        return x > 0 ? x * x : 0;
    }
    return x;
}

} // namespace kernels::gpu
