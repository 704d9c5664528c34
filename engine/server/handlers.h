#pragma once

#include "engine/server/exchange.h"

namespace server
{

struct Service;

/// The body of a request as JSON. Throws ApiError 400 where it is none, or has a field that the schema of
/// this name (openapi_schemas.cpp) does not describe; null counts as absent. openapi.cpp
Json readBody(const Exchange &exchange, const char *schema);

// What the routes lead to (routes.cpp). All run on the server's thread and answer now or later; they may
// throw ApiError.

// models_api.cpp
void listModels(Service &service, const ExchangePtr &exchange);
void showModel(Service &service, const ExchangePtr &exchange);
void listModelsBare(Service &service, const ExchangePtr &exchange); ///< as RWKV-Infer does

// status_api.cpp
void health(Service &service, const ExchangePtr &exchange);
void healthCheck(Service &service, const ExchangePtr &exchange); ///< as RWKV-Infer does
void metrics(Service &service, const ExchangePtr &exchange);
void openApi(Service &service, const ExchangePtr &exchange);

// text_api.cpp
void tokenize(Service &service, const ExchangePtr &exchange);
void detokenize(Service &service, const ExchangePtr &exchange);
void embeddings(Service &service, const ExchangePtr &exchange);

// chat_api.cpp, completions_api.cpp, responses_api.cpp; the lenient ones take numbers in strings
void chat(Service &service, const ExchangePtr &exchange);
void completions(Service &service, const ExchangePtr &exchange);
void chatLenient(Service &service, const ExchangePtr &exchange);
void completionsLenient(Service &service, const ExchangePtr &exchange);
void responses(Service &service, const ExchangePtr &exchange);

// rwkv_infer_api.cpp
void loadModel(Service &service, const ExchangePtr &exchange);
void removeModel(Service &service, const ExchangePtr &exchange);
void loadState(Service &service, const ExchangePtr &exchange);
void loadMix(Service &service, const ExchangePtr &exchange);
void setGates(Service &service, const ExchangePtr &exchange);
void removeStates(Service &service, const ExchangePtr &exchange);

// states_api.cpp
void listStates(Service &service, const ExchangePtr &exchange);
void openState(Service &service, const ExchangePtr &exchange);
void forkState(Service &service, const ExchangePtr &exchange);
void saveState(Service &service, const ExchangePtr &exchange);
void deleteState(Service &service, const ExchangePtr &exchange);

} // namespace server
