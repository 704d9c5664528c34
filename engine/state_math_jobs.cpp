// The facade's state mathematics.
#include "engine/engine_impl.h"

#include <utility>

namespace engine
{

JobId EngineImpl::combineStates(CombineStatesSpec)
{
    return post(m_light, [](JobId, const std::stop_token &) {
        throw Error(ErrorCode::BadRequest, "states: they cannot be combined yet");
    });
}

JobId EngineImpl::measureStates(MeasureStatesSpec)
{
    return post(m_light, [](JobId, const std::stop_token &) {
        throw Error(ErrorCode::BadRequest, "states: they cannot be measured yet");
    });
}

} // namespace engine
