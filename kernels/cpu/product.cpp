// Products of activations and weights: what linear, lowRank, reluFfn and mixDynamic share.

#include "kernels/cpu/cpu_device.h"
#include "kernels/cpu/panels.h"

#include <algorithm>

namespace kernels::cpu
{

namespace
{

constexpr std::int64_t kPackInParallel = 16384; ///< numbers that are worth waking a thread for

// Units are larger than they must be, but small enough that no thread waits long for the last one.
constexpr int kUnitsPerWanted = 4;
constexpr int kMostPanelGroups = 8;

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
    while (cut.panelsPerGroup > 1 && cut.panels < wantedUnits * cut.panelsPerGroup)
        cut.panelsPerGroup /= 2;
    // Neighbouring panels on one thread: their first lines are fetched while those before are used.
    cut.panelsPerGroup *=
        std::clamp(cut.panels / (cut.panelsPerGroup * kUnitsPerWanted * wantedUnits), 1, kMostPanelGroups);
    cut.panelGroups = (cut.panels + cut.panelsPerGroup - 1) / cut.panelsPerGroup;
    const int wantedBlockGroups = std::clamp(wantedUnits / cut.panelGroups, 1, blocks);
    cut.blocksPerGroup = (blocks + wantedBlockGroups - 1) / wantedBlockGroups;
    cut.blockGroups = (blocks + cut.blocksPerGroup - 1) / cut.blocksPerGroup;
    return cut;
}

ProductPart partOf(const Product &p, const std::byte *x, int rows, int blocks, const Cut &cut, int unit)
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
    part.gate = p.gate;
    return part;
}

/// Runs body(product, unit) for the units of every product; begin[i] is the first unit of product i.
template <class Body>
void forUnits(Parallel &parallel, const int *begin, int count, const Body &body)
{
    parallel.forEach(begin[count], [&](int unit, int) {
        int i = 0;
        while (unit >= begin[i + 1])
            ++i;
        body(i, unit - begin[i]);
    });
}

} // namespace

const ProductPath &CpuDevice::pathFor(const Product &product) const
{
    return product.w.format == Format::BF16 ? m_path.bf16Product : m_path.product;
}

/// Arranges the activations of every product; x[i] is where. False if there is no memory.
bool CpuDevice::packProducts(const Product *product, int count, int rows, const std::byte **x)
{
    std::size_t offset[kMostProducts], bytes = 0;
    int begin[kMostProducts + 1] = {0};
    std::int64_t numbers = 0;
    for (int i = 0; i < count; ++i) {
        const ProductPath &path = pathFor(product[i]);
        const bool isPacked = rows > 1 || path.packsSingleRow;
        offset[i] = bytes;
        x[i] = reinterpret_cast<const std::byte *>(product[i].x);
        begin[i + 1] = begin[i] + (isPacked ? RowBlocks(rows, path.rowsPerBlock).count : 0);
        if (isPacked) {
            bytes += (path.bytesPerRow(product[i].w.cols) * static_cast<std::size_t>(rows) + 63) / 64 * 64;
            numbers += std::int64_t{rows} * product[i].w.cols;
        }
    }
    if (bytes == 0) return true;
    std::byte *memory = scratch(bytes);
    if (!memory) return false;
    for (int i = 0; i < count; ++i)
        if (begin[i + 1] > begin[i]) x[i] = memory + offset[i];
    const auto pack = [&](int i, int block) {
        const ProductPath &path = pathFor(product[i]);
        const RowBlocks blocks(rows, path.rowsPerBlock);
        const int row = blocks.first(block), cols = product[i].w.cols;
        path.pack(product[i].x + static_cast<std::size_t>(row) * static_cast<std::size_t>(cols),
                  blocks.first(block + 1) - row, cols,
                  memory + offset[i] + static_cast<std::size_t>(row) * path.bytesPerRow(cols));
    };
    if (numbers >= kPackInParallel) {
        forUnits(m_parallel, begin, count, pack);
    } else {
        for (int i = 0; i < count; ++i)
            for (int block = 0; block < begin[i + 1] - begin[i]; ++block)
                pack(i, block);
    }
    return true;
}

void CpuDevice::products(const Product *product, int count, int rows)
{
    const std::byte *x[kMostProducts];
    if (count > 0) m_lastProduct = &pathFor(product[0]);
    m_wasSingleRow = rows == 1;
    if (rows <= 0 || !packProducts(product, count, rows, x)) return;
    Cut cut[kMostProducts];
    int begin[kMostProducts + 1] = {0};
    const int wanted = (2 * m_parallel.threads() + count - 1) / std::max(count, 1);
    for (int i = 0; i < count; ++i) {
        const ProductPath &path = pathFor(product[i]);
        cut[i] = cutOf(product[i], RowBlocks(rows, path.rowsPerBlock).count, path.panelsAtOnce(rows), wanted);
        begin[i + 1] = begin[i] + cut[i].units();
    }
    forUnits(m_parallel, begin, count, [&](int i, int unit) {
        const ProductPath &path = pathFor(product[i]);
        const int blocks = RowBlocks(rows, path.rowsPerBlock).count;
        path.product(partOf(product[i], x[i], rows, blocks, cut[i], unit));
    });
}

} // namespace kernels::cpu
