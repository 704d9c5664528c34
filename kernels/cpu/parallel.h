#pragma once

#include <pthread.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <vector>

namespace kernels::cpu
{

/// Worker threads of a CPU device. The caller works too. Workers that find nothing to do spin for a few
/// microseconds and then sleep, and nobody waits for a worker that has taken no index, so that sharing the
/// processors with other programs costs little. Thread: one at a time.
class Parallel
{
public:
    /// Starts `threads - 1` workers, or as many as the system grants.
    explicit Parallel(int threads);
    ~Parallel();
    Parallel(const Parallel &) = delete;
    Parallel &operator=(const Parallel &) = delete;

    int threads() const { return static_cast<int>(m_workers.size()) + 1; }

    /// Calls body(index, worker) for every index in 0 .. count - 1, in any order and on any thread, and
    /// returns when all are done. `worker` is below threads(); no two calls run at once with the same one.
    /// Must not nest.
    template <class Body>
    void forEach(int count, const Body &body)
    {
        run(
            count,
            [](const void *context, int index, int worker) {
                (*static_cast<const Body *>(context))(index, worker);
            },
            &body);
    }

private:
    using Call = void (*)(const void *context, int index, int worker);
    struct Worker {
        Parallel *pool;
        int number;
        pthread_t thread;
    };

    void run(int count, Call call, const void *context);
    void work(int worker);
    void workerLoop(int worker);
    bool hasTickets() const { return static_cast<std::uint32_t>(m_tickets.load()) != 0; }

    std::vector<Worker> m_workers; // constant after construction

    // The job at hand: written before its tickets appear, read only by holders of a ticket.
    Call m_call = nullptr;
    const void *m_context = nullptr;
    int m_count = 0;

    /// Upper half: number of the job. Lower half: indices nobody has taken yet.
    alignas(64) std::atomic<std::uint64_t> m_tickets{0};
    alignas(64) std::atomic<int> m_unfinished{0};
    std::atomic<bool> m_stop{false};
    std::atomic<int> m_asleep{0};
    std::atomic<bool> m_callerAsleep{false};
    std::mutex m_mutex; ///< held to fall asleep and to wake
    std::condition_variable m_wake, m_done;
};

} // namespace kernels::cpu
