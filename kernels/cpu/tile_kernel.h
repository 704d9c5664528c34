#pragma once

// y = finish(x W^T + bias) with bf16 weights on tile units. Activations keep fp32 precision but for the last
// bits: each is split into two bf16 numbers, high + low, and both products go into the same fp32 sum. A row's
// sum takes its inputs in tiles of 32, in order, so neither the rows nor the panels beside it change a bit.

#include "kernels/cpu/product_kernel.h"

namespace kernels::cpu
{

constexpr int kTileRows = 16;
constexpr int kTileCols = 32;    ///< bf16 inputs
constexpr int kTileBytes = 1024; ///< of 16 rows of 64 bytes
constexpr int kTilePanels = 4;   ///< sums kept in tiles at once
// Tiles 0 .. 3 hold sums, 4 and 5 activations, 6 and 7 weights.
constexpr int kHighTile = 4, kLowTile = 5, kWeightTile = 6;

/// Panels P - 1 .. 0 of one step of 32 inputs.
template <class Tiles, int P>
[[gnu::always_inline]] inline void addTiles(Tiles &tiles, const std::byte *w, std::size_t stride)
{
    if constexpr (P > 1) addTiles<Tiles, P - 1>(tiles, w, stride);
    constexpr int kPanelIndex = P - 1, kWeights = kWeightTile + kPanelIndex % 2;
    const std::byte *panel = w + kPanelIndex * stride;
    for (int line = 0; line < kTileBytes; line += 64)
        __builtin_prefetch(panel + 2 * kTileBytes + line);
    tiles.template load<kWeights>(panel);
    tiles.template dot<kPanelIndex, kHighTile, kWeights>();
    tiles.template dot<kPanelIndex, kLowTile, kWeights>();
}

template <class Tiles, int P>
void clearTiles(Tiles &tiles)
{
    if constexpr (P > 1) clearTiles<Tiles, P - 1>(tiles);
    tiles.template clear<P - 1>();
}

template <class Tiles, class V, int P>
void finishTiles(Tiles &tiles, const ProductPart &part, int rows, int row, int panel)
{
    if constexpr (P > 1) finishTiles<Tiles, V, P - 1>(tiles, part, rows, row, panel);
    alignas(64) float sums[kTileRows * kPanel];
    tiles.template store<P - 1>(sums);
    for (int r = 0; r < rows; ++r)
        finishRow<V>(part, row + r, panel + P - 1, V::load(sums + r * kPanel));
}

/// One block of rows and P panels.
template <class Tiles, class V, int P>
void tileBlock(Tiles &tiles, const ProductPart &part, const std::byte *x, int rows, int row, int panel)
{
    const std::size_t stride = panelBytes(Format::BF16, part.cols);
    const std::byte *w = part.w + panel * stride;
    const std::size_t half = static_cast<std::size_t>(rows) * 64;
    clearTiles<Tiles, P>(tiles);
    for (int k = 0; k < part.cols; k += kTileCols, w += kTileBytes, x += 2 * half) {
        tiles.template load<kHighTile>(x);
        tiles.template load<kLowTile>(x + half);
        addTiles<Tiles, P>(tiles, w, stride);
    }
    finishTiles<Tiles, V, P>(tiles, part, rows, row, panel);
}

template <class V>
std::size_t splitBytesPerRow(int cols)
{
    return sizeof(float) * static_cast<std::size_t>(paddedCols(Format::BF16, cols));
}

template <class Tiles, class V>
void tileProduct(const ProductPart &part)
{
    const RowBlocks blocks(part.rows, kTileRows);
    const int last = part.firstPanel + part.panels;
    Tiles tiles;
    for (int panel = part.firstPanel; panel < last;) {
        const int panels = last - panel >= kTilePanels ? kTilePanels : 1;
        for (int block = part.firstBlock; block < part.firstBlock + part.blocks; ++block) {
            const int row = blocks.first(block), rows = blocks.first(block + 1) - row;
            const std::byte *x = part.x + static_cast<std::size_t>(row) * splitBytesPerRow<V>(part.cols);
            tiles.configure(rows);
            if (panels == kTilePanels)
                tileBlock<Tiles, V, kTilePanels>(tiles, part, x, rows, row, panel);
            else
                tileBlock<Tiles, V, 1>(tiles, part, x, rows, row, panel);
        }
        panel += panels;
    }
    tiles.release();
}

/// Nearest bf16, as bits in the upper half; finite or infinite, never NaN from a number.
static inline std::uint32_t upperHalf(std::uint32_t bits)
{
    const std::uint32_t rounded = (bits + 0x7fffU + ((bits >> 16) & 1U)) & 0xffff0000U;
    return (bits & 0x7fffffffU) > 0x7f800000U ? bits | 0x400000U : rounded;
}

/// A block as [cols / 32][high, low][rows][32] bf16, missing inputs zero: the order in which tiles are
/// loaded.
template <class V>
void packSplit(const float *x, int rows, int cols, std::byte *target)
{
    const int steps = paddedCols(Format::BF16, cols) / kTileCols;
    for (int step = 0; step < steps; ++step) {
        const int count = cols - step * kTileCols < kTileCols ? cols - step * kTileCols : kTileCols;
        for (int r = 0; r < rows; ++r) {
            float values[kTileCols] = {};
            const float *source = x + static_cast<std::int64_t>(r) * cols + step * kTileCols;
            __builtin_memcpy(values, source, sizeof(float) * static_cast<unsigned>(count));
            std::uint16_t high[kTileCols], low[kTileCols];
            for (int i = 0; i < kTileCols; ++i) {
                const std::uint32_t top = upperHalf(__builtin_bit_cast(std::uint32_t, values[i]));
                const bool isFinite = (top & 0x7f800000U) != 0x7f800000U;
                const float rest = isFinite ? values[i] - __builtin_bit_cast(float, top) : 0.0F;
                high[i] = static_cast<std::uint16_t>(top >> 16);
                low[i] = static_cast<std::uint16_t>(upperHalf(__builtin_bit_cast(std::uint32_t, rest)) >> 16);
            }
            std::byte *out = target + static_cast<std::size_t>(step) * 2 * rows * 64 + r * 64;
            __builtin_memcpy(out, high, sizeof high);
            __builtin_memcpy(out + rows * 64, low, sizeof low);
        }
    }
}

template <class V>
int tilePanelsAtOnce(int)
{
    return kTilePanels;
}

/// As multiplyAdds, on tiles.
template <class Tiles>
double tileMultiplyAdds(int rounds, float *)
{
    Tiles tiles;
    tiles.configure(kTileRows);
    clearTiles<Tiles, 8>(tiles);
    for (int i = 0; i < rounds; ++i) {
        tiles.template dot<0, kHighTile, kWeightTile>();
        tiles.template dot<1, kHighTile, kWeightTile>();
        tiles.template dot<2, kLowTile, kWeightTile>();
        tiles.template dot<3, kLowTile, kWeightTile>();
    }
    tiles.release();
    return 4.0 * kTileRows * kPanel * kTileCols * rounds;
}

/// `base` with tiles for bf16 weights.
template <class Tiles, class V>
Path tilePathOf(const Path &base, const char *name)
{
    Path path = base;
    path.name = name;
    path.bf16Product = {kTileRows, tilePanelsAtOnce<V>, splitBytesPerRow<V>,
                        true,      packSplit<V>,        tileProduct<Tiles, V>};
    path.bf16MultiplyAdds = tileMultiplyAdds<Tiles>;
    return path;
}

} // namespace kernels::cpu
