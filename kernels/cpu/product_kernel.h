#pragma once

// y = gate * finish(x W^T + bias) with fp32 multiply-adds. Every output sums its inputs in order, in blocks
// of kSumBlock whose sums are added in order; lanes run over outputs, so neither the number of rows nor the
// number of panels worked on together changes a bit.

#include "kernels/cpu/group_kernel.h"
#include "kernels/cpu/i8_kernel.h"
#include "kernels/cpu/panels.h"
#include "kernels/cpu/path.h"
#include "kernels/cpu/vec_math.h"

namespace kernels::cpu
{

constexpr int kSumBlock = 512;      ///< even, for accuracy: sums of long rows stay short
constexpr int kPrefetchBytes = 512; ///< ahead in every stream; 1024 reads 15 % slower on Zen 4

/// acc += x w for R rows and P panels of one input. The order of the loops keeps the fewer operands in
/// registers.
template <class V, int R, int P>
[[gnu::always_inline]] inline void addProducts(typename V::F (&acc)[R][P], const float *x,
                                               const typename V::F (&w)[P])
{
    if constexpr (R > P) {
        for (int r = 0; r < R; ++r) {
            const auto factor = V::set(x[r]);
            for (int p = 0; p < P; ++p)
                acc[r][p] = V::fma(factor, w[p], acc[r][p]);
        }
    } else {
        for (int p = 0; p < P; ++p)
            for (int r = 0; r < R; ++r)
                acc[r][p] = V::fma(V::set(x[r]), w[p], acc[r][p]);
    }
}

/// Up to input `near` the lines kPrefetchBytes ahead are wanted next; from there on those of the next P
/// panels.
struct Prefetch {
    int near;
    std::size_t far;
};

template <class V>
struct F32Weights {
    static constexpr int kBytesPerCol = 64;

    template <int R, int P>
    [[gnu::always_inline]] static void sum(typename V::F (&acc)[R][P], const float *x, const std::byte *w,
                                           std::size_t stride, int cols, Prefetch prefetch)
    {
        for (int k = 0; k < cols; ++k, x += R, w += kBytesPerCol) {
            typename V::F weights[P];
            const std::size_t ahead = k < prefetch.near ? kPrefetchBytes : prefetch.far;
            for (int p = 0; p < P; ++p) {
                V::prefetch(w + p * stride + ahead);
                weights[p] = V::load(reinterpret_cast<const float *>(w + p * stride));
            }
            addProducts<V, R, P>(acc, x, weights);
        }
    }
};

template <class V>
struct F16Weights {
    static constexpr int kBytesPerCol = 32;

    template <int R, int P>
    [[gnu::always_inline]] static void sum(typename V::F (&acc)[R][P], const float *x, const std::byte *w,
                                           std::size_t stride, int cols, Prefetch prefetch)
    {
        for (int k = 0; k < cols; ++k, x += R, w += kBytesPerCol) {
            typename V::F weights[P];
            const std::size_t ahead = k < prefetch.near ? kPrefetchBytes : prefetch.far;
            for (int p = 0; p < P; ++p) {
                V::prefetch(w + p * stride + ahead);
                weights[p] = V::loadF16(reinterpret_cast<const std::uint16_t *>(w + p * stride));
            }
            addProducts<V, R, P>(acc, x, weights);
        }
    }
};

template <class V>
struct Bf16Weights {
    static constexpr int kBytesPerCol = 32;

    template <int R, int P>
    [[gnu::always_inline]] static void sum(typename V::F (&acc)[R][P], const float *x, const std::byte *w,
                                           std::size_t stride, int cols, Prefetch prefetch)
    {
        for (int k = 0; k < cols; k += 2, x += 2 * R, w += 2 * kBytesPerCol) {
            typename V::F even[P], odd[P];
            const std::size_t ahead = k < prefetch.near ? kPrefetchBytes : prefetch.far;
            for (int p = 0; p < P; ++p) {
                V::prefetch(w + p * stride + ahead);
                const auto pair = V::loadBf16Pair(reinterpret_cast<const std::uint16_t *>(w + p * stride));
                even[p] = pair.even;
                odd[p] = pair.odd;
            }
            addProducts<V, R, P>(acc, x, even);
            if (k + 1 < cols) addProducts<V, R, P>(acc, x + R, odd);
        }
    }
};

/// Weights with groups of inputs, decoded in registers: for one row, where each is used once.
template <class V, class Format>
struct GroupWeights {
    static constexpr int kBytesPerCol = static_cast<int>(bytesPerCol<Format>());

    template <int R, int P>
    [[gnu::always_inline]] static void sum(typename V::F (&acc)[R][P], const float *x, const std::byte *w,
                                           std::size_t stride, int cols, Prefetch prefetch)
    {
        const Codec<V, Format> codec{};
        for (int k = 0; k < cols; k += kGroup, w += kGroupBytes<Format>) {
            const std::size_t ahead = k < prefetch.near ? kPrefetchBytes : prefetch.far;
            for (int p = 0; p < P; ++p)
                for (int line = 0; line < static_cast<int>(kGroupBytes<Format>); line += 64)
                    V::prefetch(w + p * stride + ahead + line);
            GroupReader<V, Format> group[P];
            for (int p = 0; p < P; ++p)
                group[p].read(w + p * stride);
            const int inputs = cols - k < kGroup ? cols - k : kGroup;
            for (int j = 0; j < inputs; j += 2, x += 2 * R) {
                typename V::F even[P], odd[P];
                for (int p = 0; p < P; ++p) {
                    const auto two = group[p].pair(j, codec);
                    even[p] = two.even;
                    odd[p] = two.odd;
                }
                addProducts<V, R, P>(acc, x, even);
                if (j + 1 < inputs) addProducts<V, R, P>(acc, x + R, odd);
            }
        }
    }
};

/// Turns a sum into an output.
template <class V>
[[gnu::always_inline]] inline typename V::F finished(typename V::F sum, Finish finish)
{
    switch (finish) {
    case Finish::None:
        break;
    case Finish::Tanh:
        return tanh<V>(sum);
    case Finish::Sigmoid:
        return sigmoid<V>(sum);
    case Finish::Silu:
        return V::mul(sum, sigmoid<V>(sum));
    case Finish::Decay:
        return exp<V>(V::sub(V::zero(), exp<V>(sum)));
    case Finish::ReluSquared: {
        const auto positive = V::max(sum, V::zero());
        return V::mul(positive, positive);
    }
    }
    return sum;
}

/// Writes one row of one panel.
template <class V>
inline void finishRow(const ProductPart &part, int row, int panel, typename V::F sum)
{
    const int out = panel * kPanel;
    const int lanes = part.outs - out < kPanel ? part.outs - out : kPanel;
    const std::size_t at =
        static_cast<std::size_t>(row) * static_cast<std::size_t>(part.outs) + static_cast<std::size_t>(out);
    float *y = part.y + at;
    if (part.bias) sum = V::add(sum, loadUpTo<V>(part.bias + out, lanes));
    sum = finished<V>(sum, part.finish);
    if (part.gate) sum = V::mul(loadUpTo<V>(part.gate + at, lanes), sum);
    if (part.accumulate) sum = V::add(loadUpTo<V>(y, lanes), sum);
    storeUpTo<V>(y, sum, lanes);
}

/// R rows by P panels.
template <class V, class W, int R, int P>
void productTile(const ProductPart &part, const float *x, int row, int panel)
{
    const std::size_t stride = panelBytes(part.format, part.cols);
    const std::byte *w = part.w + panel * stride;
    typename V::F total[R][P];
    for (int k = 0; k == 0 || k < part.cols; k += kSumBlock) {
        typename V::F acc[R][P];
        for (int r = 0; r < R; ++r)
            for (int p = 0; p < P; ++p)
                acc[r][p] = V::zero();
        const int cols = part.cols - k < kSumBlock ? part.cols - k : kSumBlock;
        const Prefetch prefetch{part.cols - k - kPrefetchBytes / W::kBytesPerCol,
                                kPrefetchBytes + (P - 1) * stride};
        W::template sum<R, P>(acc, x + k * R, w + static_cast<std::size_t>(k) * W::kBytesPerCol, stride, cols,
                              prefetch);
        for (int r = 0; r < R; ++r)
            for (int p = 0; p < P; ++p)
                total[r][p] = k == 0 ? acc[r][p] : V::add(total[r][p], acc[r][p]);
    }
    for (int r = 0; r < R; ++r)
        for (int p = 0; p < P; ++p)
            finishRow<V>(part, row + r, panel + p, total[r][p]);
}

/// Panels that R rows work on together: several streams of weights hide the memory's latency.
template <class V>
constexpr int panelsFor(int rows)
{
    int panels = 4; // more streams than the first-level cache has ways for only evict each other
    while (panels > 1 && panels * rows > V::kAccumulators)
        panels /= 2;
    return panels;
}

/// All panels of the part for one block of R rows.
template <class V, class W, int R, int P = panelsFor<V>(R)>
void productRows(const ProductPart &part, const float *x, int row, int panel, int last)
{
    for (; panel + P <= last; panel += P)
        productTile<V, W, R, P>(part, x, row, panel);
    if constexpr (P > 1) {
        if (panel < last) productRows<V, W, R, P / 2>(part, x, row, panel, last);
    }
}

template <class V, class W, int R>
void productBlock(int rows, const ProductPart &part, const float *x, int row, int panel, int last)
{
    if (rows == R) {
        productRows<V, W, R>(part, x, row, panel, last);
    } else if constexpr (R > 1) {
        productBlock<V, W, R - 1>(rows, part, x, row, panel, last);
    }
}

template <class V, class W>
void productOf(const ProductPart &part)
{
    constexpr int kRows = V::kRows;
    const RowBlocks blocks(part.rows, kRows);
    const int last = part.firstPanel + part.panels;
    constexpr int kStep = panelsFor<V>(kRows);
    const int step = blocks.count == 1 ? part.panels : kStep; // weights stay in the cache for all rows
    for (int panel = part.firstPanel; panel < last; panel += step) {
        const int end = panel + step < last ? panel + step : last;
        for (int block = part.firstBlock; block < part.firstBlock + part.blocks; ++block) {
            const int row = blocks.first(block);
            const float *x = reinterpret_cast<const float *>(part.x) +
                             static_cast<std::size_t>(row) * static_cast<std::size_t>(part.cols);
            productBlock<V, W, kRows>(blocks.first(block + 1) - row, part, x, row, panel, end);
        }
    }
}

/// Numbers of decoded weights that several blocks of rows are multiplied with.
template <class V>
struct Decoded {
    static constexpr int kPanels = panelsFor<V>(V::kRows);
    static constexpr int kBlocks = 8; ///< of rows that share them
    alignas(64) float w[kPanels * kSumBlock * kPanel];
    alignas(64) float total[kBlocks * V::kRows * kPanels * kPanel]; ///< [row][P][16]
};

/// total (+)= x w for R rows, P decoded panels and one block of inputs.
template <class V, int R, int P>
void addDecoded(const float *x, const float *w, int cols, float *total, bool isFirst)
{
    typename V::F acc[R][P];
    for (int r = 0; r < R; ++r)
        for (int p = 0; p < P; ++p)
            acc[r][p] = V::zero();
    constexpr std::size_t kStride = sizeof(float) * kSumBlock * kPanel;
    F32Weights<V>::template sum<R, P>(acc, x, reinterpret_cast<const std::byte *>(w), kStride, cols,
                                      {cols, 0});
    for (int r = 0; r < R; ++r)
        for (int p = 0; p < P; ++p) {
            float *sum = total + (r * P + p) * kPanel;
            V::store(sum, isFirst ? acc[r][p] : V::add(V::load(sum), acc[r][p]));
        }
}

template <class V, int P, int R = V::kRows>
void addDecodedBlock(int rows, const float *x, const float *w, int cols, float *total, bool isFirst)
{
    if (rows == R) {
        addDecoded<V, R, P>(x, w, cols, total, isFirst);
    } else if constexpr (R > 1) {
        addDecodedBlock<V, P, R - 1>(rows, x, w, cols, total, isFirst);
    }
}

/// Decodes the groups of inputs k .. of one panel: target is [groups * 32][16].
using DecodePanel = void (*)(const ProductPart &part, int panel, int k, int groups, float *target);

template <class V, class Format>
void decodePanel(const ProductPart &part, int panel, int k, int groups, float *target)
{
    const std::byte *w = part.w + static_cast<std::size_t>(panel) * panelBytes(part.format, part.cols);
    decodeGroups<V, Format>(w + static_cast<std::size_t>(k) * bytesPerCol<Format>(), groups, target);
}

/// P panels and the row blocks first .. last - 1.
template <class V, int P>
void decodedPanels(const ProductPart &part, DecodePanel decode, Decoded<V> &memory, int panel, int first,
                   int last)
{
    const RowBlocks blocks(part.rows, V::kRows);
    const int firstRow = blocks.first(first);
    for (int k = 0; k == 0 || k < part.cols; k += kSumBlock) {
        const int cols = part.cols - k < kSumBlock ? part.cols - k : kSumBlock;
        for (int p = 0; p < P; ++p)
            decode(part, panel + p, k, (cols + kGroup - 1) / kGroup, memory.w + p * kSumBlock * kPanel);
        for (int block = first; block < last; ++block) {
            const int row = blocks.first(block), rows = blocks.first(block + 1) - row;
            const float *x = reinterpret_cast<const float *>(part.x) +
                             static_cast<std::size_t>(row) * static_cast<std::size_t>(part.cols) + k * rows;
            addDecodedBlock<V, P>(rows, x, memory.w, cols, memory.total + (row - firstRow) * P * kPanel,
                                  k == 0);
        }
    }
    for (int row = firstRow; row < blocks.first(last); ++row)
        for (int p = 0; p < P; ++p)
            finishRow<V>(part, row, panel + p, V::load(memory.total + ((row - firstRow) * P + p) * kPanel));
}

/// The same sums as productOf with GroupWeights, bit by bit; every weight is decoded once for many rows.
template <class V>
void decodedProduct(const ProductPart &part, DecodePanel decode)
{
    Decoded<V> memory;
    const int last = part.firstPanel + part.panels, lastBlock = part.firstBlock + part.blocks;
    for (int panel = part.firstPanel; panel < last;) {
        const bool whole = last - panel >= Decoded<V>::kPanels;
        for (int block = part.firstBlock; block < lastBlock; block += Decoded<V>::kBlocks) {
            const int end = block + Decoded<V>::kBlocks < lastBlock ? block + Decoded<V>::kBlocks : lastBlock;
            if (whole)
                decodedPanels<V, Decoded<V>::kPanels>(part, decode, memory, panel, block, end);
            else
                decodedPanels<V, 1>(part, decode, memory, panel, block, end);
        }
        panel += whole ? Decoded<V>::kPanels : 1;
    }
}

template <class V, class Format>
void groupProduct(const ProductPart &part)
{
    if (part.rows == 1)
        productRows<V, GroupWeights<V, Format>, 1>(part, reinterpret_cast<const float *>(part.x), 0,
                                                   part.firstPanel, part.firstPanel + part.panels);
    else
        decodedProduct<V>(part, decodePanel<V, Format>);
}

/// One row by P panels of an i8 matrix: decoded in registers, the sums of decodedProduct.
template <class V, int P>
void i8Row(const ProductPart &part, int panel)
{
    I8Panel<V> w[P];
    for (int p = 0; p < P; ++p)
        w[p].read(part, panel + p);
    const auto *x = reinterpret_cast<const float *>(part.x);
    typename V::F total[P];
    for (int k = 0; k == 0 || k < part.cols; k += kSumBlock) {
        typename V::F acc[P];
        for (int p = 0; p < P; ++p)
            acc[p] = V::zero();
        for (int i = k; i < part.cols && i < k + kSumBlock; ++i)
            for (int p = 0; p < P; ++p)
                acc[p] = V::fma(V::set(x[i]), w[p].numbers(i), acc[p]);
        for (int p = 0; p < P; ++p)
            total[p] = k == 0 ? acc[p] : V::add(total[p], acc[p]);
    }
    for (int p = 0; p < P; ++p)
        finishRow<V>(part, 0, panel + p, total[p]);
}

template <class V>
void i8Product(const ProductPart &part)
{
    if (part.rows > 1) return decodedProduct<V>(part, decodeI8<V>);
    int panel = part.firstPanel;
    for (; panel + 4 <= part.firstPanel + part.panels; panel += 4)
        i8Row<V, 4>(part, panel);
    for (; panel < part.firstPanel + part.panels; ++panel)
        i8Row<V, 1>(part, panel);
}

template <class V>
void product(const ProductPart &part)
{
    switch (part.format) {
    case Format::F32:
        return productOf<V, F32Weights<V>>(part);
    case Format::F16:
        return productOf<V, F16Weights<V>>(part);
    case Format::BF16:
        return productOf<V, Bf16Weights<V>>(part);
    case Format::Int8:
        return groupProduct<V, Int8Format>(part);
    case Format::Fp8:
        return groupProduct<V, Fp8Format>(part);
    case Format::Fp6:
        return groupProduct<V, Fp6Format>(part);
    case Format::Fp5:
        return groupProduct<V, Fp5Format>(part);
    case Format::Nf4:
        return groupProduct<V, Nf4Format>(part);
    case Format::Int4:
        return groupProduct<V, Int4Format>(part);
    case Format::I8:
        return i8Product<V>(part);
    }
}

/// A block as [cols][R], so that a tile reads its activations in one stream.
template <class V, int R>
void packRows(int rows, const float *x, int cols, float *target)
{
    if (rows == R) {
        for (int k = 0; k < cols; ++k)
            for (int r = 0; r < R; ++r)
                target[k * R + r] = x[r * cols + k];
    } else if constexpr (R > 1) {
        packRows<V, R - 1>(rows, x, cols, target);
    }
}

template <class V>
void packActivations(const float *x, int rows, int cols, std::byte *target)
{
    packRows<V, V::kRows>(rows, x, cols, reinterpret_cast<float *>(target));
}

template <class V>
std::size_t packedBytesPerRow(int cols)
{
    return sizeof(float) * static_cast<std::size_t>(cols);
}

template <class V>
int panelsAtOnce(int rows)
{
    return panelsFor<V>(rows < V::kRows ? rows : V::kRows);
}

template <class V>
constexpr ProductPath productPathOf()
{
    return {V::kRows, panelsAtOnce<V>, packedBytesPerRow<V>, false, packActivations<V>, product<V>};
}

} // namespace kernels::cpu
