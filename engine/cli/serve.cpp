// rookery-cli serve: the local endpoint.
#include "engine/cli/arguments.h"
#include "engine/cli/commands.h"
#include "engine/cli/exit_code.h"
#include "engine/cli/interrupts.h"
#include "engine/cli/numbers.h"
#include "engine/cli/printer.h"
#include "engine/cli/serve_key.h"
#include "engine/server/server.h"

#include <nlohmann/json.hpp>

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <sys/resource.h>

namespace cli
{
namespace
{

using namespace engine;

constexpr const char *kHelp =
    "Serves a model over HTTP: the interface of OpenAI and that of RWKV-Infer.\n"
    "Only programs of this machine can call it, unless --address says otherwise. With --api-key or\n"
    "--api-key-file they need that key, but for /health and /metrics. Web pages cannot, unless --origin "
    "names them.\n"
    "When it is ready it prints one line, \"ready URL MODEL\". Ctrl-C or SIGTERM lets running answers end;\n"
    "the exit code is 0 behind SIGTERM, which is how a service ends.";

constexpr const char *kExamples =
    "Examples:\n"
    "  rookery-cli serve --model demo\n"
    "  curl http://127.0.0.1:8080/v1/chat/completions -H 'Content-Type: application/json' \\\n"
    "    -d '{\"messages\": [{\"role\": \"user\", \"content\": \"Tell me about geese.\"}]}'\n"
    "  rookery-cli serve --model demo --api-key-file key.txt   (makes the file, if it is not there)\n"
    "  rookery-cli serve --models-dir FOLDER --states-dir FOLDER --port 9000\n"
    "    Requests load models and states by their names beneath these folders, as with RWKV-Infer.\n"
    "GET /openapi.json describes all that it serves.";

struct Arguments {
    ModelArguments model;
    server::ServerOptions server;
    std::string keyFile, name;
    int port = 8080;
    int queue = 64;
    bool json = false;
};

/// Events of the engine, to the server while there is one and to those who wait for the model.
class Relay final
{
public:
    void connect(server::Server *server)
    {
        const std::lock_guard lock(m_mutex);
        m_server = server;
    }

    void receive(const Event &event)
    {
        const std::lock_guard lock(m_mutex);
        if (m_server) m_server->handle(event);
        const bool isEnd = std::holds_alternative<event::ModelLoaded>(event) ||
                           std::holds_alternative<event::Failed>(event) ||
                           std::holds_alternative<event::Cancelled>(event);
        if (jobOf(event) != m_job || !isEnd || m_job == 0) return;
        m_end = event;
        m_changed.notify_all();
    }

    /// Waits for the end of a load, or for an interrupt. Throws engine::Error, Interrupted.
    std::string waitForLoad(Engine &engine, LoadSpec spec)
    {
        std::unique_lock lock(m_mutex); // no event is seen before the job is known
        m_job = engine.load(std::move(spec));
        m_changed.wait(lock, [this] { return m_end || m_interrupted; });
        m_job = 0;
        if (!m_end) throw Interrupted();
        if (const auto *failed = std::get_if<event::Failed>(&*m_end)) throw failed->error;
        if (const auto *loaded = std::get_if<event::ModelLoaded>(&*m_end)) return loaded->info.name;
        throw Interrupted();
    }

    void waitForInterrupt()
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_interrupted; });
    }

    void interrupt()
    {
        const std::lock_guard lock(m_mutex);
        m_interrupted = true;
        m_changed.notify_all();
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    server::Server *m_server = nullptr; // guarded by m_mutex, as all below
    JobId m_job = 0;
    std::optional<Event> m_end;
    bool m_interrupted = false;
};

/// A connection takes a descriptor, and many systems give a program only 1,024 at first.
void allowManyDescriptors()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= 4096) return;
    limit.rlim_cur = std::min<rlim_t>(4096, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::string urlOf(const server::ServerOptions &options, int port)
{
    const bool isV6 = options.address.find(':') != std::string::npos;
    return "http://" + (isV6 ? '[' + options.address + ']' : options.address) + ':' + std::to_string(port);
}

void addFolder(CLI::App &command, const std::string &name, std::string &target, const std::string &help)
{
    command
        .add_option_function<std::string>(
            name,
            [name, &target](const std::string &path) {
                std::error_code ignored;
                if (!std::filesystem::is_directory(path, ignored))
                    throw CLI::ValidationError(name, "expected a folder, found none at \"" + path + '"');
                target = path;
            },
            help)
        ->type_name("FOLDER");
}

int runServe(Arguments arguments, Context &context)
{
    allowManyDescriptors();
    server::ServerOptions &options = arguments.server;
    options.port = static_cast<std::uint16_t>(arguments.port);
    options.queue = arguments.queue;
    options.strategy = arguments.model.load.strategy;
    options.rows = arguments.model.load.slots;
    if (!arguments.keyFile.empty()) options.apiKey = readOrMakeKey(arguments.keyFile, context.printer);

    Relay relay;
    const auto engine =
        makeEngine(arguments.model.engine, [&relay](const Event &event) { relay.receive(event); });
    server::Server server(options, *engine);
    server.setModelName(arguments.name);
    relay.connect(&server);
    struct Disconnect {
        Relay &relay;
        Interrupts &interrupts;
        ~Disconnect()
        {
            interrupts.setHandler({});
            relay.connect(nullptr);
        }
    } const disconnect{relay, context.interrupts};
    context.interrupts.setHandler([&relay] { relay.interrupt(); });
    if (context.interrupts.pending()) relay.interrupt();

    server.start(); // answers 503 while the model is loaded
    std::string model;
    if (!arguments.model.load.model.empty()) model = relay.waitForLoad(*engine, arguments.model.load);
    if (!arguments.name.empty() && !model.empty()) model = arguments.name;
    const std::string url = urlOf(options, server.port());
    if (arguments.json)
        context.printer.object({{"ready", true}, {"url", url}, {"model", model}});
    else
        context.printer.line("ready " + url + (model.empty() ? "" : ' ' + model));
    relay.waitForInterrupt();
    server.stop();
    if (context.interrupts.mustEnd()) context.interrupts.clear(); // this is how it ends: no failure
    return kOk;
}

/// An option for a number of bytes below 2^48.
void addBytes(CLI::App &command, const char *name, std::size_t &target, const char *help)
{
    const auto read = [&target, name](const std::string &given) {
        const auto value = parseNumber<std::uint64_t>(given);
        if (!value || *value >> 48U)
            throw CLI::ValidationError(name, "expected a number of bytes, found \"" + given + '"');
        target = std::size_t(*value);
    };
    command.add_option_function<std::string>(name, read, help)
        ->type_name("N")
        ->default_str(std::to_string(target));
}

} // namespace

void addServe(CLI::App &app, Command &chosen)
{
    const auto arguments = std::make_shared<Arguments>(); // shared by the option parsers and the command
    CLI::App &command = *app.add_subcommand("serve", kHelp);
    command.footer(kExamples);
    server::ServerOptions &options = arguments->server;
    const auto text = [&command](const char *name, std::string &target, const char *help, const char *type) {
        return command.add_option(name, target, help)->type_name(type);
    };
    text("--model,MODEL", arguments->model.load.model,
         "a model file, the folder of one, or demo; none: requests load one", "MODEL");
    addModelArguments(command, arguments->model, false);
    text("--name", arguments->name, "how requests call the model; else by its own name", "NAME");
    addInteger(command, "--port", arguments->port, 0, 65535, "where to listen; 0 takes any free one");
    text("--address", options.address, "where to listen; anything but loopback needs a key", "IP")
        ->default_str(options.address);
    CLI::Option *key = text("--api-key", options.apiKey, "the key that requests must have", "KEY");
    text("--api-key-file", arguments->keyFile,
         "the same, from a file; made with a new key where there is none", "FILE")
        ->excludes(key);
    addTexts(command, "--host", options.hosts, "NAME", "allow this name in Host besides the loopback's");
    addTexts(command, "--origin", options.origins, "URL", "allow this web page to call");
    addFolder(command, "--models-dir", options.modelsFolder, "requests may load the models beneath it");
    addFolder(command, "--states-dir", options.statesFolder,
              "requests may load and save the states beneath it");
    addFolder(command, "--adapters-dir", options.adaptersFolder, "requests may use the adapters beneath it");
    addInteger(command, "--rows", arguments->model.load.slots, 0, 65536,
               "sequences that run at once; 0: chosen from the model's state size");
    addInteger(command, "--queue", arguments->queue, 0, 65536,
               "generations that may wait besides; more are told to come again");
    addBytes(command, "--cache-bytes", arguments->model.engine.cacheBytes,
             "memory for prompts that are known already");
    addBytes(command, "--body-bytes", options.bodyBytes, "the largest request; more is told 413");
    addBytes(command, "--state-bytes", options.stateBytes, "memory for the states that requests keep");
    command.add_flag("--metrics", options.metrics, "serve counters for Prometheus at /metrics");
    addJson(command, arguments->json);
    command.callback([arguments, &chosen] {
        if (arguments->model.load.model.empty() && arguments->server.modelsFolder.empty())
            throw CLI::ValidationError("--model", "expected a model, or --models-dir to load one from");
        chosen = [arguments](Context &context) { return runServe(*arguments, context); };
    });
}

} // namespace cli
