#include "engine/server/library.h"

#include "engine/server/api_error.h"
#include "engine/server/jobs.h"

#include <algorithm>
#include <chrono>
#include <unordered_set>
#include <utility>

namespace server
{

namespace event = engine::event;

std::int64_t now()
{
    using namespace std::chrono;
    return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

void Library::see(const engine::Event &event)
{
    if (std::holds_alternative<event::LoadProgress>(event)) {
        m_loading = engine::jobOf(event);
    } else if (const auto *loaded = std::get_if<event::ModelLoaded>(&event)) {
        const bool isWished = m_wish && m_wish->job == loaded->job;
        Model model;
        model.info = loaded->info;
        model.strategy = loaded->strategy;
        model.slots = loaded->slots;
        model.created = now();
        model.name = isWished && !m_wish->name.empty() ? m_wish->name
                     : m_name.empty()                  ? loaded->info.name
                                                       : m_name;
        if (isWished) {
            model.defaults = m_wish->defaults;
            model.stop = m_wish->stop;
        }
        m_model = std::move(model);
        m_states.clear(); // they belong to the model before
        m_wish.reset();
        m_loading = 0;
    } else if (std::holds_alternative<event::ModelUnloaded>(event)) {
        m_model.reset();
        m_states.clear();
    } else if (isTerminal(event)) { // failed or cancelled: the model before stays
        if (engine::jobOf(event) == m_loading) m_loading = 0;
        if (m_wish && engine::jobOf(event) == m_wish->job) m_wish.reset();
    }
}

/// Of one voice: the state, what a hybrid keeps of its text, and the logits behind it.
std::size_t Library::bytesOf(const NamedState &state) const
{
    if (!m_model) return 0;
    const engine::ModelInfo &info = m_model->info;
    return info.stateBytes + info.tokenBytes * std::size_t(std::max(0, state.tokens)) +
           sizeof(float) * std::size_t(std::max(0, info.vocabulary));
}

/// All states but the one of this name, and `more`.
Library::Kept Library::keptBeside(const std::optional<std::string> &name, const NamedState *more) const
{
    Kept kept;
    std::unordered_set<const HeldState *> seen;
    const auto count = [&](const NamedState &state) {
        for (const HeldStatePtr &voice : state.voices) {
            if (!seen.insert(voice.get()).second) continue;
            ++kept.states;
            kept.bytes += bytesOf(state);
        }
    };
    for (const auto &[other, state] : m_states)
        if (other != name) count(state);
    if (more) count(*more);
    kept.states = std::max(kept.states, m_states.size()); // names cost something, too
    return kept;
}

void Library::refuseAbove(const Kept &kept) const
{
    if (kept.states <= kMostStates && kept.bytes <= m_mostBytes) return;
    throw ApiError(400, "invalid_request_error", "too_many_states",
                   "expected at most " + std::to_string(kMostStates) + " states of " +
                       std::to_string(m_mostBytes) + " bytes (--state-bytes) to be kept, found " +
                       std::to_string(kept.states) + " of " + std::to_string(kept.bytes) +
                       "; DELETE /v1/states/NAME forgets one");
}

void Library::checkRoom(const std::string &name, std::size_t voices) const
{
    Kept kept = keptBeside(name);
    kept.states += voices;
    kept.bytes += voices * bytesOf({});
    refuseAbove(kept);
}

void Library::add(const std::string &name, NamedState state)
{
    Kept kept = keptBeside(name, &state);
    if (!m_states.contains(name)) kept.states = std::max(kept.states, m_states.size() + 1);
    refuseAbove(kept);
    state.created = now();
    m_states.insert_or_assign(name, std::move(state));
}

NamedState *Library::state(const std::string &name)
{
    const auto found = m_states.find(name);
    return found == m_states.end() ? nullptr : &found->second;
}

const NamedState *Library::find(const std::string &id)
{
    if (!m_model) {
        if (isLoading()) throw unavailable("the model is being loaded");
        throw ApiError(404, "invalid_request_error", "model_not_found", "no model is loaded", "model");
    }
    if (id.empty() || id == m_model->name) return nullptr;
    const std::string &name = m_model->name;
    if (id.size() > name.size() + 1 && id.starts_with(name) && id[name.size()] == ' ')
        if (const NamedState *state = this->state(id.substr(name.size() + 1))) return state;
    throw modelNotFound(id);
}

} // namespace server
