// The runner's side of one request: from the end of its prompt to its terminal event.
#include "engine/event_error.h"
#include "engine/runner.h"

#include <algorithm>
#include <chrono>
#include <cmath>
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

} // namespace

/// All of the prompt is read. `image` is the state behind it, or nullptr where it was not wanted.
void Runner::promptDone(Request &r, StateImagePtr image)
{
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
    if (r.kind != Request::Kind::Generate || r.phase != Request::Phase::Reading || !r.progress.passes())
        return;
    m_told.push_back(event::PromptProgress{r.job, static_cast<int>(r.read), r.usage.promptTokens});
}

/// Takes the token that was drawn for a request, and ends the request if it is time.
void Runner::take(Request &r, const RunnerSession::Drawn &drawn)
{
    r.phase = Request::Phase::Generating;
    r.ready = nullptr;
    if (drawn.token < 0) {
        if (r.constraint)
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
    if (r.constraint) r.constraint->accept(m_session->facts()->tokenizer->bytes(drawn.token));
    r.sampler->accept(drawn.token);
    r.tokens.push_back(drawn.token);
    ++m_generatedTokens;
    const auto bytesOf = [tokenizer = m_session->facts()->tokenizer.get()](int token) {
        return tokenizer ? tokenizer->bytes(token) : std::string_view();
    };
    std::vector<GeneratedToken> told(1);
    told[0] = {drawn.token, drawn.logprob, std::string(bytesOf(drawn.token)), {}};
    for (std::size_t i = 0; i < static_cast<std::size_t>(std::max(0, r.topLogprobs)) && drawn.topIds[i] >= 0;
         ++i)
        told[0].top.push_back({drawn.topIds[i], drawn.topLogprobs[i], std::string(bytesOf(drawn.topIds[i]))});

    r.text->push(told[0].bytes, m_parts);
    const bool stopped = r.text->stop().has_value();
    const bool full = r.generated() >= r.maxTokens;
    const bool isComplete = r.constraint && r.constraint->isDone();
    if ((full || isComplete) && !stopped) r.text->finish(m_parts);
    tell(r, std::move(told));
    if (stopped)
        finish(r, FinishReason::Stop, *r.text->stop());
    else if (isComplete)
        finish(r, FinishReason::EndOfText, {});
    else if (full)
        finish(r, FinishReason::Length, {});
}

/// Tells the text in m_parts and the tokens that led to it; the tokens go with the first part.
void Runner::tell(Request &r, std::vector<GeneratedToken> tokens)
{
    if (m_parts.empty() && !tokens.empty()) m_parts.push_back({{}, r.text->isThinking()});
    for (AnswerText::Part &part : m_parts)
        m_told.push_back(
            event::TokenChunk{r.job, std::move(part.text), part.thinking, std::exchange(tokens, {})});
}

/// Ends a generation; the cache keeps what it has read for the next turn of the conversation.
void Runner::finish(Request &r, FinishReason reason, const std::string &stop)
{
    event::Finished finished{r.job, reason, stop, usageNow(r), 0};
    if (r.keepState && reason != FinishReason::Stop && r.read < r.tokens.size()) {
        r.phase = Request::Phase::Closing; // the state shall be behind all of the text
        r.end = std::move(finished);
        return;
    }
    StateImagePtr image = capture(r, -1, r.keepState);
    if (r.keepState) finished.state = m_states.add(hold(r, std::move(image)));
    end(r, std::move(finished));
}

/// Ends a request that is not wanted any more. `mayClose`: a last step may bring its state up to its text.
void Runner::cancel(Request &r, bool mayClose)
{
    if (r.phase == Request::Phase::Closing && mayClose) return; // ends with the next step anyway
    event::Cancelled cancelled{r.job, usageNow(r), 0};
    const bool generating = r.phase == Request::Phase::Generating;
    if (r.keepState && generating && mayClose) {
        r.phase = Request::Phase::Closing;
        r.end = std::move(cancelled);
        return;
    }
    if (r.kind == Request::Kind::Generate && r.slot >= 0 && r.read > 0 && (generating || r.keepState)) {
        StateImagePtr image = capture(r, -1, r.keepState);
        if (r.keepState) cancelled.state = m_states.add(hold(r, std::move(image)));
    }
    end(r, std::move(cancelled));
}

void Runner::fail(Request &r, const Error &error)
{
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
    m_told.push_back(std::move(event));
    r.ended = true;
}

/// Copies the state behind what was read to the host and into the cache; with the logits in row `logitRow` if
/// that is not negative. nullptr if it is not `needed` and the cache could not hold it. States with logits
/// that are not numbers are not cached.
StateImagePtr Runner::capture(Request &r, int logitRow, bool needed)
{
    StatePool &pool = m_session->pool();
    if (!needed && (!r.cacheable || pool.floatsPerSlot() * sizeof(float) > m_cache.budgetBytes()))
        return nullptr;
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
