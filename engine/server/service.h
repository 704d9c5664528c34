#pragma once

#include "engine/engine.h"
#include "engine/server/activity.h"
#include "engine/server/exchange.h"
#include "engine/server/jobs.h"
#include "engine/server/library.h"
#include "engine/server/options.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace server
{

/// Numbers for /metrics; they only grow, but for those that say "now".
struct Counters {
    std::map<int, std::uint64_t> repliesByStatus;
    std::uint64_t promptTokens = 0, cachedTokens = 0, generatedTokens = 0;
    std::uint64_t clientsGone = 0, refusedForQueue = 0;
    int connectionsNow = 0;
};

/// What handlers work with. Thread: the server's.
struct Service {
    const ServerOptions &options;
    engine::Engine &engine;
    int port = 0;
    Jobs jobs;
    Library library;
    Counters counters;
    Activity activity;
    int generationsNow = 0; ///< running or waiting in the engine
    /// The generations of answers by mixes that run, by the answers' ids, none without one: their
    /// gates can be moved.
    std::map<std::string, std::vector<engine::JobId>> mixes = {};
    bool isDraining = false;

    /// Throws ApiError 429 where the queue is full, 503 where the server ends.
    void admit();
    /// What a failed command means to a client, without folders of this machine.
    ApiError problem(const engine::Error &error) const;
};

/// Runs `work`; what it throws becomes the answer. For handlers of events.
template <class Work>
void guard(const ExchangePtr &exchange, Work work) noexcept
{
    try {
        try {
            work();
        } catch (const ApiError &error) {
            exchange->reply(error);
        } catch (const engine::Error &error) {
            exchange->reply(fromEngine(error));
        } catch (const std::exception &error) {
            exchange->reply(ApiError(500, "server_error", "", error.what()));
        }
    } catch (...) { // no memory even for the message
        exchange->gone();
    }
}

/// Watches a job that ends in T: `done` answers then. Failed and Cancelled become errors.
template <class T, class Done>
void await(Service &service, engine::JobId job, const ExchangePtr &exchange, Done done)
{
    service.jobs.watch(job, [&service, exchange, done](const engine::Event &event) {
        guard(exchange, [&] {
            if (const auto *wanted = std::get_if<T>(&event))
                done(*wanted);
            else if (const auto *failed = std::get_if<engine::event::Failed>(&event))
                throw service.problem(failed->error);
            else if (isTerminal(event))
                throw unavailable("this was cancelled");
        });
    });
    exchange->onGone([&service, job] { service.engine.cancel(job); });
}

} // namespace server
