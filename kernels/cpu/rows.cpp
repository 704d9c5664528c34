// The ops that go over rows, tokens and heads: embed, normMix, prepare7, wkv7, readout.

#include "kernels/cpu/cpu_device.h"

#include <algorithm>

namespace kernels::cpu
{

namespace
{

/// Rows of `width` numbers that are worth waking a thread for (some 10 microseconds of work).
int grainOf(std::int64_t width)
{
    return static_cast<int>(std::max<std::int64_t>(1, 8192 / std::max<std::int64_t>(width, 1)));
}

} // namespace

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

void CpuDevice::wkv7(const Wkv7 &args)
{
    m_parallel.forEach(args.batch.seqs * args.heads,
                       [&](int unit, int) { m_path.wkv7(args, unit / args.heads, unit % args.heads); });
}

void CpuDevice::readout(const Readout &args)
{
    const int grain = grainOf(std::int64_t{args.heads} * args.headSize);
    ranges(args.tokens, grain, [&](int first, int last) { m_path.readout(args, first, last); });
}

} // namespace kernels::cpu
