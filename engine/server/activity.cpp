#include "engine/server/activity.h"

#include <algorithm>
#include <utility>

namespace server
{
namespace
{

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostBytes = 200;

/// At most kMostBytes, never within a character.
std::string cut(const std::string &text)
{
    if (text.size() <= kMostBytes) return text;
    std::size_t end = kMostBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
        --end;
    return text.substr(0, end);
}

double secondsSince(Clock::time_point time)
{
    return std::chrono::duration<double>(Clock::now() - time).count();
}

} // namespace

std::uint64_t Activity::begin(const std::string &method, const std::string &path, const std::string &client)
{
    const std::lock_guard lock(m_mutex);
    const std::uint64_t id = ++m_lastId;
    m_live.emplace(id, Entry{{id, cut(method), cut(path), {}, client, 0, 0}, Clock::now()});
    return id;
}

void Activity::setModel(std::uint64_t id, const std::string &model)
{
    const std::lock_guard lock(m_mutex);
    if (const auto found = m_live.find(id); found != m_live.end()) found->second.request.model = cut(model);
}

void Activity::addTokens(std::uint64_t id, std::size_t count)
{
    const std::lock_guard lock(m_mutex);
    if (const auto found = m_live.find(id); found != m_live.end())
        found->second.request.tokens += static_cast<long long>(count);
}

void Activity::end(std::uint64_t id, int status)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_live.find(id);
    if (found == m_live.end()) return;
    LiveRequest &request = found->second.request;
    m_log.push_back({++m_lastLogged, std::chrono::system_clock::now(), std::move(request.method),
                     std::move(request.path), std::move(request.model), std::move(request.client), status,
                     secondsSince(found->second.begun) * 1000, request.tokens});
    m_live.erase(found);
    if (m_log.size() > kCapacity) m_log.pop_front();
}

std::vector<LiveRequest> Activity::live() const
{
    const std::lock_guard lock(m_mutex);
    std::vector<LiveRequest> requests;
    requests.reserve(m_live.size());
    for (const auto &[id, entry] : m_live) {
        requests.push_back(entry.request);
        requests.back().seconds = secondsSince(entry.begun);
    }
    return requests;
}

std::vector<LoggedRequest> Activity::loggedAfter(std::uint64_t last) const
{
    const std::lock_guard lock(m_mutex);
    if (last >= m_lastLogged) return {};
    const std::size_t wanted = std::min<std::uint64_t>(m_lastLogged - last, m_log.size());
    return {m_log.end() - std::ptrdiff_t(wanted), m_log.end()};
}

} // namespace server
