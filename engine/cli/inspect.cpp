// rookery-cli inspect: what a model file is, from its names and shapes.
#include "engine/cli/arguments.h"
#include "engine/cli/commands.h"
#include "engine/cli/exit_code.h"
#include "engine/cli/json.h"
#include "engine/cli/numbers.h"
#include "engine/cli/printer.h"
#include "engine/cli/session.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>

namespace cli
{
namespace
{

using namespace engine;

constexpr const char *kHelp = "Shows what a model or an adapter is, without loading it.";

constexpr const char *kExamples = "Examples:\n"
                                  "  rookery-cli inspect demo --tensors\n"
                                  "  rookery-cli inspect model.pth\n"
                                  "  rookery-cli inspect ADAPTER.pth\n"
                                  "  rookery-cli inspect model.pth --json";

struct Arguments {
    std::string file;
    bool tensors = false;
    bool json = false;
};

void printInfo(const ModelInfo &info, Printer &printer)
{
    printer.row("file", info.path);
    printer.row("format", info.container);
    printer.row("family", info.family.empty() ? "unknown" : info.family);
    printer.row("parameters", countText(double(info.parameters)) + " in " +
                                  countOf(std::int64_t(info.tensors.size()), "tensor") + ", " + info.dtype);
    printer.row("size", byteText(double(info.fileBytes)));
    if (info.layers > 0) {
        printer.row("shape", countOf(info.layers, "layer") + ", width " + std::to_string(info.width) + ", " +
                                 countOf(info.heads, "head") + " of " + std::to_string(info.headSize) +
                                 ", hidden " + std::to_string(info.hidden) + ", vocabulary " +
                                 std::to_string(info.vocabulary));
        printer.row("state", byteText(double(info.stateBytes)) + " for each conversation" +
                                 (info.hasState ? ", which begins with the tuned state in the file" : ""));
    }
    if (info.contextTokens > 0)
        printer.row("attention", "sees " + std::to_string(info.contextTokens) + " tokens (--context); " +
                                     byteText(double(info.tokenBytes)) + " for each, taken as a text grows");
    printer.row("vocabulary", info.vocabularyFile.empty() ? "none found" : info.vocabularyFile);
    printer.row("usable", info.problem.empty() ? "yes" : "no: " + info.problem);
}

void printTensors(const ModelInfo &info, Printer &printer)
{
    printer.line("");
    for (const TensorInfo &tensor : info.tensors) {
        std::string shape;
        for (const auto size : tensor.shape)
            shape += (shape.empty() ? "" : ", ") + std::to_string(size);
        printer.line(tensor.name + "  " + tensor.dtype + " [" + shape + "]");
    }
}

nlohmann::ordered_json adapterJson(const AdapterInfo &info)
{
    nlohmann::ordered_json parts = nlohmann::ordered_json::array();
    for (const AdapterInfo::Part &part : info.parts)
        parts.push_back({{"kind", part.kind},
                         {"matrices", part.matrices},
                         {"least_rank", part.leastRank},
                         {"most_rank", part.mostRank}});
    return {{"path", info.path},
            {"adapter", info.layout},
            {"container", info.container},
            {"file_bytes", info.fileBytes},
            {"parts", parts},
            {"replaced", info.replaced},
            {"experts", info.experts},
            {"active_experts", info.activeExperts},
            {"alpha", info.alpha},
            {"matrices", info.matrices},
            {"warnings", info.warnings}};
}

void printAdapter(const AdapterInfo &info, bool withMatrices, Printer &printer)
{
    printer.row("file", info.path);
    printer.row("format", "adapter, " + info.layout + " (" + info.container + ")");
    for (const AdapterInfo::Part &part : info.parts)
        printer.row("changes",
                    std::to_string(part.matrices) + (part.matrices == 1 ? " matrix" : " matrices") + " by " +
                        part.kind + ", rank " + std::to_string(part.leastRank) +
                        (part.leastRank == part.mostRank ? "" : " to " + std::to_string(part.mostRank)));
    if (info.experts > 0)
        printer.row("experts", std::to_string(info.experts) + ", of which every token uses " +
                                   std::to_string(info.activeExperts));
    if (info.replaced > 0) printer.row("replaces", std::to_string(info.replaced) + " tensors");
    const auto hasAlpha = [](const AdapterInfo::Part &part) {
        return part.kind == "LoRA" || part.kind == "DoRA" || part.kind == "MoLE";
    };
    if (std::any_of(info.parts.begin(), info.parts.end(), hasAlpha))
        printer.row("alpha", info.alpha > 0 ? shortest(float(info.alpha)) : "not in the file");
    printer.row("size", byteText(double(info.fileBytes)));
    if (!withMatrices) return;
    printer.line("");
    for (const std::string &matrix : info.matrices)
        printer.line(matrix);
}

/// True if the file is an adapter, which is then shown.
bool showAdapter(const Arguments &arguments, Session &session, Printer &printer)
{
    AdapterUse use;
    use.path = arguments.file;
    const Event event = session.wait(session.engine().inspectAdapter(use));
    const auto *inspected = std::get_if<event::AdapterInspected>(&event);
    if (inspected && arguments.json) printer.object(adapterJson(inspected->info));
    if (inspected && !arguments.json) printAdapter(inspected->info, arguments.tensors, printer);
    return inspected != nullptr;
}

int runInspect(const Arguments &arguments, Context &context)
{
    Session session({}, context.printer, context.interrupts);
    if (showAdapter(arguments, session, context.printer)) return kOk;
    const auto inspected = session.expect<event::ModelInspected>(session.engine().inspect(arguments.file));
    if (arguments.json) {
        context.printer.object(toJson(inspected.info, true));
    } else {
        printInfo(inspected.info, context.printer);
        if (arguments.tensors) printTensors(inspected.info, context.printer);
    }
    return kOk;
}

} // namespace

void addInspect(CLI::App &app, Command &chosen)
{
    const auto arguments = std::make_shared<Arguments>(); // shared by the option parsers and the command
    CLI::App &command = *app.add_subcommand("inspect", kHelp);
    command.footer(kExamples);
    command.add_option("FILE", arguments->file, "a model file or folder, an adapter, or demo")
        ->required()
        ->type_name("");
    command.add_flag("--tensors", arguments->tensors, "list every tensor; of an adapter every matrix");
    addJson(command, arguments->json);
    command.callback([arguments, &chosen] {
        chosen = [arguments](Context &context) { return runInspect(*arguments, context); };
    });
}

} // namespace cli
