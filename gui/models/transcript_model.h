#pragma once

#include "gui/models/message.h"

#include <QAbstractListModel>
#include <QHash>
#include <QVector>

namespace gui
{

/// One chat in memory: a tree of messages, of which the rows are the path that is shown.
///
/// Edits and further answers are siblings; nothing is overwritten. Texts of messages off the path may grow,
/// too. Thread: GUI.
class TranscriptModel final : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Roles {
        TextRole = Qt::UserRole,
        ThinkingRole,
        RoleRole,
        StatusRole,
        IdRole,
        SiblingRole,
        SiblingCountRole
    };

    using QAbstractListModel::QAbstractListModel;

    int rowCount(const QModelIndex &parent = {}) const override;
    /// DisplayRole and AccessibleTextRole: "You: ...".
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    /// Replaces everything; the path ends at `leaf`, or at the newest message if there is no such.
    void setNodes(const QVector<NodeRow> &nodes, NodeId leaf);
    const Message &at(int row) const;
    const Message *find(NodeId id) const;
    int rowOf(NodeId id) const; ///< -1: not on the path
    NodeId leaf() const { return m_path.isEmpty() ? 0 : m_path.last(); }
    /// From the first message to `id`, wherever it is in the tree.
    QVector<NodeId> pathTo(NodeId id) const;

    int siblingIndex(int row) const; ///< from 0
    int siblingCount(int row) const;

    /// Adds a message; if its parent is on the path (or it has none), the path goes on with it.
    void add(const Message &message);
    void appendText(NodeId id, const QString &text, const QString &thinking);
    /// Changes anything but text and place.
    template <typename Change>
    void change(NodeId id, Change change)
    {
        const auto found = m_nodes.find(id);
        if (found == m_nodes.end()) return;
        change(*found);
        notify(id, {StatusRole});
    }
    /// Shows the sibling `step` further, with the newest messages below it. False: there is none.
    bool showSibling(int row, int step);
    /// Shows the path to this message, and from there the newest ones; nothing happens if it is not there.
    void showBelow(NodeId id);
    /// Takes a message and all below it out; returns them. The path goes on with a sibling, if there is one.
    QVector<NodeId> remove(NodeId id);
    /// Puts back what remove() returned and shows it.
    void restore(const QVector<NodeId> &ids);

Q_SIGNALS:
    void leafChanged(gui::NodeId leaf);

private:
    const QVector<NodeId> &siblings(const Message &message) const;
    NodeId newestBelow(NodeId id) const;
    void showPath(NodeId leaf);
    void notify(NodeId id, const QVector<int> &roles);

    QHash<NodeId, Message> m_nodes;
    QHash<NodeId, Message> m_removed;
    QHash<NodeId, QVector<NodeId>> m_children; ///< oldest first; of 0: first messages
    QVector<NodeId> m_path;
};

} // namespace gui
