#pragma once

#include "gui/chat_rows.h"
#include "gui/sqlite.h"

#include <QLockFile>

#include <memory>

namespace gui
{

/// How opening the history went. Whatever happened, the program goes on; only Ready and Recovered save.
enum class HistoryState {
    Closed,    ///< no database was asked for
    Ready,     ///< opened or created
    Recovered, ///< the file was damaged: it stands at `movedTo` and a new one was begun
    TooNew,    ///< written by a newer program; not touched
    ReadOnly,  ///< can be read but not written
    Failed,    ///< cannot be opened at all; `detail` says why
};

struct HistoryReport {
    HistoryState state = HistoryState::Closed;
    QString detail;
    QString movedTo;
    int interrupted = 0; ///< answers that were being written when the program ended; now Stopped
    QVector<ChatRow> chats;
};

/// The database of chats: one file, schema version in `user_version`. Thread: the history thread only.
///
/// WAL with synchronous=FULL: writes are gathered to at most about four transactions a second on a thread of
/// their own, so that one fsync each costs nobody anything, and what was acknowledged survives a power cut,
/// too, not only a killed process. Errors: SqliteError from everything but open().
class HistoryStore final
{
public:
    static constexpr int kVersion = 1;

    HistoryReport open(const QString &path);
    bool canWrite() const { return m_db.isOpen() && !m_readOnly; }
    bool canRead() const { return m_db.isOpen(); }

    void begin() { m_db.execute("BEGIN IMMEDIATE"); }
    void commit() { m_db.execute("COMMIT"); }
    void rollback() noexcept;

    void putChat(const ChatRow &row); ///< inserts or replaces what the row says
    void setChatTrashed(ChatId chat, bool trashed);
    QVector<NodeRow> nodes(ChatId chat); ///< all that are not in the trash, oldest first
    void addNode(const NodeRow &row);
    void appendText(NodeId node, const QString &text, const QString &thinking);
    void setNodeState(NodeId node, NodeStatus status, const QJsonObject &meta);
    void setNodesTrashed(const QVector<NodeId> &ids, bool trashed);

private:
    HistoryReport openOrThrow(const QString &path);
    HistoryReport openReadOnly(const QString &path, const QString &why);
    void migrate(int from);
    int markInterrupted(const QString &path);
    void emptyOldTrash();
    QVector<ChatRow> chats();

    Sqlite m_db;
    std::unique_ptr<QLockFile> m_lock; ///< held by the first program on this database
    bool m_readOnly = false;
};

} // namespace gui
