// GET /health, /healthcheck, /metrics and /openapi.json.
#include "engine/server/handlers.h"
#include "engine/server/openapi.h"
#include "engine/server/service.h"

namespace server
{
namespace
{

/// One metric in Prometheus' text format.
void add(std::string &text, const char *name, const char *type, const char *help, std::uint64_t value)
{
    text.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ").append(name).append(" ");
    text.append(type).append("\n").append(name).append(" ").append(std::to_string(value)).append("\n");
}

} // namespace

void health(Service &service, const ExchangePtr &exchange)
{
    if (service.isDraining) throw unavailable("the server ends");
    if (service.library.model()) return exchange->reply(OutJson{{"status", "ok"}});
    if (service.library.isLoading()) throw unavailable("the model is being loaded");
    exchange->reply(OutJson{{"status", "no model"}});
}

void healthCheck(Service &, const ExchangePtr &exchange)
{
    exchange->reply(OutJson{{"message", "ok"}, {"status_code", 200}});
}

void metrics(Service &service, const ExchangePtr &exchange)
{
    if (!service.options.metrics)
        throw ApiError(404, "invalid_request_error", "not_found",
                       "metrics are off; serve --metrics turns them on");
    const Counters &counters = service.counters;
    const engine::Snapshot now = service.engine.snapshot();
    Reply reply;
    reply.contentType = "text/plain; version=0.0.4; charset=utf-8";
    std::string &text = reply.body;
    text = "# HELP rookery_requests_total Requests answered, by status.\n# TYPE rookery_requests_total "
           "counter\n";
    for (const auto &[status, count] : counters.repliesByStatus)
        text += "rookery_requests_total{status=\"" + std::to_string(status) + "\"} " + std::to_string(count) +
                '\n';
    add(text, "rookery_prompt_tokens_total", "counter", "Prompt tokens of finished answers.",
        counters.promptTokens);
    add(text, "rookery_cached_tokens_total", "counter", "Prompt tokens that were known already.",
        counters.cachedTokens);
    add(text, "rookery_generated_tokens_total", "counter", "Tokens of finished answers.",
        counters.generatedTokens);
    add(text, "rookery_clients_gone_total", "counter", "Clients that left before their answer was complete.",
        counters.clientsGone);
    add(text, "rookery_queue_full_total", "counter", "Requests refused because too many waited.",
        counters.refusedForQueue);
    add(text, "rookery_connections", "gauge", "Connections now.", std::uint64_t(counters.connectionsNow));
    add(text, "rookery_generations", "gauge", "Generations that run or wait.",
        std::uint64_t(service.generationsNow));
    const Library::Kept kept = service.library.kept();
    add(text, "rookery_states", "gauge", "States that requests keep.", kept.states);
    add(text, "rookery_state_bytes", "gauge", "Memory of these states.", kept.bytes);
    add(text, "rookery_model_loaded", "gauge", "1 where a model is loaded.", now.loaded ? 1 : 0);
    add(text, "rookery_slots", "gauge", "Sequences that can run at once.", std::uint64_t(now.slots));
    add(text, "rookery_process_bytes", "gauge", "Resident memory of the process.", now.processBytes);
    exchange->reply(std::move(reply));
}

void openApi(Service &, const ExchangePtr &exchange) { exchange->reply(describeApi(routes())); }

} // namespace server
