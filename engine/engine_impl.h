#pragma once

#include "engine/engine.h"
#include "engine/model_loader.h"
#include "engine/runner.h"
#include "engine/thread_pool.h"
#include "kernels/device.h"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

namespace engine
{

/// What the engine has others do with models; tests put their own in its place.
struct EngineParts {
    std::function<LoadedModel(const LoadSpec &, const EngineOptions &, const LoadProgressSink &,
                              std::stop_token)>
        load;
    std::function<event::BenchFinished(const BenchSpec &, const EngineOptions &,
                                       const std::function<void(const BenchResult &)> &, std::stop_token)>
        bench;
};

/// The facade: gives commands to the runner and to job pools, and their events to the client.
///
/// A command is a job of a pool until it ends there or the runner claims it. Only then its events may be
/// told, and whoever ends it tells the terminal one: so a cancel is answered at once, whatever the job's
/// thread is busy with (another load, slow storage, giving memory back), and there is never a second end.
class EngineImpl final : public Engine
{
public:
    EngineImpl(EngineOptions options, EventSink sink, EngineParts parts);
    ~EngineImpl() override;

    JobId load(LoadSpec spec) override;
    JobId unload() override;
    JobId generate(GenerateSpec spec) override;
    void cancel(JobId job) override;
    JobId inspect(std::string path) override;
    JobId forecast(LoadSpec spec) override;
    JobId scan(std::vector<std::string> folders) override;
    JobId saveState(SaveStateSpec spec) override;
    JobId openState(OpenStateSpec spec) override;
    JobId inspectState(OpenStateSpec spec) override;
    JobId exportState(ExportStateSpec spec) override;
    void releaseState(StateId state) override;
    JobId setAdapters(std::vector<AdapterUse> adapters) override;
    JobId inspectAdapter(AdapterUse adapter) override;
    JobId tokenize(std::string text, std::string vocabulary) override;
    JobId detokenize(std::vector<int> tokens, std::string vocabulary) override;
    JobId logits(LogitsSpec spec) override;
    JobId embed(EmbedSpec spec) override;
    JobId bench(BenchSpec spec) override;
    JobId convert(ConvertSpec spec) override;
    JobId quality(QualitySpec spec) override;
    JobId setGates(JobId request, std::vector<float> gates) override;
    JobId captureState(JobId request) override;
    JobId combineStates(CombineStatesSpec spec) override;
    JobId measureStates(MeasureStatesSpec spec) override;
    JobId measureDevices() override;
    JobId scanExtras(std::vector<std::string> folders) override;
    Snapshot snapshot() const override;

private:
    /// Does a job's work and posts its terminal event, or throws.
    using Work = std::function<void(JobId, const std::stop_token &)>;
    /// Renders and checks a request; see makeRequest.
    using Prepare = std::function<std::unique_ptr<Request>(JobId, const ModelFacts &, HeldStatePtr)>;

    JobId nextJob() { return ++m_lastJob; }
    /// Hands a command to the runner; it ends with Cancelled if the engine is going.
    template <typename C>
    JobId command(C c)
    {
        if (m_closing) return 0;
        const JobId job = c.job = nextJob();
        if (!m_runner.post(std::move(c))) m_toClient.post(event::Cancelled{job, {}, 0});
        return job;
    }
    template <typename C>
    JobId commandTo(JobId request, C c);
    void postRequest(command::Enqueue enqueue);
    void postLater(std::vector<Command> commands);
    JobId post(ThreadPool &pool, Work work);
    void postAs(JobId job, ThreadPool &pool, Work work);
    void runJob(JobId job, const std::stop_token &stop, const Work &work);
    bool claim(JobId job);
    bool commit(JobId job);
    void tell(JobId job, Event event);
    bool end(JobId job, Event event);
    void endAll();
    void loadNow(JobId job, const LoadSpec &spec, const std::stop_token &stop);
    JobId prepare(std::size_t bytes, StateId from, Prepare make);
    JobId generateMix(GenerateSpec spec);
    void writeState(JobId job, const SaveStateSpec &spec, HeldStatePtr state);
    void writeStateNow(JobId job, const SaveStateSpec &spec, const HeldState &state);
    std::shared_ptr<const Tokenizer> tokenizerFor(const std::string &vocabulary) const;

    const EngineOptions m_options;
    const EngineParts m_parts;
    const std::unique_ptr<kernels::Device>
        m_host; ///< tells of the memory while no model is loaded; may be null
    std::atomic<JobId> m_lastJob{0};
    std::atomic<int> m_loading{0};
    std::atomic<bool> m_closing{false};

    /// A job that belongs to a pool.
    struct PoolJob {
        std::stop_source stop;
        bool mayCancel = true;
        bool isPosted = false;      ///< a request that is on its way to the runner
        std::vector<Command> later; ///< about a request that is not made yet; they go behind it
    };
    std::mutex m_jobsMutex;
    std::unordered_map<JobId, PoolJob> m_jobs; ///< guarded by m_jobsMutex

    // In this order: what is below uses what is above.
    HeldStates m_states;
    EventQueue m_toClient; ///< jobs use tell() and end() instead
    Runner m_runner;
    ThreadPool m_heavy{1}; ///< load, bench: one after the other, so that no two models are read at once
    ThreadPool m_light{2};
    ThreadPool m_prompts{1}; ///< requests in the order of their commands
};

} // namespace engine
