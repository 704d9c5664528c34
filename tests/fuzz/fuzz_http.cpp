// A client's bytes, from the connection to the engine's commands and back, over a pair of sockets and a fake
// engine. The first byte says what follows: 0: the bytes of a connection; else the body of a request to one
// of the routes. Every answer must be one, and none may be our fault.

#include "engine/server/connection.h"
#include "engine/server/router.h"
#include "engine/server/service.h"
#include "support/fake_engine.h"

#include <boost/asio/io_context.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <deque>

namespace engine
{

void log(int, const std::string &, const std::string &) {}
const char *version() { return "0"; }
std::unique_ptr<Engine> makeEngine(EngineOptions, Engine::EventSink) { return nullptr; }

} // namespace engine

namespace
{

constexpr int kPort = 8080;

void require(bool holds)
{
    if (!holds) std::abort();
}

/// What every command must be, whatever a client sent.
void check(const engine::GenerateSpec &spec)
{
    const engine::SamplingParams &sampling = spec.sampling;
    require(sampling.temperature >= 0 && sampling.temperature <= 2);
    require(sampling.topP >= 0 && sampling.topP <= 1 && sampling.topK >= 0);
    require(spec.maxTokens >= 0 && spec.maxTokens <= 1 << 24 && spec.stopStrings.size() <= 16);
    require(spec.topLogprobs >= -1 && spec.topLogprobs <= 20);
    for (const auto &[token, bias] : sampling.logitBias)
        require(token >= 0 && std::fabs(bias) <= 100);
    for (const engine::Voice &voice : spec.mix.voices)
        require(std::isfinite(voice.gate));
}

class World final : public server::Front
{
public:
    World()
        : m_engine([this](const engine::Event &event) { m_events.push_back(event); })
        , m_service{m_options, m_engine, kPort, {}, {}, {}, {}, 0, {}, false}
        , m_gate(m_options, kPort)
    {
        m_options.metrics = true;
        m_options.modelsFolder = m_options.statesFolder = m_options.adaptersFolder = "/usr";
        m_engine.load({});
        m_engine.finishLoad();
        deliver();
    }

    const server::ServerOptions &options() const override { return m_options; }
    const server::Gate &gate() const override { return m_gate; }
    bool isOpenPath(const std::string &path) const override
    {
        return server::isOpenPath(server::routes(), path);
    }
    void begun(server::Exchange &) override {}
    void answered(const server::Exchange &exchange) override
    {
        const int status = exchange.status();
        require(status == 499 || (status >= 200 && status < 500) || status == 503 || status == 505);
    }
    bool isDraining() const override { return false; }
    void serve(const server::ExchangePtr &exchange) override
    {
        server::guard(exchange, [&] {
            const server::HttpRequest &request = exchange->request();
            std::string argument;
            const auto &route = server::findRoute(server::routes(), request.method, request.path, argument);
            exchange->setArgument(std::move(argument));
            route.handler(m_service, exchange);
        });
    }

    /// Sends these bytes and leaves; what comes back.
    std::string exchange(const std::string &bytes)
    {
        int ends[2];
        require(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
        server::Connection::Socket socket(m_context);
        socket.assign(boost::asio::ip::tcp::v4(), ends[0]);
        const auto connection = std::make_shared<server::Connection>(std::move(socket), *this);
        connection->start();
        (void)!::send(ends[1], bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        for (int i = 0; i < 64 && (m_context.poll() > 0 || work()); ++i)
            m_context.restart();
        std::string answer(1U << 16, '\0');
        const auto got = ::recv(ends[1], answer.data(), answer.size(), MSG_DONTWAIT);
        answer.resize(got > 0 ? std::size_t(got) : 0);
        ::close(ends[1]);
        m_context.restart();
        m_context.poll();
        connection->close();
        m_context.restart();
        m_context.poll();
        return answer;
    }

private:
    /// Lets the engine do something; false where it has nothing to do.
    bool work()
    {
        bool worked = deliver();
        for (; m_checked < m_engine.requests.size(); ++m_checked)
            check(m_engine.requests[m_checked]);
        const auto commands = m_engine.commands;
        for (const auto &command : commands) {
            if (!m_engine.isOpen(command.job)) continue;
            if (command.name == "load") m_engine.finishLoad();
            if (command.name != "generate") continue;
            m_engine.start(command.job);
            m_engine.stream(command.job,
                            "A ```json\n{\"name\": \"f\", \"arguments\": {}}\n``` \xf0\x9f\x90\xa6");
            m_engine.finish(command.job);
            worked = true;
        }
        return deliver() || worked;
    }
    bool deliver()
    {
        const bool hasAny = !m_events.empty();
        for (const engine::Event &event : std::exchange(m_events, {})) {
            m_service.library.see(event);
            m_service.jobs.deliver(event);
        }
        return hasAny;
    }

    boost::asio::io_context m_context{1};
    server::ServerOptions m_options;
    std::deque<engine::Event> m_events;
    support::FakeEngine m_engine;
    server::Service m_service;
    server::Gate m_gate;
    std::size_t m_checked = 0;
};

std::string requestOf(const server::Route &route, const std::string &body)
{
    std::string path = route.path;
    if (const auto at = path.find("{id}"); at != std::string::npos) path.replace(at, 4, "x");
    std::string text = std::string(route.method) + ' ' + path + " HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n";
    if (route.body)
        text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    return text + "\r\n" + (route.body ? body : std::string());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size == 0) return 0;
    const std::string rest(reinterpret_cast<const char *>(data) + 1, size - 1);
    const auto routes = server::routes();
    const std::string bytes = data[0] == 0 ? rest : requestOf(routes[(data[0] - 1U) % routes.size()], rest);
    const std::string answer = World().exchange(bytes);
    require(answer.empty() || answer.starts_with("HTTP/1.1 "));
    return 0;
}
