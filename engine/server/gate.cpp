#include "engine/server/gate.h"

#include <algorithm>
#include <array>

namespace server
{
namespace
{

std::string lower(std::string_view text)
{
    std::string result(text);
    for (char &c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

/// "application/json", with or without parameters.
bool isJson(const std::string &contentType)
{
    std::string type = lower(std::string_view(contentType).substr(0, contentType.find(';')));
    while (!type.empty() && (type.back() == ' ' || type.back() == '\t'))
        type.pop_back();
    return type == "application/json";
}

} // namespace

bool isLoopback(const std::string &address)
{
    return address == "localhost" || address == "::1" || address.starts_with("127.");
}

bool sameSecret(std::string_view one, std::string_view other)
{
    std::array<unsigned char, kMostKeyBytes> a{}, b{};
    std::copy_n(one.begin(), std::min(one.size(), a.size()), a.begin());
    std::copy_n(other.begin(), std::min(other.size(), b.size()), b.begin());
    volatile unsigned difference = one.size() == other.size() && one.size() <= kMostKeyBytes ? 0U : 1U;
    for (std::size_t i = 0; i < a.size(); ++i)
        difference = difference | static_cast<unsigned>(a[i] ^ b[i]);
    return difference == 0;
}

Gate::Gate(const ServerOptions &options, int port)
    : m_origins(options.origins)
{
    if (!options.apiKey.empty()) m_keys.push_back(options.apiKey);
    for (const NamedKey &further : options.furtherKeys)
        m_keys.push_back(further.key);
    std::vector<std::string> names = {"127.0.0.1", "localhost", "[::1]"};
    if (options.address != "0.0.0.0" && options.address != "::")
        names.push_back(options.address.find(':') == std::string::npos ? options.address
                                                                       : '[' + lower(options.address) + ']');
    for (const std::string &host : options.hosts)
        names.push_back(lower(host));
    for (const std::string &name : names) {
        const bool hasPort =
            name.find(':', name.rfind(']') == std::string::npos ? 0 : name.rfind(']')) != std::string::npos;
        m_hosts.push_back(hasPort ? name : name + ':' + std::to_string(port));
        if (port == 80 && !hasPort) m_hosts.push_back(name);
    }
}

bool Gate::hostIsAllowed(std::string_view host) const
{
    return std::find(m_hosts.begin(), m_hosts.end(), lower(host)) != m_hosts.end();
}

std::string Gate::allowedOrigin(const HttpRequest &request) const
{
    const auto found = std::find(m_origins.begin(), m_origins.end(), request.origin);
    return found == m_origins.end() ? std::string() : *found;
}

/// All keys are looked at, so that the time tells nothing of which one it is.
bool Gate::keyIsKnown(std::string_view key) const
{
    bool isKnown = false;
    for (const std::string &one : m_keys)
        isKnown = sameSecret(key, one) || isKnown;
    return isKnown;
}

void Gate::check(const HttpRequest &request, bool isOpen) const
{
    if (!hostIsAllowed(request.host))
        throw ApiError(403, "permission_error", "host_not_allowed",
                       "this Host is not allowed; the endpoint answers to its loopback names and port");
    if (!request.origin.empty() && allowedOrigin(request).empty())
        throw ApiError(403, "permission_error", "origin_not_allowed",
                       "this Origin is not on the list of allowed origins");
    const bool isPreflight = request.method == "OPTIONS" && !request.origin.empty();
    if (!m_keys.empty() && !isOpen && !isPreflight) {
        constexpr std::string_view kScheme = "bearer ";
        const std::string_view given = request.authorization;
        const bool isBearer = lower(given.substr(0, kScheme.size())) == kScheme;
        if (!isBearer || !keyIsKnown(given.substr(kScheme.size())))
            throw ApiError(401, "authentication_error", "invalid_api_key",
                           "expected the API key of this endpoint in \"Authorization: Bearer ...\"");
    }
    if (request.hasBody && (!isJson(request.contentType) || !request.contentEncoding.empty()))
        throw ApiError(415, "invalid_request_error", "",
                       "expected a body of Content-Type application/json, not encoded otherwise");
}

} // namespace server
