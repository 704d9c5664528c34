#include "gui/state_measure.h"
#include "gui/engine_bridge.h"
#include "gui/state_orders.h"

#include <utility>

namespace gui
{
namespace ev = engine::event;

StateMeasure::StateMeasure(EngineBridge &bridge, QObject *parent)
    : QObject(parent)
    , m_bridge(bridge)
{
    connect(&m_bridge, &EngineBridge::eventArrived, this, &StateMeasure::handle);
}

void StateMeasure::cancel()
{
    const engine::JobId job = std::exchange(m_job, 0);
    if (job != 0 && m_bridge.hasEngine()) m_bridge.engine().cancel(job);
    m_path.clear();
}

void StateMeasure::measure(const QString &path)
{
    cancel();
    if (!m_bridge.hasEngine()) return;
    m_path = path;
    engine::MeasureStatesSpec spec;
    spec.states.emplace_back(stateOrders().spec(path));
    m_job = m_bridge.engine().measureStates(std::move(spec));
}

void StateMeasure::handle(const engine::Event &event)
{
    if (m_job == 0 || engine::jobOf(event) != m_job) return;
    m_job = 0;
    if (const auto *figures = std::get_if<ev::StatesMeasured>(&event))
        Q_EMIT measured(*figures);
    else if (const auto *failure = std::get_if<ev::Failed>(&event))
        Q_EMIT failed(failure->error);
}

} // namespace gui
