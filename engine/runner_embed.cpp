// Embeddings: their steps end at the final norm, so that they cannot be mixed with those that need logits.
#include "engine/event_error.h"
#include "engine/runner.h"

#include <algorithm>
#include <cmath>

namespace engine
{

/// A step of the embedding whose turn it is, if there is one: beside every step of the others.
void Runner::embedStep()
{
    if (!m_session) return;
    const auto isNext = [](const auto &a, const auto &b) {
        const bool isA = a->kind == Request::Kind::Embed && !a->ended;
        const bool isB = b->kind == Request::Kind::Embed && !b->ended;
        return isA != isB ? isA : a->lastTurn < b->lastTurn;
    };
    const auto next = std::min_element(m_running.begin(), m_running.end(), isNext);
    if (next == m_running.end() || (*next)->kind != Request::Kind::Embed) return;
    Request &r = **next;
    try {
        embedSome(r);
        ++m_steps;
    } catch (...) {
        const Error error = currentError();
        log(4, "engine", "an embedding failed: " + error.message());
        fail(r, error);
        if (m_session->isLost()) lose(error);
    }
    sweep();
}

void Runner::embedSome(Request &r)
{
    const int most = std::min(m_pace.rows(), m_session->maxHiddenRows());
    const std::size_t rows = std::min(r.promptEnd - r.read, static_cast<std::size_t>(std::max(1, most)));
    const bool ends = r.read + rows == r.promptEnd;
    m_session->beginStep();
    m_session->add(r.slot, r.slot, std::span(r.tokens).subspan(r.read, rows),
                   r.isMean ? static_cast<int>(rows)
                   : ends   ? 1
                            : 0);
    const auto began = Request::Clock::now();
    const std::vector<float> hidden = m_session->forwardHidden();
    m_pace.took(static_cast<int>(rows), static_cast<int>(rows),
                std::chrono::duration<double>(Request::Clock::now() - began).count());
    const auto width = static_cast<std::size_t>(m_session->width());
    r.hidden.resize(width, 0.0);
    for (std::size_t i = 0; i < hidden.size(); ++i)
        r.hidden[i % width] += double(hidden[i]);
    r.read += rows;
    r.lastTurn = m_steps + 1;
    m_promptTokens += rows;
    if (!ends) return;

    double squares = 0;
    for (const double x : r.hidden)
        squares += x * x;
    const int tokens = static_cast<int>(r.promptEnd) - r.usage.cachedTokens;
    const double length = r.isNormalized ? std::sqrt(squares) : r.isMean ? double(tokens) : 1.0;
    if (!std::isfinite(squares) || !(length > 0))
        throw Error(ErrorCode::BadModel,
                    "the model's final norm gives no numbers that could be an embedding");
    std::vector<float> values;
    for (const double x : r.hidden)
        values.push_back(static_cast<float>(x / length));
    end(r, event::EmbeddingReady{r.job, std::move(values), static_cast<int>(r.promptEnd)});
}

} // namespace engine
