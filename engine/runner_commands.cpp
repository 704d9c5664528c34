// The runner's side of commands: each ends in one terminal event of its job, also when it throws.
#include "engine/event_error.h"
#include "engine/runner.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace engine
{

void Runner::handle(Command &command)
{
    std::visit(
        [this](auto &c) {
            try {
                obey(c);
            } catch (...) {
                const Error error = currentError();
                if constexpr (requires { c.job; })
                    m_told.push_back(event::Failed{c.job, error});
                else
                    log(3, "engine", error.message());
            }
        },
        command);
}

/// Answers a command that came too late.
void Runner::refuse(Command &command)
{
    std::visit(
        [this](auto &c) {
            using C = std::decay_t<decltype(c)>;
            constexpr bool isClaimed =
                std::is_same_v<C, command::Enqueue> || std::is_same_v<C, command::Install> ||
                std::is_same_v<C, command::SetAdapters> || std::is_same_v<C, command::CompareAdapter>;
            if constexpr (isClaimed || std::is_same_v<C, command::Unload> ||
                          std::is_same_v<C, command::SetGates> || std::is_same_v<C, command::CaptureState>)
                if (!isClaimed || m_claim(c.job)) m_told.push_back(event::Cancelled{c.job, {}, 0});
        },
        command);
}

const ModelFacts &Runner::requireModel() const
{
    if (!m_session) throw Error(ErrorCode::NoModel, "no model is loaded");
    return *m_session->facts();
}

void Runner::enqueue(std::unique_ptr<Request> request)
{
    const std::size_t room = m_maxQueued + static_cast<std::size_t>(m_session->pool().freeSlots());
    if (m_waiting.size() >= room)
        throw Error(ErrorCode::QueueFull,
                    "the queue is full: " + std::to_string(m_waiting.size()) + " requests wait already");
    m_waiting.push_back(std::move(request));
}

void Runner::obey(command::Enqueue &c)
{
    if (!m_claim(c.job)) return;
    if (m_session && c.facts->load == m_session->facts()->load) {
        // Adapters were set since: what it starts from is nothing that the weights of now have made.
        if (c.facts != m_session->facts())
            forVoices(*c.request, [](Request &r) { r.cacheable = r.cacheable && !r.from; });
        enqueue(std::move(c.request));
    } else if (m_lost) // it came with a model that is gone
        throw Error(*m_lost);
    else
        m_told.push_back(event::Cancelled{c.job, c.request->usage, 0});
}

void Runner::obey(command::Cancel &c)
{
    const auto isIt = [&](const auto &request) { return request->job == c.job; };
    const auto waiting = std::find_if(m_waiting.begin(), m_waiting.end(), isIt);
    if (waiting != m_waiting.end()) {
        cancel(**waiting, false);
        m_waiting.erase(waiting);
        return;
    }
    const auto running = std::find_if(m_running.begin(), m_running.end(), isIt);
    if (running != m_running.end()) {
        cancel(**running, true);
        sweep();
    }
}

void Runner::obey(command::Unload &c)
{
    log(2, "engine", "unloads " + requireModel().info.name);
    cancelAll();
    dropModel();
    m_told.push_back(event::ModelUnloaded{c.job});
}

void Runner::obey(command::Install &c)
{
    if (!m_claim(c.job)) return;
    cancelAll();
    dropModel();
    m_session = std::move(c.session);
    m_lost.reset();
    m_pace = StepPace(StepLimits::kMaxRows);
    const ModelFacts &facts = *m_session->facts();
    MemoryUse memory = m_session->memory();
    const std::chrono::duration<double> seconds = Request::Clock::now() - c.began;
    log(2, "engine",
        "loaded " + facts.info.name + " (" + facts.strategy + ", " + bytesText(memory.weights) +
            " of weights, " + std::to_string(facts.slots) + " slots) in " +
            millisecondsText(seconds.count()));
    m_told.push_back(
        event::ModelLoaded{c.job, facts.info, facts.strategy, memory, facts.slots, seconds.count()});
}

void Runner::obey(command::SetAdapters &c)
{
    if (!m_claim(c.job)) return;
    requireModel();
    bool isLost = false;
    try {
        m_session->setAdapters(std::move(c.stack), isLost);
    } catch (...) {
        if (isLost) { // neither the new weights nor the old ones
            lose(currentError());
        }
        throw;
    }
    // What was read with the former weights is nothing that the new ones would have made of it.
    m_cache.clear();
    for (const auto &request : m_running)
        request->cacheable = false;
    for (const auto &request : m_waiting)
        forVoices(*request, [](Request &r) { r.cacheable = r.cacheable && !r.from; });
    const std::chrono::duration<double> seconds = Request::Clock::now() - c.began;
    log(2, "engine",
        std::to_string(m_session->stack().size()) + " adapters set in " + millisecondsText(seconds.count()));
    event::AdaptersSet set{c.job, m_session->facts()->adapters, {}, seconds.count()};
    for (const auto &adapter : m_session->stack())
        for (std::string &warning : adapters::warnings(*adapter))
            set.warnings.push_back(std::move(warning));
    m_told.push_back(std::move(set));
}

void Runner::obey(command::CompareAdapter &c)
{
    if (!m_claim(c.job)) return;
    try {
        if (!m_session) throw Error(ErrorCode::NoModel, "no model is loaded that it could be compared with");
        m_session->checkAdapter(*c.adapter);
        c.info.fits = true;
    } catch (const Error &error) {
        c.info.problem = error.message();
        c.info.problemCode = error.code();
    }
    m_told.push_back(event::AdapterInspected{c.job, std::move(c.info)});
}

void Runner::obey(command::Remember &c)
{
    if (!m_session) return;
    requireFit(*c.state, *m_session->facts());
    m_cache.put(c.state->tokens, c.state->image, c.state->start);
}

/// The generation of that job. Throws Error(BadRequest) if none runs or waits.
Request &Runner::find(JobId generation)
{
    const auto isIt = [&](const auto &request) {
        return request->job == generation && request->kind == Request::Kind::Generate && !request->ended &&
               request->phase != Request::Phase::Closing;
    };
    const auto running = std::find_if(m_running.begin(), m_running.end(), isIt);
    if (running != m_running.end()) return **running;
    const auto waiting = std::find_if(m_waiting.begin(), m_waiting.end(), isIt);
    if (waiting != m_waiting.end()) return **waiting;
    throw Error(ErrorCode::BadRequest, "request: expected one that runs, found " +
                                           std::to_string(generation) + ", which has ended or never was");
}

void Runner::obey(command::SetGates &c)
{
    Request &r = find(c.request);
    if (!r.mix)
        throw Error(ErrorCode::BadRequest,
                    "gates: request " + std::to_string(c.request) + " is no mix of voices");
    r.mix->track.set(r.generated(), c.gates);
    m_told.push_back(event::GatesSet{c.job, c.request, r.generated(), std::move(c.gates)});
}

void Runner::obey(command::CaptureState &c) { find(c.request).captureJobs.push_back(c.job); }

void Runner::cancelAll()
{
    for (const auto &request : m_running)
        cancel(*request, false);
    sweep();
    for (const auto &request : m_waiting)
        cancel(*request, false);
    m_waiting.clear();
}

void Runner::failAll(const Error &error)
{
    for (const auto &request : m_running)
        fail(*request, error);
    sweep();
    for (const auto &request : m_waiting)
        fail(*request, error);
    m_waiting.clear();
}

/// The model cannot go on: its requests fail, it goes, and the client is told.
void Runner::lose(const Error &error)
{
    failAll(error);
    m_lost = error;
    dropModel();
    m_told.push_back(event::ModelUnloaded{0, error});
}

void Runner::dropModel()
{
    m_cache.clear();
    m_session.reset();
}

} // namespace engine
