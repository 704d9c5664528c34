// rookery-cli tokenize: text to token ids and back.
#include "engine/cli/arguments.h"
#include "engine/cli/commands.h"
#include "engine/cli/exit_code.h"
#include "engine/cli/printer.h"
#include "engine/cli/session.h"

#include <nlohmann/json.hpp>

#include <memory>

namespace cli
{
namespace
{

using namespace engine;

constexpr const char *kHelp = "Turns text into token ids, or ids into text.\n"
                              "Without --vocab the World vocabulary is used that ./setup brought.";

constexpr const char *kExamples = "Examples:\n"
                                  "  rookery-cli tokenize --text 'Hello, goose!'\n"
                                  "  rookery-cli tokenize --text '你好' --json\n"
                                  "  rookery-cli tokenize --tokens 33155,37\n"
                                  "  rookery-cli tokenize --vocab VOCABULARY.txt --text 'Hello, goose!'";

struct Arguments {
    std::string text;
    std::vector<int> tokens;
    std::string vocabulary;
    bool json = false;
};

int runTokenize(const Arguments &arguments, bool decode, Context &context)
{
    Session session({}, context.printer, context.interrupts);
    std::vector<int> tokens = arguments.tokens;
    std::string text = arguments.text;
    if (decode)
        text = session.expect<event::Detokenized>(session.engine().detokenize(tokens, arguments.vocabulary))
                   .text;
    else
        tokens =
            session.expect<event::Tokenized>(session.engine().tokenize(text, arguments.vocabulary)).tokens;

    if (arguments.json) {
        context.printer.object({{"tokens", tokens}, {"text", text}});
    } else if (decode) {
        context.printer.line(text);
    } else {
        std::string list;
        for (const int token : tokens)
            list += (list.empty() ? "" : ",") + std::to_string(token);
        context.printer.line(list);
    }
    return kOk;
}

} // namespace

void addTokenize(CLI::App &app, Command &chosen)
{
    const auto arguments = std::make_shared<Arguments>(); // shared by the option parsers and the command
    CLI::App &command = *app.add_subcommand("tokenize", kHelp);
    command.footer(kExamples);
    command.add_option("--vocab", arguments->vocabulary, "vocabulary file")->type_name("FILE");
    CLI::Option *text = command.add_option("--text", arguments->text, "text to split")->type_name("TEXT");
    CLI::Option *tokens = addList(command, "--tokens", arguments->tokens, 0, std::numeric_limits<int>::max(),
                                  "token ids to join instead");
    text->excludes(tokens);
    addJson(command, arguments->json);
    command.callback([arguments, text, tokens, &chosen] {
        const bool decode = tokens->count() > 0;
        if (!decode && text->count() == 0)
            throw CLI::ValidationError("--text", "expected a text, or --tokens; found neither");
        chosen = [arguments, decode](Context &context) { return runTokenize(*arguments, decode, context); };
    });
}

} // namespace cli
