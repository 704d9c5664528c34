// The runner's side of one request: from the end of its prompt to its terminal event.
#include "engine/event_error.h"
#include "engine/runner.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <set>
#include <string>
#include <utility>

namespace engine
{
namespace
{

double secondsBetween(Request::Clock::time_point from, Request::Clock::time_point to)
{
    return std::max(0.0, std::chrono::duration<double>(to - from).count());
}

/// True if a token that the grammar allows now is not banned: then it is not the grammar that none was drawn.
bool leavesATokenToDraw(Request &r, int drawable)
{
    const auto &allowed = r.constraint->allowed();
    const kernels::SampleRow &row = r.sampler->row();
    const std::set<std::int32_t> banned(row.bannedIds, row.bannedIds + row.banned);
    for (std::int32_t id = 0; id < drawable; ++id)
        if ((allowed[static_cast<std::size_t>(id) / 64] >> (id % 64) & 1U) != 0 && !banned.contains(id))
            return true;
    return false;
}

} // namespace

/// All of the prompt is read. `image` is the state behind it, or nullptr where it was not wanted.
void Runner::promptDone(Request &r, StateImagePtr image)
{
    if (leaderOf(r).mix) return voiceDone(r, std::move(image));
    r.promptRead = Request::Clock::now();
    if (r.kind == Request::Kind::Logits) {
        end(r, event::LogitsReady{r.job, m_session->facts()->vocabulary, std::move(r.logits)});
    } else if (r.kind == Request::Kind::SaveState) {
        m_write(r.job, r.save, hold(r, std::move(image)));
        r.ended = true; // the job that writes tells the end
    } else if (r.maxTokens == 0) {
        const StateId state = r.keepState ? m_states.add(hold(r, std::move(image))) : 0;
        end(r, event::Finished{r.job, FinishReason::Length, {}, usageNow(r), state});
    } else if (r.phase == Request::Phase::Reading) {
        r.phase = Request::Phase::Generating;
    }
}

void Runner::tellProgress(Request &r)
{
    Request &leader = leaderOf(r);
    if (leader.kind != Request::Kind::Generate || !isReading(leader) || !leader.progress.passes()) return;
    std::size_t left = 0; // of the slowest voice
    forVoices(leader, [&](Request &voice) { left = std::max(left, voice.promptEnd - voice.read); });
    left = std::min(left, leader.promptEnd);
    m_told.push_back(event::PromptProgress{leader.job, static_cast<int>(leader.promptEnd - left),
                                           leader.usage.promptTokens});
}

/// Takes the token that was drawn for a request, and ends the request if it is time.
void Runner::take(Request &r, const RunnerSession::Drawn &drawn)
{
    forVoices(r, [](Request &voice) {
        voice.phase = Request::Phase::Generating;
        voice.ready = nullptr;
    });
    if (drawn.token < 0) {
        if (r.constraint && !leavesATokenToDraw(r, m_session->facts()->drawable))
            fail(r,
                 {ErrorCode::BadRequest, "grammar: no token that may be drawn goes on at token " +
                                             std::to_string(r.read) + "; are tokens banned that it needs?"});
        else
            fail(r, {ErrorCode::BadModel,
                     "the model's logits are not numbers at token " + std::to_string(r.read)});
        return;
    }
    m_parts.clear();
    const bool ends = drawn.token == r.endOfText;
    if (ends || std::find(r.stopTokens.begin(), r.stopTokens.end(), drawn.token) != r.stopTokens.end()) {
        r.text->finish(m_parts);
        tell(r, {});
        finish(r, ends ? FinishReason::EndOfText : FinishReason::Stop, {});
        return;
    }
    addText(r, m_session->facts()->tokenizer ? m_session->facts()->tokenizer->bytes(drawn.token)
                                             : std::string_view());
    r.sampler->accept(drawn.token);
    forVoices(r, [&](Request &voice) { voice.tokens.push_back(drawn.token); });
    ++m_generatedTokens;
    const auto bytesOf = [tokenizer = m_session->facts()->tokenizer.get()](int token) {
        return tokenizer ? tokenizer->bytes(token) : std::string_view();
    };
    std::vector<GeneratedToken> told(1);
    told[0] = {drawn.token, drawn.logprob, std::string(bytesOf(drawn.token)), {}, {}};
    if (r.mix) told[0].voices = r.mix->shares;
    for (std::size_t i = 0; i < static_cast<std::size_t>(std::max(0, r.topLogprobs)) && drawn.topIds[i] >= 0;
         ++i)
        told[0].top.push_back({drawn.topIds[i], drawn.topLogprobs[i], std::string(bytesOf(drawn.topIds[i]))});

    const bool stopped = r.text->stop().has_value();
    const bool isLong = r.generated() >= r.maxTokens;
    const bool full = isLong || r.tokens.size() >= r.mostTokens;
    const bool isComplete = r.constraint && r.constraint->isDone();
    if ((full || isComplete) && !stopped) r.text->finish(m_parts);
    tell(r, std::move(told));
    if (stopped)
        finish(r, FinishReason::Stop, *r.text->stop());
    else if (isComplete)
        finish(r, FinishReason::EndOfText, {});
    else if (full)
        finish(r, isLong ? FinishReason::Length : FinishReason::ContextFull, {});
}

/// Appends a token's bytes to the answer. Of one that is held to a grammar, a stop string is the end only
/// behind a text of the grammar.
void Runner::addText(Request &r, std::string_view bytes)
{
    if (!r.constraint) return r.text->push(bytes, m_parts);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const bool mayStop = r.constraint->mayEnd();
        r.constraint->accept(bytes.substr(i, 1));
        r.text->push(bytes.substr(i, 1), m_parts, mayStop);
    }
}

/// Tells the text in m_parts and the tokens that led to it; the tokens go with the first part.
void Runner::tell(Request &r, std::vector<GeneratedToken> tokens)
{
    if (m_parts.empty() && !tokens.empty()) m_parts.push_back({{}, r.text->isThinking()});
    for (AnswerText::Part &part : m_parts)
        m_told.push_back(
            event::TokenChunk{r.job, std::move(part.text), part.thinking, std::exchange(tokens, {})});
}

/// Holds a state for the client, who finds it in the request's last event.
template <typename Last>
void Runner::keep(Request &leader, const Request &r, StateImagePtr image, Last &last)
{
    const StateId state = m_states.add(hold(r, std::move(image)));
    if (leader.mix)
        last.voiceStates.push_back(state);
    else
        last.state = state;
}

/// What a request has read goes into the cache, for the next turn of the conversation, and to the client if
/// it asked for it.
template <typename Last>
void Runner::leave(Request &leader, Last &last)
{
    forVoices(leader, [&](Request &voice) {
        StateImagePtr image = capture(voice, -1, leader.keepState);
        if (leader.keepState) keep(leader, voice, std::move(image), last);
    });
}

/// Reads the last token of a request that closes; the last of a mix's voices ends it.
void Runner::readLast(Piece &piece)
{
    Request &r = *piece.request, &leader = leaderOf(r);
    r.ready = capture(r, piece.firstLogit, true);
    bool isLast = true;
    forVoices(leader, [&](Request &voice) { isLast = isLast && voice.ready; });
    if (!isLast) return;
    std::visit(
        [&](auto &last) {
            if constexpr (requires { last.voiceStates; })
                forVoices(leader, [&](Request &voice) { keep(leader, voice, voice.ready, last); });
        },
        *leader.end);
    end(leader, std::move(*leader.end));
}

void Runner::finish(Request &r, FinishReason reason, const std::string &stop)
{
    event::Finished finished{r.job, reason, stop, usageNow(r), 0};
    if (r.mix) finished.lane = r.mix->track.recorded();
    if (r.keepState && reason != FinishReason::Stop && r.read < r.tokens.size()) {
        forVoices(
            r, [](Request &voice) { voice.phase = Request::Phase::Closing; }); // to be behind all of the text
        r.end = std::move(finished);
        return;
    }
    leave(r, finished);
    end(r, std::move(finished));
}

/// Ends a request that is not wanted any more. `mayClose`: a last step may bring its state up to its text.
void Runner::cancel(Request &r, bool mayClose)
{
    if (r.leader) return;                                       // ends with its mix
    if (r.phase == Request::Phase::Closing && mayClose) return; // ends with the next step anyway
    event::Cancelled cancelled{r.job, usageNow(r), 0};
    if (r.mix) cancelled.lane = r.mix->track.recorded();
    const bool generating = r.phase == Request::Phase::Generating;
    if (r.keepState && generating && mayClose) {
        forVoices(r, [](Request &voice) { voice.phase = Request::Phase::Closing; });
        r.end = std::move(cancelled);
        return;
    }
    const bool hasRead = r.kind == Request::Kind::Generate && r.slot >= 0 && r.read > 0;
    if (hasRead && (generating || (r.keepState && !r.mix))) leave(r, cancelled);
    end(r, std::move(cancelled));
}

void Runner::fail(Request &r, const Error &error)
{
    if (r.leader) return fail(*r.leader, error);
    if (!r.ended) end(r, event::Failed{r.job, error});
}

void Runner::end(Request &r, Event event)
{
    if (r.kind == Request::Kind::Generate) {
        const Usage usage = usageNow(r);
        log(2, "engine",
            "request " + std::to_string(r.job) + ": " + std::to_string(usage.promptTokens) +
                " tokens read (" + std::to_string(usage.cachedTokens) + " known) in " +
                millisecondsText(usage.promptSeconds) + ", " + std::to_string(usage.generatedTokens) +
                " generated in " + millisecondsText(usage.generateSeconds));
    }
    for (const JobId job : std::exchange(r.captureJobs, {}))
        m_told.push_back(event::Failed{job,
                                       {ErrorCode::BadRequest, "state: request " + std::to_string(r.job) +
                                                                   " ended before it could be captured"}});
    m_told.push_back(std::move(event));
    forVoices(r, [](Request &voice) { voice.ended = true; });
}

/// Copies the state behind what was read to the host and into the cache; with the logits in row `logitRow` if
/// that is not negative. nullptr if it is not `needed` and the cache could not hold it. States with logits
/// that are not numbers are not cached.
StateImagePtr Runner::capture(Request &r, int logitRow, bool needed)
{
    StatePool &pool = m_session->pool();
    if (!needed && (!r.cacheable || bytesOfState(r, r.read) > m_cache.budgetBytes())) return nullptr;
    auto image = std::make_shared<StateImage>(); // shared by the cache and by whoever holds the state
    image->state = pool.save(r.slot);
    m_session->checkDevice();
    bool sound = true;
    if (logitRow >= 0) {
        image->logits.resize(static_cast<std::size_t>(m_session->facts()->vocabulary));
        m_session->readLogits(logitRow, image->logits.data());
        sound =
            std::all_of(image->logits.begin(), image->logits.end(), [](float x) { return std::isfinite(x); });
    }
    if (sound && r.cacheable) m_cache.put(std::span(r.tokens).first(r.read), image, r.start);
    return image;
}

HeldStatePtr Runner::hold(const Request &r, StateImagePtr image) const
{
    auto held = std::make_shared<HeldState>(); // shared: a job may write it while it is released
    held->model = m_session->facts();
    held->before = r.before;
    auto &known = r.cacheable ? held->tokens : held->before;
    known.insert(known.end(), r.tokens.begin(), r.tokens.begin() + static_cast<std::ptrdiff_t>(r.read));
    held->start = r.cacheable ? r.start : image;
    held->image = std::move(image);
    return held;
}

Usage Runner::usageNow(const Request &r) const
{
    const auto now = Request::Clock::now();
    const Request::Clock::time_point never;
    Usage usage = r.usage;
    usage.generatedTokens = r.generated();
    if (r.admitted == never)
        usage.waitSeconds = secondsBetween(r.queued, now);
    else
        usage.promptSeconds = secondsBetween(r.admitted, r.promptRead == never ? now : r.promptRead);
    if (r.promptRead != never) usage.generateSeconds = secondsBetween(r.promptRead, now);
    return usage;
}

} // namespace engine
