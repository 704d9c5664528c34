// The facade's commands to requests that run.
#include "engine/engine_impl.h"

#include <utility>

namespace engine
{

/// Gives a command about a request to the runner; one whose prompt is still being made gets there first.
template <typename C>
JobId EngineImpl::commandTo(JobId request, C c)
{
    bool isBeingMade = false;
    {
        const std::lock_guard lock(m_jobsMutex);
        isBeingMade = m_jobs.contains(request);
    }
    c.request = request;
    if (!isBeingMade) return command(std::move(c));
    return post(m_prompts, [this, c = std::move(c)](JobId job, const std::stop_token &) {
        C late = c;
        late.job = job;
        if (claim(job) && !m_runner.post(std::move(late))) m_toClient.post(event::Cancelled{job, {}, 0});
    });
}

JobId EngineImpl::setGates(JobId request, std::vector<float> gates)
{
    return commandTo(request, command::SetGates{0, 0, std::move(gates)});
}

JobId EngineImpl::captureState(JobId request) { return commandTo(request, command::CaptureState{}); }

} // namespace engine
