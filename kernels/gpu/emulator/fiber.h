#pragma once

#include <cstddef>
#include <memory>

namespace kernels::gpu::emulator
{

/// A stack on which a function runs in pieces: until it gives way, and on from there when it is resumed.
/// Thread: the one that started it; it never moves to another.
class Fiber final
{
public:
    Fiber();
    ~Fiber();
    Fiber(const Fiber &) = delete;
    Fiber &operator=(const Fiber &) = delete;

    /// The next resume() begins entry(argument); it gives way for the last time by returning. A function that
    /// had not returned is forgotten without destructors.
    void start(void (*entry)(void *), void *argument);
    /// Runs until the fiber gives way.
    void resume();
    /// Called on the fiber: goes back to who resumed it.
    void giveWay();

private:
    struct Context;
    std::unique_ptr<Context> m_context;
};

} // namespace kernels::gpu::emulator
