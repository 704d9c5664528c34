// rookery-cli logits: what the model expects next, as raw numbers.
#include "engine/cli/arguments.h"
#include "engine/cli/commands.h"
#include "engine/cli/exit_code.h"
#include "engine/cli/printer.h"
#include "engine/cli/session.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>

namespace cli
{
namespace
{

using namespace engine;

constexpr const char *kHelp = "Writes the logits behind a sequence of tokens.\n"
                              "The file holds one little-endian float32 for each token of the vocabulary.";

constexpr const char *kExamples =
    "Examples:\n"
    "  rookery-cli logits demo --tokens 34,105,110 --out logits.bin\n"
    "  rookery-cli logits model.pth --tokens 34,105,110 --chunk 1 --strategy 'cpu fp32' --out logits.bin";

struct Arguments {
    ModelArguments model;
    LogitsSpec spec;
    OpenStateSpec state;
    std::string out;
    bool json = false;
};

void writeFloats(const std::string &path, const std::vector<float> &values)
{
    std::string bytes;
    bytes.reserve(values.size() * 4);
    for (const float value : values) {
        const auto bits = std::bit_cast<std::uint32_t>(value);
        for (int shift = 0; shift < 32; shift += 8)
            bytes += char(bits >> shift & 0xFF);
    }
    errno = 0;
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(bytes.data(), std::streamsize(bytes.size()));
    file.close();
    if (!file) throw Error(ErrorCode::CannotWrite, "cannot write " + path + ": " + std::strerror(errno));
}

int runLogits(const Arguments &arguments, Context &context)
{
    Session session(arguments.model.engine, context.printer, context.interrupts);
    session.load(arguments.model.load);
    LogitsSpec spec = arguments.spec;
    if (!arguments.state.path.empty())
        spec.from = session.expect<event::StateOpened>(session.engine().openState(arguments.state)).state;
    const auto ready = session.expect<event::LogitsReady>(session.engine().logits(spec));
    writeFloats(arguments.out, ready.logits);

    const auto likeliest = std::max_element(ready.logits.begin(), ready.logits.end()) - ready.logits.begin();
    if (arguments.json) {
        context.printer.object({{"tokens", arguments.spec.tokens.size()},
                                {"vocabulary", ready.vocabulary},
                                {"likeliest", likeliest},
                                {"out", arguments.out}});
    } else {
        context.printer.remark(std::to_string(ready.logits.size()) + " logits written to " + arguments.out +
                               ", likeliest token " + std::to_string(likeliest));
    }
    return kOk;
}

} // namespace

void addLogits(CLI::App &app, Command &chosen)
{
    const auto arguments = std::make_shared<Arguments>(); // shared by the option parsers and the command
    CLI::App &command = *app.add_subcommand("logits", kHelp);
    command.footer(kExamples);
    addModelArguments(command, arguments->model);
    addList(command, "--tokens", arguments->spec.tokens, 0, std::numeric_limits<int>::max(),
            "token ids to read")
        ->required();
    addInteger(command, "--chunk", arguments->spec.chunk, 0, 1 << 20,
               "tokens read in one step; 0: all at once");
    addStateArguments(command, arguments->state);
    command.add_option("--out", arguments->out, "the file to write")
        ->required()
        ->check(inAFolder())
        ->type_name("FILE");
    addJson(command, arguments->json);
    command.callback([arguments, &chosen] {
        chosen = [arguments](Context &context) { return runLogits(*arguments, context); };
    });
}

} // namespace cli
