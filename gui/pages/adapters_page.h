#pragma once

#include "gui/services.h"

#include <QString>
#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;

namespace gui
{

class AdapterRack;
class ExtraDetails;
class ExtraTable;
class MessageBar;

/// The adapters of this computer, and those that change the loaded model: chosen with a tick, scaled, ordered
/// and applied without loading the model again.
class AdaptersPage final : public QWidget
{
    Q_OBJECT

public:
    explicit AdaptersPage(const Services &services, QWidget *parent = nullptr);

private:
    QWidget *buildStack();
    void connectSignals();
    void showDetails();
    void followSession();
    void updateApply();
    void apply();

    Services m_services;
    ExtraTable *m_table;
    MessageBar *m_message;
    ExtraDetails *m_details;
    QPushButton *m_reveal = nullptr;
    AdapterRack *m_rack = nullptr;
    QLabel *m_inUse = nullptr;
    QLabel *m_hint = nullptr;
    QProgressBar *m_busy = nullptr;
    QPushButton *m_apply = nullptr;
    QPushButton *m_revert = nullptr;
    QString m_loaded;        ///< the model that the stack was shown for
    bool m_isSettled = true; ///< the stack is what is in use; the user changed nothing
};

} // namespace gui
