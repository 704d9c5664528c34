// Products of activations and weights: linear, lowRank, the channel mixes and the first part of mixDynamic.
//
// A group of 32 lanes computes one output for up to eight rows: lane l takes the pieces l, l + 32, ... of the
// inputs, and the lanes' sums are added in a tree. That order is the same for any number of rows, so a row's
// bits do not depend on its company. Weights are read once for eight rows.

#include "kernels/gpu/finished.h"
#include "kernels/gpu/gpu_device.h"
#include "kernels/gpu/reduce.h"
#include "kernels/gpu/weight_rows.h"

namespace kernels::gpu
{

namespace
{

constexpr int kGroups = 4; ///< of 32 lanes in a block, one output each
constexpr int kMostParts = 5;

/// One product, and which blocks of the launch belong to it.
struct Part {
    Product product;
    std::int32_t rowBytes, firstBlock;
};

struct Parts {
    Part part[kMostParts];
    int parts, rows;
};

/// This lane's share of W[out] x for R rows, the first of which is `firstRow`; behind the last row it repeats
/// the last one.
template <class Traits, int R>
GPU_FUNCTION void addProducts(const Part &p, int out, int firstRow, int rows, float (&sum)[R])
{
    const int cols = p.product.w.cols;
    const RowReader<Traits> reader(p.product.w, out, std::size_t(p.rowBytes));
    const float *x[R];
    for (int r = 0; r < R; ++r) {
        const int row = firstRow + r < rows ? firstRow + r : rows - 1;
        x[r] = p.product.x + std::int64_t{row} * cols;
    }
    for (int first = laneIndex() * kPiece; first < cols; first += kLanes * kPiece) {
        float w[kPiece];
        reader.read(first / kPiece, w);
        const int count = cols - first < kPiece ? cols - first : kPiece;
        for (int r = 0; r < R; ++r) {
            if (count == kPiece) {
                for (int i = 0; i < kPiece; ++i)
                    sum[r] = fmaf(w[i], x[r][first + i], sum[r]);
            } else {
                for (int i = 0; i < count; ++i)
                    sum[r] = fmaf(w[i], x[r][first + i], sum[r]);
            }
        }
    }
}

/// Adds up the lanes' shares of N rows. While a lane has several rows it gives half of them away with every
/// exchange, so that eight rows cost nine exchanges and not forty. Lane l is left with the sum of row
/// l / (32 / N), made in the same tree as for one row.
template <int N>
GPU_FUNCTION float sumOfRow(const float (&share)[N], int mask = kLanes / 2)
{
    if constexpr (N == 1) {
        float sum = share[0];
        for (; mask > 0; mask /= 2)
            sum += fromLaneXor(sum, mask);
        return sum;
    } else {
        const bool isUpper = (laneIndex() & mask) != 0;
        float half[N / 2];
        for (int r = 0; r < N / 2; ++r) {
            const float kept = isUpper ? share[N / 2 + r] : share[r];
            half[r] = kept + fromLaneXor(isUpper ? share[r] : share[N / 2 + r], mask);
        }
        return sumOfRow(half, mask / 2);
    }
}

/// A grid of (blocks of all parts) x (rows / R).
template <int R>
GPU_KERNEL void GPU_BOUNDS(kGroups *kLanes) multiply(Parts all)
{
    int which = 0;
    while (which + 1 < all.parts && blockX() >= all.part[which + 1].firstBlock)
        ++which;
    const Part &p = all.part[which];
    const int outs = p.product.w.rows;
    const int wanted = (blockX() - p.firstBlock) * kGroups + threadIndex() / kLanes;
    const int out = wanted < outs ? wanted : outs - 1; // idle groups keep their lanes in step with the others
    const int firstRow = blockY() * R;
    float sum[R] = {};
    switch (p.product.w.format) {
#define X(name, traits, text)                                                                                \
    case Format::name:                                                                                       \
        addProducts<traits, R>(p, out, firstRow, all.rows, sum);                                             \
        break;
        KERNELS_ALL_FORMATS(X)
#undef X
    }
    float y = sumOfRow(sum);
    constexpr int kLanesEach = kLanes / R;
    const int row = firstRow + laneIndex() / kLanesEach;
    if (laneIndex() % kLanesEach > 0 || wanted >= outs || row >= all.rows) return;
    const std::int64_t at = std::int64_t{row} * outs + out;
    if (p.product.bias) y += p.product.bias[out];
    y = finished(y, p.product.finish);
    if (p.product.gate) y *= p.product.gate[at];
    p.product.y[at] = p.product.accumulate ? p.product.y[at] + y : y;
}

Finish finishOf(Activation activation)
{
    switch (activation) {
    case Activation::None:
        break;
    case Activation::Tanh:
        return Finish::Tanh;
    case Activation::Sigmoid:
        return Finish::Sigmoid;
    case Activation::Silu:
        return Finish::Silu;
    case Activation::Decay:
        return Finish::Decay;
    }
    return Finish::None;
}

/// out[m] = y + delta * out[m].
GPU_KERNEL void GPU_BOUNDS(kBlock) mixRows(MixDynamic args, std::int64_t elements)
{
    const std::int64_t i = std::int64_t{blockX()} * kBlock + threadIndex();
    if (i >= elements) return;
    for (int m = 0; m < args.mixes; ++m)
        floats(args.out[m])[i] = fmaf(floats(args.delta)[i], floats(args.out[m])[i], floats(args.y)[i]);
}

/// parts[m][row][r] = z[row][m][r]: every mix's columns together.
GPU_KERNEL void GPU_BOUNDS(kBlock) splitMixes(const float *z, float *parts, int rows, int mixes, int rank)
{
    const int i = blockX() * kBlock + threadIndex();
    if (i >= rows * mixes * rank) return;
    const int row = i / (mixes * rank), m = i / rank % mixes, r = i % rank;
    parts[(std::int64_t{m} * rows + row) * rank + r] = z[i];
}

unsigned blocksFor(std::int64_t elements) { return static_cast<unsigned>((elements + kBlock - 1) / kBlock); }

} // namespace

void GpuDevice::products(const Product *product, int count, int rows)
{
    Product left[kMostProducts];
    int lefts = 0;
    for (int i = 0; i < count; ++i) {
        const GemmInstance *gemm = gemmFor(product[i], rows);
        if (!gemm || !multiplyTiled(product[i], rows, *gemm)) left[lefts++] = product[i];
    }
    if (lefts > 0) multiplyRows(left, lefts, rows);
}

void GpuDevice::multiplyRows(const Product *product, int count, int rows)
{
    Parts all{};
    all.parts = count;
    all.rows = rows;
    std::int32_t blocks = 0;
    for (int i = 0; i < count; ++i) {
        const Weight &w = product[i].w;
        all.part[i] = {product[i], static_cast<std::int32_t>(rowBytesOf(w.format, w.cols)), blocks};
        blocks += (w.rows + kGroups - 1) / kGroups;
    }
    const auto gridX = static_cast<unsigned>(blocks), height = static_cast<unsigned>(rows);
    constexpr unsigned kThreads = kGroups * kLanes;
    const auto start = [&](auto kernel, unsigned atOnce, const char *name) {
        m_kernel = name;
        run({gridX, (height + atOnce - 1) / atOnce, 1, kThreads}, kernel, all);
    };
    if (rows > 4)
        start(multiply<8>, 8, "skinny x8");
    else if (rows > 2)
        start(multiply<4>, 4, "skinny x4");
    else if (rows > 1)
        start(multiply<2>, 2, "skinny x2");
    else if (rows > 0)
        start(multiply<1>, 1, "skinny x1");
}

void GpuDevice::linear(const Linear &args)
{
    Product product[kMostProducts];
    for (int i = 0; i < args.problems; ++i) {
        const Linear::Problem &p = args.problem[i];
        product[i] = {p.x.f32(), p.w, p.bias.f32(), p.y.f32(), finishOf(p.activation), p.accumulate};
    }
    products(product, args.problems, args.rows);
}

void GpuDevice::lowRank(const LowRank &args)
{
    Product down[kMostProducts], up[kMostProducts];
    float *scratch = args.scratch.f32();
    for (int i = 0; i < args.problems; ++i) {
        const LowRank::Problem &p = args.problem[i];
        down[i] = {p.x.f32(), p.a, nullptr, scratch, finishOf(p.middle), false};
        up[i] = {scratch, p.b, p.bias.f32(), p.y.f32(), finishOf(p.activation), false};
        scratch += static_cast<std::size_t>(args.rows) * static_cast<std::size_t>((p.a.rows + 15) / 16 * 16);
    }
    products(down, args.problems, args.rows);
    products(up, args.problems, args.rows);
}

void GpuDevice::reluFfn(const ReluFfn &args)
{
    const Product first[] = {
        {args.x.f32(), args.key, nullptr, args.hidden.f32(), Finish::ReluSquared, false,
         args.hiddenGate.f32()},
        {args.xr.f32(), args.receptance, nullptr, args.gate.f32(), Finish::Sigmoid, false}};
    products(first, args.receptance ? 2 : 1, args.rows);
    Product value{args.hidden.f32(), args.value, nullptr, args.y.f32(), Finish::None, true};
    if (args.receptance) value.gate = args.gate.f32();
    products(&value, 1, args.rows);
}

void GpuDevice::gatedFfn(const GatedFfn &args)
{
    const Product gate{args.x.f32(), args.gate, nullptr, args.gateOut.f32(), Finish::Silu, false};
    products(&gate, 1, args.rows);
    Product up{args.x.f32(), args.up, nullptr, args.hidden.f32(), Finish::None, false};
    up.gate = args.gateOut.f32();
    products(&up, 1, args.rows);
    const Product down{args.hidden.f32(), args.down, nullptr, args.y.f32(), Finish::None, true};
    products(&down, 1, args.rows);
}

void GpuDevice::mixDynamic(const MixDynamic &args)
{
    const int rank = args.mixes > 0 ? args.a.rows / args.mixes : 0;
    const std::int64_t each = std::int64_t{args.rows} * rank;
    float *z = args.scratch.f32(), *parts = z + each * args.mixes;
    const Product down{args.x.f32(), args.a, nullptr, z, Finish::Tanh, false};
    products(&down, 1, args.rows);
    run({blocksFor(each * args.mixes), 1, 1, kBlock}, splitMixes, z, parts, args.rows, args.mixes, rank);
    Product up[MixDynamic::kMost];
    for (int m = 0; m < args.mixes; ++m)
        up[m] = {parts + m * each, args.b[m], args.mu[m].f32(), args.out[m].f32(), Finish::None, false};
    products(up, args.mixes, args.rows);
    const std::int64_t elements = std::int64_t{args.rows} * args.x.dims[1];
    run({blocksFor(elements), 1, 1, kBlock}, mixRows, args, elements);
}

} // namespace kernels::gpu
