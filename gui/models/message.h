#pragma once

#include "gui/chat_rows.h"
#include "gui/mixer/mix_trace.h"

namespace gui
{

/// What the line below an answer tells; kept with the answer.
struct MessageMeta {
    QString model;
    int tokens = 0; ///< generated, thinking included
    int thinkingTokens = 0;
    int promptTokens = 0;
    int cachedTokens = 0;
    double seconds = 0; ///< of generation
    double firstTokenSeconds = 0;
    double thinkingSeconds = 0;
    QString seed;   ///< decimal: a JSON number cannot hold 64 bits
    QString ending; ///< "stop", "length", "end", "user"; empty while running
    QString stop;   ///< the stop string that was met
    QString error;  ///< engine's sentence of a failed answer
    int errorCode = 0;
    MessageMix mix; ///< that answered, and what its voices did

    /// 0 while there is too little to tell.
    double tokensPerSecond() const { return seconds > 0.001 ? tokens / seconds : 0; }
    QJsonObject toJson() const;
    /// Unknown and wrong values are ignored.
    static MessageMeta fromJson(const QJsonObject &object);
};

/// A message as the window holds it.
struct Message {
    NodeId id = 0;
    NodeId parent = 0;
    NodeRole role = NodeRole::User;
    NodeStatus status = NodeStatus::Done;
    QString text;
    QString thinking;
    MessageMeta meta;
    int readTokens = 0; ///< of the prompt, while it is read
    int readTotal = 0;
    bool isThinking = false; ///< the newest text was thinking

    bool isReading() const { return status == NodeStatus::Generating && meta.tokens == 0; }
};

} // namespace gui
