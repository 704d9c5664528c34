#include "engine/engine_impl.h"

#include "engine/device_figures.h"
#include "engine/event_error.h"
#include "engine/event_progress.h"
#include "engine/quality.h"

#include <algorithm>
#include <fstream>
#include <utility>

#include <unistd.h>

namespace engine
{
namespace
{

/// Resident set of this process; 0 if the system does not tell.
std::size_t residentBytes()
{
    std::ifstream statm("/proc/self/statm");
    std::size_t pages = 0, resident = 0;
    statm >> pages >> resident;
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

/// One more while it lives.
class Counted final
{
public:
    explicit Counted(std::atomic<int> &counter)
        : m_counter(counter)
    {
        ++m_counter;
    }
    ~Counted() { --m_counter; }
    Counted(const Counted &) = delete;
    Counted &operator=(const Counted &) = delete;

private:
    std::atomic<int> &m_counter;
};

bool isProcessor(const MemoryUse &use) { return use.device == "cpu" || use.device.starts_with("cpu:"); }

/// The processor is there once, at the end of the list if no part of the model is on it: however many devices
/// it stands for, their memory is the same. The cache lies in it, wherever the model is.
void gatherProcessor(Snapshot &now, const kernels::MemoryFigures &host)
{
    MemoryUse whole;
    whole.device = "cpu";
    whole.cache = now.memory.cache;
    whole.total = host.totalBytes;
    whole.free = host.freeBytes;
    std::vector<MemoryUse> &all = now.memoryByDevice;
    const auto place = std::find_if(all.begin(), all.end(), isProcessor) - all.begin();
    for (const MemoryUse &use : all) {
        if (!isProcessor(use)) continue;
        whole.weights += use.weights;
        whole.states += use.states;
        whole.workspace += use.workspace;
    }
    all.erase(std::remove_if(all.begin(), all.end(), isProcessor), all.end());
    all.insert(all.begin() + place, std::move(whole));
}

} // namespace

EngineImpl::EngineImpl(EngineOptions options, EventSink sink, EngineParts parts)
    : m_options(std::move(options))
    , m_parts(std::move(parts))
    , m_host(kernels::openDevice("cpu", {.threads = 1, .kernels = {}}))
    , m_toClient(std::move(sink))
    , m_runner(
          m_options, m_toClient, m_states, [this](JobId job) { return claim(job); },
          [this](JobId job, const SaveStateSpec &spec, HeldStatePtr state) {
              writeState(job, spec, std::move(state));
          })
{
}

EngineImpl::~EngineImpl()
{
    m_closing = true;
    endAll();
    // Pools first: a load that is just done still finds the runner, which answers it.
    m_heavy.close();
    m_prompts.close();
    m_light.close();
    m_runner.close();
    m_toClient.close(); // the sink may still call us until here
}

JobId EngineImpl::post(ThreadPool &pool, Work work)
{
    if (m_closing) return 0;
    const JobId job = nextJob();
    postAs(job, pool, std::move(work));
    return job;
}

void EngineImpl::postAs(JobId job, ThreadPool &pool, Work work)
{
    std::stop_token stop;
    {
        const std::lock_guard lock(m_jobsMutex);
        stop = m_jobs[job].stop.get_token();
    }
    if (m_closing) // endAll() may have missed it
        cancel(job);
    const bool posted = pool.post(
        [this, job, work = std::move(work)](const std::stop_token &token) { runJob(job, token, work); },
        stop);
    if (!posted) end(job, event::Cancelled{job, {}, 0});
}

/// The job wrapper: whatever happens, the job ends in one terminal event.
void EngineImpl::runJob(JobId job, const std::stop_token &stop, const Work &work)
{
    try {
        if (!stop.stop_requested()) work(job, stop);
    } catch (const LoadCancelled &) {
        end(job, event::Cancelled{job, {}, 0});
    } catch (...) {
        const Error error = currentError();
        log(3, "engine", error.message() + (error.detail().empty() ? "" : " (" + error.detail() + ")"));
        end(job, event::Failed{job, error});
    }
}

/// Takes a job out of the pools' hands: true if it has not ended, then the caller answers it.
bool EngineImpl::claim(JobId job)
{
    const std::lock_guard lock(m_jobsMutex);
    const auto found = m_jobs.extract(job);
    if (found.empty()) return false;
    postLater(std::move(found.mapped().later)); // they are told that there is no such request
    return true;
}

/// False if the job has ended; from now on it can only be ended by itself.
bool EngineImpl::commit(JobId job)
{
    const std::lock_guard lock(m_jobsMutex);
    const auto found = m_jobs.find(job);
    if (found == m_jobs.end()) return false;
    found->second.mayCancel = false;
    return true;
}

/// Progress of a job of the pools.
void EngineImpl::tell(JobId job, Event event)
{
    const std::lock_guard lock(m_jobsMutex);
    if (m_jobs.contains(job)) m_toClient.post(std::move(event));
}

/// Ends a job of the pools; false if it has ended before.
bool EngineImpl::end(JobId job, Event event)
{
    const std::lock_guard lock(m_jobsMutex);
    const auto found = m_jobs.extract(job);
    if (found.empty()) return false;
    m_toClient.post(std::move(event));
    postLater(std::move(found.mapped().later)); // they are told that there is no such request
    return true;
}

void EngineImpl::cancel(JobId job)
{
    std::stop_source stop(std::nostopstate);
    {
        const std::lock_guard lock(m_jobsMutex);
        const auto found = m_jobs.find(job);
        if (found != m_jobs.end()) {
            if (!found->second.mayCancel) return;
            stop = std::move(found->second.stop);
            std::vector<Command> later = std::move(found->second.later);
            m_jobs.erase(found);
            m_toClient.post(event::Cancelled{job, {}, 0});
            postLater(std::move(later));
        }
    }
    if (stop.stop_possible())
        stop.request_stop(); // not under the lock: it calls out
    else
        m_runner.post(command::Cancel{job});
}

void EngineImpl::endAll()
{
    std::vector<JobId> jobs;
    {
        const std::lock_guard lock(m_jobsMutex);
        for (const auto &job : m_jobs)
            jobs.push_back(job.first);
    }
    for (const JobId job : jobs)
        cancel(job);
}

JobId EngineImpl::load(LoadSpec spec)
{
    return post(m_heavy, [this, spec = std::move(spec)](JobId job, const std::stop_token &stop) {
        loadNow(job, spec, stop);
    });
}

void EngineImpl::loadNow(JobId job, const LoadSpec &spec, const std::stop_token &stop)
{
    const Counted loading(m_loading);
    const auto began = Request::Clock::now();
    Throttle throttle;
    LoadPhase last = LoadPhase::Opening;
    LoadedModel loaded = m_parts.load(
        spec, m_options,
        [&](const LoadProgressReport &r) {
            const bool isNewPhase = std::exchange(last, r.phase) != r.phase;
            if (throttle.passes() || isNewPhase)
                tell(job, event::LoadProgress{job, r.phase, r.done, r.total});
        },
        stop);
    auto session = std::make_unique<RunnerSession>(std::move(loaded));
    if (stop.stop_requested()) return; // the memory is given back here rather than by the runner
    m_runner.post(command::Install{job, std::move(session), began});
}

JobId EngineImpl::unload() { return command(command::Unload{}); }

void EngineImpl::releaseState(StateId state) { m_states.release(state); }

JobId EngineImpl::bench(BenchSpec spec)
{
    return post(m_heavy, [this, spec = std::move(spec)](JobId job, const std::stop_token &stop) {
        event::BenchFinished finished = m_parts.bench(
            spec, m_options,
            [&](const BenchResult &result) {
                tell(job, event::BenchProgress{job, result});
            },
            stop);
        finished.job = job;
        end(job, std::move(finished));
    });
}

JobId EngineImpl::quality(QualitySpec spec)
{
    return post(m_heavy, [this, spec = std::move(spec)](JobId job, const std::stop_token &stop) {
        Throttle throttle;
        event::QualityMeasured measured = measureQuality(
            spec, m_options,
            [&](std::uint64_t done, std::uint64_t total) {
                if (throttle.passes()) tell(job, event::QualityProgress{job, done, total});
            },
            stop);
        measured.job = job;
        end(job, std::move(measured));
    });
}

JobId EngineImpl::measureDevices()
{
    return post(m_light, [this](JobId job, const std::stop_token &) {
        end(job, event::DevicesMeasured{job, readAllFigures()});
    });
}

Snapshot EngineImpl::snapshot() const
{
    Snapshot now = m_runner.snapshot();
    now.loading = m_loading > 0;
    now.processBytes = residentBytes();
    const kernels::MemoryFigures host = m_host ? m_host->memory() : kernels::MemoryFigures();
    if (!now.loaded && m_host) {
        now.memory.device = "cpu";
        now.memory.total = host.totalBytes;
        now.memory.free = host.freeBytes;
    }
    gatherProcessor(now, host);
    return now;
}

} // namespace engine
