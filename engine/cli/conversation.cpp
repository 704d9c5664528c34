#include "engine/cli/conversation.h"

#include "engine/cli/mix_arguments.h"
#include "engine/cli/session.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace cli
{

using namespace engine;

Conversation::Conversation(Session &session, GenerateSpec settings, std::string system)
    : m_session(session)
    , m_settings(std::move(settings))
    , m_system(std::move(system))
{
    restart();
}

Answer Conversation::ask(const std::string &question, const TextSink &onText)
{
    m_messages.push_back({Role::User, question, {}});
    Answer answer;
    answer.voiceNames = namesOf(m_settings.mix);
    try {
        answer.take(m_session.wait(generate(), [&](const Event &event) {
            answer.take(event);
            if (const auto *chunk = std::get_if<event::TokenChunk>(&event))
                onText(chunk->text, chunk->thinking);
        }));
    } catch (const Error &) {
        const std::lock_guard lock(m_gatesMutex);
        m_answering = 0;
        m_messages.pop_back();
        throw;
    }
    {
        const std::lock_guard lock(m_gatesMutex);
        m_answering = 0;
    }
    if (answer.reason == "cancelled" && answer.text.empty())
        m_messages.pop_back();
    else
        m_messages.push_back({Role::Assistant, answer.text, answer.thinking});
    return answer;
}

JobId Conversation::generate()
{
    const std::lock_guard lock(m_gatesMutex);
    return m_answering = m_session.engine().generate(specFor(m_messages));
}

void Conversation::setGate(const std::string &name, float gate)
{
    const std::lock_guard lock(m_gatesMutex);
    auto &voices = m_settings.mix.voices;
    const auto voice = std::ranges::find(voices, name, &Voice::name);
    if (voice == voices.end())
        throw Error(ErrorCode::BadRequest, "there is no voice " + name + " in the mix");
    std::vector<float> gates;
    for (const Voice &v : voices)
        gates.push_back(&v == &*voice ? gate : v.gate);
    double sum = 0;
    for (const float g : gates)
        sum += static_cast<double>(g);
    if (!(std::abs(sum) >= 1e-6))
        throw Error(ErrorCode::BadRequest, "the gates would have the sum 0: raise another voice first");
    voice->gate = gate;
    if (m_answering != 0) m_session.engine().setGates(m_answering, gates);
}

void Conversation::restart()
{
    if (m_from != 0 && !m_isTuned) m_session.engine().releaseState(std::exchange(m_from, 0));
    m_messages.clear();
    if (!m_system.empty()) m_messages.push_back({Role::System, m_system, {}});
}

event::StateSaved Conversation::save(const std::string &path)
{
    if (m_messages.empty() || m_messages.back().role != Role::Assistant)
        throw Error(ErrorCode::BadRequest, "there is no answer yet that could be saved");
    SaveStateSpec spec;
    spec.path = path;
    spec.request = specFor(m_messages);
    return m_session.expect<event::StateSaved>(m_session.engine().saveState(std::move(spec)));
}

event::StateOpened Conversation::open(const OpenStateSpec &spec)
{
    if (!m_settings.mix.voices.empty())
        throw Error(ErrorCode::BadRequest, "a conversation of a mix cannot go on from one state");
    auto opened = m_session.expect<event::StateOpened>(m_session.engine().openState(spec));
    m_isTuned = false; // of the state before
    restart();
    m_isTuned = opened.tokens == 0;
    if (!m_isTuned) m_messages.clear(); // the system text was read before the state was saved
    m_from = opened.state;
    return opened;
}

GenerateSpec Conversation::specFor(const std::vector<ChatMessage> &messages) const
{
    GenerateSpec spec = m_settings;
    spec.messages = messages;
    spec.from = m_from;
    return spec;
}

} // namespace cli
