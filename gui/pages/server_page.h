#pragma once

#include "gui/services.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QTableView;

namespace gui
{

class LiveRequestModel;
class MessageBar;
class RequestLogModel;

/// The local endpoint: switch, address, key and limits; what it answers now, and what it answered.
class ServerPage final : public QWidget
{
    Q_OBJECT

public:
    explicit ServerPage(const Services &services, QWidget *parent = nullptr);

protected:
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    void build();
    QWidget *buildHeader();
    QWidget *buildAddress();
    QWidget *buildLive();
    QWidget *buildLog();
    QTableView *makeTable(const QString &name, const QString &title);
    void connectSignals();
    void turn();
    void turnOn();
    void pressVerb();
    void showState();
    void showProblem();
    void updateEmpty();
    void fitTables();
    void cancelSelected();

    /// What the verb of the message does.
    enum class Verb { None, OpenToOthers, UseFreePort };

    Services m_services;
    LiveRequestModel *m_live;
    RequestLogModel *m_log;
    Verb m_verbMeans = Verb::None;
    QLabel *m_state = nullptr;
    QPushButton *m_switch = nullptr;
    MessageBar *m_message = nullptr;
    QWidget *m_form = nullptr;
    QWidget *m_address = nullptr;
    QLabel *m_url = nullptr;
    QTableView *m_liveTable = nullptr;
    QTableView *m_logTable = nullptr;
    QLabel *m_liveEmpty = nullptr;
    QLabel *m_logEmpty = nullptr;
    QPushButton *m_cancel = nullptr;
    QPushButton *m_clear = nullptr;
};

} // namespace gui
