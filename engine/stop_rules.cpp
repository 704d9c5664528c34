#include "engine/stop_rules.h"

#include <algorithm>
#include <utility>

namespace engine
{

StopRules::StopRules(std::vector<std::string> stopStrings)
    : m_stops(std::move(stopStrings))
{
    std::erase(m_stops, std::string());
}

/// Where the first match that counts begins in what is held; npos: there is none.
std::size_t StopRules::find(const std::string &stop) const
{
    std::size_t at = m_held.find(stop);
    while (at != std::string::npos && !m_mayBegin[at])
        at = m_held.find(stop, at + 1);
    return at;
}

/// True if the last `length` bytes held may be the beginning of a match.
bool StopRules::mayBecome(const std::string &stop, std::size_t length) const
{
    return m_mayBegin[m_held.size() - length] && m_held.ends_with(std::string_view(stop).substr(0, length));
}

std::string StopRules::push(std::string_view text, bool mayBegin)
{
    if (m_matched) return {};
    m_held += text;
    m_mayBegin.resize(m_held.size(), mayBegin);

    // The match that is complete first wins, and of those the longest: then borders between pieces cannot
    // matter.
    std::size_t begin = 0;
    std::size_t end = std::string::npos;
    for (const std::string &stop : m_stops) {
        const std::size_t at = find(stop);
        if (at == std::string::npos) continue;
        if (at + stop.size() < end || (at + stop.size() == end && at < begin)) {
            begin = at;
            end = at + stop.size();
            m_matched = stop;
        }
    }
    if (m_matched) {
        m_held.resize(begin);
        return std::exchange(m_held, {});
    }

    std::size_t hold = 0;
    for (const std::string &stop : m_stops)
        for (std::size_t length = std::min(stop.size() - 1, m_held.size()); length > hold; --length)
            if (mayBecome(stop, length)) hold = length;
    std::string certain = m_held.substr(0, m_held.size() - hold);
    m_held.erase(0, certain.size());
    m_mayBegin.erase(m_mayBegin.begin(), m_mayBegin.begin() + static_cast<std::ptrdiff_t>(certain.size()));
    return certain;
}

std::string StopRules::finish() { return m_matched ? std::string() : std::exchange(m_held, {}); }

} // namespace engine
