#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace server
{

/// A key that requests may have; its name tells people whose it is.
struct NamedKey {
    std::string name, key;
};

/// What an endpoint is started with. Every limit has a usable default.
struct ServerOptions {
    /// Where to listen. Anything but loopback needs an API key. "127.0.0.1" listens on ::1 too, where there
    /// is one.
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;        ///< 0: any free one
    std::string apiKey;               ///< at most 512 bytes; empty and no furtherKeys: none is asked for
    std::vector<std::string> hosts;   ///< allowed in Host besides the loopback names; "name" or "name:port"
    std::vector<std::string> origins; ///< web pages that may call, "https://chat.example"; none by default
    /// Folders beneath which the names in requests lie; empty: nothing can be named.
    std::string modelsFolder, statesFolder, adaptersFolder;
    std::string strategy = "cpu"; ///< of models that requests load without naming one
    int rows = 0;                 ///< sequences at once of models that requests load; 0: chosen by the engine
    bool metrics = false;         ///< serves /metrics

    int queue = 64; ///< generations that may wait besides those that run; more get 429
    int connections = 1024;
    std::size_t bodyBytes = 8U << 20;
    std::size_t stateBytes = std::size_t(1) << 30U; ///< of all states that requests keep
    std::size_t unsentBytes = 4U << 20;             ///< of a stream whose reader is slow; more ends it

    std::chrono::milliseconds headerTime{10'000};
    std::chrono::milliseconds bodyTime{30'000}; ///< between two parts of a body
    std::chrono::milliseconds idleTime{15'000}; ///< between two requests of a connection
    std::chrono::milliseconds writeTime{30'000};
    std::chrono::milliseconds drainTime{30'000}; ///< for running answers when the server stops

    /// As good as apiKey, so that each program can have its own; each 1 to 512 bytes, at most kMostKeys.
    std::vector<NamedKey> furtherKeys = {};
    static constexpr std::size_t kMostKeys = 64;
};

/// Whether only programs of this machine reach what listens there.
bool isLoopback(const std::string &address);

} // namespace server
