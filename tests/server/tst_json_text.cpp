#include "engine/server/api_error.h"
#include "engine/server/json_text.h"
#include "engine/server/sse.h"

#include <QTest>

using namespace server;

class TestJsonText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void refusesWhatIsNoObject_data();
    void refusesWhatIsNoObject();
    void limitsNestingAndContainers();
    void ignoresBracketsInStrings();
    void encodesBase64_data();
    void encodesBase64();
    void tellsUtf8_data();
    void tellsUtf8();
    void writesHalfCharactersAsBytes();
    void writesEvents();
    void writesErrorsWithAllKeys();
};

void TestJsonText::refusesWhatIsNoObject_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char *text : {"", "{", "[]", "3", "null", "{\"a\":1}x", "{'a':1}", "{\"a\":01}",
                             "{\"a\":1e999}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\xff\"}", "]", "{\"a\":NaN}"})
        QTest::addRow("%s", text) << QByteArray(text);
}

void TestJsonText::refusesWhatIsNoObject()
{
    QFETCH(QByteArray, text);
    try {
        parseBody({text.constData(), std::size_t(text.size())});
        QFAIL("was read");
    } catch (const ApiError &error) {
        QCOMPARE(error.status, 400);
        QVERIFY(!error.message.empty());
    }
}

void TestJsonText::limitsNestingAndContainers()
{
    const auto nested = [](int depth) {
        return "{\"a\":" + std::string(std::size_t(depth), '[') + std::string(std::size_t(depth), ']') + '}';
    };
    QVERIFY(parseBody(nested(127)).contains("a"));
    QVERIFY_EXCEPTION_THROWN(parseBody(nested(128)), ApiError);
    QVERIFY_EXCEPTION_THROWN(parseBody(std::string(8 << 20, '[')), ApiError);
    std::string many = "{\"a\":[";
    for (int i = 0; i < 1 << 17; ++i)
        many += "[],";
    QVERIFY_EXCEPTION_THROWN(parseBody(many + "[]]}"), ApiError);
}

void TestJsonText::ignoresBracketsInStrings()
{
    const std::string text = "{\"a\":\"" + std::string(1000, '[') + "\\\"{\"}";
    QCOMPARE(parseBody(text)["a"].get<std::string>().size(), std::size_t(1002));
}

void TestJsonText::encodesBase64_data() // RFC 4648, section 10
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("0") << QByteArray("") << QByteArray("");
    QTest::newRow("1") << QByteArray("f") << QByteArray("Zg==");
    QTest::newRow("2") << QByteArray("fo") << QByteArray("Zm8=");
    QTest::newRow("3") << QByteArray("foo") << QByteArray("Zm9v");
    QTest::newRow("6") << QByteArray("foobar") << QByteArray("Zm9vYmFy");
    QTest::newRow("high") << QByteArray("\xff\xfe\xfd") << QByteArray("//79");
}

void TestJsonText::encodesBase64()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, text);
    QCOMPARE(QByteArray::fromStdString(base64(bytes.toStdString())), text);
}

void TestJsonText::tellsUtf8_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("valid");
    QTest::newRow("empty") << QByteArray("") << true;
    QTest::newRow("goose") << QByteArray("\xF0\x9F\xAA\xBF") << true;
    QTest::newRow("cut") << QByteArray("\xF0\x9F\xAA") << false;
    QTest::newRow("tail only") << QByteArray("\x80") << false;
    QTest::newRow("overlong 2") << QByteArray("\xC0\xAF") << false;
    QTest::newRow("overlong 3") << QByteArray("\xE0\x9F\x80") << false;
    QTest::newRow("surrogate") << QByteArray("\xED\xA0\x80") << false;
    QTest::newRow("above 10FFFF") << QByteArray("\xF4\x90\x80\x80") << false;
    QTest::newRow("last") << QByteArray("\xF4\x8F\xBF\xBF") << true;
}

void TestJsonText::tellsUtf8()
{
    QFETCH(QByteArray, bytes);
    QTEST(isUtf8(bytes.toStdString()), "valid");
}

void TestJsonText::writesHalfCharactersAsBytes()
{
    QCOMPARE(tokenText(" goose"), std::string(" goose"));
    QCOMPARE(tokenText("\xE4\xBD"), std::string("bytes:\\xe4\\xbd"));
}

void TestJsonText::writesEvents()
{
    QCOMPARE(sseEvent({{"a", "x\ny"}}), std::string("data: {\"a\":\"x\\ny\"}\n\n"));
    QCOMPARE(sseEvent({{"a", 1}}, "response.created"),
             std::string("event: response.created\ndata: {\"a\":1}\n\n"));
}

void TestJsonText::writesErrorsWithAllKeys()
{
    const OutJson error = toJson(badRequest("n", "n: wrong"))["error"];
    QCOMPARE(error["message"].get<std::string>(), std::string("n: wrong"));
    QCOMPARE(error["param"].get<std::string>(), std::string("n"));
    QCOMPARE(error["type"].get<std::string>(), std::string("invalid_request_error"));
    QVERIFY(error["code"].is_null());
    QCOMPARE(error.size(), std::size_t(4));
}

QTEST_APPLESS_MAIN(TestJsonText)
#include "tst_json_text.moc"
