// Mixes and state mathematics as a user types them.
#include "support/program_run.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using support::Outcome;
using support::run;
using support::words;

namespace
{

const char *const kGenerate =
    "generate demo --prompt A_rook --max-tokens 24 --seed 5 --temperature 1 --top-p 0.9";

} // namespace

class TestCliMix : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_folder.isValid()); }
    void tellsWhoSaidWhat();
    void oneVoiceIsItsState();
    void savedGatesGiveTheSameText();
    void gatesMoveBetweenQuestions();
    void combinesAndMeasures();
    void refuses_data();
    void refuses();

private:
    QString path(const char *name) const { return m_folder.filePath(QString::fromUtf8(name)); }
    QTemporaryDir m_folder;
};

void TestCliMix::tellsWhoSaidWhat()
{
    const QJsonObject result =
        run(words(kGenerate) + words("--voice pirate=0.75 --voice base=0.25 --blend probabilities --json"))
            .result();
    QCOMPARE(result[QLatin1String("voices")].toArray(),
             (QJsonArray{QStringLiteral("pirate"), QStringLiteral("base")}));
    const QJsonArray tokens = result[QLatin1String("tokens")].toArray();
    QCOMPARE(tokens.size(), result[QLatin1String("usage")][QLatin1String("generated_tokens")].toInt());
    QString text;
    for (const auto &token : tokens) {
        const QJsonArray voices = token.toObject()[QLatin1String("voices")].toArray();
        QCOMPARE(voices.size(), 2);
        QCOMPARE(voices[0][QLatin1String("gate")].toDouble(), 0.75);
        QVERIFY(voices[1][QLatin1String("logprob")].toDouble() < 0);
        QVERIFY(voices[1][QLatin1String("kl")].toDouble() >= 0);
        text += token.toObject()[QLatin1String("text")].toString();
    }
    QCOMPARE(text, result[QLatin1String("text")].toString());
}

void TestCliMix::oneVoiceIsItsState()
{
    const Outcome alone = run(words(kGenerate) + words("--state pirate --json"));
    const Outcome mixed = run(words(kGenerate) + words("--voice pirate --voice butler=0 --json"));
    QVERIFY(!alone.result()[QLatin1String("text")].toString().isEmpty());
    QCOMPARE(mixed.result()[QLatin1String("text")], alone.result()[QLatin1String("text")]);
}

void TestCliMix::savedGatesGiveTheSameText()
{
    const QString lane = path("lane.json");
    const QStringList voices = words("--voice pirate=0.5 --voice butler=0.5");
    const Outcome first =
        run(words(kGenerate) + voices + words("--gate-policy entropy=1.5 --save-gates") + QStringList{lane});
    QCOMPARE(first.code, 0);
    QFile file(lane);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(QJsonDocument::fromJson(file.readAll()).array().size() > 5);
    const Outcome again =
        run(words(kGenerate) + words("--voice pirate --voice butler --gates-file") + QStringList{lane});
    QCOMPARE(again.output, first.output);
}

void TestCliMix::gatesMoveBetweenQuestions()
{
    const Outcome chat =
        run(words("chat demo --temperature 0 --voice pirate --voice base=0"),
            "What can you do?\n/new\n/gate base 1\n/gate pirate 0\n/gate\nWhat can you do?\n");
    QCOMPARE(chat.code, 0);
    const QStringList lines = chat.output.split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 3);
    QVERIFY(lines[0].endsWith(QStringLiteral("Arr, matey!")));
    QCOMPARE(lines[1], QStringLiteral("pirate 0, base 1"));
    QVERIFY(!lines[2].contains(QStringLiteral("Arr")));
}

void TestCliMix::combinesAndMeasures()
{
    const QString both = path("both.pth");
    QCOMPARE(
        run(words("state combine pirate butler --weights 0.5,0.5 --dtype fp32 --out") + QStringList{both})
            .code,
        0);
    const QJsonObject figures = run(words("state measure pirate butler --json") + QStringList{both}).object();
    const QJsonArray distances = figures[QLatin1String("distances")].toArray();
    QCOMPARE(distances.size(), 9);
    QVERIFY(distances[1].toDouble() > 1);
    QVERIFY(std::abs(distances[2].toDouble() / distances[1].toDouble() - 0.5) < 1e-3); // half-way
    const Outcome answer = run(words("chat demo --once Who_are_you? --state") + QStringList{both});
    QCOMPARE(answer.code, 0);
    QVERIFY(!answer.output.isEmpty());
}

void TestCliMix::refuses_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("message");
    const auto row = [](const char *name, const char *arguments, int code, const char *message) {
        QTest::newRow(name) << words(arguments) << code << QString::fromUtf8(message);
    };
    row("gate", "generate demo --prompt x --voice pirate=loud", 2, "found \"pirate=loud\"");
    row("no name", "generate demo --prompt x --voice =1", 2, "expected NAME or NAME=GATE");
    row("blend", "generate demo --prompt x --voice pirate --blend sum", 2, "logits, probabilities");
    row("policy", "generate demo --prompt x --voice pirate --gate-policy often", 2,
        "confidence, entropy or agreement");
    row("blend alone", "generate demo --prompt x --blend logits", 2, "--voice");
    row("state", "generate demo --prompt x --voice pirate --state butler", 2, "--state");
    row("save", "generate demo --prompt x --voice pirate --save-state x.state", 2, "one a voice");
    row("sum", "generate demo --prompt x --voice pirate=1 --voice base=-1", 2, "a sum that is not 0");
    row("negative", "generate demo --prompt x --voice pirate=1 --voice base=-0.5 --blend probabilities", 2,
        "expected gates from 0");
    row("no such voice", "generate demo --prompt x --voice parrot", 2, "parrot");
    row("no lane", "generate demo --prompt x --voice pirate --gates-file missing.json", 2, "missing.json");
    row("no such lane",
        "chat demo --voice pirate --once x --gates-file " ROOKERY_SOURCE_DIR "/resources/demo/pack.json", 2,
        "expected JSON like");
    row("weights", "state combine pirate butler --weights 1 --out x.pth", 2,
        "expected 2, one a state, found 1");
    row("layers", "state combine pirate --layers 1,2 --out x.pth", 2, "expected 6, one a layer, found 2");
    row("numbers", "state combine pirate --weights a --out x.pth", 2, "expected numbers like");
    row("no states", "state measure", 2, "STATES");
}

void TestCliMix::refuses()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, code);
    QFETCH(QString, message);
    const Outcome outcome = run(arguments);
    QCOMPARE(outcome.code, code);
    QVERIFY2(outcome.errors.contains(message), qPrintable(outcome.errors));
}

QTEST_APPLESS_MAIN(TestCliMix)
#include "tst_cli_mix.moc"
