#include "engine/thread_pool.h"

#include <utility>

namespace engine
{

ThreadPool::ThreadPool(int threads)
{
    for (int i = 0; i < threads; ++i)
        m_threads.emplace_back([this] { work(); });
}

ThreadPool::~ThreadPool() { close(); }

bool ThreadPool::post(Job job, std::stop_token stop)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_closed) return false;
        m_waiting.push_back({std::move(job), std::move(stop)});
    }
    m_changed.notify_one();
    return true;
}

void ThreadPool::close()
{
    {
        const std::lock_guard lock(m_mutex);
        m_closed = true;
    }
    m_changed.notify_all();
    m_threads.clear();
}

void ThreadPool::work()
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_changed.wait(lock, [this] { return m_closed || !m_waiting.empty(); });
        if (m_waiting.empty()) return;
        Posted next = std::move(m_waiting.front());
        m_waiting.pop_front();
        lock.unlock();
        next.job(next.stop);
        next = {}; // what the job captured is freed before the lock is taken again
        lock.lock();
    }
}

} // namespace engine
