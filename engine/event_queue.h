#pragma once

#include "engine/events.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace engine
{

/// Hands events to the client from one thread of its own, one at a time and in the order they were posted. No
/// lock is held while the client's function runs, so that it may call commands. Thread-safe.
class EventQueue final
{
public:
    using Sink = std::function<void(const Event &)>;

    /// An empty sink is allowed: events are then dropped.
    explicit EventQueue(Sink sink);
    /// As close().
    ~EventQueue();
    EventQueue(const EventQueue &) = delete;
    EventQueue &operator=(const EventQueue &) = delete;

    void post(Event event);
    /// Posts all and leaves the vector empty, with its memory.
    void post(std::vector<Event> &events);
    /// Delivers what still waits and joins; events posted later are dropped. Not from the sink.
    void close();

private:
    void deliverAll();

    const Sink m_sink;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<Event> m_waiting; ///< guarded by m_mutex
    bool m_closed = false;        ///< guarded by m_mutex
    std::thread m_thread;
};

} // namespace engine
