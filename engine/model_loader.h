#pragma once

#include "engine/adapters/merge.h"
#include "engine/device_set.h"
#include "engine/events.h"
#include "engine/models/experts.h"
#include "engine/models/model.h"
#include "engine/segments.h"
#include "engine/state_pool.h"
#include "engine/tensor.h"
#include "engine/tokenizers/tokenizer.h"

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

namespace engine
{

class WeightStore;

/// A model ready to run, with all it needs; the runner owns it. Members are destroyed in reverse order, the
/// devices last.
struct LoadedModel {
    DeviceSet devices;
    std::unique_ptr<WeightStore> weights;
    std::unique_ptr<Model> model;
    std::unique_ptr<Experts> experts;     ///< over the model's channel mix, or nullptr
    std::vector<ModelSegment> parts;      ///< of the model, on the devices
    std::unique_ptr<StatePool> states;    ///< all slots free
    std::unique_ptr<Segments> segments;   ///< what steps of stepSize(slots, logitRows) need
    int logitRows = 0;                    ///< rows with logits a step: min(slots, StepLimits::kMaxLogitRows)
    std::unique_ptr<Tokenizer> tokenizer; ///< nullptr for random weights
    ModelInfo info;
    std::string strategy;     ///< canonical
    std::string fingerprint;  ///< of the weights in the file; state files belong to one fingerprint
    adapters::Stack adapters; ///< that changed them since
    MemoryUse memory;         ///< what was really taken, of all devices together
    std::vector<MemoryUse> memoryByDevice;
    int slots = 0;

    LoadedModel();
    LoadedModel(LoadedModel &&) noexcept;
    LoadedModel &operator=(LoadedModel &&) noexcept;
    ~LoadedModel();

    /// What the mixture of experts in a stack becomes for this model; see adapters::makeExperts.
    std::unique_ptr<Experts> makeExperts(const adapters::Stack &stack) const;
    void useExperts(std::unique_ptr<Experts> next);

    /// The device of the head, where logits come out and tokens are drawn.
    kernels::Device &device() const { return *parts.back().device; }
};

struct LoadProgressReport {
    LoadPhase phase;
    std::uint64_t done, total; ///< bytes
};
using LoadProgressSink = std::function<void(const LoadProgressReport &)>;

/// How many rows one step may have; the workspace is planned for it.
struct StepLimits {
    static constexpr int kMaxRows = 512;      ///< tokens a step
    static constexpr int kMaxLogitRows = 512; ///< rows with logits a step, and never more than slots
};

/// The largest steps of a model with so many slots.
StepSize stepSize(int slots, int logitRows);

/// Loads a model file onto its devices; refuses before it reads a weight what does not fit into free memory.
/// Thread: a job. Checks `stop` at least per tensor (cancel well below
/// 200 ms). Throws Error; when stopped, throws LoadCancelled. Nothing is left behind in either case.
LoadedModel loadModel(const LoadSpec &spec, const EngineOptions &options, const LoadProgressSink &progress,
                      std::stop_token stop);
struct LoadCancelled {
};

/// Opens the device of a strategy, never nullptr. Throws Error(DeviceUnusable).
using DeviceOpener = std::function<std::unique_ptr<kernels::Device>(const std::string &id)>;

/// That of loadModel; the options must outlive it.
DeviceOpener standardOpener(const EngineOptions &options);

/// As loadModel, on devices from elsewhere.
LoadedModel loadModelOn(const DeviceOpener &open, const LoadSpec &spec, const EngineOptions &options,
                        const LoadProgressSink &progress, std::stop_token stop);

/// A model of a public shape ("0.1B" ... "7.2B") with random weights, for measuring. Throws
/// Error(BadRequest).
LoadedModel randomModelOn(const DeviceOpener &open, const std::string &shape, const std::string &strategy,
                          const EngineOptions &options, std::stop_token stop);

/// What a load would take, and the cheapest fixes if it does not fit; touches no weight. Throws Error.
struct Forecast {
    MemoryUse memory; ///< of all devices together
    std::vector<MemoryFix> fixes;
    std::vector<MemoryUse> memoryByDevice;
};
Forecast forecastLoad(const LoadSpec &spec, const EngineOptions &options);

/// Reads names and headers. Never throws for a bad model: `problem` says what is wrong. Throws Error only if
/// the file cannot be read at all or is not a tensor file.
ModelInfo inspectModel(const std::string &path, const EngineOptions &options, bool withTensors);

/// Where the demonstration model and the shipped vocabulary lie: options.dataFolder, $ROOKERY_DATA, or
/// ../share/rookery beside the program. Empty if there is none.
std::string dataFolder(const EngineOptions &options);

} // namespace engine
