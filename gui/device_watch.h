#pragma once

#include "engine/engine.h"

#include <QElapsedTimer>
#include <QObject>
#include <QThreadPool>

#include <functional>
#include <vector>

namespace gui
{

class EngineBridge;
class Metrics;

/// The devices of this machine: what they are, looked up once somebody wants to know, and what system and
/// drivers tell of them, about once a second while a window can be seen; that goes to the metrics. Both on
/// other threads. Thread: GUI.
class DeviceWatch final : public QObject
{
    Q_OBJECT

public:
    using Lister = std::function<std::vector<engine::DeviceSummary>()>;

    DeviceWatch(EngineBridge &bridge, Metrics &metrics, Lister lister = engine::listDevices,
                QObject *parent = nullptr);
    ~DeviceWatch() override; ///< waits for the list

    /// Usable or not, the processor first; empty until listed().
    const std::vector<engine::DeviceSummary> &devices() const { return m_devices; }
    bool isListing() const { return m_isListing; }
    /// Looks what there is, with the memory that is free now. Does nothing while it does.
    void list();
    /// As list(), the first time.
    void listOnce();

Q_SIGNALS:
    void listed();

private:
    void ask();
    void handle(const engine::Event &event);
    void take(std::vector<engine::DeviceSummary> devices);

    EngineBridge &m_bridge;
    Metrics &m_metrics;
    Lister m_lister;
    QThreadPool m_pool; ///< one thread: a driver may take its time
    std::vector<engine::DeviceSummary> m_devices;
    bool m_isListing = false, m_wasListed = false;
    engine::JobId m_job = 0;
    QElapsedTimer m_sinceAsked;
};

} // namespace gui
