#include "gui/mixer/next_tokens.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace gui
{
namespace
{

using Row = std::vector<double>;

Row softmax(const Row &logits)
{
    const double top = *std::max_element(logits.begin(), logits.end());
    Row p(logits.size());
    double sum = 0;
    for (std::size_t i = 0; i < p.size(); ++i)
        sum += p[i] = std::exp(logits[i] - top);
    for (double &x : p)
        x /= sum;
    return p;
}

/// sum g l / sum g as probabilities, or sum g p / sum g.
Row blend(const std::vector<Row> &l, const std::vector<Row> &p, const Row &g, engine::BlendRule rule)
{
    const double sum = std::accumulate(g.begin(), g.end(), 0.0);
    const std::vector<Row> &rows = rule == engine::BlendRule::Logits ? l : p;
    Row mixed(rows[0].size(), 0.0);
    for (std::size_t k = 0; k < rows.size(); ++k) {
        if (g[k] == 0) continue;
        for (std::size_t i = 0; i < mixed.size(); ++i)
            mixed[i] += g[k] / sum * rows[k][i];
    }
    return rule == engine::BlendRule::Logits ? softmax(mixed) : mixed;
}

double entropy(const Row &p)
{
    double sum = 0;
    for (const double x : p)
        if (x > 0) sum -= x * std::log(x);
    return sum;
}

double divergence(const Row &p, const Row &from)
{
    double sum = 0;
    for (std::size_t i = 0; i < p.size(); ++i)
        if (p[i] > 0 && from[i] > 0) sum += p[i] * std::log(p[i] / from[i]);
    return sum;
}

/// The positive gates times the factor of their voice, scaled so that their sum stays.
Row behindPolicy(const std::vector<Row> &l, const std::vector<Row> &p, const Row &g, const Mix &mix)
{
    using Kind = engine::GatePolicy::Kind;
    if (mix.policy.kind == Kind::Off) return g;
    const double strength = double(mix.policy.strength);
    const Row plain = mix.policy.kind == Kind::Agreement ? blend(l, p, g, mix.rule) : Row();
    Row moved = g;
    double before = 0, after = 0;
    for (std::size_t k = 0; k < g.size(); ++k) {
        if (g[k] <= 0) continue;
        double factor = 1;
        if (mix.policy.kind == Kind::Confidence)
            factor = std::pow(*std::max_element(p[k].begin(), p[k].end()), strength);
        else if (mix.policy.kind == Kind::Entropy)
            factor = std::exp(-strength * entropy(p[k]));
        else
            factor = std::exp(-strength * divergence(p[k], plain));
        before += g[k];
        after += moved[k] = g[k] * factor;
    }
    if (!(after > 0) || !std::isfinite(after)) return g;
    for (std::size_t k = 0; k < g.size(); ++k)
        if (g[k] > 0) moved[k] *= before / after;
    return moved;
}

} // namespace

QVector<NextToken> likeliestNext(const std::vector<std::vector<float>> &logits, const Mix &mix, int count)
{
    const std::vector<float> set = mix.lane.empty() ? mix.gates() : laneGates(mix.lane, 0);
    if (logits.empty() || logits.size() != set.size() || logits[0].empty()) return {};
    std::vector<Row> l, p;
    for (const std::vector<float> &row : logits) {
        if (row.size() != logits[0].size()) return {};
        l.emplace_back(row.begin(), row.end());
        p.push_back(softmax(l.back()));
    }
    const Row gates = behindPolicy(l, p, Row(set.begin(), set.end()), mix);
    constexpr double kLeastSum = 1e-6; // as engine/options.h
    if (std::abs(std::accumulate(gates.begin(), gates.end(), 0.0)) < kLeastSum) return {};
    const Row mixed = blend(l, p, gates, mix.rule);

    std::vector<int> order(mixed.size());
    std::iota(order.begin(), order.end(), 0);
    const auto shown = order.begin() + std::min<std::ptrdiff_t>(count, std::ptrdiff_t(order.size()));
    std::partial_sort(order.begin(), shown, order.end(),
                      [&](int a, int b) { return mixed[std::size_t(a)] > mixed[std::size_t(b)]; });
    QVector<NextToken> next;
    for (auto id = order.begin(); id != shown; ++id) {
        NextToken token{*id, mixed[std::size_t(*id)], {}};
        for (const Row &voice : p)
            token.voices.append(voice[std::size_t(*id)]);
        next.append(token);
    }
    return next;
}

} // namespace gui
