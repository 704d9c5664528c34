#pragma once

// An engine over fake models, and what became of its commands.

#include "engine/engine_impl.h"
#include "support/event_recorder.h"
#include "support/fake_model.h"

#include <utility>

namespace support {

/// Loads every model as the fake one of `spec`; "broken" fails and "slow" waits until it is cancelled.
struct FakeWorld {
    EventRecorder events;
    std::unique_ptr<engine::Engine> engine;

    explicit FakeWorld(FakeSpec spec = {}, engine::EngineOptions options = {})
    {
        const auto load = [spec](const engine::LoadSpec &wanted, const engine::EngineOptions &,
                                 const engine::LoadProgressSink &progress, std::stop_token stop) {
            for (int i = 0; i < 1000; ++i)
                progress({engine::LoadPhase::ReadingWeights, static_cast<std::uint64_t>(i), 1000});
            if (wanted.model == "broken")
                throw engine::Error(engine::ErrorCode::BadModel, "broken on purpose");
            if (wanted.model == "slow") {
                std::mutex mutex;
                std::condition_variable_any changed;
                std::unique_lock lock(mutex);
                changed.wait(lock, stop, [] { return false; });
            }
            if (stop.stop_requested())
                throw engine::LoadCancelled{};
            FakeSpec named = spec;
            named.name = wanted.model;
            return fakeModel(named);
        };
        const auto bench = [](const engine::BenchSpec &spec, const engine::EngineOptions &,
                              const std::function<void(const engine::BenchResult &)> &progress, std::stop_token) {
            if (spec.model == "broken")
                throw std::runtime_error("a bug");
            progress({});
            return engine::event::BenchFinished{};
        };
        engine = std::make_unique<engine::EngineImpl>(std::move(options), events.sink(),
                                                      engine::EngineParts{load, bench});
    }

    /// Loads and waits; true if it worked.
    bool load(const std::string &name = "fake")
    {
        engine::LoadSpec spec;
        spec.model = name;
        const auto job = engine->load(spec);
        return events.waitForEnd(job) && events.has<engine::event::ModelLoaded>(job);
    }
    /// Generates and waits for the end.
    engine::JobId run(const engine::GenerateSpec &spec)
    {
        const auto job = engine->generate(spec);
        events.waitForEnd(job);
        return job;
    }
    engine::ErrorCode errorOf(engine::JobId job)
    {
        events.waitForEnd(job);
        return events.one<engine::event::Failed>(job).error.code();
    }
};

/// A greedy continuation of `prompt`.
inline engine::GenerateSpec greedy(const std::string &prompt, int maxTokens = 8)
{
    engine::GenerateSpec spec;
    spec.prompt = prompt;
    spec.maxTokens = maxTokens;
    spec.sampling.temperature = 0;
    return spec;
}

/// A script that answers any prompt ending in `question` with `answer`, token by token, then ends the text.
/// The hash of what was read is not used: the position in the answer follows from the tokens since the marker '?'.
class Recital final
{
public:
    Recital(int marker, std::vector<int> answer) : m_marker(marker), m_answer(std::move(answer)) {}
    void operator()(const Seen &seen, std::span<float> logits)
    {
        if (seen.last == m_marker)
            m_next = 0;
        certain(logits, m_next < m_answer.size() ? m_answer[m_next] : 0);
        ++m_next;
    }

private:
    int m_marker;
    std::vector<int> m_answer;
    std::size_t m_next = 0; // one sequence at a time
};

} // namespace support
