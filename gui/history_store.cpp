#include "gui/history_store.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>

namespace gui
{
namespace
{

constexpr qint64 kTrashMs = 30LL * 24 * 3600 * 1000;

constexpr const char *kSchema = R"(
CREATE TABLE chat(
    id INTEGER PRIMARY KEY, title TEXT NOT NULL, model TEXT NOT NULL, preset TEXT NOT NULL, draft TEXT NOT NULL,
    origin TEXT NOT NULL, leaf INTEGER NOT NULL, updated INTEGER NOT NULL, deleted_at INTEGER);
CREATE TABLE node(
    id INTEGER PRIMARY KEY, chat INTEGER NOT NULL REFERENCES chat(id) ON DELETE CASCADE, parent INTEGER NOT NULL,
    role INTEGER NOT NULL, status INTEGER NOT NULL, text TEXT NOT NULL, thinking TEXT NOT NULL, meta TEXT NOT NULL,
    deleted_at INTEGER);
CREATE INDEX node_of_chat ON node(chat);
)";

qint64 now() { return QDateTime::currentMSecsSinceEpoch(); }

QString toText(const QJsonObject &object)
{
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

/// Moves the database and what belongs to it to a free name beside it.
QString moveAside(const QString &path)
{
    const QString stamp = QDateTime::currentDateTime().toString(QStringLiteral("yyyyMMdd-HHmmss"));
    QString target = path + QStringLiteral(".damaged-") + stamp;
    for (int n = 2; QFileInfo::exists(target); ++n)
        target = path + QStringLiteral(".damaged-%1-%2").arg(stamp).arg(n);
    if (!QFile::rename(path, target)) return {};
    for (const auto *suffix : {"-wal", "-shm"})
        QFile::rename(path + QLatin1String(suffix), target + QLatin1String(suffix));
    return target;
}

} // namespace

HistoryReport HistoryStore::open(const QString &path)
{
    QString movedTo;
    for (int attempt = 0; attempt < 2; ++attempt) {
        try {
            HistoryReport report = openOrThrow(path);
            if (!movedTo.isEmpty() && report.state == HistoryState::Ready) {
                report.state = HistoryState::Recovered;
                report.movedTo = movedTo;
            }
            return report;
        } catch (const SqliteError &error) {
            m_db.close();
            if (!error.isCorrupt()) return openReadOnly(path, error.message());
            movedTo = moveAside(path);
            if (movedTo.isEmpty()) return {HistoryState::Failed, error.message(), {}, 0, {}};
        }
    }
    return {HistoryState::Failed, QStringLiteral("a new database was damaged as well"), {}, 0, {}};
}

HistoryReport HistoryStore::openOrThrow(const QString &path)
{
    m_readOnly = false;
    QDir().mkpath(QFileInfo(path).absolutePath());
    m_db.open(path);
    const auto version = int(m_db.number("PRAGMA user_version"));
    if (version > kVersion) {
        m_db.close();
        const QString detail =
            QStringLiteral("%1: version %2, this program knows %3").arg(path).arg(version).arg(kVersion);
        return {HistoryState::TooNew, detail, {}, 0, {}};
    }
    m_db.execute("PRAGMA journal_mode=WAL");
    m_db.execute("PRAGMA synchronous=FULL");
    m_db.execute("PRAGMA foreign_keys=ON");
    begin();
    migrate(int(m_db.number("PRAGMA user_version"))); // again: another program may have just made it
    const int interrupted = markInterrupted(path);
    emptyOldTrash();
    HistoryReport report{HistoryState::Ready, {}, {}, interrupted, chats()};
    commit();
    return report;
}

HistoryReport HistoryStore::openReadOnly(const QString &path, const QString &why)
{
    if (!QFileInfo::exists(path)) return {HistoryState::Failed, why, {}, 0, {}};
    try {
        m_db.openImmutable(path);
        m_readOnly = true;
        if (m_db.number("PRAGMA user_version") == kVersion)
            return {HistoryState::ReadOnly, why, {}, 0, chats()};
    } catch (const SqliteError &) { // reported below with the first reason, which is the cause
    }
    m_db.close();
    return {HistoryState::Failed, why, {}, 0, {}};
}

void HistoryStore::migrate(int from)
{
    if (from == kVersion) return;
    m_db.execute(kSchema);
    m_db.execute("PRAGMA user_version=1");
}

int HistoryStore::markInterrupted(const QString &path)
{
    // Answers of another program that still runs on this database are not interrupted: it holds the lock.
    m_lock = std::make_unique<QLockFile>(path + QStringLiteral(".lock"));
    m_lock->setStaleLockTime(0);
    if (!m_lock->tryLock(0)) {
        m_lock.reset();
        return 0;
    }
    const auto count = int(m_db.number("SELECT count(*) FROM node WHERE status=1"));
    if (count > 0) m_db.execute("UPDATE node SET status=2 WHERE status=1");
    return count;
}

void HistoryStore::emptyOldTrash()
{
    Statement(m_db, "DELETE FROM chat WHERE deleted_at < ?").bind(now() - kTrashMs).run();
    Statement(m_db, "DELETE FROM node WHERE deleted_at < ?").bind(now() - kTrashMs).run();
}

void HistoryStore::rollback() noexcept
{
    try {
        m_db.execute("ROLLBACK");
    } catch (const SqliteError &) { // no transaction was open: nothing to undo
    }
}

QVector<ChatRow> HistoryStore::chats()
{
    Statement statement(m_db, "SELECT id,title,model,preset,draft,origin,leaf,updated FROM chat "
                              "WHERE deleted_at IS NULL ORDER BY updated DESC");
    QVector<ChatRow> rows;
    while (statement.step()) {
        ChatRow row;
        row.id = statement.number();
        row.title = statement.text();
        row.model = statement.text();
        row.preset = statement.text();
        row.draft = statement.text();
        row.origin = statement.text();
        row.leaf = statement.number();
        row.updatedMs = statement.number();
        rows.push_back(row);
    }
    return rows;
}

void HistoryStore::putChat(const ChatRow &row)
{
    Statement(
        m_db,
        "INSERT INTO chat(id,title,model,preset,draft,origin,leaf,updated) VALUES(?,?,?,?,?,?,?,?) "
        "ON CONFLICT(id) DO UPDATE SET title=excluded.title,model=excluded.model,preset=excluded.preset,"
        "draft=excluded.draft,origin=excluded.origin,leaf=excluded.leaf,updated=excluded.updated")
        .bind(row.id)
        .bind(row.title)
        .bind(row.model)
        .bind(row.preset)
        .bind(row.draft)
        .bind(row.origin)
        .bind(row.leaf)
        .bind(row.updatedMs)
        .run();
}

void HistoryStore::setChatTrashed(ChatId chat, bool trashed)
{
    if (trashed)
        Statement(m_db, "UPDATE chat SET deleted_at=? WHERE id=?").bind(now()).bind(chat).run();
    else
        Statement(m_db, "UPDATE chat SET deleted_at=NULL WHERE id=?").bind(chat).run();
}

QVector<NodeRow> HistoryStore::nodes(ChatId chat)
{
    Statement statement(m_db, "SELECT id,parent,role,status,text,thinking,meta FROM node "
                              "WHERE chat=? AND deleted_at IS NULL ORDER BY id");
    statement.bind(chat);
    QVector<NodeRow> rows;
    while (statement.step()) {
        NodeRow row;
        row.chat = chat;
        row.id = statement.number();
        row.parent = statement.number();
        row.role = NodeRole(qBound(0, int(statement.number()), 2));
        row.status = NodeStatus(qBound(0, int(statement.number()), 3));
        row.text = statement.text();
        row.thinking = statement.text();
        row.meta = QJsonDocument::fromJson(statement.text().toUtf8()).object();
        rows.push_back(row);
    }
    return rows;
}

void HistoryStore::addNode(const NodeRow &row)
{
    Statement(m_db, "INSERT INTO node(id,chat,parent,role,status,text,thinking,meta) VALUES(?,?,?,?,?,?,?,?)")
        .bind(row.id)
        .bind(row.chat)
        .bind(row.parent)
        .bind(qint64(row.role))
        .bind(qint64(row.status))
        .bind(row.text)
        .bind(row.thinking)
        .bind(toText(row.meta))
        .run();
}

void HistoryStore::appendText(NodeId node, const QString &text, const QString &thinking)
{
    Statement(m_db, "UPDATE node SET text=text||?, thinking=thinking||? WHERE id=?")
        .bind(text)
        .bind(thinking)
        .bind(node)
        .run();
}

void HistoryStore::setNodeState(NodeId node, NodeStatus status, const QJsonObject &meta)
{
    Statement(m_db, "UPDATE node SET status=?, meta=? WHERE id=?")
        .bind(qint64(status))
        .bind(toText(meta))
        .bind(node)
        .run();
}

void HistoryStore::setNodesTrashed(const QVector<NodeId> &ids, bool trashed)
{
    for (const NodeId id : ids) {
        if (trashed)
            Statement(m_db, "UPDATE node SET deleted_at=? WHERE id=?").bind(now()).bind(id).run();
        else
            Statement(m_db, "UPDATE node SET deleted_at=NULL WHERE id=?").bind(id).run();
    }
}

} // namespace gui
