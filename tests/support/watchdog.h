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
    /// The same, counting only the time that the thread itself computed: what other programs on a busy
    /// machine take away does not count, and neither does waiting for a lock. Ask on the watched thread.
    double longestBusyMs() const { return m_longestBusy; }
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
    double m_lastBusy = 0;            ///< processor time of the GUI thread at the last beat
    double m_longestBusy = 0;
    std::thread m_watcher;
};

} // namespace support
