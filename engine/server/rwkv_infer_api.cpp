// The interface of RWKV-Infer: loading of models, states and mixes by requests.
#include "engine/server/generate_fields.h"
#include "engine/server/handlers.h"
#include "engine/server/named_file.h"
#include "engine/server/service.h"
#include "engine/server/strategy_names.h"

#include <cmath>
#include <memory>
#include <optional>
#include <utility>

namespace server
{
namespace
{

namespace event = engine::event;

const OutJson kSuccess = {{"status", "success"}};

Defaults readDefaults(const Fields &fields)
{
    Defaults defaults;
    if (const auto value = fields.number("default_temperature", 0, 2)) defaults.temperature = float(*value);
    if (const auto value = fields.number("default_top_p", 0, 1)) defaults.topP = float(*value);
    return defaults;
}

/// "\\n\\n" as two line ends: \n, \r, \t, \" and \\ are understood, everything else stays as it is.
std::string unescape(const std::string &text)
{
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        static constexpr std::string_view kLetters = "nrt\"\\'", kMeanings = "\n\r\t\"\\'";
        const auto at =
            text[i] == '\\' && i + 1 < text.size() ? kLetters.find(text[i + 1]) : std::string_view::npos;
        if (at == std::string_view::npos) {
            result += text[i];
        } else {
            result += kMeanings[at];
            ++i;
        }
    }
    return result;
}

/// adapter_filename, adapter_mode and adapter_scaling. A scaling takes the place of alpha / rank, as there.
void readAdapter(const Service &service, const Fields &fields, engine::LoadSpec &spec)
{
    const std::string name = fields.string("adapter_filename").value_or("");
    const std::string mode = fields.string("adapter_mode").value_or("");
    const auto scale = fields.number("adapter_scaling", -1000, 1000);
    if (name.empty()) return;
    for (const char *known : {"", "lora", "dora", "bone", "hybrid", "pissa"}) {
        if (mode != known) continue;
        engine::AdapterUse use;
        use.path = findBeneath(service.options.adaptersFolder, name, "adapter_filename", true);
        if (scale) use.scale = float(*scale);
        spec.adapters.push_back(std::move(use));
        return;
    }
    throw badRequest("adapter_mode",
                     "adapter_mode: expected lora, dora, bone, pissa or hybrid, found \"" + mode + '"');
}

/// The states of a mix, opened one after the other.
struct MixLoad {
    std::string name;
    std::vector<std::string> paths;
    NamedState state;
};

void openNext(Service &service, const ExchangePtr &exchange, const std::shared_ptr<MixLoad> &load)
{
    if (load->state.voices.size() == load->paths.size()) {
        service.library.add(load->name, std::move(load->state));
        return exchange->reply(kSuccess);
    }
    const auto job = service.engine.openState(engine::OpenStateSpec(load->paths[load->state.voices.size()]));
    service.jobs.watch(job, [&service, exchange, load](const engine::Event &event) {
        guard(exchange, [&] {
            if (const auto *failed = std::get_if<event::Failed>(&event)) throw service.problem(failed->error);
            if (std::holds_alternative<event::Cancelled>(event)) throw unavailable("this was cancelled");
            const auto *opened = std::get_if<event::StateOpened>(&event);
            if (!opened) return;
            load->state.voices.push_back(std::make_shared<HeldState>(service.engine, opened->state));
            load->state.tokens = opened->tokens;
            openNext(service, exchange, load);
        });
    });
}

void startLoad(Service &service, const ExchangePtr &exchange, std::shared_ptr<MixLoad> load)
{
    if (!service.library.model()) service.library.find(""); // 404, or 503 while one is loaded
    service.library.checkRoom(load->name, load->paths.size());
    openNext(service, exchange, load);
}

/// One gate for each voice and the original, each finite, with a sum that is not 0.
void checkGates(const std::vector<float> &gates, std::size_t rows, const std::string &param)
{
    if (gates.size() != rows)
        throw badRequest(param, param + ": expected " + std::to_string(rows) + " gates, found " +
                                    std::to_string(gates.size()));
    double sum = 0;
    for (const float gate : gates)
        sum += double(gate);
    if (std::fabs(sum) < 1e-6) throw badRequest(param, param + ": the sum of the gates is 0");
}

/// What became of the gates of an answer, which may be several generations.
struct GatesTold {
    std::size_t left = 0;     ///< generations that have not told yet
    std::optional<int> token; ///< of the first one that took them: from there on they count
    std::optional<engine::Error> problem;
};

/// One that took the gates is enough: the others have ended.
void answerGates(Service &service, Exchange &exchange, const GatesTold &told)
{
    if (!told.token && told.problem) throw service.problem(*told.problem);
    if (!told.token) throw unavailable("this was cancelled");
    OutJson body = kSuccess;
    body["token"] = *told.token;
    exchange.reply(body);
}

/// Moves the gates of an answer that is being written, from its next token on.
void moveGates(Service &service, const ExchangePtr &exchange, const Fields &fields)
{
    const std::string id = fields.requiredString("request");
    const auto gates = fields.numbers("state_gatingweight", 64);
    if (!gates) throw badRequest("state_gatingweight", "state_gatingweight: expected gates, found none");
    const auto found = service.mixes.find(id);
    if (found == service.mixes.end())
        throw ApiError(404, "invalid_request_error", "request_not_found",
                       "no answer \"" + id + "\" by a mix is being written", "request");
    const auto told = std::make_shared<GatesTold>();
    told->left = found->second.size();
    for (const engine::JobId job : found->second)
        service.jobs.watch(
            service.engine.setGates(job, *gates), [&service, exchange, told](const engine::Event &event) {
                if (const auto *set = std::get_if<event::GatesSet>(&event); set && !told->token)
                    told->token = set->token;
                if (const auto *failed = std::get_if<event::Failed>(&event)) told->problem = failed->error;
                if (isTerminal(event) && --told->left == 0)
                    guard(exchange, [&] { answerGates(service, *exchange, *told); });
            });
}

} // namespace

void loadModel(Service &service, const ExchangePtr &exchange)
{
    const Json body = parseBody(exchange->request().body);
    const Fields fields(body, {}, true);
    engine::LoadSpec spec;
    const std::string file = fields.requiredString("model_filename");
    spec.model =
        file == "demo" ? file : findBeneath(service.options.modelsFolder, file, "model_filename", true);
    spec.strategy = strategyOf(fields.string("model_strategy").value_or(""), service.options.strategy);
    spec.slots = service.options.rows;
    readAdapter(service, fields, spec);
    if (service.library.isLoading()) throw unavailable("another model is being loaded");

    Library::LoadWish wish;
    wish.name = fields.string("model_viewname").value_or("");
    checkStateName("model_viewname", wish.name);
    wish.defaults = readDefaults(fields);
    wish.stop = unescape(fields.string("endtoken").value_or(""));
    wish.job = service.engine.load(std::move(spec));
    service.library.wish(wish);
    service.jobs.watch(wish.job, [&service, exchange](const engine::Event &event) {
        guard(exchange, [&] {
            if (const auto *failed = std::get_if<event::Failed>(&event)) throw service.problem(failed->error);
            if (std::holds_alternative<event::Cancelled>(event)) throw unavailable("the load was cancelled");
            if (std::holds_alternative<event::ModelLoaded>(event)) exchange->reply(kSuccess);
        });
    }); // a client that leaves does not stop a load: others may wait for the model
}

void removeModel(Service &service, const ExchangePtr &exchange)
{
    await<event::ModelUnloaded>(service, service.engine.unload(), exchange,
                                [exchange](const event::ModelUnloaded &) { exchange->reply(kSuccess); });
    exchange->onGone({});
}

void loadState(Service &service, const ExchangePtr &exchange)
{
    const Json body = parseBody(exchange->request().body);
    const Fields fields(body, {}, true);
    const auto load = std::make_shared<MixLoad>();
    load->name = fields.requiredString("state_viewname");
    checkStateName("state_viewname", load->name);
    load->paths = {
        findBeneath(service.options.statesFolder, fields.requiredString("state_filename"), "state_filename")};
    load->state.defaults = readDefaults(fields);
    startLoad(service, exchange, load);
}

void loadMix(Service &service, const ExchangePtr &exchange)
{
    const Json body = parseBody(exchange->request().body);
    const Fields fields(body, {}, true);
    const auto load = std::make_shared<MixLoad>();
    load->name = fields.requiredString("state_viewname");
    checkStateName("state_viewname", load->name);
    const Json *files = fields.array("state_filenames");
    constexpr auto kMost = std::size_t(engine::MixSpec::kMostVoices);
    if (!files || files->empty() || files->size() > kMost)
        throw badRequest("state_filenames",
                         "state_filenames: expected 1 to " + std::to_string(kMost) + " files");
    for (const Json &file : *files) {
        if (!file.is_string()) throwType("state_filenames", "a list of names", file);
        load->paths.push_back(
            findBeneath(service.options.statesFolder, file.get<std::string>(), "state_filenames"));
    }
    NamedState &mix = load->state;
    mix.isMix = true;
    mix.hasOriginal = fields.boolean("contain_originalstate").value_or(false);
    mix.defaults = readDefaults(fields);
    const std::size_t rows = load->paths.size() + (mix.hasOriginal ? 1 : 0);
    mix.gates =
        fields.numbers("state_gatingweight", 64).value_or(std::vector<float>(rows, 1.0F / float(rows)));
    checkGates(mix.gates, rows, "state_gatingweight");
    startLoad(service, exchange, load);
}

void setGates(Service &service, const ExchangePtr &exchange)
{
    const Json body = parseBody(exchange->request().body);
    const Fields fields(body, {}, true);
    if (fields.has("request")) return moveGates(service, exchange, fields);
    std::string name = fields.requiredString("state_viewname");
    NamedState *state = service.library.state(name);
    if (!state && service.library.model() && name.starts_with(service.library.model()->name + ' '))
        state = service.library.state(name.substr(service.library.model()->name.size() + 1));
    if (!state)
        throw ApiError(404, "invalid_request_error", "state_not_found", "there is no state \"" + name + '"',
                       "state_viewname");
    if (!state->isMix) throw badRequest("state_viewname", "state_viewname: this state is no mix");
    const Defaults defaults = readDefaults(fields);
    if (const auto gates = fields.numbers("state_gatingweight", 64)) {
        checkGates(*gates, state->rows(), "state_gatingweight");
        state->gates = *gates;
    }
    if (defaults.temperature) state->defaults.temperature = defaults.temperature;
    if (defaults.topP) state->defaults.topP = defaults.topP;
    exchange->reply(kSuccess);
}

void removeStates(Service &service, const ExchangePtr &exchange)
{
    service.library.removeAll();
    exchange->reply(kSuccess);
}

} // namespace server
