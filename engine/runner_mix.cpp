// The runner's side of mixes: voices that wait for each other, gates, who said what; and of captured states.
#include "engine/runner.h"

#include <algorithm>
#include <utility>

namespace engine
{
namespace
{

using Follow = kernels::MixLogits::Follow;

Follow followOf(const GatePolicy &policy)
{
    switch (policy.kind) {
    case GatePolicy::Kind::Confidence:
        return Follow::Confidence;
    case GatePolicy::Kind::Entropy:
        return Follow::Entropy;
    case GatePolicy::Kind::Agreement:
        return Follow::Agreement;
    case GatePolicy::Kind::Off:
        break;
    }
    return Follow::Nothing;
}

} // namespace

/// True while a request, or any voice of its mix, has not read all of its prompt.
bool Runner::isReading(const Request &leader)
{
    const auto reads = [](const Request *r) { return r->phase == Request::Phase::Reading; };
    return leader.mix ? std::ranges::any_of(leader.mix->voices, reads) : reads(&leader);
}

/// A voice has read its prompt; the last one lets the mix speak.
void Runner::voiceDone(Request &r, StateImagePtr image)
{
    r.phase = Request::Phase::Ready;
    r.ready = std::move(image);
    Request &leader = leaderOf(r);
    if (isReading(leader)) return;
    leader.promptRead = Request::Clock::now();
    if (leader.maxTokens > 0) return;
    event::Finished finished{leader.job, FinishReason::Length, {}, usageNow(leader), 0};
    if (leader.keepState)
        forVoices(leader, [&](Request &voice) {
            finished.voiceStates.push_back(m_states.add(hold(voice, voice.ready)));
        });
    end(leader, std::move(finished));
}

/// Blends the mixes of this step; their rows are sampled behind all others.
void Runner::mix()
{
    m_mixes.clear();
    m_mixRows.clear();
    m_mixGates.clear();
    for (const Piece &piece : m_pieces)
        if (piece.request->mix && piece.order < 2) addMix(*piece.request);
    for (std::size_t i = 0; i < m_mixes.size(); ++i) { // the lists do not move any more
        m_mixes[i].rows = m_mixRows[i].data();
        m_mixes[i].gates = m_mixGates[i].data();
    }
    m_session->mix(m_mixes);
}

void Runner::addMix(Request &leader)
{
    const Mix &mix = *leader.mix;
    auto &rows = m_mixRows.emplace_back();
    for (const Request *voice : mix.voices)
        rows.push_back(voice->logitRow);
    mix.track.at(leader.generated(), m_mixGates.emplace_back());
    m_mixes.push_back({nullptr, nullptr, static_cast<std::int32_t>(rows.size()),
                       mix.rule == BlendRule::Probabilities, followOf(mix.policy), mix.policy.strength});
    addSample(leader);
}

/// Notes which gates led to `token`, and what each voice had to do with it.
void Runner::tellShares(Request &leader, int index, int token)
{
    if (token < 0) return;
    Mix &mix = *leader.mix;
    mix.shares.clear();
    std::vector<float> gates;
    for (int k = 0; k < static_cast<int>(mix.voices.size()); ++k) {
        const kernels::MixLogits::Voice &voice = m_session->mixed(index, k);
        const float logit = m_session->logit(mix.voices[static_cast<std::size_t>(k)]->logitRow, token);
        mix.shares.push_back({voice.gate, logit - voice.logSum, voice.kl});
        gates.push_back(voice.gate);
    }
    mix.track.record(leader.generated(), gates);
}

/// Holds what those have read by now that were asked for it.
void Runner::answerCaptures()
{
    for (const auto &request : m_running) {
        Request &r = *request;
        if (r.captureJobs.empty() || r.ended || r.read == 0 || (r.mix && isReading(r))) continue;
        event::StateCaptured captured{0, r.job, {}, r.generated()};
        for (const JobId job : std::exchange(r.captureJobs, {})) {
            captured.job = job;
            captured.states.clear();
            forVoices(r, [&](Request &voice) {
                captured.states.push_back(m_states.add(hold(voice, capture(voice, voice.logitRow, true))));
            });
            m_told.push_back(captured);
        }
    }
}

} // namespace engine
