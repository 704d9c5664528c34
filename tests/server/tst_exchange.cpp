#include "engine/server/exchange.h"

#include <QTest>

using namespace server;

class TestExchange : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void abortsStreams();
    void abortsWhatHasNotBegun();
    void abortsOnce();
};

namespace
{

class Client final : public Responder
{
public:
    void sendReply(Reply reply) override { replies.push_back(std::move(reply)); }
    void sendHead(Reply) override { ++heads; }
    void sendPart(std::string_view bytes) override { text += bytes; }
    void sendEnd() override { ++ends; }

    std::vector<Reply> replies;
    std::string text;
    int heads = 0, ends = 0;
};

} // namespace

void TestExchange::abortsStreams()
{
    const auto client = std::make_shared<Client>();
    Exchange exchange({}, client);
    int cancelled = 0;
    exchange.onGone([&] { ++cancelled; });
    exchange.beginStream();
    exchange.send("data: 1\n\n");
    exchange.abort(unavailable("the server ends"));
    const auto error = Json::parse(client->text.substr(client->text.find("{")));
    QVERIFY(client->text.starts_with("data: 1\n\ndata: {\"error\":{"));
    QVERIFY(client->text.ends_with("}}\n\n"));
    QCOMPARE(error["error"]["type"].get<std::string>(), std::string("service_unavailable"));
    QCOMPARE(client->ends, 1);
    QCOMPARE(cancelled, 1);
    QVERIFY(exchange.isOver());
}

void TestExchange::abortsWhatHasNotBegun()
{
    const auto client = std::make_shared<Client>();
    Exchange exchange({}, client);
    int cancelled = 0;
    exchange.onGone([&] { ++cancelled; });
    exchange.abort(unavailable("the server ends"));
    QCOMPARE(client->replies.size(), std::size_t(1));
    QCOMPARE(client->replies.front().status, 503);
    QCOMPARE(cancelled, 1);
}

void TestExchange::abortsOnce()
{
    const auto client = std::make_shared<Client>();
    Exchange exchange({}, client);
    exchange.reply(OutJson::object());
    exchange.abort(unavailable("the server ends"));
    QCOMPARE(client->replies.size(), std::size_t(1));
    QCOMPARE(client->replies.front().status, 200);
}

QTEST_APPLESS_MAIN(TestExchange)
#include "tst_exchange.moc"
