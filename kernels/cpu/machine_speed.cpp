// What the processor can do at most.

#include "kernels/cpu/cpu_device.h"
#include "kernels/cpu/open_cpu.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <vector>

namespace kernels::cpu
{

namespace
{

using Clock = std::chrono::steady_clock;

constexpr std::size_t kReadBytes = std::size_t{512} << 20; ///< at most
// Many short repeats: on a shared machine some of them run undisturbed.
constexpr int kReadRepeats = 16;
constexpr int kFlopRepeats = 60;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// The best of a few repeats: other programs only ever make a repeat slower.
template <class Repeat>
double shortest(int repeats, const Repeat &repeat)
{
    double best = 1e30;
    for (int i = 0; i < repeats; ++i) {
        const auto start = Clock::now();
        repeat();
        best = std::min(best, secondsSince(start));
    }
    return best;
}

double measureRead(Device &device, Parallel &parallel, const Path &path)
{
    std::size_t bytes =
        std::min(kReadBytes, device.memory().freeBytes / 4) / (std::size_t{1} << 20) * (std::size_t{1} << 20);
    auto *memory = static_cast<float *>(device.alloc(bytes));
    if (!memory || bytes == 0) {
        device.free(memory);
        return 0;
    }
    const int pieces = static_cast<int>(bytes >> 20);
    constexpr std::int64_t kFloats = (1 << 20) / sizeof(float);
    std::vector<float> sums(static_cast<std::size_t>(pieces));
    parallel.forEach(pieces, [&](int piece, int) { std::memset(memory + piece * kFloats, 1, 1 << 20); });
    const double seconds = shortest(kReadRepeats, [&] {
        parallel.forEach(pieces, [&](int piece, int) {
            sums[static_cast<std::size_t>(piece)] = path.readAll(memory + piece * kFloats, kFloats);
        });
    });
    device.free(memory);
    return static_cast<double>(bytes) / seconds;
}

/// Operations a second of `work`, which returns its multiply-adds.
template <class Work>
double measureFlops(Parallel &parallel, const Work &work)
{
    constexpr int kPieces = 16;
    std::vector<double> done(kPieces);
    const double seconds = shortest(kFlopRepeats, [&] {
        parallel.forEach(kPieces, [&](int piece, int) { done[static_cast<std::size_t>(piece)] = work(); });
    });
    double operations = 0;
    for (const double d : done)
        operations += 2 * d;
    return operations / seconds;
}

} // namespace

MachineSpeed CpuDevice::measureSpeed()
{
    MachineSpeed speed;
    speed.cacheBytes = lastCacheBytes();
    speed.readBytesPerSecond = measureRead(*this, m_parallel, m_path);
    speed.fp32Flops = measureFlops(m_parallel, [&] {
        float values[2] = {0.999F, 0.001F};
        return m_path.multiplyAdds(20000, values);
    });
    speed.bf16Flops = measureFlops(m_parallel, [&] {
        float values[2] = {0.999F, 0.001F};
        return m_path.bf16MultiplyAdds(20000, values);
    });
    return speed;
}

} // namespace kernels::cpu
