#pragma once

#include "engine/cli/answer.h"
#include "engine/options.h"

#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace cli
{

class Session;

/// A chat with the loaded model: its turns, its settings, and the state it may have been opened from.
class Conversation final
{
public:
    using TextSink = std::function<void(std::string_view text, bool isThinking)>;

    /// `settings` holds sampling, template, stop rules and limits; its prompt fields are not used.
    Conversation(Session &session, engine::GenerateSpec settings, std::string system);

    /// Asks and waits; an answer that was stopped or failed leaves no trace of its turn, except that stopped
    /// text counts as the answer. Throws engine::Error.
    Answer ask(const std::string &question, const TextSink &onText);
    /// Forgets every turn and the opened state, unless that is a tuned one; the settings stay.
    void restart();
    /// Writes what the model has read and said. Throws engine::Error; BadRequest where nothing was said yet.
    engine::event::StateSaved save(const std::string &path);
    /// Goes on from a saved state, or begins from a tuned one; the turns before are forgotten. Throws
    /// engine::Error.
    engine::event::StateOpened open(const engine::OpenStateSpec &spec);

    engine::SamplingParams &sampling() { return m_settings.sampling; }

    /// The mix that answers; without voices there is none.
    const engine::MixSpec &mix() const { return m_settings.mix; }
    /// Sets the gate of the voice of that name, from the next token on if an answer is being written. Throws
    /// engine::Error. Any thread.
    void setGate(const std::string &voice, float gate);

private:
    engine::JobId generate();
    engine::GenerateSpec specFor(const std::vector<engine::ChatMessage> &messages) const;

    Session &m_session;
    engine::GenerateSpec m_settings;
    std::string m_system;
    std::vector<engine::ChatMessage> m_messages;
    engine::StateId m_from = 0;
    bool m_isTuned = false; ///< m_from has read nothing
    std::mutex m_gatesMutex;
    engine::JobId m_answering = 0; ///< guarded by m_gatesMutex, as the gates of m_settings.mix
};

} // namespace cli
