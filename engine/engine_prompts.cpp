// The facade's requests: prompts become tokens in jobs, so that a huge one holds up nobody's next token.
#include "engine/engine_impl.h"

#include <algorithm>
#include <utility>

namespace engine
{
namespace
{

/// Prompts above this are tokenised beside the others, which would stand behind them for too long.
constexpr std::size_t kHugePromptBytes = 256U << 10;

/// Compiling a byte of a grammar takes as long as many of a prompt.
constexpr std::size_t kGrammarWeight = 16;

std::size_t promptBytes(const GenerateSpec &spec)
{
    std::size_t bytes = spec.prompt.size() + kGrammarWeight * spec.grammar.text.size();
    for (const ToolSpec &tool : spec.tools)
        bytes += kGrammarWeight * tool.parameters.size();
    for (const ChatMessage &message : spec.messages)
        bytes += message.text.size();
    return bytes;
}

HeldStatePtr requireState(StateId id, HeldStatePtr state)
{
    if (id != 0 && !state)
        throw Error(ErrorCode::BadRequest, "state: no state " + std::to_string(id) + " is held");
    return state;
}

} // namespace

/// Has a request made by a job and queued by the runner. It is for the model that is loaded now. The state it
/// starts from is taken now, too: the client may release it as soon as the command is given.
JobId EngineImpl::prepare(std::size_t bytes, StateId from, Prepare make)
{
    ThreadPool &pool = bytes > kHugePromptBytes ? m_light : m_prompts;
    return post(pool,
                [this, from, make = std::move(make), facts = m_runner.facts(), state = m_states.find(from),
                 queued = Request::Clock::now()](JobId job, const std::stop_token &) {
                    if (!facts) throw Error(ErrorCode::NoModel, "no model is loaded");
                    std::unique_ptr<Request> request = make(job, *facts, requireState(from, state));
                    request->queued = queued;
                    postRequest({job, std::move(request), facts});
                });
}

/// As prepare(), for a request with several states.
JobId EngineImpl::generateMix(GenerateSpec spec)
{
    std::vector<HeldStatePtr> states;
    for (const Voice &voice : spec.mix.voices)
        states.push_back(m_states.find(voice.state));
    ThreadPool &pool = promptBytes(spec) > kHugePromptBytes ? m_light : m_prompts;
    return post(pool, [this, spec = std::move(spec), states = std::move(states), facts = m_runner.facts(),
                       queued = Request::Clock::now()](JobId job, const std::stop_token &) {
        if (!facts) throw Error(ErrorCode::NoModel, "no model is loaded");
        for (std::size_t i = 0; i < states.size(); ++i)
            requireState(spec.mix.voices[i].state, states[i]);
        std::unique_ptr<Request> request = makeMixRequest(job, spec, *facts, states);
        request->queued = queued;
        postRequest({job, std::move(request), facts});
    });
}

JobId EngineImpl::generate(GenerateSpec spec)
{
    if (!spec.mix.voices.empty()) return generateMix(std::move(spec));
    const std::size_t bytes = promptBytes(spec);
    const StateId from = spec.from;
    return prepare(bytes, from,
                   [spec = std::move(spec)](JobId job, const ModelFacts &model, HeldStatePtr state) {
                       return makeRequest(job, spec, model, std::move(state));
                   });
}

JobId EngineImpl::saveState(SaveStateSpec spec)
{
    if (spec.state != 0) { // nothing to read
        const HeldStatePtr state = m_states.find(spec.state);
        return post(m_light, [this, spec = std::move(spec), state](JobId job, const std::stop_token &) {
            writeStateNow(job, spec, *requireState(spec.state, state));
        });
    }
    const std::size_t bytes = promptBytes(spec.request);
    const StateId from = spec.request.from;
    return prepare(bytes, from,
                   [spec = std::move(spec)](JobId job, const ModelFacts &model, HeldStatePtr state) {
                       return makeSaveRequest(job, spec, model, std::move(state));
                   });
}

JobId EngineImpl::logits(LogitsSpec spec)
{
    const StateId from = spec.from;
    return prepare(0, from, [spec = std::move(spec)](JobId job, const ModelFacts &model, HeldStatePtr state) {
        return makeLogitsRequest(job, spec, model, std::move(state));
    });
}

JobId EngineImpl::embed(EmbedSpec spec)
{
    const std::size_t bytes = spec.text.size();
    const StateId from = spec.from;
    return prepare(bytes, from,
                   [spec = std::move(spec)](JobId job, const ModelFacts &model, HeldStatePtr state) {
                       return makeEmbedRequest(job, spec, model, std::move(state));
                   });
}

} // namespace engine
