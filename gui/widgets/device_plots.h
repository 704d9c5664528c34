#pragma once

#include "gui/metrics.h"

#include <QString>
#include <QWidget>

class QLabel;

namespace gui
{

class PlotView;

/// One device over time: its memory stacked by owner, and below, on the same time axis, how busy it is and
/// what power it takes. Where nobody tells that, it says why. Thread: GUI.
class DevicePlots final : public QWidget
{
    Q_OBJECT

public:
    /// `id` as in strategies: "cpu", "cuda:0".
    explicit DevicePlots(const std::string &id, QWidget *parent = nullptr);

    const std::string &id() const { return m_id; }
    /// What the device is, "NVIDIA H200"; empty: not known.
    void setDescription(const QString &description);
    void setSpan(double seconds);
    /// The samples from `first` on. `problem`: why nothing is known but the memory.
    void showSamples(const std::deque<Metrics::Sample> &samples, std::size_t first, const QString &problem);

private:
    void showMemory(const std::vector<double> &times, const std::vector<const DeviceSample *> &samples);
    void showActivity(const std::vector<double> &times, const std::vector<const DeviceSample *> &samples);

    std::string m_id;
    PlotView *m_memory;
    PlotView *m_activity;
    QWidget *m_activityCard;
    QLabel *m_problem;
};

/// "Processor", else the name that strategies use.
QString deviceText(const std::string &id);

} // namespace gui
