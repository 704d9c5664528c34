// The program as a user runs it: what it prints, how it ends, and what it leaves behind.
#include "support/program_run.h"
#include "support/shared_data.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <csignal>
#include <cstring>
#include <vector>

using support::finish;
using support::kProgram;
using support::Outcome;
using support::run;
using support::words;

namespace
{

std::vector<float> readFloats(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return {};
    const QByteArray bytes = file.readAll();
    std::vector<float> values(static_cast<std::size_t>(bytes.size()) / sizeof(float));
    std::memcpy(values.data(), bytes.constData(),
                values.size() * sizeof(float)); // this machine is little-endian
    return values;
}

double largestDifference(const std::vector<float> &a, const std::vector<float> &b)
{
    if (a.size() != b.size() || a.empty()) return INFINITY;
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        largest = std::max(largest, std::abs(double(a[i]) - double(b[i])));
    return largest;
}

} // namespace

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
    void generateGivesOneObject();
    void generateKeepsToAGrammar();
    void aSeedGivesItsTextInAnyCompany();
    void savedStateGoesOnAsIfNeverStopped();
    void logitsAreThePublishedOnes();
    void logitsDoNotDependOnChunks_data();
    void logitsDoNotDependOnChunks();
    void inspectDescribesTheModel();
    void devicesNamesTheProcessor();
    void tokenizeGoesBothWays();
    void benchKeepsItsFormat();
    void chatAnswersLinesOfAPipe();
    void chatRefusesAWrongSetting();
    void chatGoesOnFromASavedConversation();
    void signalsEndItCleanly_data();
    void signalsEndItCleanly();
    void aReaderMayGoAway();
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

void TestCli::generateGivesOneObject()
{
    const Outcome outcome =
        run(words("generate demo --prompt The --max-tokens 5 --seed 7 --ignore-end --json"));
    QVERIFY2(outcome.code == 0, qPrintable(outcome.errors));
    QCOMPARE(outcome.output.count(QLatin1Char('\n')), 1);
    QCOMPARE(outcome.object()[QStringLiteral("strategy")].toString().left(3), QStringLiteral("cpu"));
    const QJsonArray results = outcome.object()[QStringLiteral("results")].toArray();
    QCOMPARE(results.size(), 1);
    const QJsonObject result = results[0].toObject();
    QCOMPARE(result[QStringLiteral("seed")].toInt(), 7);
    QCOMPARE(result[QStringLiteral("finish_reason")].toString(), QStringLiteral("length"));
    QCOMPARE(result[QStringLiteral("usage")][QStringLiteral("generated_tokens")].toInt(), 5);
    QVERIFY(!result[QStringLiteral("text")].toString().isEmpty());
    // Without --json the same text is all there is.
    const Outcome plain = run(words("generate demo --prompt The --max-tokens 5 --seed 7 --ignore-end"));
    QCOMPARE(plain.output, result[QStringLiteral("text")].toString() + QLatin1Char('\n'));
}

void TestCli::generateKeepsToAGrammar()
{
    const QString schema =
        QStringLiteral(R"({"properties":{"bird":{"enum":["goose","raven"]},"n":{"type":"integer"}},)"
                       R"("required":["bird","n"],"additionalProperties":false})");
    const QStringList common = words("generate demo --prompt The --seed 7 --temperature 2 --top-p 1");
    const auto textOf = [&](const QStringList &more) {
        const Outcome outcome = run(common + more);
        return outcome.code == 0 ? outcome.output : outcome.errors;
    };
    const QJsonObject bird =
        QJsonDocument::fromJson(textOf({QStringLiteral("--json-schema"), schema}).toUtf8()).object();
    QVERIFY(bird[QStringLiteral("bird")] == QStringLiteral("goose") ||
            bird[QStringLiteral("bird")] == QStringLiteral("raven"));
    QVERIFY(bird[QStringLiteral("n")].isDouble());
    QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("rules.gbnf")));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("root ::= \"yes\" | \"no\"\n") > 0);
    file.close();
    const QString answer = textOf({QStringLiteral("--grammar"), file.fileName()});
    QVERIFY2(answer == QStringLiteral("yes\n") || answer == QStringLiteral("no\n"), qPrintable(answer));
}

void TestCli::aSeedGivesItsTextInAnyCompany()
{
    const QString line =
        QStringLiteral("generate demo --prompt A --max-tokens 12 --top-p 1 --ignore-end --json ");
    const QJsonArray together = run((line + QStringLiteral("--seed 40 --count 6")).split(QLatin1Char(' ')))
                                    .object()[QStringLiteral("results")]
                                    .toArray();
    QCOMPARE(together.size(), 6);
    QSet<QString> texts;
    for (int i = 0; i < 6; ++i) {
        const Outcome alone = run((line + QStringLiteral("--seed %1").arg(40 + i)).split(QLatin1Char(' ')));
        const QString text = alone.object()[QStringLiteral("results")][0][QStringLiteral("text")].toString();
        QCOMPARE(together[i].toObject()[QStringLiteral("text")].toString(), text);
        texts.insert(text);
    }
    QVERIFY(texts.size() > 1); // the seed matters
}

void TestCli::savedStateGoesOnAsIfNeverStopped()
{
    const auto text = [](const QStringList &arguments) {
        const Outcome outcome = run(words("generate demo --temperature 0 --ignore-end --json") + arguments);
        return outcome.object()[QStringLiteral("results")][0][QStringLiteral("text")].toString();
    };
    const QString state = path("half.state");
    const QStringList prompt{QStringLiteral("--prompt"),
                             QStringLiteral("User: What is a raven?\n\nAssistant:")};
    const QString whole = text(prompt + words("--max-tokens 24"));
    const QString first = text(prompt + words("--max-tokens 10 --save-state") + QStringList{state});
    const QString second = text(words("--max-tokens 14 --state") + QStringList{state});
    QVERIFY(!first.isEmpty() && !second.isEmpty());
    QCOMPARE(first + second, whole);
}

void TestCli::logitsAreThePublishedOnes()
{
    const QString model = support::sharedData(QStringLiteral("tiny/tiny-rwkv-7v0-834K-FP32.pth"));
    if (model.isEmpty()) QSKIP("no shared test data here");
    const Outcome outcome = run({QStringLiteral("logits"), model, QStringLiteral("--tokens"),
                                 QStringLiteral("34,105,110"), QStringLiteral("--strategy"),
                                 QStringLiteral("cpu fp32"), QStringLiteral("--out"), path("tiny.bin")});
    QVERIFY2(outcome.code == 0, qPrintable(outcome.errors));
    const auto expected =
        readFloats(support::sharedData(QStringLiteral("tiny/expected-logits-7v0-834K.bin")));
    QVERIFY(largestDifference(readFloats(path("tiny.bin")), expected) <= 3e-6);
}

void TestCli::logitsDoNotDependOnChunks_data()
{
    QTest::addColumn<int>("chunk");
    for (const int chunk : {1, 2, 3, 7})
        QTest::addRow("chunks of %d", chunk) << chunk;
}

void TestCli::logitsDoNotDependOnChunks()
{
    QFETCH(int, chunk);
    const QStringList common = words("logits demo --tokens 5,9,17,33,65,129,12,4,200,31,7 --strategy") +
                               QStringList{QStringLiteral("cpu fp32"), QStringLiteral("--out")};
    QCOMPARE(run(common + QStringList{path("whole.bin")}).code, 0);
    QCOMPARE(
        run(common + QStringList{path("parts.bin"), QStringLiteral("--chunk"), QString::number(chunk)}).code,
        0);
    const auto whole = readFloats(path("whole.bin"));
    double largest = 0;
    for (const float value : whole)
        largest = std::max(largest, std::abs(double(value)));
    QVERIFY(largest > 0);
    // Only the order of the sums in products of up to 1024 terms may differ: 1024 eps of the largest logit.
    QVERIFY(largestDifference(readFloats(path("parts.bin")), whole) <= 1024 * 1.2e-7 * largest);
}

void TestCli::inspectDescribesTheModel()
{
    const QJsonObject info = run(words("inspect demo --json")).object();
    QCOMPARE(info[QStringLiteral("family")].toString(), QStringLiteral("rwkv7"));
    QCOMPARE(info[QStringLiteral("container")].toString(), QStringLiteral("safetensors"));
    QCOMPARE(info[QStringLiteral("problem")].toString(), QString());
    double parameters = 0;
    for (const QJsonValue tensor : info[QStringLiteral("tensors")].toArray()) {
        double size = 1;
        for (const QJsonValue n : tensor[QStringLiteral("shape")].toArray())
            size *= n.toDouble();
        parameters += size;
    }
    QCOMPARE(info[QStringLiteral("parameters")].toDouble(), parameters);
    QVERIFY(run(words("inspect demo --tensors")).output.contains(QStringLiteral("emb.weight")));
}

void TestCli::devicesNamesTheProcessor()
{
    const QJsonArray devices = run(words("devices --json")).object()[QStringLiteral("devices")].toArray();
    QVERIFY(!devices.isEmpty());
    QCOMPARE(devices[0][QStringLiteral("id")].toString(), QStringLiteral("cpu"));
    QVERIFY(devices[0][QStringLiteral("total_bytes")].toDouble() > 1e8);
    const QString text = run(words("devices")).output;
    QVERIFY(text.startsWith(QStringLiteral("cpu: ")));
    const QJsonArray kernels = devices[0][QStringLiteral("all_kernels")].toArray();
    QVERIFY(kernels.contains(devices[0][QStringLiteral("kernels")]));
    QVERIFY(kernels.contains(QStringLiteral("plain")));
    for (const auto &name : kernels) { // each of them can be used
        QVERIFY(text.contains(name.toString()));
        QCOMPARE(run({QStringLiteral("generate"), QStringLiteral("demo"), QStringLiteral("--prompt"),
                      QStringLiteral("x"), QStringLiteral("--max-tokens"), QStringLiteral("1"),
                      QStringLiteral("--kernels"), name.toString()})
                     .code,
                 0);
    }
}

void TestCli::tokenizeGoesBothWays()
{
    const QString vocabulary = QStringLiteral(ROOKERY_BUILD_DIR "/share/rookery/demo/rwkv_vocab_demo.txt");
    const QString text = QStringLiteral("Hello, goose! 你好 \U0001F426");
    const QStringList common{QStringLiteral("tokenize"), QStringLiteral("--vocab"), vocabulary,
                             QStringLiteral("--json")};
    const QJsonArray tokens = run(common + QStringList{QStringLiteral("--text"), text})
                                  .object()[QStringLiteral("tokens")]
                                  .toArray();
    QVERIFY(!tokens.isEmpty());
    QStringList list;
    for (const QJsonValue token : tokens)
        list << QString::number(token.toInt());
    const Outcome back = run(common + QStringList{QStringLiteral("--tokens"), list.join(QLatin1Char(','))});
    QCOMPARE(back.object()[QStringLiteral("text")].toString(), text);
}

void TestCli::benchKeepsItsFormat()
{
    const Outcome outcome = run(words("bench demo --batch 1,2 --prompt 16 --gen 4 --json"));
    QVERIFY2(outcome.code == 0, qPrintable(outcome.errors));
    const QJsonObject bench = outcome.object();
    const auto keys = [](const QJsonObject &object) { return object.keys().join(QLatin1Char(' ')); };
    QCOMPARE(keys(bench), QStringLiteral("machine model results"));
    QCOMPARE(keys(bench[QStringLiteral("machine")].toObject()),
             QStringLiteral("bf16_gflops cpu memory_read_gb_per_s"));
    const QJsonArray results = bench[QStringLiteral("results")].toArray();
    QCOMPARE(results.size(), 2);
    QCOMPARE(results[1][QStringLiteral("batch")].toInt(), 2);
    for (const QJsonValue result : results) {
        QCOMPARE(keys(result.toObject()),
                 QStringLiteral("batch decode_gb_per_s decode_tokens_per_s "
                                "prefill_tokens_per_s share_of_limit strategy voices"));
        QVERIFY(result[QStringLiteral("decode_tokens_per_s")].toDouble() > 0);
    }
}

void TestCli::chatAnswersLinesOfAPipe()
{
    const Outcome outcome =
        run(words("chat demo --temperature 0 --json"), "Who are you?\n\nWhat is a goose?");
    QVERIFY2(outcome.code == 0, qPrintable(outcome.errors));
    const QStringList lines = outcome.output.trimmed().split(QLatin1Char('\n'));
    QCOMPARE(lines.size(), 2);
    for (const QString &line : lines)
        QVERIFY(!QJsonDocument::fromJson(line.toUtf8())[QStringLiteral("text")].toString().isEmpty());
    const Outcome once =
        run(words("chat demo --temperature 0 --once") + QStringList{QStringLiteral("Who are you?")});
    QCOMPARE(once.output.trimmed(),
             QJsonDocument::fromJson(lines[0].toUtf8())[QStringLiteral("text")].toString().trimmed());
}

void TestCli::chatRefusesAWrongSetting()
{
    const Outcome outcome = run(words("chat demo"), "/set temperature 99\n");
    QCOMPARE(outcome.code, 1);
    QCOMPARE(outcome.errors,
             QStringLiteral("rookery-cli: temperature: expected a number from 0 to 10, found \"99\"\n"));
    const Outcome shown = run(words("chat demo"), "/set temperature 0.25\n/set\n/quit\nnever read\n");
    QCOMPARE(shown.code, 0);
    QVERIFY(shown.output.contains(QStringLiteral("temperature 0.25,")));
    QCOMPARE(shown.output.count(QLatin1Char('\n')), 1);
}

void TestCli::chatGoesOnFromASavedConversation()
{
    const QByteArray state = path("talk.state").toUtf8();
    const QStringList command = words("chat demo --temperature 0 --max-tokens 40 --json");
    const Outcome whole = run(command, "Who are you?\nWhat is a raven?\n");
    const Outcome saved = run(command, "Who are you?\n/save " + state + "\n");
    QVERIFY2(saved.code == 0, qPrintable(saved.errors));
    const Outcome opened = run(command, "/open " + state + "\nWhat is a raven?\n");
    QVERIFY2(opened.code == 0, qPrintable(opened.errors));
    const auto text = [](const Outcome &outcome, int line) {
        return QJsonDocument::fromJson(
                   outcome.output.split(QLatin1Char('\n'))[line].toUtf8())[QStringLiteral("text")]
            .toString();
    };
    QCOMPARE(text(opened, 0), text(whole, 1));
    QVERIFY(!text(opened, 0).isEmpty());
}

void TestCli::signalsEndItCleanly_data()
{
    QTest::addColumn<int>("number");
    QTest::newRow("Ctrl-C") << SIGINT;
    QTest::newRow("SIGTERM") << SIGTERM;
    QTest::newRow("SIGHUP") << SIGHUP;
}

void TestCli::signalsEndItCleanly()
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

void TestCli::aReaderMayGoAway()
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
