#pragma once

#include "engine/options.h"

#include <QObject>
#include <QPointer>
#include <QSettings>
#include <QString>

namespace gui
{

/// How the matrices of state files lie, where the user said so because a file does not, or says it wrongly.
/// Whoever opens a state asks here. Kept in what the window remembers. Thread: GUI.
class StateOrders final : public QObject
{
    Q_OBJECT

public:
    /// Where the choices are kept; before, and without it, there are none.
    void keepIn(QSettings &settings) { m_settings = &settings; }

    engine::StateOrientation order(const QString &path) const;
    /// Auto: as the file says. -> changed
    void setOrder(const QString &path, engine::StateOrientation order);
    /// To open, measure or look into the file.
    engine::OpenStateSpec spec(const QString &path) const;

Q_SIGNALS:
    /// What was opened of the file before is another state.
    void changed(const QString &path);

private:
    QPointer<QSettings> m_settings;
};

/// The program's.
StateOrders &stateOrders();

} // namespace gui
