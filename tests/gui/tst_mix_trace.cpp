#include "gui/mixer/mix_trace.h"

#include <QTest>

#include <cmath>

using namespace gui;

namespace
{

engine::GeneratedToken token(const std::string &bytes, std::vector<engine::VoiceShare> voices)
{
    engine::GeneratedToken result;
    result.bytes = bytes;
    result.voices = std::move(voices);
    return result;
}

float ln(double p) { return float(std::log(p)); }

} // namespace

class TestMixTrace : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sharesAreGatesTimesProbabilities();
    void tokensFindTheirText();
    void textThatWasStrippedShiftsNothing();
    void charactersOfSeveralTokensBelongToTheLast();
    void lanesHaveAPointPerChange();
    void keepsItselfInJson();
    void refusesWhatDoesNotFit_data();
    void refusesWhatDoesNotFit();
};

/// g p / sum g p by hand: 0.6*0.5 = 0.30, 0.4*0.25 = 0.10, a negative gate says nothing.
void TestMixTrace::sharesAreGatesTimesProbabilities()
{
    const auto shares = sharesOf({{0.6F, ln(0.5), 0}, {0.4F, ln(0.25), 0}, {-0.5F, ln(0.9), 0}});
    QCOMPARE(shares[0], 0.75F);
    QCOMPARE(shares[1], 0.25F);
    QCOMPARE(shares[2], 0.0F);
    const auto none = sharesOf({{0, ln(0.5), 0}, {-1, ln(0.5), 0}});
    QCOMPARE(none[0] + none[1], 0.0F);
}

void TestMixTrace::tokensFindTheirText()
{
    MixTrace trace;
    const std::vector<engine::VoiceShare> first = {{1, ln(0.9), 0.1F}, {1, ln(0.1), 2}};
    const std::vector<engine::VoiceShare> second = {{1, ln(0.2), 1}, {1, ln(0.8), 0.2F}};
    trace.append({token("Ahoy", first), token(", rose", second)}, QStringLiteral("Ahoy, rose"), 0);
    trace.append({token("!", first)}, QStringLiteral("!"), 10);
    QCOMPARE(trace.tokens(), 3);
    QCOMPARE(trace.ends, QVector<int>({4, 10, 11}));
    QCOMPARE(trace.tokenAt(0), 0);
    QCOMPARE(trace.tokenAt(3), 0);
    QCOMPARE(trace.tokenAt(4), 1);
    QCOMPARE(trace.tokenAt(10), 2);
    QCOMPARE(trace.tokenAt(11), -1);
    QCOMPARE(trace.loudest(0), 0);
    QCOMPARE(trace.loudest(1), 1);
    QCOMPARE(trace.kl(1, 1), 0.2F);
    QVERIFY(std::abs(trace.meanShares(0, 2)[0] - 0.55F) < 1e-6F);
}

/// A template strips the space in front of an answer; the tokens still have it.
void TestMixTrace::textThatWasStrippedShiftsNothing()
{
    MixTrace trace;
    const std::vector<engine::VoiceShare> voices = {{1, 0, 0}};
    trace.append({token(" Hello", voices), token(" there", voices)}, QStringLiteral("Hello there"), 0);
    QCOMPARE(trace.ends, QVector<int>({5, 11}));
}

void TestMixTrace::charactersOfSeveralTokensBelongToTheLast()
{
    MixTrace trace;
    const std::vector<engine::VoiceShare> voices = {{1, 0, 0}};
    trace.append({token("\xE6\x97", voices), token("\xA5", voices), token("a", voices)},
                 QString::fromUtf8("日a"), 0);
    QCOMPARE(trace.ends, QVector<int>({0, 1, 2}));
}

void TestMixTrace::lanesHaveAPointPerChange()
{
    MixTrace trace;
    for (const float gate : {1.0F, 1.0F, 0.5F, 0.5F, 1.0F})
        trace.append({token("x", {{gate, 0, 0}, {0.25F, 0, 0}})}, QStringLiteral("x"), trace.tokens());
    const std::vector<engine::GatePoint> want = {{0, {1, 0.25F}, engine::GateCurve::Hold},
                                                 {2, {0.5F, 0.25F}, engine::GateCurve::Hold},
                                                 {4, {1, 0.25F}, engine::GateCurve::Hold}};
    QVERIFY(laneOf(trace) == want);
}

void TestMixTrace::keepsItselfInJson()
{
    MixTrace trace;
    for (int i = 0; i < 100; ++i)
        trace.append({token("ab", {{0.6F, ln(0.25), 0.5F}, {-0.25F, ln(0.5), 1.25F}})}, QStringLiteral("ab"),
                     2 * i);
    const MixTrace read = MixTrace::fromJson(trace.toJson());
    QCOMPARE(read.voices, 2);
    QCOMPARE(read.ends, trace.ends);
    for (int i = 0; i < trace.tokens(); ++i) {
        // Gates in thousandths, shares in 255ths, KL in 32nds of a nat.
        QVERIFY(std::abs(read.gate(i, 1) - trace.gate(i, 1)) <= 0.0005F);
        QVERIFY(std::abs(read.share(i, 0) - trace.share(i, 0)) <= 0.5F / 255);
        QVERIFY(std::abs(read.kl(i, 1) - trace.kl(i, 1)) <= 0.5F / 32);
    }
}

void TestMixTrace::refusesWhatDoesNotFit_data()
{
    QTest::addColumn<QJsonObject>("json");
    const auto object = [](int voices, const QByteArray &tokens) {
        return QJsonObject{{QStringLiteral("voices"), voices},
                           {QStringLiteral("tokens"), QString::fromLatin1(tokens.toBase64())}};
    };
    QTest::newRow("empty") << QJsonObject{};
    QTest::newRow("no voices") << object(0, qCompress(QByteArray(12, 'a')));
    QTest::newRow("too many voices") << object(1000, qCompress(QByteArray(4004, 'a')));
    QTest::newRow("half a token") << object(2, qCompress(QByteArray(13, 'a')));
    QTest::newRow("not compressed") << object(2, QByteArray(64, 'z'));
    QByteArray bomb = qCompress(QByteArray(12, 'a'));
    bomb[0] = char(0xFF); // promises 4 GB
    QTest::newRow("a bomb") << object(2, bomb);
    QTest::newRow("ends beyond all") << object(1, qCompress(QByteArray(16, char(0xFF))));
}

void TestMixTrace::refusesWhatDoesNotFit()
{
    QFETCH(QJsonObject, json);
    QVERIFY(MixTrace::fromJson(json).isEmpty());
}

QTEST_APPLESS_MAIN(TestMixTrace)
#include "tst_mix_trace.moc"
