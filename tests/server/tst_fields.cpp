#include "engine/server/api_error.h"
#include "engine/server/fields.h"

#include <QTest>

using namespace server;

class TestFields : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsNumbers_data();
    void readsNumbers();
    void readsWholeNumbers_data();
    void readsWholeNumbers();
    void readsTruth();
    void takesNullAsAbsent();
    void namesTheField();
    void readsListsOfNumbersInStrings();
};

void TestFields::readsNumbers_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<bool>("lenient");
    QTest::addColumn<double>("value"); // NaN: refused
    QTest::newRow("number") << QByteArray("0.5") << false << 0.5;
    QTest::newRow("whole") << QByteArray("2") << false << 2.0;
    QTest::newRow("text") << QByteArray("\"0.5\"") << false << qQNaN();
    QTest::newRow("lenient text") << QByteArray("\"0.5\"") << true << 0.5;
    QTest::newRow("plus") << QByteArray("\"+1\"") << true << 1.0;
    QTest::newRow("comma") << QByteArray("\"0,5\"") << true << qQNaN();
    QTest::newRow("rest") << QByteArray("\"0.5x\"") << true << qQNaN();
    QTest::newRow("nan") << QByteArray("\"nan\"") << true << qQNaN();
    QTest::newRow("infinite") << QByteArray("\"inf\"") << true << qQNaN();
    QTest::newRow("empty") << QByteArray("\"\"") << true << qQNaN();
    QTest::newRow("above") << QByteArray("2.0001") << false << qQNaN();
    QTest::newRow("below") << QByteArray("-0.1") << false << qQNaN();
    QTest::newRow("truth") << QByteArray("true") << true << qQNaN();
}

void TestFields::readsNumbers()
{
    QFETCH(QByteArray, json);
    QFETCH(bool, lenient);
    QFETCH(double, value);
    const Json object = parseBody("{\"x\":" + json.toStdString() + '}');
    const Fields fields(object, {}, lenient);
    if (qIsNaN(value))
        QVERIFY_EXCEPTION_THROWN(fields.number("x", 0, 2), ApiError);
    else
        QCOMPARE(*fields.number("x", 0, 2), value);
}

void TestFields::readsWholeNumbers_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<bool>("lenient");
    QTest::addColumn<qint64>("value"); // -1: refused
    QTest::newRow("5") << QByteArray("5") << false << qint64(5);
    QTest::newRow("5.0") << QByteArray("5.0") << false << qint64(5);
    QTest::newRow("5.5") << QByteArray("5.5") << false << qint64(-1);
    QTest::newRow("text") << QByteArray("\"5\"") << false << qint64(-1);
    QTest::newRow("lenient") << QByteArray("\"5\"") << true << qint64(5);
    QTest::newRow("2^63") << QByteArray("9223372036854775808") << false << qint64(-1);
    QTest::newRow("2^64") << QByteArray("18446744073709551616") << false << qint64(-1);
    QTest::newRow("-2^63") << QByteArray("-9223372036854775808") << false << qint64(-1);
    QTest::newRow("101") << QByteArray("101") << false << qint64(-1);
}

void TestFields::readsWholeNumbers()
{
    QFETCH(QByteArray, json);
    QFETCH(bool, lenient);
    QFETCH(qint64, value);
    const Json object = parseBody("{\"x\":" + json.toStdString() + '}');
    const Fields fields(object, {}, lenient);
    if (value < 0)
        QVERIFY_EXCEPTION_THROWN(fields.integer("x", 0, 100), ApiError);
    else
        QCOMPARE(qint64(*fields.integer("x", 0, 100)), value);
}

void TestFields::readsTruth()
{
    const Json object = parseBody(R"({"a": true, "b": "True", "c": "False", "d": "maybe", "e": 1})");
    const Fields strict(object), lenient(object, {}, true);
    QVERIFY(*strict.boolean("a"));
    QVERIFY_EXCEPTION_THROWN(strict.boolean("b"), ApiError);
    QVERIFY(*lenient.boolean("b"));
    QVERIFY(!*lenient.boolean("c")); // RWKV-Infer takes any text that is not empty as true for weights
    QVERIFY_EXCEPTION_THROWN(lenient.boolean("d"), ApiError);
    QVERIFY_EXCEPTION_THROWN(lenient.boolean("e"), ApiError);
}

void TestFields::takesNullAsAbsent()
{
    const Json object = parseBody(R"({"a": null})");
    const Fields fields(object);
    QVERIFY(!fields.has("a"));
    QVERIFY(!fields.string("a"));
    QVERIFY(!fields.object("a"));
    QVERIFY_EXCEPTION_THROWN(fields.requiredString("a"), ApiError);
}

void TestFields::namesTheField()
{
    const Json object = parseBody(R"({"role": 5})");
    try {
        Fields(object, "messages[2]").string("role");
        QFAIL("was read");
    } catch (const ApiError &error) {
        QCOMPARE(error.param, std::string("messages[2].role"));
        QCOMPARE(error.message, std::string("messages[2].role: expected a string, found number"));
    }
}

void TestFields::readsListsOfNumbersInStrings()
{
    const Json object = parseBody(R"({"g": ["0.01", 0.3, "-2"], "bad": ["x"], "long": [1, 2, 3, 4]})");
    const Fields fields(object);
    QCOMPARE(*fields.numbers("g", 3), (std::vector<float>{0.01F, 0.3F, -2.0F}));
    QVERIFY_EXCEPTION_THROWN(fields.numbers("bad", 3), ApiError);
    QVERIFY_EXCEPTION_THROWN(fields.numbers("long", 3), ApiError);
}

QTEST_APPLESS_MAIN(TestFields)
#include "tst_fields.moc"
