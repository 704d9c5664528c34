// rookery-cli generate and chat: what they write, and that it can be had again.
#include "support/program_run.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using support::Outcome;
using support::run;
using support::words;

class TestCliText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_folder.isValid()); }

    void generateGivesOneObject();
    void generateTakesThePromptOfAFile();
    void aConvertedModelTakesAVocabularyAlong();
    void generateKeepsToTokens();
    void generateKeepsToAGrammar();
    void aSeedGivesItsTextInAnyCompany();
    void savedStateGoesOnAsIfNeverStopped();
    void savesNoStateOverOtherFiles();
    void chatAnswersLinesOfAPipe();
    void chatRefusesAWrongSetting();
    void chatGoesOnBehindAMistypedLine();
    void chatGoesOnFromASavedConversation();

private:
    QString path(const char *name) const { return m_folder.filePath(QString::fromUtf8(name)); }

    QTemporaryDir m_folder;
};

void TestCliText::generateGivesOneObject()
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

void TestCliText::generateTakesThePromptOfAFile()
{
    QFile file(path("prompt.txt"));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("The raven") == 9);
    file.close();
    const QStringList common = words("generate demo --max-tokens 5 --temperature 0");
    const Outcome fromFile = run(common + QStringList{QStringLiteral("--prompt-file"), path("prompt.txt")});
    const Outcome given = run(common + QStringList{QStringLiteral("--prompt"), QStringLiteral("The raven")});
    QCOMPARE(fromFile.output, given.output);
    const Outcome missing = run(common + QStringList{QStringLiteral("--prompt-file"), path("missing.txt")});
    QCOMPARE(missing.code, 2);
    QVERIFY2(missing.errors.contains(QLatin1String("missing.txt: No such file")), qPrintable(missing.errors));
}

void TestCliText::aConvertedModelTakesAVocabularyAlong()
{
    const QString vocabulary = QStringLiteral(ROOKERY_BUILD_DIR "/share/rookery/demo/rwkv_vocab_demo.txt");
    const Outcome outcome =
        run(words("convert demo") + QStringList{path("own.pth"), QStringLiteral("--vocab"), vocabulary});
    QVERIFY2(outcome.code == 0, qPrintable(outcome.errors));
    const QStringList more = words("--prompt The --max-tokens 5 --temperature 0");
    QCOMPARE(run(words("generate") + QStringList{path("own.pth")} + more).output,
             run(words("generate demo") + more).output);
}

/// Log-probabilities, and what bans, biases and stop tokens make of them.
void TestCliText::generateKeepsToTokens()
{
    const QStringList common = words("generate demo --prompt The --max-tokens 6 --temperature 0 --json");
    const auto tokensOf = [&](const QStringList &more) {
        const Outcome outcome = run(common + more);
        return outcome.object()[QStringLiteral("results")][0][QStringLiteral("tokens")].toArray();
    };
    const auto idOf = [](const QJsonValue &token) { return token[QStringLiteral("token")].toInt(); };
    const QJsonArray tokens = tokensOf(words("--logprobs 2"));
    QCOMPARE(tokens.size(), 6);
    for (const QJsonValue token : tokens) {
        const QJsonArray top = token[QStringLiteral("top")].toArray();
        QCOMPARE(top.size(), 2);
        QCOMPARE(idOf(top[0]), idOf(token)); // greedy
        QVERIFY(token[QStringLiteral("logprob")].toDouble() <= 0);
        QCOMPARE(top[0][QStringLiteral("logprob")], token[QStringLiteral("logprob")]);
        QVERIFY(top[1][QStringLiteral("logprob")].toDouble() <= top[0][QStringLiteral("logprob")].toDouble());
    }
    const int first = idOf(tokens[0]), second = idOf(tokens[0][QStringLiteral("top")][1]);
    const QString ban = QString::number(first);
    QCOMPARE(idOf(tokensOf(words("--logprobs 0 --ban") << ban)[0]), second);
    QCOMPARE(idOf(tokensOf(words("--logprobs 0 --logit-bias") << ban + QStringLiteral(":-100"))[0]), second);
    QCOMPARE(idOf(tokensOf(words("--logprobs 0 --logit-bias")
                           << QString::number(second) + QStringLiteral(":100"))[0]),
             second);
    const QString third = QString::number(idOf(tokens[2]));
    QVERIFY(tokensOf(words("--logprobs 0 --stop-token") << third).size() < 6);
    QCOMPARE(run(words("generate demo --prompt The --logprobs 1")).code,
             2); // without --json there is no place
    QCOMPARE(run(words("generate demo --prompt The --logit-bias 5")).code, 2);
}

void TestCliText::generateKeepsToAGrammar()
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

void TestCliText::aSeedGivesItsTextInAnyCompany()
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

void TestCliText::savedStateGoesOnAsIfNeverStopped()
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

/// Told before the text is written: a model is easily mistaken for one.
void TestCliText::savesNoStateOverOtherFiles()
{
    const QString file = path("notes.txt");
    QFile notes(file);
    QVERIFY(notes.open(QIODevice::WriteOnly) && notes.write("mine") == 4);
    notes.close();
    const Outcome outcome =
        run(words("generate demo --prompt A --max-tokens 4 --save-state") + QStringList{file});
    QCOMPARE(outcome.code, 1);
    QCOMPARE(outcome.output, QString());
    QVERIFY2(outcome.errors.contains(QStringLiteral("is no state")), qPrintable(outcome.errors));
    QCOMPARE(notes.size(), 4);
}

void TestCliText::chatAnswersLinesOfAPipe()
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

void TestCliText::chatRefusesAWrongSetting()
{
    const Outcome outcome = run(words("chat demo"), "/set temperature 99\n");
    QCOMPARE(outcome.code, 1);
    QCOMPARE(outcome.output, QString());
    QCOMPARE(outcome.errors,
             QStringLiteral("rookery-cli: temperature: expected a number from 0 to 10, found \"99\"\n"));
    const Outcome shown = run(words("chat demo"), "/set temperature 0.25\n/set\n/quit\nnever read\n");
    QCOMPARE(shown.code, 0);
    QVERIFY(shown.output.contains(QStringLiteral("temperature 0.25,")));
    QCOMPARE(shown.output.count(QLatin1Char('\n')), 1);
}

void TestCliText::chatGoesOnBehindAMistypedLine()
{
    const QByteArray lines = "/sing\n/open missing.state\nWho are you?\n/set temperature 0.5\n";
    const Outcome plain = run(words("chat demo --temperature 0"), lines);
    QCOMPARE(plain.code, 1); // a program learns that not all went well
    QCOMPARE(plain.errors.count(QLatin1Char('\n')), 2);
    QVERIFY(plain.errors.contains(QStringLiteral("there is no command /sing")));
    QVERIFY(plain.errors.contains(QStringLiteral("missing.state")));
    QVERIFY(plain.output.contains(QStringLiteral("Rookery demonstration model")));

    const QStringList objects =
        run(words("chat demo --temperature 0 --json"), lines).output.trimmed().split(QLatin1Char('\n'));
    QCOMPARE(objects.size(), 3);
    const auto object = [&](int i) { return QJsonDocument::fromJson(objects[i].toUtf8()).object(); };
    QCOMPARE(object(0)[QLatin1String("error")][QLatin1String("code")].toString(),
             QStringLiteral("bad_request"));
    QCOMPARE(object(1)[QLatin1String("error")][QLatin1String("code")].toString(),
             QStringLiteral("file_not_found"));
    QVERIFY(object(2).contains(QLatin1String("text")));
}

void TestCliText::chatGoesOnFromASavedConversation()
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

QTEST_GUILESS_MAIN(TestCliText)
#include "tst_cli_text.moc"
