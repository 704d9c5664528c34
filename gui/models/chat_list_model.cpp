#include "gui/models/chat_list_model.h"

#include <QDateTime>

#include <algorithm>

namespace gui
{
namespace
{

ChatListModel::Section sectionOf(qint64 updatedMs)
{
    const QDate day = QDateTime::fromMSecsSinceEpoch(updatedMs).date();
    const qint64 days = day.daysTo(QDate::currentDate());
    return days <= 0 ? ChatListModel::Today : days == 1 ? ChatListModel::Yesterday : ChatListModel::Older;
}

} // namespace

int ChatListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

QVariant ChatListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const Row &row = m_rows[index.row()];
    switch (role) {
    case Qt::DisplayRole:
    case Qt::EditRole:
    case Qt::ToolTipRole:
        return row.chat.title.isEmpty() ? tr("New chat") : row.chat.title;
    case IdRole:
        return row.chat.id;
    case SectionRole:
        return int(sectionOf(row.chat.updatedMs));
    case UpdatedRole:
        return row.chat.updatedMs;
    case ActivityRole:
        return int(row.activity);
    default:
        return {};
    }
}

bool ChatListModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    const QString title = value.toString().simplified();
    if (!checkIndex(index, CheckIndexOption::IndexIsValid) || role != Qt::EditRole || title.isEmpty())
        return false;
    m_rows[index.row()].chat.title = title;
    Q_EMIT dataChanged(index, index);
    Q_EMIT renamed(idAt(index.row()), title);
    return true;
}

Qt::ItemFlags ChatListModel::flags(const QModelIndex &index) const
{
    const Qt::ItemFlags flags = QAbstractListModel::flags(index);
    return index.isValid() ? flags | Qt::ItemIsEditable : flags;
}

void ChatListModel::setChats(const QVector<ChatRow> &chats)
{
    beginResetModel();
    m_rows.clear();
    for (const ChatRow &chat : chats)
        m_rows.push_back({chat, ChatActivity::Idle});
    std::stable_sort(m_rows.begin(), m_rows.end(),
                     [](const Row &a, const Row &b) { return a.chat.updatedMs > b.chat.updatedMs; });
    endResetModel();
}

int ChatListModel::placeFor(qint64 updatedMs) const
{
    const auto later = [](const Row &row, qint64 time) { return row.chat.updatedMs > time; };
    return int(std::lower_bound(m_rows.begin(), m_rows.end(), updatedMs, later) - m_rows.begin());
}

void ChatListModel::put(const ChatRow &chat)
{
    const QModelIndex known = indexOf(chat.id);
    if (!known.isValid()) {
        const int place = placeFor(chat.updatedMs);
        beginInsertRows({}, place, place);
        m_rows.insert(place, {chat, ChatActivity::Idle});
        endInsertRows();
        return;
    }
    const int row = known.row();
    if (chat.updatedMs > m_rows[row].chat.updatedMs) {
        const int place = placeFor(chat.updatedMs);
        if (place < row) {
            beginMoveRows({}, row, row, {}, place);
            m_rows.move(row, place);
            endMoveRows();
        }
    }
    const QModelIndex now = indexOf(chat.id);
    m_rows[now.row()].chat = chat;
    Q_EMIT dataChanged(now, now);
}

void ChatListModel::remove(ChatId chat)
{
    const QModelIndex known = indexOf(chat);
    if (!known.isValid()) return;
    beginRemoveRows({}, known.row(), known.row());
    m_rows.removeAt(known.row());
    endRemoveRows();
}

void ChatListModel::setActivity(ChatId chat, ChatActivity activity)
{
    const QModelIndex known = indexOf(chat);
    if (!known.isValid() || m_rows[known.row()].activity == activity) return;
    m_rows[known.row()].activity = activity;
    Q_EMIT dataChanged(known, known, {ActivityRole});
}

QModelIndex ChatListModel::indexOf(ChatId chat) const
{
    for (int row = 0; row < m_rows.size(); ++row) {
        if (m_rows[row].chat.id == chat) return index(row);
    }
    return {};
}

QString ChatListModel::sectionTitle(int section)
{
    switch (section) {
    case Today:
        return tr("Today");
    case Yesterday:
        return tr("Yesterday");
    default:
        return tr("Older");
    }
}

} // namespace gui
