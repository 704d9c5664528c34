#pragma once

// Collects an engine's events and waits for them.

#include "engine/events.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

namespace support
{

/// True for the events that end a job.
inline bool isTerminal(const engine::Event &event)
{
    return !std::visit(
        [](const auto &e) {
            using E = std::decay_t<decltype(e)>;
            namespace ev = engine::event;
            return std::is_same_v<E, ev::LoadProgress> || std::is_same_v<E, ev::Started> ||
                   std::is_same_v<E, ev::PromptProgress> || std::is_same_v<E, ev::TokenChunk> ||
                   std::is_same_v<E, ev::ModelFound> || std::is_same_v<E, ev::BenchProgress> ||
                   std::is_same_v<E, ev::ConvertProgress> || std::is_same_v<E, ev::QualityProgress> ||
                   std::is_same_v<E, ev::ExtraFound>;
        },
        event);
}

/// Thread-safe.
class EventRecorder final
{
public:
    void record(const engine::Event &event)
    {
        std::function<void(const engine::Event &)> also;
        {
            const std::lock_guard lock(m_mutex);
            m_events.push_back(event);
            if (isTerminal(event)) ++m_ends[engine::jobOf(event)];
            also = onEvent;
        }
        m_changed.notify_all();
        if (also) also(event);
    }
    auto sink()
    {
        return [this](const engine::Event &event) { record(event); };
    }

    /// Forgets what was, so that memory can be compared.
    void clear()
    {
        const std::lock_guard lock(m_mutex);
        m_events = {};
        m_ends = {};
    }

    /// Waits until the job has ended; false after a generous while.
    bool waitForEnd(engine::JobId job)
    {
        return waitFor([this, job] { return m_ends.count(job) > 0; });
    }
    /// Waits until so many events of a kind of one job are there.
    template <typename E>
    bool waitForEvents(engine::JobId job, std::size_t count)
    {
        return waitFor([&] { return matching<E>(job).size() >= count; });
    }

    /// The only event of its kind of a job; a default one if there is none.
    template <typename E>
    E one(engine::JobId job)
    {
        const std::lock_guard lock(m_mutex);
        const auto found = matching<E>(job);
        return found.empty() ? E{} : found.front();
    }
    template <typename E>
    bool has(engine::JobId job)
    {
        const std::lock_guard lock(m_mutex);
        return !matching<E>(job).empty();
    }
    template <typename E>
    std::vector<E> all(engine::JobId job)
    {
        const std::lock_guard lock(m_mutex);
        return matching<E>(job);
    }
    /// How many terminal events each job has.
    std::map<engine::JobId, int> ends()
    {
        const std::lock_guard lock(m_mutex);
        return m_ends;
    }
    std::vector<engine::Event> events()
    {
        const std::lock_guard lock(m_mutex);
        return m_events;
    }
    /// The text of a generation, without its thinking or only that.
    std::string text(engine::JobId job, bool thinking = false)
    {
        std::string text;
        for (const auto &chunk : all<engine::event::TokenChunk>(job))
            text += chunk.thinking == thinking ? chunk.text : std::string();
        return text;
    }
    std::vector<int> tokens(engine::JobId job)
    {
        std::vector<int> tokens;
        for (const auto &chunk : all<engine::event::TokenChunk>(job))
            for (const auto &token : chunk.tokens)
                tokens.push_back(token.token);
        return tokens;
    }

    std::function<void(const engine::Event &)> onEvent; ///< set before events come

private:
    template <typename E>
    std::vector<E> matching(engine::JobId job) const
    {
        std::vector<E> found;
        for (const engine::Event &event : m_events) {
            if (std::holds_alternative<E>(event) && engine::jobOf(event) == job)
                found.push_back(std::get<E>(event));
        }
        return found;
    }
    template <typename P>
    bool waitFor(P predicate)
    {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, std::chrono::seconds(60), predicate);
    }

    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<engine::Event> m_events;
    std::map<engine::JobId, int> m_ends;
};

} // namespace support
