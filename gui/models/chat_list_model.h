#pragma once

#include "gui/chat_rows.h"

#include <QAbstractListModel>
#include <QVector>

namespace gui
{

/// What a chat is doing, for the mark beside its title.
enum class ChatActivity { Idle, Waiting, Generating, Unseen };

/// The chats that are not in the trash, newest first. Thread: GUI.
class ChatListModel final : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Roles { IdRole = Qt::UserRole, SectionRole, UpdatedRole, ActivityRole };
    enum Section { Today, Yesterday, Older };

    using QAbstractListModel::QAbstractListModel;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role) override; ///< EditRole -> renamed
    Qt::ItemFlags flags(const QModelIndex &index) const override;

    void setChats(const QVector<ChatRow> &chats);
    /// Inserts or moves to its place by time; the title may be new.
    void put(const ChatRow &chat);
    void remove(ChatId chat);
    void setActivity(ChatId chat, ChatActivity activity);
    QModelIndex indexOf(ChatId chat) const;
    ChatId idAt(int row) const { return m_rows[row].chat.id; }
    static QString sectionTitle(int section);

Q_SIGNALS:
    void renamed(gui::ChatId chat, const QString &title);

private:
    struct Row {
        ChatRow chat;
        ChatActivity activity = ChatActivity::Idle;
    };
    int placeFor(qint64 updatedMs) const;

    QVector<Row> m_rows;
};

} // namespace gui
