#include "engine/server/jobs.h"

#include <type_traits>
#include <utility>

namespace server
{
namespace
{

namespace event = engine::event;

template <class T, class... Some>
constexpr bool isOneOf = (std::is_same_v<T, Some> || ...);

} // namespace

bool isTerminal(const engine::Event &event)
{
    return std::visit(
        [](const auto &e) {
            return !isOneOf<std::decay_t<decltype(e)>, event::LoadProgress, event::Started,
                            event::PromptProgress, event::TokenChunk, event::ModelFound, event::BenchProgress,
                            event::ConvertProgress, event::QualityProgress, event::ExtraFound>;
        },
        event);
}

bool Jobs::deliver(const engine::Event &event)
{
    const auto found = m_handlers.find(engine::jobOf(event));
    if (found == m_handlers.end()) return false;
    if (!isTerminal(event)) {
        const Handler handler = found->second; // it may watch other jobs
        handler(event);
        return true;
    }
    const Handler handler = std::move(found->second);
    m_handlers.erase(found);
    handler(event);
    return true;
}

} // namespace server
