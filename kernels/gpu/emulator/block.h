#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <string>

namespace kernels::gpu::emulator
{

/// Sizes and places in up to three dimensions, as cards have them.
struct Dim3 {
    unsigned x = 1, y = 1, z = 1;
    unsigned count() const { return x * y * z; }
};

/// In which order the threads of a block, and the blocks of a grid, get their turns.
enum class Order : std::uint8_t { Forward, Reversed, Shuffled };

/// How a card behaves where cards differ.
struct Behaviour {
    int warp = 32; ///< lanes that move together: 32 or 64
    Order order = Order::Forward;
};

/// What a running thread asks about itself.
struct Place {
    Dim3 thread{0, 0, 0}, block{0, 0, 0}, blockSize, gridSize;
};
inline thread_local Place place;

/// Runs a kernel: every block of the grid one after the other on this OS thread, every thread of a block as a
/// fiber. Returns what the kernel did wrong, or nothing: a barrier or a shuffle that some threads of the
/// block or lanes of the warp did not reach, a shuffle wider than a warp. What it wrote until then stays.
std::string runGrid(const Behaviour &behaviour, Dim3 grid, Dim3 block, const std::function<void()> &kernel);

// Called by kernels.

/// Waits until every thread of the block is here.
void waitForBlock();
/// Waits until every lane of the warp is here, each with a number; returns that of `lane` within the group of
/// `width` lanes that this thread belongs to.
std::uint64_t exchange(std::uint64_t value, unsigned lane, unsigned width);
/// This thread's place within such a group.
unsigned laneOf(unsigned width);

template <class T>
T exchanged(T value, unsigned lane, unsigned width)
{
    static_assert(sizeof(T) <= sizeof(std::uint64_t));
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof value);
    bits = exchange(bits, lane, width);
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

} // namespace kernels::gpu::emulator
