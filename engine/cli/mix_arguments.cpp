#include "engine/cli/mix_arguments.h"

#include "engine/cli/answer.h"
#include "engine/cli/arguments.h"
#include "engine/cli/json.h"
#include "engine/cli/numbers.h"
#include "engine/cli/session.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <optional>

namespace cli
{
namespace
{

using namespace engine;

constexpr std::size_t kLargestLane = 64U << 20;

/// NAME or NAME=NUMBER; the number is behind the last '=', since file names may have some.
std::optional<std::pair<std::string, float>> splitNumber(const std::string &text)
{
    const auto equals = text.rfind('=');
    if (equals == std::string::npos) return std::pair(text, 1.0F);
    const auto number = parseNumber<float>(std::string_view(text).substr(equals + 1));
    if (!number || !std::isfinite(*number) || equals == 0) return std::nullopt;
    return std::pair(text.substr(0, equals), *number);
}

void addVoice(MixArguments &arguments, const std::string &text)
{
    const auto voice = splitNumber(text);
    if (!voice || voice->first.empty())
        throw CLI::ValidationError("--voice", "expected NAME or NAME=GATE, found \"" + text + '"');
    arguments.voices.push_back({voice->first, voice->second});
}

void setPolicy(MixArguments &arguments, const std::string &text)
{
    using Kind = GatePolicy::Kind;
    const std::pair<const char *, Kind> kinds[] = {{"off", Kind::Off},
                                                   {"confidence", Kind::Confidence},
                                                   {"entropy", Kind::Entropy},
                                                   {"agreement", Kind::Agreement}};
    const auto policy = splitNumber(text);
    for (const auto &[name, kind] : kinds) {
        if (!policy || policy->first != name) continue;
        arguments.policy = {kind, policy->second};
        return;
    }
    throw CLI::ValidationError("--gate-policy",
                               "expected off, confidence, entropy or agreement, and =STRENGTH, found \"" +
                                   text + '"');
}

[[noreturn]] void refuse(const std::string &path, const std::string &what)
{
    throw Error(ErrorCode::BadRequest, path + ": " + what);
}

/// The lane of a file: an array of points, or an object with such a "lane".
std::vector<GatePoint> readLane(const std::string &path)
{
    std::error_code error;
    const auto bytes = std::filesystem::file_size(path, error);
    if (error) throw Error(ErrorCode::FileNotFound, path + ": " + error.message());
    if (bytes > kLargestLane)
        refuse(path, "expected at most 64 MiB, found " + std::to_string(bytes) + " bytes");
    std::string text(bytes, '\0');
    std::ifstream(path, std::ios::binary).read(text.data(), static_cast<std::streamsize>(bytes));
    auto json = parseJson(text, path);
    if (json.is_object()) json = json.value("lane", nlohmann::json());
    if (!json.is_array())
        refuse(path,
               "expected JSON like [{\"token\": 0, \"gates\": [0.7, 0.3]}], or an object with a \"lane\"");
    std::vector<GatePoint> lane;
    for (const auto &entry : json) {
        const std::string name = "point " + std::to_string(lane.size() + 1);
        GatePoint point;
        if (!entry.is_object() || !entry.contains("token") || !entry["token"].is_number_integer() ||
            !entry.contains("gates") || !entry["gates"].is_array())
            refuse(path, name + ": expected an object with \"token\" and \"gates\", found " +
                             entry.dump().substr(0, 80));
        const auto token = entry["token"].get<std::int64_t>();
        if (token < 0 || token > std::numeric_limits<int>::max())
            refuse(path, name + ": expected a token from 0 on, found " + std::to_string(token));
        point.token = static_cast<int>(token);
        for (const auto &gate : entry["gates"]) {
            if (!gate.is_number())
                refuse(path, name + ": expected numbers as gates, found " + gate.dump().substr(0, 80));
            point.gates.push_back(gate.get<float>());
        }
        const auto curve = entry.value("curve", nlohmann::json("hold"));
        if (curve != "hold" && curve != "linear")
            refuse(path,
                   name + ": expected the curve \"hold\" or \"linear\", found " + curve.dump().substr(0, 80));
        point.curve = curve == "hold" ? GateCurve::Hold : GateCurve::Linear;
        lane.push_back(std::move(point));
    }
    return lane;
}

} // namespace

void addMixArguments(CLI::App &command, MixArguments &arguments, CLI::Option *several)
{
    CLI::Option *voice = command
                             .add_option_function<std::vector<std::string>>(
                                 "--voice",
                                 [&arguments](const std::vector<std::string> &texts) {
                                     arguments.voices.clear();
                                     for (const std::string &text : texts)
                                         addVoice(arguments, text);
                                 },
                                 "a state that answers together with others: a file, a name of the "
                                 "demonstration pack, or base; "
                                 "its gate says how much it has to say, 1 if not given; repeatable")
                             ->type_name("NAME=GATE")
                             ->expected(1)
                             ->take_all()
                             ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    if (CLI::Option *state = command.get_option_no_throw("--state")) voice->excludes(state);
    addChoice<BlendRule>(command, "--blend", arguments.rule,
                         {{"logits", BlendRule::Logits}, {"probabilities", BlendRule::Probabilities}},
                         "what is averaged: logits, where a negative gate steers away, or probabilities")
        ->default_str("logits")
        ->needs(voice);
    command
        .add_option_function<std::string>(
            "--gate-policy", [&arguments](const std::string &text) { setPolicy(arguments, text); },
            "gates follow the voices: confidence, entropy or agreement, with =STRENGTH from -10 to 10")
        ->type_name("KIND")
        ->default_str("off")
        ->needs(voice);
    command
        .add_option("--gates-file", arguments.gatesFile, "gates over the answer, as --save-gates writes them")
        ->type_name("FILE")
        ->needs(voice);
    if (!several) return;
    command
        .add_option("--save-gates", arguments.saveGates, "write the gates that were used, for --gates-file")
        ->type_name("FILE")
        ->check(inAFolder())
        ->needs(voice)
        ->excludes(several);
}

MixSpec openMix(const MixArguments &arguments, Session &session)
{
    MixSpec mix;
    mix.rule = arguments.rule;
    mix.policy = arguments.policy;
    if (!arguments.gatesFile.empty()) mix.lane = readLane(arguments.gatesFile);
    for (const MixArguments::Voice &voice : arguments.voices) {
        StateId state = 0;
        if (voice.name != "base")
            state = session.expect<event::StateOpened>(session.engine().openState({voice.name})).state;
        mix.voices.push_back({state, voice.name, voice.gate});
    }
    return mix;
}

std::vector<std::string> namesOf(const MixSpec &mix)
{
    std::vector<std::string> names;
    for (const Voice &voice : mix.voices)
        names.push_back(voice.name);
    return names;
}

nlohmann::ordered_json laneToJson(const std::vector<GatePoint> &lane)
{
    auto json = nlohmann::ordered_json::array();
    for (const GatePoint &point : lane) {
        json.push_back({{"token", point.token}, {"gates", point.gates}});
        if (point.curve == GateCurve::Linear) json.back()["curve"] = "linear";
    }
    return json;
}

void saveLane(const MixArguments &arguments, const std::vector<GatePoint> &lane)
{
    if (arguments.saveGates.empty()) return;
    std::ofstream file(arguments.saveGates);
    file << laneToJson(lane).dump() << '\n';
    if (!file.flush()) throw Error(ErrorCode::CannotWrite, arguments.saveGates + ": cannot be written");
}

std::string sharesText(const Answer &answer)
{
    const std::size_t voices = answer.voiceNames.size();
    std::vector<double> share(voices), kl(voices);
    for (const GeneratedToken &token : answer.tokens) {
        double sum = 0;
        for (const VoiceShare &voice : token.voices)
            sum += std::max(0.0F, voice.gate) * std::exp(voice.logprob);
        for (std::size_t k = 0; k < voices; ++k) {
            const VoiceShare &voice = token.voices[k];
            if (sum > 0) share[k] += std::max(0.0F, voice.gate) * std::exp(voice.logprob) / sum;
            kl[k] += static_cast<double>(voice.kl);
        }
    }
    const double count = std::max<double>(1, static_cast<double>(answer.tokens.size()));
    std::string text;
    for (std::size_t k = 0; k < voices; ++k)
        text += (k > 0 ? "; " : "") + answer.voiceNames[k] + ' ' + percentText(share[k] / count) + ", KL " +
                fixed(kl[k] / count, 2);
    return text;
}

} // namespace cli
