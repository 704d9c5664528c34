#include "support/watchdog.h"

#include <algorithm>
#include <cstdint>
#include <fstream>

namespace support
{
namespace
{

constexpr int kBeatMs = 2;
constexpr double kNoteMs = 5; ///< gaps below are the scheduler's business

double milliseconds(std::chrono::steady_clock::duration d)
{
    return std::chrono::duration<double, std::milli>(d).count();
}

/// Time that the calling thread has been ready to run without a processor; 0 where the kernel does not count
/// it.
double queuedMilliseconds()
{
    std::ifstream file("/proc/thread-self/schedstat");
    std::uint64_t computed = 0, queued = 0; // nanoseconds
    file >> computed >> queued;
    return file ? double(queued) / 1e6 : 0;
}

} // namespace

Watchdog::Watchdog(QObject *parent)
    : QObject(parent)
    , m_lastBeat(Clock::now().time_since_epoch())
    , m_lastQueued(queuedMilliseconds())
{
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setInterval(kBeatMs);
    connect(&m_timer, &QTimer::timeout, this, &Watchdog::beat);
    m_timer.start();
    m_watcher = std::thread([this] { watch(); });
}

Watchdog::~Watchdog()
{
    m_stop = true;
    m_watcher.join();
}

void Watchdog::beat()
{
    const auto now = Clock::now().time_since_epoch();
    const double stall = milliseconds(now - m_lastBeat.load()) - kBeatMs;
    if (stall > kNoteMs) m_stalls.push_back(stall);
    const double queued = queuedMilliseconds();
    m_longestHeld = std::max(m_longestHeld, stall - (queued - m_lastQueued));
    m_lastQueued = queued;
    m_lastBeat = now;
    m_current = 0;
    ++m_beats;
}

void Watchdog::watch()
{
    while (!m_stop) {
        std::this_thread::sleep_for(std::chrono::milliseconds(kBeatMs));
        const double gap = milliseconds(Clock::now().time_since_epoch() - m_lastBeat.load()) - kBeatMs;
        if (gap > kNoteMs) m_current = gap;
    }
}

double Watchdog::longestStallMs() const
{
    const double ended = m_stalls.empty() ? 0 : *std::max_element(m_stalls.begin(), m_stalls.end());
    return std::max(ended, m_current.load());
}

int Watchdog::stallsLongerThan(double ms) const
{
    return int(std::count_if(m_stalls.begin(), m_stalls.end(), [ms](double stall) { return stall > ms; }));
}

void Watchdog::reset()
{
    m_stalls.clear();
    m_current = 0;
    m_beats = 0;
    m_longestHeld = 0;
    m_lastQueued = queuedMilliseconds();
    m_lastBeat = Clock::now().time_since_epoch();
}

} // namespace support
