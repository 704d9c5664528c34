// The whole sampler: one block draws one token from one row of logits. Cuts are thresholds on the bits of the
// weights, found by bisection, so that nothing is sorted and every sum has one order.

#include "kernels/gpu/arrays.h"
#include "kernels/gpu/gpu_device.h"
#include "kernels/gpu/reduce.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace kernels::gpu
{

namespace
{

constexpr int kRowsAtOnce = 16; ///< of scratch: two numbers an id and row

constexpr float kInfinity = __builtin_inff();
constexpr float kSmallest = 1.17549435e-38F; ///< what weighs less is never a candidate
constexpr float kLeastTemperature = SampleRow::kLeastTemperature;

/// What one block works on. `weight` and `key` are [n]; an id with key 0 has been cut.
struct Row {
    const SampleRow &how;
    float *logits;
    int V, n;
    float *weight;
    std::uint32_t *key; ///< in the place of `changed`, once that is no longer needed
    float *changed;     ///< logits behind bans, bias and penalties
};

/// Uniform in [0, 1), from nothing but the two numbers: two rounds of splitmix64.
GPU_FUNCTION std::uint64_t mixedBits(std::uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}
GPU_FUNCTION double uniform(std::uint64_t seed, std::uint64_t index)
{
    const std::uint64_t bits =
        mixedBits(mixedBits(seed + 0x9e3779b97f4a7c15U) + (index + 1) * 0x9e3779b97f4a7c15U);
    return static_cast<double>(bits >> 11) * 0x1p-53;
}

/// The first id for which `isWanted`; n if there is none.
template <class Wanted>
GPU_FUNCTION int firstOf(int n, Wanted isWanted)
{
    int found = n;
    for (int i = threadIndex(); i < n && found == n; i += kBlock)
        if (isWanted(i)) found = i;
    return overBlock(found, Smaller());
}

/// If a logit is infinite, it alone (or it and its equals) has weight. Returns the largest logit.
GPU_FUNCTION float tameInfinity(const Row &row, float top)
{
    if (top != kInfinity) return top;
    for (int i = threadIndex(); i < row.V; i += kBlock)
        if (row.logits[i] == row.logits[i]) row.logits[i] = row.logits[i] == kInfinity ? 0.0F : -kInfinity;
    barrier();
    return 0;
}

/// The likeliest ids one after the other: each is the first behind the one before.
GPU_FUNCTION void reportLikeliest(const Row &row, double logSum, std::int32_t *ids, float *values)
{
    const int wanted = row.how.topLogprobs < Sample::kMaxTop ? row.how.topLogprobs : Sample::kMaxTop;
    float before = kInfinity;
    int beforeId = -1;
    for (int place = 0; place < wanted; ++place) {
        const auto isBehind = [&](int i) {
            return row.logits[i] < before || (row.logits[i] == before && i > beforeId);
        };
        float best = -kInfinity;
        for (int i = threadIndex(); i < row.n; i += kBlock)
            if (isBehind(i)) best = Larger()(best, row.logits[i]);
        best = overBlock(best, Larger());
        const int id = firstOf(row.n, [&](int i) { return row.logits[i] == best && isBehind(i); });
        const bool isThere = best > -kInfinity && id < row.n;
        if (threadIndex() == 0) {
            ids[place] = isThere ? id : -1;
            values[place] = static_cast<float>(static_cast<double>(best) - logSum);
        }
        before = best;
        beforeId = id;
    }
}

GPU_FUNCTION bool isAllowed(const SampleRow &how, int id)
{
    return !how.allowed || (how.allowed[id / 64] >> (id % 64) & 1) != 0;
}

/// Mask, bans, bias and penalties. The ids of `seen` differ from each other.
GPU_FUNCTION void changeLogits(const Row &row)
{
    const SampleRow &how = row.how;
    for (int i = threadIndex(); i < row.n; i += kBlock)
        row.changed[i] = isAllowed(how, i) ? row.logits[i] : -kInfinity;
    barrier();
    const auto isInside = [&](std::int32_t id) { return id >= 0 && id < row.n; };
    for (int i = threadIndex(); i < how.banned; i += kBlock)
        if (isInside(how.bannedIds[i])) row.changed[how.bannedIds[i]] = -kInfinity;
    barrier();
    if (threadIndex() == 0)
        for (int i = 0; i < how.biases; ++i)
            if (isInside(how.biasIds[i])) row.changed[how.biasIds[i]] += how.biasValues[i];
    barrier();
    for (int i = threadIndex(); i < how.seen; i += kBlock) {
        if (!isInside(how.seenIds[i])) continue;
        float logit = row.changed[how.seenIds[i]] - (how.presence + how.seenCounts[i] * how.frequency);
        if (how.repetition != 1) logit = logit > 0 ? logit / how.repetition : logit * how.repetition;
        row.changed[how.seenIds[i]] = logit;
    }
    barrier();
}

/// Cuts all but the fewest first-ranking ids (by key, then by id) whose mass(i) adds up to `wanted`.
template <class Mass>
GPU_FUNCTION void keepFirst(const Row &row, double wanted, Mass mass)
{
    wanted = wanted > 0 ? wanted : 0x1p-1000; // at least one
    std::uint32_t least = 0;                  // the largest key that is reached
    for (int bit = 31; bit >= 0; --bit) {
        const std::uint32_t higher = least | 1U << bit;
        if (sumOf(row.n, [&](int i) { return row.key[i] >= higher ? mass(i) : 0.0; }) >= wanted)
            least = higher;
    }
    const double above = sumOf(row.n, [&](int i) { return row.key[i] > least ? mass(i) : 0.0; });
    int low = -1, high = row.n - 1; // the last id that is kept with this key is above low and at most high
    while (least > 0 && high - low > 1) {
        const int middle = (low + high) / 2;
        const double more = sumOf(middle + 1, [&](int i) { return row.key[i] == least ? mass(i) : 0.0; });
        if (above + more >= wanted)
            high = middle;
        else
            low = middle;
    }
    for (int i = threadIndex(); i < row.n; i += kBlock)
        if (row.key[i] < least || (row.key[i] == least && i > high)) row.key[i] = 0;
    barrier();
}

/// Ranks by how near an id's surprise is to the entropy, and keeps the nearest.
GPU_FUNCTION void keepTypical(const Row &row)
{
    const double total = sumOf(row.n, [&](int i) { return row.key[i] > 0 ? double(row.weight[i]) : 0.0; });
    const double entropy = sumOf(row.n, [&](int i) {
        const double p = double(row.weight[i]) / total;
        return row.key[i] > 0 ? -p * log(p) : 0.0;
    });
    for (int i = threadIndex(); i < row.n; i += kBlock) {
        if (row.key[i] == 0) continue;
        const auto distance = static_cast<float>(fabs(-log(double(row.weight[i]) / total) - entropy));
        std::uint32_t bits;
        memcpy(&bits, &distance, sizeof bits);
        row.key[i] = 0x80000000U - bits;
    }
    barrier();
    keepFirst(row, double(row.how.typicalP) * total, [&](int i) { return double(row.weight[i]); });
}

/// top_p, top_k, min_p and typical_p, then temperature: what is cut weighs nothing.
GPU_FUNCTION void cut(const Row &row, float top)
{
    const SampleRow &how = row.how;
    const float floor = how.minP > kSmallest ? (how.minP < 1 ? how.minP : 1) : kSmallest;
    for (int i = threadIndex(); i < row.n; i += kBlock)
        row.weight[i] = expf(row.changed[i] - top);
    const double total = sumOf(row.n, [&](int i) { return double(row.weight[i]); });
    for (int i = threadIndex(); i < row.n; i += kBlock) {
        std::uint32_t bits;
        memcpy(&bits, &row.weight[i], sizeof bits);
        row.key[i] = row.weight[i] >= floor ? bits : 0;
    }
    barrier();
    if (how.topP < 1) keepFirst(row, double(how.topP) * total, [&](int i) { return double(row.weight[i]); });
    if (how.topK > 0) keepFirst(row, how.topK, [](int) { return 1.0; });
    if (how.typicalP < 1) keepTypical(row);
    for (int i = threadIndex(); i < row.n; i += kBlock)
        if (row.key[i] == 0) row.weight[i] = 0;
    barrier();
    if (how.temperature == 1) return;
    const float most = largestOf(row.weight, row.n); // the likeliest may have been cut as untypical
    for (int i = threadIndex(); i < row.n; i += kBlock)
        if (row.weight[i] > 0)
            row.weight[i] =
                static_cast<float>(pow(double(row.weight[i] / most), 1 / double(how.temperature)));
    barrier();
}

/// The id at `point` (0 .. 1) of all weights. Every thread adds up a stretch of ids; the first one walks.
GPU_FUNCTION int drawWeighted(const float *weight, int n, double point)
{
    GPU_SHARED double stretchSum[kBlock];
    const int stretch = (n + kBlock - 1) / kBlock;
    double sum = 0;
    for (int i = threadIndex() * stretch; i < n && i < (threadIndex() + 1) * stretch; ++i)
        sum += double(weight[i]);
    stretchSum[threadIndex()] = sum;
    barrier();
    if (threadIndex() > 0) return -1;
    double total = 0;
    for (int i = 0; i < kBlock; ++i)
        total += stretchSum[i];
    double left = point * total;
    int at = 0;
    while (at + 1 < kBlock && left >= stretchSum[at])
        left -= stretchSum[at++];
    int chosen = -1;
    for (int i = at * stretch; i < n && (i < (at + 1) * stretch || chosen < 0); ++i) {
        if (!(weight[i] > 0)) continue;
        chosen = i;
        left -= double(weight[i]);
        if (left < 0) break;
    }
    for (int i = n - 1; i >= 0 && chosen < 0; --i) // rounding led behind the last that weighs anything
        if (weight[i] > 0) chosen = i;
    return chosen;
}

/// The drawn id, known to the first thread; -1 if there is nothing to draw.
GPU_FUNCTION int drawFrom(const Row &row)
{
    const SampleRow &how = row.how;
    const float top = largestOf(row.changed, row.n);
    if (!(top > -kInfinity)) return -1;
    if (!(how.temperature >= kLeastTemperature))
        return firstOf(row.n, [&](int i) { return row.changed[i] == top; });
    if (how.topP >= 1 && how.topK <= 0 && how.minP <= 0 && how.typicalP >= 1) {
        for (int i = threadIndex(); i < row.n; i += kBlock)
            row.weight[i] = expf((row.changed[i] - top) * (1 / how.temperature));
        barrier();
    } else {
        cut(row, top);
    }
    return drawWeighted(row.weight, row.n, uniform(how.seed, how.drawIndex));
}

/// One block a row, from row `first` on.
GPU_KERNEL void GPU_BOUNDS(kBlock)
    sampleRow(Sample args, const SampleRow *rows, int first, int V, float *scratch)
{
    const int row = first + blockX();
    float *mine = scratch + std::int64_t{blockX()} * 2 * V;
    const Row state{rows[blockX()],
                    rowOf(args.logits, row, V),
                    V,
                    args.vocabulary,
                    mine,
                    reinterpret_cast<std::uint32_t *>(mine + V),
                    mine + V};
    const float top = tameInfinity(state, largestOf(state.logits, V));
    const double total = sumOf(V, [&](int i) { return double(expf(state.logits[i] - top)); });
    const double logSum = double(top) + log(total);
    int token = -1;
    if (total > 0) { // else a NaN, or nothing at all
        const std::int64_t places = std::int64_t{row} * Sample::kMaxTop;
        reportLikeliest(state, logSum, args.topIds + places, args.topLogprobs + places);
        changeLogits(state);
        token = drawFrom(state);
    }
    if (threadIndex() > 0) return;
    args.token[row] = token;
    args.logprob[row] = token < 0 ? -kInfinity : static_cast<float>(double(state.logits[token]) - logSum);
}

/// Appends the elements of an array to a blob; returns the offset at which they begin, a multiple of 8.
template <class T>
std::size_t append(std::vector<std::byte> &blob, const T *values, std::int32_t count)
{
    const std::size_t offset = (blob.size() + 7) / 8 * 8;
    blob.resize(offset + sizeof(T) * static_cast<std::size_t>(count));
    if (count > 0) std::memcpy(blob.data() + offset, values, sizeof(T) * static_cast<std::size_t>(count));
    return offset;
}

} // namespace

/// Brings how rows are sampled, with their arrays, to the device; nullptr if there is no memory.
const SampleRow *GpuDevice::uploadRows(const Sample &args, int first, int rows)
{
    std::vector<SampleRow> copies(args.row + first, args.row + first + rows);
    std::vector<std::byte> blob;
    append(blob, copies.data(), rows);
    struct Offsets {
        std::size_t seenIds, seenCounts, biasIds, biasValues, bannedIds, allowed;
    };
    const std::int32_t words = (args.vocabulary + 63) / 64;
    std::vector<Offsets> offsets;
    for (const SampleRow &row : copies)
        offsets.push_back({append(blob, row.seenIds, row.seen), append(blob, row.seenCounts, row.seen),
                           append(blob, row.biasIds, row.biases), append(blob, row.biasValues, row.biases),
                           append(blob, row.bannedIds, row.banned),
                           append(blob, row.allowed, row.allowed ? words : 0)});
    std::byte *device = room(m_sampleRows, blob.size());
    if (!device) return nullptr;
    for (std::size_t i = 0; i < copies.size(); ++i) {
        copies[i].seenIds = reinterpret_cast<const std::int32_t *>(device + offsets[i].seenIds);
        copies[i].seenCounts = reinterpret_cast<const float *>(device + offsets[i].seenCounts);
        copies[i].biasIds = reinterpret_cast<const std::int32_t *>(device + offsets[i].biasIds);
        copies[i].biasValues = reinterpret_cast<const float *>(device + offsets[i].biasValues);
        copies[i].bannedIds = reinterpret_cast<const std::int32_t *>(device + offsets[i].bannedIds);
        if (copies[i].allowed)
            copies[i].allowed = reinterpret_cast<const std::uint64_t *>(device + offsets[i].allowed);
    }
    std::memcpy(blob.data(), copies.data(), copies.size() * sizeof(SampleRow));
    upload(device, blob.data(), blob.size());
    return reinterpret_cast<const SampleRow *>(device);
}

void GpuDevice::sample(const Sample &args)
{
    const auto V = static_cast<int>(args.logits.dims[1]);
    const int atOnce = std::min(kRowsAtOnce, args.rows);
    if (atOnce <= 0) return;
    const std::size_t bytes =
        static_cast<std::size_t>(atOnce) * 2 * static_cast<std::size_t>(V) * sizeof(float);
    auto *scratch = reinterpret_cast<float *>(room(m_sampleScratch, bytes));
    for (int first = 0; first < args.rows && scratch; first += atOnce) {
        const int rows = std::min(atOnce, args.rows - first);
        const SampleRow *how = uploadRows(args, first, rows);
        if (!how) return;
        run({static_cast<unsigned>(rows), 1, 1, kBlock}, sampleRow, args, how, first, V, scratch);
    }
}

} // namespace kernels::gpu
