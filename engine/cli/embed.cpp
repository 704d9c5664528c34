// rookery-cli embed: a text as a vector.
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

constexpr const char *kHelp =
    "Prints a text as a vector: the output of the model's final norm.\n"
    "Texts of like meaning have vectors of like direction; the product of two of length 1 says how like.";

constexpr const char *kExamples =
    "Examples:\n"
    "  rookery-cli embed demo --text 'A goose is a bird.'\n"
    "  rookery-cli embed demo --text 'A goose is a bird.' --pooling mean --json";

struct Arguments {
    ModelArguments model;
    EmbedSpec spec;
    bool raw = false;
    bool json = false;
};

int runEmbed(const Arguments &arguments, Context &context)
{
    Session session(arguments.model.engine, context.printer, context.interrupts);
    const auto loaded = session.load(arguments.model.load);
    EmbedSpec spec = arguments.spec;
    spec.normalize = !arguments.raw;
    const auto ready = session.expect<event::EmbeddingReady>(session.engine().embed(spec));
    if (arguments.json) {
        context.printer.object({{"model", loaded.info.name},
                                {"tokens", ready.tokens},
                                {"pooling", spec.pooling == Pooling::Mean ? "mean" : "last"},
                                {"normalized", spec.normalize},
                                {"embedding", ready.values}});
        return kOk;
    }
    for (const float value : ready.values)
        context.printer.line(shortest(value));
    return kOk;
}

} // namespace

void addEmbed(CLI::App &app, Command &chosen)
{
    const auto arguments = std::make_shared<Arguments>(); // shared by the option parsers and the command
    CLI::App &command = *app.add_subcommand("embed", kHelp);
    command.footer(kExamples);
    addModelArguments(command, arguments->model);
    command.add_option("--text", arguments->spec.text, "the text")->required()->type_name("TEXT");
    addChoice<Pooling>(command, "--pooling", arguments->spec.pooling,
                       {{"last", Pooling::Last}, {"mean", Pooling::Mean}},
                       "last: behind the last token; mean: of all tokens")
        ->default_str("last");
    command.add_flag("--raw", arguments->raw, "as the model gives it, not brought to length 1");
    addJson(command, arguments->json);
    command.callback([arguments, &chosen] {
        chosen = [arguments](Context &context) { return runEmbed(*arguments, context); };
    });
}

} // namespace cli
