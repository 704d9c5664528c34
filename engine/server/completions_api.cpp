// POST /v1/completions.
#include "engine/server/answer.h"
#include "engine/server/constraints.h"
#include "engine/server/generate_fields.h"
#include "engine/server/handlers.h"
#include "engine/server/logprobs.h"
#include "engine/server/sse.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace server
{
namespace
{

namespace event = engine::event;

constexpr int kMaxTokens = 16; // as OpenAI
constexpr std::size_t kMostPrompts = 256;

struct Prompt {
    std::string text;
    std::vector<int> tokens; ///< instead of text
};

bool isTokens(const Json &item) { return item.is_array() && !item.empty() && item.front().is_number(); }

std::vector<int> readTokens(const Json &list, const std::string &path)
{
    std::vector<int> tokens;
    tokens.reserve(list.size());
    for (const Json &item : list) {
        if (!item.is_number_integer()) throwType(path, "a list of token ids", item);
        const auto id = item.is_number_unsigned() && item.get<std::uint64_t>() > INT32_MAX
                            ? -1
                            : item.get<std::int64_t>();
        if (id < 0 || id > INT32_MAX)
            throw badRequest(path, path + ": expected token ids of the vocabulary, found " + item.dump());
        tokens.push_back(int(id));
    }
    return tokens;
}

Prompt readPrompt(const Json &item, const std::string &path)
{
    if (item.is_string()) return {item.get<std::string>(), {}};
    if (isTokens(item)) return {{}, readTokens(item, path)};
    throwType(path, "a string, a list of token ids, or a list of these", item);
}

std::vector<Prompt> readPrompts(const Fields &fields)
{
    const Json *value = fields.find("prompt");
    const std::string path = fields.path("prompt");
    if (!value) throw badRequest(path, "prompt: expected a text, found none");
    if (!value->is_array() || isTokens(*value)) return {readPrompt(*value, path)};
    if (value->empty() || value->size() > kMostPrompts)
        throw badRequest(path, path + ": expected 1 to " + std::to_string(kMostPrompts) + " prompts, found " +
                                   std::to_string(value->size()));
    std::vector<Prompt> prompts;
    for (std::size_t i = 0; i < value->size(); ++i)
        prompts.push_back(readPrompt((*value)[i], path + '[' + std::to_string(i) + ']'));
    return prompts;
}

struct CompletionAsked {
    Asked shared;
    std::vector<Prompt> prompts;
    int bestOf = 1;
    bool echo = false, logprobs = false;
};

CompletionAsked readCompletion(Service &service, const Fields &fields, const std::string &body)
{
    CompletionAsked asked;
    asked.shared = readShared(service, fields, kMaxTokens);
    readConstraints(fields, body, asked.shared.spec);
    asked.prompts = readPrompts(fields);
    asked.echo = fields.boolean("echo").value_or(false);
    if (const auto suffix = fields.string("suffix"); suffix && !suffix->empty())
        throw badRequest("suffix", "suffix: this endpoint does not fill in the middle");
    if (const auto top = fields.integer("logprobs", 0, 20)) {
        asked.logprobs = true;
        asked.shared.spec.topLogprobs = int(*top);
    }
    const auto best = fields.integer("best_of", 1, 128);
    asked.bestOf = int(best.value_or(asked.shared.n));
    if (asked.bestOf < asked.shared.n) throw badRequest("best_of", "best_of: expected at least n");
    if (asked.bestOf > asked.shared.n && asked.shared.stream)
        throw badRequest("best_of", "best_of: expected n where the answer is streamed");
    if (asked.echo && asked.logprobs)
        throw badRequest("echo",
                         "echo: log-probabilities of the prompt are not given; leave out one of both");
    if (asked.prompts.size() * std::size_t(asked.bestOf) > 1024)
        throw badRequest("prompt", "prompt: prompts times best_of is more than 1024");
    if (asked.bestOf > asked.shared.n && !asked.logprobs) asked.shared.spec.topLogprobs = 0;
    return asked;
}

class CompletionAnswer final : public Answer
{
public:
    CompletionAnswer(Service &service, ExchangePtr exchange, CompletionAsked asked)
        : Answer(service, std::move(exchange), asked.shared.stream)
        , m_asked(std::move(asked))
    {
    }

    /// The texts to echo, one for each prompt.
    std::vector<std::string> echoes;

private:
    OutJson head() const
    {
        return {{"id", m_id},
                {"object", "text_completion"},
                {"created", m_created},
                {"model", m_asked.shared.model}};
    }
    std::size_t promptOf(std::size_t index) const { return index / std::size_t(m_asked.bestOf); }

    void sendChunk(std::size_t index, const std::string &text, OutJson logprobs, OutJson reason)
    {
        OutJson chunk = head();
        chunk["system_fingerprint"] = fingerprint();
        chunk["choices"] = OutJson::array({{{"index", index},
                                            {"text", text},
                                            {"logprobs", std::move(logprobs)},
                                            {"finish_reason", std::move(reason)}}});
        if (m_asked.shared.includeUsage) chunk["usage"] = nullptr;
        send(chunk);
    }

    void begin() override
    {
        m_offsets.resize(m_rows.size());
        if (!m_asked.echo) return;
        for (std::size_t i = 0; i < m_rows.size(); ++i)
            sendChunk(i, echoes[promptOf(i)], nullptr, nullptr);
    }

    void part(Row &row, const event::TokenChunk &chunk) override
    {
        if (!m_stream) return;
        if (chunk.text.empty() && !(m_asked.logprobs && !chunk.tokens.empty())) return;
        const std::size_t i = indexOf(row);
        sendChunk(i, chunk.text,
                  m_asked.logprobs ? completionLogprobs(chunk.tokens, m_offsets[i]) : OutJson(), nullptr);
    }

    void rowDone(Row &row) override
    {
        keepState(m_service, m_asked.shared, row);
        if (m_stream) sendChunk(indexOf(row), "", nullptr, finishName(row.reason));
    }

    void end() override
    {
        if (m_asked.shared.includeUsage) {
            OutJson last = head();
            last["choices"] = OutJson::array();
            last["usage"] = usageOf(m_rows, std::size_t(m_asked.bestOf));
            send(last);
        }
        m_exchange->send(kSseDone);
    }

    /// The rows of a prompt that are shown: the likeliest a token first, if there are more than n.
    std::vector<std::size_t> chosen(std::size_t prompt) const
    {
        std::vector<std::size_t> rows(std::size_t(m_asked.bestOf));
        std::iota(rows.begin(), rows.end(), prompt * rows.size());
        const auto score = [this](std::size_t i) {
            double sum = 0;
            for (const auto &token : m_rows[i].tokens)
                sum += double(token.logprob);
            return sum / double(std::max<std::size_t>(1, m_rows[i].tokens.size()));
        };
        if (m_asked.bestOf > m_asked.shared.n)
            std::stable_sort(rows.begin(), rows.end(),
                             [&](std::size_t a, std::size_t b) { return score(a) > score(b); });
        rows.resize(std::size_t(m_asked.shared.n));
        return rows;
    }

    OutJson whole() override
    {
        OutJson choices = OutJson::array();
        for (std::size_t prompt = 0; prompt < m_asked.prompts.size(); ++prompt) {
            for (const std::size_t i : chosen(prompt)) {
                const Row &row = m_rows[i];
                std::size_t offset = 0;
                choices.push_back(
                    {{"index", choices.size()},
                     {"text", (m_asked.echo ? echoes[prompt] : "") + row.thinking + row.text},
                     {"logprobs", m_asked.logprobs ? completionLogprobs(row.tokens, offset) : OutJson()},
                     {"finish_reason", finishName(row.reason)}});
            }
        }
        OutJson body = head();
        body["choices"] = std::move(choices);
        body["usage"] = usageOf(m_rows, std::size_t(m_asked.bestOf));
        body["system_fingerprint"] = fingerprint();
        return body;
    }

    const CompletionAsked m_asked;
    const std::string m_id = makeId("cmpl-");
    const std::int64_t m_created = now();
    std::vector<std::size_t> m_offsets;
};

/// Runs it, after the texts of prompts in tokens are known, where they are to be echoed.
void answerWithEchoes(Service &service, const ExchangePtr &exchange, CompletionAsked asked,
                      std::vector<std::string> echoes)
{
    while (asked.echo && echoes.size() < asked.prompts.size()) {
        const Prompt &prompt = asked.prompts[echoes.size()];
        if (prompt.tokens.empty()) {
            echoes.push_back(prompt.text);
            continue;
        }
        const auto job = service.engine.detokenize(prompt.tokens);
        return await<event::Detokenized>(service, job, exchange,
                                         [&service, exchange, asked, echoes](const event::Detokenized &done) {
                                             std::vector<std::string> more = echoes;
                                             more.push_back(done.text);
                                             answerWithEchoes(service, exchange, asked, std::move(more));
                                         });
    }
    std::vector<engine::GenerateSpec> specs;
    for (const Prompt &prompt : asked.prompts) {
        engine::GenerateSpec spec = asked.shared.spec;
        spec.prompt = prompt.text;
        spec.tokens = prompt.tokens;
        const auto some = copies(spec, asked.bestOf);
        specs.insert(specs.end(), some.begin(), some.end());
    }
    auto states = asked.shared.states;
    const auto answer = std::make_shared<CompletionAnswer>(service, exchange, std::move(asked));
    answer->echoes = std::move(echoes);
    answer->run(std::move(specs), std::move(states));
}

void answerCompletion(Service &service, const ExchangePtr &exchange, bool lenient)
{
    const Json body = parseBody(exchange->request().body);
    const Fields fields(body, {}, lenient);
    CompletionAsked asked = readCompletion(service, fields, exchange->request().body);
    service.activity.setModel(exchange->id(), asked.shared.model);
    asked.shared.spec.chatTemplate = engine::ChatTemplate::Raw;
    if (asked.shared.spec.from == 0)
        for (const Prompt &prompt : asked.prompts)
            if (prompt.text.empty() && prompt.tokens.empty())
                throw badRequest("prompt", "prompt: expected a text that is not empty");
    answerWithEchoes(service, exchange, std::move(asked), {});
}

} // namespace

void completions(Service &service, const ExchangePtr &exchange)
{
    answerCompletion(service, exchange, false);
}
void completionsLenient(Service &service, const ExchangePtr &exchange)
{
    answerCompletion(service, exchange, true);
}

} // namespace server
