// Answers of several states: what the chat controller asks of the engine for a mix, and gates that move while
// it writes.
#include "gui/chat_controller.h"
#include "gui/engine_bridge.h"

namespace gui
{
namespace ev = engine::event;

const Mix &ChatController::mix() const { return now().mix; }

const Mix &ChatController::runningMix() const
{
    static const Mix none;
    return now().run ? now().run->mix : none;
}

void ChatController::setMix(const Mix &mix)
{
    Chat &c = now();
    if (c.mix == mix) return;
    c.mix = mix;
    if (c.inHistory) m_draftTimer.start();
    moveGates(c);
    Q_EMIT mixChanged();
}

const Mix &ChatController::mixFor(const Chat &c, const Waiting &what)
{
    return what.replay ? what.replay->mix : c.mix;
}

std::optional<engine::GenerateSpec> ChatController::nextAnswer(const QString &text)
{
    const Chat &c = now();
    if (!c.mix.isHeard() || !m_hasModel || !m_bridge.hasEngine()) return std::nullopt;
    engine::GenerateSpec spec = specFor(c, c.model->leaf());
    if (!text.isEmpty()) spec.messages.push_back({engine::Role::User, text.toStdString(), {}});
    const bool isAsked = !spec.messages.empty() && spec.messages.back().role != engine::Role::System;
    const auto mix = m_mixStates.spec(c.mix);
    if (!isAsked || !mix) return std::nullopt;
    spec.mix = *mix;
    spec.from = 0;
    return spec;
}

/// Before an answer begins: its voices are open, see ask().
void ChatController::mixInto(engine::GenerateSpec &spec, Run &run, const Chat &c, const Waiting &what)
{
    const Mix &mix = mixFor(c, what);
    if (!mix.isHeard()) return;
    spec.mix = m_mixStates.spec(mix).value_or(engine::MixSpec{});
    spec.from = 0; // every voice begins with its own state
    run.mix = mix;
    run.mix.lane.clear(); // what was really used is kept with the answer
    run.gates = mix.gates();
    if (!what.replay) {
        spec.mix.lane = mix.lane;
        if (!mix.lane.empty()) run.gates.clear(); // until a fader is moved
        return;
    }
    spec.mix.lane = what.replay->lane;
    spec.sampling.seed = what.replay->seed.toULongLong(&spec.sampling.hasSeed);
    run.gates.clear(); // the lane moves them
}

/// At most one change is under way; of those that come meanwhile only the newest counts.
void ChatController::moveGates(Chat &c)
{
    if (!c.run || c.run->mix.isEmpty() || !c.run->mix.isSameDesk(c.mix)) return;
    Run &run = *c.run;
    const std::vector<float> gates = c.mix.gates();
    if (run.gates.empty() && gates == run.mix.gates()) return; // a lane moves them, and no hand has
    if (run.gateJob != 0) {
        run.nextGates = gates;
    } else if (gates != run.gates) {
        run.gates = gates;
        run.gateJob = m_bridge.engine().setGates(run.job, gates);
        m_answers.insert(run.gateJob, c.row.id);
    }
}

/// True: the event was about gates.
bool ChatController::handleGates(Chat &c, const engine::Event &event)
{
    const engine::JobId job = engine::jobOf(event);
    if (!c.run || job == 0 || job != c.run->gateJob) return false;
    m_answers.remove(job);
    c.run->gateJob = 0;
    // A refusal means that the answer has just ended; its own event follows.
    if (std::holds_alternative<ev::GatesSet>(event) && c.run->nextGates) {
        c.run->nextGates.reset();
        moveGates(c);
    }
    return true;
}

void ChatController::voiceFailed(const QString &path, const engine::Error &error)
{
    bool isWanted = false;
    for (const auto &[id, c] : m_chats) {
        if (!c->waiting || mixFor(*c, *c->waiting).find(path) < 0) continue;
        c->waiting.reset();
        isWanted = isWanted || id == m_current;
        updateActivity(*c);
    }
    if (isWanted) Q_EMIT failed(error);
}

void ChatController::keepLane(Message &message, const std::vector<engine::GatePoint> &lane, bool isContinued)
{
    MessageMix &kept = message.meta.mix;
    if (kept.isEmpty() || isContinued) return; // a lane counts from the first token of its request
    kept.lane = lane;
}

void ChatController::rerun(int row, const std::vector<engine::GatePoint> &lane)
{
    Chat &c = now();
    if (row < 0 || row >= c.model->rowCount()) return;
    const Message message = c.model->at(row);
    if (message.meta.mix.isEmpty() || message.role != NodeRole::Assistant) return;
    stop(c);
    Replay replay{message.meta.mix.mix, lane, message.meta.seed};
    replay.mix.isOn = true;
    replay.mix.policy = {}; // the lane is what it made of the gates
    const std::vector<float> first = laneGates(lane, 0);
    for (qsizetype i = 0; i < replay.mix.voices.size() && i < qsizetype(first.size()); ++i) {
        MixVoice &voice = replay.mix.voices[i];
        voice.gate = double(first[std::size_t(i)]);
        voice.isMuted = voice.isSolo = false;
    }
    const NodeId before = c.model->leaf();
    ask(c, {message.parent, 0, replay});
    if (c.run) branchMade(c, before, c.run->node);
}

} // namespace gui
