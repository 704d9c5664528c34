// The facade's state mathematics.
#include "engine/engine_impl.h"
#include "engine/pack.h"
#include "engine/state_export.h"
#include "engine/state_math.h"

#include <utility>

namespace engine
{
namespace
{

constexpr std::size_t kMostTerms = 16, kMostMeasured = 64;

void checkCount(std::size_t found, std::size_t most)
{
    if (found == 0 || found > most)
        throw Error(ErrorCode::BadRequest,
                    "states: expected 1 to " + std::to_string(most) + ", found " + std::to_string(found));
}

std::unique_ptr<StateArrays> arraysOf(const StateSource &source, const HeldStatePtr &held)
{
    if (source.held == 0) return std::make_unique<StateArrays>(source.file);
    if (!held)
        throw Error(ErrorCode::BadRequest, "state: no state " + std::to_string(source.held) + " is held");
    return std::make_unique<StateArrays>(held, source.held);
}

} // namespace

JobId EngineImpl::combineStates(CombineStatesSpec spec)
{
    std::vector<HeldStatePtr> held; // now: the client may release them
    for (const StateTerm &term : spec.terms)
        held.push_back(m_states.find(term.source.held));
    return post(m_light, [this, spec = std::move(spec), held](JobId job, const std::stop_token &) mutable {
        for (StateTerm &term : spec.terms)
            term.source.file.path = stateFile(term.source.file.path, m_options);
        checkCount(spec.terms.size(), kMostTerms);
        if (!spec.target.empty()) requireStateTarget(spec.target);
        const auto facts = m_runner.facts();
        if (spec.keep && !facts)
            throw Error(ErrorCode::NoModel, "a state can only be held for its model: no model is loaded");
        std::vector<std::unique_ptr<StateArrays>> states;
        for (std::size_t i = 0; i < spec.terms.size(); ++i)
            states.push_back(arraysOf(spec.terms[i].source, held[i]));
        CombinedState sum = combineArrays(spec.terms, states);
        std::shared_ptr<HeldState> kept; // shared with the requests that start from it
        if (spec.keep) {
            auto image = std::make_shared<StateImage>(); // shared with the cache
            image->state = sum.slot(*facts);
            kept = std::make_shared<HeldState>();
            kept->model = facts;
            kept->start = kept->image = m_states.shared(std::move(image));
            kept->fitsAny = !sum.hasShifts(); // as tuned states do
        }
        if (!commit(job)) return; // a file is written whole or not at all
        const std::uint64_t bytes = spec.target.empty() ? 0 : sum.write(spec.target, spec.asBf16);
        const StateId id = kept ? m_states.add(kept) : 0;
        end(job, event::StateCombined{job, id, spec.target, bytes, std::move(sum.figures)});
    });
}

JobId EngineImpl::measureStates(MeasureStatesSpec spec)
{
    std::vector<HeldStatePtr> held;
    for (const StateSource &source : spec.states)
        held.push_back(m_states.find(source.held));
    return post(m_light, [this, spec = std::move(spec), held](JobId job, const std::stop_token &) mutable {
        for (StateSource &source : spec.states)
            source.file.path = stateFile(source.file.path, m_options);
        checkCount(spec.states.size(), kMostMeasured);
        std::vector<std::unique_ptr<StateArrays>> states;
        for (std::size_t i = 0; i < spec.states.size(); ++i)
            states.push_back(arraysOf(spec.states[i], held[i]));
        event::StatesMeasured measured = measureArrays(states);
        measured.job = job;
        end(job, std::move(measured));
    });
}

} // namespace engine
