#include "engine/server/api_error.h"
#include "engine/server/handlers.h"
#include "engine/server/openapi.h"
#include "engine/server/router.h"

#include <QTest>

#include <array>
#include <set>

using namespace server;

class TestRouter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsRoutes_data();
    void findsRoutes();
    void saysWhichMethodsThereAre();
    void opensOnlyWhatTellsNothing();
    void describesEveryRoute();
    void decodesPaths_data();
    void decodesPaths();
    void writesHeads();
};

void TestRouter::findsRoutes_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("route"); // or the status
    QTest::addColumn<QByteArray>("argument");
    const auto row = [](const char *method, const char *path, const char *route, const char *argument = "") {
        QTest::addRow("%s %s", method, path)
            << QByteArray(method) << QByteArray(path) << QByteArray(route) << QByteArray(argument);
    };
    row("GET", "/v1/models", "/v1/models");
    row("HEAD", "/v1/models", "/v1/models");
    row("GET", "/v1/models/a%20b", "/v1/models/{id}", "a b");
    row("GET", "/v1/models/a%2Fb", "/v1/models/{id}", "a/b");
    row("POST", "/v1/states/x/fork", "/v1/states/{id}/fork", "x");
    row("DELETE", "/v1/states/x", "/v1/states/{id}", "x");
    row("GET", "/v1/models/", "404");
    row("GET", "/v1/models/a/b", "404");
    row("GET", "/v1/Models", "404");
    row("GET", "/", "404");
    row("GET", "", "404");
    row("POST", "/v1/states//fork", "404");
    row("GET", "/v1/models/%00", "400");
    row("GET", "/v1/models/%4", "400");
    row("POST", "/v1/models", "405");
    row("get", "/v1/models", "405");
    row("HEAD", "/v1/completions", "405");
}

void TestRouter::findsRoutes()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, path);
    std::string found, argument;
    try {
        found = findRoute(routes(), method.toStdString(), path.toStdString(), argument).path;
    } catch (const ApiError &error) {
        found = std::to_string(error.status);
        argument.clear();
    }
    QTEST(QByteArray::fromStdString(found), "route");
    QTEST(QByteArray::fromStdString(argument), "argument");
}

void TestRouter::saysWhichMethodsThereAre()
{
    std::string argument;
    try {
        findRoute(routes(), "PUT", "/v1/states", argument);
        QFAIL("found");
    } catch (const ApiError &error) {
        QCOMPARE(error.allow, std::string("GET, POST"));
    }
}

void TestRouter::opensOnlyWhatTellsNothing()
{
    std::set<std::string> open;
    for (const Route &route : routes())
        if (route.isOpen) open.insert(route.path);
    QCOMPARE(open, (std::set<std::string>{"/health", "/healthcheck", "/metrics"}));
    QVERIFY(isOpenPath(routes(), "/health"));
    QVERIFY(!isOpenPath(routes(), "/v1/models"));
}

void TestRouter::describesEveryRoute()
{
    const OutJson api = describeApi(routes());
    std::size_t operations = 0;
    std::set<std::string> ids;
    for (const auto &[path, methods] : api["paths"].items())
        for (const auto &[method, operation] : methods.items()) {
            ++operations;
            ids.insert(operation["operationId"].get<std::string>());
        }
    QCOMPARE(operations, routes().size());
    QCOMPARE(ids.size(), routes().size());
    for (const Route &route : routes()) {
        QVERIFY(route.summary && *route.summary);
        QCOMPARE(std::string(route.method) == "POST", route.body != nullptr);
    }
    const std::array bad = {Route{"POST", "/x", chat, "x", "NoSuchSchema"}};
    QVERIFY_EXCEPTION_THROWN(describeApi(bad), engine::Error);
}

void TestRouter::decodesPaths_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("decoded"); // "!": refused
    QTest::newRow("plain") << QByteArray("abc+") << QByteArray("abc+");
    QTest::newRow("space") << QByteArray("a%20b") << QByteArray("a b");
    QTest::newRow("utf-8") << QByteArray("%e4%bD%A0") << QByteArray("\xE4\xBD\xA0");
    QTest::newRow("NUL") << QByteArray("%00") << QByteArray("!");
    QTest::newRow("short") << QByteArray("%a") << QByteArray("!");
    QTest::newRow("no digits") << QByteArray("%zz") << QByteArray("!");
}

void TestRouter::decodesPaths()
{
    QFETCH(QByteArray, text);
    std::string decoded;
    const bool valid = percentDecode(text.toStdString(), decoded);
    QTEST(valid ? QByteArray::fromStdString(decoded) : QByteArray("!"), "decoded");
}

void TestRouter::writesHeads()
{
    Reply reply;
    reply.status = 429;
    reply.headers = {{"Retry-After", "1"}};
    const std::string head = headOf(reply, 5, true, true, {});
    QVERIFY(head.starts_with("HTTP/1.1 429 Too Many Requests\r\n"));
    QVERIFY(head.ends_with("\r\n\r\n"));
    QVERIFY(head.find("Content-Length: 5\r\n") != std::string::npos);
    QVERIFY(head.find("Retry-After: 1\r\n") != std::string::npos);
    QVERIFY(head.find("Access-Control") == std::string::npos);
    QVERIFY(headOf(reply, -1, true, true, "https://a").find("Transfer-Encoding: chunked\r\n") !=
            std::string::npos);
    QCOMPARE(chunkOf("0123456789abcdefg"), std::string("11\r\n0123456789abcdefg\r\n"));
    QCOMPARE(chunkOf(""), std::string("0\r\n\r\n"));
}

QTEST_APPLESS_MAIN(TestRouter)
#include "tst_router.moc"
