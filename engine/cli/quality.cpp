// rookery-cli quality: what a strategy costs in precision.
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
    "Compares a strategy with the model's own precision on a text.\n"
    "Perplexity tells how well the text is predicted, KL how far predictions move, agreement how often the\n"
    "likeliest token stays the same. A form feed in the file begins a new text with an empty state.";

constexpr const char *kExamples =
    "Examples:\n"
    "  rookery-cli quality demo --strategy 'cpu nf4' --text resources/demo/held_out.txt\n"
    "  rookery-cli quality model.pth --strategy 'cpu int8 head=int8' --text TEXT.txt --max-tokens 20000 "
    "--json";

struct Arguments {
    QualitySpec spec;
    EngineOptions engine;
    bool json = false;
};

nlohmann::ordered_json toJson(const event::QualityMeasured &m)
{
    return {{"strategy", m.strategy},
            {"reference", m.reference},
            {"tokens", m.tokens},
            {"perplexity", m.perplexity},
            {"reference_perplexity", m.referencePerplexity},
            {"perplexity_change", m.perplexity / m.referencePerplexity - 1},
            {"mean_kl", m.meanKl},
            {"top1_agreement", m.topAgreement},
            {"weight_bytes", m.weightBytes},
            {"reference_weight_bytes", m.referenceBytes}};
}

int runQuality(const Arguments &arguments, Context &context)
{
    Printer &printer = context.printer;
    Session session(arguments.engine, printer, context.interrupts);
    const auto measured = session.expect<event::QualityMeasured>(
        session.engine().quality(arguments.spec), [&](const Event &event) {
            const auto *progress = std::get_if<event::QualityProgress>(&event);
            if (progress && !arguments.json)
                printer.progress("Reading " + percentText(double(progress->done) / double(progress->total)));
        });
    if (arguments.json) {
        printer.object(toJson(measured));
        return kOk;
    }
    printer.line(measured.strategy + " against " + measured.reference + ", " +
                 std::to_string(measured.tokens) + " tokens");
    const double change = measured.perplexity / measured.referencePerplexity - 1;
    printer.line("perplexity  " + fixed(measured.perplexity, 4) + ", was " +
                 fixed(measured.referencePerplexity, 4) + " (" + (change < 0 ? "" : "+") +
                 fixed(100 * change, 2) + " %)");
    printer.line("mean KL     " + fixed(measured.meanKl, 6) + " nats");
    printer.line("agreement   " + fixed(100 * measured.topAgreement, 2) + " % of the likeliest tokens");
    printer.line("weights     " + byteText(double(measured.weightBytes)) + ", were " +
                 byteText(double(measured.referenceBytes)));
    return kOk;
}

} // namespace

void addQuality(CLI::App &app, Command &chosen)
{
    const auto arguments = std::make_shared<Arguments>(); // shared by the option parsers and the command
    QualitySpec &spec = arguments->spec;
    CLI::App &command = *app.add_subcommand("quality", kHelp);
    command.footer(kExamples);
    command.add_option("MODEL", spec.model, "a model file, the folder of one, or demo")
        ->required()
        ->type_name("");
    command.add_option("--strategy", spec.strategy, "the strategy to measure, such as 'cpu int8'")
        ->required()
        ->type_name("TEXT");
    command.add_option("--text", spec.textFile, "the file to read, UTF-8")->required()->type_name("FILE");
    command.add_option("--reference", spec.reference, "what to compare with; without it the file's own type")
        ->type_name("TEXT");
    command.add_option("--vocab", spec.vocabulary, "vocabulary file")->type_name("FILE");
    addInteger(command, "--max-tokens", spec.maxTokens, 0, std::numeric_limits<int>::max(),
               "tokens to read; 0: all");
    addProcessor(command, arguments->engine);
    addJson(command, arguments->json);
    command.callback([arguments, &chosen] {
        chosen = [arguments](Context &context) { return runQuality(*arguments, context); };
    });
}

} // namespace cli
