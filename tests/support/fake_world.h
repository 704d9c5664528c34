#pragma once

// An engine over fake models, and what became of its commands.

#include "engine/engine_impl.h"
#include "support/event_recorder.h"
#include "support/fake_model.h"

#include <semaphore>
#include <utility>

namespace support
{

inline engine::LoadSpec loadOf(const std::string &model)
{
    engine::LoadSpec spec;
    spec.model = model;
    return spec;
}

/// Loads every model as the fake one of `spec`; "broken" fails and "slow" waits until it is cancelled. A load
/// or benchmark of "stubborn" hears of no cancel until `letGo` is released.
struct FakeWorld {
    EventRecorder events;
    std::shared_ptr<std::counting_semaphore<>> letGo = std::make_shared<std::counting_semaphore<>>(0);
    std::unique_ptr<engine::Engine> engine;

    explicit FakeWorld(FakeSpec spec = {}, engine::EngineOptions options = {})
    {
        const auto load = [spec, letGo = letGo](const engine::LoadSpec &wanted, const engine::EngineOptions &,
                                                const engine::LoadProgressSink &progress,
                                                std::stop_token stop) {
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
            if (wanted.model == "stubborn") letGo->acquire();
            if (stop.stop_requested()) throw engine::LoadCancelled{};
            FakeSpec named = spec;
            named.name = wanted.model;
            return fakeModel(named);
        };
        const auto bench = [letGo = letGo](const engine::BenchSpec &wanted, const engine::EngineOptions &,
                                           const std::function<void(const engine::BenchResult &)> &progress,
                                           std::stop_token) {
            if (wanted.model == "broken") throw std::runtime_error("a bug");
            progress({});
            if (wanted.model == "stubborn") letGo->acquire();
            progress({});
            return engine::event::BenchFinished{};
        };
        engine = std::make_unique<engine::EngineImpl>(std::move(options), events.sink(),
                                                      engine::EngineParts{load, bench});
    }

    /// Loads and waits; true if it worked.
    bool load(const std::string &name = "fake")
    {
        const auto job = engine->load(loadOf(name));
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

/// A script that answers a prompt of so many tokens with the tokens of `answer`, then ends the text.
inline Script recital(std::size_t promptTokens, std::vector<int> answer)
{
    return [promptTokens, answer = std::move(answer)](const Seen &seen, std::span<float> logits) {
        const auto at = static_cast<std::size_t>(seen.count) - promptTokens;
        certain(logits, at < answer.size() ? answer[at] : 0);
    };
}

} // namespace support
