// The facade's jobs with states: written, opened, looked at, exported.
#include "engine/engine_impl.h"
#include "engine/pack.h"
#include "engine/state_export.h"
#include "engine/state_file.h"
#include "engine/state_import.h"
#include "engine/tokenizers/utf8_stream.h"

#include <filesystem>
#include <utility>

namespace engine
{
namespace
{

StateOwner ownerOf(const ModelFacts &model)
{
    std::string name = model.info.name;
    for (const AdapterUse &adapter : model.adapters)
        name += " + " + std::filesystem::path(adapter.path).filename().string();
    return {std::move(name), model.fingerprint, model.state, model.vocabulary};
}

std::vector<int> allTokens(const HeldState &state)
{
    std::vector<int> tokens = state.before;
    tokens.insert(tokens.end(), state.tokens.begin(), state.tokens.end());
    return tokens;
}

/// What a state has read, as text for people.
std::string transcriptOf(const HeldState &state, const std::vector<int> &tokens)
{
    if (!state.model->tokenizer) return {};
    Utf8Stream characters;
    std::string text = characters.push(state.model->tokenizer->decode(tokens));
    return text + characters.finish();
}

/// A state of this program: goes on where it was saved.
HeldState heldOf(SavedState &saved, std::shared_ptr<const ModelFacts> facts)
{
    auto image = std::make_shared<StateImage>(); // shared with the cache
    image->state = std::move(saved.state);
    image->logits = std::move(saved.logits);
    HeldState held;
    held.model = std::move(facts);
    const bool knowsStart = !saved.hasStart && !saved.tokens.empty();
    (knowsStart ? held.tokens : held.before) = std::move(saved.tokens);
    if (!knowsStart) held.start = image;
    held.image = std::move(image);
    return held;
}

} // namespace

/// Goes on with a saveState command where the runner has found its state.
void EngineImpl::writeState(JobId job, const SaveStateSpec &spec, HeldStatePtr state)
{
    postAs(job, m_light, [this, spec, state = std::move(state)](JobId id, const std::stop_token &) {
        writeStateNow(id, spec, *state);
    });
}

void EngineImpl::writeStateNow(JobId job, const SaveStateSpec &spec, const HeldState &state)
{
    requireStateTarget(spec.path);
    if (!commit(job)) return; // a file is written whole or not at all
    const std::vector<int> tokens = allTokens(state);
    const SavedState saved{state.image->state,          state.image->logits, tokens,
                           transcriptOf(state, tokens), spec.note,           state.start != nullptr};
    const std::uint64_t bytes = writeStateFile(spec.path, saved, ownerOf(*state.model));
    end(job, event::StateSaved{job, spec.path, bytes, static_cast<int>(tokens.size())});
}

JobId EngineImpl::openState(OpenStateSpec spec)
{
    return post(m_light, [this, spec = std::move(spec)](JobId job, const std::stop_token &) mutable {
        const auto facts = m_runner.facts();
        if (!facts)
            throw Error(ErrorCode::NoModel, "a state can only be opened with its model: no model is loaded");
        spec.path = stateFile(spec.path, m_options);
        SavedState saved;
        HeldState held;
        const std::unique_ptr<TensorFile> file = openStateFile(spec.path);
        if (isSavedState(*file)) {
            saved = readState(*file, ownerOf(*facts));
            held = heldOf(saved, facts);
        } else {
            auto image = std::make_shared<StateImage>(); // shared with the cache
            image->state = ImportedState(*file).slot(facts->state, facts->info.name, spec.orientation);
            held.model = facts;
            held.image = std::move(image);
            held.start = held.image;
            held.fitsAny = true;
        }
        if (held.start) held.start = held.image = m_states.shared(held.image);
        const int tokens = static_cast<int>(held.tokens.size() + held.before.size());
        const auto kept = std::make_shared<const HeldState>(std::move(held));
        m_runner.post(command::Remember{kept});
        const StateId id = m_states.add(kept);
        if (!end(job,
                 event::StateOpened{job, id, tokens, std::move(saved.transcript), std::move(saved.note)}))
            m_states.release(id);
    });
}

JobId EngineImpl::inspectState(OpenStateSpec spec)
{
    return post(m_light, [this, spec = std::move(spec)](JobId job, const std::stop_token &) mutable {
        spec.path = stateFile(spec.path, m_options);
        StateInfo info = describeState(spec);
        const auto facts = m_runner.facts();
        try {
            if (!facts) throw Error(ErrorCode::NoModel, "no model is loaded that it could be compared with");
            const std::unique_ptr<TensorFile> file = openStateFile(spec.path);
            if (isSavedState(*file))
                readState(*file, ownerOf(*facts));
            else
                ImportedState(*file).slot(facts->state, facts->info.name, spec.orientation);
            info.fits = true;
        } catch (const Error &error) {
            info.problem = error.message();
            info.problemCode = error.code();
        }
        end(job, event::StateInspected{job, std::move(info)});
    });
}

JobId EngineImpl::exportState(ExportStateSpec spec)
{
    return post(m_light, [this, spec = std::move(spec)](JobId job, const std::stop_token &) mutable {
        spec.source.path = stateFile(spec.source.path, m_options);
        if (!commit(job)) return;
        ExportedState exported = exportStateFile(spec);
        end(job, event::StateExported{job, spec.target, exported.bytes, std::move(exported.warnings)});
    });
}

} // namespace engine
