// POST /v1/completions.
#include "engine/server/answer.h"
#include "engine/server/constraints.h"
#include "engine/server/generate_fields.h"
#include "engine/server/handlers.h"
#include "engine/server/logprobs.h"
#include "engine/server/prompt_scores.h"
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

using Tokens = std::vector<engine::GeneratedToken>;

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
    if (asked.echo && asked.logprobs && !asked.shared.spec.mix.voices.empty())
        throw badRequest("echo", "echo: a mix of states gives no log-probabilities of the prompt");
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

    /// The texts to echo, one for each prompt, and how likely their tokens are, if that is asked for.
    std::vector<std::string> echoes;
    std::vector<Tokens> scores;

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
        OutJson choice{{"index", index},
                       {"text", text},
                       {"logprobs", std::move(logprobs)},
                       {"finish_reason", std::move(reason)}};
        if (!choice["finish_reason"].is_null()) addLane(choice, m_rows[index]);
        chunk["choices"] = OutJson::array({std::move(choice)});
        if (m_asked.shared.includeUsage) chunk["usage"] = nullptr;
        send(chunk);
    }

    void begin() override
    {
        m_offsets.resize(m_rows.size());
        if (!m_asked.echo) return;
        for (std::size_t i = 0; i < m_rows.size(); ++i)
            sendChunk(i, echoes[promptOf(i)],
                      scores.empty() ? OutJson() : completionLogprobs(scores[promptOf(i)], m_offsets[i]),
                      nullptr);
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

    const std::string &id() const override { return m_id; }

    OutJson whole() override
    {
        OutJson choices = OutJson::array();
        for (std::size_t prompt = 0; prompt < m_asked.prompts.size(); ++prompt) {
            for (const std::size_t i : chosen(prompt)) {
                const Row &row = m_rows[i];
                std::size_t offset = 0;
                Tokens tokens = scores.empty() ? Tokens() : scores[prompt];
                tokens.insert(tokens.end(), row.tokens.begin(), row.tokens.end());
                choices.push_back(
                    {{"index", choices.size()},
                     {"text", (m_asked.echo ? echoes[prompt] : "") + row.thinking + row.text},
                     {"logprobs", m_asked.logprobs ? completionLogprobs(tokens, offset) : OutJson()},
                     {"finish_reason", finishName(row.reason)}});
                addLane(choices.back(), row);
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

/// What is found out about prompts before they are read, where they are to be echoed: one for each so far.
struct Echoes {
    std::vector<std::string> texts;
    std::vector<Tokens> scores;
};

void start(Service &service, const ExchangePtr &exchange, CompletionAsked asked, Echoes echoes)
{
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
    answer->echoes = std::move(echoes.texts);
    answer->scores = std::move(echoes.scores);
    answer->run(std::move(specs), std::move(states));
}

/// Runs it, after the texts of prompts in tokens, and the scores of all, are known where they are needed.
void answerWithEchoes(Service &service, const ExchangePtr &exchange, CompletionAsked asked, Echoes echoes)
{
    if (!asked.echo) return start(service, exchange, std::move(asked), {});
    const auto goOn = [&service, exchange](const CompletionAsked &now, Echoes then) {
        answerWithEchoes(service, exchange, now, std::move(then));
    };
    if (echoes.texts.size() < asked.prompts.size()) {
        const Prompt &prompt = asked.prompts[echoes.texts.size()];
        if (prompt.tokens.empty()) {
            echoes.texts.push_back(prompt.text);
            return goOn(asked, std::move(echoes));
        }
        const engine::JobId job = service.engine.detokenize(prompt.tokens);
        const auto kept = std::make_shared<Echoes>(std::move(echoes)); // not copied for every prompt
        return await<event::Detokenized>(service, job, exchange,
                                         [goOn, asked, kept](const event::Detokenized &done) {
                                             kept->texts.push_back(done.text);
                                             goOn(asked, std::move(*kept));
                                         });
    }
    if (!asked.logprobs || echoes.scores.size() == asked.prompts.size())
        return start(service, exchange, std::move(asked), std::move(echoes));
    const Prompt &prompt = asked.prompts[echoes.scores.size()];
    PromptScores::Asked wanted{prompt.text, prompt.tokens,
                               asked.shared.states.empty() ? nullptr : asked.shared.states.front(),
                               asked.shared.spec.topLogprobs};
    for (const Tokens &scores : echoes.scores)
        wanted.before += scores.size();
    service.admit();
    const auto kept = std::make_shared<Echoes>(std::move(echoes));
    const auto done = [goOn, asked, kept](Tokens scores) {
        kept->scores.push_back(std::move(scores));
        goOn(asked, std::move(*kept));
    };
    std::make_shared<PromptScores>(service, exchange, std::move(wanted), done)->run();
}

void answerCompletion(Service &service, const ExchangePtr &exchange, bool lenient)
{
    const Json body =
        lenient ? parseBody(exchange->request().body) : readBody(*exchange, "CompletionRequest");
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
