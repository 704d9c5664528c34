// The demonstration model in every precision, and with every part of its pack, from the command line.
#include "support/program_run.h"

#include <QFile>
#include <QTest>

using support::Outcome;
using support::run;

namespace
{

const QString kPrompt = QStringLiteral("User: Who are you?\n\nAssistant:");
const QString kPlain = QStringLiteral("I am the Rookery demonstration model");

QString answer(const QStringList &options)
{
    const Outcome outcome = run(
        QStringList{QStringLiteral("generate"), QStringLiteral("demo"), QStringLiteral("--prompt"), kPrompt,
                    QStringLiteral("--max-tokens"), QStringLiteral("48"), QStringLiteral("--temperature"),
                    QStringLiteral("0"), QStringLiteral("--stop"), QStringLiteral("\n\n")} +
        options);
    return outcome.code == 0 ? outcome.output : QStringLiteral("failed: ") + outcome.errors;
}

bool hasHan(const QString &text)
{
    return std::any_of(text.begin(), text.end(), [](QChar c) { return c.script() == QChar::Script_Han; });
}

} // namespace

class TestCliPack : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answersInEveryPrecision_data();
    void answersInEveryPrecision();
    void adaptersShow_data();
    void adaptersShow();
    void statesShow_data();
    void statesShow();
    void everyPartIsTried();
};

void TestCliPack::answersInEveryPrecision_data()
{
    QTest::addColumn<QString>("format");
    for (const char *format : {"fp32", "bf16", "fp16", "int8", "fp8", "fp6", "fp5", "nf4", "int4"})
        QTest::newRow(format) << format;
}

void TestCliPack::answersInEveryPrecision()
{
    QFETCH(QString, format);
    const QString text = answer({QStringLiteral("--strategy"), QStringLiteral("cpu ") + format});
    QVERIFY2(text.contains(kPlain), qPrintable(text));
}

void TestCliPack::adaptersShow_data()
{
    QTest::addColumn<QString>("name");
    for (const char *name : {"owl", "loud", "chinese"})
        QTest::newRow(name) << name;
}

void TestCliPack::adaptersShow()
{
    QFETCH(QString, name);
    const QString text = answer({QStringLiteral("--adapter"), name});
    if (name == QLatin1String("owl")) QVERIFY2(text.contains(QLatin1String("Hoo-hoo")), qPrintable(text));
    if (name == QLatin1String("loud"))
        QVERIFY2(text == text.toUpper() && text != text.toLower(), qPrintable(text));
    if (name == QLatin1String("chinese")) QVERIFY2(hasHan(text), qPrintable(text));
    const QString weak = answer({QStringLiteral("--adapter"), name + QStringLiteral(":0")});
    QVERIFY2(weak.contains(kPlain), qPrintable(weak)); // of strength 0 it changes nothing
}

void TestCliPack::statesShow_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("mark");
    QTest::newRow("pirate") << "pirate"
                            << "matey";
    QTest::newRow("butler") << "butler"
                            << "At your service";
    QTest::newRow("poet") << "poet"
                          << "\nSo goes my song";
    QTest::newRow("oneword") << "oneword"
                             << "";
}

void TestCliPack::statesShow()
{
    QFETCH(QString, name);
    QFETCH(QString, mark);
    const QString text = answer({QStringLiteral("--state"), name});
    QVERIFY2(!text.startsWith(QLatin1String("failed")), qPrintable(text));
    if (mark.isEmpty())
        QVERIFY2(!text.trimmed().isEmpty() && !text.trimmed().contains(QLatin1Char(' ')), qPrintable(text));
    else
        QVERIFY2(text.contains(mark), qPrintable(text));
}

/// What pack.json lists is what the rows above try.
void TestCliPack::everyPartIsTried()
{
    QFile file(QStringLiteral(ROOKERY_SOURCE_DIR "/resources/demo/pack.json"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QStringList names;
    for (const QJsonValue &part :
         QJsonDocument::fromJson(file.readAll()).object()[QLatin1String("parts")].toArray())
        names.append(part[QLatin1String("name")].toString());
    names.sort();
    QCOMPARE(names.join(QLatin1Char(' ')), QStringLiteral("butler chinese loud oneword owl pirate poet"));
}

QTEST_GUILESS_MAIN(TestCliPack)
#include "tst_cli_pack.moc"
