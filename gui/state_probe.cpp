#include "gui/state_probe.h"
#include "gui/engine_bridge.h"
#include "gui/state_orders.h"

#include <algorithm>
#include <utility>

namespace gui
{
namespace ev = engine::event;
using Phase = ProbeAnswer::Phase;

namespace
{

constexpr std::uint64_t kSeed = 1;

/// The state that an event hands over; 0: none.
engine::StateId stateOf(const engine::Event &event)
{
    if (const auto *opened = std::get_if<ev::StateOpened>(&event)) return opened->state;
    if (const auto *combined = std::get_if<ev::StateCombined>(&event)) return combined->state;
    return 0;
}

bool isTerminal(const engine::Event &event)
{
    return stateOf(event) != 0 || std::holds_alternative<ev::Finished>(event) ||
           std::holds_alternative<ev::Failed>(event) || std::holds_alternative<ev::Cancelled>(event);
}

} // namespace

StateProbe::StateProbe(EngineBridge &bridge, QObject *parent)
    : QObject(parent)
    , m_bridge(bridge)
{
    connect(&m_bridge, &EngineBridge::eventArrived, this, &StateProbe::handle);
}

StateProbe::~StateProbe() { abandon(); }

bool StateProbe::isRunning() const
{
    return std::any_of(m_columns.begin(), m_columns.end(),
                       [](const Column &c) { return !c.answer.isEnded(); });
}

void StateProbe::release(engine::StateId state)
{
    if (state != 0 && m_bridge.hasEngine()) m_bridge.engine().releaseState(state);
}

/// Cancels what runs; the states go with the last event of their jobs.
void StateProbe::abandon()
{
    for (Column &column : m_columns) {
        const engine::JobId job = std::exchange(column.job, 0);
        const engine::StateId state = std::exchange(column.state, 0);
        if (job == 0) {
            release(state);
            continue;
        }
        m_strays.insert(job, state);
        if (m_bridge.hasEngine()) m_bridge.engine().cancel(job);
    }
}

void StateProbe::ask(const QVector<ProbeVoice> &voices, const QString &line)
{
    abandon();
    m_columns.clear();
    m_line = line;
    if (!m_bridge.hasEngine()) return;
    for (const ProbeVoice &voice : voices)
        m_columns.push_back({voice, {}, 0, 0});
    for (Column &column : m_columns)
        open(column);
    Q_EMIT begun();
    askTogether();
}

void StateProbe::open(Column &column)
{
    engine::Engine &engine = m_bridge.engine();
    if (column.voice.isBlend())
        column.job = engine.combineStates(column.voice.blend);
    else if (!column.voice.path.isEmpty())
        column.job = engine.openState(stateOrders().spec(column.voice.path));
}

/// Once every state is open, or cannot be.
void StateProbe::askTogether()
{
    const auto isOpening = [](const Column &c) { return c.answer.phase == Phase::Opening && c.job != 0; };
    if (std::any_of(m_columns.begin(), m_columns.end(), isOpening)) return;
    for (int i = 0; i < count(); ++i) {
        Column &column = m_columns[std::size_t(i)];
        if (column.answer.phase != Phase::Opening) continue;
        engine::GenerateSpec spec;
        spec.messages = {{engine::Role::User, m_line.toStdString(), {}}};
        spec.from = column.state;
        spec.maxTokens = kMostTokens;
        spec.sampling.seed = kSeed;
        spec.sampling.hasSeed = true;
        column.job = m_bridge.engine().generate(std::move(spec));
        column.answer.phase = Phase::Reading;
        Q_EMIT answerChanged(i);
    }
}

void StateProbe::stop()
{
    if (!isRunning()) return;
    abandon();
    for (int i = 0; i < count(); ++i) {
        ProbeAnswer &answer = m_columns[std::size_t(i)].answer;
        if (answer.isEnded()) continue;
        answer.phase = Phase::Stopped;
        Q_EMIT answerChanged(i);
    }
    Q_EMIT ended();
}

void StateProbe::handle(const engine::Event &event)
{
    const engine::JobId job = engine::jobOf(event);
    if (job == 0) return;
    if (const auto stray = m_strays.find(job); stray != m_strays.end()) {
        if (!isTerminal(event)) return;
        release(*stray);
        release(stateOf(event)); // it was opened before the cancellation came
        m_strays.erase(stray);
        return;
    }
    for (int i = 0; i < count(); ++i) {
        Column &column = m_columns[std::size_t(i)];
        if (column.job != job) continue;
        const bool wasRunning = isRunning();
        handleColumn(column, event);
        Q_EMIT answerChanged(i);
        askTogether();
        if (wasRunning && !isRunning()) Q_EMIT ended();
        return;
    }
}

void StateProbe::handleColumn(Column &column, const engine::Event &event)
{
    if (const engine::StateId state = stateOf(event); state != 0) {
        column.job = 0;
        column.state = state;
    } else if (const auto *chunk = std::get_if<ev::TokenChunk>(&event)) {
        column.answer.phase = Phase::Writing;
        column.answer.tokens += int(chunk->tokens.size());
        if (!chunk->thinking) column.answer.text += QString::fromStdString(chunk->text);
    } else if (std::holds_alternative<ev::Finished>(event)) {
        end(column, Phase::Done);
    } else if (std::holds_alternative<ev::Cancelled>(event)) {
        end(column, Phase::Stopped); // with its model
    } else if (const auto *failure = std::get_if<ev::Failed>(&event)) {
        end(column, Phase::Failed, QString::fromStdString(failure->error.message()));
    }
}

void StateProbe::end(Column &column, Phase phase, const QString &problem)
{
    column.job = 0;
    column.answer.phase = phase;
    column.answer.problem = problem;
    release(std::exchange(column.state, 0));
}

} // namespace gui
