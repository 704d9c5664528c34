// What a card can do at most: its memory by copies, its arithmetic by chains of multiply-adds.

#include "kernels/gpu/gpu_device.h"
#include "kernels/gpu/reduce.h"

#include <algorithm>
#include <chrono>

namespace kernels::gpu
{

namespace
{

constexpr std::size_t kMostBytes = std::size_t{1} << 29; ///< that are copied
constexpr unsigned kBlocks = 1024;
constexpr int kChains = 8;           ///< of a thread, independent of each other
constexpr int kMostRounds = 1 << 18; ///< some 20 ms of the fastest cards
constexpr int kRepeats = 8;
constexpr double kEnoughSeconds = 0.01; ///< against which starting a kernel is nothing

GPU_KERNEL void GPU_BOUNDS(kBlock) multiplyAdds(float *out, int rounds, float factor)
{
    float chain[kChains];
    GPU_UNROLL for (int c = 0; c < kChains; ++c) chain[c] = static_cast<float>(c);
    for (int i = 0; i < rounds; ++i) {
        GPU_UNROLL for (int c = 0; c < kChains; ++c) chain[c] = fmaf(chain[c], factor, 0.001F);
    }
    float sum = 0;
    GPU_UNROLL for (int c = 0; c < kChains; ++c) sum += chain[c];
    if (sum == factor) out[threadIndex()] = sum; // never, but the compiler cannot know
}

} // namespace

template <class Work>
double GpuDevice::shortest(const Work &work)
{
    using Clock = std::chrono::steady_clock;
    double best = 1e30;
    for (int i = 0; i < kRepeats; ++i) {
        sync();
        const auto begin = Clock::now();
        work();
        sync();
        best = std::min(best, std::chrono::duration<double>(Clock::now() - begin).count());
        if (best > 1) break; // an emulated card
    }
    return best;
}

MachineSpeed GpuDevice::measureSpeed()
{
    MachineSpeed speed;
    speed.cacheBytes = cacheBytes(m_index);
    const std::size_t bytes = std::min(kMostBytes, memory().freeBytes / 4);
    auto *memory = static_cast<std::byte *>(alloc(bytes));
    if (!memory) return speed;
    zero(memory, bytes);
    const std::size_t half = bytes / 2;
    speed.readBytesPerSecond =
        2 * static_cast<double>(half) / shortest([&] { copy(memory + half, memory, half); });
    double seconds = 0;
    int rounds = 1;
    for (; rounds < kMostRounds && seconds < kEnoughSeconds; rounds *= 4)
        seconds = shortest([&] {
            run({kBlocks, 1, 1, kBlock}, multiplyAdds, reinterpret_cast<float *>(memory), 4 * rounds, 0.999F);
        });
    const double done = 2.0 * kBlocks * kBlock * kChains * rounds;
    free(memory);
    if (m_status != Status::Ok) return {};
    speed.fp32Flops = speed.bf16Flops = done / seconds;
    return speed;
}

} // namespace kernels::gpu
