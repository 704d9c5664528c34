#pragma once

#include "engine/error.h"

#include <nlohmann/json_fwd.hpp>

#include <exception>
#include <string>

namespace server
{

/// An answer that says what is wrong, in OpenAI's shape. Thrown by handlers, sent by the front.
struct ApiError final : std::exception {
    int status = 500;
    std::string type, code, param, message;
    int retryAfter = 0; ///< seconds; 0: no such header
    std::string allow;  ///< methods, for 405

    ApiError(int httpStatus, std::string errorType, std::string errorCode, std::string text,
             std::string parameter = {});
    const char *what() const noexcept override { return message.c_str(); }
};

/// 400 that names a field; `param` is "messages[0].content" and its like, or empty for the body itself.
ApiError badRequest(std::string param, std::string message);
ApiError modelNotFound(const std::string &name);
/// 503 with Retry-After.
ApiError unavailable(std::string message);
ApiError queueFull();
/// What a failed command of the engine means to a client.
ApiError fromEngine(const engine::Error &error);

/// {"error": {"message", "type", "param", "code"}}, all four always there.
nlohmann::ordered_json toJson(const ApiError &error);

} // namespace server
