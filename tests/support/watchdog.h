#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include <QObject>
#include <QTimer>

namespace support
{

/// Measures how long the event loop of the thread that made it is blocked.
///
/// A timer beats every few milliseconds on that thread; a thread of its own watches the beats, so that a loop
/// that never comes back is seen too. Create, run, then ask.
class Watchdog final : public QObject
{
public:
    explicit Watchdog(QObject *parent = nullptr);
    ~Watchdog() override;

    /// The longest gap between two beats so far, in milliseconds, less the beat itself.
    double longestStallMs() const;
    /// The same without the time in which the thread was ready and other programs had the processors: what is
    /// left, it computed, or waited for a lock, a file or somebody else. Ask on the watched thread.
    double longestHeldMs() const { return m_longestHeld; }
    /// Stalls longer than `ms`.
    int stallsLongerThan(double ms) const;
    int beats() const { return m_beats; }
    void reset();

private:
    void beat();
    void watch();

    using Clock = std::chrono::steady_clock;

    QTimer m_timer;
    std::atomic<Clock::duration> m_lastBeat;
    std::atomic<bool> m_stop{false};
    std::atomic<int> m_beats{0};
    std::atomic<double> m_current{0}; ///< a stall that still lasts, seen by the watching thread
    std::vector<double> m_stalls;     ///< GUI thread only
    double m_lastQueued = 0; ///< time that the GUI thread had stood in line for a processor at the last beat
    double m_longestHeld = 0;
    std::thread m_watcher;
};

} // namespace support
