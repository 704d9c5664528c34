#pragma once

#include "gui/state_probe.h"

#include <QWidget>

#include <vector>

class QLabel;
class QPlainTextEdit;
class QScrollArea;
class QStackedWidget;

namespace gui
{

/// The answers to a probe line side by side, growing while they are written, and what stands there while
/// nobody was asked. Thread: GUI.
class ProbeColumns final : public QWidget
{
    Q_OBJECT

public:
    /// Object names begin with `name`.
    ProbeColumns(StateProbe &probe, const QString &name, QWidget *parent = nullptr);

    /// Shown as long as nobody was asked.
    void setHint(const QString &text);

Q_SIGNALS:
    /// "Use in a chat" of a state file; empty: the empty memory.
    void useRequested(const QString &path);

private:
    struct Column {
        QLabel *phase;
        QPlainTextEdit *text;
    };
    void rebuild();
    QWidget *buildColumn(int index);
    void showAnswer(int index);

    StateProbe &m_probe;
    const QString m_name;
    QStackedWidget *m_stack;
    QLabel *m_hint;
    QScrollArea *m_scroll;
    std::vector<Column> m_columns;
};

} // namespace gui
