#pragma once

// What the sanitizers must be told about stacks that are switched; nothing in other builds.

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#elif defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

/// For functions that are entered on one stack and left on another: the thread sanitizer counts both.
#if defined(__SANITIZE_THREAD__)
#define ROOKERY_UNCOUNTED __attribute__((no_sanitize("thread")))
#else
#define ROOKERY_UNCOUNTED
#endif

namespace kernels::gpu::emulator
{

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t kStackBytes = std::size_t{256} << 10; ///< instrumented functions take more of it
#else
constexpr std::size_t kStackBytes = std::size_t{64} << 10;
#endif

/// A fiber's two stacks, its own and that of who resumed it, as a sanitizer knows them.
class Announced final
{
public:
#if defined(__SANITIZE_ADDRESS__)
    /// The function on `stack` was forgotten: nothing of its frames is forbidden any more.
    void begin(void *stack)
    {
        m_stack = stack;
        m_own = nullptr;
        __asan_unpoison_memory_region(stack, kStackBytes);
    }
    void beforeResume() { __sanitizer_start_switch_fiber(&m_caller, m_stack, kStackBytes); }
    void afterResume() { __sanitizer_finish_switch_fiber(m_caller, nullptr, nullptr); }
    void beforeGiveWay() { __sanitizer_start_switch_fiber(&m_own, m_callerStack, m_callerBytes); }
    void afterGiveWay() { __sanitizer_finish_switch_fiber(m_own, &m_callerStack, &m_callerBytes); }

private:
    void *m_stack = nullptr, *m_own = nullptr, *m_caller = nullptr;
    const void *m_callerStack = nullptr;
    std::size_t m_callerBytes = 0;
#elif defined(__SANITIZE_THREAD__)
    Announced() = default;
    ~Announced() { end(); }
    Announced(const Announced &) = delete;
    Announced &operator=(const Announced &) = delete;
    void begin(void *)
    {
        end();
        m_own = __tsan_create_fiber(0);
    }
    ROOKERY_UNCOUNTED void beforeResume()
    {
        m_caller = __tsan_get_current_fiber();
        __tsan_switch_to_fiber(m_own, 0);
    }
    ROOKERY_UNCOUNTED void afterResume() {}
    ROOKERY_UNCOUNTED void beforeGiveWay() { __tsan_switch_to_fiber(m_caller, 0); }
    ROOKERY_UNCOUNTED void afterGiveWay() {}

private:
    void end()
    {
        if (m_own) __tsan_destroy_fiber(m_own);
        m_own = nullptr;
    }
    void *m_own = nullptr, *m_caller = nullptr;
#else
    void begin(void *) {}
    void beforeResume() {}
    void afterResume() {}
    void beforeGiveWay() {}
    void afterGiveWay() {}
#endif
};

} // namespace kernels::gpu::emulator
