#pragma once

#include "kernels/weight.h"

#include <cstddef>
#include <cstdint>

namespace kernels::cpu
{

// How the CPU arranges a weight [rows, cols]: panels of 16 outputs, one after the other; missing outputs are
// zero.
//   fp32, fp16: [panel][cols][16]
//   bf16:       [panel][cols / 2][16][2], cols rounded up to 32 with zeros: the order of dot product
//   instructions,
//               and two inputs of an output share a 32-bit word, so that one shift and one mask widen them.

constexpr int kPanel = 16;

constexpr std::int32_t panelsOf(std::int32_t rows) { return (rows + kPanel - 1) / kPanel; }

/// Inputs that a panel has room for.
constexpr std::int32_t paddedCols(Format format, std::int32_t cols)
{
    return format == Format::BF16 ? (cols + 31) / 32 * 32 : cols;
}

constexpr std::size_t panelBytes(Format format, std::int32_t cols)
{
    return static_cast<std::size_t>(paddedCols(format, cols)) * kPanel * (format == Format::F32 ? 4 : 2);
}

} // namespace kernels::cpu
