#pragma once

#include "engine/options.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QString>
#include <QVector>

#include <vector>

namespace gui
{

/// One strip of the mixer: a state, or the base, with its fader and its two buttons.
struct MixVoice {
    QString name;
    QString path; ///< state file; empty: the base, which is the model's empty state
    double gate = 1;
    bool isMuted = false;
    bool isSolo = false;

    bool isBase() const { return path.isEmpty(); }
    bool operator==(const MixVoice &) const = default;
};

/// Several states that answer together, as the mixer shows them. The base is always the last voice.
struct Mix {
    static constexpr double kLeastGate = -1;
    static constexpr double kMostGate = 2;
    /// The least sum of gates: all that sound are positive, or one of them steers away from its voice.
    static constexpr double kLeastSum = 0.01;
    static constexpr double kLeastSteeredSum = 0.2;

    QString name;     ///< under which it was saved or chosen; may be empty
    bool isOn = true; ///< the chat answers with it
    QVector<MixVoice> voices;
    engine::BlendRule rule = engine::BlendRule::Logits;
    engine::GatePolicy policy;
    /// Gates over the tokens of every answer, until a fader is moved; empty: the faders alone.
    std::vector<engine::GatePoint> lane = {};

    bool isEmpty() const { return voices.isEmpty(); }
    /// A chat answers with it.
    bool isHeard() const { return isOn && !voices.isEmpty(); }
    /// Whether the voice has a say: not muted, and solo if any voice is.
    bool sounds(int voice) const;
    /// What the engine is told: a silent voice has 0.
    std::vector<float> gates() const;
    double sum() const; ///< of gates()
    /// The sum is large enough, and no gate is negative where the rule does not allow it.
    bool isSound() const;
    /// The same for every point of the lane, as the engine asks for it.
    bool isLaneSound() const;
    /// Index of the voice with this file (empty: the base); -1: there is none.
    int find(const QString &path) const;
    /// The same voices in the same order by the same rule: gates of the one can be heard in the other.
    bool isSameDesk(const Mix &other) const;
    /// "pirate 0.60 + poet 0.40", in the order of the strips.
    QString text() const;
    /// Its name, else "pirate + poet".
    QString title() const;

    QJsonObject toJson() const;
    /// Values out of range are brought into it; what makes no sound mix becomes an empty one.
    static Mix fromJson(const QJsonObject &object);
    /// The same for a mix of the past, of which nothing need be sound any more.
    static Mix recordFromJson(const QJsonObject &object);
    bool operator==(const Mix &) const = default;
};

/// A gate as the strips show it: "0.60", with a true minus sign.
QString gateText(double gate);

/// A lane as it is kept with a message, and back; points that make no sense are left out.
QJsonArray laneToJson(const std::vector<engine::GatePoint> &lane);
std::vector<engine::GatePoint> laneFromJson(const QJsonArray &array, int voices);
/// The gates that a lane says for a generated token (Hold and Linear, see engine/options.h).
std::vector<float> laneGates(const std::vector<engine::GatePoint> &lane, int token);

/// The body of RWKV-Infer's /mrss_loadstatemodel for this mix, as JSON; its base stands last.
QString rwkvInferRequest(const Mix &mix);

} // namespace gui
