#pragma once

#include "engine/server/service.h"
#include "engine/server/shown_tokens.h"

#include <memory>
#include <string>
#include <vector>

namespace server
{

/// One generation of an answer, as far as it has come.
struct Row {
    engine::JobId job = 0;
    std::string text, thinking;
    std::vector<engine::GeneratedToken> tokens; ///< of the text, if log-probabilities were asked for
    ShownTokens shown;
    int thinkingTokens = 0;
    bool hasStarted = false, isDone = false;
    engine::FinishReason reason = engine::FinishReason::Stop;
    engine::Usage usage;
    std::vector<engine::GatePoint> lane; ///< of a mix: the gates that led to it
    std::vector<HeldStatePtr> states;    ///< if they were asked to be kept: one, of a mix one a voice
};

/// The answer to a request for generated text: runs one or more generations and puts their parts into the
/// shape of its interface, at once or as a stream. The client leaving cancels them all. A failure before the
/// first byte is a reply with its status, a later one an event of the stream. Thread: the server's.
class Answer : public std::enable_shared_from_this<Answer>
{
public:
    Answer(Service &service, ExchangePtr exchange, bool stream);
    virtual ~Answer() = default;

    /// Starts them all. `states` are kept alive for as long. Throws ApiError 429, 503.
    void run(std::vector<engine::GenerateSpec> specs, std::vector<HeldStatePtr> states);

protected:
    virtual void begin() {} ///< a stream begins
    /// Streamed or not; with the tokens of the text, if log-probabilities were asked for, else as drawn.
    virtual void part(Row &, const engine::event::TokenChunk &) {}
    virtual void rowDone(Row &) {}
    virtual void end() {} ///< a stream ends
    virtual OutJson whole() = 0;
    virtual const std::string &id() const = 0;     ///< as clients are told it
    virtual void sendError(const ApiError &error); ///< within a stream

    void send(const OutJson &event, const char *name = nullptr);
    std::size_t indexOf(const Row &row) const { return std::size_t(&row - m_rows.data()); }

    Service &m_service;
    const ExchangePtr m_exchange;
    const bool m_stream;
    std::vector<Row> m_rows;

private:
    void receive(std::size_t index, const engine::Event &event);
    void hold(Row &row, engine::StateId state, const std::vector<engine::StateId> &voices);
    void take(Row &row, const engine::event::TokenChunk &chunk);
    void tell(Row &row, engine::event::TokenChunk chunk, std::vector<engine::GeneratedToken> shown);
    void finish(Row &row, const engine::event::Finished &end);
    void fail(const ApiError &error);
    void cancelAll();
    void forget(engine::JobId job);

    std::vector<HeldStatePtr> m_states;
    std::size_t m_left = 0;
    bool m_failed = false, m_keepTokens = false, m_isMix = false;
};

/// {"prompt_tokens", "completion_tokens", "total_tokens", and details} of rows whose prompts are counted once
/// every `rowsPerPrompt`.
OutJson usageOf(const std::vector<Row> &rows, std::size_t rowsPerPrompt);

/// "mrss_lane" of a choice: the gates that led to a row, where a mix has ended.
void addLane(OutJson &choice, const Row &row);

/// "stop" or "length".
const char *finishName(engine::FinishReason reason);

/// "chatcmpl-" and 24 random digits.
std::string makeId(const char *prefix);

/// What made an answer, for `system_fingerprint`.
std::string fingerprint();

} // namespace server
