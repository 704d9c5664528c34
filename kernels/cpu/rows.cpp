// The ops that go over rows, tokens, heads and channels: embed, normMix, prepare7, readout and the
// recurrences.

#include "kernels/cpu/cpu_device.h"

namespace kernels::cpu
{

void CpuDevice::embed(const Embed &args)
{
    const int rows = static_cast<int>(args.x.dims[0]);
    ranges(rows, grainOf(args.table.dims[1]), [&](int first, int last) { m_path.embed(args, first, last); });
}

void CpuDevice::normMix(const NormMix &args)
{
    const int grain = grainOf(args.x.dims[1]);
    const int rows = args.mixes == 0 && args.rows ? args.rowCount : args.batch.tokens;
    ranges(rows, grain, [&](int first, int last) { m_path.normMix(args, first, last); });
    if (args.mixes == 0) return;
    // Sequences that several ranges shared: now nobody reads their old shift any more.
    for (int s = 0; s < args.batch.seqs; ++s) {
        const int first = args.batch.start[s], last = args.batch.start[s + 1] - 1;
        if (first / grain != last / grain) m_path.normShift(args, s, s + 1);
    }
}

void CpuDevice::prepare7(const Prepare7 &args)
{
    const int grain = grainOf(std::int64_t{args.heads} * args.headSize);
    ranges(args.tokens, grain, [&](int first, int last) { m_path.prepare7(args, first, last); });
}

void CpuDevice::rowProduct(const RowProduct &args)
{
    const std::int64_t R = args.p.dims[1];
    ranges(static_cast<int>(args.p.dims[0]), grainOf(R * R),
           [&](int first, int last) { m_path.rowProduct(args, first, last); });
}

void CpuDevice::wkv4(const Wkv4 &args)
{
    constexpr int kChannels = 64; // each reads and writes whole cache lines
    const auto C = static_cast<int>(args.r.dims[1]);
    const int blocks = (C + kChannels - 1) / kChannels;
    m_parallel.forEach(args.batch.seqs * blocks, [&](int unit, int) {
        const int channel = unit % blocks * kChannels;
        m_path.wkv4(args, unit / blocks, channel, channel + kChannels < C ? channel + kChannels : C);
    });
}

void CpuDevice::wkv6(const Wkv6 &args)
{
    m_parallel.forEach(args.batch.seqs * args.heads,
                       [&](int unit, int) { m_path.wkv6(args, unit / args.heads, unit % args.heads); });
}

void CpuDevice::wkv7(const Wkv7 &args)
{
    m_parallel.forEach(args.batch.seqs * args.heads,
                       [&](int unit, int) { m_path.wkv7(args, unit / args.heads, unit % args.heads); });
}

namespace
{

/// The slots have read this step's tokens.
void countTokens(const Batch &batch, const StateView &position)
{
    for (int s = 0; s < batch.seqs; ++s)
        *position.slot(batch.slot[s]) += static_cast<float>(batch.start[s + 1] - batch.start[s]);
}

} // namespace

void CpuDevice::keyValueHeads(const KeyValueHeads &args)
{
    const int grain = grainOf(std::int64_t{args.heads} * args.headSize);
    ranges(args.batch.tokens, grain, [&](int first, int last) { m_path.keyValueHeads(args, first, last); });
    if (args.theta > 0) countTokens(args.batch, args.position);
}

void CpuDevice::attention(const Attention &args)
{
    m_parallel.forEach(args.batch.seqs * args.keyHeads, [&](int unit, int) {
        m_path.attention(args, unit / args.keyHeads, unit % args.keyHeads);
    });
    countTokens(args.batch, args.position);
}

void CpuDevice::readout(const Readout &args)
{
    const int grain = grainOf(std::int64_t{args.heads} * args.headSize);
    ranges(args.tokens, grain, [&](int first, int last) { m_path.readout(args, first, last); });
}

} // namespace kernels::cpu
