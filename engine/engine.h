#pragma once

#include "engine/events.h"
#include "engine/options.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace engine
{

/// Numbers for plots and status bars: those of the runner's last step or command, so that asking waits for
/// nobody. Asking has the device's memory read again for the next one.
struct Snapshot {
    bool loaded = false;
    bool loading = false;
    std::string model; ///< name of the loaded model
    std::string strategy;
    std::vector<AdapterUse> adapters; ///< that change the loaded model
    int slots = 0;                    ///< capacity
    int usedSlots = 0;                ///< one a request, of a mix one a voice
    int generating = 0;               ///< requests that produce tokens now
    int reading = 0;                  ///< requests whose prompt is being read
    int queued = 0;
    std::uint64_t generatedTokens = 0; ///< since start; differences give rates
    std::uint64_t promptTokens = 0;
    std::uint64_t cachedTokens = 0;
    std::uint64_t steps = 0;
    MemoryUse memory;             ///< of the model's device; without a model of the processor, total and free
    std::size_t processBytes = 0; ///< resident set of this process
    /// Of each device that the model uses, and of the processor in any case: the cache lies in its memory.
    std::vector<MemoryUse> memoryByDevice = {};
};

struct DeviceSummary {
    std::string id, description;
    std::string kernels;                 ///< the code path that is used
    std::vector<std::string> allKernels; ///< those that EngineOptions::cpuKernels may name, the best first
    int threads = 1;
    std::size_t totalBytes = 0, freeBytes = 0;
    bool usable = true;
    std::string reason;         ///< why it is not usable
    DeviceFigures figures = {}; ///< of cards
};

/// The facade: commands in, events out. Every command returns at once with its id; all work happens on the
/// engine's threads and ends in exactly one terminal event (events.h). Thread-safe; nothing here waits.
/// Destruction cancels what runs, waits for the threads and delivers the last events before it returns;
/// commands from the event sink are ignored then and return 0.
class Engine
{
public:
    /// Called on engine threads, one event at a time; must return quickly and must not call back into the
    /// engine's destructor. Calling commands from it is allowed.
    using EventSink = std::function<void(const Event &)>;

    virtual ~Engine() = default;

    // Any job below may also end in Cancelled: by cancel(), by an unload or another model (requests), by the
    // engine's end.

    /// -> LoadProgress*, ModelLoaded | Failed. Requests of the model before end first with Cancelled; when a
    /// load fails or is cancelled, the model before stays loaded. Memory of a cancelled load is given back
    /// soon after the event.
    virtual JobId load(LoadSpec spec) = 0;
    virtual JobId unload() = 0; ///< -> ModelUnloaded | Failed(NoModel)
    /// For the model that is loaded now. -> Started, PromptProgress*, TokenChunk*, Finished | Failed
    virtual JobId generate(GenerateSpec spec) = 0;
    /// Ends a job with Cancelled: one that computes within one step, any other at once, even if its thread is
    /// busy for longer. A state file or a model's installation that has begun is finished. Unknown or ended
    /// ids are ignored.
    virtual void cancel(JobId job) = 0;
    virtual JobId inspect(std::string path) = 0;              ///< -> ModelInspected | Failed
    virtual JobId forecast(LoadSpec spec) = 0;                ///< -> ForecastReady | Failed
    virtual JobId scan(std::vector<std::string> folders) = 0; ///< -> ModelFound*, ScanFinished
    virtual JobId saveState(SaveStateSpec spec) = 0;          ///< -> StateSaved | Failed
    virtual JobId openState(OpenStateSpec spec) = 0;          ///< -> StateOpened | Failed
    /// Reads names and shapes, and compares them with the loaded model. -> StateInspected | Failed
    virtual JobId inspectState(OpenStateSpec spec) = 0;
    virtual JobId exportState(ExportStateSpec spec) = 0; ///< -> StateExported | Failed
    virtual void releaseState(StateId state) = 0;
    /// Makes these the adapters of the loaded model, in this order; none restores its weights bit for bit.
    /// Between two steps: requests wait and go on with the new weights, the prefix cache is emptied, and
    /// states of other adapters are refused. -> AdaptersSet, or Failed with the former adapters in place.
    virtual JobId setAdapters(std::vector<AdapterUse> adapters) = 0;
    /// Reads names and shapes, and compares them with the loaded model. -> AdapterInspected | Failed
    virtual JobId inspectAdapter(AdapterUse adapter) = 0;
    /// With the vocabulary file given, else the loaded model's, else World's. -> Tokenized | Failed
    virtual JobId tokenize(std::string text, std::string vocabulary = {}) = 0;
    virtual JobId detokenize(std::vector<int> tokens,
                             std::string vocabulary = {}) = 0; ///< -> Detokenized | Failed
    /// -> LogitsReady | Failed; BadRequest if they take more than 1 GiB (every position of many tokens).
    virtual JobId logits(LogitsSpec spec) = 0;
    virtual JobId embed(EmbedSpec spec) = 0; ///< -> EmbeddingReady | Failed | Cancelled
    virtual JobId bench(BenchSpec spec) = 0; ///< -> BenchProgress*, BenchFinished | Failed

    /// Writes a model in another format. -> ConvertProgress*, ConvertDone | Failed | Cancelled. The output is
    /// complete or not there; one that was there before is replaced only if the spec says so.
    virtual JobId convert(ConvertSpec spec) = 0;
    /// What a strategy costs in precision. -> QualityProgress*, QualityMeasured | Failed | Cancelled
    virtual JobId quality(QualitySpec spec) = 0;
    /// States and adapters: those of the demonstration pack, then those in the folders and their sub-folders.
    /// Files that are neither are passed over. -> ExtraFound*, ScanFinished | Cancelled
    virtual JobId scanExtras(std::vector<std::string> folders) = 0;

    /// The gates of a running or queued mix, from its next token on; what its lane says behind that is
    /// dropped. -> GatesSet | Failed(BadRequest)
    virtual JobId setGates(JobId request, std::vector<float> gates) = 0;
    /// Holds what a running request has read by its next step, so that it can be forked there, and lets it
    /// run on. -> StateCaptured | Failed(BadRequest) if it ends before
    virtual JobId captureState(JobId request) = 0;
    /// -> StateCombined | Failed. Needs a loaded model only to hold the result, or for held states.
    virtual JobId combineStates(CombineStatesSpec spec) = 0;
    virtual JobId measureStates(MeasureStatesSpec spec) = 0; ///< -> StatesMeasured | Failed

    /// What system and drivers tell of the devices, for plots: utilisation, power, temperature, memory. ->
    /// DevicesMeasured
    virtual JobId measureDevices() = 0;

    virtual Snapshot snapshot() const = 0;
};

/// Starts an engine. Never throws for want of a device or data: commands then fail with the reason.
std::unique_ptr<Engine> makeEngine(EngineOptions options, Engine::EventSink sink);

/// Every device of this machine, usable or not. May take some milliseconds.
std::vector<DeviceSummary> listDevices();

/// The number formats in which weights can be kept, as strategies name them: "fp32", "bf16", ...
std::vector<std::string> listFormats();

/// What a strategy string says for a model: a place for each of its layers and for its head. Segments without
/// a format have the model's. Throws Error(BadStrategy) naming the token, its position in bytes as `detail`.
StrategyPlan planStrategy(const std::string &strategy, const ModelInfo &model);
/// The canonical string of a plan. Throws Error(BadStrategy) for a plan that no strategy says, such as one
/// with two streamed parts.
std::string strategyText(const StrategyPlan &plan);

/// One line of the program's log; for clients that show it (the log page) or write it (the command line).
struct LogLine {
    int level = 2;        ///< 0 trace ... 5 critical, as in spdlog
    double seconds = 0;   ///< since the epoch
    std::string category; ///< "engine", "gui", ...
    std::string text;
};
using LogSink = std::function<void(const LogLine &)>;
/// Receives all further lines, on the thread that logs. Replaces the sink before; empty = none.
void setLogSink(LogSink sink);
/// Writes a line from a client.
void log(int level, const std::string &category, const std::string &text);

/// The program's version, "0.1.0".
const char *version();

} // namespace engine
