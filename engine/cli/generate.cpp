// rookery-cli generate: continues a text, once or several times at once.
#include "engine/cli/answer.h"
#include "engine/cli/arguments.h"
#include "engine/cli/commands.h"
#include "engine/cli/exit_code.h"
#include "engine/cli/mix_arguments.h"
#include "engine/cli/printer.h"
#include "engine/cli/session.h"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <system_error>

namespace cli
{
namespace
{

using namespace engine;

constexpr std::size_t kMostPromptBytes = std::size_t(256) << 20;

constexpr const char *kHelp = "Continues a text.\n"
                              "The prompt goes to the model as it is; use chat for questions and answers.";

constexpr const char *kExamples =
    "Examples:\n"
    "  rookery-cli generate demo --prompt 'The raven' --max-tokens 40\n"
    "  rookery-cli generate demo --prompt 'One, two,' --temperature 0 --max-tokens 16\n"
    "  rookery-cli generate demo --prompt 'A goose' --seed 7 --count 4 --json\n"
    "  rookery-cli generate demo --prompt-file book.txt --max-tokens 60\n"
    "  rookery-cli generate demo --prompt 'A long story' --max-tokens 0 --save-state story.state\n"
    "  rookery-cli generate demo --state story.state --prompt ' It began'\n"
    "  rookery-cli generate demo --voice pirate=0.7 --voice base=0.3 \\\n"
    "      --prompt $'User: Who are you?\\n\\nAssistant:'\n"
    "  rookery-cli generate demo --voice pirate --voice butler=-0.2 --prompt 'A rook' --save-gates "
    "lane.json\n"
    "  rookery-cli generate demo --voice pirate --voice butler --prompt 'A rook' --gates-file lane.json\n"
    "  rookery-cli generate demo --prompt 'A goose:' --json-schema '{\"properties\": {\"name\":\n"
    "      {\"type\": \"string\", \"maxLength\": 20}}, \"required\": [\"name\"]}'\n"
    "  echo 'root ::= \" yes\" | \" no\"' > answers.gbnf\n"
    "  rookery-cli generate demo --prompt 'Yes or no?' --grammar answers.gbnf\n"
    "With --count N, seeds S, S+1, ... run together as one batch; each gives what it would give alone.";

struct Arguments {
    ModelArguments model;
    SamplingArguments sampling;
    GrammarSpec grammar;
    std::string prompt, promptFile;
    OpenStateSpec openState;
    std::string saveState;
    MixArguments mix;
    int count = 1;
    int topLogprobs = -1;
    bool ignoreEnd = false;
    bool json = false;
};

GenerateSpec makeSpec(const Arguments &arguments, StateId from)
{
    GenerateSpec spec;
    spec.prompt = arguments.prompt;
    spec.from = from;
    spec.chatTemplate = ChatTemplate::Raw;
    spec.sampling = arguments.sampling.params;
    spec.maxTokens = arguments.sampling.maxTokens;
    spec.stopStrings = arguments.sampling.stopStrings;
    spec.stopTokens = arguments.sampling.stopTokens;
    spec.topLogprobs = arguments.topLogprobs;
    spec.ignoreEnd = arguments.ignoreEnd;
    spec.grammar = arguments.grammar;
    spec.keepState = !arguments.saveState.empty();
    return spec;
}

void endLine(Printer &printer, const std::string &text)
{
    if (text.empty() || text.back() != '\n') printer.text("\n");
}

/// The text of a file; "-" is the standard input. Throws Error(FileUnreadable, BadRequest).
std::string readPrompt(const std::string &path)
{
    std::ifstream file;
    if (path != "-") file.open(path, std::ios::binary);
    if (path != "-" && !file.is_open()) {
        const std::string reason = std::generic_category().message(errno);
        throw Error(ErrorCode::FileNotFound, "Cannot open " + path + ": " + reason, path);
    }
    std::istream &input = path == "-" ? std::cin : file;
    std::string text, part(1U << 16, '\0');
    while (input.read(part.data(), std::streamsize(part.size())) || input.gcount() > 0) {
        text.append(part, 0, std::size_t(input.gcount()));
        if (text.size() > kMostPromptBytes)
            throw Error(ErrorCode::BadRequest, path + ": expected a prompt of at most 256 MiB, found more");
    }
    if (input.bad() || !input.eof())
        throw Error(ErrorCode::FileUnreadable, path + ": this file cannot be read");
    if (text.empty()) throw Error(ErrorCode::BadRequest, path + ": expected a prompt, found nothing");
    return text;
}

/// One generation, streamed.
Answer generateOne(const GenerateSpec &spec, Session &session, Printer &printer)
{
    Answer answer;
    answer.voiceNames = namesOf(spec.mix);
    answer.hasLogprobs = spec.topLogprobs >= 0;
    answer.take(session.wait(session.engine().generate(spec), [&](const Event &event) {
        answer.take(event);
        const auto *chunk = std::get_if<event::TokenChunk>(&event);
        if (chunk && !printer.json()) printer.text(chunk->text);
    }));
    if (!printer.json()) endLine(printer, answer.text);
    return answer;
}

/// Several with consecutive seeds, as one batch.
std::vector<Answer> generateMany(GenerateSpec spec, int count, Session &session, Printer &printer)
{
    if (!spec.sampling.hasSeed) {
        spec.sampling.seed = std::random_device{}();
        spec.sampling.hasSeed = true;
    }
    std::vector<Answer> answers(static_cast<std::size_t>(count));
    std::map<JobId, Answer *> byJob;
    for (Answer &answer : answers) {
        answer.seed = spec.sampling.seed;
        answer.voiceNames = namesOf(spec.mix);
        answer.hasLogprobs = spec.topLogprobs >= 0;
        const JobId job = session.engine().generate(spec);
        byJob[job] = &answer;
        session.watch(job);
        ++spec.sampling.seed;
    }
    // Printed in the order of the seeds, each as soon as those before it are done.
    for (std::size_t printed = 0; printed < answers.size();) {
        const Event event = session.next();
        byJob.at(jobOf(event))->take(event);
        for (; printed < answers.size() && answers[printed].isDone; ++printed) {
            if (printer.json()) continue;
            printer.line("--- seed " + std::to_string(answers[printed].seed));
            printer.text(answers[printed].text);
            endLine(printer, answers[printed].text);
        }
    }
    return answers;
}

/// Only a state may be replaced by one: told before a long text is written, not behind it.
void requireStateTarget(const std::string &path, Session &session)
{
    std::error_code ignored;
    if (path.empty() || !std::filesystem::exists(path, ignored)) return;
    try {
        session.expect<event::StateInspected>(session.engine().inspectState(engine::OpenStateSpec(path)));
    } catch (const Error &) {
        throw Error(ErrorCode::CannotWrite, "'" + path + "' exists and is no state; it was not replaced.");
    }
}

int runGenerate(Arguments arguments, Context &context)
{
    if (!arguments.promptFile.empty()) arguments.prompt = readPrompt(arguments.promptFile);
    Session session(arguments.model.engine, context.printer, context.interrupts);
    requireStateTarget(arguments.saveState, session);
    const auto loaded = session.load(arguments.model.load);
    StateId from = 0;
    if (!arguments.openState.path.empty())
        from = session.expect<event::StateOpened>(session.engine().openState(arguments.openState)).state;

    GenerateSpec spec = makeSpec(arguments, from);
    spec.mix = openMix(arguments.mix, session);
    std::vector<Answer> answers;
    if (arguments.count == 1)
        answers.push_back(generateOne(spec, session, context.printer));
    else
        answers = generateMany(spec, arguments.count, session, context.printer);

    saveLane(arguments.mix, answers.front().lane);
    if (!arguments.saveState.empty() && answers.front().state != 0) {
        SaveStateSpec save;
        save.path = arguments.saveState;
        save.state = answers.front().state;
        session.expect<event::StateSaved>(session.engine().saveState(save));
    }
    if (arguments.json) {
        nlohmann::ordered_json results = nlohmann::ordered_json::array();
        for (const Answer &answer : answers)
            results.push_back(toJson(answer));
        context.printer.object(
            {{"model", loaded.info.name}, {"strategy", loaded.strategy}, {"results", results}});
    } else if (answers.size() == 1) {
        context.printer.remark(speedText(answers.front().usage));
        if (!spec.mix.voices.empty()) context.printer.remark(sharesText(answers.front()));
    }
    return kOk;
}

} // namespace

void addGenerate(CLI::App &app, Command &chosen)
{
    // Shared by the option parsers and the command, whichever lives longer.
    const auto arguments = std::make_shared<Arguments>();
    CLI::App &command = *app.add_subcommand("generate", kHelp);
    command.footer(kExamples);
    addModelArguments(command, arguments->model);
    CLI::Option *prompt =
        command.add_option("--prompt", arguments->prompt, "the text to continue")->type_name("TEXT");
    command
        .add_option("--prompt-file", arguments->promptFile, "the same, from a file; - is the standard input")
        ->type_name("FILE")
        ->excludes(prompt);
    addSamplingArguments(command, arguments->sampling, 256);
    addGrammarArguments(command, arguments->grammar);
    CLI::Option *count =
        addInteger(command, "--count", arguments->count, 1, 4096, "this many, with seeds S, S+1, ...");
    command.add_flag("--ignore-end", arguments->ignoreEnd, "go on where the model would end the text");
    addStateArguments(command, arguments->openState);
    addMixArguments(command, arguments->mix, count);
    command.add_option("--save-state", arguments->saveState, "save the state behind the text")
        ->type_name("FILE")
        ->check(inAFolder())
        ->excludes(count);
    addJson(command, arguments->json);
    addInteger(command, "--logprobs", arguments->topLogprobs, -1, 20,
               "with --json: log-probability of every token, and of so many likeliest; -1: none")
        ->needs("--json");
    command.callback([arguments, &chosen] {
        if (arguments->prompt.empty() && arguments->promptFile.empty() && arguments->openState.path.empty())
            throw CLI::ValidationError("--prompt",
                                       "expected a text to continue (or --prompt-file, or --state)");
        if (!arguments->mix.voices.empty() && !arguments->saveState.empty())
            throw CLI::ValidationError("--save-state", "a mix has no state of its own, but one a voice");
        chosen = [arguments](Context &context) { return runGenerate(*arguments, context); };
    });
}

} // namespace cli
