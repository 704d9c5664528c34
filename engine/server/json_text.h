#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace server
{

using Json = nlohmann::json;            ///< what clients send: a million keys cost no more than they should
using OutJson = nlohmann::ordered_json; ///< what they get

/// Reads the body of a request: an object, at most 128 deep and with at most 131,072 arrays and objects, so
/// that the memory it takes is bounded by its length. Throws ApiError 400.
Json parseBody(std::string_view text);

/// Compact UTF-8.
std::string dump(const OutJson &json);

/// The bytes of a token as text: UTF-8 as it is, anything else as "bytes:\xe4\xbd".
std::string tokenText(std::string_view bytes);
bool isUtf8(std::string_view bytes);

/// Base64 of RFC 4648, with padding.
std::string base64(std::string_view bytes);

} // namespace server
