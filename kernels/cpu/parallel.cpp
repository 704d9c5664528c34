#include "kernels/cpu/parallel.h"

#include <algorithm>
#include <chrono>

namespace kernels::cpu
{

namespace
{

constexpr auto kSpin = std::chrono::microseconds(30);

void relax()
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

/// Waits for `ready` without giving up the processor, but not for long.
template <class Ready>
bool spinUntil(const Ready &ready)
{
    const auto end = std::chrono::steady_clock::now() + kSpin;
    do {
        for (int i = 0; i < 32; ++i) {
            if (ready()) return true;
            relax();
        }
    } while (std::chrono::steady_clock::now() < end);
    return false;
}

} // namespace

Parallel::Parallel(int threads)
{
    const int wanted = std::max(threads - 1, 0);
    m_workers.resize(static_cast<std::size_t>(wanted));
    int started = 0;
    for (; started < wanted; ++started) {
        Worker &worker = m_workers[static_cast<std::size_t>(started)];
        worker.pool = this;
        worker.number = started + 1;
        const auto entry = [](void *argument) -> void * {
            const auto *self = static_cast<const Worker *>(argument);
            self->pool->workerLoop(self->number);
            return nullptr;
        };
        if (pthread_create(&worker.thread, nullptr, entry, &worker) != 0) break;
    }
    m_workers.resize(static_cast<std::size_t>(started)); // shrinking moves nothing
}

Parallel::~Parallel()
{
    m_stop = true;
    {
        const std::lock_guard lock(m_mutex);
        m_wake.notify_all();
    }
    for (const Worker &worker : m_workers)
        pthread_join(worker.thread, nullptr);
}

void Parallel::run(int count, Call call, const void *context)
{
    if (count <= 1 || m_workers.empty()) {
        for (int i = 0; i < count; ++i)
            call(context, i, 0);
        return;
    }
    m_call = call;
    m_context = context;
    m_count = count;
    m_unfinished = count;
    m_tickets = ((m_tickets.load() >> 32) + 1) << 32 | static_cast<std::uint32_t>(count);
    if (m_asleep > 0) {
        const std::lock_guard lock(m_mutex);
        for (int i = 1; i < count && i <= threads(); ++i)
            m_wake.notify_one();
    }
    work(0);
    const auto isDone = [this] { return m_unfinished.load() == 0; };
    if (spinUntil(isDone)) return;
    std::unique_lock lock(m_mutex);
    m_callerAsleep = true;
    m_done.wait(lock, isDone);
    m_callerAsleep = false;
}

void Parallel::work(int worker)
{
    std::uint64_t seen = m_tickets.load();
    while (static_cast<std::uint32_t>(seen) != 0) {
        if (!m_tickets.compare_exchange_weak(seen, seen - 1)) continue;
        m_call(m_context, m_count - static_cast<int>(static_cast<std::uint32_t>(seen)), worker);
        if (m_unfinished.fetch_sub(1) == 1 && m_callerAsleep) {
            const std::lock_guard lock(m_mutex);
            m_done.notify_one();
        }
        seen = m_tickets.load();
    }
}

void Parallel::workerLoop(int worker)
{
    const auto isNeeded = [this] { return hasTickets() || m_stop; };
    while (!m_stop) {
        work(worker);
        if (spinUntil(isNeeded)) continue;
        std::unique_lock lock(m_mutex);
        ++m_asleep;
        m_wake.wait(lock, isNeeded);
        --m_asleep;
    }
}

} // namespace kernels::cpu
