#pragma once

#include "engine/engine.h"

#include <QElapsedTimer>
#include <QObject>
#include <QString>

#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace gui
{

/// One device at one moment.
struct DeviceSample {
    engine::MemoryUse memory; ///< of a card that the model does not use only total and free
    std::optional<int> busyPercent, celsius;
    std::optional<double> watts, mostWatts;
};

/// What the engine tells of the devices that the model uses, with what drivers tell of them, and behind them
/// the cards that only a driver tells of.
std::vector<DeviceSample> joinDevices(const engine::Snapshot &snapshot,
                                      const std::vector<engine::DeviceFigures> &figures);

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
        std::vector<DeviceSample> devices;
    };

    static constexpr double kKeepSeconds = 600;

    explicit Metrics(QObject *parent = nullptr)
        : QObject(parent)
    {
    }

    const std::deque<Sample> &samples() const { return m_samples; }
    const Sample &latest() const { return m_latest; }

    /// What system and drivers tell of the devices, for the samples that follow.
    void setFigures(std::vector<engine::DeviceFigures> figures) { m_figures = std::move(figures); }
    /// Why nobody tells anything of a device; empty: somebody does, or nobody was asked yet.
    QString problemOf(const std::string &device) const;
    void add(const engine::Snapshot &snapshot);
    /// As add(), at a given time; times must not decrease.
    void addAt(double seconds, const engine::Snapshot &snapshot);

Q_SIGNALS:
    void sampleAdded();

private:
    QElapsedTimer m_clock;
    std::deque<Sample> m_samples;
    Sample m_latest;
    std::vector<engine::DeviceFigures> m_figures;
};

} // namespace gui
