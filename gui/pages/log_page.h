#pragma once

#include "gui/services.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QTableView;

namespace gui
{

class LogFilterModel;

/// The program's log with filters; follows the end until the user scrolls away.
class LogPage final : public QWidget
{
    Q_OBJECT

public:
    explicit LogPage(const Services &services, QWidget *parent = nullptr);

protected:
    void showEvent(QShowEvent *event) override;

private:
    void build();
    QWidget *buildHeader();
    void fitTable();
    void connectSignals();
    void linesAdded();
    void updateEmpty();
    void copySelection();
    void copyReport();

    Services m_services;
    LogFilterModel *m_filter;
    QComboBox *m_level = nullptr;
    QLineEdit *m_search = nullptr;
    QCheckBox *m_follow = nullptr;
    QLabel *m_note = nullptr;
    QLabel *m_empty = nullptr;
    QTableView *m_table = nullptr;
};

} // namespace gui
