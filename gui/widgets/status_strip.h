#pragma once

#include "gui/services.h"

#include <QStatusBar>

class QToolButton;

namespace gui
{

/// What the engine does, in one line at the foot of the window; every field is a button that leads to more.
class StatusStrip final : public QStatusBar
{
    Q_OBJECT

public:
    explicit StatusStrip(const Services &services, QWidget *parent = nullptr);

private:
    QToolButton *addField(const QString &name, const QString &toolTip);
    void updateState();
    void updateNumbers();
    void updateServer();
    void updateProblems(int problems);

    Services m_services;
    QToolButton *m_state;
    QToolButton *m_adapters;
    QToolButton *m_rows;
    QToolButton *m_speed;
    QToolButton *m_memory;
    QToolButton *m_server;
    QToolButton *m_problems;
};

} // namespace gui
