#include "engine/event_queue.h"

#include "engine/engine.h"

#include <exception>
#include <iterator>
#include <utility>

namespace engine
{

EventQueue::EventQueue(Sink sink)
    : m_sink(std::move(sink))
    , m_thread([this] { deliverAll(); })
{
}

EventQueue::~EventQueue() { close(); }

void EventQueue::close()
{
    {
        const std::lock_guard lock(m_mutex);
        m_closed = true;
    }
    m_changed.notify_one();
    if (m_thread.joinable()) m_thread.join();
}

void EventQueue::post(Event event)
{
    {
        const std::lock_guard lock(m_mutex);
        m_waiting.push_back(std::move(event));
    }
    m_changed.notify_one();
}

void EventQueue::post(std::vector<Event> &events)
{
    if (events.empty()) return;
    {
        const std::lock_guard lock(m_mutex);
        std::move(events.begin(), events.end(), std::back_inserter(m_waiting));
    }
    events.clear();
    m_changed.notify_one();
}

void EventQueue::deliverAll()
{
    std::vector<Event> taken;
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_changed.wait(lock, [this] { return m_closed || !m_waiting.empty(); });
        if (m_waiting.empty()) return;
        taken.swap(m_waiting);
        lock.unlock();
        for (const Event &event : taken) {
            try {
                if (m_sink) m_sink(event);
            } catch (const std::exception &e) {
                log(4, "engine", std::string("the event sink threw: ") + e.what());
            } catch (...) {
                log(4, "engine", "the event sink threw");
            }
        }
        taken.clear();
        lock.lock();
    }
}

} // namespace engine
