#pragma once

// Products of many rows on a card's matrix units. An instance is a kernel that was compiled for one type of
// numbers and one architecture; which there are depends on the module. None is believed before it has shown
// on this card that it computes what our own kernels do (gemm_check.cu).
//
// What it costs: our kernels multiply fp32 activations, matrix units take both factors in 16 bits.
//   fp16   activations are first divided by a power of two, one for each row, so that the row's largest lies
//          in [2^14, 2^15): none overflows. A number changes by at most max(2^-11 |x|, 2^-39 of the row's
//          largest).
//   bf16   by at most 2^-8 |x|; no scale is needed.
// A sum of n inputs changes by at most that share of sum |w x|, its root n-th part if the errors are
// independent. Weights in fp16 and bf16 are taken as they are. Those of quantised formats become fp16, which
// changes a decoded one by at most max(2^-11 |w|, 2^-25): an eighth of what int8 has lost already, less
// for all others. Weights in fp32 never come here.
//
// Whether a row is multiplied here depends on how many rows a step has: the one exception to the rule that a
// row's bits depend on its own sequence only. The kernels "cuda-rows" never come here. Within an instance the
// rule holds: one tile, one order of the inputs, no splitting of sums, whatever the number of rows.

#include "kernels/gpu/gpu_device.h"

namespace kernels::gpu
{

/// From here on a product of 16 bits and less is one for the matrix units: half of a tile's rows are used.
/// Below, our own kernels read the weights once for eight rows. Not measured on a card yet.
constexpr int kGemmRows = 64;
constexpr int kGemmLeast = 64; ///< outputs and inputs of such a product

constexpr int kScaleRows = 4096; ///< more are multiplied in parts

/// y = gate * finish(scale[row] * (a W^T) + bias), or y += ...; sums in fp32 over the inputs in an order that
/// is the same for every row, wherever it stands and however many there are. `inputs`, `lda` and `ldw` are
/// multiples of 8, `outs` and `ldy` of 4, and a, w, bias, gate and y begin at multiples of 16 bytes.
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
    const char *name;                                   ///< as in profiles and messages
    Format type;                                        ///< of the factors: F16 or BF16
    int oldest, newest;                                 ///< architectures, see deviceArchitecture()
    bool (*start)(const GemmCall &call, Stream stream); ///< false if it does not take the call
};

/// What this module has, the best first; for the card in use.
std::vector<GemmInstance> gemmInstances();

/// Taken twice when a device with instances is opened, so that a forecast of memory counts it: for rows of
/// activations, and for quantised weights in fp16. Larger products are made in parts.
std::size_t gemmRoomBytes();

/// Why there are none, or nothing to say.
const char *whyNoGemms();

} // namespace kernels::gpu
