#include "engine/model_loader.h"

#include "engine/adapters/mole.h"
#include "engine/engine.h"
#include "engine/error.h"
#include "engine/fingerprint.h"
#include "engine/memory_plan.h"
#include "engine/model_info.h"
#include "engine/pack.h"
#include "engine/random_weights.h"
#include "engine/runner_session.h"
#include "engine/state_import.h"
#include "engine/vocabulary.h"
#include "engine/weight_store.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>

namespace engine
{
namespace
{

/// Passes reports on, at most 20 a second within a phase.
class Reporter
{
public:
    Reporter(const LoadProgressSink &sink, std::stop_token stop)
        : m_sink(sink)
        , m_stop(std::move(stop))
    {
    }

    /// Throws LoadCancelled if the load was stopped.
    void enter(LoadPhase phase, std::uint64_t total = 0)
    {
        if (m_stop.stop_requested()) throw LoadCancelled{};
        m_phase = phase;
        m_total = total;
        send(0);
    }
    void advance(std::uint64_t done)
    {
        if (done >= m_total || std::chrono::steady_clock::now() - m_last >= std::chrono::milliseconds(50))
            send(done);
    }

private:
    void send(std::uint64_t done)
    {
        m_last = std::chrono::steady_clock::now();
        if (m_sink) m_sink({m_phase, done, m_total});
    }

    const LoadProgressSink &m_sink;
    std::stop_token m_stop;
    LoadPhase m_phase = LoadPhase::Opening;
    std::uint64_t m_total = 0;
    std::chrono::steady_clock::time_point m_last;
};

/// What a load needs to know before it reads a weight.
struct Prepared {
    std::unique_ptr<TensorFile> file;
    const Family *family = nullptr;
    Placement placement;
    DeviceSet devices;
    std::unique_ptr<WeightStore> planned;
    MemoryPlan plan;
    std::uint64_t wantedBytes = 0; ///< of the file
    std::vector<MemoryFix> fixes;
    WeightStore::Overrides overrides;
};

/// Opens the devices of a placement; what cannot be opened is named with its place in the strategy.
DeviceSet openDevices(const Placement &placement, const DeviceOpener &open)
{
    DeviceSet devices;
    for (const std::string &id : placement.devices()) {
        try {
            devices.add(id, open(id));
        } catch (const Error &error) {
            if (error.code() != ErrorCode::DeviceUnusable) throw;
            const std::size_t position = placement.position(id);
            throw Error(error.code(),
                        "Strategy: '" + id + "' at position " + std::to_string(position + 1) + ": " +
                            error.message(),
                        std::to_string(position));
        }
    }
    return devices;
}

/// Streaming saves nothing where a device computes in the host's memory.
void tellOfStreaming(const Placement &placement, const DeviceSet &devices)
{
    for (std::size_t i = 0; i < devices.size(); ++i) {
        int streamed = 0;
        for (int item = 0; item < placement.layers(); ++item)
            streamed += placement.layer(item).device == devices.id(i) && placement.layer(item).streamed;
        if (streamed > 0 && devices[i].usesHostMemory())
            log(2, "engine",
                "'" + placement.text() + "': " + std::to_string(streamed) +
                    " layers are to be streamed, but " + devices.id(i) +
                    " computes in host memory: they stay where they are.");
    }
}

WeightStore::Overrides overridesOf(const LoadSpec &spec)
{
    if (!(spec.headNormEpsilon >= 0 && spec.headNormEpsilon <= 1))
        throw Error(ErrorCode::BadRequest, "head norm epsilon: expected more than 0 and at most 1, or 0 for "
                                           "the family's own.");
    constexpr int kLeastContext = 16, kMostContext = 1 << 20;
    const int context = spec.contextTokens;
    if (context != 0 && (context < kLeastContext || context > kMostContext))
        throw Error(ErrorCode::BadRequest, "context tokens: expected " + std::to_string(kLeastContext) +
                                               " to " + std::to_string(kMostContext) +
                                               ", or 0 for what the file says, found " +
                                               std::to_string(context) + ".");
    return {spec.headNormEpsilon, context};
}

adapters::Stack openAdapters(const LoadSpec &spec, const EngineOptions &options)
{
    adapters::Stack stack;
    for (const AdapterUse &use : spec.adapters)
        stack.push_back(std::make_shared<adapters::AdapterFile>(adapterFile(use, options)));
    return stack;
}

Prepared prepare(std::unique_ptr<TensorFile> file, const LoadSpec &spec, const adapters::Stack &adapters,
                 const EngineOptions &options, const DeviceOpener &open)
{
    const WeightStore::Overrides overrides = overridesOf(spec);
    const Family &family = requireFamily(*file);
    const Placement placement(parseStrategy(spec.strategy), family.dims(*file).layers, mainFormat(*file));
    Prepared prepared{std::move(file), &family, placement, openDevices(placement, open), {}, {}, 0, {},
                      overrides};
    prepared.planned =
        std::make_unique<WeightStore>(*prepared.file, placement, prepared.devices.ofItems(placement));
    WeightStore &planned = *prepared.planned;
    planned.setOverrides(overrides);
    const std::unique_ptr<Model> model = family.create(planned);
    tellOfStreaming(placement, prepared.devices);
    prepared.plan = planMemory(family, planned, prepared.devices, spec.slots, options.cacheBytes);
    for (std::size_t i = 0; i < prepared.devices.size(); ++i)
        prepared.plan.devices[i].use.weights += adapters::expertBytes(
            *model, prepared.devices.ofItems(placement), placement, adapters, prepared.devices[i]);
    prepared.fixes = cheapestFixes(prepared.plan, family, planned, prepared.devices);
    prepared.wantedBytes = planned.wantedBytes();
    for (const std::string &name : planned.unused())
        if (!name.ends_with(kMatrixPart) && !name.ends_with(kOffsetPart))
            log(1, "engine", prepared.file->path() + ": tensor '" + name + "' is not used.");
    return prepared;
}

/// Runs one token, so that a model that computes NaN is refused and the caches are warm.
void warmUp(LoadedModel &loaded, const std::stop_token &stop)
{
    kernels::Device &device = loaded.device();
    const StatePool::Slot slot = loaded.states->acquire().value();
    const std::int32_t token[] = {0}, start[] = {0, 1}, slots[] = {slot}, logitRows[] = {0};
    loaded.segments->forward({token, start, slots, logitRows, 0, stop});
    std::vector<float> logits(static_cast<std::size_t>(loaded.model->dims().vocabulary));
    device.download(logits.data(), loaded.segments->logitRow(0), logits.size() * sizeof(float));
    const kernels::Device *failed = loaded.segments->failed();
    loaded.states->release(slot);
    if (stop.stop_requested()) throw LoadCancelled{};
    if (failed)
        throw Error(failed->status() == kernels::Status::OutOfMemory ? ErrorCode::OutOfMemory
                                                                     : ErrorCode::DeviceLost,
                    failed->info().id + " failed in the first step.", failed->info().reason);
    if (!std::all_of(logits.begin(), logits.end(), [](float x) { return std::isfinite(x); }))
        throw Error(ErrorCode::BadModel,
                    "The model computes NaN or infinity for its first token: its weights are "
                    "damaged or do not suit the strategy '" +
                        loaded.strategy + "'.");
}

/// What the model has really taken.
void measureMemory(LoadedModel &loaded, MemoryPlan plan)
{
    for (std::size_t i = 0; i < loaded.devices.size(); ++i) {
        const kernels::Device &device = loaded.devices[i];
        MemoryUse &use = plan.devices[i].use;
        use.weights = loaded.weights->ownBytes(device);
        if (loaded.experts) use.weights += loaded.experts->bytesOn[&device];
        use.states = loaded.states->bytes(device);
        use.workspace = loaded.segments->bytes(device);
        if (&device == &loaded.device())
            use.workspace += outputBytes(loaded.logitRows, loaded.model->dims().vocabulary);
        use.free = device.memory().freeBytes;
        loaded.memoryByDevice.push_back(use);
    }
    loaded.memory = plan.whole();
}

LoadedModel build(Prepared prepared, std::unique_ptr<Tokenizer> tokenizer, adapters::Stack adapters,
                  const EngineOptions &options, Reporter &report, std::stop_token stop)
{
    requireFit(prepared.plan, prepared.fixes);
    LoadedModel loaded;
    loaded.devices = std::move(prepared.devices);
    loaded.tokenizer = std::move(tokenizer);
    loaded.strategy = prepared.placement.text();
    loaded.slots = prepared.plan.slots;
    loaded.logitRows = prepared.plan.logitRows;
    loaded.info = describeModel(*prepared.file, prepared.family, options);
    loaded.parts = segmentsOf(prepared.placement, loaded.devices);

    report.enter(LoadPhase::ReadingWeights, prepared.wantedBytes);
    const TensorFile &file = *prepared.file;
    loaded.weights = std::make_unique<WeightStore>(
        std::move(prepared.file), prepared.placement, loaded.devices.ofItems(prepared.placement),
        [&report](std::uint64_t done) { report.advance(done); }, stop);
    loaded.weights->setOverrides(prepared.overrides);
    loaded.weights->reserveStreams(*prepared.planned);
    loaded.model = prepared.family->create(*loaded.weights);
    loaded.fingerprint = fingerprintOf(file);
    file.verifyUnchanged();
    loaded.info.stateBytes = loaded.model->state().floatsPerSlot * sizeof(float);
    if (loaded.info.contextTokens > 0) loaded.info.contextTokens = loaded.model->dims().contextTokens;
    if (!adapters.empty()) {
        bool isLost = false;
        adapters::change(*loaded.weights, {}, adapters, isLost);
        loaded.useExperts(loaded.makeExperts(adapters));
        loaded.adapters = std::move(adapters);
    }
    loaded.weights->finish();

    report.enter(LoadPhase::Allocating);
    loaded.states = std::make_unique<StatePool>(stateShares(loaded.parts, loaded.model->state()),
                                                loaded.model->state(), loaded.slots);
    if (loaded.info.hasState) loaded.states->startFrom(stateInModel(file, loaded.model->state()));
    loaded.segments = std::make_unique<Segments>(loaded.parts, *loaded.model, *loaded.states,
                                                 stepSize(loaded.slots, loaded.logitRows));
    loaded.segments->streamFrom(*loaded.weights);

    report.enter(LoadPhase::WarmingUp);
    warmUp(loaded, stop);
    measureMemory(loaded, prepared.plan);
    if (stop.stop_requested()) throw LoadCancelled{};
    return loaded;
}

/// Kernels are the processor's, unless they bear the name of a kind of card: "cuda-rows".
bool isFor(const std::string &id, const std::string &kernels)
{
    const auto kindOf = [](const std::string &text) { return text.substr(0, text.find_first_of(":-")); };
    const bool isCards = kindOf(kernels) == "cuda" || kindOf(kernels) == "hip";
    return isCards ? kindOf(id) == kindOf(kernels) : kindOf(id) == "cpu";
}

} // namespace

DeviceOpener standardOpener(const EngineOptions &options)
{
    return [&options](const std::string &id) {
        std::string reason;
        const std::string kernels = isFor(id, options.cpuKernels) ? options.cpuKernels : std::string();
        std::unique_ptr<kernels::Device> device =
            kernels::openDevice(id, {options.threads, kernels}, &reason);
        if (!device && !kernels.empty()) throw Error(ErrorCode::BadRequest, "Kernels: " + reason + ".");
        if (!device) throw Error(ErrorCode::DeviceUnusable, reason + ".");
        for (const std::string &note : device->info().notes)
            log(3, "device", id + ": " + note);
        return device;
    };
}

StepSize stepSize(int slots, int logitRows) { return {StepLimits::kMaxRows, slots, logitRows}; }

LoadedModel::LoadedModel() = default;
LoadedModel::LoadedModel(LoadedModel &&) noexcept = default;
LoadedModel::~LoadedModel() = default;

LoadedModel &LoadedModel::operator=(LoadedModel &&other) noexcept
{
    if (this != &other) { // member by member, the device would go before the memory on it
        std::destroy_at(this);
        std::construct_at(this, std::move(other));
    }
    return *this;
}

std::unique_ptr<Experts> LoadedModel::makeExperts(const adapters::Stack &stack) const
{
    const Placement &placement = weights->placement();
    return adapters::makeExperts(*model, devices.ofItems(placement), placement, stack);
}

void LoadedModel::useExperts(std::unique_ptr<Experts> next)
{
    if (segments) segments->forgetRecorded();
    model->setExperts(next.get());
    experts = std::move(next);
}

LoadedModel loadModelOn(const DeviceOpener &open, const LoadSpec &spec, const EngineOptions &options,
                        const LoadProgressSink &progress, std::stop_token stop)
{
    Reporter report(progress, stop);
    report.enter(LoadPhase::Opening);
    adapters::Stack adapters = openAdapters(spec, options);
    Prepared prepared =
        prepare(TensorFile::open(resolveModelPath(spec.model, options)), spec, adapters, options, open);
    report.enter(LoadPhase::Tokenizer);
    const int rows = prepared.family->dims(*prepared.file).vocabulary;
    const StoredVocabulary *stored = prepared.file->vocabulary();
    const VocabularyChoice choice =
        findVocabulary(spec.vocabulary, prepared.file->path(), rows, options, stored);
    std::unique_ptr<Tokenizer> tokenizer = openVocabulary(choice, rows, stored);
    LoadedModel loaded =
        build(std::move(prepared), std::move(tokenizer), std::move(adapters), options, report, stop);
    loaded.info.vocabularyFile = choice.path;
    return loaded;
}

LoadedModel loadModel(const LoadSpec &spec, const EngineOptions &options, const LoadProgressSink &progress,
                      std::stop_token stop)
{
    return loadModelOn(standardOpener(options), spec, options, progress, stop);
}

LoadedModel randomModelOn(const DeviceOpener &open, const std::string &shape, const std::string &strategy,
                          const EngineOptions &options, std::stop_token stop)
{
    const LoadProgressSink silent;
    Reporter report(silent, stop);
    LoadSpec spec;
    spec.strategy = strategy;
    return build(prepare(makeRandomFile(shape), spec, {}, options, open), nullptr, {}, options, report, stop);
}

Forecast forecastLoad(const LoadSpec &spec, const EngineOptions &options)
{
    EngineOptions quiet = options;
    quiet.threads = 1; // nothing is computed
    const Prepared prepared = prepare(TensorFile::open(resolveModelPath(spec.model, options)), spec,
                                      openAdapters(spec, options), options, standardOpener(quiet));
    Forecast forecast{prepared.plan.whole(), prepared.fixes, {}};
    for (const MemoryPlan::OnDevice &on : prepared.plan.devices)
        forecast.memoryByDevice.push_back(on.use);
    return forecast;
}

} // namespace engine
