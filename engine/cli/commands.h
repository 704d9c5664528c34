#pragma once

#include <functional>

namespace CLI
{
class App;
}

namespace cli
{

class Interrupts;
class Printer;

/// What a command runs with.
struct Context {
    Printer &printer;
    Interrupts &interrupts;
};

/// Runs the chosen command: returns an ExitCode; throws engine::Error, Interrupted, OutputClosed.
using Command = std::function<int(Context &)>;

// Each declares one command with its options and examples, and sets `chosen` when the command line names it.
void addChat(CLI::App &app, Command &chosen);
void addGenerate(CLI::App &app, Command &chosen);
void addLogits(CLI::App &app, Command &chosen);
void addInspect(CLI::App &app, Command &chosen);
void addBench(CLI::App &app, Command &chosen);
void addQuality(CLI::App &app, Command &chosen);
void addDevices(CLI::App &app, Command &chosen);
void addEmbed(CLI::App &app, Command &chosen);
void addState(CLI::App &app, Command &chosen);
void addTokenize(CLI::App &app, Command &chosen);
void addConvert(CLI::App &app, Command &chosen);
void addServe(CLI::App &app, Command &chosen);

} // namespace cli
