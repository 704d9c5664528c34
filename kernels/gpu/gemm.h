#pragma once

// Products of many rows on a card's matrix units. An instance is one kernel of somebody's, compiled for one
// pair of a number type and an architecture; which there are depends on the module. None is trusted: see
// gemm_check.cu.

#include "kernels/gpu/gpu_device.h"

namespace kernels::gpu
{

/// y = gate * finish(scale[row] * (a W^T) + bias), or y += ...; sums in fp32 over the inputs in an order that
/// is the same for every row, wherever it stands and however many there are. `inputs`, `lda` and `ldw` are
/// multiples of 8, `outs` of 4, and a, w, bias, gate and y begin at multiples of 16 bytes.
struct GemmCall {
    const std::uint16_t *a = nullptr; ///< [rows, lda], fp16 or bf16
    const float *scale = nullptr;     ///< [rows]
    const std::uint16_t *w = nullptr; ///< [outs, ldw], the same type
    std::int32_t rows = 0, outs = 0, inputs = 0;
    std::int32_t lda = 0, ldw = 0;
    const float *bias = nullptr; ///< [outs] or absent
    const float *gate = nullptr; ///< [rows, ldy] or absent
    float *y = nullptr;          ///< [rows, ldy]
    std::int32_t ldy = 0;
    Finish finish = Finish::None;
    bool accumulate = false;
};

struct GemmInstance {
    const char *name;   ///< as in profiles and messages
    Format type;        ///< of the operands: F16 or BF16
    int oldest, newest; ///< architectures that it runs on, as 10 * major + minor
    bool (*start)(const GemmCall &call, Stream stream); ///< false if it does not take the call
};

/// What this module has, the best first.
std::vector<GemmInstance> gemmInstances();

} // namespace kernels::gpu
