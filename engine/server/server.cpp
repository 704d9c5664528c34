#include "engine/server/server.h"

#include "engine/server/connection.h"
#include "engine/server/named_file.h"
#include "engine/server/router.h"
#include "engine/server/service.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <atomic>
#include <deque>
#include <future>
#include <mutex>
#include <random>
#include <thread>
#include <unordered_map>
#include <utility>

namespace server
{
namespace
{

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr int kClientGone = 499;
constexpr int kMostTurnedAway = 64;

/// What a preflight asks for, if it is a list of names: the Origin is trusted, and clients send their own.
std::string allowedHeaders(const std::string &asked)
{
    const bool isList = std::all_of(asked.begin(), asked.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_' || c == ',' || c == ' ';
    });
    return !asked.empty() && isList ? asked : "Authorization, Content-Type";
}

} // namespace

class Server::Core final : public Front
{
public:
    Core(ServerOptions options, engine::Engine &engine)
        : m_options(std::move(options))
        , m_service{m_options, engine, 0, {}, {}, {}, {}, 0, {}, false}
    {
        m_service.library.limitBytes(m_options.stateBytes);
    }
    ~Core() override { finish(); }

    const ServerOptions &options() const override { return m_options; }
    const Gate &gate() const override { return *m_gate; }
    bool isOpenPath(const std::string &path) const override { return server::isOpenPath(routes(), path); }
    void serve(const ExchangePtr &exchange) override;
    void begun(Exchange &exchange) override;
    void answered(const Exchange &exchange) override;
    bool isDraining() const override { return m_service.isDraining; }

    void handle(const engine::Event &event);
    void start();
    void stop();
    void finish();
    int port() const { return m_service.port; }
    Library &library() { return m_service.library; }
    const Activity &activity() const { return m_service.activity; }
    void cancel(std::uint64_t request);
    void drainFor(std::chrono::milliseconds time);

private:
    void listen(const std::string &address, int port);
    void run();
    void accept(tcp::acceptor &acceptor);
    void accepted(tcp::socket socket);
    void makeRoom();
    void turnAway(tcp::socket socket);
    void deliver();
    void endWhenQuiet();

    const ServerOptions m_options;
    std::chrono::milliseconds m_drainTime = m_options.drainTime;         ///< server's thread
    std::unordered_map<std::uint64_t, std::weak_ptr<Exchange>> m_served; ///< server's thread
    Service m_service;
    std::optional<Gate> m_gate;

    std::mutex m_mutex;
    std::deque<engine::Event> m_events; // guarded by m_mutex

    asio::io_context m_context{1};
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> m_work;
    std::deque<tcp::acceptor> m_acceptors;
    std::deque<std::weak_ptr<Connection>> m_connections; ///< the oldest first
    asio::steady_timer m_quiet{m_context};
    int m_turnedAway = 0; ///< sockets that are still open
    std::chrono::steady_clock::time_point m_cutAt;
    bool m_areTold = false; ///< the answers that ran when time was up
    std::promise<void> m_drained;
    std::atomic<bool> m_started = false;
    std::thread m_thread;
};

void Service::admit()
{
    if (isDraining) throw unavailable("the server ends");
    const int slots = library.model() ? library.model()->slots : 0;
    if (generationsNow < slots + options.queue) return;
    ++counters.refusedForQueue;
    throw queueFull();
}

ApiError Service::problem(const engine::Error &error) const
{
    std::string message = error.message();
    for (const std::string *folder : {&options.modelsFolder, &options.statesFolder, &options.adaptersFolder})
        message = withoutPaths(std::move(message), *folder);
    return fromEngine({error.code(), std::move(message)});
}

// ---- Events of the engine
// -------------------------------------------------------------------------------------

void Server::Core::handle(const engine::Event &event)
{
    const std::lock_guard lock(m_mutex);
    m_events.push_back(event);
    if (m_events.size() == 1) asio::post(m_context, [this] { deliver(); });
}

void Server::Core::deliver()
{
    std::deque<engine::Event> events;
    {
        const std::lock_guard lock(m_mutex);
        events.swap(m_events);
    }
    for (const engine::Event &event : events) {
        m_service.library.see(event);
        m_service.jobs.deliver(event);
    }
}

// ---- Connections
// ----------------------------------------------------------------------------------------------

void Server::Core::listen(const std::string &address, int port)
{
    error_code error;
    const auto ip = asio::ip::make_address(address == "localhost" ? "127.0.0.1" : address, error);
    if (error)
        throw engine::Error(engine::ErrorCode::BadRequest,
                            "expected an IP address to listen on, found \"" + address + '"');
    tcp::acceptor acceptor(m_context);
    const tcp::endpoint endpoint(ip, static_cast<std::uint16_t>(port));
    acceptor.open(endpoint.protocol(), error);
    if (!error && ip.is_v6()) acceptor.set_option(asio::ip::v6_only(true), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error)
        throw engine::Error(engine::ErrorCode::CannotWrite, "cannot listen on port " + std::to_string(port) +
                                                                " of " + address + ": " + error.message());
    m_service.port = acceptor.local_endpoint().port();
    m_acceptors.push_back(std::move(acceptor));
}

void Server::Core::start()
{
    listen(m_options.address, m_options.port);
    if (m_options.address == "127.0.0.1" || m_options.address == "localhost") {
        try {
            listen("::1", m_service.port);
        } catch (const engine::Error &) { // a machine without IPv6, or the port is another's there
            engine::log(2, "server", "not listening on ::1");
        }
    }
    m_gate.emplace(m_options, m_service.port);
    m_work.emplace(m_context.get_executor());
    for (tcp::acceptor &acceptor : m_acceptors)
        accept(acceptor);
    m_started = true;
    m_thread = std::thread([this] { run(); });
}

void Server::Core::run()
{
    for (;;) {
        try {
            m_context.run();
            return;
        } catch (const std::exception &error) { // want of memory: that connection is lost, the others go on
            engine::log(4, "server", error.what());
        }
    }
}

void Server::Core::accept(tcp::acceptor &acceptor)
{
    acceptor.async_accept([this, &acceptor](error_code error, tcp::socket socket) {
        if (!acceptor.is_open() || error == asio::error::operation_aborted) return;
        if (!error) accepted(std::move(socket));
        if (error == asio::error::no_descriptors) makeRoom();
        accept(acceptor);
    });
}

void Server::Core::accepted(tcp::socket socket)
{
    std::erase_if(m_connections, [](const auto &connection) { return connection.expired(); });
    if (m_connections.size() >= std::size_t(m_options.connections)) makeRoom();
    if (m_connections.size() >= std::size_t(m_options.connections)) return turnAway(std::move(socket));
    const auto connection = std::make_shared<Connection>(std::move(socket), *this);
    m_connections.push_back(connection);
    m_service.counters.connectionsNow = int(m_connections.size());
    connection->start();
}

/// Ends the connection that matters least: of those with the least patience due the oldest. None of those
/// that are answered, or that wait between two requests.
void Server::Core::makeRoom()
{
    auto chosen = m_connections.end();
    auto least = Connection::Claim::Kept;
    for (auto it = m_connections.begin(); it != m_connections.end(); ++it) {
        const auto connection = it->lock();
        const auto claim = connection ? connection->claim() : Connection::Claim::None;
        if (claim >= least) continue;
        least = claim;
        chosen = it;
    }
    if (chosen == m_connections.end()) return;
    if (const auto connection = chosen->lock()) connection->close();
    m_connections.erase(chosen);
}

/// Tells a client to come again, without reading what it sends.
void Server::Core::turnAway(tcp::socket socket)
{
    Reply reply;
    reply.status = 503;
    reply.headers = {{"Retry-After", "1"}};
    reply.body = dump(toJson(unavailable("too many connections are open")));
    const auto length = static_cast<long long>(reply.body.size());
    const std::string bytes = headOf(reply, length, false, false, {}) + reply.body;
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(bytes), ignored); // fits into the buffer of a new socket
    socket.shutdown(tcp::socket::shutdown_send, ignored);
    ++m_service.counters.repliesByStatus[503];
    if (m_turnedAway >= kMostTurnedAway) return;
    ++m_turnedAway; // kept for a moment, since closing with unread bytes would take the answer away
    const auto kept = std::make_shared<tcp::socket>(std::move(socket));
    const auto timer = std::make_shared<asio::steady_timer>(m_context, std::chrono::milliseconds(500));
    timer->async_wait([this, kept, timer](error_code) {
        char scrap[4096];
        error_code end;
        kept->read_some(asio::buffer(scrap), end);
        --m_turnedAway;
    });
}

void Server::Core::serve(const ExchangePtr &exchange)
{
    m_served.emplace(exchange->id(), exchange);
    guard(exchange, [&] {
        const HttpRequest &request = exchange->request();
        std::string argument;
        if (request.method == "OPTIONS" && !m_gate->allowedOrigin(request).empty()) {
            Reply reply;
            reply.status = 204;
            reply.headers = {{"Access-Control-Allow-Methods", "GET, POST, DELETE"},
                             {"Access-Control-Allow-Headers", allowedHeaders(request.requestHeaders)},
                             {"Access-Control-Max-Age", "600"}};
            return exchange->reply(std::move(reply));
        }
        const Route &route = findRoute(routes(), request.method, request.path, argument);
        if (route.body && !route.bodyMayLack && !request.hasBody)
            throw ApiError(411, "invalid_request_error", "", "expected a body of JSON, found none");
        exchange->setArgument(std::move(argument));
        route.handler(m_service, exchange);
    });
}

void Server::Core::begun(Exchange &exchange)
{
    const HttpRequest &request = exchange.request();
    exchange.setId(m_service.activity.begin(request.method, request.path, request.client));
}

void Server::Core::answered(const Exchange &exchange)
{
    const HttpRequest &request = exchange.request();
    const int status = exchange.status();
    m_served.erase(exchange.id());
    m_service.activity.end(exchange.id(), status);
    if (status == kClientGone) ++m_service.counters.clientsGone;
    ++m_service.counters.repliesByStatus[status];
    engine::log(1, "server", request.method + ' ' + request.path + ' ' + std::to_string(status));
}

void Server::Core::cancel(std::uint64_t request)
{
    asio::post(m_context, [this, request] {
        const auto found = m_served.find(request);
        const ExchangePtr exchange = found == m_served.end() ? nullptr : found->second.lock();
        if (exchange) exchange->cancel();
    });
}

// ---- The end
// --------------------------------------------------------------------------------------------------

void Server::Core::stop()
{
    if (!m_started.exchange(false)) return;
    asio::post(m_context, [this] {
        m_service.isDraining = true;
        for (tcp::acceptor &acceptor : m_acceptors)
            acceptor.close();
        m_cutAt = std::chrono::steady_clock::now() + m_drainTime;
        endWhenQuiet();
    });
    m_drained.get_future().wait();
    finish();
}

void Server::Core::drainFor(std::chrono::milliseconds time)
{
    asio::post(m_context, [this, time] {
        m_drainTime = time;
        if (!m_areTold) m_cutAt = std::min(m_cutAt, std::chrono::steady_clock::now() + time);
    });
}

void Server::Core::endWhenQuiet()
{
    bool isQuiet = true;
    bool cut = std::chrono::steady_clock::now() >= m_cutAt;
    if (cut && !std::exchange(m_areTold, true)) {
        const auto served = m_served; // answers that end leave it
        for (const auto &each : served)
            if (const ExchangePtr exchange = each.second.lock())
                exchange->abort(unavailable("the server ends"));
        m_cutAt = std::chrono::steady_clock::now() + std::chrono::seconds(1); // for what is still to be sent
        cut = false;
    }
    for (const auto &weak : m_connections) {
        const auto connection = weak.lock();
        if (!connection) continue;
        if (cut)
            connection->close();
        else
            connection->closeIfIdle();
        isQuiet = isQuiet && !connection->isAnswering();
    }
    if (isQuiet || cut) return m_drained.set_value();
    m_quiet.expires_after(std::chrono::milliseconds(20));
    m_quiet.async_wait([this](error_code error) {
        if (!error) endWhenQuiet();
    });
}

void Server::Core::finish()
{
    m_work.reset();
    m_context.stop();
    if (m_thread.joinable()) m_thread.join();
    for (const auto &weak : m_connections)
        if (const auto connection = weak.lock()) connection->close();
    m_connections.clear();
}

// ---- The facade
// -----------------------------------------------------------------------------------------------

static void checkFurtherKeys(const std::vector<NamedKey> &keys)
{
    if (keys.size() > ServerOptions::kMostKeys)
        throw engine::Error(engine::ErrorCode::BadRequest,
                            "API keys: expected at most " + std::to_string(ServerOptions::kMostKeys) +
                                " further ones, found " + std::to_string(keys.size()));
    for (const NamedKey &key : keys)
        if (key.key.empty() || key.key.size() > kMostKeyBytes)
            throw engine::Error(engine::ErrorCode::BadRequest, "the API key of '" + key.name +
                                                                   "': expected 1 to 512 bytes, found " +
                                                                   std::to_string(key.key.size()));
}

Server::Server(ServerOptions options, engine::Engine &engine)
{
    if (options.apiKey.size() > kMostKeyBytes)
        throw engine::Error(engine::ErrorCode::BadRequest, "the API key is longer than 512 bytes");
    checkFurtherKeys(options.furtherKeys);
    if (!isLoopback(options.address) && options.apiKey.empty() && options.furtherKeys.empty())
        throw engine::Error(engine::ErrorCode::BadRequest,
                            "listening on " + options.address +
                                " lets other machines in: that needs an API key");
    m_core = std::make_unique<Core>(std::move(options), engine);
}

Server::~Server() = default;

void Server::handle(const engine::Event &event) { m_core->handle(event); }
void Server::setModelName(std::string name) { m_core->library().setName(std::move(name)); }
void Server::start() { m_core->start(); }
int Server::port() const { return m_core->port(); }
void Server::stop() { m_core->stop(); }
void Server::drainFor(std::chrono::milliseconds time) { m_core->drainFor(time); }
std::vector<LiveRequest> Server::liveRequests() const { return m_core->activity().live(); }
std::vector<LoggedRequest> Server::loggedAfter(std::uint64_t last) const
{
    return m_core->activity().loggedAfter(last);
}
void Server::cancel(std::uint64_t request) { m_core->cancel(request); }

int freePortAfter(const std::string &address, int port)
{
    constexpr int kTries = 100, kMostPort = 65535;
    error_code error;
    const auto ip = asio::ip::make_address(address == "localhost" ? "127.0.0.1" : address, error);
    if (error) return 0;
    asio::io_context context;
    const auto isFree = [&](int tried) {
        tcp::acceptor acceptor(context);
        const tcp::endpoint endpoint(ip, static_cast<std::uint16_t>(tried));
        acceptor.open(endpoint.protocol(), error);
        if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
        if (!error) acceptor.bind(endpoint, error);
        if (!error) acceptor.listen(1, error);
        return !error;
    };
    if (isFree(port) || error != asio::error::address_in_use) return 0;
    for (int tried = port + 1; tried <= std::min(port + kTries, kMostPort); ++tried)
        if (isFree(tried)) return tried;
    return 0;
}

std::string makeApiKey()
{
    std::random_device random; // getrandom(), or the processor's generator
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string key;
    while (key.size() < 64) {
        unsigned bits = random();
        for (int i = 0; i < 8; ++i, bits >>= 4)
            key += kDigits[bits & 15];
    }
    return key;
}

} // namespace server
