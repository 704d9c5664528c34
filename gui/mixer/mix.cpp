#include "gui/mixer/mix.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLocale>
#include <QStringList>

#include <algorithm>
#include <cmath>

namespace gui
{
namespace
{

constexpr double kStep = 0.01;
constexpr double kMostStrength = 10;
constexpr double kMostLaneGate = 1000; // as engine/options.h
constexpr qsizetype kMostPoints = 100'000;

class MixTexts
{
    Q_DECLARE_TR_FUNCTIONS(Mix)
};

/// Gates have two digits; computed ones would not be equal to typed ones.
double rounded(double gate) { return std::round(gate / kStep) * kStep; }

bool read(const QJsonValue &value, MixVoice &voice)
{
    voice.name = value[QStringLiteral("name")].toString().simplified();
    voice.path = value[QStringLiteral("state")].toString();
    voice.gate =
        rounded(std::clamp(value[QStringLiteral("gate")].toDouble(1), Mix::kLeastGate, Mix::kMostGate));
    voice.isMuted = value[QStringLiteral("muted")].toBool();
    voice.isSolo = value[QStringLiteral("solo")].toBool();
    return value.isObject();
}

} // namespace

bool Mix::sounds(int voice) const
{
    if (voices[voice].isMuted) return false;
    const bool anySolo =
        std::any_of(voices.begin(), voices.end(), [](const MixVoice &v) { return v.isSolo; });
    return !anySolo || voices[voice].isSolo;
}

std::vector<float> Mix::gates() const
{
    std::vector<float> result;
    for (int i = 0; i < voices.size(); ++i)
        result.push_back(sounds(i) ? float(voices[i].gate) : 0.0F);
    return result;
}

double Mix::sum() const
{
    double sum = 0;
    for (int i = 0; i < voices.size(); ++i)
        sum += sounds(i) ? voices[i].gate : 0;
    return rounded(sum);
}

bool Mix::isSound() const
{
    bool steers = false;
    for (int i = 0; i < voices.size(); ++i)
        steers = steers || (sounds(i) && voices[i].gate < 0);
    if (steers && rule == engine::BlendRule::Probabilities) return false;
    constexpr double kRounding = kStep / 4;
    return sum() >= (steers ? kLeastSteeredSum : kLeastSum) - kRounding;
}

bool Mix::isLaneSound() const
{
    constexpr double kLeastLaneSum = 1e-6; // as engine/options.h
    return std::all_of(lane.begin(), lane.end(), [this](const engine::GatePoint &point) {
        double sum = 0;
        bool steers = false;
        for (const float gate : point.gates) {
            sum += double(gate);
            steers = steers || gate < 0;
        }
        return qsizetype(point.gates.size()) == voices.size() && std::abs(sum) >= kLeastLaneSum &&
               (!steers || rule == engine::BlendRule::Logits);
    });
}

int Mix::find(const QString &path) const
{
    for (int i = 0; i < voices.size(); ++i) {
        if (voices[i].path == path) return i;
    }
    return -1;
}

bool Mix::isSameDesk(const Mix &other) const
{
    return rule == other.rule && voices.size() == other.voices.size() &&
           std::equal(voices.begin(), voices.end(), other.voices.begin(),
                      [](const MixVoice &a, const MixVoice &b) { return a.path == b.path; });
}

QString Mix::text() const
{
    QStringList parts;
    const std::vector<float> used = gates();
    for (int i = 0; i < voices.size(); ++i) {
        if (sounds(i) && voices[i].gate != 0)
            parts += MixTexts::tr("%1 %2", "a voice and its gate")
                         .arg(voices[i].name, gateText(double(used[std::size_t(i)])));
    }
    return parts.join(QStringLiteral(" + "));
}

QString Mix::title() const
{
    if (!name.isEmpty()) return name;
    QStringList names;
    for (const MixVoice &voice : voices)
        names += voice.name;
    return names.join(QStringLiteral(" + "));
}

QJsonObject Mix::toJson() const
{
    QJsonArray list;
    for (const MixVoice &voice : voices) {
        QJsonObject entry{{QStringLiteral("name"), voice.name},
                          {QStringLiteral("gate"), rounded(voice.gate)}};
        if (!voice.isBase()) entry.insert(QStringLiteral("state"), voice.path);
        if (voice.isMuted) entry.insert(QStringLiteral("muted"), true);
        if (voice.isSolo) entry.insert(QStringLiteral("solo"), true);
        list.append(entry);
    }
    QJsonObject object{{QStringLiteral("voices"), list}, {QStringLiteral("rule"), int(rule)}};
    if (!name.isEmpty()) object.insert(QStringLiteral("name"), name);
    if (!isOn) object.insert(QStringLiteral("off"), true);
    if (policy.kind != engine::GatePolicy::Kind::Off) {
        object.insert(QStringLiteral("policy"), int(policy.kind));
        object.insert(QStringLiteral("strength"), rounded(double(policy.strength)));
    }
    if (!lane.empty()) object.insert(QStringLiteral("lane"), laneToJson(lane));
    return object;
}

Mix Mix::fromJson(const QJsonObject &object)
{
    Mix mix = recordFromJson(object);
    return mix.isEmpty() || mix.isSound() ? mix : Mix{};
}

Mix Mix::recordFromJson(const QJsonObject &object)
{
    Mix mix;
    mix.name = object.value(QStringLiteral("name")).toString().simplified();
    mix.isOn = !object.value(QStringLiteral("off")).toBool();
    mix.rule = engine::BlendRule(std::clamp(object.value(QStringLiteral("rule")).toInt(), 0, 1));
    mix.policy.kind =
        engine::GatePolicy::Kind(std::clamp(object.value(QStringLiteral("policy")).toInt(), 0, 3));
    mix.policy.strength = float(
        std::clamp(object.value(QStringLiteral("strength")).toDouble(1), -kMostStrength, kMostStrength));
    for (const QJsonValue &value : object.value(QStringLiteral("voices")).toArray()) {
        MixVoice voice;
        if (!read(value, voice) || mix.find(voice.path) >= 0) continue;
        if (mix.voices.size() == engine::MixSpec::kMostVoices) break;
        const bool beforeBase = !mix.isEmpty() && mix.voices.last().isBase();
        mix.voices.insert(mix.voices.size() - (beforeBase ? 1 : 0), voice);
    }
    mix.lane = laneFromJson(object.value(QStringLiteral("lane")).toArray(), int(mix.voices.size()));
    if (!mix.isLaneSound()) mix.lane.clear();
    return mix;
}

QString gateText(double gate)
{
    QString text = QLocale().toString(std::abs(rounded(gate)), 'f', 2);
    if (rounded(gate) < 0) text.prepend(QChar(0x2212));
    return text;
}

QJsonArray laneToJson(const std::vector<engine::GatePoint> &lane)
{
    QJsonArray array;
    for (const engine::GatePoint &point : lane) {
        QJsonArray entry{point.token, int(point.curve)};
        for (const float gate : point.gates)
            entry.append(double(gate));
        array.append(entry);
    }
    return array;
}

std::vector<engine::GatePoint> laneFromJson(const QJsonArray &array, int voices)
{
    std::vector<engine::GatePoint> lane;
    for (const QJsonValue &value : array) {
        const QJsonArray entry = value.toArray();
        engine::GatePoint point;
        point.token = entry.at(0).toInt(-1);
        point.curve = entry.at(1).toInt() == 1 ? engine::GateCurve::Linear : engine::GateCurve::Hold;
        for (qsizetype i = 2; i < entry.size(); ++i)
            point.gates.push_back(float(std::clamp(entry.at(i).toDouble(), -kMostLaneGate, kMostLaneGate)));
        const bool ascends = lane.empty() ? point.token >= 0 : point.token > lane.back().token;
        if (int(point.gates.size()) == voices && ascends && qsizetype(lane.size()) < kMostPoints)
            lane.push_back(std::move(point));
    }
    return lane;
}

std::vector<float> laneGates(const std::vector<engine::GatePoint> &lane, int token)
{
    if (lane.empty()) return {};
    const auto after = std::upper_bound(lane.begin(), lane.end(), token,
                                        [](int t, const engine::GatePoint &p) { return t < p.token; });
    if (after == lane.begin()) return lane.front().gates;
    const engine::GatePoint &from = *std::prev(after);
    if (from.curve == engine::GateCurve::Hold || after == lane.end()) return from.gates;
    std::vector<float> gates = from.gates;
    const float way = float(token - from.token) / float(after->token - from.token);
    for (std::size_t k = 0; k < gates.size() && k < after->gates.size(); ++k)
        gates[k] += way * (after->gates[k] - gates[k]);
    return gates;
}

QString rwkvInferRequest(const Mix &mix)
{
    QJsonArray files, weights;
    bool hasBase = false;
    for (int i = 0; i < mix.voices.size(); ++i) {
        const MixVoice &voice = mix.voices[i];
        if (voice.isBase())
            hasBase = true;
        else
            files.append(QStringLiteral("states/") + QFileInfo(voice.path).fileName());
        weights.append(QString::number(mix.sounds(i) ? rounded(voice.gate) : 0.0, 'g', 6));
    }
    const QJsonObject body{
        {QStringLiteral("state_viewname"), mix.title()},
        {QStringLiteral("state_filenames"), files},
        {QStringLiteral("contain_originalstate"), hasBase ? QStringLiteral("True") : QStringLiteral("False")},
        {QStringLiteral("state_gatingweight"), weights},
    };
    return QString::fromUtf8(QJsonDocument(body).toJson(QJsonDocument::Indented));
}

} // namespace gui
