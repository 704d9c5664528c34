#include "engine/cli/answer.h"

#include "engine/cli/json.h"
#include "engine/cli/mix_arguments.h"
#include "engine/cli/numbers.h"

#include <nlohmann/json.hpp>

namespace cli
{

namespace event = engine::event;

void Answer::take(const engine::Event &e)
{
    if (const auto *started = std::get_if<event::Started>(&e)) {
        seed = started->seed;
    } else if (const auto *chunk = std::get_if<event::TokenChunk>(&e)) {
        (chunk->thinking ? thinking : text) += chunk->text;
        for (const engine::GeneratedToken &token : chunk->tokens)
            if (hasLogprobs || !token.voices.empty()) tokens.push_back(token);
    } else if (const auto *finished = std::get_if<event::Finished>(&e)) {
        reason = reasonName(finished->reason);
        stop = finished->stop;
        usage = finished->usage;
        state = finished->state;
        lane = finished->lane;
        isDone = true;
    } else if (const auto *cancelled = std::get_if<event::Cancelled>(&e)) {
        reason = "cancelled";
        usage = cancelled->usage;
        state = cancelled->state;
        lane = cancelled->lane;
        isDone = true;
    } else if (const auto *failed = std::get_if<event::Failed>(&e)) {
        throw failed->error;
    }
}

static nlohmann::ordered_json tokenToJson(const engine::GeneratedToken &token, const Answer &answer)
{
    nlohmann::ordered_json json{{"token", token.token}, {"text", token.bytes}};
    if (answer.hasLogprobs) {
        json["logprob"] = token.logprob;
        auto &top = json["top"] = nlohmann::ordered_json::array();
        for (const engine::TokenLogprob &other : token.top)
            top.push_back({{"token", other.token}, {"text", other.bytes}, {"logprob", other.logprob}});
    }
    if (answer.voiceNames.empty()) return json;
    auto &voices = json["voices"] = nlohmann::ordered_json::array();
    for (const engine::VoiceShare &voice : token.voices)
        voices.push_back({{"gate", voice.gate}, {"logprob", voice.logprob}, {"kl", voice.kl}});
    return json;
}

nlohmann::ordered_json toJson(const Answer &answer)
{
    nlohmann::ordered_json json{
        {"seed", answer.seed},         {"text", answer.text},
        {"thinking", answer.thinking}, {"finish_reason", answer.reason},
        {"stop", answer.stop},         {"usage", toJson(answer.usage)},
    };
    if (!answer.voiceNames.empty()) {
        json["voices"] = answer.voiceNames;
        json["lane"] = laneToJson(answer.lane);
    } else if (!answer.hasLogprobs) {
        return json;
    }
    auto &tokens = json["tokens"] = nlohmann::ordered_json::array();
    for (const engine::GeneratedToken &token : answer.tokens)
        tokens.push_back(tokenToJson(token, answer));
    return json;
}

std::string speedText(const engine::Usage &usage)
{
    std::string text =
        std::to_string(usage.generatedTokens) + (usage.generatedTokens == 1 ? " token" : " tokens");
    if (usage.generateSeconds > 0)
        text += ", " + fixed(usage.generatedTokens / usage.generateSeconds, 0) + " tokens/s";
    return text;
}

} // namespace cli
