#include "gui/mixer/mix_states.h"
#include "gui/engine_bridge.h"
#include "gui/state_orders.h"

namespace gui
{
namespace ev = engine::event;

MixStates::MixStates(EngineBridge &bridge, QObject *parent)
    : QObject(parent)
    , m_bridge(bridge)
{
    connect(&m_bridge, &EngineBridge::eventArrived, this, &MixStates::handle);
    connect(&stateOrders(), &StateOrders::changed, this, [this](const QString &path) {
        if (const engine::StateId state = m_open.take(path); state != 0 && m_bridge.hasEngine())
            m_bridge.engine().releaseState(state);
        if (const engine::JobId job = m_jobs.key(path); job != 0) { // opens it in the order that was
            m_jobs.remove(job);
            m_strays.insert(job);
        }
        Q_EMIT changed();
    });
}

std::optional<engine::MixSpec> MixStates::spec(const Mix &mix)
{
    engine::MixSpec spec;
    spec.rule = mix.rule;
    spec.policy = mix.policy;
    const std::vector<float> gates = mix.gates();
    bool isComplete = true;
    for (int i = 0; i < mix.voices.size(); ++i) {
        const MixVoice &voice = mix.voices[i];
        const engine::StateId state = m_open.value(voice.path);
        spec.voices.push_back({state, voice.name.toStdString(), gates[std::size_t(i)]});
        if (voice.isBase() || state != 0) continue;
        isComplete = false;
        if (m_jobs.key(voice.path) == 0 && m_bridge.hasEngine())
            m_jobs.insert(m_bridge.engine().openState(stateOrders().spec(voice.path)), voice.path);
    }
    if (!isComplete) return std::nullopt;
    return spec;
}

void MixStates::forget()
{
    for (const engine::StateId state : std::as_const(m_open))
        m_bridge.engine().releaseState(state);
    m_open.clear();
    for (auto job = m_jobs.keyBegin(); job != m_jobs.keyEnd(); ++job)
        m_strays.insert(*job); // what they open belongs to what was loaded before
    m_jobs.clear();
}

void MixStates::handle(const engine::Event &event)
{
    if (std::holds_alternative<ev::ModelLoaded>(event) || std::holds_alternative<ev::ModelUnloaded>(event) ||
        std::holds_alternative<ev::AdaptersSet>(event)) {
        forget();
        if (std::holds_alternative<ev::AdaptersSet>(event)) Q_EMIT changed(); // whoever waits asks again
        return;
    }
    const QString path = m_jobs.take(engine::jobOf(event));
    if (path.isEmpty()) {
        if (const auto *stray = std::get_if<ev::StateOpened>(&event); stray && m_strays.remove(stray->job))
            m_bridge.engine().releaseState(stray->state);
        return;
    }
    if (const auto *opened = std::get_if<ev::StateOpened>(&event)) {
        m_open.insert(path, opened->state);
        Q_EMIT changed();
    } else if (const auto *failure = std::get_if<ev::Failed>(&event)) {
        Q_EMIT failed(path, failure->error);
    }
}

} // namespace gui
