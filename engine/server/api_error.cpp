#include "engine/server/api_error.h"

#include "engine/server/json_text.h"
#include "engine/server/named_file.h"

#include <string_view>
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

/// The field that the engine's message names before its first colon, as requests call it; else empty.
static std::string paramOf(const std::string &message)
{
    static constexpr std::pair<std::string_view, const char *> kFields[] = {
        {"temperature", "temperature"},
        {"top_p", "top_p"},
        {"top_k", "top_k"},
        {"min_p", "min_p"},
        {"typical_p", "typical_p"},
        {"presence_penalty", "presence_penalty"},
        {"frequency_penalty", "frequency_penalty"},
        {"repetition_penalty", "repetition_penalty"},
        {"penalty_decay", "penalty_decay"},
        {"logit_bias", "logit_bias"},
        {"banned_tokens", "logit_bias"},
        {"max_tokens", "max_tokens"},
        {"top_logprobs", "top_logprobs"},
        {"stop strings", "stop"},
        {"prompt", "prompt"},
        {"tokens", "prompt"},
        {"messages", "messages"},
        {"tools", "tools"},
        {"tool_choice", "tool_choice"},
        {"grammar", "grammar"},
        {"json_schema", "response_format"},
        {"gates", "mrss_gatingweight"},
        {"gate policy", "mrss_policy"},
        {"lane", "mrss_lane"},
        {"mix", "model"},
        {"state", "state"},
    };
    const std::string_view field = std::string_view(message).substr(0, message.find(':'));
    for (const auto &[theirs, ours] : kFields)
        if (field == theirs) return ours;
    return {};
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
    case ErrorCode::CannotWrite:
        return unavailable(withoutAbsolutePaths(error.message()));
    case ErrorCode::None:
    case ErrorCode::Internal:
        return {500, "server_error", "", withoutAbsolutePaths(error.message())};
    case ErrorCode::BadStrategy:
    case ErrorCode::DeviceUnusable: // no waiting brings a device
        return badRequest("model_strategy", error.message());
    case ErrorCode::BadRequest: // about what the client sent
        return badRequest(paramOf(error.message()), error.message());
    default:
        return badRequest({}, withoutAbsolutePaths(error.message()));
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
