// What the chat controller can take back, and make again.
#include "gui/chat_controller.h"

#include <algorithm>

namespace gui
{
namespace
{
constexpr std::size_t kMostUndo = 100;
}

void ChatController::pushUndo(const QString &what, std::function<void()> back, std::function<void()> again)
{
    m_redo.clear(); // it would go on from a past that is no more
    if (m_undo.size() == kMostUndo) m_undo.erase(m_undo.begin());
    m_undo.push_back({what, std::move(back), std::move(again)});
    if (!what.isEmpty()) Q_EMIT undoOffered(what);
    Q_EMIT stateChanged();
}

void ChatController::undo()
{
    if (m_undo.empty()) return;
    m_redo.push_back(std::move(m_undo.back()));
    m_undo.pop_back();
    const auto back = m_redo.back().back; // a copy: the stacks may change meanwhile
    back();
    Q_EMIT undone();
    Q_EMIT stateChanged();
}

void ChatController::redo()
{
    if (m_redo.empty()) return;
    m_undo.push_back(std::move(m_redo.back()));
    m_redo.pop_back();
    const Change change = m_undo.back();
    change.again();
    if (!change.what.isEmpty()) Q_EMIT undoOffered(change.what);
    Q_EMIT stateChanged();
}

/// An edit or another answer began a branch at `node`; the path ended at `before`.
void ChatController::branchMade(const Chat &c, NodeId before, NodeId node)
{
    const auto show = [this, id = c.row.id](NodeId leaf) {
        stop(chat(id)); // what is written stays in its branch
        chat(id).model->showBelow(leaf);
        select(id);
    };
    pushUndo(
        {}, [show, before] { show(before); }, [show, node] { show(node); });
}

void ChatController::trashChat(ChatId id)
{
    const Chat *c = find(id);
    if (!c || !c->inHistory) return;
    moveToTrash(id);
    const auto back = [this, id] {
        m_history.setChatTrashed(id, false);
        chat(id).trashed = false;
        m_list.put(chat(id).row);
        select(id);
    };
    pushUndo(tr("“%1” was deleted.").arg(c->row.title.isEmpty() ? tr("New chat") : c->row.title), back,
             [this, id] { moveToTrash(id); });
}

void ChatController::moveToTrash(ChatId id)
{
    Chat &c = chat(id);
    stop(c); // a message that waits for a model is not answered either
    if (id == m_current) flushDraft();
    releaseState(c);
    c.trashed = true;
    const int place = m_list.indexOf(id).row();
    m_list.remove(id);
    m_history.setChatTrashed(id, true);
    if (id != m_current) return;
    if (m_list.rowCount() > 0)
        select(m_list.idAt(std::clamp(place, 0, m_list.rowCount() - 1)));
    else
        newChat();
}

void ChatController::remove(int row)
{
    const Chat &c = now();
    if (row < 0 || row >= c.model->rowCount()) return;
    const ChatId id = c.row.id;
    const NodeId node = c.model->at(row).id;
    const QVector<NodeId> ids = removeNode(id, node);
    const auto back = [this, ids, id] {
        m_history.setNodesTrashed(ids, false);
        chat(id).model->restore(ids);
        select(id);
    };
    pushUndo(tr("%n message(s) deleted.", nullptr, int(ids.size())), back, [this, id, node] {
        removeNode(id, node);
        select(id);
    });
}

QVector<NodeId> ChatController::removeNode(ChatId id, NodeId node)
{
    Chat &c = chat(id);
    if (c.run && c.model->pathTo(c.run->node).contains(node)) stop(c);
    const QVector<NodeId> ids = c.model->remove(node);
    m_history.setNodesTrashed(ids, true);
    return ids;
}

} // namespace gui
