#include "gui/models/transcript_model.h"

#include <algorithm>

namespace gui
{

int TranscriptModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_path.size());
}

QVariant TranscriptModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const Message &message = at(index.row());
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
        switch (message.role) {
        case NodeRole::User:
            return tr("You: %1").arg(message.text);
        case NodeRole::Assistant:
            return tr("Answer: %1").arg(message.text);
        case NodeRole::Note:
            return tr("Memory: %1").arg(message.text);
        }
        return {};
    case TextRole:
        return message.text;
    case ThinkingRole:
        return message.thinking;
    case RoleRole:
        return int(message.role);
    case StatusRole:
        return int(message.status);
    case IdRole:
        return message.id;
    case SiblingRole:
        return siblingIndex(index.row());
    case SiblingCountRole:
        return siblingCount(index.row());
    default:
        return {};
    }
}

QHash<int, QByteArray> TranscriptModel::roleNames() const
{
    return {{TextRole, "text"},
            {ThinkingRole, "thinking"},
            {RoleRole, "role"},
            {StatusRole, "status"},
            {IdRole, "id"},
            {SiblingRole, "sibling"},
            {SiblingCountRole, "siblingCount"}};
}

void TranscriptModel::setNodes(const QVector<NodeRow> &nodes, NodeId leaf)
{
    beginResetModel();
    m_nodes.clear();
    m_removed.clear();
    m_children.clear();
    m_path.clear();
    NodeId newest = 0;
    for (const NodeRow &row : nodes) {
        Message message{row.id,
                        row.parent,
                        row.role,
                        row.status,
                        row.text,
                        row.thinking,
                        MessageMeta::fromJson(row.meta)};
        if (message.parent >= message.id) // a parent is always older; anything else would be a circle
            message.parent = 0;
        m_nodes.insert(row.id, message);
        m_children[message.parent].push_back(row.id);
        newest = std::max(newest, row.id);
    }
    for (auto &children : m_children)
        std::sort(children.begin(), children.end());
    m_path = pathTo(m_nodes.contains(leaf) ? leaf : newest);
    endResetModel();
}

const Message &TranscriptModel::at(int row) const { return *m_nodes.constFind(m_path[row]); }

const Message *TranscriptModel::find(NodeId id) const
{
    const auto found = m_nodes.constFind(id);
    return found == m_nodes.constEnd() ? nullptr : &*found;
}

int TranscriptModel::rowOf(NodeId id) const { return int(m_path.lastIndexOf(id)); }

QVector<NodeId> TranscriptModel::pathTo(NodeId id) const
{
    QVector<NodeId> path;
    for (const Message *message = find(id); message; message = find(message->parent))
        path.push_front(message->id);
    return path;
}

const QVector<NodeId> &TranscriptModel::siblings(const Message &message) const
{
    return *m_children.constFind(message.parent);
}

int TranscriptModel::siblingIndex(int row) const { return int(siblings(at(row)).indexOf(m_path[row])); }

int TranscriptModel::siblingCount(int row) const { return int(siblings(at(row)).size()); }

NodeId TranscriptModel::newestBelow(NodeId id) const
{
    for (auto children = m_children.constFind(id); children != m_children.constEnd() && !children->isEmpty();
         children = m_children.constFind(id))
        id = children->last();
    return id;
}

void TranscriptModel::showPath(NodeId leaf)
{
    const QVector<NodeId> path = pathTo(leaf);
    const auto same = std::mismatch(path.begin(), path.end(), m_path.begin(), m_path.end());
    const int kept = int(same.first - path.begin());
    if (kept < m_path.size()) {
        beginRemoveRows({}, kept, int(m_path.size()) - 1);
        m_path.resize(kept);
        endRemoveRows();
    }
    if (kept < path.size()) {
        beginInsertRows({}, kept, int(path.size()) - 1);
        m_path = path;
        endInsertRows();
    }
    Q_EMIT leafChanged(this->leaf());
}

void TranscriptModel::add(const Message &message)
{
    const bool continues = message.parent == 0 || m_path.contains(message.parent);
    m_nodes.insert(message.id, message);
    m_children[message.parent].push_back(message.id);
    if (continues) showPath(message.id);
}

void TranscriptModel::appendText(NodeId id, const QString &text, const QString &thinking)
{
    const auto found = m_nodes.find(id);
    if (found == m_nodes.end()) return;
    found->text += text;
    found->thinking += thinking;
    notify(id, {TextRole, ThinkingRole});
}

void TranscriptModel::notify(NodeId id, const QVector<int> &roles)
{
    const int row = rowOf(id);
    if (row >= 0) Q_EMIT dataChanged(index(row), index(row), roles);
}

bool TranscriptModel::showSibling(int row, int step)
{
    const int wanted = siblingIndex(row) + step;
    if (wanted < 0 || wanted >= siblingCount(row)) return false;
    showPath(newestBelow(siblings(at(row))[wanted]));
    return true;
}

void TranscriptModel::showBelow(NodeId id)
{
    if (find(id)) showPath(newestBelow(id));
}

QVector<NodeId> TranscriptModel::remove(NodeId id)
{
    const Message *top = find(id);
    if (!top) return {};
    const NodeId parent = top->parent;
    const bool wasShown = m_path.contains(id);
    QVector<NodeId> ids{id};
    for (int i = 0; i < ids.size(); ++i)
        ids += m_children.value(ids[i]);

    auto &children = m_children[parent];
    const int place = int(children.indexOf(id));
    children.removeAt(place);
    if (wasShown) {
        const NodeId next =
            children.isEmpty() ? parent : newestBelow(children[std::min(place, int(children.size()) - 1)]);
        showPath(next);
    }
    for (const NodeId gone : ids) {
        m_removed.insert(gone, m_nodes.take(gone));
        m_children.remove(gone);
    }
    return ids;
}

void TranscriptModel::restore(const QVector<NodeId> &ids)
{
    for (const NodeId id : ids) { // parents come first
        if (!m_removed.contains(id)) continue;
        const Message message = m_removed.take(id);
        m_nodes.insert(id, message);
        auto &children = m_children[message.parent];
        children.insert(std::lower_bound(children.begin(), children.end(), id), id);
    }
    if (!ids.isEmpty() && m_nodes.contains(ids.first())) showPath(newestBelow(ids.first()));
}

} // namespace gui
