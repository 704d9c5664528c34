#pragma once

#include "engine/events.h"

#include <QWidget>

#include <vector>

class QVBoxLayout;

namespace gui
{

/// What would make a load fit: a button for each thing that can be done here, a line for the others. Takes no
/// space while there is nothing to say. Thread: GUI.
class FixList final : public QWidget
{
    Q_OBJECT

public:
    explicit FixList(QWidget *parent = nullptr);
    void setFixes(const std::vector<engine::MemoryFix> &fixes);

Q_SIGNALS:
    void chosen(const engine::MemoryFix &fix);

private:
    QVBoxLayout *m_column;
};

} // namespace gui
