#pragma once

// Options of mixes, and lanes as JSON: [{"token": 0, "gates": [0.7, 0.3], "curve": "linear"}, ...].

#include "engine/options.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json_fwd.hpp>

#include <string>
#include <utility>
#include <vector>

namespace cli
{

class Session;
struct Answer;

struct MixArguments {
    struct Voice {
        std::string name; ///< of the pack, a file, or "base"
        float gate = 1;
    };
    std::vector<Voice> voices;
    engine::BlendRule rule = engine::BlendRule::Logits;
    engine::GatePolicy policy;
    std::string gatesFile, saveGates;
};

/// --voice, --blend, --gate-policy and --gates-file; --save-gates unless `several` answers are asked for.
void addMixArguments(CLI::App &command, MixArguments &arguments, CLI::Option *several = nullptr);
/// Opens the states of the voices. Throws engine::Error.
engine::MixSpec openMix(const MixArguments &arguments, Session &session);
std::vector<std::string> namesOf(const engine::MixSpec &mix);

nlohmann::ordered_json laneToJson(const std::vector<engine::GatePoint> &lane);
/// Writes the lane where --save-gates says. Throws engine::Error.
void saveLane(const MixArguments &arguments, const std::vector<engine::GatePoint> &lane);
/// "pirate 62 %, KL 0.42; base 38 %, KL 0.10": who pushed the tokens, and how far each was from the blend.
std::string sharesText(const Answer &answer);

} // namespace cli
