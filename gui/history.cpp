#include "gui/history.h"

#include <chrono>

namespace gui
{
namespace
{
constexpr std::chrono::seconds kRetry{2};
}

History::History(QObject *parent)
    : QObject(parent)
{
    m_gatherTimer.setSingleShot(true);
    m_gatherTimer.setInterval(kAppendMs);
    connect(&m_gatherTimer, &QTimer::timeout, this, &History::flush);
    m_thread = std::jthread([this](const std::stop_token &stop) { run(stop); });
}

History::~History()
{
    flush();
    m_thread.request_stop();
    m_thread.join();
}

void History::enqueue(Order order)
{
    {
        const std::scoped_lock lock(m_mutex);
        m_orders.push_back(std::move(order));
    }
    m_wake.notify_one();
}

void History::post(Write write) { enqueue({++m_issued, std::move(write), {}}); }

void History::open(const QString &path)
{
    enqueue({m_issued, {}, [this, path](HistoryStore &store) {
                 const HistoryReport report = store.open(path);
                 QMetaObject::invokeMethod(
                     this, [this, report] { Q_EMIT opened(report); }, Qt::QueuedConnection);
             }});
}

void History::loadChat(ChatId chat)
{
    flush();
    enqueue({m_issued, {}, [this, chat](HistoryStore &store) {
                 QVector<NodeRow> nodes;
                 QString problem;
                 try {
                     if (store.canRead()) nodes = store.nodes(chat);
                 } catch (const SqliteError &error) {
                     problem = error.message();
                 }
                 QMetaObject::invokeMethod(
                     this,
                     [this, chat, nodes, problem] {
                         if (problem.isEmpty())
                             Q_EMIT chatLoaded(chat, nodes);
                         else
                             Q_EMIT chatUnreadable(chat, problem);
                     },
                     Qt::QueuedConnection);
             }});
}

void History::putChat(const ChatRow &row)
{
    post([row](HistoryStore &store) { store.putChat(row); });
}

void History::setChatTrashed(ChatId chat, bool trashed)
{
    post([chat, trashed](HistoryStore &store) { store.setChatTrashed(chat, trashed); });
}

void History::addNode(const NodeRow &row)
{
    post([row](HistoryStore &store) { store.addNode(row); });
}

void History::appendText(NodeId node, const QString &text, const QString &thinking)
{
    Gathered &gathered = m_gathered[node];
    gathered.text += text;
    gathered.thinking += thinking;
    if (!m_gatherTimer.isActive()) m_gatherTimer.start();
}

void History::flush()
{
    m_gatherTimer.stop();
    const auto gathered = std::exchange(m_gathered, {});
    for (auto it = gathered.cbegin(); it != gathered.cend(); ++it) {
        post([node = it.key(), part = it.value()](HistoryStore &store) {
            store.appendText(node, part.text, part.thinking);
        });
    }
}

void History::setNodeState(NodeId node, NodeStatus status, const QJsonObject &meta)
{
    flush();
    post([node, status, meta](HistoryStore &store) { store.setNodeState(node, status, meta); });
}

void History::setNodesTrashed(const QVector<NodeId> &ids, bool trashed)
{
    post([ids, trashed](HistoryStore &store) { store.setNodesTrashed(ids, trashed); });
}

void History::run(const std::stop_token &stop)
{
    std::vector<Order> writes; // not yet on disk
    for (;;) {
        std::vector<Order> taken;
        {
            std::unique_lock lock(m_mutex);
            if (writes.empty())
                m_wake.wait(lock, stop, [this] { return !m_orders.empty(); });
            else
                m_wake.wait_for(lock, stop, kRetry, [] { return false; });
            taken.swap(m_orders);
        }
        const bool last = stop.stop_requested();
        for (Order &order : taken) {
            if (order.write) {
                writes.push_back(std::move(order));
                continue;
            }
            if (writeAll(writes)) // a read sees every write asked for before it
                writes.clear();
            order.read(m_store);
        }
        if (writeAll(writes) || last) writes.clear();
        if (last) return;
    }
}

bool History::writeAll(std::vector<Order> &orders)
{
    if (orders.empty() || !m_store.canWrite())
        return true; // where nothing can be saved the user was told at opening
    const quint64 number = orders.back().number;
    try {
        m_store.begin();
        for (const Order &order : orders)
            order.write(m_store);
        m_store.commit();
    } catch (const SqliteError &error) {
        m_store.rollback();
        if (error.isTransient()) {
            report(error);
            return false;
        }
        if (!writeOneByOne(orders)) return false;
    }
    const bool again = std::exchange(m_failing, false) && !m_lost;
    m_lost = false;
    QMetaObject::invokeMethod(
        this,
        [this, number, again] {
            if (again) Q_EMIT saveWorksAgain();
            Q_EMIT committed(number);
        },
        Qt::QueuedConnection);
    return true;
}

/// One bad row must not take the others with it.
bool History::writeOneByOne(std::vector<Order> &orders)
{
    for (auto order = orders.begin(); order != orders.end(); ++order) {
        try {
            order->write(m_store);
        } catch (const SqliteError &error) {
            report(error);
            if (!error.isTransient()) continue;
            orders.erase(orders.begin(), order);
            return false;
        }
    }
    return true;
}

void History::report(const SqliteError &error)
{
    const bool isLost = !error.isTransient();
    (isLost ? m_lost : m_failing) = true;
    QMetaObject::invokeMethod(
        this,
        [this, isLost, reason = error.message()] {
            if (isLost)
                Q_EMIT partLost(reason);
            else
                Q_EMIT saveFailed(reason);
        },
        Qt::QueuedConnection);
}

} // namespace gui
