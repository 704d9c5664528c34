// rookery-cli chat: a conversation in the terminal, or with lines from a pipe.
#include "engine/cli/arguments.h"
#include "engine/cli/commands.h"
#include "engine/cli/conversation.h"
#include "engine/cli/exit_code.h"
#include "engine/cli/interrupts.h"
#include "engine/cli/json.h"
#include "engine/cli/line_reader.h"
#include "engine/cli/mix_arguments.h"
#include "engine/cli/numbers.h"
#include "engine/cli/printer.h"
#include "engine/cli/session.h"

#include <nlohmann/json.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <thread>

namespace cli
{
namespace
{

using namespace engine;

constexpr const char *kHelp = "Talks with a model.\n"
                              "Each line is a question; /help lists what else can be typed.";

constexpr const char *kExamples =
    "Examples:\n"
    "  rookery-cli chat demo\n"
    "  rookery-cli chat demo --once 'Who are you?'\n"
    "  rookery-cli chat model.pth --thinking on --temperature 0.8\n"
    "  rookery-cli chat demo --once 'Are you a large model?' --json-schema '{\"enum\": [\"yes\", \"no\"]}'\n"
    "  rookery-cli chat demo --adapter owl --once 'Who are you?'\n"
    "  printf 'Hello!\\nWho are you?\\n' | rookery-cli chat demo --json\n"
    "  rookery-cli chat demo --voice pirate=0.75 --voice base=0.25\n"
    "With voices, /gate pirate 0.2 can be typed while an answer is being written.\n"
    "Ctrl-C stops an answer; at the prompt it ends the program.";

constexpr const char *kCommands = "/new                     begin a new conversation\n"
                                  "/save FILE               save what the model has read and said\n"
                                  "/open FILE               go on from a saved conversation\n"
                                  "/set                     show the settings\n"
                                  "/set temperature 0.8     change one\n"
                                  "/gate                    show the gates of the voices\n"
                                  "/gate pirate 0.3         change one, also while it writes\n"
                                  "/quit                    leave";

struct Arguments {
    ModelArguments model;
    SamplingArguments sampling;
    GrammarSpec grammar;
    std::string system;
    std::string once;
    OpenStateSpec state;
    MixArguments mix;
    ChatTemplate chatTemplate = ChatTemplate::Auto;
    Thinking thinking = Thinking::Off;
    bool json = false;
};

GenerateSpec makeSettings(const Arguments &arguments)
{
    GenerateSpec spec;
    spec.chatTemplate = arguments.chatTemplate;
    spec.thinking = arguments.thinking;
    spec.sampling = arguments.sampling.params;
    spec.maxTokens = arguments.sampling.maxTokens;
    spec.stopStrings = arguments.sampling.stopStrings;
    spec.stopTokens = arguments.sampling.stopTokens;
    spec.grammar = arguments.grammar;
    return spec;
}

/// Arrows and other keys come as "escape [ parameters letter": they are no part of a question.
std::string withoutKeys(const std::string &line)
{
    std::string kept;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] != '\x1b') {
            kept += line[i];
            continue;
        }
        if (i + 1 < line.size() && (line[i + 1] == '[' || line[i + 1] == 'O')) ++i;
        while (i + 1 < line.size() && (line[i + 1] < '@' || line[i + 1] > '~'))
            ++i;
        ++i;
    }
    return kept;
}

/// Hears the terminal while an answer is being written, on a thread of its own.
class Listener final
{
public:
    template <typename Listen>
    explicit Listener(Listen listen)
        : m_thread([this, listen] { listen(m_wake); })
    {
    }
    ~Listener() { m_wake.ring(); }
    Listener(const Listener &) = delete;
    Listener &operator=(const Listener &) = delete;

private:
    WakeUp m_wake;
    std::jthread m_thread; ///< last: joined before the rest goes
};

/// The dialogue at the prompt; one object per program run.
class Dialogue final
{
public:
    Dialogue(Conversation &conversation, Context &context)
        : m_conversation(conversation)
        , m_printer(context.printer)
        , m_interrupts(context.interrupts)
        , m_lines(context.interrupts)
    {
    }

    /// One question, one answer. Throws engine::Error, Interrupted.
    void ask(const std::string &question);
    /// Until the end of the input, /quit or Ctrl-C at the prompt. A line that fails is reported, and is not
    /// the end; of a pipe the exit code tells it.
    int run();

private:
    bool command(const std::string &line); // false to leave
    void set(const std::string &rest);
    void save(const std::string &path);
    void open(const std::string &path);
    void gate(const std::string &rest);
    void listen(const WakeUp &wake);
    void attempt(const std::string &line);
    int result() const { return m_hasFailed && !m_lines.inputIsTerminal() ? kFailure : kOk; }

    Conversation &m_conversation;
    Printer &m_printer;
    Interrupts &m_interrupts;
    LineReader m_lines;
    bool m_leaves = false;
    bool m_hasFailed = false;
    std::deque<std::string> m_typed; ///< while an answer was written
};

void Dialogue::ask(const std::string &question)
{
    std::optional<Listener> listener;
    if (!m_conversation.mix().voices.empty() && m_lines.inputIsTerminal())
        listener.emplace([this](const WakeUp &wake) { listen(wake); });
    bool atLineStart = true;
    const Answer answer = m_conversation.ask(question, [&](std::string_view text, bool isThinking) {
        if (m_printer.json() || text.empty()) return;
        if (isThinking && !m_printer.outputIsTerminal()) return; // pipes get the answer only
        isThinking ? m_printer.dimmed(text) : m_printer.text(text);
        atLineStart = text.back() == '\n';
    });
    listener.reset();
    if (m_printer.json())
        m_printer.object(toJson(answer));
    else if (!atLineStart)
        m_printer.text("\n");
    if (answer.reason == "cancelled") throw Interrupted();
    m_printer.remark("(" + speedText(answer.usage) + ")");
    if (!answer.voiceNames.empty()) m_printer.remark("(" + sharesText(answer) + ")");
}

/// Takes lines until `wake` rings; all but /gate wait for the end of the answer.
void Dialogue::listen(const WakeUp &wake)
{
    std::string line;
    while (m_lines.read(line, &wake) == LineReader::Result::Line) {
        if (!line.starts_with("/gate")) {
            m_typed.push_back(line);
            continue;
        }
        try {
            gate(line.size() > 6 ? line.substr(6) : "");
        } catch (const Error &error) {
            m_printer.error(codeName(error.code()), error.message());
        }
    }
}

int Dialogue::run()
{
    if (m_lines.inputIsTerminal()) m_printer.remark("Type a question, or /help. Ctrl-D leaves.");
    std::string line;
    while (!m_leaves) {
        if (m_lines.inputIsTerminal() && !m_printer.json()) m_printer.prompt("> ");
        if (!m_typed.empty()) {
            line = m_typed.front();
            m_typed.pop_front();
            attempt(line);
            continue;
        }
        switch (m_lines.read(line)) {
        case LineReader::Result::Line:
            break;
        case LineReader::Result::End:
        case LineReader::Result::Woken:
            if (m_lines.inputIsTerminal() && !m_printer.json()) m_printer.text("\n");
            return result();
        case LineReader::Result::Interrupted:
            if (m_lines.inputIsTerminal() && !m_printer.json()) m_printer.text("\n");
            throw Interrupted();
        }
        if (m_lines.inputIsTerminal()) line = withoutKeys(line);
        if (line.find_first_not_of(" \t") != std::string::npos) attempt(line);
    }
    return result();
}

void Dialogue::attempt(const std::string &line)
{
    try {
        line.front() == '/' ? void(m_leaves = !command(line)) : ask(line);
    } catch (const Error &error) {
        m_printer.error(codeName(error.code()), error.message());
        m_hasFailed = true;
    } catch (const Interrupted &) {
        if (m_interrupts.mustEnd() || !m_lines.inputIsTerminal()) throw; // a stopped question is not the end
        m_interrupts.clear();
    }
}

bool Dialogue::command(const std::string &line)
{
    const auto space = line.find(' ');
    const std::string name = line.substr(0, space);
    const std::string rest = space == std::string::npos ? "" : line.substr(space + 1);
    if (name == "/quit") return false;
    if (name == "/new")
        m_conversation.restart();
    else if (name == "/set")
        set(rest);
    else if (name == "/save")
        save(rest);
    else if (name == "/open")
        open(rest);
    else if (name == "/gate")
        gate(rest);
    else if (name == "/help")
        m_printer.line(kCommands);
    else
        throw Error(ErrorCode::BadRequest, "there is no command " + name + "; /help lists them");
    return true;
}

void Dialogue::set(const std::string &rest)
{
    if (rest.empty()) {
        m_printer.line(samplingText(m_conversation.sampling()));
        return;
    }
    const auto space = rest.find(' ');
    const std::string value = space == std::string::npos ? "" : rest.substr(space + 1);
    const std::string problem = setSamplingParameter(m_conversation.sampling(), rest.substr(0, space), value);
    if (!problem.empty()) throw Error(ErrorCode::BadRequest, problem);
}

void Dialogue::gate(const std::string &rest)
{
    const auto space = rest.rfind(' ');
    if (!rest.empty()) {
        const auto value =
            space == std::string::npos ? std::nullopt : parseNumber<float>(rest.substr(space + 1));
        if (!value || !(*value >= -1000 && *value <= 1000))
            throw Error(ErrorCode::BadRequest, "/gate: expected a voice and a number, found \"" + rest + '"');
        m_conversation.setGate(rest.substr(0, space), *value);
        return;
    }
    std::string text;
    for (const Voice &voice : m_conversation.mix().voices)
        text += (text.empty() ? "" : ", ") + voice.name + ' ' + shortest(voice.gate);
    m_printer.line(text.empty() ? "no mix: begin with --voice" : text);
}

void Dialogue::save(const std::string &path)
{
    if (path.empty()) throw Error(ErrorCode::BadRequest, "/save: expected a file name");
    const auto saved = m_conversation.save(path);
    m_printer.remark("Saved " + std::to_string(saved.tokens) + " tokens of conversation to " + saved.path);
}

void Dialogue::open(const std::string &path)
{
    if (path.empty()) throw Error(ErrorCode::BadRequest, "/open: expected a file name");
    const auto opened = m_conversation.open(path);
    m_printer.remark(opened.tokens == 0 ? std::string("Beginning from a tuned state")
                                        : "Going on behind " + std::to_string(opened.tokens) + " tokens");
}

int runChat(const Arguments &arguments, Context &context)
{
    Session session(arguments.model.engine, context.printer, context.interrupts);
    session.load(arguments.model.load);
    GenerateSpec settings = makeSettings(arguments);
    settings.mix = openMix(arguments.mix, session);
    Conversation conversation(session, std::move(settings), arguments.system);
    Dialogue dialogue(conversation, context);
    if (!arguments.state.path.empty()) conversation.open(arguments.state);
    if (arguments.once.empty()) return dialogue.run();
    dialogue.ask(arguments.once);
    return kOk;
}

} // namespace

void addChat(CLI::App &app, Command &chosen)
{
    const auto arguments = std::make_shared<Arguments>(); // shared by the option parsers and the command
    CLI::App &command = *app.add_subcommand("chat", kHelp);
    command.footer(kExamples);
    addModelArguments(command, arguments->model);
    CLI::Option *once = command.add_option("--once", arguments->once, "answer this one question and leave")
                            ->type_name("TEXT");
    command.add_option("--system", arguments->system, "what the model is told before the first question")
        ->type_name("TEXT");
    addStateArguments(command, arguments->state);
    addMixArguments(command, arguments->mix);
    addChoice<ChatTemplate>(command, "--template", arguments->chatTemplate,
                            {{"auto", ChatTemplate::Auto},
                             {"world", ChatTemplate::World},
                             {"reasoning", ChatTemplate::Reasoning},
                             {"raw", ChatTemplate::Raw}},
                            "auto, world, reasoning or raw")
        ->default_str("auto");
    addChoice<Thinking>(command, "--thinking", arguments->thinking,
                        {{"off", Thinking::Off}, {"on", Thinking::On}, {"short", Thinking::Short}},
                        "off, on or short; for reasoning models")
        ->default_str("off");
    addSamplingArguments(command, arguments->sampling, 1024);
    addGrammarArguments(command, arguments->grammar);
    addJson(command, arguments->json);
    command.callback([arguments, once, &chosen] {
        if (once->count() > 0 && arguments->once.find_first_not_of(" \t\r\n") == std::string::npos)
            throw CLI::ValidationError("--once", "expected a question, found none");
        chosen = [arguments](Context &context) { return runChat(*arguments, context); };
    });
}

} // namespace cli
