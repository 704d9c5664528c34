// rookery-cli state: what a state file is, and states in the form of other programs.
#include "engine/cli/arguments.h"
#include "engine/cli/commands.h"
#include "engine/cli/exit_code.h"
#include "engine/cli/json.h"
#include "engine/cli/numbers.h"
#include "engine/cli/printer.h"
#include "engine/cli/session.h"

#include <nlohmann/json.hpp>

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace cli
{
namespace
{

using namespace engine;

constexpr const char *kHelp =
    "Looks at state files, converts and adds them.\n"
    "States are saved conversations, tuned initial states (.pth, .safetensors) and snapshots of ChatRWKV.\n"
    "Names of the demonstration pack (pirate, butler, poet, oneword) stand for its states.";

/// One command of `state`.
struct Part {
    const char *name, *help;
    const char *examples; ///< and what else is to be known
};

constexpr Part kInspect = {"inspect", "Says what a state file is, and whether a model takes it.",
                           "Examples:\n"
                           "  rookery-cli state inspect pirate --model demo\n"
                           "  rookery-cli state inspect STATE.pth --json"};

constexpr Part kExport = {
    "export", "Writes the matrices of a state as a .pth file.",
    "Examples:\n"
    "  rookery-cli state export pirate tuned.pth\n"
    "  rookery-cli state export STATE.st tuned.pth --dtype fp32\n"
    "It writes blocks.N.att.time_state [heads, value, key], as PyTorch programs read it; the shifts of the\n"
    "last token have no place there."};

constexpr Part kCombine = {
    "combine", "Adds states into a tuned state (.pth).",
    "Examples:\n"
    "  rookery-cli state combine pirate butler --weights 0.5,0.5 --out both.pth\n"
    "  rookery-cli state combine pirate --weights 1.5 --layers 1,1,1,0.5,0,0 --out louder.pth\n"
    "It adds states of one shape, each times its weight and times a factor a layer."};

constexpr Part kMeasure = {"measure", "Tells norms of states, and how far they are from each other.",
                           "Examples:\n"
                           "  rookery-cli state measure pirate butler\n"
                           "  rookery-cli state measure pirate STATE.pth --json"};

constexpr Part kConvert = {"convert", "Writes any state as a state of this program.",
                           "Examples:\n"
                           "  rookery-cli state convert pirate pirate.state --model demo\n"
                           "  rookery-cli state convert STATE.pth mine.state --model model.pth\n"
                           "The state it writes is for that one model."};

constexpr const char *kExamples =
    "Examples:\n"
    "  rookery-cli state inspect pirate --model demo\n"
    "  rookery-cli state combine pirate butler --out both.pth\n"
    "rookery-cli state COMMAND --help shows the options of each, with examples.";

struct Arguments {
    OpenStateSpec source;
    std::vector<std::string> states;
    std::vector<float> weights;
    std::vector<std::vector<float>> layers;
    std::string target, note;
    ModelArguments model;
    bool asBf16 = true;
    bool json = false;
};

const char *kindText(StateKind kind)
{
    switch (kind) {
    case StateKind::Saved:
        return "saved conversation";
    case StateKind::Tuned:
        return "tuned initial state";
    case StateKind::Snapshot:
        return "snapshot";
    }
    return "state";
}

const char *orderText(StateOrientation order)
{
    switch (order) {
    case StateOrientation::KeyValue:
        return "key-value";
    case StateOrientation::ValueKey:
        return "value-key";
    case StateOrientation::Auto:
        return "as the model has them";
    }
    return "";
}

nlohmann::ordered_json toJson(const StateInfo &info)
{
    return {{"path", info.path},          {"kind", kindText(info.kind)},
            {"layout", info.layout},      {"container", info.container},
            {"dtype", info.dtype},        {"family", info.family},
            {"layers", info.layers},      {"heads", info.heads},
            {"head_size", info.headSize}, {"order", orderText(info.orientation)},
            {"shifts", info.hasShifts},   {"offsets", info.hasOffsets},
            {"model", info.model},        {"note", info.note},
            {"fits", info.fits},          {"problem", info.problem}};
}

void print(const StateInfo &info, bool isCompared, Printer &printer)
{
    printer.row("file", info.path);
    printer.row("kind", std::string(kindText(info.kind)) + ", " + info.layout + " (" + info.container + ", " +
                            info.dtype + ")");
    printer.row("family", info.family);
    printer.row("shape", std::to_string(info.layers) + " layers" +
                             (info.heads > 0
                                  ? ", " + std::to_string(info.heads) + " heads of " +
                                        std::to_string(info.headSize) + " x " + std::to_string(info.headSize)
                                  : std::string()));
    printer.row("order", orderText(info.orientation));
    printer.row("shifts", info.hasShifts ? "yes" : "no: they start at zero");
    if (info.hasOffsets) printer.row("offsets", "yes");
    if (!info.model.empty()) printer.row("saved with", info.model);
    if (isCompared) printer.row("fits", info.fits ? "yes" : "no: " + info.problem);
}

int runInspect(const Arguments &arguments, Context &context)
{
    Session session(arguments.model.engine, context.printer, context.interrupts);
    const bool isCompared = !arguments.model.load.model.empty();
    if (isCompared) session.load(arguments.model.load);
    const auto inspected =
        session.expect<event::StateInspected>(session.engine().inspectState(arguments.source));
    if (arguments.json)
        context.printer.object(toJson(inspected.info));
    else
        print(inspected.info, isCompared, context.printer);
    return kOk;
}

int runExport(const Arguments &arguments, Context &context)
{
    Session session({}, context.printer, context.interrupts);
    const auto exported = session.expect<event::StateExported>(
        session.engine().exportState({arguments.source, arguments.target, arguments.asBf16}));
    if (arguments.json)
        context.printer.object(
            {{"path", exported.path}, {"bytes", exported.bytes}, {"warnings", exported.warnings}});
    for (const std::string &warning : exported.warnings)
        if (!arguments.json) context.printer.logLine("rookery-cli: warning: " + warning);
    return kOk;
}

int runConvert(const Arguments &arguments, Context &context)
{
    Session session(arguments.model.engine, context.printer, context.interrupts);
    session.load(arguments.model.load);
    SaveStateSpec save;
    save.state = session.expect<event::StateOpened>(session.engine().openState(arguments.source)).state;
    save.path = arguments.target;
    save.note = arguments.note;
    const auto saved = session.expect<event::StateSaved>(session.engine().saveState(save));
    if (arguments.json) context.printer.object({{"path", saved.path}, {"bytes", saved.bytes}});
    return kOk;
}

/// "0.5,0.5" or "1,1,0;0,0,1"
std::vector<std::vector<float>> numberLists(const std::string &option, const std::string &text)
{
    std::vector<std::vector<float>> lists;
    std::string_view rest = text;
    for (;;) {
        const auto end = rest.find(';');
        auto numbers = parseNumbers<float>(rest.substr(0, end));
        if (!numbers)
            throw CLI::ValidationError(option, "expected numbers like 0.5,0.5, found \"" + text + '"');
        lists.push_back(std::move(*numbers));
        if (end == std::string_view::npos) return lists;
        rest.remove_prefix(end + 1);
    }
}

CombineStatesSpec combination(const Arguments &arguments)
{
    const std::size_t states = arguments.states.size();
    if (!arguments.weights.empty() && arguments.weights.size() != states)
        throw Error(ErrorCode::BadRequest, "--weights: expected " + std::to_string(states) +
                                               ", one a state, found " +
                                               std::to_string(arguments.weights.size()));
    if (arguments.layers.size() > 1 && arguments.layers.size() != states)
        throw Error(ErrorCode::BadRequest, "--layers: expected one list, or " + std::to_string(states) +
                                               " with ';' between them, found " +
                                               std::to_string(arguments.layers.size()));
    CombineStatesSpec spec;
    spec.target = arguments.target;
    spec.asBf16 = arguments.asBf16;
    spec.keep = false;
    for (std::size_t i = 0; i < states; ++i) {
        StateTerm &term = spec.terms.emplace_back();
        term.source.file = {arguments.states[i], arguments.source.orientation};
        term.weight = arguments.weights.empty() ? 1 / static_cast<float>(states) : arguments.weights[i];
        if (!arguments.layers.empty())
            term.layerWeights = arguments.layers[arguments.layers.size() == 1 ? 0 : i];
    }
    return spec;
}

int runCombine(const Arguments &arguments, Context &context)
{
    Session session({}, context.printer, context.interrupts);
    const auto combined =
        session.expect<event::StateCombined>(session.engine().combineStates(combination(arguments)));
    if (arguments.json)
        context.printer.object({{"path", combined.path},
                                {"bytes", combined.bytes},
                                {"norm", combined.figures.norm},
                                {"norms", combined.figures.norms}});
    else
        context.printer.remark("Wrote " + combined.path + ", of norm " + fixed(combined.figures.norm, 2));
    return kOk;
}

void print(const event::StatesMeasured &measured, Printer &printer)
{
    const auto count = static_cast<std::size_t>(measured.states.size());
    for (std::size_t i = 0; i < count; ++i) {
        const StateFigures &state = measured.states[i];
        printer.line(state.name + ": norm " + fixed(state.norm, 2));
        for (int layer = 0; layer < measured.layers; ++layer) {
            std::string text = "  layer " + std::to_string(layer) + ' ';
            for (int head = 0; head < measured.heads; ++head)
                text += ' ' + fixed(state.norms[static_cast<std::size_t>(layer * measured.heads + head)], 2);
            printer.line(text);
        }
    }
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t j = i + 1; j < count; ++j)
            printer.line(measured.states[i].name + " and " + measured.states[j].name + ": distance " +
                         fixed(measured.distances[i * count + j], 2) + ", cosine " +
                         fixed(measured.cosines[i * count + j], 3));
}

int runMeasure(const Arguments &arguments, Context &context)
{
    Session session({}, context.printer, context.interrupts);
    MeasureStatesSpec spec;
    for (const std::string &state : arguments.states)
        spec.states.emplace_back(OpenStateSpec{state, arguments.source.orientation});
    const auto measured =
        session.expect<event::StatesMeasured>(session.engine().measureStates(std::move(spec)));
    if (!arguments.json) {
        print(measured, context.printer);
        return kOk;
    }
    nlohmann::ordered_json states = nlohmann::ordered_json::array();
    for (const StateFigures &state : measured.states)
        states.push_back({{"name", state.name}, {"norm", state.norm}, {"norms", state.norms}});
    context.printer.object({{"layers", measured.layers},
                            {"heads", measured.heads},
                            {"states", states},
                            {"distances", measured.distances},
                            {"cosines", measured.cosines}});
    return kOk;
}

using Run = int (*)(const Arguments &, Context &);

/// With IN if `source` says what that is, else with STATES.
CLI::App &addPart(CLI::App &command, const Part &part, const char *source,
                  const std::shared_ptr<Arguments> &arguments, Run run, Command &chosen)
{
    CLI::App &added = *command.add_subcommand(part.name, part.help);
    added.footer(part.examples);
    if (*source)
        added.add_option("IN", arguments->source.path, source)->required()->type_name("");
    else
        added.add_option("STATES", arguments->states, "state files, or names of the demonstration pack")
            ->required()
            ->type_name("");
    addStateOrder(added, arguments->source.orientation);
    addJson(added, arguments->json);
    added.callback([arguments, run, &chosen] {
        chosen = [arguments, run](Context &context) { return run(*arguments, context); };
    });
    return added;
}

void addDtype(CLI::App &command, bool &asBf16)
{
    addChoice<bool>(command, "--dtype", asBf16, {{"bf16", true}, {"fp32", false}}, "bf16 or fp32")
        ->default_str("bf16");
}

void addCombine(CLI::App &command, const std::shared_ptr<Arguments> &arguments, Command &chosen)
{
    CLI::App &combine = addPart(command, kCombine, "", arguments, runCombine, chosen);
    combine
        .add_option_function<std::string>(
            "--weights",
            [arguments](const std::string &text) { arguments->weights = numberLists("--weights", text)[0]; },
            "one a state; without, all the same with the sum 1")
        ->type_name("X,X");
    combine
        .add_option_function<std::string>(
            "--layers",
            [arguments](const std::string &text) { arguments->layers = numberLists("--layers", text); },
            "further factors, one a layer; for all states, or a list for each with ';' between them")
        ->type_name("X,X");
    combine.add_option("--out", arguments->target, "the .pth to write")
        ->required()
        ->check(inAFolder())
        ->type_name("FILE");
    addDtype(combine, arguments->asBf16);
}

} // namespace

void addState(CLI::App &app, Command &chosen)
{
    const auto arguments = std::make_shared<Arguments>(); // shared by the option parsers and the command
    CLI::App &command = *app.add_subcommand("state", kHelp);
    command.footer(kExamples);
    command.require_subcommand(1);

    CLI::App &inspect = addPart(command, kInspect, "the state file", arguments, runInspect, chosen);
    inspect.add_option("--model", arguments->model.load.model, "a model to compare it with")
        ->type_name("FILE");

    CLI::App &exporting = addPart(command, kExport, "the state file", arguments, runExport, chosen);
    exporting.add_option("OUT", arguments->target, "the .pth to write")
        ->required()
        ->check(inAFolder())
        ->type_name("");
    addDtype(exporting, arguments->asBf16);

    addCombine(command, arguments, chosen);
    addPart(command, kMeasure, "", arguments, runMeasure, chosen);

    CLI::App &convert = addPart(command, kConvert, "the state file", arguments, runConvert, chosen);
    convert.add_option("OUT", arguments->target, "the state to write")
        ->required()
        ->check(inAFolder())
        ->type_name("");
    convert.add_option("--model", arguments->model.load.model, "the model it belongs to")
        ->required()
        ->type_name("FILE");
    convert.add_option("--note", arguments->note, "free text kept in the file")->type_name("TEXT");
}

} // namespace cli
