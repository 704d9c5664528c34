// What the chat controller asks of the engine, and what comes back.
#include "gui/chat_controller.h"
#include "gui/engine_bridge.h"
#include "gui/state_orders.h"
#include "gui/units.h"

#include <type_traits>
#include <variant>

namespace gui
{
namespace ev = engine::event;

namespace
{

QString endingOf(engine::FinishReason reason)
{
    switch (reason) {
    case engine::FinishReason::Stop:
        return QStringLiteral("stop");
    case engine::FinishReason::Length:
    case engine::FinishReason::ContextFull:
        return QStringLiteral("length");
    case engine::FinishReason::EndOfText:
        return QStringLiteral("end");
    }
    return {};
}

} // namespace

void ChatController::answer(Chat &c, NodeId parent) { ask(c, {parent, 0}); }

void ChatController::ask(Chat &c, Waiting what)
{
    const bool canRun = m_hasModel && m_bridge.hasEngine();
    const Mix &mix = mixFor(c, what);
    const bool needsState = !mix.isHeard() && !c.row.origin.isEmpty() && c.state == 0;
    const bool needsVoices = mix.isHeard() && canRun && !m_mixStates.spec(mix);
    if (canRun && !needsState && !needsVoices) {
        begin(c, what);
        return;
    }
    c.waiting = what;
    if (canRun && needsState && c.opening == 0) {
        c.opening = m_bridge.engine().openState(stateOrders().spec(c.row.origin));
        m_answers.insert(c.opening, c.row.id);
    }
    updateActivity(c);
}

void ChatController::begin(Chat &c, Waiting what)
{
    c.waiting.reset();
    Run run;
    engine::GenerateSpec spec = specFor(c, what.continued ? what.continued : what.parent);
    mixInto(spec, run, c, what);
    run.node = what.continued;
    if (what.continued) {
        run.before = c.model->find(what.continued)->meta;
        run.isContinued = true;
    } else {
        MessageMeta meta;
        meta.model = m_modelName;
        run.node = addNode(c, NodeRole::Assistant, NodeStatus::Generating, what.parent, {}, {}, meta);
    }
    c.model->change(run.node, [&run](Message &m) {
        if (!m.meta.mix.mix.isSameDesk(run.mix)) m.meta.mix = {run.mix, {}, {}};
        m.meta.mix.lane.clear();
        m.status = NodeStatus::Generating;
        m.readTokens = m.readTotal = 0;
        m.meta.ending.clear();
        m.meta.error.clear();
    });
    m_history.setNodeState(run.node, NodeStatus::Generating, c.model->find(run.node)->meta.toJson());
    run.clock.start();
    run.job = m_bridge.engine().generate(std::move(spec));
    m_answers.insert(run.job, c.row.id);
    c.run = run;
    c.row.model = m_modelName;
    updateActivity(c);
}

engine::GenerateSpec ChatController::specFor(const Chat &c, NodeId leaf) const
{
    const GenerationSettings &settings = c.settings;
    engine::GenerateSpec spec;
    if (!settings.systemPrompt.trimmed().isEmpty())
        spec.messages.push_back({engine::Role::System, settings.systemPrompt.trimmed().toStdString(), {}});
    for (const NodeId id : c.model->pathTo(leaf)) {
        const Message &message = *c.model->find(id);
        const bool isEmptyAnswer = message.role == NodeRole::Assistant && message.text.isEmpty();
        if (message.role == NodeRole::Note || isEmptyAnswer) continue;
        const auto role = message.role == NodeRole::User ? engine::Role::User : engine::Role::Assistant;
        spec.messages.push_back({role, message.text.toStdString(), message.thinking.toStdString()});
    }
    spec.from = c.state;
    spec.chatTemplate = settings.chatTemplate;
    spec.thinking = settings.thinking;
    spec.sampling = settings.sampling;
    spec.maxTokens = settings.maxTokens;
    for (const QString &stop : settings.stops)
        spec.stopStrings.push_back(stop.toStdString());
    return spec;
}

void ChatController::resumeWaiting()
{
    for (const auto &[id, c] : m_chats) {
        if (c->waiting && c->opening == 0) ask(*c, *std::exchange(c->waiting, std::nullopt));
    }
}

void ChatController::takeSnapshot(const engine::Snapshot &snapshot)
{
    if (snapshot.loaded == m_hasModel) return;
    m_hasModel = snapshot.loaded;
    m_modelName = QString::fromStdString(snapshot.model);
    if (m_hasModel) resumeWaiting();
    Q_EMIT stateChanged();
}

void ChatController::handle(const engine::Event &event)
{
    handleModel(event);
    const engine::JobId job = engine::jobOf(event);
    if (m_openings.contains(job) || m_savings.contains(job)) {
        handleState(event);
        return;
    }
    const auto found = m_answers.constFind(job);
    if (found == m_answers.constEnd()) return;
    if (Chat *c = find(*found)) handleAnswer(*c, event);
}

void ChatController::handleModel(const engine::Event &event)
{
    const engine::JobId job = engine::jobOf(event);
    if (const auto *progress = std::get_if<ev::LoadProgress>(&event)) {
        m_loadJob = job;
        m_loadingText = phaseText(progress->phase);
        if (progress->total > 0)
            m_loadingText += QStringLiteral(" · ") + percentText(progress->done, progress->total);
    } else if (const auto *loaded = std::get_if<ev::ModelLoaded>(&event)) {
        m_loadJob = 0;
        m_hasModel = true;
        m_modelName = QString::fromStdString(loaded->info.name);
        releaseStates(); // they belong to the model that was loaded
        resumeWaiting();
    } else if (std::holds_alternative<ev::ModelUnloaded>(event)) {
        m_hasModel = false;
        m_modelName.clear();
    } else if (std::holds_alternative<ev::AdaptersSet>(event)) {
        releaseStates(); // the weights are others now
    } else if (job != 0 && job == m_loadJob &&
               (std::holds_alternative<ev::Failed>(event) || std::holds_alternative<ev::Cancelled>(event))) {
        m_loadJob = 0; // the load panel tells why
    } else {
        return;
    }
    Q_EMIT stateChanged();
}

void ChatController::handleAnswer(Chat &c, const engine::Event &event)
{
    if (handleOpening(c, event) || handleGates(c, event)) return;
    if (!c.run || c.run->job != engine::jobOf(event)) return;
    if (const auto *started = std::get_if<ev::Started>(&event)) {
        c.model->change(c.run->node, [started](Message &m) {
            m.meta.seed = QString::number(started->seed);
            m.meta.promptTokens = started->promptTokens;
            m.meta.cachedTokens = started->cachedTokens;
        });
    } else if (const auto *progress = std::get_if<ev::PromptProgress>(&event)) {
        c.model->change(c.run->node, [progress](Message &m) {
            m.readTokens = progress->done;
            m.readTotal = progress->total;
        });
    } else if (const auto *chunk = std::get_if<ev::TokenChunk>(&event)) {
        takeChunk(c, *chunk);
    } else if (const auto *finished = std::get_if<ev::Finished>(&event)) {
        c.model->change(c.run->node, [&](Message &m) { keepLane(m, finished->lane, c.run->isContinued); });
        finish(c, NodeStatus::Done, [finished, before = c.run->before](MessageMeta &meta) {
            meta.ending = endingOf(finished->reason);
            meta.stop = QString::fromStdString(finished->stop);
            meta.tokens = before.tokens + finished->usage.generatedTokens;
            meta.seconds = before.seconds + finished->usage.generateSeconds;
            meta.promptTokens = finished->usage.promptTokens;
            meta.cachedTokens = finished->usage.cachedTokens;
        });
    } else if (const auto *failure = std::get_if<ev::Failed>(&event)) {
        finish(c, NodeStatus::Failed, [failure](MessageMeta &meta) {
            meta.error = QString::fromStdString(failure->error.message());
            meta.errorCode = int(failure->error.code());
        });
    } else if (std::holds_alternative<ev::Cancelled>(event)) { // not by us: the model goes away
        finish(c, NodeStatus::Stopped, [](MessageMeta &meta) { meta.ending = QStringLiteral("user"); });
    }
}

void ChatController::takeChunk(Chat &c, const ev::TokenChunk &chunk)
{
    Run &run = *c.run;
    const bool isFirst = !run.sinceFirst.isValid();
    if (isFirst) run.sinceFirst.start();
    constexpr double kLeastSeconds = 0.05; // before, a rate would be chance
    const double elapsed = double(run.sinceFirst.nsecsElapsed()) * 1e-9;
    const double seconds = elapsed < kLeastSeconds ? 0 : elapsed;
    if (chunk.thinking) run.thinkingSeconds = double(run.clock.nsecsElapsed()) * 1e-9;
    const int tokens = std::max(1, int(chunk.tokens.size()));
    const QString text = QString::fromStdString(chunk.text);
    c.model->change(run.node, [&](Message &m) {
        m.meta.mix.trace.append(chunk.tokens, chunk.thinking ? QString() : text, int(m.text.size()));
        if (isFirst) m.meta.firstTokenSeconds = double(run.clock.nsecsElapsed()) * 1e-9;
        m.isThinking = chunk.thinking;
        m.meta.tokens += tokens;
        m.meta.seconds = run.before.seconds + seconds;
        if (chunk.thinking) {
            m.meta.thinkingTokens += tokens;
            m.meta.thinkingSeconds = run.before.thinkingSeconds + run.thinkingSeconds;
        }
    });
    c.model->appendText(run.node, chunk.thinking ? QString() : text, chunk.thinking ? text : QString());
    m_history.appendText(run.node, chunk.thinking ? QString() : text, chunk.thinking ? text : QString());
    if (!run.mix.isEmpty() && c.row.id == m_current) Q_EMIT voicesHeard(run.node);
}

void ChatController::finish(Chat &c, NodeStatus status, const std::function<void(MessageMeta &)> &change)
{
    const Run run = *c.run;
    c.run.reset();
    m_answers.remove(run.job);
    m_answers.remove(run.gateJob);
    c.model->change(run.node, [&](Message &m) {
        if (m.meta.mix.lane.empty()) keepLane(m, laneOf(m.meta.mix.trace), run.isContinued);
        m.status = status;
        m.isThinking = false;
        change(m.meta);
    });
    m_history.setNodeState(run.node, status, c.model->find(run.node)->meta.toJson());
    touch(c);
    updateActivity(c);
    if (c.row.id != m_current) m_list.setActivity(c.row.id, ChatActivity::Unseen);
    if (status == NodeStatus::Done && !c.queued.isEmpty()) {
        const QString next = std::exchange(c.queued, {});
        touch(c);
        answer(c, addNode(c, NodeRole::User, NodeStatus::Done, c.model->leaf(), next));
    }
}

void ChatController::stop() { stop(now()); }

void ChatController::stop(Chat &c)
{
    if (c.waiting) {
        c.waiting.reset();
        updateActivity(c);
    }
    if (!c.run) return;
    // What the engine still sends for this job is not looked at any more: stopping takes effect now.
    if (m_bridge.hasEngine()) m_bridge.engine().cancel(c.run->job);
    finish(c, NodeStatus::Stopped, [](MessageMeta &meta) { meta.ending = QStringLiteral("user"); });
}

} // namespace gui
