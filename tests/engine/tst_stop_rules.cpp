#include "engine/stop_rules.h"

#include <QtTest>

using engine::StopRules;

class TestStopRules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everySplitGivesTheSame_data();
    void everySplitGivesTheSame();
    void givesTextAsSoonAsItIsCertain();
    void dropsEverythingBehindTheMatch();
    void emptyStopsNeverMatch();
    void takesLongStops();
    void matchesBeginOnlyWhereTheyMay();
};

void TestStopRules::everySplitGivesTheSame_data()
{
    QTest::addColumn<QStringList>("stops");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("kept");
    QTest::addColumn<QString>("matched"); // empty: none
    const auto row = [](const char *name, const QStringList &stops, const char *text, const char *kept,
                        const char *matched) {
        QTest::newRow(name) << stops << QString::fromUtf8(text) << QString::fromUtf8(kept)
                            << QString::fromUtf8(matched);
    };
    const QStringList turn = {QStringLiteral("\n\nUser:"), QStringLiteral("\n\nSystem:")};
    row("no stops", {}, "a\n\nUser: b", "a\n\nUser: b", "");
    row("none there", turn, "a\n\nUsers b", "a\n\nUsers b", "");
    row("in the middle", turn, "hi.\n\nUser: b", "hi.", "\n\nUser:");
    row("the second", turn, "hi.\n\nSystem:", "hi.", "\n\nSystem:");
    row("at the start", turn, "\n\nUser:", "", "\n\nUser:");
    row("three line ends", turn, "a\n\n\nUser: b", "a\n", "\n\nUser:");
    row("beginning at the end", turn, "a\n\nUser", "a\n\nUser", "");
    row("beginning twice", turn, "a\n\nUs\n\nUser:", "a\n\nUs", "\n\nUser:");
    row("overlaps itself", {QStringLiteral("aab")}, "aaaab", "aa", "aab");
    row("the first complete wins", {QStringLiteral("bcde"), QStringLiteral("cd")}, "abcdef", "ab", "cd");
    row("the longer of two that end together", {QStringLiteral("cd"), QStringLiteral("bcd")}, "abcde", "a",
        "bcd");
    row("one begins another", {QStringLiteral("ab"), QStringLiteral("abc")}, "xabc", "x", "ab");
    row("many bytes a character", {QString::fromUtf8("\xE3\x80\x82\xE4\xBD\xA0")},
        "\xE4\xBD\xA0\xE3\x80\x82\xE4\xBD\xA0!", "\xE4\xBD\xA0", "\xE3\x80\x82\xE4\xBD\xA0");
}

void TestStopRules::everySplitGivesTheSame()
{
    QFETCH(QStringList, stops);
    QFETCH(QString, text);
    QFETCH(QString, kept);
    QFETCH(QString, matched);
    std::vector<std::string> list;
    for (const QString &stop : stops)
        list.push_back(stop.toStdString());
    const std::string all = text.toStdString();
    QVERIFY(all.size() <= 16);
    for (unsigned cuts = 0; cuts < 1U << (all.size() - 1); ++cuts) {
        StopRules rules(list);
        std::string out;
        std::size_t begin = 0;
        for (std::size_t i = 1; i <= all.size(); ++i) {
            if (i < all.size() && !(cuts >> (i - 1) & 1)) continue;
            out += rules.push(std::string_view(all).substr(begin, i - begin));
            begin = i;
        }
        out += rules.finish();
        if (QString::fromStdString(out) != kept || rules.matched().value_or("") != matched.toStdString())
            QFAIL(qPrintable(QStringLiteral("cuts %1: ").arg(cuts) + QString::fromStdString(out)));
    }
}

void TestStopRules::givesTextAsSoonAsItIsCertain()
{
    StopRules rules({"\n\nUser:"});
    QCOMPARE(rules.push("one\n"), std::string("one"));
    QCOMPARE(rules.push("two"), std::string("\ntwo"));
    QCOMPARE(rules.push("\n\nUse"), std::string());
    QCOMPARE(rules.push("d"), std::string("\n\nUsed"));
    QCOMPARE(rules.push("\n\n"), std::string());
    QCOMPARE(rules.finish(), std::string("\n\n"));
    QCOMPARE(rules.finish(), std::string());
}

void TestStopRules::dropsEverythingBehindTheMatch()
{
    StopRules rules({"stop"});
    QCOMPARE(rules.push("a stop b"), std::string("a "));
    QCOMPARE(rules.matched().value(), std::string("stop"));
    QCOMPARE(rules.push("more"), std::string());
    QCOMPARE(rules.finish(), std::string());
}

void TestStopRules::emptyStopsNeverMatch()
{
    StopRules rules({"", ""});
    QCOMPARE(rules.push("abc"), std::string("abc"));
    QVERIFY(!rules.matched());
}

void TestStopRules::takesLongStops()
{
    const std::string stop = std::string(1023, 'a') + 'b';
    StopRules rules({stop});
    std::string out;
    for (int i = 0; i < 2000; ++i)
        out += rules.push("a");
    QCOMPARE(out.size(), std::size_t(2000 - 1023));
    out += rules.push("b!");
    QVERIFY(rules.matched());
    QCOMPARE(out.size(), std::size_t(2000 - 1023));
}

void TestStopRules::matchesBeginOnlyWhereTheyMay()
{
    StopRules rules({"\n\n"});
    QCOMPARE(rules.push("\n\n", false), std::string("\n\n")); // not held back either
    QCOMPARE(rules.push("a\n", false), std::string("a\n"));
    QCOMPARE(rules.push("\nb", true), std::string("\nb"));
    QCOMPARE(rules.push("\n", true), std::string());
    QCOMPARE(rules.push("\nc", false), std::string());
    QCOMPARE(rules.matched().value(), std::string("\n\n"));
}

QTEST_APPLESS_MAIN(TestStopRules)
#include "tst_stop_rules.moc"
