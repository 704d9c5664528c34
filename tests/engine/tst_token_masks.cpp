// Masks over whole vocabularies: against each token by itself, and texts that follow them.
#include "engine/error.h"
#include "engine/grammar/constraint.h"
#include "support/grammar_world.h"
#include "support/shared_data.h"
#include "support/thrown_error.h"

#include <QtTest>

#include <nlohmann/json.hpp>

#include <map>

using namespace engine::grammar;

namespace
{

constexpr const char *kSchema = R"({"type":"object","properties":{"name":{"type":"string","maxLength":20},
    "tags":{"type":"array","items":{"enum":["red","green"]}},"n":{"type":"integer","minimum":1,"maximum":12}},
    "required":["name","n"],"additionalProperties":false})";

bool has(const Mask &mask, int token)
{
    return (mask[static_cast<std::size_t>(token) / 64] >> (static_cast<unsigned>(token) % 64U)) & 1U;
}

} // namespace

class TestTokenMasks : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data();
    void agreesWithEveryToken();
    void walksEndValid();
    void endsOnlyWhereItMay();
    void keepsMasks();
    void renewsWhatHasGrown();
    void storeKnowsItsGrammars();

private:
    static std::shared_ptr<const engine::Tokenizer> vocabulary();
};

void TestTokenMasks::initTestCase_data()
{
    QTest::addColumn<QString>("file");
    QTest::newRow("demonstration") << QStringLiteral(ROOKERY_SOURCE_DIR
                                                     "/resources/demo/rwkv_vocab_demo.txt");
    QTest::newRow("World") << support::sharedData("tokenizers/rwkv_vocab_v20230424.txt");
    QTest::newRow("byte-level BPE") << support::sharedData("tokenizers/20B_tokenizer.json");
}

/// Of the row; each is read once.
std::shared_ptr<const engine::Tokenizer> TestTokenMasks::vocabulary()
{
    static std::map<QString, std::shared_ptr<const engine::Tokenizer>> read;
    QFETCH_GLOBAL(QString, file);
    if (file.isEmpty()) return nullptr;
    auto &tokenizer = read[file];
    if (!tokenizer) tokenizer = engine::openTokenizer(file.toStdString());
    return tokenizer;
}

#define NEEDS_VOCABULARY                                                                                     \
    const auto tokenizer = vocabulary();                                                                     \
    if (!tokenizer) QSKIP("no such vocabulary here")

void TestTokenMasks::agreesWithEveryToken()
{
    NEEDS_VOCABULARY;
    const auto rules = compile(support::jsonSchema(kSchema));
    TokenMasks masks(rules, std::make_shared<const TokenTrie>(*tokenizer));
    Automaton automaton(rules);
    automaton.grant(100'000'000);
    for (const std::string before : {"", "{", "{\"name\": \"", "{\"name\": \"x\xC3",
                                     "{\"name\":\"aaaaaaaaaaaaaaaaaaa", "{\"name\":\"a\",\"n\":1"}) {
        const auto mask = masks.mask(masks.advance(masks.start(), before));
        int allowed = 0;
        Automaton::State from = automaton.start();
        for (const char c : before)
            from = automaton.next(from, static_cast<std::uint8_t>(c));
        for (int token = 0; token < tokenizer->size(); ++token) {
            const std::string_view bytes =
                tokenizer->isUsed(token) ? tokenizer->bytes(token) : std::string_view();
            Automaton::State state = from;
            for (std::size_t i = 0; i < bytes.size() && state != Automaton::kDead; ++i)
                state = automaton.next(state, static_cast<std::uint8_t>(bytes[i]));
            const bool want = !bytes.empty() && state != Automaton::kDead;
            if (has(*mask, token) != want)
                QFAIL(qPrintable(QString("token %1 behind %2").arg(token).arg(before.c_str())));
            allowed += want;
        }
        QVERIFY(allowed > 0);
    }
}

void TestTokenMasks::walksEndValid()
{
    NEEDS_VOCABULARY;
    const auto grammar = std::make_shared<Grammar>(compile(support::jsonSchema(kSchema)),
                                                   std::make_shared<const TokenTrie>(*tokenizer));
    std::mt19937 random(3);
    for (int walk = 0; walk < 6; ++walk) {
        Constraint constraint(grammar, {});
        std::string text;
        while (!constraint.isDone()) {
            const Mask &mask = constraint.allowed();
            std::vector<int> choices;
            for (int token = 0; token < tokenizer->size(); ++token)
                if (has(mask, token)) choices.push_back(token);
            QVERIFY2(!choices.empty(), text.c_str());
            const std::string_view bytes = tokenizer->bytes(choices[random() % choices.size()]);
            constraint.accept(bytes);
            text += bytes;
            QVERIFY2(text.size() < 5000, text.c_str());
        }
        const auto value = nlohmann::json::parse(text, nullptr, false);
        QVERIFY2(value.is_object() && value.contains("name") && value["n"] >= 1 && value["n"] <= 12,
                 text.c_str());
    }
}

void TestTokenMasks::endsOnlyWhereItMay()
{
    NEEDS_VOCABULARY;
    const int end = tokenizer->endOfText();
    const auto grammar = std::make_shared<Grammar>(compile(support::gbnf("root ::= \"ab\" \"c\"*")),
                                                   std::make_shared<const TokenTrie>(*tokenizer));
    const int stop = tokenizer->encode("c").front(); // a stop token with a text of its own
    Constraint constraint(grammar, {end, stop, -1, 1 << 30});
    QVERIFY(!has(constraint.allowed(), end) && !has(constraint.allowed(), stop));
    constraint.accept("a");
    QVERIFY(!has(constraint.allowed(), end) && !constraint.mayEnd());
    constraint.accept("b");
    QVERIFY(has(constraint.allowed(), end) && has(constraint.allowed(), stop));
    QVERIFY(constraint.mayEnd() && !constraint.isDone());
    constraint.accept("ccc");
    QVERIFY(has(constraint.allowed(), end));
    QCOMPARE(support::errorOf([&] { constraint.accept("x"); }).code(), engine::ErrorCode::Internal);
}

void TestTokenMasks::keepsMasks()
{
    NEEDS_VOCABULARY;
    TokenMasks masks(compile(support::anyJson()), std::make_shared<const TokenTrie>(*tokenizer));
    const auto inString = masks.advance(masks.start(), "{\"a");
    QElapsedTimer clock;
    clock.start();
    const auto first = masks.mask(inString);
    const qint64 fresh = clock.nsecsElapsed();
    QCOMPARE(masks.advance(masks.start(), "{\"some other string"), inString); // the same may follow
    clock.restart();
    QCOMPARE(masks.mask(inString).get(), first.get());
    qInfo("a mask of %d tokens: %.3f ms when new, %.6f ms when kept", tokenizer->size(), double(fresh) * 1e-6,
          double(clock.nsecsElapsed()) * 1e-6);
    double all = 0;
    int states = 0;
    std::string text = "{\"k\": [";
    for (int i = 0; i < 10; ++i) { // states that are new each, with transitions that are known
        text += i % 2 ? "[" : "{\"k\":[";
        clock.restart();
        masks.mask(masks.advance(masks.start(), text + "\""));
        all += double(clock.nsecsElapsed()) * 1e-6;
        ++states;
    }
    qInfo("deeper in strings: %.3f ms a state", all / states);
}

void TestTokenMasks::renewsWhatHasGrown()
{
    NEEDS_VOCABULARY;
    const auto grammar = std::make_shared<Grammar>(compile(support::gbnf("root ::= \"a\"{3000}")),
                                                   std::make_shared<const TokenTrie>(*tokenizer));
    Constraint constraint(grammar, {});
    const auto first = grammar->masks();
    for (std::size_t i = 0; i < TokenMasks::kMostMasks + 10; ++i) {
        QVERIFY(has(constraint.allowed(), tokenizer->encode("a").front()));
        constraint.accept("a");
    }
    QVERIFY(grammar->masks() != first);
    constraint.accept(std::string(3000 - TokenMasks::kMostMasks - 10, 'a'));
    QVERIFY(constraint.isDone());
}

void TestTokenMasks::storeKnowsItsGrammars()
{
    NEEDS_VOCABULARY;
    Store store(tokenizer);
    const auto first = store.find(support::gbnf("root ::= \"a\""));
    QCOMPARE(store.find(support::gbnf("root ::= \"a\"")), first);
    Source led = support::gbnf("root ::= \"a\"");
    led.lead.trimStart = true;
    QVERIFY(store.find(led) != first);
    for (std::size_t i = 0; i < Store::kMostGrammars; ++i)
        store.find(support::gbnf("root ::= \"" + std::to_string(i) + "\""));
    QVERIFY(store.find(support::gbnf("root ::= \"a\"")) != first); // forgotten, made anew
    QCOMPARE(support::errorOf([&] { store.find(support::gbnf("rot ::=")); }).code(),
             engine::ErrorCode::BadRequest);
}

QTEST_APPLESS_MAIN(TestTokenMasks)
#include "tst_token_masks.moc"
