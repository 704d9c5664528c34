#include "engine/cli/session.h"

#include "engine/cli/exit_code.h"
#include "engine/cli/interrupts.h"
#include "engine/cli/numbers.h"
#include "engine/cli/printer.h"

#include <vector>

namespace cli
{
namespace
{

using namespace engine;

template <class T, class... Some>
constexpr bool isOneOf = (std::is_same_v<T, Some> || ...);

const char *phaseText(LoadPhase phase)
{
    switch (phase) {
    case LoadPhase::Opening:
        return "Opening";
    case LoadPhase::ReadingWeights:
        return "Reading weights";
    case LoadPhase::Tokenizer:
        return "Reading the vocabulary";
    case LoadPhase::Allocating:
        return "Taking memory";
    case LoadPhase::WarmingUp:
        return "Warming up";
    }
    return "Loading";
}

} // namespace

bool isTerminal(const Event &event)
{
    return std::visit(
        [](const auto &e) {
            return !isOneOf<std::decay_t<decltype(e)>, event::LoadProgress, event::Started,
                            event::PromptProgress, event::TokenChunk, event::ModelFound, event::BenchProgress,
                            event::ConvertProgress, event::QualityProgress, event::ExtraFound>;
        },
        event);
}

Session::Session(EngineOptions options, Printer &printer, Interrupts &interrupts)
    : m_printer(printer)
    , m_interrupts(interrupts)
    , m_engine(makeEngine(std::move(options), [this](const Event &event) { receive(event); }))
{
    m_interrupts.setHandler([this] { cancelAll(); });
}

Session::~Session() { m_interrupts.setHandler({}); }

void Session::watch(JobId job)
{
    {
        const std::lock_guard lock(m_mutex);
        m_watched.insert(job);
    }
    if (m_interrupts.pending()) m_engine->cancel(job);
}

Event Session::next()
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_arrived.wait(lock, [this] { return !m_events.empty(); });
        Event event = std::move(m_events.front());
        m_events.pop_front();
        if (!m_watched.contains(jobOf(event))) continue;
        if (isTerminal(event)) m_watched.erase(jobOf(event));
        return event;
    }
}

Event Session::wait(JobId job, const Observer &observer)
{
    watch(job);
    for (;;) {
        Event event = next();
        if (jobOf(event) != job) continue;
        if (isTerminal(event)) return event;
        if (observer) observer(event);
    }
}

event::ModelLoaded Session::load(LoadSpec spec)
{
    return expect<event::ModelLoaded>(m_engine->load(std::move(spec)), [this](const Event &event) {
        const auto *progress = std::get_if<event::LoadProgress>(&event);
        if (!progress) return;
        std::string text = phaseText(progress->phase);
        if (progress->total > 0) text += ' ' + percentText(double(progress->done) / double(progress->total));
        m_printer.progress(text);
    });
}

void Session::receive(const Event &event)
{
    const std::lock_guard lock(m_mutex);
    m_events.push_back(event);
    m_arrived.notify_one();
}

void Session::cancelAll()
{
    std::vector<JobId> jobs;
    {
        const std::lock_guard lock(m_mutex);
        jobs.assign(m_watched.begin(), m_watched.end());
    }
    for (const JobId job : jobs)
        m_engine->cancel(job);
}

void Session::raise(const Event &event)
{
    if (const auto *failed = std::get_if<event::Failed>(&event)) throw failed->error;
    if (std::holds_alternative<event::Cancelled>(event)) throw Interrupted();
    throw Error(ErrorCode::Internal, "the command ended with an event that does not belong to it");
}

} // namespace cli
