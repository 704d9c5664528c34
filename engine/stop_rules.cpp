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

std::string StopRules::push(std::string_view text)
{
    if (m_matched) return {};
    m_held += text;

    // The match that is complete first wins, and of those the longest: then borders between pieces cannot
    // matter.
    std::size_t begin = 0;
    std::size_t end = std::string::npos;
    for (const std::string &stop : m_stops) {
        const std::size_t at = m_held.find(stop);
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
            if (m_held.ends_with(std::string_view(stop).substr(0, length))) hold = length;
    std::string certain = m_held.substr(0, m_held.size() - hold);
    m_held.erase(0, certain.size());
    return certain;
}

std::string StopRules::finish() { return m_matched ? std::string() : std::exchange(m_held, {}); }

} // namespace engine
