// How rookery-cli ends when it is told to, and what it leaves behind.
#include "support/program_run.h"

#include <QTest>

#include <csignal>

using support::finish;
using support::kProgram;
using support::Outcome;
using support::words;

class TestCliSignals : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void signalsEndItCleanly_data();
    void signalsEndItCleanly();
    void aReaderMayGoAway();
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

QTEST_GUILESS_MAIN(TestCliSignals)
#include "tst_cli_signals.moc"
