// POST /v1/responses, without a memory: every request carries its whole conversation.
#include "engine/server/answer.h"
#include "engine/server/answer_parts.h"
#include "engine/server/constraints.h"
#include "engine/server/generate_fields.h"
#include "engine/server/handlers.h"
#include "engine/server/responses_input.h"

#include <utility>

namespace server
{
namespace
{

namespace event = engine::event;

constexpr int kMaxTokens = 1024;

/// What the answer repeats of its request.
struct Repeated {
    OutJson instructions, metadata, tools, toolChoice, format, effort, truncation;
    bool parallel = true;
};

class ResponsesAnswer final : public Answer
{
public:
    ResponsesAnswer(Service &service, ExchangePtr exchange, Asked asked, Repeated repeated)
        : Answer(service, std::move(exchange), asked.stream)
        , m_asked(std::move(asked))
        , m_repeated(std::move(repeated))
        , m_parts(m_asked.spec)
    {
    }

private:
    enum class Kind { Reasoning, Message, Call };

    /// One item of the output.
    struct Item {
        Kind kind;
        std::string id, text;
        engine::ToolCall call;
    };

    OutJson contentOf(const Item &item) const
    {
        if (item.kind == Kind::Reasoning) return {{"type", "reasoning_text"}, {"text", item.text}};
        return {{"type", "output_text"},
                {"text", item.text},
                {"annotations", OutJson::array()},
                {"logprobs", OutJson::array()}};
    }

    OutJson itemObject(const Item &item, const char *status, bool isNew) const
    {
        OutJson object{{"id", item.id}};
        switch (item.kind) {
        case Kind::Reasoning:
            object["type"] = "reasoning";
            object["summary"] = OutJson::array();
            object["content"] = isNew ? OutJson::array() : OutJson::array({contentOf(item)});
            break;
        case Kind::Message:
            object["type"] = "message";
            object["status"] = status;
            object["role"] = "assistant";
            object["content"] = isNew ? OutJson::array() : OutJson::array({contentOf(item)});
            break;
        case Kind::Call:
            object["type"] = "function_call";
            object["status"] = status;
            object["call_id"] = item.call.id;
            object["name"] = item.call.name;
            object["arguments"] = isNew ? "" : item.call.arguments;
            break;
        }
        return object;
    }

    OutJson response(const char *status) const
    {
        const engine::SamplingParams &sampling = m_asked.spec.sampling;
        const bool isCut = std::string(status) == "incomplete";
        OutJson object{{"id", m_id}, {"object", "response"}, {"created_at", m_created}, {"status", status}};
        object["error"] = nullptr;
        object["incomplete_details"] = isCut ? OutJson{{"reason", "max_output_tokens"}} : OutJson();
        object["instructions"] = m_repeated.instructions;
        object["max_output_tokens"] = m_asked.spec.maxTokens;
        object["model"] = m_asked.model;
        object["output"] = OutJson::array();
        for (const Item &item : m_items)
            object["output"].push_back(itemObject(item, isCut ? "incomplete" : "completed", false));
        object["parallel_tool_calls"] = m_repeated.parallel;
        object["previous_response_id"] = nullptr;
        object["reasoning"] = {{"effort", m_repeated.effort}, {"summary", nullptr}};
        object["store"] = false;
        object["temperature"] = sampling.temperature;
        object["text"] = {{"format", m_repeated.format}};
        object["tool_choice"] = m_repeated.toolChoice;
        object["tools"] = m_repeated.tools;
        object["top_p"] = sampling.topP;
        object["truncation"] = m_repeated.truncation;
        object["usage"] = usage();
        object["metadata"] = m_repeated.metadata;
        return object;
    }

    OutJson usage() const
    {
        if (m_rows.empty() || !m_rows.front().isDone) return nullptr;
        const OutJson counts = usageOf(m_rows, 1);
        return {{"input_tokens", counts["prompt_tokens"]},
                {"input_tokens_details", counts["prompt_tokens_details"]},
                {"output_tokens", counts["completion_tokens"]},
                {"output_tokens_details", counts["completion_tokens_details"]},
                {"total_tokens", counts["total_tokens"]}};
    }

    void emit(const char *type, OutJson fields)
    {
        if (!m_stream) return;
        OutJson event{{"type", type}, {"sequence_number", m_sequence++}};
        event.update(fields);
        send(event, type);
    }

    /// The fields that events of the last item have.
    OutJson place() const
    {
        return {{"item_id", m_items.back().id}, {"output_index", m_items.size() - 1}, {"content_index", 0}};
    }

    void open(Kind kind, engine::ToolCall call = {})
    {
        static constexpr const char *kPrefixes[] = {"rs_", "msg_", "fc_"};
        m_items.push_back({kind, makeId(kPrefixes[int(kind)]), {}, std::move(call)});
        m_isOpen = true;
        emit("response.output_item.added", {{"output_index", m_items.size() - 1},
                                            {"item", itemObject(m_items.back(), "in_progress", true)}});
        if (kind == Kind::Call) return;
        OutJson fields = place();
        fields["part"] = contentOf(m_items.back());
        emit("response.content_part.added", std::move(fields));
    }

    void close(const char *status)
    {
        if (!std::exchange(m_isOpen, false)) return;
        const Item &item = m_items.back();
        OutJson fields = place();
        if (item.kind == Kind::Call) {
            fields.erase("content_index");
            fields["arguments"] = item.call.arguments;
            emit("response.function_call_arguments.done", std::move(fields));
        } else {
            fields["text"] = item.text;
            emit(item.kind == Kind::Message ? "response.output_text.done" : "response.reasoning_text.done",
                 std::move(fields));
            fields = place();
            fields["part"] = contentOf(item);
            emit("response.content_part.done", std::move(fields));
        }
        emit("response.output_item.done",
             {{"output_index", m_items.size() - 1}, {"item", itemObject(item, status, false)}});
    }

    void addText(Kind kind, const std::string &text)
    {
        if (text.empty()) return;
        if (!m_isOpen || m_items.back().kind != kind) {
            close("completed");
            open(kind);
        }
        m_items.back().text += text;
        OutJson fields = place();
        fields["delta"] = text;
        emit(kind == Kind::Message ? "response.output_text.delta" : "response.reasoning_text.delta",
             std::move(fields));
    }

    void addPieces(const std::vector<AnswerParts::Piece> &pieces)
    {
        for (const auto &piece : pieces) {
            if (piece.call < 0) {
                addText(Kind::Message, piece.text);
                continue;
            }
            close("completed");
            open(Kind::Call, m_parts.calls()[std::size_t(piece.call)]);
            OutJson fields = place();
            fields.erase("content_index");
            fields["delta"] = m_items.back().call.arguments;
            emit("response.function_call_arguments.delta", std::move(fields));
            close("completed");
        }
    }

    void begin() override
    {
        emit("response.created", {{"response", response("in_progress")}});
        emit("response.in_progress", {{"response", response("in_progress")}});
    }

    void part(Row &, const event::TokenChunk &chunk) override
    {
        if (chunk.thinking)
            addText(Kind::Reasoning, chunk.text);
        else
            addPieces(m_parts.push(chunk.text));
    }

    const char *status() const
    {
        return std::string(finishName(m_rows.front().reason)) == "length" ? "incomplete" : "completed";
    }

    void rowDone(Row &row) override
    {
        keepState(m_service, m_asked, row);
        addPieces(m_parts.finish());
        if (m_items.empty()) open(Kind::Message); // an empty answer is one, too
        close(status());
    }

    void end() override
    {
        const std::string word = status();
        emit(("response." + word).c_str(), {{"response", response(word.c_str())}});
    }

    const std::string &id() const override { return m_id; }

    OutJson whole() override { return response(status()); }

    void sendError(const ApiError &error) override
    {
        OutJson failed = response("failed");
        failed["error"] = {{"code", "server_error"}, {"message", error.message}};
        emit("response.failed", {{"response", std::move(failed)}});
    }

    const std::string m_id = makeId("resp_");
    const std::int64_t m_created = now();
    const Asked m_asked;
    const Repeated m_repeated;
    AnswerParts m_parts;
    std::vector<Item> m_items;
    bool m_isOpen = false; ///< the last item
    int m_sequence = 0;
};

Repeated readRepeated(const Fields &fields)
{
    const auto copy = [&fields](const char *name, OutJson otherwise) {
        const Json *value = fields.find(name);
        return value ? OutJson(*value) : otherwise;
    };
    Repeated repeated;
    repeated.instructions = copy("instructions", nullptr);
    repeated.metadata = copy("metadata", OutJson::object());
    repeated.tools = copy("tools", OutJson::array());
    repeated.toolChoice = copy("tool_choice", "auto");
    repeated.parallel = fields.boolean("parallel_tool_calls").value_or(true);
    repeated.effort = copy("reasoning_effort", nullptr);
    if (const Json *reasoning = fields.object("reasoning"); reasoning && repeated.effort.is_null())
        if (const auto effort = Fields(*reasoning, "reasoning").string("effort")) repeated.effort = *effort;
    repeated.truncation = fields.string("truncation").value_or("disabled");
    if (repeated.truncation != "disabled" && repeated.truncation != "auto")
        throw badRequest("truncation", "truncation: expected auto or disabled, found \"" +
                                           repeated.truncation.get<std::string>() + '"');
    fields.integer("top_logprobs", 0, 20);
    repeated.format = {{"type", "text"}};
    if (const Json *text = fields.object("text"))
        if (const Json *format = Fields(*text, "text").object("format")) repeated.format = OutJson(*format);
    return repeated;
}

void refuseUnsupported(const Fields &fields)
{
    if (const auto before = fields.string("previous_response_id"); before && !before->empty())
        throw ApiError(404, "invalid_request_error", "previous_response_not_found",
                       "there is no response \"" + *before + "\": this endpoint stores none",
                       "previous_response_id");
    for (const char *name : {"conversation", "prompt"})
        if (fields.has(name))
            throw badRequest(name, std::string(name) + ": this endpoint does not support it");
    if (const Json *include = fields.array("include"))
        for (const Json &item : *include)
            if (item == "message.output_text.logprobs")
                throw badRequest("include", "include: responses give no log-probabilities; chat does");
    if (fields.boolean("background").value_or(false))
        throw badRequest("background", "background: this endpoint answers at once only");
}

} // namespace

void responses(Service &service, const ExchangePtr &exchange)
{
    const Json body = readBody(*exchange, "ResponsesRequest");
    const Fields fields(body);
    refuseUnsupported(fields);
    Asked asked = readShared(service, fields, kMaxTokens);
    service.activity.setModel(exchange->id(), asked.model);
    if (asked.n != 1) throw badRequest("n", "n: expected 1, as a response is one answer");
    fields.integer("max_output_tokens", 16, 1 << 24);
    asked.spec.messages = readResponsesInput(fields);
    readConstraints(fields, exchange->request().body, asked.spec);
    const std::vector<engine::GenerateSpec> specs = {asked.spec};
    const auto states = asked.states;
    std::make_shared<ResponsesAnswer>(service, exchange, std::move(asked), readRepeated(fields))
        ->run(specs, states);
}

} // namespace server
