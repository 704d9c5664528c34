#include "gui/mixer/mix_preview.h"
#include "gui/chat_controller.h"
#include "gui/engine_bridge.h"
#include "gui/mixer/mix_desk.h"

#include <algorithm>
#include <utility>

namespace gui
{
namespace ev = engine::event;

namespace
{

constexpr int kPauseMs = 350; ///< in typing

/// What a preview is about: two requests of the same text have the same logits, whatever their gates.
std::string aboutWhat(const engine::GenerateSpec &spec)
{
    std::string text;
    for (const engine::ChatMessage &message : spec.messages)
        text += char('0' + int(message.role)) + message.text + '\0';
    text += char('0' + int(spec.chatTemplate));
    text += char('0' + int(spec.thinking));
    for (const engine::Voice &voice : spec.mix.voices)
        text += std::to_string(voice.state) + ' ';
    return text;
}

} // namespace

MixPreview::MixPreview(EngineBridge &bridge, MixDesk &desk, QObject *parent)
    : QObject(parent)
    , m_bridge(bridge)
    , m_desk(desk)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(kPauseMs);
    connect(&m_timer, &QTimer::timeout, this, &MixPreview::read);
    ChatController &chats = m_desk.chats();
    connect(&chats, &ChatController::currentChanged, this, &MixPreview::schedule);
    connect(&chats, &ChatController::chatRead, this, &MixPreview::schedule);
    connect(&chats, &ChatController::stateChanged, this, &MixPreview::schedule);
    connect(&chats, &ChatController::settingsChanged, this, &MixPreview::schedule);
    connect(&m_desk.model(), &MixerModel::shown, this, [this] {
        blend();
        schedule();
    });
    connect(&m_bridge, &EngineBridge::eventArrived, this, &MixPreview::handle);
}

void MixPreview::setWanted(bool wanted)
{
    if (wanted == m_isWanted) return;
    m_isWanted = wanted;
    if (wanted)
        schedule();
    else
        drop();
}

void MixPreview::setLine(const QString &line)
{
    if (line == m_line) return;
    m_line = line;
    schedule();
}

void MixPreview::schedule()
{
    if (m_isWanted) m_timer.start();
}

void MixPreview::read()
{
    ChatController &chats = m_desk.chats();
    if (!m_isWanted) return drop();
    if (chats.isGenerating() || chats.isWaiting()) return forget();
    std::optional<engine::GenerateSpec> spec = chats.nextAnswer(m_line.trimmed());
    if (!spec) return forget();
    std::string about = aboutWhat(*spec);
    if (about == m_read) return;
    drop();
    m_read = std::move(about);
    m_problem.clear();
    spec->maxTokens = 0;
    spec->keepState = true;
    spec->mix.lane.clear();
    m_job = m_bridge.engine().generate(std::move(*spec));
    Q_EMIT changed();
}

/// Nothing can be shown.
void MixPreview::forget()
{
    drop();
    m_logits.clear();
    m_problem.clear();
    blend();
}

/// What is under way is not wanted any more; what is shown stays.
void MixPreview::drop()
{
    m_timer.stop();
    if (m_job != 0) {
        m_dropped.insert(m_job);
        m_bridge.engine().cancel(std::exchange(m_job, 0));
    }
    for (auto job = m_logitJobs.keyBegin(); job != m_logitJobs.keyEnd(); ++job)
        m_bridge.engine().cancel(*job);
    m_logitJobs.clear();
    release();
    m_read.clear();
}

void MixPreview::release()
{
    for (const engine::StateId state : std::exchange(m_states, {}))
        if (m_bridge.hasEngine()) m_bridge.engine().releaseState(state);
}

void MixPreview::handle(const engine::Event &event)
{
    const engine::JobId job = engine::jobOf(event);
    if (std::holds_alternative<ev::ModelLoaded>(event) || std::holds_alternative<ev::ModelUnloaded>(event) ||
        std::holds_alternative<ev::AdaptersSet>(event)) {
        m_texts.clear();
        m_textJobs.clear();
        forget();
        return schedule();
    }
    if (std::holds_alternative<ev::StateOpened>(event)) return schedule(); // a voice is ready
    if (const auto text = m_textJobs.find(job); text != m_textJobs.end()) {
        const auto *told = std::get_if<ev::Detokenized>(&event);
        m_texts.insert(*text, told ? QString::fromStdString(told->text) : QString());
        m_textJobs.erase(text);
        Q_EMIT changed();
    } else if (m_dropped.contains(job)) {
        const auto *finished = std::get_if<ev::Finished>(&event);
        if (finished || std::holds_alternative<ev::Cancelled>(event) ||
            std::holds_alternative<ev::Failed>(event))
            m_dropped.remove(job);
        if (!finished) return;
        for (const engine::StateId state : finished->voiceStates)
            m_bridge.engine().releaseState(state);
    } else if (m_logitJobs.contains(job)) {
        takeLogits(event);
    } else if (job != 0 && job == m_job) {
        if (const auto *finished = std::get_if<ev::Finished>(&event)) {
            m_job = 0;
            takeStates(*finished);
        } else if (const auto *failed = std::get_if<ev::Failed>(&event)) {
            m_job = 0;
            m_logits.clear();
            m_problem = QString::fromStdString(failed->error.message());
            blend();
        } else if (std::holds_alternative<ev::Cancelled>(event)) {
            m_job = 0;
        }
    }
}

/// The text is read: each voice's state knows what that voice would say.
void MixPreview::takeStates(const ev::Finished &finished)
{
    release();
    m_states = finished.voiceStates;
    m_logits.assign(m_states.size(), {});
    for (std::size_t voice = 0; voice < m_states.size(); ++voice) {
        engine::LogitsSpec spec;
        spec.from = m_states[voice];
        m_logitJobs.insert(m_bridge.engine().logits(spec), int(voice));
    }
    if (m_states.empty()) blend();
}

void MixPreview::takeLogits(const engine::Event &event)
{
    const int voice = m_logitJobs.take(engine::jobOf(event));
    if (const auto *ready = std::get_if<ev::LogitsReady>(&event))
        m_logits[std::size_t(voice)] = ready->logits;
    else if (const auto *failed = std::get_if<ev::Failed>(&event))
        m_problem = QString::fromStdString(failed->error.message());
    if (!m_logitJobs.isEmpty()) return;
    release();
    blend();
}

void MixPreview::blend()
{
    m_tokens = m_logitJobs.isEmpty() ? likeliestNext(m_logits, m_desk.model().mix(), kShown) : m_tokens;
    for (const NextToken &token : std::as_const(m_tokens)) {
        if (m_texts.contains(token.id)) continue;
        m_texts.insert(token.id, {}); // asked once
        m_textJobs.insert(m_bridge.engine().detokenize({token.id}), token.id);
    }
    Q_EMIT changed();
}

} // namespace gui
