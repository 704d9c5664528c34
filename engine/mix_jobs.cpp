// The facade's commands to running mixes.
#include "engine/engine_impl.h"

#include <utility>

namespace engine
{

JobId EngineImpl::setGates(JobId, std::vector<float>)
{
    return post(m_light, [](JobId, const std::stop_token &) {
        throw Error(ErrorCode::BadRequest, "gates: no mix runs yet");
    });
}

JobId EngineImpl::captureState(JobId)
{
    return post(m_light, [](JobId, const std::stop_token &) {
        throw Error(ErrorCode::BadRequest, "state: running requests cannot be captured yet");
    });
}

} // namespace engine
