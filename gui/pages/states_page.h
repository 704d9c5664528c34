#pragma once

#include "gui/services.h"

#include <QString>
#include <QWidget>

class QLabel;
class QPushButton;
class QSplitter;
class QStackedWidget;

namespace gui
{

class ExtraTable;
class MessageBar;

/// The states of this computer: what each is, whether the loaded model can start from it, and why not.
class StatesPage final : public QWidget
{
    Q_OBJECT

public:
    explicit StatesPage(const Services &services, QWidget *parent = nullptr);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    QWidget *buildDetails();
    void connectSignals();
    void showDetails();
    void startChat(const QString &path);

    Services m_services;
    ExtraTable *m_table;
    MessageBar *m_message;
    QSplitter *m_splitter;
    QStackedWidget *m_detailStack = nullptr;
    QLabel *m_name = nullptr;
    QLabel *m_about = nullptr;
    QLabel *m_match = nullptr;
    QLabel *m_facts = nullptr;
    QPushButton *m_start = nullptr;
    QPushButton *m_reveal = nullptr;
};

} // namespace gui
