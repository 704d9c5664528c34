#include "engine/server/gate.h"

#include <QTest>

using namespace server;

class TestGate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void checksHosts_data();
    void checksHosts();
    void answersToItsOwnAddress_data();
    void answersToItsOwnAddress();
    void checksOrigins_data();
    void checksOrigins();
    void checksKeys_data();
    void checksKeys();
    void takesEveryKey();
    void comparesSecrets();
    void checksContentTypes_data();
    void checksContentTypes();
};

namespace
{

HttpRequest request(const std::string &host = "127.0.0.1:8080")
{
    HttpRequest r;
    r.method = "GET";
    r.path = "/v1/models";
    r.host = host;
    return r;
}

/// 0: it passes.
int statusOf(const Gate &gate, const HttpRequest &r, bool isOpen = false)
{
    try {
        gate.check(r, isOpen);
        return 0;
    } catch (const ApiError &error) {
        return error.status;
    }
}

} // namespace

void TestGate::checksHosts_data()
{
    QTest::addColumn<QByteArray>("host");
    QTest::addColumn<int>("status");
    for (const char *host : {"127.0.0.1:8080", "localhost:8080", "LocalHost:8080", "[::1]:8080",
                             "rookery.lan:8080", "proxy.lan:9"})
        QTest::addRow("%s", host) << QByteArray(host) << 0;
    for (const char *host :
         {"", "127.0.0.1", "localhost", "127.0.0.1:80", "127.0.0.1:8080 ", "evil.example:8080",
          "127.0.0.2:8080", "localhost:8080.evil.example", "localhost.:8080", "0.0.0.0:8080", "::1:8080",
          "[::]:8080", "rookery.lan", "proxy.lan:8080", "a@localhost:8080"})
        QTest::addRow("not %s", host) << QByteArray(host) << 403;
}

void TestGate::checksHosts()
{
    QFETCH(QByteArray, host);
    ServerOptions options;
    options.hosts = {"Rookery.lan", "proxy.lan:9"};
    QTEST(statusOf(Gate(options, 8080), request(host.toStdString())), "status");
}

void TestGate::answersToItsOwnAddress_data()
{
    QTest::addColumn<QByteArray>("address");
    QTest::addColumn<QByteArray>("host");
    QTest::addColumn<int>("status");
    QTest::newRow("another loopback") << QByteArray("127.0.0.2") << QByteArray("127.0.0.2:8080") << 0;
    QTest::newRow("of the network") << QByteArray("192.0.2.7") << QByteArray("192.0.2.7:8080") << 0;
    QTest::newRow("IPv6") << QByteArray("FD00::7") << QByteArray("[fd00::7]:8080") << 0;
    QTest::newRow("a third loopback") << QByteArray("127.0.0.2") << QByteArray("127.0.0.3:8080") << 403;
    QTest::newRow("all") << QByteArray("0.0.0.0") << QByteArray("0.0.0.0:8080") << 403;
    QTest::newRow("all of IPv6") << QByteArray("::") << QByteArray("[::]:8080") << 403;
}

void TestGate::answersToItsOwnAddress()
{
    QFETCH(QByteArray, address);
    QFETCH(QByteArray, host);
    ServerOptions options;
    options.address = address.toStdString();
    QTEST(statusOf(Gate(options, 8080), request(host.toStdString())), "status");
}

void TestGate::checksOrigins_data()
{
    QTest::addColumn<QByteArray>("origin");
    QTest::addColumn<int>("status");
    QTest::newRow("none") << QByteArray("") << 0;
    QTest::newRow("listed") << QByteArray("https://chat.example") << 0;
    for (const char *origin : {"null", "file://", "https://chat.example.evil", "http://chat.example",
                               "https://CHAT.example", "http://127.0.0.1:8080"})
        QTest::addRow("%s", origin) << QByteArray(origin) << 403;
}

void TestGate::checksOrigins()
{
    QFETCH(QByteArray, origin);
    ServerOptions options;
    options.origins = {"https://chat.example"};
    const Gate gate(options, 8080);
    HttpRequest r = request();
    r.origin = origin.toStdString();
    QTEST(statusOf(gate, r), "status");
    QCOMPARE(gate.allowedOrigin(r).empty(), origin != "https://chat.example");
}

void TestGate::checksKeys_data()
{
    QTest::addColumn<QByteArray>("given");
    QTest::addColumn<int>("status");
    QTest::newRow("right") << QByteArray("Bearer abc") << 0;
    QTest::newRow("case of the scheme") << QByteArray("bearer abc") << 0;
    for (const char *given : {"", "Bearer", "Bearer ", "Bearer ab", "Bearer abcd", "Bearer abC", "Basic abc",
                              "abc", "Bearer  abc"})
        QTest::addRow("not %s", given) << QByteArray(given) << 401;
}

void TestGate::checksKeys()
{
    QFETCH(QByteArray, given);
    ServerOptions options;
    options.apiKey = "abc";
    const Gate gate(options, 8080);
    HttpRequest r = request();
    r.authorization = given.toStdString();
    QTEST(statusOf(gate, r), "status");
    QCOMPARE(statusOf(gate, r, true), 0); // a path that asks for no key
}

/// Each of several keys opens, whether or not there is a first one; a part of one or two in a row do not.
void TestGate::takesEveryKey()
{
    ServerOptions options;
    options.furtherKeys = {{"editor", "abc"}, {"phone", "xyz"}};
    for (const char *first : {"", "one"}) {
        options.apiKey = first;
        const Gate gate(options, 8080);
        HttpRequest r = request();
        for (const char *key : {"abc", "xyz"}) {
            r.authorization = std::string("Bearer ") + key;
            QCOMPARE(statusOf(gate, r), 0);
        }
        for (const char *key : {"", "ab", "abcxyz", "editor"}) {
            r.authorization = std::string("Bearer ") + key;
            QCOMPARE(statusOf(gate, r), 401);
        }
        r.authorization = "Bearer one";
        QCOMPARE(statusOf(gate, r), *first ? 0 : 401);
    }
}

void TestGate::comparesSecrets()
{
    const std::string full(kMostKeyBytes, 'x');
    QVERIFY(sameSecret(full, full));
    QVERIFY(!sameSecret(full, full.substr(1)));
    QVERIFY(!sameSecret(full + 'x', full + 'x')); // longer than it can compare
    QVERIFY(!sameSecret("a", std::string("a\0", 2)));
    std::string other = full;
    other.back() = 'y';
    QVERIFY(!sameSecret(full, other));
}

void TestGate::checksContentTypes_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<int>("status");
    for (const char *type :
         {"application/json", "Application/JSON", "application/json; charset=utf-8", "application/json ;x"})
        QTest::addRow("%s", type) << QByteArray(type) << 0;
    for (const char *type : {"", "text/plain", "application/jsonp", "text/plain; application/json",
                             "application/x-www-form-urlencoded"})
        QTest::addRow("not %s", type) << QByteArray(type) << 415;
}

void TestGate::checksContentTypes()
{
    QFETCH(QByteArray, type);
    HttpRequest r = request();
    r.method = "POST";
    r.hasBody = true;
    r.contentType = type.toStdString();
    const Gate gate(ServerOptions{}, 8080);
    QTEST(statusOf(gate, r), "status");
    r.contentEncoding = "gzip";
    QCOMPARE(statusOf(gate, r), 415);
}

QTEST_APPLESS_MAIN(TestGate)
#include "tst_gate.moc"
