#include "kernels/cpu/cpu_device.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace kernels::cpu
{

namespace
{

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kSmallest = std::numeric_limits<float>::min();

/// Working memory of one thread, for n ids.
struct Scratch {
    float *logits, *weights, *blockSums;
    Candidate *candidates;

    static std::size_t bytesFor(int n)
    {
        const std::size_t padded = (static_cast<std::size_t>(n) + 15) / 16 * 16;
        return padded * (3 * sizeof(float) + sizeof(Candidate));
    }
    Scratch(std::byte *memory, int n)
    {
        const std::size_t padded = (static_cast<std::size_t>(n) + 15) / 16 * 16;
        logits = reinterpret_cast<float *>(memory);
        weights = logits + padded;
        blockSums = weights + padded;
        candidates = reinterpret_cast<Candidate *>(blockSums + padded);
    }
};

/// Uniform in [0, 1), from nothing but the two numbers: two rounds of splitmix64.
double uniform(std::uint64_t seed, std::uint64_t index)
{
    const auto mix = [](std::uint64_t z) {
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31);
    };
    const std::uint64_t bits = mix(mix(seed + 0x9e3779b97f4a7c15U) + (index + 1) * 0x9e3779b97f4a7c15U);
    return static_cast<double>(bits >> 11) * 0x1p-53;
}

/// If a logit is infinite, it alone (or it and its equals) has weight.
float tameInfinity(float *logits, int n, float top)
{
    if (top != kInfinity) return top;
    for (int i = 0; i < n; ++i)
        if (!std::isnan(logits[i])) logits[i] = logits[i] == kInfinity ? 0.0F : -kInfinity;
    return 0;
}

void reportLikeliest(const Sample &args, int row, const float *logits, double logSum)
{
    const int wanted = std::min(args.row[row].topLogprobs, Sample::kMaxTop);
    if (wanted <= 0) return;
    std::int32_t *ids = args.topIds + static_cast<std::ptrdiff_t>(row) * Sample::kMaxTop;
    float *values = args.topLogprobs + static_cast<std::ptrdiff_t>(row) * Sample::kMaxTop;
    std::fill_n(ids, wanted, -1);
    std::fill_n(values, wanted, -kInfinity);
    for (int id = 0; id < args.vocabulary; ++id) {
        if (!(logits[id] > values[wanted - 1])) continue;
        int at = wanted - 1;
        for (; at > 0 && logits[id] > values[at - 1]; --at) {
            ids[at] = ids[at - 1];
            values[at] = values[at - 1];
        }
        ids[at] = id;
        values[at] = logits[id];
    }
    for (int i = 0; i < wanted; ++i)
        values[i] = static_cast<float>(static_cast<double>(values[i]) - logSum);
}

bool changesLogits(const SampleRow &row)
{
    return row.seen > 0 || row.biases > 0 || row.banned > 0 || row.allowed;
}

/// Bans all ids without a bit.
void applyMask(const std::uint64_t *allowed, float *logits, int n)
{
    for (int first = 0; first < n; first += 64) {
        std::uint64_t forbidden = ~allowed[first / 64];
        if (n - first < 64) forbidden &= (std::uint64_t(1) << (n - first)) - 1;
        for (; forbidden != 0; forbidden &= forbidden - 1)
            logits[first + __builtin_ctzll(forbidden)] = -kInfinity;
    }
}

/// Bans, bias and penalties.
void changeLogits(const SampleRow &row, float *logits, int n)
{
    if (row.allowed) applyMask(row.allowed, logits, n);
    const auto isInside = [n](std::int32_t id) { return id >= 0 && id < n; };
    for (int i = 0; i < row.banned; ++i)
        if (isInside(row.bannedIds[i])) logits[row.bannedIds[i]] = -kInfinity;
    for (int i = 0; i < row.biases; ++i)
        if (isInside(row.biasIds[i])) logits[row.biasIds[i]] += row.biasValues[i];
    for (int i = 0; i < row.seen; ++i) {
        if (!isInside(row.seenIds[i])) continue;
        float &logit = logits[row.seenIds[i]];
        logit -= row.presence + row.seenCounts[i] * row.frequency;
        if (row.repetition != 1) logit = logit > 0 ? logit / row.repetition : logit * row.repetition;
    }
}

bool ranksBefore(const Candidate &a, const Candidate &b)
{
    return a.rank != b.rank ? a.rank > b.rank : a.id < b.id;
}

double massOf(const Candidate *c, int n)
{
    double mass = 0;
    for (int i = 0; i < n; ++i)
        mass += static_cast<double>(c[i].mass);
    return mass;
}

/// Moves the fewest first-ranking candidates that together have `mass` to the front, at least one; returns
/// how many.
int keepMass(Candidate *c, int n, double mass)
{
    double have = 0;
    int low = 0, high = n; // the answer is above low and at most high
    while (high - low > 1) {
        const int middle = (low + high) / 2;
        std::nth_element(c + low, c + middle, c + high, ranksBefore);
        const double more = massOf(c + low, middle - low);
        if (have + more >= mass) {
            high = middle;
        } else {
            have += more;
            low = middle;
        }
    }
    return high;
}

/// Keeps the candidates whose surprise is nearest to the entropy.
int keepTypical(Candidate *c, int n, double share)
{
    const double total = massOf(c, n);
    double entropy = 0;
    for (int i = 0; i < n; ++i) {
        const double p = static_cast<double>(c[i].mass) / total;
        entropy -= p * std::log(p);
    }
    for (int i = 0; i < n; ++i)
        c[i].rank =
            static_cast<float>(-std::abs(-std::log(static_cast<double>(c[i].mass) / total) - entropy));
    return keepMass(c, n, share * total);
}

/// Candidates that survive top_p, top_k, min_p and typical_p, by id. The largest weight is 1.
int applyCuts(const Path &path, const SampleRow &row, int n, double total, const Scratch &scratch)
{
    Candidate *c = scratch.candidates;
    const bool cutsMass = row.topP<1, cutsCount = row.topK> 0;
    const double wantedMass = static_cast<double>(row.topP) * total;
    const float floor = std::clamp(row.minP, kSmallest, 1.0F);
    // Few ids carry most of the mass: lower the bar until those that pass it include all that can be kept.
    float bar = cutsMass || cutsCount ? std::max(floor, 0.125F) : floor;
    int count = path.candidates(scratch.weights, n, bar, c);
    while (bar > floor && !(cutsMass && massOf(c, count) >= wantedMass) &&
           !(cutsCount && count >= row.topK)) {
        bar = std::max(floor, bar / 64);
        count = path.candidates(scratch.weights, n, bar, c);
    }
    if (cutsMass) count = keepMass(c, count, wantedMass);
    if (cutsCount && row.topK < count) {
        std::nth_element(c, c + row.topK, c + count, ranksBefore);
        count = row.topK;
    }
    if (row.minP > 0)
        count = static_cast<int>(
            std::partition(c, c + count, [&](const Candidate &x) { return x.mass >= floor; }) - c);
    if (row.typicalP < 1) count = keepTypical(c, count, static_cast<double>(row.typicalP));
    std::sort(c, c + count, [](const Candidate &a, const Candidate &b) { return a.id < b.id; });
    return count;
}

/// The candidate at `point` (0 .. 1) of the mass, after temperature.
int drawCandidate(Candidate *c, int count, float temperature, double point)
{
    if (temperature != 1) {
        double top = 0; // the likeliest may have been cut as untypical
        for (int i = 0; i < count; ++i)
            top = std::max(top, static_cast<double>(c[i].mass));
        for (int i = 0; i < count; ++i)
            c[i].mass = static_cast<float>(
                std::pow(static_cast<double>(c[i].mass) / top, 1 / static_cast<double>(temperature)));
    }
    double left = point * massOf(c, count);
    for (int i = 0; i < count; ++i) {
        left -= static_cast<double>(c[i].mass);
        if (left < 0) return c[i].id;
    }
    return c[count - 1].id;
}

/// The id at `point` (0 .. 1) of all weights.
int drawFromAll(const Scratch &scratch, int n, double total, double point)
{
    double left = point * total;
    int block = 0;
    const int blocks = (n + kWeightBlock - 1) / kWeightBlock;
    while (block + 1 < blocks && left >= static_cast<double>(scratch.blockSums[block]))
        left -= static_cast<double>(scratch.blockSums[block++]);
    int chosen = -1;
    for (int id = block * kWeightBlock; id < n && (id < (block + 1) * kWeightBlock || chosen < 0); ++id) {
        if (!(scratch.weights[id] > 0)) continue;
        chosen = id;
        left -= static_cast<double>(scratch.weights[id]);
        if (left < 0) break;
    }
    return chosen;
}

int drawFrom(const Path &path, const SampleRow &row, const float *logits, int n, const Scratch &scratch)
{
    const float top = path.largest(logits, n);
    if (!(top > -kInfinity)) return -1;
    if (!(row.temperature >= SampleRow::kLeastTemperature))
        return static_cast<int>(std::find(logits, logits + n, top) - logits);
    const double point = uniform(row.seed, row.drawIndex);
    if (row.topP >= 1 && row.topK <= 0 && row.minP <= 0 && row.typicalP >= 1) {
        const double total =
            path.weights(logits, n, top, 1 / row.temperature, scratch.weights, scratch.blockSums);
        return drawFromAll(scratch, n, total, point);
    }
    const double total = path.weights(logits, n, top, 1, scratch.weights, nullptr);
    const int count = applyCuts(path, row, n, total, scratch);
    return drawCandidate(scratch.candidates, count, row.temperature, point);
}

void sampleRow(const Path &path, const Sample &args, int row, const Scratch &scratch)
{
    const SampleRow &how = args.row[row];
    const auto V = static_cast<int>(args.logits.dims[1]);
    float *logits = args.logits.f32() + static_cast<std::ptrdiff_t>(row) * V;
    args.token[row] = -1;
    args.logprob[row] = -kInfinity;
    const float top = tameInfinity(logits, V, path.largest(logits, V));
    const double total = path.weights(logits, V, top, 1, scratch.weights, nullptr);
    if (!(total > 0)) return; // a NaN, or nothing at all
    const double logSum = static_cast<double>(top) + std::log(total);
    reportLikeliest(args, row, logits, logSum);
    const float *changed = logits;
    if (changesLogits(how)) {
        std::memcpy(scratch.logits, logits, sizeof(float) * static_cast<unsigned>(args.vocabulary));
        changeLogits(how, scratch.logits, args.vocabulary);
        changed = scratch.logits;
    }
    const int token = drawFrom(path, how, changed, args.vocabulary, scratch);
    if (token < 0) return;
    args.token[row] = token;
    args.logprob[row] = static_cast<float>(static_cast<double>(logits[token]) - logSum);
}

} // namespace

void CpuDevice::sample(const Sample &args)
{
    const auto V = static_cast<int>(args.logits.dims[1]);
    const std::size_t each = Scratch::bytesFor(V);
    std::byte *memory = scratch(each * static_cast<std::size_t>(m_parallel.threads()));
    if (!memory) return;
    m_parallel.forEach(args.rows, [&](int row, int worker) {
        sampleRow(m_path, args, row, Scratch(memory + each * static_cast<std::size_t>(worker), V));
    });
}

} // namespace kernels::cpu
