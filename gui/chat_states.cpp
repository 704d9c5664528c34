// Where chats begin: state files saved, opened, chosen.
#include "gui/chat_controller.h"
#include "gui/engine_bridge.h"
#include "gui/state_orders.h"

#include <utility>
#include <variant>

namespace gui
{

namespace ev = engine::event;

QString ChatController::stateFile() const { return now().row.origin; }
QString ChatController::stateProblem() const { return now().stateProblem; }

void ChatController::chooseState(const QString &path)
{
    Chat &c = now();
    if (c.run || c.row.origin == path) return;
    stop(c);
    const QString before = c.row.origin;
    setStateFile(c.row.id, path);
    const ChatId id = c.row.id;
    pushUndo(
        {}, [this, id, before] { setStateFile(id, before); }, [this, id, path] { setStateFile(id, path); });
}

void ChatController::setStateFile(ChatId id, const QString &path)
{
    Chat *c = find(id);
    if (!c) return;
    stop(*c);
    forgetOpening(*c);
    releaseState(*c);
    c->row.origin = path;
    c->stateProblem.clear();
    if (!path.isEmpty() && c->mix.isHeard()) { // one or the other
        c->mix.isOn = false;
        if (id == m_current) Q_EMIT mixChanged();
    }
    if (c->inHistory) keep(*c);
    if (id == m_current) Q_EMIT stateChanged();
}

/// What is being opened is not wanted any more.
void ChatController::forgetOpening(Chat &c)
{
    const engine::JobId job = std::exchange(c.opening, 0);
    if (job == 0) return;
    m_answers.remove(job);
    if (m_bridge.hasEngine()) m_bridge.engine().cancel(job);
}

void ChatController::releaseState(Chat &c)
{
    const engine::StateId state = std::exchange(c.state, 0);
    if (state != 0 && m_bridge.hasEngine()) m_bridge.engine().releaseState(state);
}

void ChatController::releaseStates()
{
    for (const auto &[id, c] : m_chats) {
        releaseState(*c);
        c->stateProblem.clear(); // it may fit now
    }
}

/// The state that an answer waits for has come, or cannot.
bool ChatController::handleOpening(Chat &c, const engine::Event &event)
{
    if (c.opening == 0 || engine::jobOf(event) != c.opening) return false;
    m_answers.remove(c.opening);
    c.opening = 0;
    if (const auto *opened = std::get_if<ev::StateOpened>(&event)) {
        c.state = opened->state;
        c.stateProblem.clear();
        if (c.trashed) releaseState(c); // deleted in the meantime
        if (c.waiting) ask(c, *std::exchange(c.waiting, std::nullopt));
        return true;
    }
    c.waiting.reset();
    if (const auto *failure = std::get_if<ev::Failed>(&event)) {
        c.stateProblem = QString::fromStdString(failure->error.message());
        if (c.row.id == m_current) Q_EMIT stateMissing(c.row.origin, failure->error);
    }
    updateActivity(c);
    return true;
}

void ChatController::saveState(const QString &path)
{
    const Chat &c = now();
    if (!m_bridge.hasEngine() || c.model->rowCount() == 0) return;
    engine::SaveStateSpec spec;
    spec.path = path.toStdString();
    spec.request = specFor(c, c.model->leaf());
    spec.note = c.row.title.toStdString();
    m_savings.insert(m_bridge.engine().saveState(std::move(spec)), path);
}

void ChatController::openState(const QString &path)
{
    if (m_bridge.hasEngine() && m_hasModel) {
        m_openings.insert(m_bridge.engine().openState(stateOrders().spec(path)), path);
        return;
    }
    newChat(); // it is opened once there is a model
    setStateFile(m_current, path);
    Q_EMIT currentChanged();
}

void ChatController::handleState(const engine::Event &event)
{
    const engine::JobId job = engine::jobOf(event);
    const QString opening = m_openings.take(job);
    const QString saving = m_savings.take(job);
    if (const auto *failure = std::get_if<ev::Failed>(&event))
        Q_EMIT failed(failure->error);
    else if (const auto *opened = std::get_if<ev::StateOpened>(&event))
        adoptState(opening, *opened);
    else if (std::holds_alternative<ev::StateSaved>(event))
        Q_EMIT stateSaved(saving);
}

/// A tuned state has read nothing: its chat is an empty one that begins elsewhere.
void ChatController::adoptState(const QString &path, const ev::StateOpened &opened)
{
    const QString past = QString::fromStdString(opened.transcript).trimmed();
    const QString note = QString::fromStdString(opened.note).simplified();
    newChat();
    Chat &c = now();
    setStateFile(c.row.id, path);
    c.state = opened.state;
    if (opened.tokens > 0 || !past.isEmpty()) {
        c.row.title = note.isEmpty() ? path.section(QLatin1Char('/'), -1) : note;
        touch(c);
        const QString summary = tr("Memory of %n token(s), from %1", nullptr, opened.tokens).arg(path);
        addNode(c, NodeRole::Note, NodeStatus::Done, 0,
                past.isEmpty() ? summary : summary + QStringLiteral("\n\n") + past);
    }
    Q_EMIT currentChanged();
}

} // namespace gui
