#include "engine/server/answer.h"

#include "engine/server/mix_fields.h"
#include "engine/server/sse.h"

#include <random>
#include <utility>

namespace server
{

namespace event = engine::event;

Answer::Answer(Service &service, ExchangePtr exchange, bool stream)
    : m_service(service)
    , m_exchange(std::move(exchange))
    , m_stream(stream)
{
}

void Answer::run(std::vector<engine::GenerateSpec> specs, std::vector<HeldStatePtr> states)
{
    m_service.admit();
    m_states = std::move(states);
    m_rows.resize(specs.size());
    m_left = specs.size();
    m_isMix = !specs.empty() && !specs.front().mix.voices.empty();
    m_keepTokens = !specs.empty() && specs.front().topLogprobs >= 0;
    m_exchange->onGone([self = weak_from_this()] {
        if (const auto answer = self.lock()) answer->cancelAll();
    });
    for (std::size_t i = 0; i < specs.size(); ++i) {
        m_rows[i].job = m_service.engine.generate(std::move(specs[i]));
        ++m_service.generationsNow;
        m_service.jobs.watch(m_rows[i].job, [self = shared_from_this(), i](const engine::Event &event) {
            if (isTerminal(event)) --self->m_service.generationsNow;
            guard(self->m_exchange, [&] {
                try {
                    self->receive(i, event);
                } catch (const ApiError &error) { // a stream has begun: it must be told and ended
                    self->fail(error);
                }
            });
            if (isTerminal(event) && self->m_isMix) self->forget(self->m_rows[i].job);
        });
        if (m_isMix) m_service.mixes[id()].push_back(m_rows[i].job);
    }
}

/// The gates of a generation that is over cannot be moved any more.
void Answer::forget(engine::JobId job)
{
    const auto found = m_service.mixes.find(id());
    if (found == m_service.mixes.end()) return;
    std::erase(found->second, job);
    if (found->second.empty()) m_service.mixes.erase(found);
}

void Answer::receive(std::size_t index, const engine::Event &event)
{
    Row &row = m_rows[index];
    if (const auto *end = std::get_if<event::Finished>(&event)) hold(row, end->state, end->voiceStates);
    if (const auto *end = std::get_if<event::Cancelled>(&event)) hold(row, end->state, end->voiceStates);
    if (m_failed || m_exchange->isOver()) return;
    if (std::holds_alternative<event::Started>(event)) {
        row.hasStarted = true;
        if (m_stream && !m_exchange->isStreaming()) {
            m_exchange->beginStream();
            begin();
        }
    } else if (const auto *chunk = std::get_if<event::TokenChunk>(&event)) {
        take(row, *chunk);
    } else if (const auto *finished = std::get_if<event::Finished>(&event)) {
        finish(row, *finished);
    } else if (const auto *failed = std::get_if<event::Failed>(&event)) {
        fail(m_service.problem(failed->error));
    } else if (std::holds_alternative<event::Cancelled>(event)) {
        fail(unavailable("the generation was cancelled, or its model unloaded"));
    }
}

void Answer::hold(Row &row, engine::StateId state, const std::vector<engine::StateId> &voices)
{
    if (state != 0) row.states.push_back(std::make_shared<HeldState>(m_service.engine, state));
    for (const engine::StateId voice : voices)
        row.states.push_back(std::make_shared<HeldState>(m_service.engine, voice));
}

void Answer::take(Row &row, const event::TokenChunk &chunk)
{
    m_service.activity.addTokens(m_exchange->id(), chunk.tokens.size());
    (chunk.thinking ? row.thinking : row.text) += chunk.text;
    if (chunk.thinking) row.thinkingTokens += int(chunk.tokens.size());
    if (!m_keepTokens) return part(row, chunk);
    tell(row, chunk, row.shown.push(chunk));
}

/// As part(), with these tokens.
void Answer::tell(Row &row, event::TokenChunk chunk, std::vector<engine::GeneratedToken> shown)
{
    row.tokens.insert(row.tokens.end(), shown.begin(), shown.end());
    chunk.tokens = std::move(shown);
    part(row, chunk);
}

void Answer::finish(Row &row, const event::Finished &end)
{
    if (auto left = row.shown.finish(); !left.empty()) tell(row, {row.job, {}, false, {}}, std::move(left));
    row.isDone = true;
    row.reason = end.reason;
    row.usage = end.usage;
    row.lane = end.lane;
    m_service.counters.promptTokens += std::uint64_t(end.usage.promptTokens);
    m_service.counters.cachedTokens += std::uint64_t(end.usage.cachedTokens);
    m_service.counters.generatedTokens += std::uint64_t(end.usage.generatedTokens);
    rowDone(row);
    if (--m_left > 0) return;
    if (!m_stream) return m_exchange->reply(whole());
    this->end();
    m_exchange->end();
}

void Answer::fail(const ApiError &error)
{
    m_failed = true;
    cancelAll();
    if (!m_exchange->isStreaming()) return m_exchange->reply(error);
    sendError(error);
    m_exchange->end();
}

void Answer::sendError(const ApiError &error) { send(toJson(error)); }

void Answer::send(const OutJson &event, const char *name) { m_exchange->send(sseEvent(event, name)); }

void Answer::cancelAll()
{
    for (const Row &row : m_rows)
        if (!row.isDone && row.job != 0) m_service.engine.cancel(row.job);
}

OutJson usageOf(const std::vector<Row> &rows, std::size_t rowsPerPrompt)
{
    long long prompt = 0, cached = 0, generated = 0, thinking = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (i % rowsPerPrompt == 0) {
            prompt += rows[i].usage.promptTokens;
            cached += rows[i].usage.cachedTokens;
        }
        generated += rows[i].usage.generatedTokens;
        thinking += rows[i].thinkingTokens;
    }
    return {{"prompt_tokens", prompt},
            {"completion_tokens", generated},
            {"total_tokens", prompt + generated},
            {"prompt_tokens_details", {{"cached_tokens", cached}}},
            {"completion_tokens_details", {{"reasoning_tokens", thinking}}}};
}

void addLane(OutJson &choice, const Row &row)
{
    if (row.isDone && !row.lane.empty()) choice["mrss_lane"] = laneJson(row.lane);
}

const char *finishName(engine::FinishReason reason)
{
    const bool isCut = reason == engine::FinishReason::Length || reason == engine::FinishReason::ContextFull;
    return isCut ? "length" : "stop";
}

std::string makeId(const char *prefix)
{
    static thread_local std::mt19937_64 random{std::random_device{}()};
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string id = prefix;
    for (int i = 0; i < 24; ++i)
        id += kDigits[random() & 15];
    return id;
}

std::string fingerprint() { return std::string("rookery-") + engine::version(); }

} // namespace server
