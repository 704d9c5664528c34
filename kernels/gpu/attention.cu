// What hybrids have of transformers: heads that share keys and values, positions, and attention.

#include "kernels/gpu/arrays.h"
#include "kernels/gpu/gpu_device.h"
#include "kernels/gpu/norm.h"

namespace kernels::gpu
{

namespace
{

constexpr int kGroups = kBlock / kLanes; ///< of 32 lanes in a block, one head each
constexpr int kMostSize = 256;           ///< numbers of a head

/// What happens to the heads of one row by themselves: norm (if `gain`), and turning by `position` (if
/// theta > 0). The angle is computed in double: positions reach a million.
struct HeadTurn {
    float *x;
    int heads, size;
    const float *gain;
    float epsilon;
    double position, theta;

    /// By a whole block: every group of lanes takes part in the norm of some head, wanted or not.
    GPU_FUNCTION void run() const
    {
        for (int first = 0; first < heads; first += kGroups) {
            const int wanted = first + threadIndex() / kLanes;
            turnHead(x + std::int64_t{wanted < heads ? wanted : heads - 1} * size, wanted < heads);
        }
    }
    GPU_FUNCTION void turnHead(float *head, bool isWanted) const
    {
        const float scale = gain ? groupMoments(head, size, epsilon, true).scale : 1;
        barrier(); // the last head may be in the hands of several groups
        if (!isWanted) return;
        const auto normedNumber = [&](int i) { return gain ? head[i] * scale * gain[i] : head[i]; };
        const int half = theta > 0 ? size / 2 : 0;
        for (int i = laneIndex(); i < half; i += kLanes) {
            const double angle = position * pow(theta, -static_cast<double>(i) / half);
            const auto cosine = static_cast<float>(cos(angle)), sine = static_cast<float>(sin(angle));
            const float a = normedNumber(i), b = normedNumber(half + i);
            head[i] = a * cosine - b * sine;
            head[half + i] = b * cosine + a * sine;
        }
        for (int i = 2 * half + laneIndex(); i < size; i += kLanes)
            head[i] = normedNumber(i);
    }
};

/// x += (first - x) * mix, or first = x in the first layer.
GPU_FUNCTION void mixWithFirst(const View &x, const View &first, const View &mix, bool isFirst, int row,
                               int width)
{
    float *values = rowOf(x, row, width), *kept = rowOf(first, row, width);
    for (int i = threadIndex(); i < width; i += kBlock) {
        if (isFirst)
            kept[i] = values[i];
        else
            values[i] = fmaf(kept[i] - values[i], rowOf(mix, row, width)[i], values[i]);
    }
}

/// One block a row.
GPU_KERNEL void GPU_BOUNDS(kBlock) keyValueRow(KeyValueHeads args)
{
    const int row = blockX(), N = args.headSize, H = args.heads, G = args.keyHeads;
    const int sequence = sequenceOf(args.batch, row);
    double position = 0;
    if (args.theta > 0)
        position = static_cast<double>(*slotOf(args.position, args.batch.slot[sequence])) +
                   (row - args.batch.start[sequence]);
    const double theta = static_cast<double>(args.theta);
    float *k = rowOf(args.k, row, G * N);
    HeadTurn{rowOf(args.r, row, H * N), H, N, floats(args.rNorm), args.epsilon, position, theta}.run();
    HeadTurn{k, G, N, floats(args.kNorm), args.epsilon, position, theta}.run();
    barrier();
    if (args.vFirst.data) mixWithFirst(args.v, args.vFirst, args.vMix, args.firstLayer, row, G * N);
    if (args.kFirst.data) mixWithFirst(args.k, args.kFirst, args.kMix, args.firstLayer, row, G * N);
    barrier();
    if (!args.kOut.data) return;
    for (int i = threadIndex(); i < H * N; i += kBlock) {
        const int from = i / N / (H / G) * N + i % N;
        rowOf(args.kOut, row, H * N)[i] = k[from];
        rowOf(args.vOut, row, H * N)[i] = rowOf(args.v, row, G * N)[from];
    }
}

/// The slots have read this step's tokens.
GPU_KERNEL void GPU_BOUNDS(kBlock) countTokens(Batch batch, StateView position)
{
    const int sequence = blockX() * kBlock + threadIndex();
    if (sequence < batch.seqs)
        *slotOf(position, batch.slot[sequence]) +=
            static_cast<float>(batch.start[sequence + 1] - batch.start[sequence]);
}

/// The keys or values of one head of a slot.
struct HeadRows {
    float *const *pages;
    std::int64_t offset; ///< floats
    int width;

    GPU_FUNCTION float *row(std::int64_t i) const
    {
        constexpr int kTokens = PagedView::kTokens;
        return pages[i / kTokens] + offset + i % kTokens * width;
    }
};

GPU_FUNCTION HeadRows rowsOf(const PagedView &view, std::int32_t slot, int first, int width)
{
    return {view.pages + std::int64_t{slot} * view.slotPages, static_cast<std::int64_t>(view.offset) + first,
            width};
}

/// Attention of one query to the first `tokens` rows, by a group of lanes that share its numbers:
/// the softmax is kept in units of its largest score so far.
GPU_FUNCTION void attend(const float *q, const HeadRows &keys, const HeadRows &values, int tokens, int size,
                         float scale, float *out)
{
    constexpr int kEach = kMostSize / kLanes;
    float query[kEach], sum[kEach];
    for (int i = 0; i < kEach; ++i) {
        const int channel = i * kLanes + laneIndex();
        query[i] = channel < size ? q[channel] : 0;
        sum[i] = 0;
    }
    float largest = -__builtin_inff(), weights = 0;
    for (int t = 0; t < tokens; ++t) {
        const float *key = keys.row(t), *value = values.row(t);
        float dot = 0;
        for (int i = 0; i < kEach; ++i)
            if (const int channel = i * kLanes + laneIndex(); channel < size)
                dot = fmaf(query[i], key[channel], dot);
        const float score = groupSum(dot) * scale, before = largest;
        largest = Larger()(largest, score);
        const float shrink = expf(before - largest), weight = expf(score - largest);
        weights = fmaf(weights, shrink, weight);
        for (int i = 0; i < kEach; ++i)
            if (const int channel = i * kLanes + laneIndex(); channel < size)
                sum[i] = fmaf(weight, value[channel], sum[i] * shrink);
    }
    for (int i = 0; i < kEach && out; ++i)
        if (const int channel = i * kLanes + laneIndex(); channel < size) out[channel] = sum[i] / weights;
}

/// One block a key head of a sequence, token after token, so that a full ring forgets at the same place
/// however a prompt is cut.
GPU_KERNEL void GPU_BOUNDS(kBlock) attendHeads(Attention args)
{
    const int N = args.headSize, keyHead = blockX(), sequence = blockY();
    const int shared = args.heads / args.keyHeads, width = args.keyHeads * N;
    const std::int32_t slot = args.batch.slot[sequence], start = args.batch.start[sequence];
    const auto before = static_cast<std::int64_t>(*slotOf(args.position, slot));
    const HeadRows keys = rowsOf(args.keys, slot, keyHead * N, width),
                   values = rowsOf(args.values, slot, keyHead * N, width);
    for (int row = start; row < args.batch.start[sequence + 1]; ++row) {
        const std::int64_t position = before + row - start, place = position % args.context;
        barrier(); // the token before has read the ring
        for (int i = threadIndex(); i < N; i += kBlock) {
            keys.row(place)[i] = rowOf(args.k, row, width)[keyHead * N + i];
            values.row(place)[i] = rowOf(args.v, row, width)[keyHead * N + i];
        }
        barrier();
        const int tokens = position + 1 < args.context ? static_cast<int>(position + 1) : args.context;
        for (int first = 0; first < shared; first += kGroups) {
            const int wanted = first + threadIndex() / kLanes;
            const int head = keyHead * shared + (wanted < shared ? wanted : shared - 1);
            const std::int64_t at = (std::int64_t{row} * args.heads + head) * N;
            const bool isLast = wanted >= shared; // keeps step with the others, for nothing
            attend(floats(args.q) + at, keys, values, tokens, N, args.scale,
                   isLast ? nullptr : floats(args.y) + at);
        }
    }
}

} // namespace

void GpuDevice::keyValueHeads(const KeyValueHeads &args)
{
    run({static_cast<unsigned>(args.batch.tokens), 1, 1, kBlock}, keyValueRow, args);
    const auto seqs = static_cast<unsigned>(args.batch.seqs);
    if (args.theta > 0)
        run({(seqs + kBlock - 1) / kBlock, 1, 1, kBlock}, countTokens, args.batch, args.position);
}

void GpuDevice::attention(const Attention &args)
{
    const auto seqs = static_cast<unsigned>(args.batch.seqs);
    run({static_cast<unsigned>(args.keyHeads), seqs, 1, kBlock}, attendHeads, args);
    run({(seqs + kBlock - 1) / kBlock, 1, 1, kBlock}, countTokens, args.batch, args.position);
}

} // namespace kernels::gpu
