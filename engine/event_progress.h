#pragma once

#include <chrono>

namespace engine
{

/// Lets progress through at most 20 times a second. Thread: one at a time.
class Throttle final
{
public:
    bool passes()
    {
        const auto now = std::chrono::steady_clock::now();
        if (now - m_last < kInterval) return false;
        m_last = now;
        return true;
    }

private:
    static constexpr std::chrono::milliseconds kInterval{50};
    std::chrono::steady_clock::time_point m_last;
};

} // namespace engine
