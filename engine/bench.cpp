#include "engine/bench.h"

#include "engine/bench_profile.h"
#include "engine/error.h"
#include "engine/model_loader.h"
#include "engine/weight_store.h"

#include <algorithm>
#include <chrono>
#include <span>
#include <string>
#include <vector>

namespace engine
{
namespace
{

using Clock = std::chrono::steady_clock;

constexpr int kMostBatch = 4096;
constexpr int kMostTokens = 1 << 20;
constexpr int kPromptRepeats = 5;
constexpr double kPromptSeconds = 20; ///< no further repeat after so long
constexpr int kWarmUpSteps = 2;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

double medianOf(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

void checkSpec(const BenchSpec &spec)
{
    const auto inRange = [](int value, int least, int most) { return value >= least && value <= most; };
    if (spec.model.empty() == spec.shape.empty())
        throw Error(ErrorCode::BadRequest, "bench: expected either a model or a shape.");
    if (spec.batches.empty() || !std::all_of(spec.batches.begin(), spec.batches.end(),
                                             [&](int batch) { return inRange(batch, 1, kMostBatch); }))
        throw Error(ErrorCode::BadRequest,
                    "batch: expected numbers from 1 to " + std::to_string(kMostBatch) + ".");
    if (!inRange(spec.promptTokens, 0, kMostTokens))
        throw Error(ErrorCode::BadRequest,
                    "prompt: expected 0 to " + std::to_string(kMostTokens) + " tokens.");
    if (!inRange(spec.voices, 1, MixSpec::kMostVoices))
        throw Error(ErrorCode::BadRequest, "voices: expected 1 to " + std::to_string(MixSpec::kMostVoices) +
                                               ", found " + std::to_string(spec.voices) + ".");
    if (!inRange(spec.generateTokens, 1, kMostTokens))
        throw Error(ErrorCode::BadRequest, "gen: expected 1 to " + std::to_string(kMostTokens) + " tokens.");
}

LoadedModel loadFor(const BenchSpec &spec, const EngineOptions &options, BenchProfile &profile,
                    const std::stop_token &stop)
{
    DeviceOpener open = standardOpener(options);
    if (spec.profile) open = profile.over(std::move(open));
    if (!spec.shape.empty()) return randomModelOn(open, spec.shape, spec.strategy, options, stop);
    LoadSpec load;
    load.model = spec.model;
    load.strategy = spec.strategy;
    load.adapters = spec.adapters;
    load.slots = 1; // what is measured runs on states of its own
    return loadModelOn(open, load, options, {}, stop);
}

/// What one step has to move and to compute.
struct Cost {
    double bytes = 0, flops = 0;
    /// Seconds that the machine needs at least; 0 where that would be reading what lies in its cache, whose
    /// speed is not known.
    double limit(const kernels::MachineSpeed &machine, double flopsPerSecond) const
    {
        const double reading = machine.readBytesPerSecond > 0 ? bytes / machine.readBytesPerSecond : 0;
        const double computing = flopsPerSecond > 0 ? flops / flopsPerSecond : 0;
        if (reading <= computing) return computing;
        return bytes <= static_cast<double>(machine.cacheBytes) ? 0 : reading;
    }
};

/// Runs steps of a loaded model on memory of its own.
class Measurement
{
public:
    Measurement(const BenchSpec &spec, LoadedModel &loaded, const kernels::MachineSpeed &speed,
                BenchProfile &profile, std::stop_token stop);

    void prefill(BenchResult &result);
    void decode(BenchResult &result);
    /// One voice and a mix in turns, so that what else the machine does slows both.
    void mix(BenchResult &one, BenchResult &mixed);

private:
    void step(int rows, int seqs, int logitRows);
    void draw(int rows);
    void drawBlend(int voices);
    void draw(float *logits, int rows);
    void complete(BenchResult &result, double seconds) const;
    template <typename Work>
    StepProfile profileOf(int steps, const Work &work);
    void fillTokens(int rows);
    double timePrompt();
    Cost costOf(int rows, int seqs, int logitRows) const;
    double flopsPerSecond() const;

    const BenchSpec &m_spec;
    LoadedModel &m_loaded;
    const kernels::MachineSpeed &m_speed;
    BenchProfile &m_profile;
    std::stop_token m_stop;
    const int m_batch; ///< the largest
    StatePool m_states;
    Segments m_segments;
    Tensor m_drawn, m_logprobs; ///< on the device of the head
    Tensor m_blend, m_voices;   ///< likewise
    std::vector<kernels::SampleRow> m_greedy;
    std::vector<std::int32_t> m_tokens, m_slots; ///< [rows], [batch]
};

constexpr std::size_t floatBytes(int rows, int columns)
{
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns) * sizeof(float);
}

/// Refuses a batch that memory cannot hold before anything is allocated: untouched pages would be had, and
/// then kill. Returns the largest batch.
int requireRoom(const BenchSpec &spec, const LoadedModel &loaded)
{
    const int batch =
        spec.voices > 1 ? spec.voices : *std::max_element(spec.batches.begin(), spec.batches.end());
    const Model &model = *loaded.model;
    const StateSpec state = model.state();
    const int tokens = std::min(state.contextTokens, kWarmUpSteps + spec.generateTokens);
    const std::size_t perRow =
        (state.floatsOf(StatePool::pagesOf(state, tokens) * kernels::PagedView::kTokens) +
         static_cast<std::size_t>(model.dims().vocabulary)) *
        sizeof(float);
    const std::size_t needed = static_cast<std::size_t>(batch) * perRow +
                               model.workspaceBytes(std::max(batch, StepLimits::kMaxRows), batch);
    const std::size_t free = loaded.device().memory().freeBytes;
    if (needed > free)
        throw Error(ErrorCode::OutOfMemory, "batch " + std::to_string(batch) + ": needs " +
                                                bytesText(needed) + " for states and activations, " +
                                                bytesText(free) + " are free on " +
                                                loaded.device().info().id + ".");
    return batch;
}

Measurement::Measurement(const BenchSpec &spec, LoadedModel &loaded, const kernels::MachineSpeed &speed,
                         BenchProfile &profile, std::stop_token stop)
    : m_spec(spec)
    , m_loaded(loaded)
    , m_speed(speed)
    , m_profile(profile)
    , m_stop(std::move(stop))
    , m_batch(requireRoom(spec, loaded))
    , m_states(stateShares(loaded.parts, loaded.model->state()), loaded.model->state(), m_batch)
    , m_segments(loaded.parts, *loaded.model, m_states,
                 {std::max(m_batch, StepLimits::kMaxRows), m_batch, m_batch})
    , m_drawn(loaded.device(), static_cast<std::size_t>(m_batch) * sizeof(std::int32_t), "Tokens")
    , m_logprobs(loaded.device(), floatBytes(m_batch, 1), "Log-probabilities")
    , m_blend(loaded.device(), floatBytes(1, loaded.model->dims().vocabulary), "Blend")
    , m_voices(loaded.device(), kernels::MixLogits::kMostVoices * sizeof(kernels::MixLogits::Voice), "Voices")
    , m_greedy(static_cast<std::size_t>(m_batch))
{
    m_segments.streamFrom(*loaded.weights);
    for (kernels::SampleRow &row : m_greedy)
        row.temperature = 0;
    while (const auto slot = m_states.acquire())
        m_slots.push_back(*slot);
}

/// Well spread ids, so that rows of the embedding table are not all in the cache.
void Measurement::fillTokens(int rows)
{
    m_tokens.resize(static_cast<std::size_t>(rows));
    std::uint32_t x = 12345;
    for (std::int32_t &token : m_tokens) {
        x = x * 1664525U + 1013904223U;
        token = static_cast<std::int32_t>((x >> 8) %
                                          static_cast<std::uint32_t>(m_loaded.model->dims().vocabulary));
    }
}

/// One pass over `rows` rows, shared equally by `seqs` sequences, with logits of each sequence's last row if
/// `logitRows` is not 0.
void Measurement::step(int rows, int seqs, int logitRows)
{
    if (m_stop.stop_requested()) throw LoadCancelled{};
    std::vector<std::int32_t> start, last;
    for (int i = 0; i <= seqs; ++i)
        start.push_back(rows / seqs * i);
    for (int i = 0; i < logitRows; ++i)
        last.push_back(start[static_cast<std::size_t>(i) + 1] - 1);
    m_segments.forward({std::span(m_tokens).first(static_cast<std::size_t>(rows)),
                        start,
                        std::span(m_slots).first(static_cast<std::size_t>(seqs)),
                        last,
                        0,
                        {}});
    if (const kernels::Device *failed = m_segments.failed())
        throw Error(ErrorCode::DeviceLost, failed->info().id + " failed while it was measured.");
}

/// Draws the next token of every row, greedily.
void Measurement::draw(int rows) { draw(m_segments.logitRow(0), rows); }

/// Draws the next token of a mix of all rows with equal gates.
void Measurement::drawBlend(int voices)
{
    std::vector<std::int32_t> rows;
    for (int k = 0; k < voices; ++k)
        rows.push_back(k);
    const std::vector<float> gates(static_cast<std::size_t>(voices), 1.0F);
    const kernels::MixLogits::Mix mix{rows.data(), gates.data(), voices};
    kernels::MixLogits args;
    args.logits = m_segments.logits();
    args.mix = &mix;
    args.mixes = 1;
    args.blend = kernels::view(m_blend.data(), kernels::DType::F32, 1, m_loaded.model->dims().vocabulary);
    args.voice = static_cast<kernels::MixLogits::Voice *>(m_voices.data());
    m_loaded.device().mixLogits(args);
    draw(m_blend.f32(), 1);
    std::fill(m_tokens.begin(), m_tokens.end(), m_tokens.front());
}

void Measurement::draw(float *logits, int rows)
{
    kernels::Device &device = m_loaded.device();
    kernels::Sample sample;
    const int vocabulary = m_loaded.model->dims().vocabulary;
    sample.logits = kernels::view(logits, kernels::DType::F32, rows, vocabulary);
    sample.row = m_greedy.data();
    sample.rows = rows;
    sample.vocabulary = vocabulary;
    sample.token = static_cast<std::int32_t *>(m_drawn.data());
    sample.logprob = m_logprobs.f32();
    device.sample(sample);
    device.download(m_tokens.data(), m_drawn.data(), static_cast<std::size_t>(rows) * sizeof(std::int32_t));
    device.sync();
}

/// Runs a few steps once more with every op noted, if that is wanted.
template <typename Work>
StepProfile Measurement::profileOf(int steps, const Work &work)
{
    if (!m_spec.profile) return {};
    m_profile.start();
    const auto start = Clock::now();
    work();
    return m_profile.finish(steps, secondsSince(start));
}

double Measurement::timePrompt()
{
    const auto start = Clock::now();
    for (int done = 0; done < m_spec.promptTokens;) {
        const int rows = std::min(m_spec.promptTokens - done, StepLimits::kMaxRows);
        done += rows;
        step(rows, 1, done == m_spec.promptTokens ? 1 : 0);
    }
    return secondsSince(start);
}

Cost Measurement::costOf(int rows, int seqs, int logitRows) const
{
    const ModelInfo &info = m_loaded.info;
    const double table = static_cast<double>(info.vocabulary) * info.width; // embedding and head alike
    const TensorEntry *embedding = m_loaded.weights->file().find("emb.weight");
    const double weightBytes =
        static_cast<double>(m_loaded.weights->ownBytes()) -
        (embedding ? static_cast<double>(embedding->bytes) : 0); // few rows of it are read
    const double inner = static_cast<double>(info.parameters) - 2 * table;
    Cost cost;
    cost.bytes = weightBytes + 2.0 * seqs * static_cast<double>(m_states.floatsPerSlot() * sizeof(float));
    if (logitRows == 0) cost.bytes -= weightBytes * table / (inner + table);
    cost.flops = 2 * (inner * rows + table * logitRows);
    return cost;
}

double Measurement::flopsPerSecond() const
{
    return m_loaded.strategy.find("bf16") != std::string::npos ? m_speed.bf16Flops : m_speed.fp32Flops;
}

void Measurement::prefill(BenchResult &result)
{
    if (m_spec.promptTokens == 0) return;
    fillTokens(StepLimits::kMaxRows);
    timePrompt();
    std::vector<double> seconds;
    const auto start = Clock::now();
    do
        seconds.push_back(timePrompt());
    while (static_cast<int>(seconds.size()) < kPromptRepeats && secondsSince(start) < kPromptSeconds);
    const double median = medianOf(seconds);
    double limit = 0;
    for (int done = 0; done < m_spec.promptTokens; done += StepLimits::kMaxRows) {
        const int rows = std::min(m_spec.promptTokens - done, StepLimits::kMaxRows);
        const int logitRows = done + rows == m_spec.promptTokens ? 1 : 0;
        limit += costOf(rows, 1, logitRows).limit(m_speed, flopsPerSecond());
    }
    result.prefillTokensPerSecond = m_spec.promptTokens / median;
    result.prefillShareOfLimit = limit / median;
    const int steps = (m_spec.promptTokens + StepLimits::kMaxRows - 1) / StepLimits::kMaxRows;
    result.prefillProfile = profileOf(steps, [&] { timePrompt(); });
}

void Measurement::decode(BenchResult &result)
{
    const int batch = result.batch;
    fillTokens(batch);
    std::vector<double> seconds;
    for (int i = -kWarmUpSteps; i < m_spec.generateTokens; ++i) {
        const auto start = Clock::now();
        step(batch, batch, batch);
        draw(batch);
        if (i >= 0) seconds.push_back(secondsSince(start));
    }
    complete(result, medianOf(seconds));
    result.decodeProfile = profileOf(m_spec.generateTokens, [&] {
        for (int i = 0; i < m_spec.generateTokens; ++i) {
            step(batch, batch, batch);
            draw(batch);
        }
    });
}

/// What follows from the seconds of one step.
void Measurement::complete(BenchResult &result, double seconds) const
{
    const int rows = result.batch * result.voices;
    const Cost cost = costOf(rows, rows, rows);
    result.decodeTokensPerSecond = result.batch / seconds;
    result.decodeGbPerSecond = cost.bytes / seconds / 1e9;
    result.shareOfLimit = cost.limit(m_speed, flopsPerSecond()) / seconds;
}

void Measurement::mix(BenchResult &one, BenchResult &mixed)
{
    std::vector<double> oneSeconds, mixedSeconds;
    for (int i = -kWarmUpSteps; i < m_spec.generateTokens; ++i) {
        fillTokens(mixed.voices);
        const auto first = Clock::now();
        step(1, 1, 1);
        draw(1);
        const auto second = Clock::now();
        step(mixed.voices, mixed.voices, mixed.voices);
        drawBlend(mixed.voices);
        if (i < 0) continue;
        oneSeconds.push_back(std::chrono::duration<double>(second - first).count());
        mixedSeconds.push_back(secondsSince(second));
    }
    complete(one, medianOf(std::move(oneSeconds)));
    complete(mixed, medianOf(std::move(mixedSeconds)));
    mixed.decodeProfile = profileOf(m_spec.generateTokens, [&] {
        for (int i = 0; i < m_spec.generateTokens; ++i) {
            step(mixed.voices, mixed.voices, mixed.voices);
            drawBlend(mixed.voices);
        }
    });
}

} // namespace

event::BenchFinished runBench(const BenchSpec &spec, const EngineOptions &options,
                              const std::function<void(const BenchResult &)> &progress, std::stop_token stop)
{
    checkSpec(spec);
    BenchProfile profile;
    LoadedModel loaded = loadFor(spec, options, profile, stop);
    const kernels::MachineSpeed speed = loaded.device().measureSpeed();
    profile.measureLimits();
    event::BenchFinished finished{};
    finished.cpu = loaded.device().info().description;
    finished.readGbPerSecond = speed.readBytesPerSecond / 1e9;
    finished.bf16Gflops = speed.bf16Flops / 1e9;
    finished.model = loaded.info;
    Measurement measurement(spec, loaded, speed, profile, std::move(stop));
    if (spec.voices > 1) {
        BenchResult one, mixed;
        one.strategy = mixed.strategy = loaded.strategy;
        one.batch = mixed.batch = 1;
        mixed.voices = spec.voices;
        measurement.mix(one, mixed);
        finished.results = {one, mixed};
        std::for_each(
            finished.results.begin(), finished.results.end(),
            progress ? progress : [](const BenchResult &) {});
        return finished;
    }
    for (const int batch : spec.batches) {
        BenchResult result;
        result.strategy = loaded.strategy;
        result.batch = batch;
        if (finished.results.empty()) measurement.prefill(result); // the prompt of one sequence: once
        measurement.decode(result);
        finished.results.push_back(result);
        if (progress) progress(result);
    }
    return finished;
}

} // namespace engine
