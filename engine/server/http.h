#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace server
{

/// What the front has read of a request. Header fields are empty where absent.
struct HttpRequest {
    std::string method;
    std::string path;   ///< as sent, percent-encoded, without the query
    std::string query;  ///< behind '?'
    std::string client; ///< address, without the port
    std::string host, origin, authorization, contentType, contentEncoding;
    bool hasBody = false;
    std::string body;
    std::string requestHeaders; ///< Access-Control-Request-Headers, of a preflight
};

struct Reply {
    int status = 200;
    std::string body;
    std::string contentType = "application/json";
    std::vector<std::pair<std::string, std::string>> headers;
};

/// "Too Many Requests" and its like.
const char *reasonPhrase(int status);

/// Status line and headers. `length` < 0: the body is sent in chunks, or until the end for HTTP/1.0.
std::string headOf(const Reply &reply, long long length, bool chunked, bool keepAlive,
                   const std::string &allowedOrigin);

/// One chunk of a chunked body; the empty one ends it.
std::string chunkOf(std::string_view bytes);

/// "%41b" -> "Ab"; false where it is no valid encoding, or hides a NUL.
bool percentDecode(std::string_view text, std::string &decoded);

} // namespace server
