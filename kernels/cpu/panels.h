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
//   i8:         [panel][cols rounded up to 32][16] codes - 128 in two's complement; behind the last panel
//               float32 rx and mx of every output of the panels, then ry and my of every of those inputs.

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
    case Format::I8:
        return kPanel;
    }
    return 0;
}

constexpr std::size_t panelBytes(Format format, std::int32_t cols)
{
    return static_cast<std::size_t>(paddedCols(format, cols)) * bytesPerCol(format);
}

/// Bytes of a whole matrix.
constexpr std::size_t weightBytes(Format format, std::int32_t rows, std::int32_t cols)
{
    const std::size_t panels = static_cast<std::size_t>(panelsOf(rows)) * panelBytes(format, cols);
    if (format != Format::I8) return panels;
    const std::int32_t numbers = panelsOf(rows) * kPanel + paddedCols(format, cols);
    return panels + 2 * sizeof(float) * static_cast<std::size_t>(numbers);
}

/// The vectors of an i8 matrix whose panels begin at `panels`.
inline I8Scales i8ScalesOf(std::byte *panels, std::int32_t rows, std::int32_t cols)
{
    const int outs = panelsOf(rows) * kPanel, ins = paddedCols(Format::I8, cols);
    const std::size_t bytes = static_cast<std::size_t>(panelsOf(rows)) * panelBytes(Format::I8, cols);
    auto *rx = reinterpret_cast<float *>(panels + bytes);
    return {rx, rx + outs, rx + 2 * outs, rx + 2 * outs + ins};
}

} // namespace kernels::cpu
