#pragma once

#include "gui/services.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace gui
{

class ExtraFilterModel;
class ExtraListModel;

/// The list of states or adapters with its search field, and what stands there while it is empty.
class ExtraTable final : public QWidget
{
    Q_OBJECT

public:
    /// Object names begin with `name`; `empty` says what belongs here while there is nothing.
    ExtraTable(const Services &services, ExtraListModel &extras, const QString &name, const QString &empty,
               QWidget *parent = nullptr);

    QTableView &table() { return *m_table; }
    QString currentPath() const;
    void select(const QString &path);
    void focusSearch();

Q_SIGNALS:
    void currentChanged();
    /// A double click, or Return.
    void activated(const QString &path);

protected:
    void changeEvent(QEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QWidget *buildHeader(const QString &name);
    QWidget *buildEmpty(const QString &empty);
    void buildTable(const QString &name);
    void fitColumns();
    void fitName();
    void updateScan();
    void updateRows();

    Services m_services;
    ExtraListModel &m_extras;
    ExtraFilterModel *m_filter;
    QLineEdit *m_search = nullptr;
    QLabel *m_busy = nullptr;
    QPushButton *m_stop = nullptr;
    QStackedWidget *m_stack;
    QTableView *m_table;
    QLabel *m_empty = nullptr;
    QString m_emptyText;
};

} // namespace gui
