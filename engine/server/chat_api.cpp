// POST /v1/chat/completions.
#include "engine/server/answer.h"
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

class ChatAnswer final : public Answer
{
public:
    ChatAnswer(Service &service, ExchangePtr exchange, const Asked &asked)
        : Answer(service, std::move(exchange), asked.stream)
        , m_model(asked.model)
        , m_keepAs(asked.keepAs)
        , m_includeUsage(asked.includeUsage)
        , m_logprobs(asked.spec.topLogprobs >= 0)
    {
    }

private:
    OutJson head(const char *object) const
    {
        return {{"id", m_id}, {"object", object}, {"created", m_created}, {"model", m_model}};
    }

    void sendChunk(std::size_t index, OutJson delta, OutJson logprobs, OutJson reason)
    {
        OutJson chunk = head("chat.completion.chunk");
        chunk["system_fingerprint"] = fingerprint();
        chunk["choices"] = OutJson::array({{{"index", index},
                                            {"delta", std::move(delta)},
                                            {"logprobs", std::move(logprobs)},
                                            {"finish_reason", std::move(reason)}}});
        if (m_includeUsage) chunk["usage"] = nullptr;
        send(chunk);
    }

    void begin() override
    {
        for (std::size_t i = 0; i < m_rows.size(); ++i)
            sendChunk(i, {{"role", "assistant"}}, nullptr, nullptr);
    }

    void part(Row &row, const event::TokenChunk &chunk) override
    {
        const bool hasLogprobs = m_logprobs && !chunk.thinking && !chunk.tokens.empty();
        if (chunk.text.empty() && !hasLogprobs) return;
        sendChunk(indexOf(row), {{chunk.thinking ? "reasoning_content" : "content", chunk.text}},
                  hasLogprobs ? chatLogprobs(chunk.tokens) : OutJson(), nullptr);
    }

    void rowDone(Row &row) override
    {
        keepState(m_service, m_keepAs, row.state, row.usage);
        if (m_stream) sendChunk(indexOf(row), OutJson::object(), nullptr, finishName(row.reason));
    }

    void end() override
    {
        if (m_includeUsage) {
            OutJson last = head("chat.completion.chunk");
            last["system_fingerprint"] = fingerprint();
            last["choices"] = OutJson::array();
            last["usage"] = usageOf(m_rows, m_rows.size());
            send(last);
        }
        m_exchange->send(kSseDone);
    }

    OutJson whole() override
    {
        OutJson choices = OutJson::array();
        for (const Row &row : m_rows) {
            OutJson message{{"role", "assistant"}, {"content", row.text}, {"refusal", nullptr}};
            if (!row.thinking.empty()) message["reasoning_content"] = row.thinking;
            choices.push_back({{"index", indexOf(row)},
                               {"message", std::move(message)},
                               {"logprobs", m_logprobs ? chatLogprobs(row.tokens) : OutJson()},
                               {"finish_reason", finishName(row.reason)}});
        }
        OutJson body = head("chat.completion");
        body["choices"] = std::move(choices);
        body["usage"] = usageOf(m_rows, m_rows.size());
        body["system_fingerprint"] = fingerprint();
        return body;
    }

    const std::string m_id = makeId("chatcmpl-");
    const std::int64_t m_created = now();
    const std::string m_model, m_keepAs;
    const bool m_includeUsage, m_logprobs;
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
    const Json body = parseBody(exchange->request().body);
    const Fields fields(body, {}, lenient);
    refuseUnsupported(fields);
    Asked asked = readShared(service, fields, kMaxTokens);
    const Json *messages = fields.find("messages");
    if (!messages) throw badRequest("messages", "messages: expected a list of messages, found none");
    asked.spec.messages = readMessages(*messages, "messages");
    readLogprobs(fields, asked.spec);
    const auto answer = std::make_shared<ChatAnswer>(service, exchange, asked);
    answer->run(copies(asked.spec, asked.n), std::move(asked.states));
}

} // namespace

void chat(Service &service, const ExchangePtr &exchange) { answerChat(service, exchange, false); }
void chatLenient(Service &service, const ExchangePtr &exchange) { answerChat(service, exchange, true); }

} // namespace server
