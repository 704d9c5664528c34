#include "gui/mixer/mix_trace.h"

#include <QJsonArray>
#include <QtEndian>

#include <algorithm>
#include <cmath>

namespace gui
{
namespace
{

constexpr int kMostTokens = 4'000'000;
constexpr float kShareUnit = 255; ///< steps of a share in the file
constexpr float kKlUnit = 32;     ///< steps of a nat in the file: 0 to 8 nats in a byte
constexpr int kGateUnit = 1000;
constexpr float kMostFileGate = 32; ///< more does not fit; faders end at 2

std::uint8_t byteOf(float value) { return std::uint8_t(std::clamp(std::lround(value), 0L, 255L)); }

template <typename T>
void put(QByteArray &bytes, T value)
{
    const T little = qToLittleEndian(value);
    bytes.append(reinterpret_cast<const char *>(&little), qsizetype(sizeof little));
}

template <typename T>
T take(const QByteArray &bytes, qsizetype &at)
{
    const T value = qFromLittleEndian<T>(bytes.constData() + at);
    at += qsizetype(sizeof(T));
    return value;
}

} // namespace

std::vector<float> sharesOf(const std::vector<engine::VoiceShare> &voices)
{
    std::vector<float> shares;
    float sum = 0;
    for (const engine::VoiceShare &voice : voices) {
        const float weight = std::max(0.0F, voice.gate) * std::exp(voice.logprob);
        shares.push_back(std::isfinite(weight) ? weight : 0);
        sum += shares.back();
    }
    for (float &share : shares)
        share = sum > 0 ? share / sum : 0;
    return shares;
}

std::vector<engine::GatePoint> laneOf(const MixTrace &trace)
{
    std::vector<engine::GatePoint> lane;
    for (int token = 0; token < trace.tokens(); ++token) {
        engine::GatePoint point;
        point.token = token;
        for (int voice = 0; voice < trace.voices; ++voice)
            point.gates.push_back(trace.gate(token, voice));
        if (lane.empty() || lane.back().gates != point.gates) lane.push_back(std::move(point));
    }
    return lane;
}

int MixTrace::loudest(int token) const
{
    const auto first = shares.begin() + qsizetype(token) * voices;
    return int(std::max_element(first, first + voices) - first);
}

QVector<float> MixTrace::meanShares(int from, int to) const
{
    QVector<float> means(voices, 0.0F);
    from = std::max(0, from);
    to = std::min(to, tokens());
    if (from >= to) return means;
    for (int token = from; token < to; ++token) {
        for (int voice = 0; voice < voices; ++voice)
            means[voice] += share(token, voice) / float(to - from);
    }
    return means;
}

int MixTrace::tokenAt(int position) const
{
    const auto found = std::upper_bound(ends.begin(), ends.end(), position);
    return found == ends.end() ? -1 : int(found - ends.begin());
}

void MixTrace::append(const std::vector<engine::GeneratedToken> &tokens, const QString &text, int begin)
{
    if (voices == 0 && !tokens.empty()) voices = int(tokens.front().voices.size());
    if (voices == 0) return;
    QVector<int> lengths;
    int all = 0;
    QStringDecoder decode(QStringDecoder::Utf8);
    for (const engine::GeneratedToken &token : tokens) {
        const QString part = decode(QByteArrayView(token.bytes.data(), qsizetype(token.bytes.size())));
        lengths.push_back(int(part.size()));
        all += lengths.back();
    }
    // The text may lack what a template strips in front, and what stop rules hold back at its end.
    int surplus = std::max(0, all - int(text.size()));
    const bool isStripped = !tokens.empty() && !text.isEmpty() &&
                            QString::fromStdString(tokens.front().bytes).trimmed().size() < lengths.front() &&
                            !text.front().isSpace();
    if (isStripped) {
        const int stripped = std::min(surplus, lengths.front());
        lengths.front() -= stripped;
    }
    int at = begin;
    const int end = begin + int(text.size());
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (int(tokens[i].voices.size()) != voices) continue;
        at = i + 1 == tokens.size() ? end : std::min(end, at + lengths[qsizetype(i)]);
        ends.push_back(std::max(at, ends.isEmpty() ? 0 : ends.last()));
        const std::vector<float> parts = sharesOf(tokens[i].voices);
        for (int voice = 0; voice < voices; ++voice) {
            const engine::VoiceShare &said = tokens[i].voices[std::size_t(voice)];
            gates.push_back(said.gate);
            shares.push_back(parts[std::size_t(voice)]);
            kls.push_back(std::isfinite(said.kl) ? std::max(0.0F, said.kl) : 0);
        }
    }
}

QJsonObject MixTrace::toJson() const
{
    QByteArray bytes;
    bytes.reserve(ends.size() * (4 + voices * 4));
    int before = 0;
    for (int token = 0; token < tokens(); ++token) {
        put(bytes, std::uint32_t(ends[token] - before));
        before = ends[token];
        for (int voice = 0; voice < voices; ++voice) {
            const float held = std::clamp(gate(token, voice), -kMostFileGate, kMostFileGate);
            put(bytes, std::int16_t(std::lround(held * float(kGateUnit))));
            put(bytes, byteOf(share(token, voice) * kShareUnit));
            put(bytes, byteOf(kl(token, voice) * kKlUnit));
        }
    }
    return {{QStringLiteral("voices"), voices},
            {QStringLiteral("tokens"), QString::fromLatin1(qCompress(bytes).toBase64())}};
}

MixTrace MixTrace::fromJson(const QJsonObject &object)
{
    MixTrace trace;
    trace.voices = object.value(QStringLiteral("voices")).toInt();
    const QByteArray packed =
        QByteArray::fromBase64(object.value(QStringLiteral("tokens")).toString().toLatin1());
    const bool fits = trace.voices > 0 && trace.voices <= engine::MixSpec::kMostVoices;
    const qsizetype perToken = 4 + qsizetype(trace.voices) * 4;
    // qCompress writes the size first, in big endian: a damaged one must not be believed.
    const qsizetype promised = packed.size() < 4 ? 0 : qFromBigEndian<quint32>(packed.constData());
    if (!fits || promised == 0 || promised / perToken > kMostTokens) return {};
    const QByteArray bytes = qUncompress(packed);
    if (bytes.isEmpty() || bytes.size() % perToken != 0) return {};
    qsizetype at = 0;
    std::uint64_t end = 0;
    while (at < bytes.size()) {
        end += take<std::uint32_t>(bytes, at);
        if (end > std::uint64_t(INT_MAX)) return {};
        trace.ends.push_back(int(end));
        for (int voice = 0; voice < trace.voices; ++voice) {
            trace.gates.push_back(float(take<std::int16_t>(bytes, at)) / float(kGateUnit));
            trace.shares.push_back(float(take<std::uint8_t>(bytes, at)) / kShareUnit);
            trace.kls.push_back(float(take<std::uint8_t>(bytes, at)) / kKlUnit);
        }
    }
    return trace;
}

QJsonObject MessageMix::toJson() const
{
    QJsonObject object = mix.toJson();
    if (!lane.empty()) object.insert(QStringLiteral("lane"), laneToJson(lane));
    if (!trace.isEmpty()) object.insert(QStringLiteral("trace"), trace.toJson());
    return object;
}

MessageMix MessageMix::fromJson(const QJsonObject &object)
{
    MessageMix result;
    result.mix = Mix::recordFromJson(object);
    result.mix.lane.clear(); // the lane here is what was used
    if (result.mix.isEmpty()) return result;
    const int voices = int(result.mix.voices.size());
    result.lane = laneFromJson(object.value(QStringLiteral("lane")).toArray(), voices);
    result.trace = MixTrace::fromJson(object.value(QStringLiteral("trace")).toObject());
    if (result.trace.voices != voices) result.trace = {};
    return result;
}

} // namespace gui
