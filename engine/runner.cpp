#include "engine/runner.h"

#include <utility>

namespace engine
{

Runner::Runner(const EngineOptions &options, EventQueue &events, HeldStates &states, Claim claim,
               WriteState write)
    : m_maxQueued(static_cast<std::size_t>(std::max(0, options.maxQueued)))
    , m_events(events)
    , m_states(states)
    , m_claim(std::move(claim))
    , m_write(std::move(write))
    , m_cache(options.cacheBytes)
    , m_thread([this] { run(); })
{
}

Runner::~Runner() { close(); }

bool Runner::post(Command command)
{
    {
        const std::lock_guard lock(m_doorMutex);
        if (m_closed) return false;
        m_commands.push_back(std::move(command));
    }
    m_door.notify_one();
    return true;
}

void Runner::close()
{
    {
        const std::lock_guard lock(m_doorMutex);
        m_closed = true;
    }
    m_door.notify_one();
    if (m_thread.joinable()) m_thread.join();
}

std::shared_ptr<const ModelFacts> Runner::facts() const
{
    const std::lock_guard lock(m_windowMutex);
    return m_facts;
}

Snapshot Runner::snapshot() const
{
    {
        // The device may only be asked on the runner thread: it does so now, for the next snapshot.
        const std::lock_guard lock(m_doorMutex);
        m_refreshMemory = true;
    }
    m_door.notify_one();
    const std::lock_guard lock(m_windowMutex);
    return m_published;
}

void Runner::run()
{
    std::vector<Command> taken;
    for (;;) {
        bool refresh = false;
        bool closed = false;
        {
            std::unique_lock lock(m_doorMutex);
            m_door.wait(lock,
                        [&] { return m_closed || !m_commands.empty() || m_refreshMemory || hasWork(); });
            taken.swap(m_commands);
            refresh = std::exchange(m_refreshMemory, false);
            closed = m_closed;
        }
        for (Command &command : taken)
            closed ? refuse(command) : handle(command);
        taken.clear();
        if (closed) break;
        if (hasWork()) step();
        publish(refresh);
        m_events.post(m_told);
    }
    cancelAll();
    dropModel();
    publish(false);
    m_events.post(m_told);
}

/// Shows the figures of this moment. Before the events go out: who is told that a model is loaded can use it.
void Runner::publish(bool refreshMemory)
{
    int reading = 0, requests = 0;
    for (const auto &request : m_running) {
        requests += request->leader ? 0 : 1;
        reading += !request->leader && (request->phase == Request::Phase::Ready || isReading(*request));
    }
    const auto facts = m_session ? m_session->facts() : nullptr;
    const bool changed = facts != m_facts; // only this thread writes it
    const bool refresh = m_session && (refreshMemory || changed);
    const MemoryUse memory = refresh ? m_session->memory() : MemoryUse();
    std::vector<MemoryUse> memoryByDevice = refresh ? m_session->memoryByDevice() : std::vector<MemoryUse>();

    const std::lock_guard lock(m_windowMutex);
    Snapshot &shown = m_published;
    if (changed) {
        m_facts = facts;
        shown.loaded = facts != nullptr;
        shown.model = facts ? facts->info.name : std::string();
        shown.strategy = facts ? facts->strategy : std::string();
        shown.adapters = facts ? facts->adapters : std::vector<AdapterUse>();
        shown.slots = facts ? facts->slots : 0;
        if (!facts) {
            shown.memory = {};
            shown.memoryByDevice.clear();
        }
    }
    if (refresh) {
        shown.memory = memory;
        shown.memoryByDevice = std::move(memoryByDevice);
    }
    shown.memory.cache = m_cache.usedBytes();
    shown.reading = reading;
    shown.generating = requests - reading;
    shown.usedSlots = static_cast<int>(m_running.size());
    shown.queued = static_cast<int>(m_waiting.size());
    shown.generatedTokens = m_generatedTokens;
    shown.promptTokens = m_promptTokens;
    shown.cachedTokens = m_cachedTokens;
    shown.steps = m_steps;
}

} // namespace engine
