#include "engine/gates.h"

#include "engine/error.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace engine
{
namespace
{

constexpr float kLargestGate = 1000;
constexpr double kLeastSum = 1e-6;
constexpr std::size_t kMostPoints = 1'000'000;

[[noreturn]] void refuse(const std::string &message) { throw Error(ErrorCode::BadRequest, message); }

std::string text(double value)
{
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, static_cast<float>(value)).ptr;
    return {buffer, end};
}

double sumOf(const std::vector<float> &gates)
{
    double sum = 0;
    for (const float gate : gates)
        sum += static_cast<double>(gate);
    return sum;
}

void validateLane(const MixSpec &mix)
{
    if (mix.lane.size() > kMostPoints)
        refuse("lane: expected at most " + std::to_string(kMostPoints) + " points, found " +
               std::to_string(mix.lane.size()));
    for (std::size_t i = 0; i < mix.lane.size(); ++i) {
        const GatePoint &point = mix.lane[i];
        const std::string field = "lane: point " + std::to_string(i + 1);
        const int least = i == 0 ? 0 : mix.lane[i - 1].token + 1;
        if (point.token < least)
            refuse(field + ": expected a token from " + std::to_string(least) + " on, found " +
                   std::to_string(point.token));
        validateGates(field, point.gates, mix.voices.size(), mix.rule);
        const bool isReached = i > 0 && mix.lane[i - 1].curve == GateCurve::Linear;
        if (isReached && (sumOf(mix.lane[i - 1].gates) > 0) != (sumOf(point.gates) > 0))
            refuse(field +
                   ": expected a sum of the same sign as before, since the way there is linear; found " +
                   text(sumOf(mix.lane[i - 1].gates)) + " and " + text(sumOf(point.gates)));
    }
}

std::vector<float> firstGates(const MixSpec &mix)
{
    std::vector<float> gates;
    for (const Voice &voice : mix.voices)
        gates.push_back(voice.gate);
    return gates;
}

} // namespace

void validateGates(const std::string &field, const std::vector<float> &gates, std::size_t voices,
                   BlendRule rule)
{
    if (gates.size() != voices)
        refuse(field + ": expected " + std::to_string(voices) + " gates, one a voice, found " +
               std::to_string(gates.size()));
    const float least = rule == BlendRule::Logits ? -kLargestGate : 0.0F;
    for (std::size_t i = 0; i < gates.size(); ++i)
        if (!(gates[i] >= least && gates[i] <= kLargestGate)) // also refuses NaN
            refuse(field + ": expected gates from " + text(static_cast<double>(least)) + " to " +
                   text(static_cast<double>(kLargestGate)) +
                   (rule == BlendRule::Probabilities ? " where probabilities are blended" : "") + ", found " +
                   text(static_cast<double>(gates[i])) + " for voice " + std::to_string(i + 1));
    if (!(std::abs(sumOf(gates)) >= kLeastSum))
        refuse(field + ": expected gates with a sum that is not 0, found a sum of " + text(sumOf(gates)));
}

void validate(const MixSpec &mix, int slots)
{
    const std::size_t voices = mix.voices.size();
    if (voices > MixSpec::kMostVoices)
        refuse("mix: expected at most " + std::to_string(MixSpec::kMostVoices) + " voices, found " +
               std::to_string(voices));
    if (static_cast<int>(voices) > slots)
        refuse("mix: expected at most " + std::to_string(slots) +
               " voices, since the loaded model runs so many sequences at once, found " +
               std::to_string(voices));
    validateGates("gates", firstGates(mix), voices, mix.rule);
    validateLane(mix);
    if (!(mix.policy.strength >= -10 && mix.policy.strength <= 10))
        refuse("gate policy: expected a strength from -10 to 10, found " +
               text(static_cast<double>(mix.policy.strength)));
}

GateTrack::GateTrack(const MixSpec &mix)
    : m_rule(mix.rule)
    , m_points(mix.lane)
{
    if (m_points.empty() || m_points.front().token > 0)
        m_points.insert(m_points.begin(), GatePoint{0, firstGates(mix), GateCurve::Hold});
}

void GateTrack::at(int token, std::vector<float> &gates) const
{
    const auto next = std::upper_bound(m_points.begin(), m_points.end(), token,
                                       [](int t, const GatePoint &point) { return t < point.token; });
    const GatePoint &from = *(next - 1);
    gates = from.gates;
    if (from.curve == GateCurve::Hold || next == m_points.end()) return;
    const double way = static_cast<double>(token - from.token) / (next->token - from.token);
    for (std::size_t i = 0; i < gates.size(); ++i)
        gates[i] = static_cast<float>(static_cast<double>(from.gates[i]) * (1 - way) +
                                      static_cast<double>(next->gates[i]) * way);
}

void GateTrack::set(int token, std::vector<float> gates)
{
    validateGates("gates", gates, voices(), m_rule);
    while (!m_points.empty() && m_points.back().token >= token)
        m_points.pop_back();
    m_points.push_back({token, std::move(gates), GateCurve::Hold});
}

void GateTrack::record(int token, std::span<const float> gates)
{
    if (!m_recorded.empty() && std::ranges::equal(m_recorded.back().gates, gates)) return;
    m_recorded.push_back({token, {gates.begin(), gates.end()}, GateCurve::Hold});
}

} // namespace engine
