#pragma once

#include "gui/services.h"

#include <QTimer>
#include <QWidget>

#include <vector>

class QButtonGroup;
class QVBoxLayout;

namespace gui
{

class DevicePlots;
class MessageBar;
class PlotView;

/// Every device's memory and activity, speed and rows, over the last minute or ten. Draws only while it can
/// be seen, once a second or, over the short span, twice.
class MonitorPage final : public QWidget
{
    Q_OBJECT

public:
    explicit MonitorPage(const Services &services, QWidget *parent = nullptr);

    /// How often the plots were redrawn; for tests.
    int redraws() const { return m_redraws; }

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void build();
    QWidget *buildHeader();
    void setSpan(int seconds);
    void redraw();
    void redrawDevices(std::size_t first);
    void makeDevices();
    void describeDevices();
    void redrawSpeed(const std::vector<double> &times, std::size_t first);
    void redrawRows(const std::vector<double> &times, std::size_t first);
    void updateEmpty();

    Services m_services;
    MessageBar *m_empty = nullptr;
    QButtonGroup *m_spans = nullptr;
    QVBoxLayout *m_deviceColumn = nullptr;
    std::vector<DevicePlots *> m_devices; ///< as the latest sample has them
    PlotView *m_speed = nullptr;
    PlotView *m_rows = nullptr;
    QTimer m_timer;
    int m_span = 60;
    int m_redraws = 0;
};

} // namespace gui
