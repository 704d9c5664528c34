#pragma once

#include "engine/engine.h"
#include "engine/event_queue.h"
#include "engine/held_states.h"
#include "engine/runner_session.h"
#include "engine/scheduler.h"
#include "engine/step_pace.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>

namespace engine
{

/// What the runner is told; each but Cancel and Remember ends in one terminal event of its job.
namespace command
{
/// A checked request, made for the model of `facts`. Ends at once if that is not the loaded one any more.
struct Enqueue {
    JobId job = 0;
    std::unique_ptr<Request> request;
    std::shared_ptr<const ModelFacts> facts;
};
struct Cancel {
    JobId job = 0;
};
struct Unload {
    JobId job = 0;
};
/// Puts a loaded model in the place of the former one, unless cancelled by then.
struct Install {
    JobId job = 0;
    std::unique_ptr<RunnerSession> session;
    Request::Clock::time_point began;
};
/// Changes the weights of the loaded model.
struct SetAdapters {
    JobId job = 0;
    adapters::Stack stack;
    Request::Clock::time_point began;
};
/// Moves the faders of a mix.
struct SetGates {
    JobId job = 0, request = 0;
    std::vector<float> gates;
};
/// Holds the state of a request as it runs.
struct CaptureState {
    JobId job = 0, request = 0;
};
/// Compares an adapter with the loaded model.
struct CompareAdapter {
    JobId job = 0;
    std::shared_ptr<const adapters::AdapterFile> adapter; ///< shared with nobody once it is posted
    AdapterInfo info;
};
/// Puts a state into the prefix cache.
struct Remember {
    HeldStatePtr state;
};
} // namespace command
using Command =
    std::variant<command::Enqueue, command::Cancel, command::Unload, command::Install, command::SetAdapters,
                 command::CompareAdapter, command::Remember, command::SetGates, command::CaptureState>;

/// The one thread that owns the model, its states and the prefix cache: takes commands, runs steps, tells
/// events. Nothing in it is locked but the queue at its door and the figures in its window.
class Runner final
{
public:
    /// True if a job of the pools has not ended: then it is the runner's from now on. Any thread.
    using Claim = std::function<bool(JobId)>;
    /// Takes over a job that writes a state to a file; called on the runner thread, must not wait.
    using WriteState = std::function<void(JobId, const SaveStateSpec &, HeldStatePtr)>;

    /// `events` and `states` must outlive the runner.
    Runner(const EngineOptions &options, EventQueue &events, HeldStates &states, Claim claim,
           WriteState write);
    /// As close().
    ~Runner();
    Runner(const Runner &) = delete;
    Runner &operator=(const Runner &) = delete;

    // Any thread
    /// False once the runner is closed: the command will not be handled.
    bool post(Command command);
    /// Cancels all requests, answers the commands that wait with Cancelled, and joins.
    void close();
    /// The loaded model, or nullptr.
    std::shared_ptr<const ModelFacts> facts() const;
    Snapshot snapshot() const;

private:
    /// A sequence's part of one step.
    struct Piece {
        Request *request = nullptr;
        int rows = 0;
        int logitRows = 0;
        int firstLogit = -1;
        int order = 0;           ///< 0: logits are given, 1: sampled, 2: not sampled
        bool wasReading = false; ///< its rows belong to a prompt
    };

    // runner.cpp
    void run();
    bool hasWork() const { return m_session && !(m_waiting.empty() && m_running.empty()); }
    void publish(bool refreshMemory);

    // runner_commands.cpp
    void handle(Command &command);
    void obey(command::Enqueue &c);
    void obey(command::Cancel &c);
    void obey(command::Unload &c);
    void obey(command::Install &c);
    void obey(command::SetAdapters &c);
    void obey(command::CompareAdapter &c);
    void obey(command::Remember &c);
    void obey(command::SetGates &c);
    void obey(command::CaptureState &c);
    Request &find(JobId generation);
    void refuse(Command &command);
    const ModelFacts &requireModel() const;
    void enqueue(std::unique_ptr<Request> request);
    void cancelAll();
    void failAll(const Error &error);
    void dropModel();
    void lose(const Error &error);

    // runner_step.cpp
    void step();
    template <typename Part>
    void alone(Request &r, Part part);
    void planAndAdmit();
    void keepPace(double seconds);
    void admit(std::unique_ptr<Request> request);
    void place(Request &r);
    void gather();
    void addPieces();
    void advance(Piece &piece);
    bool isCancelWanted(JobId job) const;
    void addSample(Request &r);
    void sample();
    void sweep();
    void embedStep();
    void embedSome(Request &r);
    std::size_t bytesOfState(const Request &request, std::size_t tokens) const;
    std::size_t strideOf(const Request &request) const;
    bool isAtCheckpoint(const Request &request) const;
    int rowsNow(const Request &request) const;

    // runner_requests.cpp
    void tellProgress(Request &r);
    void promptDone(Request &r, StateImagePtr image);
    void take(Request &r, const RunnerSession::Drawn &drawn);
    void addText(Request &r, std::string_view bytes);
    void tell(Request &r, std::vector<GeneratedToken> tokens);
    void finish(Request &r, FinishReason reason, const std::string &stop);
    void end(Request &r, Event event);
    void readLast(Piece &piece);
    void fail(Request &r, const Error &error);
    void cancel(Request &r, bool mayClose);
    template <typename Last>
    void keep(Request &leader, const Request &r, StateImagePtr image, Last &last);
    template <typename Last>
    void leave(Request &leader, Last &last);
    StateImagePtr capture(Request &r, int logitRow, bool needed);
    HeldStatePtr hold(const Request &r, StateImagePtr image) const;
    Usage usageNow(const Request &r) const;

    // runner_mix.cpp
    static bool isReading(const Request &leader);
    void voiceDone(Request &r, StateImagePtr image);
    void addMix(Request &leader);
    void mix();
    void tellShares(Request &leader, int index, int token);
    void answerCaptures();

    // Constant after construction
    const std::size_t m_maxQueued;
    EventQueue &m_events;
    HeldStates &m_states;
    const Claim m_claim;
    const WriteState m_write;

    mutable std::mutex m_doorMutex;
    mutable std::condition_variable m_door;
    std::vector<Command> m_commands;      ///< guarded by m_doorMutex
    bool m_closed = false;                ///< guarded by m_doorMutex
    mutable bool m_refreshMemory = false; ///< guarded by m_doorMutex

    mutable std::mutex m_windowMutex;
    Snapshot m_published;                      ///< guarded by m_windowMutex
    std::shared_ptr<const ModelFacts> m_facts; ///< guarded by m_windowMutex

    // Runner thread only
    std::unique_ptr<RunnerSession> m_session;
    std::optional<Error> m_lost; ///< why there is no session, if its device failed
    StateCache m_cache;
    std::deque<std::unique_ptr<Request>> m_waiting;
    std::vector<std::unique_ptr<Request>> m_running; ///< in order of admission
    std::vector<Event> m_told;
    ScheduleLimits m_limits;
    StepPace m_pace{StepLimits::kMaxRows};
    StepPlan m_plan;
    std::vector<RunningSequence> m_sequences;
    std::vector<Piece> m_pieces;
    std::vector<int> m_wanted; ///< slots of the requests at the head of the queue
    std::vector<kernels::SampleRow> m_sampleRows;
    std::vector<int> m_sampleFrom;    ///< logit rows; behind them m_sampleRows are of the mixes
    std::vector<Request *> m_sampled; ///< whose rows they are
    std::vector<kernels::MixLogits::Mix> m_mixes;
    std::vector<std::vector<std::int32_t>> m_mixRows; ///< of the mixes
    std::vector<std::vector<float>> m_mixGates;
    std::vector<AnswerText::Part> m_parts;
    std::uint64_t m_steps = 0, m_generatedTokens = 0, m_promptTokens = 0, m_cachedTokens = 0;

    std::thread m_thread; ///< last: everything above is there before it starts
};

} // namespace engine
