// The program as a user meets it: its help, what it says of a wrong command line, and how failures look.
#include "support/program_run.h"

#include <QFile>
#include <QRegularExpression>
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
    void jsonFilesSayWhereTheyAreWrong_data();
    void jsonFilesSayWhereTheyAreWrong();
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
    row("--sing", "\"--sing\"");
    row("state", "expected a command: inspect, export, combine, measure, convert");
    row("state sing", "\"sing\"");
    row("generate demo --prompt x --temperature hot",
        "--temperature: expected a number from 0 to 10, found \"hot\"");
    row("generate demo --prompt x --temperature 0,5", "--temperature");
    row("generate demo --prompt x --temperature nan", "--temperature");
    row("generate demo --prompt x --top-p 1.5", "--top-p");
    row("generate demo --prompt x --max-tokens 3.5", "--max-tokens");
    row("generate demo --prompt x --seed -1", "--seed");
    row("generate demo --prompt x --seed 18446744073709551616", "--seed");
    row("generate demo --prompt x --save-state none/of/these.state", "--save-state");
    row("generate demo --prompt x --voice pirate --save-gates none/of/these.json", "--save-gates");
    row("logits demo --tokens 1 --out none/of/these.f32", "--out");
    row("convert demo none/of/these.gguf", "OUT");
    row("state export pirate none/of/these.pth", "OUT");
    row("state combine pirate butler --out none/of/these.pth", "--out");
    row("state convert pirate none/of/these.state --model demo", "OUT");
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
    row("bench demo --voices 2 --batch 8", "--batch");
    row("bench --shape 0.1B --adapter owl", "--adapter");
    row("chat demo --once ", "--once");
    row("chat demo --thinking maybe", "off, on, short");
    row("generate demo --prompt x --adapter-alpha 3", "--adapter");
    row("generate demo --prompt x --adapter owl:strong",
        "--adapter: expected a file, or FILE:SCALE with a scale from -1000 to 1000, found \"owl:strong\"");
    row("generate demo --prompt x --adapter owl:nan", "--adapter");
    row("serve --models-dir missing", "--models-dir: expected a folder, found none at \"missing\"");
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
    QTest::addColumn<int>("exit");
    QTest::addColumn<QString>("code");
    const QString text = path("text.pth");
    QFile file(text);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("These are words, not weights.\n") > 0);
    file.close();

    // What is not there or cannot be is wrong use; what is damaged or cannot be written is a failure.
    const QStringList wrongUse{QStringLiteral("file_not_found"), QStringLiteral("bad_strategy"),
                               QStringLiteral("device_unusable"), QStringLiteral("bad_request")};
    const auto row = [&](const char *name, const QStringList &arguments, const char *code) {
        QTest::newRow(name) << arguments << (wrongUse.contains(QLatin1String(code)) ? 2 : 1)
                            << QString::fromUtf8(code);
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
    row("unwritable file", words("logits demo --tokens 1 --out /proc/f"), "cannot_write");
    row("no such state", words("generate demo --prompt x --state missing.state"), "file_not_found");
    row("not a state",
        {QStringLiteral("generate"), QStringLiteral("demo"), QStringLiteral("--prompt"), QStringLiteral("x"),
         QStringLiteral("--state"), text},
        "bad_state");
    row("nothing to measure", words("bench missing.pth"), "file_not_found");
    row("no such kernels", words("bench demo --kernels moon"), "bad_request");
    row("not a schema", words("generate demo --prompt x --json-schema {\"not\":{}}"), "bad_request");
    row("no such name", words("chat demo --once x --state owl"), "file_not_found");
    row("no such adapter", words("generate demo --prompt x --adapter missing.pth:2"), "file_not_found");
    row("not an adapter", words("generate demo --prompt x --adapter /proc/self/exe"), "unknown_format");
    row("no gates", words("chat demo --once x --voice pirate --gates-file missing"), "file_not_found");
    row("no sum", words("chat demo --once x --voice pirate=1 --voice base=-1"), "bad_request");
    row("no such text", words("quality demo --strategy cpu --text missing"), "file_not_found");
    row("no such ending", words("convert demo out.txt"), "bad_request");
    row("no such type", words("convert demo out.gguf --type int3"), "bad_request");
    row("nowhere to convert to", words("convert demo /proc/out.pth"), "cannot_write");
    row("no model to serve", words("serve --model missing --port 0"), "file_not_found");
    row("no such address", words("serve --model demo --api-key k --address moon"), "bad_request");
    row("everybody without a key", words("serve --model demo --address 0.0.0.0"), "bad_request");
    row("nowhere for a key", words("serve --model demo --api-key-file /proc/none/k"), "cannot_write");
    row("no such state to inspect", words("state inspect missing.pth"), "file_not_found");
}

void TestCli::failuresAreOneLine()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, exit);
    QFETCH(QString, code);
    const Outcome plain = run(arguments);
    QCOMPARE(plain.code, exit);
    QCOMPARE(plain.output, QString());
    QVERIFY2(!plain.errors.endsWith(QStringLiteral(".\n")), qPrintable(plain.errors));
    QVERIFY2(plain.errors.startsWith(QStringLiteral("rookery-cli: ")), qPrintable(plain.errors));
    QVERIFY2(plain.errors.count(QLatin1Char('\n')) == 1, qPrintable(plain.errors));

    const Outcome json = run(arguments + QStringList{QStringLiteral("--json")});
    QCOMPARE(json.code, exit);
    QCOMPARE(json.errors, QString());
    const QJsonObject error = json.object()[QStringLiteral("error")].toObject();
    QCOMPARE(error[QStringLiteral("code")].toString(), code);
    QCOMPARE(QStringLiteral("rookery-cli: %1\n").arg(error[QStringLiteral("message")].toString()),
             plain.errors);
}

void TestCli::jsonFilesSayWhereTheyAreWrong_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("problem");
    QTest::newRow("value missing") << QByteArray("{\n  \"type\": }\n")
                                   << "line 2, column 11: expected '[', '{', or a literal, found '}'";
    QTest::newRow("cut off") << QByteArray("{\"type\"")
                             << "line 1, column 8: expected ':', found end of input";
    QTest::newRow("comma") << QByteArray("{\"a\": 1\n\n\"b\": 2}")
                           << "line 3, column 3: expected '}', found string literal";
}

void TestCli::jsonFilesSayWhereTheyAreWrong()
{
    QFETCH(QByteArray, content);
    QFETCH(QString, problem);
    const QString name = path("wrong.json");
    QFile file(name);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(content) == content.size());
    file.close();
    for (const char *use :
         {"generate demo --prompt x --json-schema", "generate demo --prompt x --voice pirate --gates-file"}) {
        const Outcome outcome = run(words(use) + QStringList{name});
        QCOMPARE(outcome.code, 2);
        QCOMPARE(outcome.errors, QStringLiteral("rookery-cli: %1: %2\n").arg(name, problem));
    }
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
    const QString locale = QStringLiteral("de_DE.UTF-8");
    QProcess maker; // a locale of our own: few machines have it installed
    maker.start(QStringLiteral("localedef"),
                {QStringLiteral("-i"), QStringLiteral("de_DE"), QStringLiteral("-f"), QStringLiteral("UTF-8"),
                 path("de_DE.UTF-8")});
    if (finish(maker).code != 0) QSKIP("a German locale cannot be made here");
    QProcessEnvironment german = QProcessEnvironment::systemEnvironment();
    german.insert(QStringLiteral("LOCPATH"), m_folder.path());
    german.insert(QStringLiteral("LC_ALL"), locale);
    QProcess point;
    point.setProcessEnvironment(german);
    point.start(QStringLiteral("locale"), {QStringLiteral("decimal_point")});
    QCOMPARE(finish(point).output, QStringLiteral(",\n")); // it is in force

    const Outcome shown = run(words("chat demo --top-p 0.75"), "/set\n/set min-p 0.5\n/set\n", german);
    QVERIFY2(shown.output.contains(QStringLiteral("top-p 0.75,")), qPrintable(shown.errors));
    QVERIFY(shown.output.contains(QStringLiteral("min-p 0.5,")));
    for (const char *line :
         {"generate demo --prompt x --seed 3 --temperature 0 --voice pirate=0.75 --voice base=0.25 --json",
          "generate demo --prompt x --seed 3 --adapter owl:0.5 --penalty-decay 0.99",
          "state measure pirate butler", "state measure pirate butler --json", "embed demo --text goose",
          "inspect demo --json",
          "tokenize --tokens 1,2 --vocab " ROOKERY_BUILD_DIR "/share/rookery/demo/rwkv_vocab_demo.txt"}) {
        const Outcome here = run(words(line)), there = run(words(line), {}, german);
        QVERIFY2(here.code == 0, qPrintable(here.errors));
        QCOMPARE(there.code, 0);
        const auto withoutTimes = [](QString text) { // the only numbers that differ from run to run
            return text.remove(QRegularExpression(QStringLiteral("\"[a-z]+_seconds\":[-+.0-9e]+")));
        };
        QCOMPARE(withoutTimes(there.output), withoutTimes(here.output));
    }
    const Outcome speed = run(words("bench demo --batch 1 --prompt 4 --gen 2"), {}, german);
    QCOMPARE(speed.code, 0);
    QVERIFY(!speed.output.contains(QRegularExpression(QStringLiteral("[0-9],[0-9]"))));
}

QTEST_GUILESS_MAIN(TestCli)
#include "tst_cli.moc"
