#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace engine
{

/// A few threads for work that waits for disks or takes long. Jobs run in the order they were posted and get
/// copies of all they need. Thread-safe.
class ThreadPool final
{
public:
    /// Must not throw. The token tells it to give up early; a job whose token is already stopped still runs,
    /// so that it can tell its client.
    using Job = std::function<void(std::stop_token)>;

    explicit ThreadPool(int threads);
    /// As close().
    ~ThreadPool();
    ThreadPool(const ThreadPool &) = delete;
    ThreadPool &operator=(const ThreadPool &) = delete;

    /// False once the pool is closed: the job will not run.
    bool post(Job job, std::stop_token stop);
    /// Takes no more jobs, runs those that wait and joins. Whoever calls it stops their tokens first.
    void close();

private:
    struct Posted {
        Job job;
        std::stop_token stop;
    };

    void work();

    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Posted> m_waiting; ///< guarded by m_mutex
    bool m_closed = false;        ///< guarded by m_mutex
    std::vector<std::jthread> m_threads;
};

} // namespace engine
