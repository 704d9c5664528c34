#pragma once

#include "engine/engine.h"

#include <QElapsedTimer>
#include <QObject>

#include <deque>

namespace gui
{

/// The last ten minutes of the engine's numbers, with rates; the source of status bar and plots. Thread: GUI.
class Metrics final : public QObject
{
    Q_OBJECT

public:
    struct Sample {
        double seconds = 0;            ///< since the first sample
        double generatedPerSecond = 0; ///< over about a second
        double promptPerSecond = 0;
        int generating = 0, reading = 0, queued = 0, slots = 0;
        engine::MemoryUse memory;
        std::size_t processBytes = 0;
        std::uint64_t generatedTokens = 0, promptTokens = 0; ///< since the engine started
        bool loaded = false;
    };

    static constexpr double kKeepSeconds = 600;

    explicit Metrics(QObject *parent = nullptr)
        : QObject(parent)
    {
    }

    const std::deque<Sample> &samples() const { return m_samples; }
    const Sample &latest() const { return m_latest; }

    void add(const engine::Snapshot &snapshot);
    /// As add(), at a given time; times must not decrease.
    void addAt(double seconds, const engine::Snapshot &snapshot);

Q_SIGNALS:
    void sampleAdded();

private:
    QElapsedTimer m_clock;
    std::deque<Sample> m_samples;
    Sample m_latest;
};

} // namespace gui
