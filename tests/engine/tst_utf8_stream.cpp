#include "engine/files/printable.h"
#include "engine/tokenizers/utf8_stream.h"

#include <QtTest>

using engine::Utf8Stream;

class TestUtf8Stream : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everySplitGivesTheSame_data();
    void everySplitGivesTheSame();
    void holdsBackOnlyWhatIsUnfinished();
    void finishForgets();
    void printableIsSafe();
};

// Expected texts after the Unicode standard, §3.9 "U+FFFD Substitution of Maximal Subparts" (tables 3-8 to
// 3-11).
void TestUtf8Stream::everySplitGivesTheSame_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("text");
    const auto row = [](const char *name, const QByteArray &bytes, const QString &text) {
        QTest::newRow(name) << bytes << text;
    };
    const QString bad = QString(QChar(0xFFFD));
    row("ascii", "plain text", QStringLiteral("plain text"));
    row("two to four bytes", "\xC3\xA9\xE4\xBD\xA0\xF0\x9F\x90\xA6!",
        QString::fromUtf8("\xC3\xA9\xE4\xBD\xA0\xF0\x9F\x90\xA6!"));
    row("borders of the table",
        "\xC2\x80\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xF0\x90\x80\x80\xF4\x8F\xBF\xBF",
        QString::fromUtf8("\xC2\x80\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"));
    row("zero byte", QByteArray("a\0b", 3), QStringLiteral("a") + QChar(0) + QLatin1Char('b'));
    row("lone continuation", "a\x80z", QLatin1Char('a') + bad + QLatin1Char('z'));
    row("never valid", "\xC0\xAF\xFF\xFE", bad.repeated(4));
    row("table 3-8: not shortest", "\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41",
        bad.repeated(8) + QLatin1Char('A'));
    row("table 3-9: surrogates", "\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41", bad.repeated(8) + QLatin1Char('A'));
    row("table 3-10: others", "\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42",
        bad.repeated(5) + QLatin1Char('A') + bad.repeated(2) + QLatin1Char('B'));
    row("table 3-11: cut", "\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", bad.repeated(4) + QLatin1Char('A'));
    row("cut at the end, 1 of 3", "a\xE4", QLatin1Char('a') + bad);
    row("cut at the end, 2 of 3", "a\xE4\xBD", QLatin1Char('a') + bad);
    row("cut at the end, 3 of 4", "a\xF0\x9F\x90", QLatin1Char('a') + bad);
}

void TestUtf8Stream::everySplitGivesTheSame()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, text);
    const std::string_view all(bytes.constData(), std::size_t(bytes.size()));
    QVERIFY(all.size() <= 24);
    // Each bit of `cuts` is a border between two bytes; long rows take every third pattern.
    const unsigned step = all.size() > 14 ? 997 : 1;
    for (unsigned cuts = 0; cuts < 1U << (all.size() - 1); cuts += step) {
        Utf8Stream stream;
        std::string out;
        std::size_t begin = 0;
        for (std::size_t i = 1; i <= all.size(); ++i) {
            if (i < all.size() && !(cuts >> (i - 1) & 1)) continue;
            const std::string piece = stream.push(all.substr(begin, i - begin));
            if (!engine::isUtf8(piece)) QFAIL("a piece is no UTF-8");
            out += piece;
            begin = i;
        }
        out += stream.finish();
        if (QString::fromStdString(out) != text)
            QFAIL(qPrintable(QStringLiteral("cuts %1: ").arg(cuts) + QString::fromStdString(out)));
    }
}

void TestUtf8Stream::holdsBackOnlyWhatIsUnfinished()
{
    Utf8Stream stream;
    QCOMPARE(stream.push("ab\xF0\x9F"), std::string("ab"));
    QCOMPARE(stream.push("\x90"), std::string());
    QCOMPARE(stream.push("\xA6z"), std::string("\xF0\x9F\x90\xA6z"));
    QCOMPARE(stream.push("\xE4"), std::string());
    QCOMPARE(stream.push("z"), std::string("\xEF\xBF\xBDz")); // as soon as it can never become a character
}

void TestUtf8Stream::finishForgets()
{
    Utf8Stream stream;
    QCOMPARE(stream.push("\xE4"), std::string());
    QCOMPARE(stream.finish(), std::string("\xEF\xBF\xBD"));
    QCOMPARE(stream.finish(), std::string());
    QCOMPARE(stream.push("\xBD\xA0"), std::string("\xEF\xBF\xBD\xEF\xBF\xBD"));
}

void TestUtf8Stream::printableIsSafe()
{
    using engine::printable;
    QCOMPARE(printable("a\n\x7F\xFF\xE4\xBD\xA0"), std::string("\"a\\x0a\\x7f\\xff\xE4\xBD\xA0\""));
    const std::string cut = printable(std::string(79, 'a') + "\xE4\xBD\xA0");
    QVERIFY(engine::isUtf8(cut));
    QVERIFY(cut.size() <= 90);
    QVERIFY(printable(std::string(1000, '\xFF')).size() <= 90);
}

QTEST_APPLESS_MAIN(TestUtf8Stream)
#include "tst_utf8_stream.moc"
