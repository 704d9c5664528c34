// One step: plan, batch, forward, sample, tell.
#include "engine/event_error.h"
#include "engine/runner.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace engine
{

/// Does a request's part of a step on the host. What fails there harms no state on the device: only this
/// request fails.
template <typename Part>
void Runner::alone(Request &r, Part part)
{
    try {
        part();
    } catch (...) {
        const Error error = currentError();
        log(3, "engine", "request " + std::to_string(r.job) + " failed: " + error.message());
        fail(r, error);
    }
}

void Runner::step()
{
    m_pieces.clear();
    try {
        planAndAdmit();
        gather();
        addPieces();
        const auto began = Request::Clock::now();
        m_session->forward();
        for (Piece &piece : m_pieces)
            alone(*piece.request, [&] { advance(piece); });
        answerCaptures();
        sample();
        m_session->checkDevice();
        keepPace(std::chrono::duration<double>(Request::Clock::now() - began).count());
        ++m_steps;
    } catch (...) {
        const Error error = currentError();
        log(4, "engine", "a step failed: " + error.message());
        // What took part has an unknown state now; without any part the fault was in planning.
        for (const Piece &piece : m_pieces)
            fail(*piece.request, error);
        if (m_session->isLost() || m_pieces.empty()) failAll(error);
        if (m_session->isLost()) lose(error);
    }
    sweep();
    embedStep();
}

/// Learns from the step how large the next may be.
void Runner::keepPace(double seconds)
{
    int rows = 0, promptRows = 0;
    for (const Piece &piece : m_pieces) {
        rows += piece.rows;
        promptRows += piece.wasReading ? piece.rows : 0;
    }
    m_pace.took(rows, promptRows, seconds);
}

void Runner::planAndAdmit()
{
    m_limits.promptRowsWhileDecoding =
        std::min(ScheduleLimits().promptRowsWhileDecoding, m_pace.rowsWhileDecoding());
    do {
        m_limits.maxRows = std::min(StepLimits::kMaxRows, m_pace.rows() + static_cast<int>(m_running.size()));
        m_sequences.clear();
        for (const auto &request : m_running)
            m_sequences.push_back({rowsNow(*request), request->lastTurn,
                                   request->phase == Request::Phase::Ready && isReading(leaderOf(*request))});
        m_wanted.clear();
        int room = m_session->pool().freeSlots();
        for (auto next = m_waiting.begin(); next != m_waiting.end() && room > 0; ++next) {
            m_wanted.push_back((*next)->mix ? static_cast<int>((*next)->mix->voices.size()) : 1);
            room -= m_wanted.back();
        }
        planStep(m_wanted, m_session->pool().freeSlots(), m_sequences, m_limits, m_plan);
        for (int i = 0; i < m_plan.admit; ++i) {
            std::unique_ptr<Request> request = std::move(m_waiting.front());
            m_waiting.pop_front();
            admit(std::move(request));
        }
        sweep();
    } while (m_plan.admit > 0);
}

/// On the host, behind so many tokens of the request and those that its start keeps.
std::size_t Runner::bytesOfState(const Request &request, std::size_t tokens) const
{
    const StateSpec &spec = m_session->pool().spec();
    if (request.start)
        tokens += static_cast<std::size_t>(std::max(0, spec.tokensIn(request.start->state.size())));
    return spec.floatsOf(std::min(tokens, static_cast<std::size_t>(spec.contextTokens))) * sizeof(float);
}

/// Texts are cut at multiples of this many tokens, where their states are kept; 0: nowhere.
std::size_t Runner::strideOf(const Request &request) const
{
    if (!request.cacheable || request.kind == Request::Kind::Logits) return 0;
    return checkpointStride(request.tokens.size(), bytesOfState(request, request.tokens.size()),
                            m_cache.budgetBytes());
}

/// True where the state behind what a request has read is worth keeping, apart from its prompt's end.
bool Runner::isAtCheckpoint(const Request &request) const
{
    const std::size_t stride = strideOf(request);
    return (stride != 0 && request.read % stride == 0) || request.read == request.checkpoint;
}

/// Prompt rows a request could take in this step, at most up to the next checkpoint.
int Runner::rowsNow(const Request &request) const
{
    if (request.phase != Request::Phase::Reading || request.kind == Request::Kind::Embed) return 0;
    std::size_t rows = request.promptEnd - request.read;
    if (const std::size_t stride = strideOf(request)) rows = std::min(rows, stride - request.read % stride);
    if (request.read < request.checkpoint) rows = std::min(rows, request.checkpoint - request.read);
    if (request.chunk > 0) rows = std::min(rows, static_cast<std::size_t>(request.chunk));
    return static_cast<int>(rows);
}

/// Lets a request run, or all voices of a mix.
void Runner::admit(std::unique_ptr<Request> owned)
{
    Request &leader = *m_running.emplace_back(std::move(owned));
    if (!leader.mix) return place(leader);
    const auto isMix = [](const auto &request) { return request->mix != nullptr; };
    auto others = std::move(leader.mix->waiting);
    try {
        m_session->reserveMixes(static_cast<int>(std::count_if(m_running.begin(), m_running.end(), isMix)));
    } catch (...) {
        return fail(leader, currentError());
    }
    place(leader);
    for (auto &voice : others)
        if (!leader.ended) place(*m_running.emplace_back(std::move(voice)));
}

/// Gives a sequence its slot and the best state that is known for it.
void Runner::place(Request &r)
{
    r.admitted = Request::Clock::now();
    r.usage.waitSeconds = std::chrono::duration<double>(r.admitted - r.queued).count();
    try {
        r.slot = m_session->pool().acquire().value();
        StateCache::Hit hit;
        if (r.cacheable && r.kind != Request::Kind::Logits &&
            r.kind != Request::Kind::Embed) // those are for measuring: always read anew
            hit = m_cache.find(r.tokens, r.start);
        const bool goesOn = r.from && (r.from->tokens.size() < r.promptEnd || !r.from->image->logits.empty());
        if (goesOn && r.from->tokens.size() >= hit.tokens) hit = {r.from->tokens.size(), r.from->image};
        if (!hit.image) hit.image = r.start;
        if (hit.image) m_session->pool().load(r.slot, hit.image->state);
        r.read = hit.tokens;
        r.from = nullptr;
        r.usage.cachedTokens = static_cast<int>(hit.tokens);
        m_cachedTokens += hit.tokens;
        if (r.kind == Request::Kind::Generate)
            m_told.push_back(
                event::Started{r.job, r.sampler->seed(), r.usage.promptTokens, r.usage.cachedTokens});
        if (r.read == r.promptEnd) {
            r.phase = Request::Phase::Ready;
            r.ready = hit.image;
            promptDone(r, std::move(hit.image));
        }
    } catch (...) {
        fail(r, currentError());
    }
}

/// The parts of this step, those with logits to sample first.
void Runner::gather()
{
    using Phase = Request::Phase;
    int spareLogits = m_session->maxLogitRows() - static_cast<int>(m_running.size());
    for (std::size_t i = 0; i < m_running.size(); ++i) {
        Request &r = *m_running[i];
        r.logitRow = -1;
        if (r.kind == Request::Kind::Embed) continue; // has steps of its own
        Piece piece{&r, m_plan.rows[i], 1, -1, 2, false};
        if (r.phase == Phase::Ready) {
            if (isReading(leaderOf(r))) continue; // another voice of its mix is not there yet
            piece.rows = piece.order = 0;
        } else if (piece.rows == 0 || r.kind == Request::Kind::Embed) {
            continue; // embeddings have steps of their own
        } else if (r.phase == Phase::Generating) {
            piece.order = 1;
        } else if (r.everyPosition) {
            piece.rows = piece.logitRows = std::min(piece.rows, 1 + spareLogits);
            spareLogits -= piece.rows - 1;
        } else if (r.phase == Phase::Reading) {
            const bool ends = r.read + static_cast<std::size_t>(piece.rows) == r.promptEnd;
            piece.logitRows = ends ? 1 : 0;
            piece.order = ends && r.kind == Request::Kind::Generate && r.maxTokens > 0 && !r.mix ? 1 : 2;
        }
        piece.wasReading = r.phase == Phase::Reading;
        alone(r, [&] { m_session->pool().reserve(r.slot, piece.rows); });
        m_pieces.push_back(piece);
    }
    std::erase_if(m_pieces, [](const Piece &piece) { return piece.request->ended; });
    std::sort(m_pieces.begin(), m_pieces.end(), [](const Piece &a, const Piece &b) {
        return std::tuple(a.order, a.request->slot) < std::tuple(b.order, b.request->slot);
    });
}

void Runner::addPieces()
{
    m_session->beginStep();
    for (Piece &piece : m_pieces) {
        Request &r = *piece.request;
        if (piece.order == 0)
            piece.firstLogit = m_session->addLogits(r.ready->logits);
        else
            piece.firstLogit = m_session->add(
                r.slot, leaderOf(r).slot,
                std::span(r.tokens).subspan(r.read, static_cast<std::size_t>(piece.rows)), piece.logitRows);
        if (piece.order == 0 || piece.logitRows > 0) r.logitRow = piece.firstLogit;
    }
}

/// What a part has read is read; states that are worth it are kept, while their logits are still there.
void Runner::advance(Piece &piece)
{
    Request &r = *piece.request;
    r.read += static_cast<std::size_t>(piece.rows);
    if (r.kind == Request::Kind::Logits) {
        const auto vocabulary = static_cast<std::size_t>(m_session->facts()->vocabulary);
        for (int row = 0; row < piece.logitRows; ++row) {
            r.logits.resize(r.logits.size() + vocabulary);
            m_session->readLogits(piece.firstLogit + row, r.logits.data() + r.logits.size() - vocabulary);
        }
    }
    if (r.phase == Request::Phase::Closing) {
        readLast(piece);
    } else if (r.phase == Request::Phase::Reading) {
        r.lastTurn = m_steps + 1;
        m_promptTokens += static_cast<std::uint64_t>(piece.rows);
        const bool needed =
            r.kind == Request::Kind::SaveState || leaderOf(r).mix || (r.keepState && r.maxTokens == 0);
        if (r.read == r.promptEnd)
            promptDone(r, r.kind == Request::Kind::Logits ? nullptr : capture(r, piece.firstLogit, needed));
        else if (isAtCheckpoint(r))
            capture(r, -1, false);
        if (!r.ended) tellProgress(r);
    } else if (r.phase == Request::Phase::Generating && isAtCheckpoint(r)) {
        capture(r, -1, false);
    }
}

/// True if a command that was not looked at yet cancels a request: its grammar's tokens need not be found.
bool Runner::isCancelWanted(JobId job) const
{
    const std::lock_guard lock(m_doorMutex);
    return std::any_of(m_commands.begin(), m_commands.end(), [job](const Command &command) {
        const auto *cancelled = std::get_if<command::Cancel>(&command);
        return cancelled && cancelled->job == job;
    });
}

/// The next token of a request is drawn with the others of this step; its grammar rules some out.
void Runner::addSample(Request &r)
{
    if (r.constraint && !r.ended && isCancelWanted(r.job)) cancel(r, false);
    if (r.constraint && !r.ended) alone(r, [&] { r.sampler->allow(r.constraint->allowed().data()); });
    m_sampleRows.push_back(r.sampler->row());
    m_sampled.push_back(&r);
}

void Runner::sample()
{
    m_sampleRows.clear();
    m_sampleFrom.clear();
    m_sampled.clear();
    for (const Piece &piece : m_pieces) {
        Request &r = *piece.request;
        if (piece.order >= 2 || leaderOf(r).mix) continue;
        m_sampleFrom.push_back(r.logitRow);
        addSample(r);
    }
    const std::size_t single = m_sampled.size();
    mix();
    m_session->sample(m_sampleRows, m_sampleFrom);
    m_session->checkDevice();
    for (std::size_t i = 0; i < m_sampled.size(); ++i) {
        Request &r = *m_sampled[i];
        if (r.ended) continue;
        alone(r, [&] {
            const RunnerSession::Drawn drawn = m_session->drawn(static_cast<int>(i));
            if (i >= single) tellShares(r, static_cast<int>(i - single), drawn.token);
            take(r, drawn);
        });
    }
}

/// Lets those go whose end is told.
void Runner::sweep()
{
    for (const auto &request : m_running) {
        if (request->ended && request->slot >= 0) m_session->pool().release(request->slot);
    }
    std::erase_if(m_running, [](const auto &request) { return request->ended; });
}

} // namespace engine
