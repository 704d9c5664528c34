#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace server
{

/// A request that is being answered.
struct LiveRequest {
    std::uint64_t id = 0;
    std::string method, path; ///< without what stands behind '?'
    std::string model;        ///< as the request calls it; empty: it needs none
    std::string client;       ///< address, without the port
    long long tokens = 0;     ///< generated so far
    double seconds = 0;       ///< since it was read
};

/// A request that was answered, or refused. Holds no header and no text of it.
struct LoggedRequest {
    std::uint64_t id = 0; ///< grows by 1 from entry to entry, in the order of their ends
    std::chrono::system_clock::time_point at;
    std::string method, path; ///< empty where what came was not HTTP
    std::string model, client;
    int status = 0; ///< 499: the client left before its answer was complete
    double milliseconds = 0;
    long long tokens = 0;
};

/// What the endpoint does and did, for those who look on. The texts are cut to 200 bytes, the log to its
/// newest kCapacity entries. Thread-safe.
class Activity final
{
public:
    static constexpr std::size_t kCapacity = 1000;

    /// A request whose answer begins; returns its id.
    std::uint64_t begin(const std::string &method, const std::string &path, const std::string &client);
    void setModel(std::uint64_t id, const std::string &model);
    void addTokens(std::uint64_t id, std::size_t count);
    /// Moves it to the log. Ids that are not live do nothing.
    void end(std::uint64_t id, int status);

    std::vector<LiveRequest> live() const; ///< the oldest first
    /// Entries with ids above `last`, the oldest first.
    std::vector<LoggedRequest> loggedAfter(std::uint64_t last) const;

private:
    struct Entry {
        LiveRequest request;
        std::chrono::steady_clock::time_point begun;
    };

    mutable std::mutex m_mutex;
    std::uint64_t m_lastId = 0, m_lastLogged = 0; // guarded by m_mutex, as all below
    std::map<std::uint64_t, Entry> m_live;
    std::deque<LoggedRequest> m_log;
};

} // namespace server
