#include "gui/state_orders.h"

namespace gui
{
namespace
{

using engine::StateOrientation;

const auto kKeyValue = QStringLiteral("states/keyValue"), kValueKey = QStringLiteral("states/valueKey");

} // namespace

StateOrientation StateOrders::order(const QString &path) const
{
    if (!m_settings) return StateOrientation::Auto;
    if (m_settings->value(kKeyValue).toStringList().contains(path)) return StateOrientation::KeyValue;
    if (m_settings->value(kValueKey).toStringList().contains(path)) return StateOrientation::ValueKey;
    return StateOrientation::Auto;
}

void StateOrders::setOrder(const QString &path, StateOrientation order)
{
    if (!m_settings || order == this->order(path)) return;
    const auto keep = [&](const QString &key, bool isChosen) {
        QStringList paths = m_settings->value(key).toStringList();
        paths.removeAll(path);
        if (isChosen) paths.append(path);
        if (paths.isEmpty())
            m_settings->remove(key);
        else
            m_settings->setValue(key, paths);
    };
    keep(kKeyValue, order == StateOrientation::KeyValue);
    keep(kValueKey, order == StateOrientation::ValueKey);
    Q_EMIT changed(path);
}

engine::OpenStateSpec StateOrders::spec(const QString &path) const
{
    return {path.toStdString(), order(path)};
}

StateOrders &stateOrders()
{
    static StateOrders orders;
    return orders;
}

} // namespace gui
