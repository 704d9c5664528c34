// How rookery-cli ends when it is told to, and what it leaves behind.
#include "support/program_run.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using support::finish;
using support::kProgram;
using support::Outcome;
using support::words;

namespace
{

/// Waits until the program has threads that hear signals and work; false if it ended before.
bool waitForWork(QProcess &process)
{
    const QDir threads(QStringLiteral("/proc/%1/task").arg(process.processId()));
    while (threads.entryList(QDir::Dirs | QDir::NoDotAndDotDot).size() <= 3)
        if (process.waitForFinished(1)) return false;
    return true;
}

/// A file that takes minutes to read.
QString longText(const QTemporaryDir &folder)
{
    const QString path = folder.filePath(QStringLiteral("long.txt"));
    QFile file(path);
    if (file.open(QIODevice::WriteOnly)) file.write(QByteArray("The goose is a bird. ").repeated(200000));
    return path;
}

} // namespace

class TestCliSignals : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void signalsEndItCleanly_data();
    void signalsEndItCleanly();
    void ctrlCEndsEveryLongCommand_data();
    void ctrlCEndsEveryLongCommand();
    void serviceEndsWell();
    void convertLeavesNothingBehind();
    void aReaderMayGoAway();
    void aFullDiskIsTold_data();
    void aFullDiskIsTold();
};

void TestCliSignals::signalsEndItCleanly_data()
{
    QTest::addColumn<int>("number");
    QTest::newRow("Ctrl-C") << SIGINT;
    QTest::newRow("SIGTERM") << SIGTERM;
    QTest::newRow("SIGHUP") << SIGHUP;
}

void TestCliSignals::signalsEndItCleanly()
{
    QFETCH(int, number);
    QProcess process;
    process.start(kProgram, words("generate demo --prompt The --max-tokens 100000000 --ignore-end"));
    QVERIFY(process.waitForReadyRead(20000)); // it generates
    QCOMPARE(::kill(pid_t(process.processId()), number), 0);
    const Outcome outcome = finish(process);
    QCOMPARE(outcome.code, 130);
    QCOMPARE(outcome.errors, QString());
    QVERIFY(outcome.output.endsWith(QLatin1Char('\n'))); // the text ends with its line
}

void TestCliSignals::ctrlCEndsEveryLongCommand_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<bool>("speaks"); // once it is at work
    const auto row = [](const char *line, bool speaks) {
        QTest::newRow(words(line).first().toUtf8()) << words(line) << speaks;
    };
    row("chat demo", false);
    row("generate demo --prompt The --max-tokens 100000000 --ignore-end", true);
    row("bench demo --batch 1,1,1,1 --prompt 16 --gen 1000000", false);
    row("serve --model demo --port 0", true);
    row("quality demo --strategy cpu --text TEXT", false);
}

void TestCliSignals::ctrlCEndsEveryLongCommand()
{
    QFETCH(QStringList, arguments);
    QFETCH(bool, speaks);
    QTemporaryDir folder;
    if (arguments.last() == QLatin1String("TEXT")) arguments.last() = longText(folder);
    QProcess process;
    process.start(kProgram, arguments + QStringList{QStringLiteral("-v")});
    QVERIFY(process.waitForStarted());
    QVERIFY(speaks ? process.waitForReadyRead(20000) : waitForWork(process));
    QCOMPARE(::kill(pid_t(process.processId()), SIGINT), 0);
    const Outcome outcome = finish(process);
    QCOMPARE(outcome.code, 130);
    QVERIFY2(!outcome.errors.contains(QStringLiteral("rookery-cli: error")), qPrintable(outcome.errors));
}

void TestCliSignals::serviceEndsWell()
{
    QProcess process;
    process.start(kProgram, words("serve --model demo --port 0 --json"));
    QVERIFY(process.waitForReadyRead(20000));
    const QJsonObject ready = QJsonDocument::fromJson(process.readLine()).object();
    QVERIFY(ready[QLatin1String("ready")].toBool());
    QVERIFY(ready[QLatin1String("url")].toString().startsWith(QStringLiteral("http://127.0.0.1:")));
    QCOMPARE(ready[QLatin1String("model")].toString(), QStringLiteral("Rookery demo"));
    QCOMPARE(::kill(pid_t(process.processId()), SIGTERM), 0);
    QCOMPARE(finish(process).code, 0);
}

/// Stopped at some point of its work, a conversion leaves a whole file or none, and no other.
void TestCliSignals::convertLeavesNothingBehind()
{
    QTemporaryDir folder;
    const QString out = folder.filePath(QStringLiteral("out.gguf"));
    QProcess process;
    process.start(kProgram, {QStringLiteral("convert"), QStringLiteral("demo"), out});
    QVERIFY(process.waitForStarted());
    if (waitForWork(process)) ::kill(pid_t(process.processId()), SIGINT);
    const Outcome outcome = finish(process);
    const QStringList files = QDir(folder.path()).entryList(QDir::Files | QDir::Hidden);
    if (outcome.code == 0) {
        QCOMPARE(files, QStringList{QStringLiteral("out.gguf")}); // it was faster
        return;
    }
    QCOMPARE(outcome.code, 130);
    QCOMPARE(files, QStringList());
}

void TestCliSignals::aReaderMayGoAway()
{
    QProcess shell;
    shell.start(
        QStringLiteral("bash"),
        {QStringLiteral("-c"),
         QStringLiteral("\"$0\" generate demo --prompt The --max-tokens 100000000 --ignore-end | head -c 1 "
                        ">/dev/null; echo ${PIPESTATUS[0]}"),
         kProgram});
    const Outcome outcome = finish(shell);
    QCOMPARE(outcome.output, QStringLiteral("141\n"));
    QCOMPARE(outcome.errors, QString());
}

void TestCliSignals::aFullDiskIsTold()
{
    QFETCH(QString, arguments);
    QProcess shell;
    shell.start(
        QStringLiteral("bash"),
        {QStringLiteral("-c"), QStringLiteral("\"$0\" %1 >/dev/full; echo $? >&2").arg(arguments), kProgram});
    const Outcome outcome = finish(shell);
    QCOMPARE(outcome.errors,
             QStringLiteral("rookery-cli: cannot write to standard output: No space left on device\n1\n"));
}

void TestCliSignals::aFullDiskIsTold_data()
{
    QTest::addColumn<QString>("arguments");
    QTest::newRow("text") << QStringLiteral("generate demo --prompt The --max-tokens 4");
    QTest::newRow("json") << QStringLiteral("inspect demo --json");
    QTest::newRow("help") << QStringLiteral("--help");
}

QTEST_GUILESS_MAIN(TestCliSignals)
#include "tst_cli_signals.moc"
