#include "engine/cli/conversation.h"

#include "engine/cli/session.h"

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
    try {
        answer.take(m_session.wait(m_session.engine().generate(specFor(m_messages)), [&](const Event &event) {
            answer.take(event);
            if (const auto *chunk = std::get_if<event::TokenChunk>(&event))
                onText(chunk->text, chunk->thinking);
        }));
    } catch (const Error &) {
        m_messages.pop_back();
        throw;
    }
    if (answer.reason == "cancelled" && answer.text.empty())
        m_messages.pop_back();
    else
        m_messages.push_back({Role::Assistant, answer.text, answer.thinking});
    return answer;
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
