// The facade's commands to requests that run.
#include "engine/engine_impl.h"

#include <utility>

namespace engine
{

/// Gives a command about a request to the runner. One whose prompt is still being made, which takes a while
/// for a huge one, gets there first.
template <typename C>
JobId EngineImpl::commandTo(JobId request, C c)
{
    c.request = request;
    {
        const std::lock_guard lock(m_jobsMutex);
        const auto found = m_jobs.find(request);
        if (found != m_jobs.end() && !found->second.isPosted && !m_closing) {
            const JobId job = c.job = nextJob();
            found->second.later.emplace_back(std::move(c));
            return job;
        }
    }
    return command(std::move(c));
}

/// Gives a request to the runner, and what was said about it meanwhile.
void EngineImpl::postRequest(command::Enqueue enqueue)
{
    const std::lock_guard lock(m_jobsMutex); // so that what is said now comes behind it
    const auto found = m_jobs.find(enqueue.job);
    if (found == m_jobs.end()) return; // cancelled
    found->second.isPosted = true;
    m_runner.post(std::move(enqueue));
    postLater(std::exchange(found->second.later, {}));
}

void EngineImpl::postLater(std::vector<Command> commands)
{
    for (Command &command : commands) {
        const JobId job = std::visit(
            [](const auto &c) -> JobId {
                if constexpr (requires { c.job; }) return c.job;
                return 0;
            },
            command);
        if (!m_runner.post(std::move(command))) m_toClient.post(event::Cancelled{job, {}, 0});
    }
}

JobId EngineImpl::setGates(JobId request, std::vector<float> gates)
{
    return commandTo(request, command::SetGates{0, 0, std::move(gates)});
}

JobId EngineImpl::captureState(JobId request) { return commandTo(request, command::CaptureState{}); }

} // namespace engine
