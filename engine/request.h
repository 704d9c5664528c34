#pragma once

#include "engine/answer_text.h"
#include "engine/event_progress.h"
#include "engine/events.h"
#include "engine/gates.h"
#include "engine/grammar/constraint.h"
#include "engine/models/model.h"
#include "engine/sampler.h"
#include "engine/state_cache.h"
#include "engine/tokenizers/tokenizer.h"

#include <chrono>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace engine
{

/// What anyone may know of the loaded model; immutable, so that jobs can use it on any thread.
struct ModelFacts {
    ModelInfo info;
    std::string strategy;
    std::uint64_t load = 0;  ///< counts the loads; stays when adapters change the weights
    std::string fingerprint; ///< of the weights as the adapters leave them
    std::vector<AdapterUse> adapters;
    StateSpec state;
    int slots = 0;
    /// Of hybrids: tokens that a sequence can read, and where a slot counts those that it has read; 0: any
    /// number.
    int contextTokens = 0;
    std::size_t positionAt = 0;
    int vocabulary = 0;      ///< rows of the head
    int drawable = 0;        ///< ids below this may be drawn
    std::vector<int> unused; ///< ids below `drawable` that mean nothing, ascending
    std::shared_ptr<const Tokenizer>
        tokenizer; ///< shared with jobs that outlive the model; nullptr for random weights
    std::shared_ptr<grammar::Store> grammars; ///< shared likewise; nullptr without a tokenizer
};

/// A state that a client holds by its id.
struct HeldState {
    std::shared_ptr<const ModelFacts> model; ///< it belongs to; shared: the model may be gone by now
    std::vector<int> tokens;                 ///< all that it has read behind `start`
    StateImagePtr image;                     ///< shared with the cache
    StateImagePtr start;                     ///< nullptr: the empty state
    std::vector<int> before; ///< what `start` has read, as far as that is known; only its text counts
    bool fitsAny = false;    ///< belongs to no weights: any model with this layout may start from it
};
using HeldStatePtr = std::shared_ptr<const HeldState>;

struct Mix;

/// One sequence that runs, or waits to. Made by a job, then the runner's alone.
struct Request {
    using Clock = std::chrono::steady_clock;
    enum class Kind : std::uint8_t { Generate, SaveState, Logits, Embed, Voice };
    enum class Phase : std::uint8_t {
        Reading,    ///< the prompt
        Ready,      ///< `ready` has the logits behind the prompt, which wait to be sampled
        Generating, ///< one token a step
        Closing,    ///< reads its last token, for the state it leaves; then `end` is sent
    };

    JobId job = 0;
    Kind kind = Kind::Generate;
    Phase phase = Phase::Reading;

    std::vector<int> tokens;   ///< of the state it starts from, of the prompt, then what was generated
    std::size_t promptEnd = 0; ///< tokens.size() without what was generated
    std::size_t mostTokens = std::numeric_limits<std::size_t>::max(); ///< that the slot's memory has room for
    std::size_t checkpoint = 0; ///< the state behind so many tokens is worth keeping; 0 = none
    std::size_t read = 0;       ///< how many of them the slot's state has seen
    HeldStatePtr from;          ///< the state it starts from, or nullptr
    StateImagePtr start;        ///< what `tokens` are read behind; nullptr: the empty state
    std::vector<int> before;    ///< what `start` has read, as far as that is known
    bool cacheable = true;      ///< false: `tokens` and `start` do not make its state
    std::int32_t slot = -1;
    std::uint64_t lastTurn = 0; ///< for the scheduler
    StateImagePtr ready;        ///< Phase::Ready: holds the logits; of a mix that closes: what it leaves
    int logitRow = -1;          ///< in the step at hand; -1: none
    bool ended = false;         ///< its terminal event is told; it goes at the end of the step

    // Mixes. The first voice is the request that clients know; the others are of Kind::Voice, tell nothing
    // and end with it.
    std::unique_ptr<Mix> mix;       ///< of the first voice
    Request *leader = nullptr;      ///< of the others: the first voice
    std::vector<JobId> captureJobs; ///< captureState commands to be answered behind its next step

    // Generate only
    std::optional<Sampler> sampler;
    std::optional<AnswerText> text;
    std::optional<grammar::Constraint> constraint; ///< what the answer may be
    std::vector<int> stopTokens;
    int endOfText = -1;
    int maxTokens = 0;
    int topLogprobs = -1;
    bool keepState = false;
    std::optional<Event> end; ///< Phase::Closing

    // Embed only
    bool isMean = false, isNormalized = true;
    std::vector<double> hidden; ///< [C] sum of what was read so far, or the last row

    // SaveState, Logits
    SaveStateSpec save;
    int chunk = 0; ///< rows a step at most, 0 = any
    bool everyPosition = false;
    std::vector<float> logits;

    Usage usage;
    Clock::time_point queued = Clock::now(), admitted, promptRead;
    Throttle progress;

    int generated() const { return static_cast<int>(tokens.size() - promptEnd); }
};

/// What the voices of a mix share.
struct Mix {
    explicit Mix(const MixSpec &spec)
        : rule(spec.rule)
        , policy(spec.policy)
        , track(spec)
    {
    }

    BlendRule rule;
    GatePolicy policy;
    GateTrack track;
    std::vector<Request *> voices;                 ///< in their order, the first is the owner of this
    std::vector<std::unique_ptr<Request>> waiting; ///< the other voices, until they are admitted
    std::vector<VoiceShare> shares;                ///< of the token drawn last
};

/// The request that tells what happens to `r`.
inline Request &leaderOf(Request &r) { return r.leader ? *r.leader : r; }
/// Calls use(Request &) for a request, or for all voices of a mix.
template <typename Use>
void forVoices(Request &leader, Use use)
{
    if (!leader.mix) return use(leader);
    for (Request *voice : leader.mix->voices)
        use(*voice);
}

/// Checks a command and renders its prompt: for a huge one that takes a second. Any thread.
/// Throws Error(BadRequest) naming the field.
std::unique_ptr<Request> makeRequest(JobId job, const GenerateSpec &spec, const ModelFacts &model,
                                     HeldStatePtr from);
/// The same of a mix: one request a voice, with `states` in the order of the voices (nullptr: the base).
std::unique_ptr<Request> makeMixRequest(JobId job, const GenerateSpec &spec, const ModelFacts &model,
                                        const std::vector<HeldStatePtr> &states);
/// Only the prompt of `spec.request`; nothing is sampled.
std::unique_ptr<Request> makeSaveRequest(JobId job, const SaveStateSpec &spec, const ModelFacts &model,
                                         HeldStatePtr from);
std::unique_ptr<Request> makeLogitsRequest(JobId job, const LogitsSpec &spec, const ModelFacts &model,
                                           HeldStatePtr from);

std::unique_ptr<Request> makeEmbedRequest(JobId job, const EmbedSpec &spec, const ModelFacts &model,
                                          HeldStatePtr from);

/// Throws Error(BadState) if a state belongs to other weights.
void requireFit(const HeldState &state, const ModelFacts &model);

} // namespace engine
