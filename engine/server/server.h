#pragma once

#include "engine/engine.h"
#include "engine/server/activity.h"
#include "engine/server/options.h"

#include <memory>
#include <string>
#include <vector>

namespace server
{

/// The local endpoint: OpenAI's and RWKV-Infer's HTTP interface to an engine. One thread serves all clients
/// and waits for none. It knows the loaded model from the engine's events, whoever loads it. Thread-safe, but
/// for the destructor.
class Server final
{
public:
    /// Checks the options. Throws engine::Error(BadRequest). `engine` must outlive the server.
    Server(ServerOptions options, engine::Engine &engine);
    /// Ends it at once.
    ~Server();
    Server(const Server &) = delete;
    Server &operator=(const Server &) = delete;

    /// Takes every event of the engine; to be called from its sink, before start() too. Never waits.
    void handle(const engine::Event &event);
    /// How models that others load are called; empty: by their own name. Before start().
    void setModelName(std::string name);

    /// Listens and serves. Throws engine::Error(CannotWrite) if the address or port cannot be had.
    void start();
    /// The port that is listened on.
    int port() const;
    /// Takes no more requests, lets running answers end for ServerOptions::drainTime, then cuts them. Waits.
    void stop();
    /// Changes how long stop() waits for running answers, also while it does.
    void drainFor(std::chrono::milliseconds time);

    /// What is being answered, the oldest first.
    std::vector<LiveRequest> liveRequests() const;
    /// What was answered, with ids above `last`, the oldest first; at most Activity::kCapacity.
    std::vector<LoggedRequest> loggedAfter(std::uint64_t last) const;
    /// Cancels what works on a request; its client is told. Ids that are over do nothing. Never waits.
    void cancel(std::uint64_t request);

private:
    class Core;
    std::unique_ptr<Core> m_core;
};

/// Where `port` of `address` is taken: a free one behind it; else, and where there is none nearby, 0.
int freePortAfter(const std::string &address, int port);

/// A new random key of 256 bits, in 64 hexadecimal digits.
std::string makeApiKey();

} // namespace server
