#pragma once

#include "engine/engine.h"

#include <functional>
#include <unordered_map>

namespace server
{

/// Whether an event ends its job.
bool isTerminal(const engine::Event &event);

/// Brings the events of the engine's jobs to those who wait for them. Thread: the server's.
class Jobs final
{
public:
    using Handler = std::function<void(const engine::Event &)>;

    /// All events of `job` go to `handler`, to the terminal one. It must not throw.
    void watch(engine::JobId job, Handler handler) { m_handlers[job] = std::move(handler); }
    /// False: nobody waits for it.
    bool deliver(const engine::Event &event);
    std::size_t size() const { return m_handlers.size(); }

private:
    std::unordered_map<engine::JobId, Handler> m_handlers;
};

} // namespace server
