#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <pthread.h>
#include <signal.h>
#include <thread>

namespace cli
{

/// Turns Ctrl-C, SIGTERM and SIGHUP into calls on a thread of its own. The first one asks the running work to
/// stop; a second one, while the first still stands, ends the program at once with kInterrupted. SIGPIPE is
/// ignored. Make it before any other thread is started: threads inherit the blocked signals.
class Interrupts final
{
public:
    Interrupts();
    ~Interrupts();
    Interrupts(const Interrupts &) = delete;
    Interrupts &operator=(const Interrupts &) = delete;

    /// Called on the signal thread at each first interrupt; empty = nobody. After the return no call to the
    /// former handler runs any more.
    void setHandler(std::function<void()> handler);

    bool pending() const { return m_pending; }
    /// The interrupt was dealt with; the next one is a first one again.
    void clear();
    /// Something else than Ctrl-C: the program was asked to end.
    bool mustEnd() const { return m_mustEnd; }
    /// Readable while an interrupt is pending; for poll().
    int descriptor() const { return m_wakeUp; }

private:
    void wait();
    void interrupted(int signal);

    sigset_t m_signals;
    int m_wakeUp = -1;
    std::atomic<bool> m_pending = false;
    std::atomic<bool> m_mustEnd = false;
    std::mutex m_mutex;
    std::function<void()> m_handler; // guarded by m_mutex
    std::thread m_thread;
};

} // namespace cli
