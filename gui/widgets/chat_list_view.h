#pragma once

#include "gui/chat_rows.h"

#include <QWidget>

class QLineEdit;
class QListView;
class QSortFilterProxyModel;
class QToolButton;

namespace gui
{

class ChatListModel;

/// The list of chats with its filter: sections by day, rename in place. Thread: GUI.
class ChatListView final : public QWidget
{
    Q_OBJECT

public:
    explicit ChatListView(ChatListModel &model, QWidget *parent = nullptr);

    void setCurrent(ChatId chat);
    void renameCurrent();
    void clearFilter();
    void focusFilter();
    QToolButton &newButton() { return *m_new; }

Q_SIGNALS:
    void chosen(gui::ChatId chat);
    void newRequested();
    void deleteRequested(gui::ChatId chat);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    ChatId chatAt(const QModelIndex &index) const;
    void showMenu(const QPoint &position);
    void filter(const QString &text);

    ChatListModel &m_model;
    QSortFilterProxyModel *m_proxy;
    QListView *m_list;
    QLineEdit *m_filter;
    QToolButton *m_new;
};

} // namespace gui
