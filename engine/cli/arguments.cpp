#include "engine/cli/arguments.h"

#include "engine/cli/json.h"
#include "engine/cli/numbers.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

namespace cli
{
namespace
{

using engine::SamplingParams;

/// One number of SamplingParams; either `real` or `whole` is set.
struct Parameter {
    const char *name;
    float SamplingParams::*real;
    int SamplingParams::*whole;
    float least, most;
    const char *help;
};

constexpr float kMostTopK = 1000000;
constexpr float kMostAdapterScale = 1000;
constexpr float kMostBias = 100;
constexpr int kMostTokenId = std::numeric_limits<int>::max();

constexpr Parameter kParameters[] = {
    {"temperature", &SamplingParams::temperature, nullptr, 0, 10, "0 always takes the likeliest token"},
    {"top-p", &SamplingParams::topP, nullptr, 0, 1, "keep the likeliest tokens of this total probability"},
    {"top-k", nullptr, &SamplingParams::topK, 0, kMostTopK, "keep this many tokens; 0 keeps all"},
    {"min-p", &SamplingParams::minP, nullptr, 0, 1, "drop tokens below this share of the likeliest"},
    {"typical-p", &SamplingParams::typicalP, nullptr, 0, 1,
     "keep the most typical tokens of this probability"},
    {"presence-penalty", &SamplingParams::presencePenalty, nullptr, -10, 10, "against tokens that occurred"},
    {"frequency-penalty", &SamplingParams::frequencyPenalty, nullptr, -10, 10,
     "the same for each occurrence"},
    {"repetition-penalty", &SamplingParams::repetitionPenalty, nullptr, 0.01F, 10, "factor; 1 is off"},
    {"penalty-decay", &SamplingParams::penaltyDecay, nullptr, 0, 1, "how fast occurrences are forgotten"},
};

constexpr std::size_t kMostGrammarBytes = 256U << 10U;

/// A small file. Throws CLI::ValidationError that names the option.
std::string fileText(const char *option, const std::string &path)
{
    std::ifstream in(path, std::ios::binary);
    std::string text(kMostGrammarBytes + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.empty())
        throw CLI::ValidationError(option, std::string("expected a file with text, found ") +
                                               (in.is_open() ? "an empty one" : "none") + " at \"" + path +
                                               '"');
    if (text.size() > kMostGrammarBytes)
        throw CLI::ValidationError(option,
                                   "expected a file of at most 256 KiB, found more in \"" + path + '"');
    return text;
}

std::string rangeText(const std::string &least, const std::string &most)
{
    return "from " + least + " to " + most;
}

/// Sets a number in its range, or says what is wrong.
template <class T>
std::string setNumber(T &target, T least, T most, const std::string &text)
{
    const auto value = parseNumber<T>(text);
    if (value && *value >= least && *value <= most) {
        target = *value;
        return {};
    }
    if constexpr (std::is_same_v<T, float>)
        return "expected a number " + rangeText(shortest(least), shortest(most)) + ", found \"" + text + '"';
    else
        return "expected a whole number " + rangeText(std::to_string(least), std::to_string(most)) +
               ", found \"" + text + '"';
}

std::string setParameter(const Parameter &parameter, SamplingParams &params, const std::string &text)
{
    if (parameter.real) return setNumber(params.*parameter.real, parameter.least, parameter.most, text);
    return setNumber(params.*parameter.whole, int(parameter.least), int(parameter.most), text);
}

std::string valueText(const Parameter &parameter, const SamplingParams &params)
{
    return parameter.real ? shortest(params.*parameter.real) : std::to_string(params.*parameter.whole);
}

/// FILE or FILE:SCALE; a file whose name has a colon is taken as it is.
engine::AdapterUse adapterOf(const std::string &text)
{
    engine::AdapterUse use;
    use.path = text;
    const auto colon = text.rfind(':');
    std::error_code ignored;
    if (colon == std::string::npos || std::filesystem::exists(text, ignored)) return use;
    use.path.resize(colon);
    if (!setNumber(use.scale, -kMostAdapterScale, kMostAdapterScale, text.substr(colon + 1)).empty())
        throw CLI::ValidationError("--adapter",
                                   "expected a file, or FILE:SCALE with a scale " +
                                       rangeText(shortest(-kMostAdapterScale), shortest(kMostAdapterScale)) +
                                       ", found \"" + text + '"');
    return use;
}

/// ID:X added to the logit of a token.
std::string addBias(SamplingParams &params, const std::string &text)
{
    const auto colon = text.find(':');
    int token = 0;
    float bias = 0;
    const bool isPair = colon != std::string::npos &&
                        setNumber(token, 0, kMostTokenId, text.substr(0, colon)).empty() &&
                        setNumber(bias, -kMostBias, kMostBias, text.substr(colon + 1)).empty();
    if (!isPair)
        return "expected the number of a token and what is added to its logit, " +
               rangeText(shortest(-kMostBias), shortest(kMostBias)) + ", as in 261:-5, found \"" + text + '"';
    params.logitBias.emplace_back(token, bias);
    return {};
}

/// `set` returns what is wrong with the text.
template <class Set>
CLI::Option *addParsed(CLI::App &command, const std::string &name, const std::string &help, Set set)
{
    return command.add_option_function<std::string>(
        name,
        [name, set](const std::string &text) {
            const std::string problem = set(text);
            if (!problem.empty()) throw CLI::ValidationError(name, problem);
        },
        help);
}

} // namespace

CLI::Option *addInteger(CLI::App &command, const std::string &name, int &target, int least, int most,
                        const std::string &help)
{
    return addParsed(command, name, help,
                     [&target, least, most](const std::string &text) {
                         return setNumber(target, least, most, text);
                     })
        ->type_name("N")
        ->default_str(std::to_string(target));
}

CLI::Option *addNumber(CLI::App &command, const std::string &name, float &target, float least, float most,
                       const std::string &help)
{
    return addParsed(command, name, help,
                     [&target, least, most](const std::string &text) {
                         return setNumber(target, least, most, text);
                     })
        ->type_name("X")
        ->default_str(shortest(target));
}

CLI::Option *addList(CLI::App &command, const std::string &name, std::vector<int> &target, int least,
                     int most, const std::string &help)
{
    return addParsed(command, name, help,
                     [&target, least, most](const std::string &text) -> std::string {
                         const auto values = parseNumbers<int>(text);
                         const auto isInside = [&](int v) { return v >= least && v <= most; };
                         if (!values || !std::all_of(values->begin(), values->end(), isInside))
                             return "expected whole numbers " +
                                    rangeText(std::to_string(least), std::to_string(most)) +
                                    " with commas between, found \"" + text + '"';
                         target = *values;
                         return {};
                     })
        ->type_name("N,N,...");
}

CLI::Option *addTexts(CLI::App &command, const std::string &name, std::vector<std::string> &target,
                      const std::string &type, const std::string &help)
{
    return command
        .add_option_function<std::string>(
            name, [&target](const std::string &text) { target.push_back(text); }, help + "; may be repeated")
        ->type_name(type)
        ->trigger_on_parse();
}

void addModelArguments(CLI::App &command, ModelArguments &arguments, bool positional)
{
    if (positional) {
        command.add_option("MODEL", arguments.load.model, "a model file, the folder of one, or demo")
            ->required()
            ->type_name("");
    }
    command
        .add_option("--strategy", arguments.load.strategy,
                    "where and how it runs: cpu, cpu bf16, cpu int8 *10 -> cpu nf4, ... (see the manual)")
        ->type_name("TEXT")
        ->default_str(arguments.load.strategy);
    command
        .add_option("--vocab", arguments.load.vocabulary,
                    "vocabulary, if not the one beside the model or World")
        ->type_name("FILE");
    addAdapters(command, arguments.load.adapters);
    addNumber(command, "--head-norm-eps", arguments.load.headNormEpsilon, 0, 1,
              "epsilon of the norm behind every head; 0: the family's own");
    addInteger(command, "--context", arguments.load.contextTokens, 0, 1 << 20,
               "tokens that the attention of a hybrid keeps; 0: as the file says, at most 4096");
    addProcessor(command, arguments.engine);
}

CLI::Validator inAFolder()
{
    const auto problem = [](const std::string &path) {
        const auto folder = std::filesystem::path(path).parent_path();
        std::error_code ignored;
        if (folder.empty() || std::filesystem::is_directory(folder, ignored)) return std::string();
        return "expected a file in a folder that exists, found \"" + path + '"';
    };
    return {problem, {}};
}

void addProcessor(CLI::App &command, engine::EngineOptions &options)
{
    addInteger(command, "--threads", options.threads, 0, 4096, "processor threads; 0 uses all");
    command
        .add_option("--kernels", options.cpuKernels,
                    "forces a processor code path (see devices), or cuda-rows on NVIDIA cards")
        ->type_name("NAME");
}

void addAdapters(CLI::App &command, std::vector<engine::AdapterUse> &adapters)
{
    command
        .add_option_function<std::string>(
            "--adapter", [&adapters](const std::string &text) { adapters.push_back(adapterOf(text)); },
            "LoRA, DoRA, PiSSA, Bone, MiSS or MoLE on top, and how strong (1); may be repeated; the "
            "demonstration model has owl, loud and chinese")
        ->type_name("FILE-OR-NAME[:SCALE]")
        ->trigger_on_parse();
    const auto last = [&adapters](const char *name) -> engine::AdapterUse & {
        if (adapters.empty()) throw CLI::ValidationError(name, "expected --adapter FILE before it");
        return adapters.back();
    };
    addParsed(command, "--adapter-alpha", "alpha of the adapter before, if its file does not say it",
              [last](const std::string &text) {
                  return setNumber(last("--adapter-alpha").alpha, 0.0F, 1000.0F, text);
              })
        ->type_name("X")
        ->trigger_on_parse();
    command
        .add_option_function<std::string>(
            "--pissa-init", [last](const std::string &path) { last("--pissa-init").pissaInit = path; },
            "initial factors of the PiSSA adapter before")
        ->type_name("FILE")
        ->trigger_on_parse();
    command
        .add_option_function<std::string>(
            "--adapter-blocks",
            [last](const std::string &text) {
                if (text != "inputs" && text != "outputs")
                    throw CLI::ValidationError("--adapter-blocks",
                                               "expected inputs or outputs, found \"" + text + '"');
                last("--adapter-blocks").blocks =
                    text == "inputs" ? engine::AdapterBlocks::Inputs : engine::AdapterBlocks::Outputs;
            },
            "what the blocks of the Bone adapter before go with: inputs or outputs")
        ->type_name("NAME")
        ->trigger_on_parse();
}

void addSamplingArguments(CLI::App &command, SamplingArguments &arguments, int maxTokens)
{
    arguments.maxTokens = maxTokens;
    addInteger(command, "--max-tokens", arguments.maxTokens, 0, 1 << 30, "stop after this many tokens");
    for (const Parameter &parameter : kParameters) {
        addParsed(command, std::string("--") + parameter.name, parameter.help,
                  [&parameter, &params = arguments.params](const std::string &text) {
                      return setParameter(parameter, params, text);
                  })
            ->type_name(parameter.real ? "X" : "N")
            ->default_str(valueText(parameter, arguments.params));
    }
    addParsed(command, "--seed", "same seed, same text; without it every run differs",
              [&params = arguments.params](const std::string &text) {
                  params.hasSeed = true;
                  return setNumber(params.seed, std::uint64_t(0), std::numeric_limits<std::uint64_t>::max(),
                                   text);
              })
        ->type_name("N");
    addParsed(command, "--logit-bias", "add X to the logit of a token; may be repeated",
              [&params = arguments.params](const std::string &text) { return addBias(params, text); })
        ->type_name("ID:X")
        ->trigger_on_parse();
    addList(command, "--ban", arguments.params.bannedTokens, 0, kMostTokenId, "tokens never to take");
    addTexts(command, "--stop", arguments.stopStrings, "TEXT", "end before this text");
    addList(command, "--stop-token", arguments.stopTokens, 0, kMostTokenId,
            "end at these tokens, besides the end of the text");
}

void addGrammarArguments(CLI::App &command, engine::GrammarSpec &grammar)
{
    using Kind = engine::GrammarSpec::Kind;
    CLI::Option *json = command.add_flag_callback(
        "--json-object", [&grammar] { grammar.kind = Kind::Json; },
        "let the text be a JSON object, whatever the model would say");
    CLI::Option *schema =
        command
            .add_option_function<std::string>(
                "--json-schema",
                [&grammar](const std::string &text) {
                    const bool isText = text.find_first_not_of(" \t\r\n") == text.find('{');
                    grammar = {Kind::JsonSchema, isText ? text : fileText("--json-schema", text)};
                    parseJson(grammar.text, isText ? "--json-schema" : text); // says where it is wrong
                },
                "let the text be JSON of this schema: a file, or the schema itself")
            ->type_name("FILE|TEXT");
    CLI::Option *rules = command
                             .add_option_function<std::string>(
                                 "--grammar",
                                 [&grammar](const std::string &path) {
                                     grammar = {Kind::Gbnf, fileText("--grammar", path)};
                                 },
                                 "let the text follow these rules (GBNF, as llama.cpp has them; first: root)")
                             ->type_name("FILE");
    json->excludes(schema)->excludes(rules);
    schema->excludes(rules);
}

void addStateArguments(CLI::App &command, engine::OpenStateSpec &state)
{
    command.add_option("--state", state.path, "go on from a saved state, or begin from a tuned one")
        ->type_name("FILE");
    addStateOrder(command, state.orientation);
}

void addStateOrder(CLI::App &command, engine::StateOrientation &order)
{
    using engine::StateOrientation;
    addChoice<StateOrientation>(command, "--state-order", order,
                                {{"auto", StateOrientation::Auto},
                                 {"key-value", StateOrientation::KeyValue},
                                 {"value-key", StateOrientation::ValueKey}},
                                "how the matrices of a state of another program lie: auto (as its kind has "
                                "them), key-value or value-key")
        ->default_str("auto");
}

void addJson(CLI::App &command, bool &json)
{
    command.add_flag("--json", json, "print JSON for programs; errors too");
}

std::string setSamplingParameter(SamplingParams &params, const std::string &name, const std::string &value)
{
    for (const Parameter &parameter : kParameters) {
        if (name == parameter.name) {
            const std::string problem = setParameter(parameter, params, value);
            return problem.empty() ? problem : name + ": " + problem;
        }
    }
    return "there is no setting \"" + name + "\"; /set lists those that there are";
}

std::string samplingText(const SamplingParams &params)
{
    std::string text;
    for (const Parameter &parameter : kParameters)
        text += (text.empty() ? "" : ", ") + std::string(parameter.name) + ' ' + valueText(parameter, params);
    return text;
}

} // namespace cli
