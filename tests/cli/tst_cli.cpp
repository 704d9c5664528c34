// The program as a user meets it: its help, what it says of a wrong command line, and how failures look.
#include "support/program_run.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using support::finish;
using support::Outcome;
using support::run;
using support::words;

class TestCli : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_folder.isValid()); }

    void helpTeaches_data();
    void helpTeaches();
    void wrongCommandLinesEndWithTwo_data();
    void wrongCommandLinesEndWithTwo();
    void failuresAreOneLine_data();
    void failuresAreOneLine();
    void failuresAreObjectsForPrograms();
    void numbersKeepTheirPointInEveryLocale();

private:
    QString path(const char *name) const { return m_folder.filePath(QString::fromUtf8(name)); }

    QTemporaryDir m_folder;
};

void TestCli::helpTeaches_data()
{
    QTest::addColumn<QString>("command");
    for (const char *command : {"chat", "generate", "logits", "inspect", "bench", "quality", "convert",
                                "embed", "state", "devices", "tokenize", "serve"})
        QTest::newRow(command) << QString::fromUtf8(command);
}

void TestCli::helpTeaches()
{
    QFETCH(QString, command);
    const Outcome own = run({command, QStringLiteral("--help")});
    QCOMPARE(own.code, 0);
    QVERIFY(own.output.contains(QStringLiteral("Usage: rookery-cli %1 [OPTIONS]").arg(command)));
    QVERIFY(own.output.contains(QStringLiteral("Examples:\n  rookery-cli %1").arg(command)));
    QVERIFY(run({QStringLiteral("--help")}).output.contains(QStringLiteral("\n  %1 ").arg(command)));
}

void TestCli::wrongCommandLinesEndWithTwo_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("named");
    const auto row = [](const char *line, const char *named) {
        QTest::newRow(line) << words(line) << QString::fromUtf8(named);
    };
    row("sing", "\"sing\"");
    row("sing --help", "\"sing\"");
    row("generate demo --prompt x --temperature hot",
        "--temperature: expected a number from 0 to 10, found \"hot\"");
    row("generate demo --prompt x --temperature 0,5", "--temperature");
    row("generate demo --prompt x --temperature nan", "--temperature");
    row("generate demo --prompt x --top-p 1.5", "--top-p");
    row("generate demo --prompt x --max-tokens 3.5", "--max-tokens");
    row("generate demo --prompt x --seed -1", "--seed");
    row("generate demo --prompt x --seed 18446744073709551616", "--seed");
    row("generate demo --prompt x --sead 1", "--sead");
    row("generate demo --prompt x --grammar missing.gbnf", "--grammar");
    row("chat demo --once x --json-schema missing.json", "--json-schema");
    row("generate demo --prompt x --json-object --json-schema {}", "--json-schema");
    row("generate demo", "--prompt");
    row("generate --prompt x", "MODEL");
    row("logits demo --tokens 1,,2 --out f", "--tokens");
    row("logits demo --tokens 1,2", "--out");
    row("bench", "--shape");
    row("bench demo --shape 0.1B", "--shape");
    row("bench demo --batch 0", "--batch");
    row("bench --shape 5B", "--shape: expected one of 0.1B");
    row("bench demo --shape", "--shape");
    row("devices now", "\"now\"");
    row("chat demo --once ", "--once");
    row("chat demo --thinking maybe", "off, on, short");
    row("generate demo --prompt x --adapter-alpha 3", "--adapter");
    row("generate demo --prompt x --state-order upwards", "key-value, value-key");
    row("embed demo", "--text");
    row("embed demo --text a --pooling most", "last, mean");
    row("state export a.state", "OUT");
    row("state convert a.pth a.state", "--model");
    row("tokenize", "--text");
    row("tokenize --text a --tokens 1", "--text");
}

void TestCli::wrongCommandLinesEndWithTwo()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, named);
    const Outcome plain = run(arguments);
    QCOMPARE(plain.code, 2);
    QCOMPARE(plain.output, QString());
    QCOMPARE(plain.errors.count(QLatin1Char('\n')), 1);
    QVERIFY2(plain.errors.startsWith(QStringLiteral("rookery-cli: ")) && plain.errors.contains(named),
             qPrintable(plain.errors));

    const Outcome json = run(arguments + QStringList{QStringLiteral("--json")});
    QCOMPARE(json.code, 2);
    QCOMPARE(json.object()[QStringLiteral("error")][QStringLiteral("code")].toString(),
             QStringLiteral("usage"));
}

void TestCli::failuresAreOneLine_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("code");
    const QString text = path("text.pth");
    QFile file(text);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("These are words, not weights.\n") > 0);
    file.close();

    const auto row = [](const char *name, const QStringList &arguments, const char *code) {
        QTest::newRow(name) << arguments << QString::fromUtf8(code);
    };
    row("no such model", words("generate missing.pth --prompt x"), "file_not_found");
    row("not a model", {QStringLiteral("inspect"), text}, "unknown_format");
    row("no such strategy", words("generate demo --prompt x --strategy moon"), "bad_strategy");
    row("no such vocabulary", words("tokenize --text a --vocab missing.txt"), "file_not_found");
    row("not a vocabulary",
        {QStringLiteral("tokenize"), QStringLiteral("--text"), QStringLiteral("a"), QStringLiteral("--vocab"),
         text},
        "bad_tokenizer");
    row("token out of range", words("logits demo --tokens 99999999 --out /dev/null"), "bad_request");
    row("unwritable file", words("logits demo --tokens 1 --out /proc/none/f"), "cannot_write");
    row("no such state", words("generate demo --prompt x --state missing.state"), "file_not_found");
    row("not a state",
        {QStringLiteral("generate"), QStringLiteral("demo"), QStringLiteral("--prompt"), QStringLiteral("x"),
         QStringLiteral("--state"), text},
        "bad_state");
    row("nothing to measure", words("bench missing.pth"), "file_not_found");
    row("no such kernels", words("bench demo --kernels moon"), "device_unusable");
    row("not a schema", words("generate demo --prompt x --json-schema {\"not\":{}}"), "bad_request");
    row("no such adapter", words("generate demo --prompt x --adapter missing.pth:2"), "file_not_found");
    row("not an adapter", words("generate demo --prompt x --adapter /proc/self/exe"), "unknown_format");
    row("no such state to inspect", words("state inspect missing.pth"), "file_not_found");
}

void TestCli::failuresAreOneLine()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, code);
    const Outcome plain = run(arguments);
    QCOMPARE(plain.code, 1);
    QCOMPARE(plain.output, QString());
    QVERIFY2(!plain.errors.endsWith(QStringLiteral(".\n")), qPrintable(plain.errors));
    QVERIFY2(plain.errors.startsWith(QStringLiteral("rookery-cli: ")), qPrintable(plain.errors));
    QVERIFY2(plain.errors.count(QLatin1Char('\n')) == 1, qPrintable(plain.errors));

    const Outcome json = run(arguments + QStringList{QStringLiteral("--json")});
    QCOMPARE(json.code, 1);
    QCOMPARE(json.errors, QString());
    const QJsonObject error = json.object()[QStringLiteral("error")].toObject();
    QCOMPARE(error[QStringLiteral("code")].toString(), code);
    QCOMPARE(QStringLiteral("rookery-cli: %1\n").arg(error[QStringLiteral("message")].toString()),
             plain.errors);
}

void TestCli::failuresAreObjectsForPrograms()
{
    const Outcome outcome = run(words("inspect missing.pth --json"));
    QCOMPARE(outcome.object().keys(), QStringList{QStringLiteral("error")});
    QCOMPARE(outcome.object()[QStringLiteral("error")].toObject().keys(),
             (QStringList{QStringLiteral("code"), QStringLiteral("message")}));
}

void TestCli::numbersKeepTheirPointInEveryLocale()
{
    QProcess locales;
    locales.start(QStringLiteral("locale"), {QStringLiteral("-a")});
    const QString german =
        finish(locales).output.split(QLatin1Char('\n')).filter(QStringLiteral("de_DE")).value(0);
    if (german.isEmpty()) QSKIP("no German locale is installed here");
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("LC_ALL"), german);
    const Outcome shown = run(words("chat demo --top-p 0.75"), "/set\n", environment);
    QVERIFY(shown.output.contains(QStringLiteral("top-p 0.75,")));
    QVERIFY(run(words("devices"), {}, environment).output.contains(QLatin1Char('.')));
}

QTEST_GUILESS_MAIN(TestCli)
#include "tst_cli.moc"
