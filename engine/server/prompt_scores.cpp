#include "engine/server/prompt_scores.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace server
{
namespace
{

namespace event = engine::event;

constexpr std::size_t kLogitBytes = std::size_t(64) << 20; ///< of one part
constexpr std::size_t kMostRows = 512;

} // namespace

PromptScores::PromptScores(Service &service, ExchangePtr exchange, Asked asked, Done done)
    : m_service(service)
    , m_exchange(std::move(exchange))
    , m_asked(std::move(asked))
    , m_done(std::move(done))
{
    ++m_service.generationsNow;
}

PromptScores::~PromptScores() { --m_service.generationsNow; }

/// Goes on with `then` at the end of a job, unless it failed or nobody waits any more.
template <class T, class Then>
void PromptScores::wait(engine::JobId job, Then then)
{
    m_job = job;
    await<T>(m_service, job, m_exchange, [self = shared_from_this(), then](const T &end) {
        if (!self->m_exchange->isOver()) then(end);
    });
}

void PromptScores::run()
{
    if (!m_asked.tokens.empty()) return readNext();
    wait<event::Tokenized>(m_service.engine.tokenize(m_asked.text), [this](const event::Tokenized &done) {
        m_asked.tokens = done.tokens;
        readNext();
    });
}

/// Asks for the logits of the next part.
void PromptScores::readNext()
{
    const std::vector<int> &tokens = m_asked.tokens;
    if (tokens.size() > kMostTokens - m_asked.before)
        throw badRequest("prompt", "prompt: expected at most " + std::to_string(kMostTokens) +
                                       " tokens in all where echo and logprobs are asked for, found " +
                                       std::to_string(m_asked.before + tokens.size()));
    if (m_at == tokens.size()) return name();
    const Library::Model *model = m_service.library.model() ? &*m_service.library.model() : nullptr;
    if (!model) throw unavailable("the model is gone");
    const std::size_t row = sizeof(float) * std::size_t(std::max(1, model->info.vocabulary));
    m_part = std::min({std::clamp<std::size_t>(kLogitBytes / row, 1, kMostRows), tokens.size() - m_at});
    engine::LogitsSpec spec;
    spec.tokens.assign(tokens.begin() + std::ptrdiff_t(m_at), tokens.begin() + std::ptrdiff_t(m_at + m_part));
    spec.everyPosition = true;
    spec.from = m_asked.from ? m_asked.from->id() : 0;
    wait<event::LogitsReady>(m_service.engine.logits(std::move(spec)),
                             [this](const event::LogitsReady &ready) { addScores(ready); });
}

/// Takes what was expected behind each token of the part, then has it read for the state behind it.
void PromptScores::addScores(const event::LogitsReady &ready)
{
    const auto width = std::size_t(ready.vocabulary);
    if (ready.logits.size() < m_part * width)
        throw ApiError(500, "server_error", "", "the engine gave fewer logits than were asked for");
    if (m_at == 0) {
        m_scores.emplace_back();
        m_scores.front().token = m_asked.tokens.front();
        m_scores.front().logprob = std::numeric_limits<float>::quiet_NaN();
    }
    for (std::size_t i = 0; i < m_part && m_at + i + 1 < m_asked.tokens.size(); ++i)
        score(m_at + i + 1, ready.logits.data() + i * width, width);
    m_at += m_part;
    if (m_at == m_asked.tokens.size()) return name();
    engine::GenerateSpec spec;
    spec.tokens.assign(m_asked.tokens.begin() + std::ptrdiff_t(m_at - m_part),
                       m_asked.tokens.begin() + std::ptrdiff_t(m_at));
    spec.from = m_asked.from ? m_asked.from->id() : 0;
    spec.maxTokens = 0;
    spec.keepState = true;
    wait<event::Finished>(m_service.engine.generate(std::move(spec)), [this](const event::Finished &done) {
        m_asked.from = std::make_shared<HeldState>(m_service.engine, done.state);
        readNext();
    });
}

/// Log-probabilities as those of generated tokens are: log softmax of the model's own logits.
void PromptScores::score(std::size_t place, const float *logits, std::size_t count)
{
    if (std::size_t(m_asked.tokens[place]) >= count)
        throw badRequest("prompt", "prompt: expected token ids from 0 to " + std::to_string(count - 1) +
                                       ", found " + std::to_string(m_asked.tokens[place]));
    const float largest = *std::max_element(logits, logits + count);
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i)
        sum += std::exp(double(logits[i]) - double(largest));
    const double logSum = double(largest) + std::log(sum);
    if (!std::isfinite(logSum))
        throw ApiError(500, "server_error", "",
                       "the model's logits are not numbers at token " + std::to_string(place) +
                           " of the prompt");
    engine::GeneratedToken told;
    told.token = m_asked.tokens[place];
    told.logprob = float(double(logits[told.token]) - logSum);
    std::vector<int> ids(count);
    std::iota(ids.begin(), ids.end(), 0);
    const auto top = std::min(std::size_t(m_asked.top), count);
    std::partial_sort(ids.begin(), ids.begin() + std::ptrdiff_t(top), ids.end(),
                      [logits](int a, int b) { return std::pair(-logits[a], a) < std::pair(-logits[b], b); });
    for (std::size_t k = 0; k < top; ++k)
        told.top.push_back({ids[k], float(double(logits[ids[k]]) - logSum), {}});
    m_scores.push_back(std::move(told));
}

/// Finds the bytes of every token that is told.
void PromptScores::name()
{
    for (const auto &score : m_scores) {
        m_names[score.token];
        for (const auto &other : score.top)
            m_names[other.token];
    }
    std::vector<int> ids;
    for (const auto &each : m_names)
        ids.push_back(each.first);
    for (const int id : ids) // an id without a meaning has no bytes
        m_service.jobs.watch(
            m_service.engine.detokenize({id}), [self = shared_from_this(), id](const engine::Event &event) {
                const auto *done = std::get_if<event::Detokenized>(&event);
                guard(self->m_exchange, [&] { self->named(id, done ? done->text : std::string()); });
            });
}

void PromptScores::named(int token, const std::string &bytes)
{
    m_names[token] = bytes;
    if (++m_named < m_names.size() || m_exchange->isOver()) return;
    for (auto &score : m_scores) {
        score.bytes = m_names[score.token];
        for (auto &other : score.top)
            other.bytes = m_names[other.token];
    }
    m_exchange->onGone({});
    m_done(std::move(m_scores));
}

} // namespace server
