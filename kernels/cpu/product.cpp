// Products of activations and weights: what linear, lowRank and reluFfn share.

#include "kernels/cpu/cpu_device.h"
#include "kernels/cpu/panels.h"

#include <algorithm>

namespace kernels::cpu
{

namespace
{

constexpr int kPackGrain = 32768; ///< numbers that are worth waking a thread for

/// Rows first .. last - 1 of x, in the order in which a product reads them: [cols][rows].
void packRows(const float *x, int first, int last, int cols, float *target)
{
    const int rows = last - first;
    for (int r = 0; r < rows; ++r) {
        const float *source = x + static_cast<std::size_t>(first + r) * static_cast<std::size_t>(cols);
        float *out = target + static_cast<std::size_t>(first) * static_cast<std::size_t>(cols) + r;
        for (int k = 0; k < cols; ++k)
            out[static_cast<std::size_t>(k) * static_cast<std::size_t>(rows)] = source[k];
    }
}

/// How one product is cut into units of work.
struct Cut {
    int panels = 0, panelGroups = 0, panelsPerGroup = 0;
    int blocksPerGroup = 0, blockGroups = 0;
    int units() const { return panelGroups * blockGroups; }
};

Cut cutOf(const Product &p, int blocks, int panelsAtOnce, int wantedUnits)
{
    Cut cut;
    cut.panels = panelsOf(p.w.rows);
    cut.panelsPerGroup = panelsAtOnce;
    const auto groups = [&] { return (cut.panels + cut.panelsPerGroup - 1) / cut.panelsPerGroup; };
    while (cut.panelsPerGroup > 1 && groups() < wantedUnits)
        cut.panelsPerGroup /= 2;
    cut.panelGroups = groups();
    const int wantedBlockGroups = std::clamp(wantedUnits / cut.panelGroups, 1, blocks);
    cut.blocksPerGroup = (blocks + wantedBlockGroups - 1) / wantedBlockGroups;
    cut.blockGroups = (blocks + cut.blocksPerGroup - 1) / cut.blocksPerGroup;
    return cut;
}

ProductPart partOf(const Product &p, const float *x, int rows, int blocks, const Cut &cut, int unit)
{
    ProductPart part;
    part.x = x;
    part.w = static_cast<const std::byte *>(p.w.data);
    part.format = p.w.format;
    part.rows = rows;
    part.outs = p.w.rows;
    part.cols = p.w.cols;
    part.firstPanel = unit / cut.blockGroups * cut.panelsPerGroup;
    part.panels = std::min(cut.panelsPerGroup, cut.panels - part.firstPanel);
    part.firstBlock = unit % cut.blockGroups * cut.blocksPerGroup;
    part.blocks = std::min(cut.blocksPerGroup, blocks - part.firstBlock);
    part.bias = p.bias;
    part.y = p.y;
    part.finish = p.finish;
    part.accumulate = p.accumulate;
    return part;
}

} // namespace

void CpuDevice::products(const Product *product, int count, int rows)
{
    if (rows <= 0) return;
    const RowBlocks blocks(rows, m_path.rowsPerBlock);
    const float *x[kMostProducts];
    std::size_t floats = 0;
    for (int i = 0; i < count; ++i)
        floats += static_cast<std::size_t>(rows) * static_cast<std::size_t>(product[i].w.cols);
    auto *packed = rows > 1 ? reinterpret_cast<float *>(scratch(floats * sizeof(float))) : nullptr;
    if (rows > 1 && !packed) return;
    for (int i = 0; i < count; ++i) {
        x[i] = rows > 1 ? packed : product[i].x;
        if (rows > 1) packed += static_cast<std::size_t>(rows) * static_cast<std::size_t>(product[i].w.cols);
    }
    if (rows > 1) {
        const int perPiece = std::max(1, kPackGrain / std::max(1, m_path.rowsPerBlock * product[0].w.cols));
        ranges(count * blocks.count, perPiece, [&](int first, int last) {
            for (int unit = first; unit < last; ++unit) {
                const int i = unit / blocks.count, block = unit % blocks.count;
                packRows(product[i].x, blocks.first(block), blocks.first(block + 1), product[i].w.cols,
                         const_cast<float *>(x[i]));
            }
        });
    }
    Cut cut[kMostProducts];
    int begin[kMostProducts + 1] = {0};
    const int wanted = (2 * m_parallel.threads() + count - 1) / count;
    for (int i = 0; i < count; ++i) {
        cut[i] = cutOf(product[i], blocks.count, m_path.panelsAtOnce(rows), wanted);
        begin[i + 1] = begin[i] + cut[i].units();
    }
    m_parallel.forEach(begin[count], [&](int unit, int) {
        int i = 0;
        while (unit >= begin[i + 1])
            ++i;
        m_path.product(partOf(product[i], x[i], rows, blocks.count, cut[i], unit - begin[i]));
    });
}

} // namespace kernels::cpu
