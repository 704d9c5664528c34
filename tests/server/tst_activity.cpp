#include "engine/server/activity.h"
#include "engine/server/server.h"
#include "support/fake_engine.h"

#include <QTest>

#include <arpa/inet.h>
#include <memory>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace server;

namespace
{

/// A client of one request, in plain sockets.
class Client final
{
public:
    explicit Client(int port)
        : m_socket(::socket(AF_INET, SOCK_STREAM, 0))
        , m_port(port)
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(std::uint16_t(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        m_isConnected = ::connect(m_socket, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0;
    }
    ~Client() { ::close(m_socket); }
    Client(const Client &) = delete;
    Client &operator=(const Client &) = delete;

    void send(const std::string &method, const std::string &path, const std::string &body = {},
              const std::string &more = {})
    {
        const std::string text = method + ' ' + path +
                                 " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(m_port) +
                                 "\r\nConnection: close\r\n" +
                                 (body.empty() ? std::string()
                                               : "Content-Type: application/json\r\nContent-Length: " +
                                                     std::to_string(body.size()) + "\r\n") +
                                 more + "\r\n" + body;
        QCOMPARE(::send(m_socket, text.data(), text.size(), 0), ssize_t(text.size()));
    }

    std::string readAll()
    {
        std::string text;
        char part[4096];
        for (;;) {
            const ssize_t count = ::recv(m_socket, part, sizeof part, 0);
            if (count <= 0) return text;
            text.append(part, std::size_t(count));
        }
    }
    bool isConnected() const { return m_isConnected; }

private:
    int m_socket;
    int m_port;
    bool m_isConnected = false;
};

/// A server over an engine whose every event the test decides.
struct World {
    explicit World(const std::string &key = {})
    {
        ServerOptions options;
        options.port = 0;
        options.apiKey = key;
        options.drainTime = std::chrono::seconds(30);
        server = std::make_unique<Server>(options, engine);
        engine.models = {support::sampleModel("/models/small.pth")};
        engine::LoadSpec spec;
        spec.model = "/models/small.pth";
        engine.load(spec);
        engine.finishLoad();
        server->start();
    }

    std::unique_ptr<Server> server;
    support::FakeEngine engine{[this](const engine::Event &event) {
        if (server) server->handle(event);
    }};
};

} // namespace

class TestActivity : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsWhatIsAnswered();
    void keepsTheNewestEntries();
    void cutsLongTexts();
    void logsWhatIsServed();
    void logsWhatIsRefused();
    void cancelsARequest();
    void drainsShorterWhenTold();
    void offersTheNextPort();
};

void TestActivity::tellsWhatIsAnswered()
{
    Activity activity;
    const auto one = activity.begin("POST", "/v1/chat/completions", "127.0.0.1");
    const auto two = activity.begin("GET", "/v1/models", "::1");
    QVERIFY(one != 0 && two != one);
    activity.setModel(one, "small pirate");
    activity.addTokens(one, 3);
    activity.addTokens(one, 4);
    activity.addTokens(two + 1, 99); // nobody's
    auto live = activity.live();
    QCOMPARE(live.size(), std::size_t(2));
    QCOMPARE(live[0].id, one);
    QCOMPARE(live[0].model, std::string("small pirate"));
    QCOMPARE(live[0].tokens, 7LL);
    QCOMPARE(live[1].path, std::string("/v1/models"));
    QCOMPARE(live[1].client, std::string("::1"));
    activity.end(two, 200);
    activity.end(two, 500); // is over
    activity.end(one, 499);
    QVERIFY(activity.live().empty());
    const auto log = activity.loggedAfter(0);
    QCOMPARE(log.size(), std::size_t(2));
    QCOMPARE(log[0].path, std::string("/v1/models"));
    QCOMPARE(log[0].status, 200);
    QCOMPARE(log[1].status, 499);
    QCOMPARE(log[1].tokens, 7LL);
    QVERIFY(log[1].milliseconds >= log[0].milliseconds);
    QCOMPARE(log[1].id, log[0].id + 1);
    QCOMPARE(activity.loggedAfter(log[0].id).size(), std::size_t(1));
    QVERIFY(activity.loggedAfter(log[1].id).empty());
    QVERIFY(activity.loggedAfter(log[1].id + 5).empty());
}

void TestActivity::keepsTheNewestEntries()
{
    Activity activity;
    const std::size_t count = Activity::kCapacity + 7;
    for (std::size_t i = 0; i < count; ++i)
        activity.end(activity.begin("GET", '/' + std::to_string(i), ""), 200);
    const auto log = activity.loggedAfter(0);
    QCOMPARE(log.size(), Activity::kCapacity);
    QCOMPARE(log.front().path, std::string("/7"));
    QCOMPARE(log.back().id, std::uint64_t(count));
    QCOMPARE(activity.loggedAfter(count - 3).size(), std::size_t(3));
    QCOMPARE(activity.loggedAfter(2).size(), Activity::kCapacity); // what is gone is gone
}

void TestActivity::cutsLongTexts()
{
    Activity activity;
    const auto id = activity.begin("GET", std::string(199, 'a') + "é", "");
    activity.setModel(id, std::string(5000, 'm'));
    const auto live = activity.live();
    QCOMPARE(live[0].path, std::string(199, 'a'));
    QCOMPARE(live[0].model, std::string(200, 'm'));
}

void TestActivity::logsWhatIsServed()
{
    World world;
    Client client(world.server->port());
    QVERIFY(client.isConnected());
    client.send("GET", "/v1/models?secret=1");
    QVERIFY(client.readAll().find(world.engine.models.front().name) != std::string::npos);
    QTRY_COMPARE(world.server->loggedAfter(0).size(), std::size_t(1));
    const auto row = world.server->loggedAfter(0).front();
    QCOMPARE(row.method, std::string("GET"));
    QCOMPARE(row.path, std::string("/v1/models"));
    QCOMPARE(row.client, std::string("127.0.0.1"));
    QCOMPARE(row.status, 200);
    QCOMPARE(row.tokens, 0LL);
    QVERIFY(row.milliseconds >= 0 && row.milliseconds < 60'000);
    QVERIFY(world.server->liveRequests().empty());
}

void TestActivity::logsWhatIsRefused()
{
    World world("a-key-that-nobody-says");
    const int port = world.server->port();
    Client wrong(port);
    wrong.send("GET", "/v1/models", {}, "Authorization: Bearer not-this-one\r\n");
    QVERIFY(wrong.readAll().starts_with("HTTP/1.1 401"));
    Client stranger(port);
    stranger.send("GET", "/health", {}, "Origin: https://elsewhere.example\r\n");
    QVERIFY(stranger.readAll().starts_with("HTTP/1.1 403"));
    QTRY_COMPARE(world.server->loggedAfter(0).size(), std::size_t(2));
    const auto log = world.server->loggedAfter(0);
    QCOMPARE(log[0].status, 401);
    QCOMPARE(log[0].path, std::string("/v1/models"));
    QCOMPARE(log[1].status, 403);
    for (const LoggedRequest &row : log)
        for (const std::string &text : {row.method, row.path, row.model, row.client})
            QVERIFY(text.find("not-this-one") == std::string::npos);
}

void TestActivity::cancelsARequest()
{
    World world;
    Server &server = *world.server;
    Client client(server.port());
    client.send("POST", "/v1/completions", R"({"prompt": "a secret", "stream": true})");
    QTRY_COMPARE(server.liveRequests().size(), std::size_t(1));
    Client probe(server.port()); // answered behind it: the engine has the request now
    probe.send("GET", "/health");
    probe.readAll();
    QTRY_COMPARE(server.loggedAfter(0).size(), std::size_t(1));
    const engine::JobId job = world.engine.last("generate");
    QVERIFY(job != 0);
    world.engine.start(job);
    world.engine.stream(job, "twelve bytes", false, 4);
    QTRY_COMPARE(server.liveRequests().front().tokens, 3LL);
    const LiveRequest live = server.liveRequests().front();
    QCOMPARE(live.path, std::string("/v1/completions"));
    QCOMPARE(live.model, world.engine.models.front().name);
    QCOMPARE(live.client, std::string("127.0.0.1"));
    QVERIFY(live.seconds >= 0);

    server.cancel(live.id + 1); // nobody's
    server.cancel(live.id);
    const std::string answer = client.readAll();
    QVERIFY2(answer.find("cancelled") != std::string::npos, answer.c_str());
    QTRY_COMPARE(server.loggedAfter(0).size(), std::size_t(2));
    QVERIFY(server.liveRequests().empty());
    const LoggedRequest row = server.loggedAfter(0).back();
    QCOMPARE(row.tokens, 3LL);
    QCOMPARE(row.status, 200); // it had begun
    QVERIFY(!world.engine.cancelled.empty());
    QCOMPARE(world.engine.cancelled.front(), job);
    for (const std::string &text : {row.method, row.path, row.model, row.client})
        QVERIFY(text.find("secret") == std::string::npos);
}

void TestActivity::drainsShorterWhenTold()
{
    World world;
    Client client(world.server->port());
    client.send("POST", "/v1/completions", R"({"prompt": "it never ends"})");
    QTRY_COMPARE(world.server->liveRequests().size(), std::size_t(1));
    world.server->drainFor(std::chrono::milliseconds(50));
    const auto begun = std::chrono::steady_clock::now();
    world.server->stop(); // would wait for 30 s
    QVERIFY(std::chrono::steady_clock::now() - begun < std::chrono::seconds(10));
    const std::string answer = client.readAll(); // cut, which it is told
    QVERIFY2(answer.starts_with("HTTP/1.1 503 "), answer.c_str());
}

void TestActivity::offersTheNextPort()
{
    World world;
    const int port = world.server->port();
    const int next = freePortAfter("127.0.0.1", port);
    QVERIFY2(next > port || port > 65'500, qPrintable(QString::number(next)));
    QCOMPARE(freePortAfter("127.0.0.1", next), 0); // it is free itself
    QCOMPARE(freePortAfter("not an address", port), 0);
    ServerOptions options;
    options.port = std::uint16_t(port);
    Server second(options, world.engine);
    QVERIFY_EXCEPTION_THROWN(second.start(), engine::Error);
    QVERIFY(isLoopback("127.0.0.1") && isLoopback("::1") && !isLoopback("0.0.0.0"));
}

QTEST_APPLESS_MAIN(TestActivity)
#include "tst_activity.moc"
