#pragma once

#include "kernels/weight.h"

#include <cstddef>
#include <cstdint>

namespace kernels::cpu
{

// How the CPU arranges a weight [rows, cols]: panels of 16 outputs, one after the other; missing outputs and
// inputs are zero.
//   fp32, fp16: [panel][cols][16]
//   bf16:       [panel][cols / 2][16][2], cols rounded up to 32: the order of dot product instructions, and
//               two inputs of an output share a 32-bit word, so that one shift and one mask widen them.
//   groups:     [panel][cols / 32], cols rounded up to 32, and of every group of 32 inputs: scales [16] fp16,
//               offsets [16] fp16 if the format has them, codes. Codes of 8 bits are [32][16]. Of others come
//               first the lower four bits, [16][16] bytes, an even input in the lower half of a byte; then
//               the b bits above them, [4 b][16] bytes of 8 / b inputs each, the first one lowest.

constexpr int kPanel = 16;

constexpr std::int32_t panelsOf(std::int32_t rows) { return (rows + kPanel - 1) / kPanel; }

/// Inputs that a panel has room for.
constexpr std::int32_t paddedCols(Format format, std::int32_t cols)
{
    return format == Format::F32 || format == Format::F16 ? cols : (cols + 31) / 32 * 32;
}

/// Bytes of a group of 32 inputs of a panel.
template <class Traits>
constexpr std::size_t kGroupBytes = kPanel *((Traits::kHasOffset ? 4 : 2) + kGroup * Traits::kBits / 8);

/// Bytes that one input of a panel takes; whole in every format.
template <class Traits>
constexpr std::size_t bytesPerCol()
{
    if constexpr (requires { Traits::kBits; })
        return kGroupBytes<Traits> / kGroup;
    else
        return kPanel * sizeof(typename Traits::Element);
}

constexpr std::size_t bytesPerCol(Format format)
{
    switch (format) {
#define X(name, traits, text)                                                                                \
    case Format::name:                                                                                       \
        return bytesPerCol<traits>();
        KERNELS_FORMATS(X)
#undef X
    }
    return 0;
}

constexpr std::size_t panelBytes(Format format, std::int32_t cols)
{
    return static_cast<std::size_t>(paddedCols(format, cols)) * bytesPerCol(format);
}

} // namespace kernels::cpu
