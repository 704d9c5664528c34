#include "kernels/op_cost.h"

#include <algorithm>
#include <vector>

namespace kernels
{

namespace
{

constexpr double kFloat = sizeof(float);
constexpr double kNormFlops = 8; ///< a number: mean 1, variance 3, scaled 2, gain and bias 2

double bytesOf(const Weight &w, const Device &device)
{
    return w ? static_cast<double>(device.weightBytes(w.format, w.rows, w.cols)) : 0;
}

/// y = W x for so many rows, with what of x is read and of y written.
OpCost productOf(const Weight &w, double rows, const Device &device)
{
    const double outs = w.rows, ins = w.cols;
    return {bytesOf(w, device), 2 * rows * outs * ins};
}

double floatsOf(const View &view) { return view ? static_cast<double>(view.elements()) : 0; }

} // namespace

OpCost costOf(const PackWeight &args, Device &device)
{
    const double share = args.transposed || args.rows == 0
                             ? 1
                             : static_cast<double>(args.source.dims[0]) / static_cast<double>(args.rows);
    const auto packed = static_cast<double>(device.weightBytes(args.format, args.rows, args.cols));
    return {static_cast<double>(args.source.bytes()) + share * packed, 0};
}

OpCost costOf(const Embed &args, Device &)
{
    const auto rows = static_cast<double>(args.x.dims[0]), C = static_cast<double>(args.x.dims[1]);
    const auto element = static_cast<double>(bytesOf(args.table.dtype));
    OpCost cost{rows * (sizeof(std::int32_t) + C * (element + kFloat)), 0};
    if (args.gain) cost += {2 * C * kFloat, rows * C * kNormFlops};
    return cost;
}

OpCost costOf(const NormMix &args, Device &)
{
    const auto C = static_cast<double>(args.x.dims[1]);
    const double vectors = 1 + (args.bias ? 1 : 0);
    if (args.mixes == 0) {
        const double rows = args.rows ? args.rowCount : args.batch.tokens;
        return {(2 * rows + vectors) * C * kFloat + (args.rows ? rows * sizeof(std::int32_t) : 0),
                rows * C * kNormFlops};
    }
    const double rows = args.batch.tokens, mixes = args.mixes;
    const double written = mixes + (args.normed ? 1 : 0) + (args.delta ? 1 : 0);
    const double shifts = 2.0 * args.batch.seqs;
    return {(rows * (1 + written) + vectors + mixes + shifts) * C * kFloat,
            rows * C * (kNormFlops + 1 + 2 * mixes)};
}

OpCost costOf(const Linear &args, Device &device)
{
    const double rows = args.rows;
    OpCost cost;
    for (int i = 0; i < args.problems; ++i) {
        const Linear::Problem &p = args.problem[i];
        const double outs = p.w.rows;
        cost += productOf(p.w, rows, device);
        cost.bytes += (rows * p.w.cols + rows * outs * (p.accumulate ? 2 : 1) + (p.bias ? outs : 0)) * kFloat;
    }
    return cost;
}

OpCost costOf(const LowRank &args, Device &device)
{
    const double rows = args.rows;
    OpCost cost;
    for (int i = 0; i < args.problems; ++i) {
        const LowRank::Problem &p = args.problem[i];
        const double outs = p.b.rows;
        cost += productOf(p.a, rows, device);
        cost += productOf(p.b, rows, device);
        cost.bytes += (rows * (p.a.cols + outs) + (p.bias ? outs : 0)) * kFloat;
    }
    return cost;
}

OpCost costOf(const Prepare7 &args, Device &)
{
    const double C = static_cast<double>(args.heads) * args.headSize;
    const bool isKept = args.vFirst && args.firstLayer, isMixed = args.vFirst && !args.firstLayer;
    // w, k and a are read and written, negKappa is written; v is handed on, or mixed with vMix and vFirst.
    const double moved = 7 + (isKept ? 2 : 0) + (isMixed ? 4 : 0);
    const double vectors = (args.kK ? 1 : 0) + (args.kA ? 1 : 0);
    // decay 5, k k_k and its norm 4, k 4 (softplus: 6), negKappa 1, a 1; v 3
    const double each = 7 + (args.kK ? 4 : 3) + (args.kA ? 4 : 6) + (isMixed ? 3 : 0);
    return {(args.tokens * moved + vectors) * C * kFloat, args.tokens * C * each};
}

OpCost costOf(const Wkv7 &args, Device &)
{
    const double N = args.headSize, C = args.heads * N;
    const double rows = args.batch.tokens, states = 2.0 * args.batch.seqs * C * N;
    // A number of the state: S a 2, decay 1, (S a) b 2, v k 2, S r 2.
    return {(rows * 7 * C + states) * kFloat, rows * C * N * 9};
}

OpCost costOf(const Readout &args, Device &)
{
    const double C = static_cast<double>(args.heads) * args.headSize, rows = args.tokens;
    const bool hasOffset = args.offset.data != nullptr;
    const double moved = 2 + (args.rK ? 3 : 0) + (args.g ? 1 : 0);
    const double vectors =
        (args.gain ? 2 : 0) + (args.rK ? 1 : 0) + (hasOffset ? static_cast<double>(args.batch.seqs) : 0);
    const double each =
        (args.gain ? kNormFlops : 1) + (args.rK ? 5 : 0) + (args.g ? 1 : 0) + (hasOffset ? 2 : 0);
    return {(rows * moved + vectors) * C * kFloat, rows * C * each};
}

OpCost costOf(const ReluFfn &args, Device &device)
{
    const double rows = args.rows, C = args.key.cols, F = args.key.rows;
    OpCost cost = productOf(args.key, rows, device);
    cost += productOf(args.value, rows, device);
    cost.bytes += rows * 3 * C * kFloat; // x, and y is read and written
    if (args.receptance) {
        cost += productOf(args.receptance, rows, device);
        cost.bytes += rows * C * kFloat;
    }
    if (args.hiddenGate) cost.bytes += rows * F * kFloat;
    return cost;
}

OpCost costOf(const Sample &args, Device &)
{
    const double numbers = static_cast<double>(args.rows) * static_cast<double>(args.logits.dims[1]);
    return {numbers * kFloat, 2 * numbers};
}

OpCost costOf(const MixDynamic &args, Device &device)
{
    const double rows = args.rows, C = args.a.cols;
    OpCost cost = productOf(args.a, rows, device);
    for (int m = 0; m < args.mixes; ++m)
        cost += productOf(args.b[m], rows, device);
    cost.bytes += (rows * (3 + args.mixes) + args.mixes) * C * kFloat;
    return cost;
}

OpCost costOf(const Wkv4 &args, Device &)
{
    const auto C = static_cast<double>(args.k.dims[1]);
    const double rows = args.batch.tokens;
    constexpr double kEach = 24; // the two maxima and four exponentials with what is around them
    return {(rows * 4 + 2 + 6.0 * args.batch.seqs) * C * kFloat, rows * C * kEach};
}

OpCost costOf(const Wkv6 &args, Device &)
{
    const double N = args.headSize, C = args.heads * N;
    const double rows = args.batch.tokens, states = 2.0 * args.batch.seqs * C * N;
    const double decays = args.w.rank == 3 ? rows : 1, bonus = args.isGated ? 0 : 1;
    // A number of the state: k v 1, decay and sum 2, S r 2; with a bonus u k v + S 2.
    return {((rows * 4 + decays + bonus) * C + states) * kFloat, rows * C * N * (5 + 2 * bonus)};
}

OpCost costOf(const RowProduct &args, Device &)
{
    return {(floatsOf(args.p) + floatsOf(args.matrix) + floatsOf(args.q)) * kFloat,
            2 * floatsOf(args.matrix)};
}

OpCost costOf(const GatedFfn &args, Device &device)
{
    OpCost cost = productOf(args.gate, args.rows, device);
    cost += productOf(args.up, args.rows, device);
    cost += productOf(args.down, args.rows, device);
    cost.bytes += 3.0 * args.rows * args.gate.cols * kFloat;
    return cost;
}

OpCost costOf(const KeyValueHeads &args, Device &)
{
    const double rows = args.batch.tokens, N = args.headSize;
    const double C = args.heads * N, G = args.keyHeads * N;
    const bool isTurned = args.theta > 0;
    const bool changesR = args.rNorm || isTurned, changesK = args.kNorm || isTurned || args.kMix;
    const double read = (changesR ? C : 0) + 2 * G + (args.vMix ? 2 * G : 0) + (args.kMix ? 2 * G : 0);
    const bool storesV = args.firstLayer && args.vFirst, storesK = args.firstLayer && args.kFirst;
    const double written = (changesR ? C : 0) + (changesK ? G : 0) + (args.vMix ? G : 0) + (storesV ? G : 0) +
                           (storesK ? G : 0) + (args.kOut ? C : 0) + (args.vOut ? C : 0);
    const double vectors = (args.rNorm ? N : 0) + (args.kNorm ? N : 0);
    const double positions = isTurned ? 2.0 * args.batch.seqs : 0;
    const double flops = (args.rNorm ? 4 * C : 0) + (args.kNorm ? 4 * G : 0) + (isTurned ? 3 * (C + G) : 0) +
                         (args.vMix ? 3 * G : 0) + (args.kMix ? 3 * G : 0);
    return {(rows * (read + written) + vectors + positions) * kFloat, rows * flops};
}

OpCost costOf(const Attention &args, Device &device)
{
    const auto seqs = static_cast<std::size_t>(args.batch.seqs);
    std::vector<std::int32_t> start(seqs + 1), slot(seqs);
    std::vector<float> position(seqs);
    device.download(start.data(), args.batch.start, start.size() * sizeof(std::int32_t));
    device.download(slot.data(), args.batch.slot, slot.size() * sizeof(std::int32_t));
    device.sync();
    for (std::size_t i = 0; i < seqs; ++i)
        device.download(&position[i], args.position.slot(slot[i]), sizeof(float));
    device.sync();
    double kept = 0, pairs = 0; // rows of keys that a sequence needs; queries times keys
    for (std::size_t i = 0; i < seqs; ++i) {
        const double rows = start[i + 1] - start[i], before = static_cast<double>(position[i]);
        const double context = args.context;
        kept += std::min(before, context - 1);
        for (double t = before; t < before + rows; ++t)
            pairs += std::min(t + 1, context);
    }
    const double rows = args.batch.tokens, N = args.headSize;
    const double C = args.heads * N, G = args.keyHeads * N;
    // q and y; k and v are read and kept; of what was kept before, keys and values are read.
    return {(rows * (2 * C + 4 * G) + kept * 2 * G + 2.0 * args.batch.seqs) * kFloat, pairs * C * 4};
}

OpCost costOf(const MixLogits &args, Device &)
{
    const auto V = static_cast<double>(args.logits.dims[1]);
    double voices = 0;
    for (int m = 0; m < args.mixes; ++m)
        voices += args.mix[m].voices;
    return {(voices + args.mixes) * V * kFloat, 2 * voices * V};
}

OpCost costOf(const Mole &args, Device &device)
{
    const double rows = args.rows, C = args.key.cols;
    OpCost cost = productOf(args.key, rows, device);
    cost += productOf(args.value, rows, device);
    if (args.router) cost += productOf(args.router, rows, device);
    OpCost experts;
    for (int e = 0; e < args.experts; ++e)
        for (const Weight &w :
             {args.expert[e].keyA, args.expert[e].keyB, args.expert[e].valueA, args.expert[e].valueB})
            experts += productOf(w, 1, device);
    // Which are chosen is not known: as many as rows can choose, of their average size.
    const double chosen = rows * args.active, touched = std::min<double>(args.experts, chosen);
    const double each = 1.0 / std::max(args.experts, 1);
    cost += {experts.bytes * touched * each + 3 * rows * C * kFloat, experts.flops * chosen * each};
    return cost;
}

} // namespace kernels
