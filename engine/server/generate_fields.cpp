#include "engine/server/generate_fields.h"

#include "engine/server/api_error.h"
#include "engine/server/mix_fields.h"
#include "engine/server/service.h"

#include <charconv>

namespace server
{
namespace
{

using engine::SamplingParams;

constexpr std::int64_t kMostTokens = 1 << 24;
constexpr std::int64_t kMostGeneratedInAll = 1 << 24;

/// `request`, else the state's, else `params`, else the model's.
void setDefaults(const Fields &fields, const Library::Model &model, const NamedState *state,
                 SamplingParams &params)
{
    const auto set = [](float &target, const std::optional<float> &value) {
        if (value) target = *value;
    };
    const auto setOptional = [](float &target, const std::optional<double> &value) {
        if (value) target = static_cast<float>(*value);
    };
    set(params.temperature, model.defaults.temperature);
    set(params.topP, model.defaults.topP);
    if (const Json *object = fields.object("params")) {
        const Fields inner(*object, fields.path("params"), true);
        setOptional(params.temperature, inner.number("temperature", 0, 2));
        setOptional(params.topP, inner.number("top_p", 0, 1));
    }
    if (!state) return;
    set(params.temperature, state->defaults.temperature);
    set(params.topP, state->defaults.topP);
}

void readSampling(const Fields &fields, SamplingParams &params)
{
    const auto real = [&fields](const char *name, float &target, double least, double most) {
        if (const auto value = fields.number(name, least, most)) target = static_cast<float>(*value);
    };
    real("temperature", params.temperature, 0, 2);
    real("top_p", params.topP, 0, 1);
    real("min_p", params.minP, 0, 1);
    real("typical_p", params.typicalP, 0, 1);
    real("presence_penalty", params.presencePenalty, -2, 2);
    real("frequency_penalty", params.frequencyPenalty, -2, 2);
    real("repeat_penalty", params.repetitionPenalty, 0.01, 10);
    real("repetition_penalty", params.repetitionPenalty, 0.01, 10);
    real("penalty_decay", params.penaltyDecay, 0, 1);
    if (const auto k = fields.integer("top_k", -1, 1'000'000))
        params.topK = int(std::max<std::int64_t>(0, *k));
    if (const auto seed = fields.integer("seed", INT64_MIN, INT64_MAX)) {
        params.seed = static_cast<std::uint64_t>(*seed);
        params.hasSeed = true;
    }
}

void readBias(const Fields &fields, SamplingParams &params)
{
    const Json *bias = fields.object("logit_bias");
    if (!bias) return;
    const std::string path = fields.path("logit_bias");
    if (bias->size() > 4096) throw badRequest(path, path + ": expected at most 4096 tokens");
    const Fields values(*bias, path, fields.lenient());
    for (const auto &[key, value] : bias->items()) {
        int token = 0;
        const auto [end, problem] = std::from_chars(key.data(), key.data() + key.size(), token);
        if (problem != std::errc() || end != key.data() + key.size() || token < 0)
            throw badRequest(path, path + ": expected token ids as keys, found \"" + key + '"');
        if (const auto number = values.number(key.c_str(), -100, 100))
            params.logitBias.emplace_back(token, static_cast<float>(*number));
    }
}

void readStop(const Fields &fields, const std::string &otherwise, std::vector<std::string> &stops)
{
    const Json *value = fields.find("stop");
    const std::string path = fields.path("stop");
    const auto add = [&](const Json &item) {
        if (!item.is_string()) throwType(path, "a string or a list of strings", item);
        auto text = item.get<std::string>();
        if (text.size() > 1024) throw badRequest(path, path + ": expected strings of at most 1024 bytes");
        if (!text.empty()) stops.push_back(std::move(text)); // an empty one would end every answer
    };
    if (!value) {
        if (!otherwise.empty()) stops.push_back(otherwise);
        return;
    }
    if (!value->is_array()) return add(*value);
    if (value->size() > 16) throw badRequest(path, path + ": expected at most 16 strings");
    for (const Json &item : *value)
        add(item);
}

int readMaxTokens(const Fields &fields, int otherwise)
{
    for (const char *name : {"max_completion_tokens", "max_output_tokens", "max_tokens"})
        if (const auto value = fields.integer(name, 0, kMostTokens)) return int(*value);
    if (const Json *object = fields.object("params"))
        if (const auto value =
                Fields(*object, fields.path("params"), true).integer("max_tokens", 0, kMostTokens))
            return int(*value);
    return otherwise;
}

void readStream(const Fields &fields, Asked &asked)
{
    asked.stream = fields.boolean("stream").value_or(false);
    const Json *options = fields.object("stream_options");
    if (!options) return;
    if (!asked.stream)
        throw badRequest(fields.path("stream_options"), "stream_options: expected only where stream is true");
    asked.includeUsage = Fields(*options, fields.path("stream_options"), fields.lenient())
                             .boolean("include_usage")
                             .value_or(false);
}

/// The thinking that reasoning_effort, reasoning or chat_template_kwargs ask for.
engine::Thinking readThinking(const Fields &fields)
{
    if (const Json *kwargs = fields.object("chat_template_kwargs")) {
        const Fields inner(*kwargs, fields.path("chat_template_kwargs"), true);
        if (const auto on = inner.boolean("enable_thinking"))
            return *on ? engine::Thinking::On : engine::Thinking::Off;
    }
    std::optional<std::string> effort = fields.string("reasoning_effort");
    std::string path = fields.path("reasoning_effort");
    if (const Json *reasoning = fields.object("reasoning"); reasoning && !effort) {
        effort = Fields(*reasoning, fields.path("reasoning")).string("effort");
        path = fields.path("reasoning") + ".effort";
    }
    if (!effort || *effort == "none") return engine::Thinking::Off;
    if (*effort == "minimal" || *effort == "low") return engine::Thinking::Short;
    for (const char *known : {"medium", "high", "xhigh", "max"})
        if (*effort == known) return engine::Thinking::On;
    throw badRequest(path, path + ": expected none, minimal, low, medium, high, xhigh or max, found \"" +
                               *effort + '"');
}

/// The state that the request starts from, by its model's name or by `state`.
const NamedState *readState(Service &service, const Fields &fields, Asked &asked)
{
    asked.model = fields.string("model").value_or("");
    const NamedState *state = service.library.find(asked.model);
    if (asked.model.empty()) asked.model = service.library.model()->name;
    const auto name = fields.string("state");
    if (!name || name->empty()) return state;
    state = service.library.state(*name);
    if (!state)
        throw ApiError(404, "invalid_request_error", "state_not_found",
                       "there is no state \"" + *name + "\"; GET /v1/states lists those that there are",
                       fields.path("state"));
    return state;
}

/// Starts from the state, or from all voices of a mix with the request's gates, else those of the mix.
void useState(const Fields &fields, const NamedState &state, Asked &asked)
{
    asked.states = state.voices;
    if (!state.isMix) {
        asked.spec.from = state.voices.front()->id();
        return;
    }
    asked.spec.mix = readMix(fields, state);
}

} // namespace

void checkStateName(const std::string &path, const std::string &name)
{
    if (name.size() > 256) throw badRequest(path, path + ": expected at most 256 bytes");
    if (!name.empty() && (name.front() == ' ' || name.back() == ' '))
        throw badRequest(path, path + ": expected a name without blanks at its ends");
    for (const char c : name)
        if (static_cast<unsigned char>(c) < 0x20)
            throw badRequest(path, path + ": expected a name without control characters");
}

Asked readShared(Service &service, const Fields &fields, int maxTokens)
{
    Asked asked;
    const NamedState *state = readState(service, fields, asked);
    const Library::Model &model = *service.library.model();
    engine::GenerateSpec &spec = asked.spec;
    setDefaults(fields, model, state, spec.sampling);
    readSampling(fields, spec.sampling);
    readBias(fields, spec.sampling);
    readStream(fields, asked);
    spec.thinking = readThinking(fields);
    spec.maxTokens = readMaxTokens(fields, maxTokens);
    spec.ignoreEnd = fields.boolean("ignore_eos").value_or(false);
    readStop(fields, spec.ignoreEnd ? std::string() : model.stop, spec.stopStrings);
    asked.n = int(fields.integer("n", 1, 128).value_or(1));
    if (std::int64_t(asked.n) * spec.maxTokens > kMostGeneratedInAll)
        throw badRequest("n", "n times max_tokens is more than " + std::to_string(kMostGeneratedInAll));
    asked.keepAs = fields.string("save_state").value_or("");
    checkStateName(fields.path("save_state"), asked.keepAs);
    if (!asked.keepAs.empty() && asked.n > 1)
        throw badRequest("save_state", "save_state: expected n = 1, as only one state can have the name");
    spec.keepState = !asked.keepAs.empty();
    if (state) useState(fields, *state, asked);
    if (spec.keepState)
        service.library.checkRoom(asked.keepAs, std::max<std::size_t>(1, spec.mix.voices.size()));
    if (asked.spec.mix.voices.empty()) refuseMixFields(fields);
    return asked;
}

std::vector<engine::GenerateSpec> copies(const engine::GenerateSpec &spec, int n)
{
    std::vector<engine::GenerateSpec> specs(std::size_t(n), spec);
    for (std::size_t i = 1; i < specs.size(); ++i)
        specs[i].sampling.seed += i;
    return specs;
}

void keepState(Service &service, const Asked &asked, const Row &row)
{
    if (asked.keepAs.empty() || row.states.empty()) return;
    NamedState kept;
    kept.voices = row.states;
    kept.tokens = row.usage.promptTokens + row.usage.generatedTokens;
    kept.isMix = !asked.spec.mix.voices.empty();
    for (const engine::Voice &voice : asked.spec.mix.voices)
        kept.gates.push_back(voice.gate);
    service.library.add(asked.keepAs, std::move(kept));
}

} // namespace server
