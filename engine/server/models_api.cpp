// GET /v1/models, /v1/models/{id} and RWKV-Infer's /models.
#include "engine/server/handlers.h"
#include "engine/server/service.h"

namespace server
{
namespace
{

OutJson modelObject(const std::string &id, std::int64_t created)
{
    return {{"id", id}, {"object", "model"}, {"created", created}, {"owned_by", "rookery"}};
}

/// The model, then "<model> <state>" for each state.
std::vector<std::pair<std::string, std::int64_t>> modelIds(const Library &library)
{
    std::vector<std::pair<std::string, std::int64_t>> ids;
    if (!library.model()) return ids;
    const auto &model = *library.model();
    ids.emplace_back(model.name, model.created);
    for (const auto &[name, state] : library.states())
        ids.emplace_back(model.name + ' ' + name, state.created);
    return ids;
}

} // namespace

void listModels(Service &service, const ExchangePtr &exchange)
{
    OutJson list = OutJson::array();
    for (const auto &[id, created] : modelIds(service.library))
        list.push_back(modelObject(id, created));
    exchange->reply(OutJson{{"object", "list"}, {"data", std::move(list)}});
}

void showModel(Service &service, const ExchangePtr &exchange)
{
    for (const auto &[id, created] : modelIds(service.library))
        if (id == exchange->argument()) return exchange->reply(modelObject(id, created));
    throw modelNotFound(exchange->argument());
}

void listModelsBare(Service &service, const ExchangePtr &exchange)
{
    OutJson list = OutJson::array();
    for (const auto &[id, created] : modelIds(service.library))
        list.push_back({{"object", "models"}, {"id", id}});
    exchange->reply(list);
}

} // namespace server
