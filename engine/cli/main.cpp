// rookery-cli: the engine from a terminal. One file per command.
#include "engine/cli/commands.h"
#include "engine/cli/exit_code.h"
#include "engine/cli/interrupts.h"
#include "engine/cli/json.h"
#include "engine/cli/printer.h"
#include "engine/engine.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <string>
#include <vector>

namespace cli
{
namespace
{

constexpr const char *kAbout =
    "Runs RWKV language models from files on this computer.\n"
    "MODEL is a .pth, .safetensors, .gguf, .st or ggmf .bin file, the folder of a\n"
    "Hugging Face model, or demo, the demonstration model.";

constexpr const char *kExamples =
    "Examples:\n"
    "  rookery-cli chat demo\n"
    "  rookery-cli generate demo --prompt $'User: Tell me about geese.\\n\\nAssistant:' --seed 1\n"
    "  rookery-cli inspect model.pth\n"
    "  rookery-cli convert model.pth model.gguf --type q8_0\n"
    "  rookery-cli bench --shape 0.1B --strategy 'cpu bf16'\n"
    "\n"
    "rookery-cli COMMAND --help shows the options of a command, with examples.\n"
    "Ctrl-C stops the running command; pressed twice, at once.\n"
    "Exit codes:\n"
    "  0    done\n"
    "  1    failed while it ran: a damaged file, memory that does not suffice, a full disk\n"
    "  2    wrong use: an option, value, combination, device or file that cannot be or is not there\n"
    "  130  interrupted by Ctrl-C, or asked to end by a signal\n"
    "  141  the reader of the output went away";

/// Puts the engine's log on standard error, or nowhere, for as long as it lives.
class LogOutput final
{
public:
    LogOutput(Printer &printer, bool verbose)
    {
        engine::setLogSink({});
        if (!verbose) return; // what fails is reported once, by main
        engine::setLogSink([&printer](const engine::LogLine &line) {
            static constexpr std::array kNames = {"trace", "debug", "info", "warning", "error", "critical"};
            const auto level = std::size_t(std::clamp(line.level, 0, 5));
            printer.logLine("rookery-cli: " + std::string(kNames[level]) + ": " + line.category + ": " +
                            line.text);
        });
    }
    ~LogOutput() { engine::setLogSink({}); }
    LogOutput(const LogOutput &) = delete;
    LogOutput &operator=(const LogOutput &) = delete;
};

/// What is wrong with a command line that names no known command of `parent`.
std::string commandProblem(const CLI::App &app, const CLI::App &parent)
{
    std::string names;
    for (const CLI::App *command : parent.get_subcommands({}))
        names += (names.empty() ? "" : ", ") + command->get_name();
    std::vector<std::string> extras = app.remaining(true);
    std::erase(extras, "--json");
    return "expected a command: " + names + (extras.empty() ? "" : "; found \"" + extras.front() + '"');
}

/// What is wrong where a command was given more than it takes.
std::string extrasProblem(const CLI::App &app, const CLI::App &command)
{
    std::vector<std::string> extras = app.remaining(true);
    const auto isOption = [](const std::string &word) { return word.starts_with('-') && word.size() > 1; };
    const auto option = std::find_if(extras.begin(), extras.end(), isOption);
    if (option != extras.end() && *option == "--json")
        return "--json belongs behind the command: rookery-cli " + command.get_name() + " --json";
    if (option != extras.end()) return command.get_name() + " has no option \"" + *option + '"';
    return command.get_name() + ": expected no more arguments, found \"" +
           (extras.empty() ? std::string() : extras.front()) + '"';
}

/// Help and version to standard output; everything else is a wrong command line.
int reportParse(const CLI::App &app, const CLI::ParseError &error, const std::vector<std::string> &words,
                Printer &printer)
{
    const auto chosen = app.get_subcommands();
    const bool unknownCommand = chosen.empty() && !words.empty() && !words.front().starts_with('-');
    if (error.get_exit_code() == int(CLI::ExitCodes::Success) && !unknownCommand) {
        const auto *version = dynamic_cast<const CLI::CallForVersion *>(&error);
        printer.text(version ? std::string(error.what()) + '\n'
                             : app.help()); // of the command, if one is chosen
        return kOk;
    }
    const CLI::App &command = chosen.empty() ? app : *chosen.front();
    if (command.get_subcommands().empty() && !command.get_subcommands({}).empty())
        printer.error("usage", commandProblem(app, command));
    else if (dynamic_cast<const CLI::ExtrasError *>(&error))
        printer.error("usage", extrasProblem(app, command));
    else
        printer.error("usage", error.what());
    printer.remark("Try: rookery-cli " + (chosen.empty() ? "" : command.get_name() + ' ') + "--help");
    return kUsage;
}

int runCommand(const Command &command, Context context, bool verbose)
{
    const LogOutput log(context.printer, verbose);
    const int result = command(context);
    return context.interrupts.pending() ? int(kInterrupted) : result;
}

int run(int argc, char **argv)
{
    Printer printer;
    const std::vector<std::string> words(argv + std::min(1, argc), argv + argc);
    printer.setJson(std::find(words.begin(), words.end(), "--json") != words.end());
    try {
        CLI::App app(kAbout, "rookery-cli");
        app.footer(kExamples);
        app.require_subcommand(1);
        app.set_help_flag("-h,--help", "show this help");
        app.set_version_flag("--version", std::string("rookery-cli ") + engine::version(),
                             "print the version");
        bool verbose = false;
        app.add_flag("-v,--verbose", verbose, "show the engine's log");
        app.fallthrough();
        Command command;
        addChat(app, command);
        addGenerate(app, command);
        addLogits(app, command);
        addInspect(app, command);
        addBench(app, command);
        addQuality(app, command);
        addDevices(app, command);
        addEmbed(app, command);
        addState(app, command);
        addTokenize(app, command);
        addConvert(app, command);
        addServe(app, command);
        try {
            app.parse(argc, argv);
        } catch (const CLI::ParseError &error) {
            return reportParse(app, error, words, printer);
        }
        Interrupts interrupts;
        return runCommand(command, {printer, interrupts}, verbose);
    } catch (const engine::Error &error) {
        printer.error(codeName(error.code()), error.message());
        return exitCodeOf(error.code());
    } catch (const Interrupted &) {
        return kInterrupted;
    } catch (const OutputClosed &) {
        return kOutputClosed;
    } catch (const std::exception &error) {
        printer.error(codeName(engine::ErrorCode::Internal), error.what());
        return kFailure;
    }
}

} // namespace
} // namespace cli

int main(int argc, char **argv) { return cli::run(argc, argv); }
