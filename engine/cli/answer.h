#pragma once

#include "engine/events.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace cli
{

/// What one generation gave, gathered from its events.
struct Answer {
    std::uint64_t seed = 0;
    std::string text;
    std::string thinking;
    std::string reason; ///< "stop", "length", "end" or "cancelled"
    std::string stop;   ///< the stop string that was met
    engine::Usage usage;
    engine::StateId state = 0;                  ///< of a spec with keepState
    std::vector<std::string> voiceNames;        ///< of a mix; given by the caller
    bool hasLogprobs = false;                   ///< as was asked for; given by the caller
    std::vector<engine::GeneratedToken> tokens; ///< of a mix, or with log-probabilities
    std::vector<engine::GatePoint> lane;        ///< of a mix
    bool isDone = false;

    /// Adds an event. Throws engine::Error of a Failed event.
    void take(const engine::Event &event);
};

nlohmann::ordered_json toJson(const Answer &answer);
/// "64 tokens, 812 tokens/s"
std::string speedText(const engine::Usage &usage);

} // namespace cli
