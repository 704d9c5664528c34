#pragma once

#include "gui/mixer/mix.h"

#include "engine/events.h"

#include <QStringDecoder>

namespace gui
{

/// What the voices of a mix had to do with an answer, token by token.
struct MixTrace {
    int voices = 0;
    QVector<int> ends;     ///< per token: where it ends in the answer's text, in UTF-16 units
    QVector<float> gates;  ///< [tokens, voices], behind lane and policy
    QVector<float> shares; ///< [tokens, voices] g p / sum g p of the token, negative gates as 0
    QVector<float> kls;    ///< [tokens, voices], nats

    int tokens() const { return int(ends.size()); }
    bool isEmpty() const { return ends.isEmpty(); }
    float gate(int token, int voice) const { return gates[token * voices + voice]; }
    float share(int token, int voice) const { return shares[token * voices + voice]; }
    float kl(int token, int voice) const { return kls[token * voices + voice]; }
    /// The voice with the largest share of a token.
    int loudest(int token) const;
    /// Mean share of each voice over the tokens [from, to).
    QVector<float> meanShares(int from, int to) const;
    /// The token that wrote the character at `position`; -1: none did.
    int tokenAt(int position) const;

    /// Tokens that were generated together with `text`, which goes on from `begin`. Of thinking, text is
    /// empty: the tokens count, but write nothing.
    void append(const std::vector<engine::GeneratedToken> &tokens, const QString &text, int begin);

    QJsonObject toJson() const;
    /// Empty if something does not fit together.
    static MixTrace fromJson(const QJsonObject &object);
};

/// What is kept of a mix with the answer that it gave.
struct MessageMix {
    Mix mix;                             ///< empty: no mix answered
    std::vector<engine::GatePoint> lane; ///< gates that were used; empty while it is written
    MixTrace trace;

    bool isEmpty() const { return mix.isEmpty(); }
    QJsonObject toJson() const;
    static MessageMix fromJson(const QJsonObject &object);
};

/// The gates that a trace tells, as a lane: a point where they change.
std::vector<engine::GatePoint> laneOf(const MixTrace &trace);
/// g p / sum g p of one token.
std::vector<float> sharesOf(const std::vector<engine::VoiceShare> &voices);

} // namespace gui
