// Rookery's own: states by name. A request keeps one with "save_state", starts from one with "state".
#include "engine/server/fields.h"
#include "engine/server/generate_fields.h"
#include "engine/server/handlers.h"
#include "engine/server/named_file.h"
#include "engine/server/service.h"

#include <utility>

namespace server
{
namespace
{

namespace event = engine::event;

OutJson stateObject(const std::string &name, const NamedState &state)
{
    OutJson object{{"id", name},
                   {"object", "state"},
                   {"created", state.created},
                   {"tokens", state.tokens},
                   {"voices", state.rows()}};
    if (state.isMix) object["gates"] = state.gates;
    return object;
}

NamedState &named(Service &service, const std::string &name)
{
    if (NamedState *state = service.library.state(name)) return *state;
    throw ApiError(404, "invalid_request_error", "state_not_found",
                   "there is no state \"" + name + "\"; GET /v1/states lists those that there are");
}

} // namespace

void listStates(Service &service, const ExchangePtr &exchange)
{
    OutJson list = OutJson::array();
    for (const auto &[name, state] : service.library.states())
        list.push_back(stateObject(name, state));
    exchange->reply(OutJson{{"object", "list"}, {"data", std::move(list)}});
}

void openState(Service &service, const ExchangePtr &exchange)
{
    const Json body = readBody(*exchange, "OpenStateRequest");
    const Fields fields(body);
    const std::string name = fields.requiredString("name");
    checkStateName("name", name);
    service.library.checkRoom(name, 1);
    const std::string path =
        findBeneath(service.options.statesFolder, fields.requiredString("filename"), "filename");
    const auto job = service.engine.openState(engine::OpenStateSpec(path));
    await<event::StateOpened>(service, job, exchange,
                              [&service, exchange, name](const event::StateOpened &opened) {
                                  NamedState state;
                                  state.voices = {std::make_shared<HeldState>(service.engine, opened.state)};
                                  state.tokens = opened.tokens;
                                  service.library.add(name, std::move(state));
                                  exchange->reply(stateObject(name, *service.library.state(name)));
                              });
}

void forkState(Service &service, const ExchangePtr &exchange)
{
    const Json body = readBody(*exchange, "ForkStateRequest");
    const std::string name = Fields(body).requiredString("name");
    checkStateName("name", name);
    NamedState copy = named(service, exchange->argument()); // states never change: both share one
    service.library.add(name, std::move(copy));
    exchange->reply(stateObject(name, named(service, name)));
}

void saveState(Service &service, const ExchangePtr &exchange)
{
    const Json body = readBody(*exchange, "SaveStateRequest");
    const Fields fields(body);
    const NamedState &state = named(service, exchange->argument());
    if (state.voices.size() != 1)
        throw badRequest({}, "a mix is several states; save those that it is made of");
    const std::string filename = fields.requiredString("filename");
    engine::SaveStateSpec spec;
    spec.path = placeBeneath(service.options.statesFolder, filename, "filename",
                             fields.boolean("overwrite").value_or(false));
    spec.state = state.voices.front()->id();
    spec.note = fields.string("note").value_or("");
    const auto held = state.voices.front(); // may not go before it is written
    await<event::StateSaved>(service, service.engine.saveState(std::move(spec)), exchange,
                             [exchange, filename, held](const event::StateSaved &saved) {
                                 exchange->reply(OutJson{{"object", "state.file"},
                                                         {"filename", filename},
                                                         {"bytes", saved.bytes},
                                                         {"tokens", saved.tokens}});
                             });
}

void deleteState(Service &service, const ExchangePtr &exchange)
{
    named(service, exchange->argument());
    service.library.remove(exchange->argument());
    exchange->reply(OutJson{{"id", exchange->argument()}, {"object", "state.deleted"}, {"deleted", true}});
}

} // namespace server
