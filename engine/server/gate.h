#pragma once

#include "engine/server/api_error.h"
#include "engine/server/http.h"
#include "engine/server/options.h"

#include <string>
#include <string_view>
#include <vector>

namespace server
{

/// Who may call: the checks before any routing, in this order: Host, Origin, key, content type.
class Gate final
{
public:
    /// `port` is the one that is listened on.
    Gate(const ServerOptions &options, int port);

    /// Throws ApiError 403, 401 or 415. `isOpen`: the path asks for no key.
    void check(const HttpRequest &request, bool isOpen) const;
    /// The request's Origin if it is on the list, else empty.
    std::string allowedOrigin(const HttpRequest &request) const;

private:
    bool hostIsAllowed(std::string_view host) const;

    std::vector<std::string> m_hosts, m_origins;
    std::vector<std::string> m_keys;

    bool keyIsKnown(std::string_view key) const;
};

constexpr std::size_t kMostKeyBytes = 512;

/// Whether both are the same, in a time that does not depend on where they differ. Both at most
/// kMostKeyBytes; longer ones are never equal.
bool sameSecret(std::string_view one, std::string_view other);

} // namespace server
