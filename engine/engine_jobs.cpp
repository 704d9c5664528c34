// The facade's quick jobs: files looked at, states written and read, text to tokens.
#include "engine/catalog.h"
#include "engine/engine_impl.h"
#include "engine/state_file.h"
#include "engine/vocabulary.h"

#include <utility>

namespace engine
{
namespace
{

StateOwner ownerOf(const ModelFacts &model)
{
    return {model.info.name, model.fingerprint, model.state, model.vocabulary};
}

/// What a state has read, as text for people.
std::string transcriptOf(const HeldState &state)
{
    if (!state.model->tokenizer) return {};
    Utf8Stream characters;
    std::string text = characters.push(state.model->tokenizer->decode(state.tokens));
    return text + characters.finish();
}

} // namespace

JobId EngineImpl::inspect(std::string path)
{
    return post(m_light, [this, path = std::move(path)](JobId job, const std::stop_token &) {
        m_events.post(event::ModelInspected{job, inspectModel(path, m_options, true)});
    });
}

JobId EngineImpl::forecast(LoadSpec spec)
{
    return post(m_light, [this, spec = std::move(spec)](JobId job, const std::stop_token &) {
        Forecast forecast = forecastLoad(spec, m_options);
        m_events.post(event::ForecastReady{job, std::move(forecast.memory), std::move(forecast.fixes),
                                           std::move(forecast.memoryByDevice)});
    });
}

std::shared_ptr<const Tokenizer> EngineImpl::tokenizerFor(const std::string &vocabulary) const
{
    if (!vocabulary.empty()) return openTokenizer(vocabulary);
    const auto facts = m_runner.facts();
    if (!facts) return openVocabulary(worldVocabulary(m_options), kWorldRows);
    if (!facts->tokenizer) throw Error(ErrorCode::TokenizerMissing, "the loaded model has no vocabulary");
    return facts->tokenizer;
}

JobId EngineImpl::tokenize(std::string text, std::string vocabulary)
{
    return post(m_light, [this, text = std::move(text),
                          vocabulary = std::move(vocabulary)](JobId job, const std::stop_token &) {
        m_events.post(event::Tokenized{job, tokenizerFor(vocabulary)->encode(text)});
    });
}

JobId EngineImpl::detokenize(std::vector<int> tokens, std::string vocabulary)
{
    return post(m_light, [this, tokens = std::move(tokens),
                          vocabulary = std::move(vocabulary)](JobId job, const std::stop_token &) {
        const auto tokenizer = tokenizerFor(vocabulary);
        for (const int token : tokens) {
            if (token < 0 || token >= tokenizer->size())
                throw Error(ErrorCode::BadRequest, "tokens: expected ids from 0 to " +
                                                       std::to_string(tokenizer->size() - 1) + ", found " +
                                                       std::to_string(token));
        }
        m_events.post(event::Detokenized{job, tokenizer->decode(tokens)});
    });
}

JobId EngineImpl::scan(std::vector<std::string> folders)
{
    return post(m_light, [this, folders = std::move(folders)](JobId job, const std::stop_token &stop) {
        const int files = scanFolders(
            folders, m_options,
            [&](const ModelInfo &info) {
                m_events.post(event::ModelFound{job, info});
            },
            stop);
        if (stop.stop_requested()) throw LoadCancelled{};
        m_events.post(event::ScanFinished{job, files});
    });
}

/// Goes on with a saveState command where the runner has found its state.
void EngineImpl::writeState(JobId job, const SaveStateSpec &spec, HeldStatePtr state)
{
    postAs(job, m_light,
           [this, path = spec.path, note = spec.note, state = std::move(state)](JobId id,
                                                                                const std::stop_token &) {
               const SavedState saved{state->image->state, state->image->logits, state->tokens,
                                      transcriptOf(*state), note};
               const std::uint64_t bytes = writeStateFile(path, saved, ownerOf(*state->model));
               m_events.post(event::StateSaved{id, path, bytes, static_cast<int>(state->tokens.size())});
           });
}

JobId EngineImpl::openState(std::string path)
{
    return post(m_light, [this, path = std::move(path)](JobId job, const std::stop_token &) {
        const auto facts = m_runner.facts();
        if (!facts)
            throw Error(ErrorCode::NoModel, "a state can only be opened with its model: no model is loaded");
        SavedState saved = readStateFile(path, ownerOf(*facts));
        auto image = std::make_shared<StateImage>(); // shared with the cache
        image->state = std::move(saved.state);
        image->logits = std::move(saved.logits);
        auto held =
            std::make_shared<const HeldState>(HeldState{facts, std::move(saved.tokens), std::move(image)});
        m_runner.post(command::Remember{held});
        const StateId id = m_states.add(held);
        m_events.post(event::StateOpened{job, id, static_cast<int>(held->tokens.size()),
                                         std::move(saved.transcript), std::move(saved.note)});
    });
}

} // namespace engine
