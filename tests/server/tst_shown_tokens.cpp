// Which tokens of an answer its text consists of, for all ways to cut the answer into tokens.
#include "engine/answer_text.h"
#include "engine/server/shown_tokens.h"

#include <QTest>

using engine::AnswerForm;
using server::ShownTokens;

class TestShownTokens : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void joinedTheyAreTheText_data();
    void joinedTheyAreTheText();
    void keepsWhatIsKnownOfEach();
};

namespace
{

struct Told {
    std::string text, joined;
    std::vector<engine::GeneratedToken> tokens;
};

/// Runs an answer through as the runner and the server do.
Told tell(const AnswerForm &form, const std::vector<std::string> &tokens)
{
    engine::AnswerText answer(form);
    ShownTokens shown;
    Told told;
    const auto take = [&](const std::vector<engine::GeneratedToken> &known) {
        for (const auto &token : known) {
            told.joined += token.bytes;
            told.tokens.push_back(token);
        }
    };
    const auto send = [&](std::vector<engine::AnswerText::Part> parts,
                          std::vector<engine::GeneratedToken> drawn) {
        if (parts.empty()) parts.push_back({});
        for (auto &part : parts) {
            if (!part.thinking) told.text += part.text;
            take(shown.push({1, part.text, part.thinking, std::exchange(drawn, {})}));
        }
    };
    for (std::size_t i = 0; i < tokens.size() && !answer.stop(); ++i) {
        std::vector<engine::AnswerText::Part> parts;
        answer.push(tokens[i], parts);
        send(parts, {{int(i), -float(i), tokens[i], {}, {}}});
    }
    std::vector<engine::AnswerText::Part> parts;
    if (!answer.stop()) answer.finish(parts);
    if (!parts.empty()) send(parts, {});
    take(shown.finish());
    return told;
}

} // namespace

void TestShownTokens::joinedTheyAreTheText_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("thinks");
    QTest::newRow("plain") << QByteArray("abc de") << QByteArray("abc de") << false;
    QTest::newRow("blanks") << QByteArray(" \n a b ") << QByteArray("a b ") << false;
    QTest::newRow("stopped") << QByteArray(" a.\n\nU: b") << QByteArray("a.") << false;
    QTest::newRow("nearly") << QByteArray("a.\n\nV\n\nU") << QByteArray("a.\n\nV\n\nU") << false;
    QTest::newRow("only a stop") << QByteArray(" \n\nU:") << QByteArray("") << false;
    QTest::newRow("thinking") << QByteArray(">t\n</think>\nt") << QByteArray("t") << true;
    QTest::newRow("stopped in thinking") << QByteArray(">t\n\nU:") << QByteArray("") << true;
    QTest::newRow("characters") << QByteArray(" \xE4\xBD\xA0\xF0\x9F\x90\xA6\n\nU:")
                                << QByteArray("\xE4\xBD\xA0\xF0\x9F\x90\xA6") << false;
}

void TestShownTokens::joinedTheyAreTheText()
{
    QFETCH(QByteArray, answer);
    QFETCH(QByteArray, text);
    QFETCH(bool, thinks);
    AnswerForm form;
    form.stopStrings = {"\n\nU:"};
    form.trimStart = true;
    form.startsInThinking = thinks;
    if (thinks) form.swallow = ">";
    const std::string all = answer.toStdString();
    QVERIFY(all.size() <= 16);
    for (unsigned cuts = 0; cuts < 1U << (all.size() - 1); ++cuts) {
        std::vector<std::string> tokens(1);
        for (std::size_t i = 0; i < all.size(); ++i) {
            tokens.back() += all[i];
            if (cuts >> i & 1U) tokens.emplace_back();
        }
        const Told told = tell(form, tokens);
        if (told.text != text.toStdString() || told.joined != told.text)
            QFAIL(qPrintable(QStringLiteral("cuts %1: ").arg(cuts) + QString::fromStdString(told.joined)));
    }
}

void TestShownTokens::keepsWhatIsKnownOfEach()
{
    AnswerForm form;
    form.stopStrings = {"\n\nU:"};
    form.trimStart = true;
    const Told told = tell(form, {"\n", " one", " two.\n", "\nU", ": x"});
    QCOMPARE(told.tokens.size(), std::size_t(2));
    QCOMPARE(told.tokens[0].bytes, std::string("one"));
    QCOMPARE(told.tokens[0].token, 1);
    QCOMPARE(told.tokens[1].bytes, std::string(" two."));
    QCOMPARE(told.tokens[1].logprob, -2.0F);
}

QTEST_APPLESS_MAIN(TestShownTokens)
#include "tst_shown_tokens.moc"
