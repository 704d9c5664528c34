#pragma once

#include "engine/events.h"

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace engine
{

/// What the system tells of the processor: how busy it is, and where its files can be read its power and its
/// temperature. Busy and watts are those between two readings, so the first one lacks them. Thread-safe.
class ProcessorWatch final
{
public:
    /// Where the figures are.
    struct Sources {
        std::string procFolder = "/proc";
        std::string sysFolder = "/sys";
    };

    ProcessorWatch() = default;
    explicit ProcessorWatch(Sources sources)
        : m_sources(std::move(sources))
    {
    }

    /// Of device "cpu". `seconds` is a clock that only rises; for tests.
    DeviceFigures read(double seconds);
    DeviceFigures read();

private:
    struct Reading {
        double seconds = 0;
        std::int64_t busyTicks = -1, allTicks = -1; ///< -1: not known
        std::int64_t microjoules = -1;
    };
    std::optional<int> celsius() const;
    std::int64_t microjoules() const;
    void readTicks(Reading &reading) const;

    const Sources m_sources;
    std::mutex m_mutex;
    Reading m_last; ///< guarded by m_mutex
};

} // namespace engine
