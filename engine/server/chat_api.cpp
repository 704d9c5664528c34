// POST /v1/chat/completions.
#include "engine/server/answer.h"
#include "engine/server/answer_parts.h"
#include "engine/server/constraints.h"
#include "engine/server/generate_fields.h"
#include "engine/server/handlers.h"
#include "engine/server/logprobs.h"
#include "engine/server/messages.h"
#include "engine/server/sse.h"

#include <utility>

namespace server
{
namespace
{

namespace event = engine::event;

constexpr int kMaxTokens = 1024;

OutJson callObject(const engine::ToolCall &call)
{
    return {{"id", call.id},
            {"type", "function"},
            {"function", {{"name", call.name}, {"arguments", call.arguments}}}};
}

class ChatAnswer final : public Answer
{
public:
    ChatAnswer(Service &service, ExchangePtr exchange, Asked asked)
        : Answer(service, std::move(exchange), asked.stream)
        , m_asked(std::move(asked))
        , m_logprobs(m_asked.spec.topLogprobs >= 0)
        , m_parts(std::size_t(m_asked.n), AnswerParts(m_asked.spec))
    {
    }

private:
    OutJson head(const char *object) const
    {
        return {{"id", m_id}, {"object", object}, {"created", m_created}, {"model", m_asked.model}};
    }

    void sendChunk(std::size_t index, OutJson delta, OutJson logprobs, OutJson reason)
    {
        OutJson chunk = head("chat.completion.chunk");
        chunk["system_fingerprint"] = fingerprint();
        OutJson choice{{"index", index},
                       {"delta", std::move(delta)},
                       {"logprobs", std::move(logprobs)},
                       {"finish_reason", std::move(reason)}};
        if (!choice["finish_reason"].is_null()) addLane(choice, m_rows[index]);
        chunk["choices"] = OutJson::array({std::move(choice)});
        if (m_asked.includeUsage) chunk["usage"] = nullptr;
        send(chunk);
    }

    void begin() override
    {
        for (std::size_t i = 0; i < m_rows.size(); ++i)
            sendChunk(i, {{"role", "assistant"}}, nullptr, nullptr);
    }

    void sendPieces(std::size_t index, const std::vector<AnswerParts::Piece> &pieces, OutJson logprobs)
    {
        for (const auto &piece : pieces) {
            OutJson delta{{"content", piece.text}};
            if (piece.call >= 0) {
                OutJson call = callObject(m_parts[index].calls()[std::size_t(piece.call)]);
                call["index"] = piece.call;
                delta = {{"tool_calls", OutJson::array({std::move(call)})}};
            }
            sendChunk(index, std::move(delta), std::exchange(logprobs, nullptr), nullptr);
        }
        if (!logprobs.is_null()) sendChunk(index, {{"content", ""}}, std::move(logprobs), nullptr);
    }

    void part(Row &row, const event::TokenChunk &chunk) override
    {
        const std::size_t i = indexOf(row);
        if (chunk.thinking) {
            if (m_stream && !chunk.text.empty())
                sendChunk(i, {{"reasoning_content", chunk.text}}, nullptr, nullptr);
            return;
        }
        const auto pieces = m_parts[i].push(chunk.text);
        const bool hasLogprobs = m_logprobs && !chunk.tokens.empty();
        if (m_stream) sendPieces(i, pieces, hasLogprobs ? chatLogprobs(chunk.tokens) : OutJson());
    }

    const char *reasonOf(const Row &row) const
    {
        const bool isWhole =
            row.reason == engine::FinishReason::Stop || row.reason == engine::FinishReason::EndOfText;
        return isWhole && !m_parts[indexOf(row)].calls().empty() ? "tool_calls" : finishName(row.reason);
    }

    void rowDone(Row &row) override
    {
        const std::size_t i = indexOf(row);
        keepState(m_service, m_asked, row);
        const auto pieces = m_parts[i].finish();
        if (!m_stream) return;
        sendPieces(i, pieces, nullptr);
        sendChunk(i, OutJson::object(), nullptr, reasonOf(row));
    }

    void end() override
    {
        if (m_asked.includeUsage) {
            OutJson last = head("chat.completion.chunk");
            last["system_fingerprint"] = fingerprint();
            last["choices"] = OutJson::array();
            last["usage"] = usageOf(m_rows, m_rows.size());
            send(last);
        }
        m_exchange->send(kSseDone);
    }

    OutJson messageOf(const Row &row) const
    {
        const AnswerParts &parts = m_parts[indexOf(row)];
        OutJson message{{"role", "assistant"}, {"content", parts.text()}, {"refusal", nullptr}};
        if (!row.thinking.empty()) message["reasoning_content"] = row.thinking;
        if (parts.calls().empty()) return message;
        if (parts.text().empty()) message["content"] = nullptr;
        OutJson &calls = message["tool_calls"] = OutJson::array();
        for (const engine::ToolCall &call : parts.calls())
            calls.push_back(callObject(call));
        return message;
    }

    const std::string &id() const override { return m_id; }

    OutJson whole() override
    {
        OutJson choices = OutJson::array();
        for (const Row &row : m_rows) {
            choices.push_back({{"index", indexOf(row)},
                               {"message", messageOf(row)},
                               {"logprobs", m_logprobs ? chatLogprobs(row.tokens) : OutJson()},
                               {"finish_reason", reasonOf(row)}});
            addLane(choices.back(), row);
        }
        OutJson body = head("chat.completion");
        body["choices"] = std::move(choices);
        body["usage"] = usageOf(m_rows, m_rows.size());
        body["system_fingerprint"] = fingerprint();
        return body;
    }

    const std::string m_id = makeId("chatcmpl-");
    const std::int64_t m_created = now();
    const Asked m_asked;
    const bool m_logprobs;
    std::vector<AnswerParts> m_parts; ///< one a row
};

void readLogprobs(const Fields &fields, engine::GenerateSpec &spec)
{
    const bool wanted = fields.boolean("logprobs").value_or(false);
    const auto top = fields.integer("top_logprobs", 0, 20);
    if (top && !wanted)
        throw badRequest(fields.path("top_logprobs"), "top_logprobs: expected only where logprobs is true");
    if (wanted) spec.topLogprobs = int(top.value_or(0));
}

/// What must not be ignored silently.
void refuseUnsupported(const Fields &fields)
{
    for (const char *name : {"functions", "function_call", "audio", "web_search_options"})
        if (fields.has(name))
            throw badRequest(name, std::string(name) + ": this endpoint does not support it");
    if (const Json *modalities = fields.array("modalities"))
        for (const Json &item : *modalities)
            if (item != "text") throw badRequest("modalities", "modalities: expected only \"text\"");
}

void answerChat(Service &service, const ExchangePtr &exchange, bool lenient)
{
    const Json body = lenient ? parseBody(exchange->request().body) : readBody(*exchange, "ChatRequest");
    const Fields fields(body, {}, lenient);
    refuseUnsupported(fields);
    Asked asked = readShared(service, fields, kMaxTokens);
    service.activity.setModel(exchange->id(), asked.model);
    const Json *messages = fields.find("messages");
    if (!messages) throw badRequest("messages", "messages: expected a list of messages, found none");
    asked.spec.messages = readMessages(*messages, "messages");
    readLogprobs(fields, asked.spec);
    readConstraints(fields, exchange->request().body, asked.spec);
    const auto specs = copies(asked.spec, asked.n);
    const auto states = asked.states;
    std::make_shared<ChatAnswer>(service, exchange, std::move(asked))->run(specs, states);
}

} // namespace

void chat(Service &service, const ExchangePtr &exchange) { answerChat(service, exchange, false); }
void chatLenient(Service &service, const ExchangePtr &exchange) { answerChat(service, exchange, true); }

} // namespace server
