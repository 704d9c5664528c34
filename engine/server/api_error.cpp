#include "engine/server/api_error.h"

#include "engine/server/json_text.h"

#include <utility>

namespace server
{

ApiError::ApiError(int httpStatus, std::string errorType, std::string errorCode, std::string text,
                   std::string parameter)
    : status(httpStatus)
    , type(std::move(errorType))
    , code(std::move(errorCode))
    , param(std::move(parameter))
    , message(std::move(text))
{
}

ApiError badRequest(std::string param, std::string message)
{
    return {400, "invalid_request_error", "", std::move(message), std::move(param)};
}

ApiError modelNotFound(const std::string &name)
{
    return {404, "invalid_request_error", "model_not_found",
            "there is no model \"" + name + "\"; GET /v1/models lists those that there are", "model"};
}

ApiError unavailable(std::string message)
{
    ApiError error(503, "service_unavailable", "", std::move(message));
    error.retryAfter = 1;
    return error;
}

ApiError queueFull()
{
    ApiError error(429, "rate_limit_error", "queue_full", "too many requests wait; try again soon");
    error.retryAfter = 1;
    return error;
}

ApiError fromEngine(const engine::Error &error)
{
    using engine::ErrorCode;
    switch (error.code()) {
    case ErrorCode::QueueFull:
        return queueFull();
    case ErrorCode::NoModel:
        return {404, "invalid_request_error", "model_not_found", "no model is loaded", "model"};
    case ErrorCode::OutOfMemory:
    case ErrorCode::DeviceLost:
    case ErrorCode::DeviceUnusable:
    case ErrorCode::CannotWrite:
        return unavailable(error.message());
    case ErrorCode::None:
    case ErrorCode::Internal:
        return {500, "server_error", "", error.message()};
    default:
        return badRequest({}, error.message());
    }
}

nlohmann::ordered_json toJson(const ApiError &error)
{
    const auto orNull = [](const std::string &text) { return text.empty() ? OutJson() : OutJson(text); };
    return {{"error",
             {{"message", error.message},
              {"type", error.type},
              {"param", orNull(error.param)},
              {"code", orNull(error.code)}}}};
}

} // namespace server
