#pragma once

#include "gui/history_store.h"

#include <QHash>
#include <QObject>
#include <QTimer>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace gui
{

/// The chats on disk, seen from the GUI thread: every call returns at once, a thread of its own does the
/// work.
///
/// What is queued goes into one transaction; `committed` tells when it is on disk. A write that fails for a
/// reason that may pass (disk full, busy) is kept and tried again every two seconds. Thread: GUI.
class History final : public QObject
{
    Q_OBJECT

public:
    static constexpr int kAppendMs = 250; ///< text of a running answer waits at most this long

    explicit History(QObject *parent = nullptr);
    ~History() override; ///< writes what is queued, then returns

    void open(const QString &path); ///< -> opened
    void putChat(const ChatRow &row);
    void setChatTrashed(ChatId chat, bool trashed);
    void loadChat(ChatId chat); ///< -> chatLoaded
    void addNode(const NodeRow &row);
    /// Adds to the end of a node's text; gathered for kAppendMs.
    void appendText(NodeId node, const QString &text, const QString &thinking);
    void setNodeState(NodeId node, NodeStatus status, const QJsonObject &meta);
    void setNodesTrashed(const QVector<NodeId> &ids, bool trashed);
    /// The number that `committed` will reach when everything asked for so far is on disk.
    quint64 issued() const { return m_issued; }
    void flush(); ///< hands gathered text to the thread now

Q_SIGNALS:
    void opened(const gui::HistoryReport &report);
    void chatLoaded(gui::ChatId chat, const QVector<gui::NodeRow> &nodes);
    /// A chat could not be read; the others are not affected.
    void chatUnreadable(gui::ChatId chat, const QString &reason);
    void committed(quint64 number);
    void saveFailed(const QString &reason); ///< it will be tried again
    void saveWorksAgain();                  ///< everything that waited is on disk
    void partLost(const QString &reason);   ///< something cannot be saved, now or later; the rest is

private:
    using Write = std::function<void(HistoryStore &)>;
    struct Order {
        quint64 number;
        Write write;                              ///< or
        std::function<void(HistoryStore &)> read; ///< outside the transaction, never fails the writes
    };
    struct Gathered {
        QString text, thinking;
    };

    void post(Write write);
    void enqueue(Order order);
    void run(const std::stop_token &stop);
    bool writeAll(std::vector<Order> &orders); ///< false: what is left of them must be tried again later
    bool writeOneByOne(std::vector<Order> &orders);
    void report(const SqliteError &error);

    QTimer m_gatherTimer;
    QHash<NodeId, Gathered> m_gathered;
    quint64 m_issued = 0;

    HistoryStore m_store;   ///< history thread only
    bool m_failing = false; ///< history thread only: something waits to be tried again
    bool m_lost = false;    ///< history thread only: since it began to wait, something was lost

    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::vector<Order> m_orders; ///< guarded by m_mutex
    std::jthread m_thread;       ///< last: starts when the rest is there
};

} // namespace gui

Q_DECLARE_METATYPE(gui::HistoryReport)
