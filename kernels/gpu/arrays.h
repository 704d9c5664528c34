#pragma once

// What kernels read of views, states and batches: the methods of these types are the host's.

#include "kernels/gpu/gpu_api.h"
#include "kernels/ops.h"

namespace kernels::gpu
{

GPU_FUNCTION float *floats(const View &view) { return static_cast<float *>(view.data); }

GPU_FUNCTION float *rowOf(const View &view, std::int64_t row, int width)
{
    return floats(view) + row * width;
}

GPU_FUNCTION float *slotOf(const StateView &state, std::int32_t slot)
{
    return state.data + static_cast<std::size_t>(slot) * state.slotStride;
}

/// An fp16 number; a card has an instruction for it.
GPU_FUNCTION float fromHalf(std::uint16_t bits)
{
#if defined(GPU_EMULATED)
    return F16Format::decode(bits);
#else
    return halfToFloat(bits);
#endif
}

GPU_FUNCTION std::uint16_t toHalf(float value)
{
#if defined(GPU_EMULATED)
    return F16Format::encode(value);
#else
    return floatToHalf(value);
#endif
}

/// Element i of an array of any float type.
GPU_FUNCTION float elementOf(const void *array, DType type, std::int64_t i)
{
    if (type == DType::F32) return static_cast<const float *>(array)[i];
    const std::uint16_t bits = static_cast<const std::uint16_t *>(array)[i];
    return type == DType::F16 ? fromHalf(bits) : Bf16Format::decode(bits);
}

/// The sequence that owns a row.
GPU_FUNCTION int sequenceOf(const Batch &batch, int row)
{
    int low = 0, high = batch.seqs;
    while (high - low > 1) {
        const int middle = (low + high) / 2;
        if (batch.start[middle] <= row)
            low = middle;
        else
            high = middle;
    }
    return low;
}

GPU_FUNCTION float sigmoid(float x) { return 1 / (1 + expf(-x)); }

} // namespace kernels::gpu
