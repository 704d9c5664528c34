// POST /tokenize, /detokenize and /v1/embeddings.
#include "engine/server/fields.h"
#include "engine/server/handlers.h"
#include "engine/server/service.h"

#include <bit>
#include <cstring>

namespace server
{
namespace
{

namespace event = engine::event;

constexpr std::size_t kMostInputs = 2048;
constexpr std::size_t kAtOnce = 16; ///< embeddings of one request that wait in the engine

std::vector<int> readTokenList(const Json &list, const std::string &path)
{
    std::vector<int> tokens;
    for (const Json &item : list) {
        if (!item.is_number_unsigned() || item.get<std::uint64_t>() > INT32_MAX)
            throwType(path, "a list of token ids", item);
        tokens.push_back(item.get<int>());
    }
    return tokens;
}

/// The vectors of one request, computed a few at a time.
class Embeddings final : public std::enable_shared_from_this<Embeddings>
{
public:
    Embeddings(Service &service, ExchangePtr exchange, const Fields &fields)
        : m_service(service)
        , m_exchange(std::move(exchange))
    {
        m_model = fields.string("model").value_or("");
        if (const NamedState *state = service.library.find(m_model)) {
            if (state->isMix)
                throw badRequest("model",
                                 "model: expected one state, as an embedding has one voice; found \"" +
                                     m_model + "\", which is a mix");
            m_states = state->voices;
        }
        if (m_model.empty()) m_model = service.library.model()->name;
        service.activity.setModel(m_exchange->id(), m_model);
        const std::string format = fields.string("encoding_format").value_or("float");
        if (format != "float" && format != "base64")
            throw badRequest("encoding_format",
                             "encoding_format: expected float or base64, found \"" + format + '"');
        m_base64 = format == "base64";
        if (const auto width = fields.integer("dimensions", 1, 1 << 20);
            width && *width != service.library.model()->info.width)
            throw badRequest("dimensions", "dimensions: this model gives " +
                                               std::to_string(service.library.model()->info.width));
        readInput(fields);
        m_results.resize(m_inputs.size());
    }

    void run()
    {
        m_service.admit();
        m_exchange->onGone([self = weak_from_this()] {
            if (const auto embeddings = self.lock())
                for (const engine::JobId job : embeddings->m_jobs)
                    embeddings->m_service.engine.cancel(job);
        });
        while (m_next < std::min(kAtOnce, m_inputs.size()))
            start();
    }

private:
    void readInput(const Fields &fields)
    {
        const Json *input = fields.find("input");
        if (!input) throw badRequest("input", "input: expected a text, found none");
        const bool isOne =
            input->is_string() || (input->is_array() && !input->empty() && input->front().is_number());
        const auto add = [this](const Json &item, const std::string &path) {
            engine::EmbedSpec spec;
            if (item.is_string())
                spec.text = item.get<std::string>();
            else if (item.is_array())
                spec.tokens = readTokenList(item, path);
            else
                throwType(path, "a string or a list of token ids", item);
            if (spec.text.empty() && spec.tokens.empty())
                throw badRequest(path, path + ": expected a text that is not empty");
            if (!m_states.empty()) spec.from = m_states.front()->id();
            m_inputs.push_back(std::move(spec));
        };
        if (isOne) return add(*input, "input");
        if (!input->is_array()) throwType("input", "a string or a list", *input);
        if (input->empty() || input->size() > kMostInputs)
            throw badRequest("input",
                             "input: expected 1 to 2048 texts, found " + std::to_string(input->size()));
        for (std::size_t i = 0; i < input->size(); ++i)
            add((*input)[i], "input[" + std::to_string(i) + ']');
    }

    void start()
    {
        const std::size_t i = m_next++;
        const engine::JobId job = m_service.engine.embed(m_inputs[i]);
        m_jobs.push_back(job);
        m_service.jobs.watch(job, [self = shared_from_this(), i](const engine::Event &event) {
            guard(self->m_exchange, [&] { self->receive(i, event); });
        });
    }

    void receive(std::size_t i, const engine::Event &event)
    {
        if (m_exchange->isOver()) return;
        if (const auto *failed = std::get_if<event::Failed>(&event)) {
            ApiError problem = m_service.problem(failed->error);
            if (problem.param == "prompt") problem.param = "input"; // as it is called here
            throw problem;
        }
        if (std::holds_alternative<event::Cancelled>(event)) throw unavailable("this was cancelled");
        const auto *ready = std::get_if<event::EmbeddingReady>(&event);
        if (!ready) return;
        m_results[i] = *ready;
        if (++m_done == m_inputs.size()) return answer();
        if (m_next < m_inputs.size()) start();
    }

    OutJson vectorOf(const std::vector<float> &values) const
    {
        if (!m_base64) return values;
        std::string bytes;
        for (const float value : values) {
            const auto bits = std::bit_cast<std::uint32_t>(value);
            for (int shift = 0; shift < 32; shift += 8)
                bytes += static_cast<char>(bits >> shift & 255U);
        }
        return base64(bytes);
    }

    void answer()
    {
        OutJson data = OutJson::array();
        long long tokens = 0;
        for (std::size_t i = 0; i < m_results.size(); ++i) {
            data.push_back(
                {{"object", "embedding"}, {"index", i}, {"embedding", vectorOf(m_results[i].values)}});
            tokens += m_results[i].tokens;
        }
        m_service.counters.promptTokens += std::uint64_t(tokens);
        m_exchange->reply(OutJson{{"object", "list"},
                                  {"data", std::move(data)},
                                  {"model", m_model},
                                  {"usage", {{"prompt_tokens", tokens}, {"total_tokens", tokens}}}});
    }

    Service &m_service;
    const ExchangePtr m_exchange;
    std::string m_model;
    bool m_base64 = false;
    std::vector<HeldStatePtr> m_states;
    std::vector<engine::EmbedSpec> m_inputs;
    std::vector<event::EmbeddingReady> m_results;
    std::vector<engine::JobId> m_jobs;
    std::size_t m_next = 0, m_done = 0;
};

/// Throws ApiError 404, or 503 while one is loaded.
void requireModel(Service &service) { service.library.find(""); }

} // namespace

void tokenize(Service &service, const ExchangePtr &exchange)
{
    const Json body = readBody(*exchange, "TokenizeRequest");
    requireModel(service);
    const auto content = Fields(body).string("content");
    if (!content) throw badRequest("content", "content: expected a text, found none");
    await<event::Tokenized>(service, service.engine.tokenize(*content), exchange,
                            [exchange](const event::Tokenized &done) {
                                exchange->reply(OutJson{{"tokens", done.tokens}});
                            });
}

void detokenize(Service &service, const ExchangePtr &exchange)
{
    const Json body = readBody(*exchange, "DetokenizeRequest");
    requireModel(service);
    const Fields fields(body);
    const Json *tokens = fields.array("tokens");
    if (!tokens) throw badRequest("tokens", "tokens: expected a list of token ids, found none");
    const auto job = service.engine.detokenize(readTokenList(*tokens, "tokens"));
    await<event::Detokenized>(service, job, exchange, [exchange](const event::Detokenized &done) {
        exchange->reply(OutJson{{"content", done.text}});
    });
}

void embeddings(Service &service, const ExchangePtr &exchange)
{
    const Json body = readBody(*exchange, "EmbeddingRequest");
    std::make_shared<Embeddings>(service, exchange, Fields(body))->run();
}

} // namespace server
