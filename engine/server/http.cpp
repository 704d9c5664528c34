#include "engine/server/http.h"

#include <charconv>
#include <ctime>

namespace server
{
namespace
{

int hexValue(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

} // namespace

const char *reasonPhrase(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 204:
        return "No Content";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 408:
        return "Request Timeout";
    case 411:
        return "Length Required";
    case 413:
        return "Payload Too Large";
    case 414:
        return "URI Too Long";
    case 415:
        return "Unsupported Media Type";
    case 429:
        return "Too Many Requests";
    case 431:
        return "Request Header Fields Too Large";
    case 503:
        return "Service Unavailable";
    case 505:
        return "HTTP Version Not Supported";
    default:
        return status < 500 ? "Error" : "Internal Server Error";
    }
}

std::string headOf(const Reply &reply, long long length, bool chunked, bool keepAlive,
                   const std::string &allowedOrigin)
{
    std::string head = "HTTP/1.1 " + std::to_string(reply.status) + ' ' + reasonPhrase(reply.status) + "\r\n";
    const auto add = [&head](std::string_view name, std::string_view value) {
        head.append(name).append(": ").append(value).append("\r\n");
    };
    if (reply.status != 204) add("Content-Type", reply.contentType);
    if (length >= 0 && reply.status != 204) add("Content-Length", std::to_string(length));
    if (length < 0 && chunked) add("Transfer-Encoding", "chunked");
    add("Cache-Control", "no-store");
    add("X-Content-Type-Options", "nosniff");
    add("Vary", "Origin");
    if (!allowedOrigin.empty()) {
        add("Access-Control-Allow-Origin", allowedOrigin);
        add("Access-Control-Expose-Headers", "Retry-After");
    }
    for (const auto &[name, value] : reply.headers)
        add(name, value);
    add("Connection", keepAlive ? "keep-alive" : "close");
    return head + "\r\n";
}

std::string chunkOf(std::string_view bytes)
{
    char size[20];
    const auto end = std::to_chars(size, size + sizeof size, bytes.size(), 16).ptr;
    std::string chunk(size, end);
    return chunk.append("\r\n").append(bytes).append("\r\n");
}

bool percentDecode(std::string_view text, std::string &decoded)
{
    decoded.clear();
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        if (i + 2 >= text.size()) return false;
        const int high = hexValue(text[i + 1]), low = hexValue(text[i + 2]);
        if (high < 0 || low < 0 || (high == 0 && low == 0)) return false;
        decoded += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return true;
}

} // namespace server
