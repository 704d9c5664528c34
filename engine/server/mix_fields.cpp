#include "engine/server/mix_fields.h"

#include "engine/server/api_error.h"

#include <array>
#include <utility>

namespace server
{
namespace
{

using engine::GateCurve;
using engine::GatePolicy;

constexpr std::size_t kMostPoints = 65'000; ///< parseBody() takes no more: each is an object and a list
constexpr std::size_t kMostGates = 64;

engine::BlendRule readRule(const Fields &fields)
{
    const std::string rule = fields.string("mrss_rule").value_or("logits");
    if (rule == "logits") return engine::BlendRule::Logits;
    if (rule == "probabilities") return engine::BlendRule::Probabilities;
    throw badRequest(fields.path("mrss_rule"),
                     "mrss_rule: expected logits or probabilities, found \"" + rule + '"');
}

GatePolicy readPolicy(const Fields &fields)
{
    static constexpr std::array<std::pair<const char *, GatePolicy::Kind>, 4> kKinds = {
        {{"off", GatePolicy::Kind::Off},
         {"confidence", GatePolicy::Kind::Confidence},
         {"entropy", GatePolicy::Kind::Entropy},
         {"agreement", GatePolicy::Kind::Agreement}}};
    const Json *object = fields.object("mrss_policy");
    if (!object) return {};
    const Fields inner(*object, fields.path("mrss_policy"), fields.lenient());
    GatePolicy policy;
    policy.strength = float(inner.number("strength", -10, 10).value_or(1));
    const std::string wanted = inner.requiredString("kind");
    for (const auto &[name, kind] : kKinds) {
        if (wanted != name) continue;
        policy.kind = kind;
        return policy;
    }
    throw badRequest(inner.path("kind"), inner.path("kind") +
                                             ": expected off, confidence, entropy or agreement, found \"" +
                                             wanted + '"');
}

std::vector<engine::GatePoint> readLane(const Fields &fields)
{
    std::vector<engine::GatePoint> lane;
    const Json *list = fields.array("mrss_lane");
    if (!list) return lane;
    const std::string path = fields.path("mrss_lane");
    if (list->size() > kMostPoints)
        throw badRequest(path, path + ": expected at most " + std::to_string(kMostPoints) + " points");
    for (std::size_t i = 0; i < list->size(); ++i) {
        const Fields item((*list)[i], path + '[' + std::to_string(i) + ']', fields.lenient());
        engine::GatePoint point;
        const auto token = item.integer("token", 0, 1 << 24);
        auto gates = item.numbers("gates", kMostGates);
        if (!token || !gates)
            throw badRequest(path, item.path(token ? "gates" : "token") + ": expected a value, found none");
        point.token = int(*token);
        point.gates = *std::move(gates);
        const std::string curve = item.string("curve").value_or("hold");
        if (curve != "hold" && curve != "linear")
            throw badRequest(item.path("curve"),
                             item.path("curve") + ": expected hold or linear, found \"" + curve + '"');
        point.curve = curve == "hold" ? GateCurve::Hold : GateCurve::Linear;
        lane.push_back(std::move(point));
    }
    return lane;
}

} // namespace

engine::MixSpec readMix(const Fields &fields, const NamedState &state)
{
    engine::MixSpec mix;
    std::vector<float> gates = fields.numbers("mrss_gatingweight", kMostGates).value_or(state.gates);
    gates.resize(state.rows(), 0.0F); // as RWKV-Infer: too few are filled with 0
    for (std::size_t i = 0; i < state.rows(); ++i) {
        engine::Voice voice;
        if (i < state.voices.size()) voice.state = state.voices[i]->id();
        voice.gate = gates[i];
        mix.voices.push_back(std::move(voice));
    }
    mix.rule = readRule(fields);
    mix.policy = readPolicy(fields);
    mix.lane = readLane(fields);
    return mix;
}

void refuseMixFields(const Fields &fields)
{
    for (const char *name : {"mrss_gatingweight", "mrss_rule", "mrss_policy", "mrss_lane"})
        if (fields.has(name))
            throw badRequest(name, std::string(name) + ": expected only for a model with a mix of states");
}

OutJson laneJson(const std::vector<engine::GatePoint> &lane)
{
    OutJson list = OutJson::array();
    for (const engine::GatePoint &point : lane) {
        list.push_back({{"token", point.token}, {"gates", point.gates}});
        if (point.curve == GateCurve::Linear) list.back()["curve"] = "linear";
    }
    return list;
}

} // namespace server
