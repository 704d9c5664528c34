// rookery-cli convert: a model file in another format.
#include "engine/cli/arguments.h"
#include "engine/cli/commands.h"
#include "engine/cli/exit_code.h"
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

constexpr const char *kHelp = "Writes a model in another format: .safetensors, .pth or .gguf.\n"
                              "Tensors get the names, shapes and orientation of the original .pth files\n"
                              "(in .gguf: those of llama.cpp). The output is complete or not there.\n"
                              "The vocabulary goes along: into a .gguf, else beside OUT if OUT needs it.";

constexpr const char *kExamples = "Examples:\n"
                                  "  rookery-cli convert demo demo.gguf\n"
                                  "  rookery-cli convert model.pth model.safetensors\n"
                                  "  rookery-cli convert model.pth model.gguf --type q8_0\n"
                                  "  rookery-cli convert FOLDER model.pth --type bf16";

struct Arguments {
    ConvertSpec spec;
    bool json = false;
};

int runConvert(const Arguments &arguments, Context &context)
{
    Session session({}, context.printer, context.interrupts);
    const auto done =
        session.expect<event::ConvertDone>(session.engine().convert(arguments.spec), [&](const Event &event) {
            const auto *progress = std::get_if<event::ConvertProgress>(&event);
            if (progress && progress->total > 0)
                context.printer.progress("Writing " +
                                         percentText(double(progress->done) / double(progress->total)));
        });
    if (arguments.json)
        context.printer.object({{"out", done.path}, {"bytes", done.bytes}, {"tensors", done.tensors}});
    else
        context.printer.remark(std::to_string(done.tensors) + " tensors, " + byteText(double(done.bytes)) +
                               ", written to " + done.path);
    return kOk;
}

} // namespace

void addConvert(CLI::App &app, Command &chosen)
{
    const auto arguments = std::make_shared<Arguments>(); // shared by the option parsers and the command
    ConvertSpec &spec = arguments->spec;
    CLI::App &command = *app.add_subcommand("convert", kHelp);
    command.footer(kExamples);
    command.add_option("MODEL", spec.input, "a model file, the folder of one, or demo")
        ->required()
        ->type_name("");
    command.add_option("OUT", spec.output, "the file to write; its ending tells the format")
        ->required()
        ->check(inAFolder())
        ->type_name("");
    command
        .add_option("--type", spec.type,
                    "f32, f16 or bf16 (also fp32, fp16); for .gguf also q8_0 and q4_0; else as in the model")
        ->type_name("NAME");
    command.add_option("--vocab", spec.vocabulary, "the vocabulary to put into a .gguf, or beside OUT")
        ->type_name("FILE");
    command.add_flag("--force", spec.overwrite, "replace OUT if it exists");
    addJson(command, arguments->json);
    command.callback([arguments, &chosen] {
        chosen = [arguments](Context &context) { return runConvert(*arguments, context); };
    });
}

} // namespace cli
