#include "engine/server/library.h"

#include "engine/server/api_error.h"
#include "engine/server/jobs.h"

#include <chrono>
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

void Library::add(const std::string &name, NamedState state)
{
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
