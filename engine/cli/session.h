#pragma once

#include "engine/engine.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <variant>

namespace cli
{

class Interrupts;
class Printer;

/// An engine whose events are waited for: commands of the program run one after the other on one thread.
/// An interrupt cancels every job that is waited for.
class Session final
{
public:
    using Observer = std::function<void(const engine::Event &)>;

    Session(engine::EngineOptions options, Printer &printer, Interrupts &interrupts);
    ~Session();
    Session(const Session &) = delete;
    Session &operator=(const Session &) = delete;

    engine::Engine &engine() { return *m_engine; }

    /// Names a job that next() and wait() look at; others' events are dropped. Cancels it if already
    /// interrupted.
    void watch(engine::JobId job);
    /// The next event of any watched job; terminal events end the watch.
    engine::Event next();
    /// Watches `job` until its terminal event, which is returned; `observer` sees the events before.
    engine::Event wait(engine::JobId job, const Observer &observer = {});

    /// wait() for a certain terminal event. Throws engine::Error where the job failed, Interrupted where the
    /// user stopped it.
    template <class T>
    T expect(engine::JobId job, const Observer &observer = {});

    /// Loads with progress on the terminal. Throws engine::Error, Interrupted.
    engine::event::ModelLoaded load(engine::LoadSpec spec);

private:
    void receive(const engine::Event &event); // engine threads
    void cancelAll();                         // signal thread
    [[noreturn]] static void raise(const engine::Event &event);

    Printer &m_printer;
    Interrupts &m_interrupts;
    std::mutex m_mutex;
    std::condition_variable m_arrived;
    std::deque<engine::Event> m_events; // guarded by m_mutex
    std::set<engine::JobId> m_watched;  // guarded by m_mutex
    std::unique_ptr<engine::Engine> m_engine;
};

bool isTerminal(const engine::Event &event);

template <class T>
T Session::expect(engine::JobId job, const Observer &observer)
{
    engine::Event end = wait(job, observer);
    if (auto *wanted = std::get_if<T>(&end)) return std::move(*wanted);
    raise(end);
}

} // namespace cli
