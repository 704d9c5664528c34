#pragma once

#include "engine/engine.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace support
{

/// An engine whose every event is decided by the test: nothing happens by itself, nothing depends on time.
///
/// Commands are recorded and stay open until the test ends them (finish, fail, ...) or cancel() does.
/// Questions about files (scan, inspect, forecast, tokenize, ...) are answered at once from the public
/// fields, unless `holdAnswers`. Thread: one; the sink is called from within the commands and from the test's
/// calls.
class FakeEngine final : public engine::Engine
{
public:
    explicit FakeEngine(EventSink sink);

    // What the world looks like; change at will.
    std::vector<engine::ModelInfo> models; ///< found by scan and inspect
    engine::MemoryUse forecastMemory;      ///< answer of forecast
    std::vector<engine::MemoryFix> forecastFixes;
    std::map<std::string, engine::StateInfo> states;     ///< answers of inspectState, by path
    std::map<std::string, engine::AdapterInfo> adapters; ///< answers of inspectAdapter, by path
    std::vector<engine::DeviceFigures> cards;            ///< answer of measureDevices
    engine::event::StatesMeasured figures{};             ///< answer of measureStates, but for the job
    std::vector<engine::ExtraInfo> extras;               ///< found by scanExtras
    /// Answers of logits for the voices of a mix that was only read, in their order.
    std::vector<std::vector<float>> voiceLogits;
    std::map<int, std::string> tokenTexts; ///< answers of detokenize for one token
    engine::Snapshot now;                  ///< answer of snapshot; loads and requests keep its counters
    bool holdAnswers = false;              ///< answers wait for the test: it calls send()
    std::map<std::string, engine::Error> failures; ///< by command name ("scan", "load", ...): fails at once

    // What was asked for, in order.
    struct Command {
        std::string name;
        engine::JobId job = 0;
    };
    std::vector<Command> commands;
    std::vector<engine::LoadSpec> loads;
    std::vector<engine::LoadSpec> forecasts;
    std::vector<engine::GenerateSpec> requests; ///< those that generate something
    std::vector<engine::GenerateSpec> reads;    ///< those that only read; answered at once
    std::vector<engine::SaveStateSpec> saves;
    std::vector<std::vector<std::string>> scans;
    std::vector<std::vector<engine::AdapterUse>> adapterSets;
    std::vector<engine::ConvertSpec> conversions;
    std::vector<std::string> openedStates;
    std::vector<engine::JobId> cancelled;
    std::vector<engine::StateId> released;
    struct Gates {
        engine::JobId request = 0;
        std::vector<float> gates;
    };
    std::vector<Gates> gates;
    std::vector<engine::CombineStatesSpec> combinations;
    std::vector<engine::MeasureStatesSpec> measurements;
    /// Job of the latest command of that name; 0 if there was none.
    engine::JobId last(const std::string &name) const;
    int count(const std::string &name) const;

    // What happens next. Ending a job that is not open is a mistake of the test and throws std::logic_error.
    void send(const engine::Event &event);
    void loadProgress(engine::LoadPhase phase, std::uint64_t done, std::uint64_t total);
    /// Ends the latest load; `info` defaults to the entry of `models` with its path.
    void finishLoad(double seconds = 0.8);
    /// Starts the request: Started.
    void start(engine::JobId job, int promptTokens = 12, int cachedTokens = 0, std::uint64_t seed = 1234);
    /// Streams text in chunks of `charactersPerChunk` characters (never splitting UTF-8), a token each.
    void stream(engine::JobId job, const std::string &text, bool thinking = false,
                int charactersPerChunk = 4);
    void finish(engine::JobId job, engine::FinishReason reason = engine::FinishReason::EndOfText);
    void fail(engine::JobId job, engine::ErrorCode code, const std::string &message);
    bool isOpen(engine::JobId job) const { return m_open.count(job) != 0; }

    engine::JobId load(engine::LoadSpec spec) override;
    engine::JobId unload() override;
    engine::JobId generate(engine::GenerateSpec spec) override;
    void cancel(engine::JobId job) override;
    engine::JobId inspect(std::string path) override;
    engine::JobId forecast(engine::LoadSpec spec) override;
    engine::JobId scan(std::vector<std::string> folders) override;
    engine::JobId saveState(engine::SaveStateSpec spec) override;
    engine::JobId openState(engine::OpenStateSpec spec) override;
    engine::JobId inspectState(engine::OpenStateSpec spec) override;
    engine::JobId exportState(engine::ExportStateSpec spec) override;
    void releaseState(engine::StateId state) override;
    engine::JobId setAdapters(std::vector<engine::AdapterUse> adapters) override;
    engine::JobId inspectAdapter(engine::AdapterUse adapter) override;
    engine::JobId tokenize(std::string text, std::string vocabulary) override;
    engine::JobId detokenize(std::vector<int> tokens, std::string vocabulary) override;
    engine::JobId logits(engine::LogitsSpec spec) override;
    engine::JobId embed(engine::EmbedSpec spec) override;
    engine::JobId bench(engine::BenchSpec spec) override;
    engine::JobId convert(engine::ConvertSpec spec) override;
    engine::JobId quality(engine::QualitySpec spec) override;
    engine::JobId setGates(engine::JobId request, std::vector<float> gates) override;
    engine::JobId captureState(engine::JobId request) override;
    engine::JobId combineStates(engine::CombineStatesSpec spec) override;
    engine::JobId measureStates(engine::MeasureStatesSpec spec) override;
    engine::JobId measureDevices() override;
    engine::JobId scanExtras(std::vector<std::string> folders) override;
    engine::Snapshot snapshot() const override { return now; }

private:
    engine::JobId open(const std::string &name);
    engine::JobId read(engine::GenerateSpec spec);
    bool failsAtOnce(const std::string &name, engine::JobId job);
    void answer(const engine::Event &event);
    void close(engine::JobId job);
    const engine::ModelInfo *find(const std::string &path) const;

    EventSink m_sink;
    engine::JobId m_nextJob = 1;
    engine::StateId m_nextState = 1;
    std::set<engine::JobId> m_open;
    std::map<engine::StateId, std::size_t> m_voices; ///< of the latest mix that was only read
    std::map<engine::JobId, engine::Usage> m_usage;
};

/// A believable model for tests and pictures.
engine::ModelInfo sampleModel(const std::string &path = "/models/rwkv7-g1-1.5b.pth");
/// The demonstration model, path "demo".
engine::ModelInfo sampleDemo();

} // namespace support
