#pragma once

#include <QFrame>
#include <QPointer>

class QAction;
class QLabel;
class QLineEdit;
class QListView;
class QStandardItemModel;
class QSortFilterProxyModel;

namespace gui
{

class Actions;

/// Finds every command by name: a popup with a filter field and a list. Enter runs, Esc closes.
class CommandPalette final : public QFrame
{
    Q_OBJECT

public:
    CommandPalette(Actions &actions, QWidget *parent);

    /// Shows it over the top of the parent window, with what is available now.
    void popUp();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void fill();
    void filter(const QString &text);
    void run(const QModelIndex &index);
    void step(int rows);

    Actions &m_actions;
    QLineEdit *m_field;
    QListView *m_list;
    QLabel *m_nothing;
    QStandardItemModel *m_model;
    QSortFilterProxyModel *m_filter;
    QPointer<QWidget> m_focusBefore;
};

} // namespace gui
