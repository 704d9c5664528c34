// rookery-cli inspect: what a model file is, from its names and shapes.
#include "engine/cli/arguments.h"
#include "engine/cli/commands.h"
#include "engine/cli/exit_code.h"
#include "engine/cli/json.h"
#include "engine/cli/numbers.h"
#include "engine/cli/printer.h"
#include "engine/cli/session.h"

#include <nlohmann/json.hpp>

#include <memory>

namespace cli
{
namespace
{

using namespace engine;

constexpr const char *kHelp = "Shows what a model file is, without loading it.";

constexpr const char *kExamples = "Examples:\n"
                                  "  rookery-cli inspect model.pth\n"
                                  "  rookery-cli inspect demo --tensors\n"
                                  "  rookery-cli inspect model.pth --json";

struct Arguments {
    std::string file;
    bool tensors = false;
    bool json = false;
};

void printInfo(const ModelInfo &info, Printer &printer)
{
    const auto row = [&](std::string name, const std::string &value) {
        name.resize(12, ' ');
        printer.line(name + value);
    };
    row("file", info.path);
    row("format", info.container);
    row("family", info.family.empty() ? "unknown" : info.family);
    row("parameters", countText(double(info.parameters)) + " in " +
                          countOf(std::int64_t(info.tensors.size()), "tensor") + ", " + info.dtype);
    row("size", byteText(double(info.fileBytes)));
    if (info.layers > 0) {
        row("shape", countOf(info.layers, "layer") + ", width " + std::to_string(info.width) + ", " +
                         countOf(info.heads, "head") + " of " + std::to_string(info.headSize) + ", hidden " +
                         std::to_string(info.hidden) + ", vocabulary " + std::to_string(info.vocabulary));
        row("state", byteText(double(info.stateBytes)) + " for each conversation");
    }
    row("vocabulary", info.vocabularyFile.empty() ? "none found" : info.vocabularyFile);
    row("usable", info.problem.empty() ? "yes" : "no: " + info.problem);
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

int runInspect(const Arguments &arguments, Context &context)
{
    Session session({}, context.printer, context.interrupts);
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
    command.add_option("FILE", arguments->file, "a .pth or .safetensors file, or demo")
        ->required()
        ->type_name("");
    command.add_flag("--tensors", arguments->tensors, "list every tensor");
    addJson(command, arguments->json);
    command.callback([arguments, &chosen] {
        chosen = [arguments](Context &context) { return runInspect(*arguments, context); };
    });
}

} // namespace cli
