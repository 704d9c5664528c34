#pragma once

#include "gui/services.h"
#include "gui/state_probe.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;

namespace gui
{

class ProbeColumns;

/// One line through several states, all at once and side by side. Thread: GUI.
class AuditionView final : public QWidget
{
    Q_OBJECT

public:
    static constexpr int kMostVoices = 16;

    explicit AuditionView(const Services &services, QWidget *parent = nullptr);

    /// Ticks this one, if nothing but the empty memory is ticked yet.
    void suggest(const QString &path);

private:
    QWidget *buildChoice();
    QWidget *buildLine();
    void connectSignals();
    void fillList();
    void updateVerbs();
    void listen();
    QStringList ticked() const;

    Services m_services;
    StateProbe m_probe;
    QListWidget *m_list = nullptr;
    QLabel *m_count = nullptr;
    QLineEdit *m_line = nullptr;
    QPushButton *m_listen = nullptr;
    ProbeColumns *m_columns;
    QStringList m_ticked = {QString()}; ///< paths; empty: the empty memory
};

} // namespace gui
