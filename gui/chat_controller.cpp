// Chats, trees and history; what concerns the engine is in chat_answers.cpp, undo and redo in chat_undo.cpp.
#include "gui/chat_controller.h"
#include "gui/engine_bridge.h"
#include "gui/state_orders.h"

#include <QDateTime>
#include <QJsonDocument>

#include <algorithm>

namespace gui
{
namespace
{

constexpr int kDraftMs = 400;
constexpr int kTitleLength = 60;

QString titleFrom(const QString &text)
{
    const QString line = text.trimmed().section(QLatin1Char('\n'), 0, 0).simplified();
    return line.size() <= kTitleLength ? line : line.left(kTitleLength - 1).trimmed() + QChar(0x2026);
}

QString toText(const GenerationSettings &settings, const Mix &mix)
{
    QJsonObject object = settings.toJson();
    if (!mix.isEmpty()) object.insert(QStringLiteral("mix"), mix.toJson());
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

} // namespace

ChatController::ChatController(EngineBridge &bridge, QObject *parent)
    : QObject(parent)
    , m_bridge(bridge)
    , m_mixStates(bridge)
{
    connect(&m_bridge, &EngineBridge::eventArrived, this, &ChatController::handle);
    connect(&m_bridge, &EngineBridge::snapshotTaken, this, &ChatController::takeSnapshot);
    connect(&m_mixStates, &MixStates::changed, this, &ChatController::resumeWaiting);
    connect(&m_mixStates, &MixStates::failed, this, &ChatController::voiceFailed);
    connect(&stateOrders(), &StateOrders::changed, this, [this](const QString &path) {
        for (const auto &[id, c] : m_chats) {
            if (c->row.origin != path) continue;
            forgetOpening(*c);
            releaseState(*c); // the next answer opens it anew
        }
        resumeWaiting();
    });
    connect(&m_history, &History::opened, this, &ChatController::readHistory);
    connect(&m_history, &History::chatLoaded, this, &ChatController::readNodes);
    connect(&m_list, &ChatListModel::renamed, this, &ChatController::rename);
    m_draftTimer.setSingleShot(true);
    m_draftTimer.setInterval(kDraftMs);
    connect(&m_draftTimer, &QTimer::timeout, this, &ChatController::keepDraft);
    if (m_bridge.hasEngine()) takeSnapshot(m_bridge.engine().snapshot());
    newChat();
}

ChatController::~ChatController()
{
    for (const auto &[id, c] : m_chats) {
        if (c->run) stop(*c);
    }
    flushDraft();
}

void ChatController::openFolder(const QString &folder)
{
    m_presets.setFile(folder + QStringLiteral("/presets.json"));
    if (now().model->rowCount() == 0) {
        now().settings = m_presets.lastUsed();
        Q_EMIT settingsChanged();
    }
    m_history.open(folder + QStringLiteral("/chats.sqlite"));
}

ChatController::Chat *ChatController::find(ChatId id) const
{
    const auto found = m_chats.find(id);
    return found == m_chats.end() ? nullptr : found->second.get();
}

ChatController::Chat &ChatController::addChat(const ChatRow &row)
{
    auto c = std::make_unique<Chat>();
    c->row = row;
    c->model = std::make_unique<TranscriptModel>();
    const QJsonDocument preset = QJsonDocument::fromJson(row.preset.toUtf8());
    c->settings = preset.isObject() ? GenerationSettings::fromJson(preset.object()) : m_presets.lastUsed();
    c->mix = Mix::fromJson(preset.object().value(QStringLiteral("mix")).toObject());
    connect(c->model.get(), &TranscriptModel::leafChanged, this,
            [this, id = row.id](NodeId leaf) { leafMoved(id, leaf); });
    return *(m_chats[row.id] = std::move(c));
}

void ChatController::readHistory(const HistoryReport &report)
{
    QVector<ChatRow> rows = report.chats;
    for (const ChatRow &row : rows) {
        if (!find(row.id)) addChat(row).inHistory = true;
    }
    for (int row = 0; row < m_list.rowCount();
         ++row) { // what was written while the database was being opened
        const ChatId id = m_list.idAt(row);
        if (std::none_of(report.chats.begin(), report.chats.end(),
                         [id](const ChatRow &r) { return r.id == id; }))
            rows.push_back(chat(id).row);
    }
    m_list.setChats(rows);
    const bool untouched = now().model->rowCount() == 0 && now().row.draft.isEmpty();
    if (report.interrupted > 0 && untouched && m_list.rowCount() > 0) select(m_list.idAt(0));
    Q_EMIT historyOpened(report);
}

void ChatController::readNodes(ChatId id, const QVector<NodeRow> &nodes)
{
    Chat *c = find(id);
    if (!c || c->isRead) return;
    c->isRead = true;
    c->model->setNodes(nodes, c->row.leaf);
    if (id == m_current) Q_EMIT chatRead();
}

TranscriptModel *ChatController::transcript() const { return now().model.get(); }
QString ChatController::title() const { return now().row.title; }
QString ChatController::draft() const { return now().row.draft; }
QString ChatController::queued() const { return now().queued; }
const GenerationSettings &ChatController::settings() const { return now().settings; }
bool ChatController::isGenerating() const { return now().run.has_value(); }
bool ChatController::isWaiting() const { return now().waiting.has_value(); }
bool ChatController::isRead() const { return now().isRead; }

void ChatController::newChat()
{
    Chat *empty = find(m_current);
    if (empty && empty->isRead && empty->model->rowCount() == 0 && empty->row.draft.isEmpty() &&
        !empty->inHistory) {
        Q_EMIT currentChanged();
        return; // it is new already
    }
    flushDraft();
    ChatRow row;
    row.id = newId();
    row.updatedMs = QDateTime::currentMSecsSinceEpoch();
    Chat &c = addChat(row);
    c.isRead = true;
    c.settings = m_presets.lastUsed();
    if (empty) c.mix = empty->mix; // as the model, it stays in use
    m_current = row.id;
    Q_EMIT currentChanged();
}

void ChatController::select(ChatId id)
{
    Chat *c = find(id);
    if (!c || id == m_current) return;
    flushDraft();
    m_current = id;
    if (!c->isRead) m_history.loadChat(id);
    updateActivity(*c);
    Q_EMIT currentChanged();
}

void ChatController::flushDraft()
{
    if (!m_draftTimer.isActive()) return;
    m_draftTimer.stop();
    keepDraft();
}

void ChatController::keepDraft()
{
    const Chat &c = now();
    const bool isNothing = !c.inHistory && c.row.draft.isEmpty() && c.model->rowCount() == 0;
    if (!isNothing) keep(now()); // a draft that was begun and erased makes no chat
}

void ChatController::keep(Chat &c)
{
    c.row.preset = toText(c.settings, c.mix);
    c.inHistory = true;
    m_history.putChat(c.row); // leaves the mark of the trash as it is
    if (!c.trashed) m_list.put(c.row);
}

void ChatController::touch(Chat &c)
{
    c.row.updatedMs = std::max(c.row.updatedMs + 1, QDateTime::currentMSecsSinceEpoch());
    keep(c);
}

void ChatController::leafMoved(ChatId id, NodeId leaf)
{
    Chat &c = chat(id);
    if (c.row.leaf == leaf || !c.isRead) return;
    c.row.leaf = leaf;
    if (c.inHistory) keep(c);
    if (id == m_current) Q_EMIT stateChanged();
}

NodeId ChatController::addNode(Chat &c, NodeRole role, NodeStatus status, NodeId parent, const QString &text,
                               const QString &thinking, const MessageMeta &meta)
{
    const NodeId id = newId();
    m_redo.clear();            // what is made again must not take this message along
    if (!c.inHistory) keep(c); // a node needs its chat
    m_history.addNode({id, c.row.id, parent, role, status, text, thinking, meta.toJson()});
    c.model->add({id, parent, role, status, text, thinking, meta});
    return id;
}

void ChatController::rename(ChatId id, const QString &title)
{
    Chat *c = find(id);
    const QString clean = title.simplified();
    if (!c || clean.isEmpty() || c->row.title == clean) return;
    const QString before = c->row.title;
    setTitle(id, clean);
    pushUndo(
        {}, [this, id, before] { setTitle(id, before); }, [this, id, clean] { setTitle(id, clean); });
}

void ChatController::setTitle(ChatId id, const QString &title)
{
    Chat &c = chat(id);
    c.row.title = title;
    keep(c);
    if (id == m_current) Q_EMIT stateChanged();
}

void ChatController::setDraft(const QString &text)
{
    if (now().row.draft == text) return;
    now().row.draft = text;
    m_draftTimer.start();
}

void ChatController::setSettings(const GenerationSettings &settings)
{
    now().settings = settings;
    m_presets.setLastUsed(settings);
    if (now().inHistory) m_draftTimer.start();
    Q_EMIT settingsChanged();
}

void ChatController::send(const QString &text)
{
    Chat &c = now();
    const QString clean = text.trimmed();
    if (clean.isEmpty() || !c.isRead) return;
    c.row.draft.clear();
    m_draftTimer.stop();
    if (c.run || c.waiting) {
        c.queued = c.queued.isEmpty() ? clean : c.queued + QLatin1Char('\n') + clean;
        keep(c);
        Q_EMIT stateChanged();
        return;
    }
    if (c.row.title.isEmpty()) c.row.title = titleFrom(clean);
    touch(c);
    const NodeId question = addNode(c, NodeRole::User, NodeStatus::Done, c.model->leaf(), clean);
    answer(c, question);
}

QString ChatController::takeQueued()
{
    const QString text = std::exchange(now().queued, {});
    Q_EMIT stateChanged();
    return text;
}

void ChatController::regenerate(int row)
{
    Chat &c = now();
    if (row < 0 || row >= c.model->rowCount()) return;
    const Message message = c.model->at(row);
    if (message.role == NodeRole::Note) return;
    stop(c);
    const NodeId before = c.model->leaf();
    answer(c, message.role == NodeRole::User ? message.id : message.parent);
    if (c.run) branchMade(c, before, c.run->node); // else it only waits for a model
}

void ChatController::continueAnswer(int row)
{
    Chat &c = now();
    if (row < 0 || row >= c.model->rowCount() || c.run) return;
    const Message message = c.model->at(row);
    if (message.role == NodeRole::User)
        answer(c, message.id);
    else if (message.role == NodeRole::Assistant)
        ask(c, {message.parent, message.id});
}

void ChatController::edit(int row, const QString &text, bool answerIt)
{
    Chat &c = now();
    if (row < 0 || row >= c.model->rowCount() || text.trimmed().isEmpty()) return;
    const Message message = c.model->at(row);
    if (message.role == NodeRole::Note) return;
    if (text == message.text && !answerIt) return;
    stop(c);
    MessageMeta meta;
    if (message.role == NodeRole::Assistant) meta.model = tr("edited");
    touch(c);
    const NodeId before = c.model->leaf();
    const NodeId edited = addNode(c, message.role, NodeStatus::Done, message.parent, text, {}, meta);
    branchMade(c, before, edited);
    if (answerIt && message.role == NodeRole::User) answer(c, edited);
}

void ChatController::showSibling(int row, int step)
{
    if (row >= 0 && row < now().model->rowCount()) now().model->showSibling(row, step);
}

void ChatController::fork(int row)
{
    Chat &from = now();
    if (row < 0 || row >= from.model->rowCount()) return;
    ChatRow copy = from.row;
    copy.id = newId();
    copy.title = tr("%1 (fork)").arg(from.row.title);
    copy.draft.clear();
    copy.leaf = 0;
    Chat &c = addChat(copy);
    c.isRead = true;
    c.mix = from.mix;
    touch(c);
    NodeId parent = 0;
    for (const NodeId id : from.model->pathTo(from.model->at(row).id)) {
        const Message &message = *from.model->find(id);
        const NodeStatus status =
            message.status == NodeStatus::Generating ? NodeStatus::Stopped : message.status;
        parent = addNode(c, message.role, status, parent, message.text, message.thinking, message.meta);
    }
    select(copy.id);
}

void ChatController::updateActivity(const Chat &c)
{
    ChatActivity activity = ChatActivity::Idle;
    if (c.run)
        activity = ChatActivity::Generating;
    else if (c.waiting)
        activity = ChatActivity::Waiting;
    m_list.setActivity(c.row.id, activity);
    if (c.row.id == m_current) Q_EMIT stateChanged();
}

QString ChatController::asMarkdown() const
{
    const TranscriptModel &model = *now().model;
    QString text = QStringLiteral("# %1\n").arg(now().row.title);
    for (int row = 0; row < model.rowCount(); ++row) {
        const Message &message = model.at(row);
        const QString who = message.role == NodeRole::User        ? tr("You")
                            : message.role == NodeRole::Assistant ? tr("Answer")
                                                                  : tr("Memory");
        text += QStringLiteral("\n**%1**\n\n%2\n").arg(who, message.text);
    }
    return text;
}

} // namespace gui
