// rookery-cli bench: how fast a model runs here, and how near that is to what the machine can do.
#include "engine/cli/arguments.h"
#include "engine/cli/bench_profile.h"
#include "engine/cli/commands.h"
#include "engine/cli/exit_code.h"
#include "engine/cli/numbers.h"
#include "engine/cli/printer.h"
#include "engine/cli/session.h"

#include <nlohmann/json.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace cli
{
namespace
{

using namespace engine;

constexpr const char *kHelp =
    "Measures reading and generating speed.\n"
    "The share of the limit says how much of the measured memory bandwidth or arithmetic speed is used,\n"
    "whichever binds. A model that lies in the processor's cache has no such limit: \"in cache\", in JSON "
    "null.\n"
    "--profile repeats the steps and tells, op by op and for an average step, how often and how long an op "
    "ran,\n"
    "what it had to move and to compute at least, and by which kernel; each op then waits for the one "
    "before.";

constexpr const char *kExamples =
    "Examples:\n"
    "  rookery-cli bench demo\n"
    "  rookery-cli bench --shape 0.1B --strategy 'cpu bf16' --batch 1,8,32\n"
    "  rookery-cli bench model.pth --batch 1 --prompt 512 --gen 64 --json\n"
    "  rookery-cli bench --shape 0.4B --voices 4\n"
    "  rookery-cli bench --shape 0.1B --batch 1,32 --profile\n"
    "A shape is a public model's with random weights; nothing is read from disk.";

struct Arguments {
    BenchSpec spec;
    EngineOptions engine;
    bool json = false;
};

void printHeader(Printer &printer)
{
    printer.line(cell("strategy", 12) + cell("batch", 5) + cell("voices", 6) + cell("read tok/s", 10) +
                 cell("of limit", 8) + cell("gen tok/s", 10) + cell("GB/s", 7) + "of limit");
}

void printRow(const BenchResult &result, Printer &printer)
{
    const std::string prefill =
        result.prefillTokensPerSecond > 0 ? fixed(result.prefillTokensPerSecond, 0) : "-";
    printer.line(cell(result.strategy, 12) + cell(std::to_string(result.batch), 5) +
                 cell(std::to_string(result.voices), 6) + cell(prefill, 10) +
                 cell(result.prefillTokensPerSecond > 0 ? shareText(result.prefillShareOfLimit) : "-", 8) +
                 cell(fixed(result.decodeTokensPerSecond, 1), 10) +
                 cell(fixed(result.decodeGbPerSecond, 1), 7) + shareText(result.shareOfLimit));
}

std::string titleOf(const BenchResult &result)
{
    return result.voices > 1 ? "generate, " + countOf(result.voices, "voice")
                             : "generate, batch " + std::to_string(result.batch);
}

void printProfiles(const event::BenchFinished &finished, Printer &printer)
{
    for (const BenchResult &result : finished.results) {
        printProfile("read", result.prefillProfile, printer);
        printProfile(titleOf(result), result.decodeProfile, printer);
    }
}

/// null: not measured, or nothing to compare with.
nlohmann::ordered_json numberOrNull(double x)
{
    return x > 0 ? nlohmann::ordered_json(x) : nlohmann::ordered_json();
}

nlohmann::ordered_json toJson(const event::BenchFinished &finished)
{
    using Json = nlohmann::ordered_json;
    Json results = Json::array();
    for (const BenchResult &result : finished.results) {
        results.push_back({{"strategy", result.strategy},
                           {"batch", result.batch},
                           {"voices", result.voices},
                           {"prefill_tokens_per_s", numberOrNull(result.prefillTokensPerSecond)},
                           {"decode_tokens_per_s", result.decodeTokensPerSecond},
                           {"decode_gb_per_s", result.decodeGbPerSecond},
                           {"share_of_limit", numberOrNull(result.shareOfLimit)}});
        if (result.prefillProfile.steps > 0)
            results.back()["prefill_profile"] = cli::toJson(result.prefillProfile);
        if (result.decodeProfile.steps > 0) results.back()["decode_profile"] = cli::toJson(result.decodeProfile);
    }
    const ModelInfo &model = finished.model;
    return {{"machine",
             {{"memory_read_gb_per_s", finished.readGbPerSecond},
              {"bf16_gflops", finished.bf16Gflops},
              {"cpu", finished.cpu}}},
            {"model",
             {{"name", model.name},
              {"family", model.family},
              {"parameters", model.parameters},
              {"layers", model.layers},
              {"width", model.width},
              {"vocabulary", model.vocabulary}}},
            {"results", results}};
}

int runBench(const Arguments &arguments, Context &context)
{
    Printer &printer = context.printer;
    Session session(arguments.engine, printer, context.interrupts);
    bool hasHeader = false;
    const auto finished =
        session.expect<event::BenchFinished>(session.engine().bench(arguments.spec), [&](const Event &event) {
            const auto *progress = std::get_if<event::BenchProgress>(&event);
            if (!progress || arguments.json) return;
            if (!std::exchange(hasHeader, true)) printHeader(printer);
            printRow(progress->result, printer);
        });
    if (arguments.json) {
        printer.object(toJson(finished));
    } else {
        printer.line(finished.model.name + ", " + countText(double(finished.model.parameters)) +
                     " parameters, on " + finished.cpu + ": reads memory at " +
                     fixed(finished.readGbPerSecond, 1) + " GB/s, bf16 " + fixed(finished.bf16Gflops, 0) +
                     " Gflop/s");
        printProfiles(finished, printer);
    }
    return kOk;
}

} // namespace

void addBench(CLI::App &app, Command &chosen)
{
    const auto arguments = std::make_shared<Arguments>(); // shared by the option parsers and the command
    BenchSpec &spec = arguments->spec;
    CLI::App &command = *app.add_subcommand("bench", kHelp);
    command.footer(kExamples);
    command.add_option("MODEL", spec.model, "a model file, the folder of one, or demo")->type_name("");
    std::vector<std::pair<std::string, std::string>> shapes;
    for (const char *shape : {"0.1B", "0.4B", "1.5B", "2.9B", "7.2B", "13.3B"})
        shapes.emplace_back(shape, shape);
    addChoice<std::string>(command, "--shape", spec.shape, std::move(shapes),
                           "random weights instead: 0.1B, 0.4B, 1.5B, 2.9B, 7.2B or 13.3B")
        ->type_name("SIZE");
    command.add_option("--strategy", spec.strategy, "cpu, cpu fp32, cpu bf16, cpu fp16")
        ->type_name("TEXT")
        ->default_str(spec.strategy);
    addAdapters(command, spec.adapters);
    CLI::Option *voices = addInteger(command, "--voices", spec.voices, 1, 16,
                                     "generate as a mix of so many states, in turns with a single one");
    addList(command, "--batch", spec.batches, 1, 4096, "sequences at once")
        ->default_str("1,8,32")
        ->excludes(voices);
    addInteger(command, "--prompt", spec.promptTokens, 1, 1 << 20, "tokens to read")->excludes(voices);
    addInteger(command, "--gen", spec.generateTokens, 1, 1 << 20, "tokens to generate");
    command.add_flag("--profile", spec.profile, "where the time goes, op by op");
    addProcessor(command, arguments->engine);
    addJson(command, arguments->json);
    command.callback([arguments, &chosen] {
        if (arguments->spec.model.empty() == arguments->spec.shape.empty())
            throw CLI::ValidationError("MODEL",
                                       "expected either a model file (or demo) or --shape, found " +
                                           std::string(arguments->spec.model.empty() ? "none" : "both"));
        if (!arguments->spec.shape.empty() && !arguments->spec.adapters.empty())
            throw CLI::ValidationError("--adapter", "expected a model file, found --shape");
        chosen = [arguments](Context &context) { return runBench(*arguments, context); };
    });
}

} // namespace cli
