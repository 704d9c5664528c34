#include "gui/device_watch.h"
#include "gui/engine_bridge.h"
#include "gui/metrics.h"

#include <utility>

namespace gui
{
namespace
{
constexpr qint64 kAskMs = 900; ///< less than four snapshots
}

DeviceWatch::DeviceWatch(EngineBridge &bridge, Metrics &metrics, Lister lister, QObject *parent)
    : QObject(parent)
    , m_bridge(bridge)
    , m_metrics(metrics)
    , m_lister(std::move(lister))
{
    m_pool.setMaxThreadCount(1);
    connect(&m_bridge, &EngineBridge::snapshotTaken, this, &DeviceWatch::ask);
    connect(&m_bridge, &EngineBridge::eventArrived, this, &DeviceWatch::handle);
}

DeviceWatch::~DeviceWatch() { m_pool.waitForDone(); }

void DeviceWatch::ask()
{
    if (m_job != 0 || (m_sinceAsked.isValid() && m_sinceAsked.elapsed() < kAskMs)) return;
    m_sinceAsked.start();
    m_job = m_bridge.engine().measureDevices();
}

void DeviceWatch::handle(const engine::Event &event)
{
    if (m_job == 0 || engine::jobOf(event) != m_job) return;
    m_job = 0;
    if (const auto *measured = std::get_if<engine::event::DevicesMeasured>(&event))
        m_metrics.setFigures(measured->devices);
}

void DeviceWatch::list()
{
    if (m_isListing) return;
    m_isListing = m_wasListed = true;
    m_pool.start([this, lister = m_lister] {
        std::vector<engine::DeviceSummary> devices = lister();
        QMetaObject::invokeMethod(
            this, [this, devices = std::move(devices)] { take(devices); }, Qt::QueuedConnection);
    });
}

void DeviceWatch::listOnce()
{
    if (!m_wasListed) list();
}

void DeviceWatch::take(std::vector<engine::DeviceSummary> devices)
{
    m_isListing = false;
    m_devices = std::move(devices);
    Q_EMIT listed();
}

} // namespace gui
