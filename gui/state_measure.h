#pragma once

#include "engine/events.h"

#include <QObject>
#include <QString>

namespace gui
{

class EngineBridge;

/// The figures of one state file at a time. A new question ends the one before. Thread: GUI.
class StateMeasure final : public QObject
{
    Q_OBJECT

public:
    explicit StateMeasure(EngineBridge &bridge, QObject *parent = nullptr);

    /// -> measured, or failed.
    void measure(const QString &path);
    /// Forgets the question, if there is one.
    void cancel();
    QString path() const { return m_path; } ///< asked for last

Q_SIGNALS:
    void measured(const engine::event::StatesMeasured &figures);
    void failed(const engine::Error &error);

private:
    void handle(const engine::Event &event);

    EngineBridge &m_bridge;
    engine::JobId m_job = 0;
    QString m_path;
};

} // namespace gui
