// Answers that are held to a grammar, through the whole engine.
#include "engine/tools.h"
#include "support/fake_world.h"
#include "support/grammar_world.h"

#include <QtTest>

#include <nlohmann/json.hpp>

#include <cmath>

namespace ev = engine::event;
using engine::ErrorCode;
using engine::FinishReason;
using engine::GenerateSpec;
using engine::GrammarSpec;
using engine::JobId;
using support::FakeWorld;
using Kind = engine::GrammarSpec::Kind;

namespace
{

constexpr const char *kSchema = R"({"type":"object","properties":{"name":{"type":"string","maxLength":8},
    "n":{"type":"integer","minimum":1,"maximum":12}},"required":["name","n"],"additionalProperties":false})";

GenerateSpec constrained(GrammarSpec grammar, int maxTokens = 200)
{
    GenerateSpec spec = support::greedy("abc", maxTokens);
    spec.grammar = std::move(grammar);
    return spec;
}

GenerateSpec seeded(std::uint64_t seed)
{
    GenerateSpec spec = constrained({Kind::JsonSchema, kSchema});
    spec.sampling.temperature = 1;
    spec.sampling.topP = 1;
    spec.sampling.seed = seed;
    spec.sampling.hasSeed = true;
    return spec;
}

} // namespace

class TestEngineGrammar : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answersAreTexts();
    void aloneAsInCompany();
    void endsByItself();
    void endsWhereItMay();
    void biasAndPenaltiesCannotPass();
    void logprobsAreTheModels();
    void thinkingIsFree();
    void blanksMayLead();
    void callsWhatItMust_data();
    void callsWhatItMust();
    void numbersThatAreNoneAreNoFaultOfTheGrammar();
    void statesStandBehindTheText();
    void stopTokensEndOnlyWhereTheGrammarMay();
    void stopStringsEndOnlyBehindATextOfTheGrammar_data();
    void stopStringsEndOnlyBehindATextOfTheGrammar();
    void refusesBadGrammars();
    void failsWhereNothingIsLeft();
    void ambiguityHoldsUpNobody();
};

void TestEngineGrammar::answersAreTexts()
{
    FakeWorld world;
    QVERIFY(world.load());
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        const JobId job = world.run(seeded(seed));
        const std::string text = world.events.text(job);
        QCOMPARE(world.events.one<ev::Finished>(job).reason, FinishReason::EndOfText);
        const auto value = nlohmann::json::parse(text, nullptr, false);
        QVERIFY2(value.is_object() && value["name"].is_string() && value["n"] >= 1 && value["n"] <= 12,
                 text.c_str());
    }
}

void TestEngineGrammar::aloneAsInCompany()
{
    FakeWorld world;
    QVERIFY(world.load());
    std::vector<std::vector<int>> alone;
    for (std::uint64_t seed = 0; seed < 12; ++seed)
        alone.push_back(world.events.tokens(world.run(seeded(seed))));
    std::vector<JobId> jobs;
    for (std::uint64_t seed = 0; seed < 12; ++seed)
        jobs.push_back(world.engine->generate(seeded(seed)));
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        QVERIFY(world.events.waitForEnd(jobs[i]));
        QCOMPARE(world.events.tokens(jobs[i]), alone[i]);
    }
}

void TestEngineGrammar::endsByItself()
{
    FakeWorld world;
    QVERIFY(world.load());
    const JobId job = world.run(constrained({Kind::Gbnf, "root ::= \"yes\""}));
    QCOMPARE(world.events.text(job), std::string("yes"));
    QCOMPARE(world.events.one<ev::Finished>(job).reason, FinishReason::EndOfText);
    QCOMPARE(world.events.one<ev::Finished>(job).usage.generatedTokens, 3);
    GenerateSpec cut = constrained({Kind::Gbnf, "root ::= \"yes\""}, 2);
    QCOMPARE(world.events.one<ev::Finished>(world.run(cut)).reason, FinishReason::Length);
}

void TestEngineGrammar::endsWhereItMay()
{
    support::FakeSpec spec; // a model that always wants to end
    spec.script = [](const support::Seen &, std::span<float> logits) {
        std::fill(logits.begin(), logits.end(), 0.0F);
        logits[0] = 90;
    };
    FakeWorld world(spec);
    QVERIFY(world.load());
    const JobId job = world.run(constrained({Kind::Gbnf, "root ::= \"ab\" \"c\"*"}));
    QCOMPARE(world.events.text(job), std::string("ab"));
    QCOMPARE(world.events.one<ev::Finished>(job).reason, FinishReason::EndOfText);
}

void TestEngineGrammar::biasAndPenaltiesCannotPass()
{
    FakeWorld world;
    QVERIFY(world.load());
    GenerateSpec spec = constrained({Kind::Gbnf, "root ::= \"aaaa\""});
    spec.sampling.logitBias = {{'z' + 1, 100.0F}, {'a' + 1, -100.0F}};
    spec.sampling.presencePenalty = 10;
    spec.sampling.frequencyPenalty = 10;
    spec.sampling.repetitionPenalty = 10;
    QCOMPARE(world.events.text(world.run(spec)), std::string("aaaa"));
}

void TestEngineGrammar::logprobsAreTheModels()
{
    support::FakeSpec fake;
    fake.script = [](const support::Seen &, std::span<float> logits) {
        std::fill(logits.begin(), logits.end(), -50.0F);
        logits['x' + 1] = 10; // forbidden
        logits['a' + 1] = 7;
    };
    FakeWorld world(fake);
    QVERIFY(world.load());
    GenerateSpec spec = constrained({Kind::Gbnf, "root ::= \"a\""});
    spec.topLogprobs = 1;
    const auto chunk = world.events.one<ev::TokenChunk>(world.run(spec));
    const double want = 7 - (10 + std::log1p(std::exp(-3.0)));
    QVERIFY(std::abs(chunk.tokens.at(0).logprob - want) < 1e-4);
    QCOMPARE(chunk.tokens.at(0).top.at(0).token, 'x' + 1);
}

void TestEngineGrammar::thinkingIsFree()
{
    const std::string prompt = "User: q?\n\nAssistant: <think";
    const std::string said = ">so {it} is</think>\n[1]";
    support::FakeSpec fake;
    fake.script = support::recital(support::FakeTokenizer().encode(prompt).size(),
                                   support::FakeTokenizer().encode(said));
    FakeWorld world(fake);
    QVERIFY(world.load());
    GenerateSpec spec = constrained({Kind::JsonSchema, R"({"type":"array","items":{"type":"integer"}})"});
    spec.prompt.clear();
    spec.messages = {{engine::Role::User, "q?", {}}};
    spec.chatTemplate = engine::ChatTemplate::Reasoning;
    spec.thinking = engine::Thinking::On;
    const JobId job = world.run(spec);
    QCOMPARE(world.events.text(job, true), std::string("so {it} is"));
    QCOMPARE(world.events.text(job), std::string("[1]"));
    QCOMPARE(world.events.one<ev::Finished>(job).reason, FinishReason::EndOfText);
}

void TestEngineGrammar::blanksMayLead()
{
    const std::string prompt = "User: q?\n\nAssistant:";
    support::FakeSpec fake;
    fake.script = support::recital(support::FakeTokenizer().encode(prompt).size(),
                                   support::FakeTokenizer().encode(" yes"));
    FakeWorld world(fake);
    QVERIFY(world.load());
    GenerateSpec spec = constrained({Kind::Gbnf, "root ::= \"yes\" | \"no\""});
    spec.prompt.clear();
    spec.messages = {{engine::Role::User, "q?", {}}};
    spec.chatTemplate = engine::ChatTemplate::World;
    const JobId job = world.run(spec);
    QCOMPARE(world.events.text(job), std::string("yes"));
    QCOMPARE(world.events.tokens(job), support::FakeTokenizer().encode(" yes"));
}

void TestEngineGrammar::callsWhatItMust_data()
{
    QTest::addColumn<bool>("named");
    QTest::newRow("required") << false;
    QTest::newRow("named") << true;
}

void TestEngineGrammar::callsWhatItMust()
{
    QFETCH(bool, named);
    FakeWorld world;
    QVERIFY(world.load());
    GenerateSpec spec = seeded(4);
    spec.grammar = {};
    spec.prompt.clear();
    spec.messages = {{engine::Role::User, "q?", {}}};
    spec.tools = {
        {"look", "", R"({"type":"object","properties":{"at":{"enum":["sky","sea"]}},"required":["at"]})"},
        {"wait", "", R"({"type":"object","properties":{},"additionalProperties":false})"}};
    spec.toolChoice = named ? engine::ToolChoice::Named : engine::ToolChoice::Required;
    spec.toolName = "look";
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
        spec.sampling.seed = seed;
        spec.maxTokens = 4000;
        const JobId job = world.run(spec);
        QCOMPARE(world.events.one<ev::Finished>(job).reason, FinishReason::EndOfText);
        engine::ToolCallReader reader({"look", "wait"});
        std::vector<engine::ToolCallReader::Part> parts;
        reader.push(world.events.text(job), parts);
        reader.finish(parts);
        QVERIFY(!parts.empty() && (!named || parts.size() == 1));
        for (const auto &part : parts) {
            QVERIFY2(part.call, part.text.c_str());
            const auto arguments = nlohmann::json::parse(part.call->arguments);
            QVERIFY(part.call->name == "look" ? arguments["at"] == "sky" || arguments["at"] == "sea"
                                              : !named && arguments.empty());
        }
    }
}

void TestEngineGrammar::statesStandBehindTheText()
{
    FakeWorld world;
    QVERIFY(world.load());
    GenerateSpec spec = constrained({Kind::Gbnf, "root ::= \"yes\""});
    spec.keepState = true;
    const auto finished = world.events.one<ev::Finished>(world.run(spec));
    QVERIFY(finished.state != 0);
    GenerateSpec further = support::greedy("", 5);
    further.from = finished.state;
    QCOMPARE(world.events.tokens(world.run(further)),
             world.events.tokens(world.run(support::greedy("abcyes", 5))));
}

void TestEngineGrammar::stopTokensEndOnlyWhereTheGrammarMay()
{
    support::FakeSpec fake;
    fake.script = [](const support::Seen &, std::span<float> logits) { support::certain(logits, 'b' + 1); };
    FakeWorld world(fake);
    QVERIFY(world.load());
    GenerateSpec spec = constrained({Kind::Gbnf, "root ::= [ab]{2} [ab]*"});
    spec.stopTokens = {'b' + 1};
    const JobId job = world.run(spec);
    QCOMPARE(world.events.text(job), std::string("aa"));
    QCOMPARE(world.events.one<ev::Finished>(job).reason, FinishReason::Stop);
}

void TestEngineGrammar::stopStringsEndOnlyBehindATextOfTheGrammar_data()
{
    QTest::addColumn<QByteArray>("grammar");
    QTest::addColumn<QByteArray>("said");
    QTest::addColumn<QByteArray>("stop");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("stops");
    QTest::newRow("in leading blanks") << QByteArray("root ::= \"yes\"") << QByteArray("\n\nyes")
                                       << QByteArray("\n\n") << QByteArray("yes") << false;
    QTest::newRow("within") << QByteArray("root ::= \"[\" \"\\n\"? \"1]\"") << QByteArray("[\n1]")
                            << QByteArray("\n") << QByteArray("[\n1]") << false;
    QTest::newRow("the last byte") << QByteArray("root ::= \"ab\"") << QByteArray("ab") << QByteArray("b")
                                   << QByteArray("ab") << false;
    QTest::newRow("behind a text") << QByteArray("root ::= \"ab\" [c-e]*") << QByteArray("abcde")
                                   << QByteArray("de") << QByteArray("abc") << true;
    QTest::newRow("the second one") << QByteArray("root ::= \"x-\" [a-x-]*") << QByteArray("x-ax-b")
                                    << QByteArray("x-") << QByteArray("x-a") << true;
    QTest::newRow("many bytes a character")
        << QByteArray("root ::= \"\u00e9\" \"\u00e9\"*") << QByteArray("\xC3\xA9\xC3\xA9\xC3\xA9")
        << QByteArray("\xC3\xA9") << QByteArray("\xC3\xA9") << true;
    QTest::newRow("in thinking") << QByteArray("root ::= \"ok\"") << QByteArray("<think>a\n\nb</think>ok")
                                 << QByteArray("\n\n") << QByteArray("ok") << false;
}

void TestEngineGrammar::stopStringsEndOnlyBehindATextOfTheGrammar()
{
    QFETCH(QByteArray, grammar);
    QFETCH(QByteArray, said);
    QFETCH(QByteArray, stop);
    const bool thinks = said.startsWith('<');
    const std::string prompt = thinks ? "User: q?\n\nAssistant: <think" : "User: q?\n\nAssistant:";
    support::FakeSpec fake;
    fake.script = support::recital(
        support::FakeTokenizer().encode(prompt).size(),
        support::FakeTokenizer().encode(said.mid(thinks ? int(qstrlen("<think")) : 0).toStdString()));
    FakeWorld world(fake);
    QVERIFY(world.load());
    GenerateSpec spec = constrained({Kind::Gbnf, grammar.toStdString()});
    spec.prompt.clear();
    spec.messages = {{engine::Role::User, "q?", {}}};
    spec.chatTemplate = thinks ? engine::ChatTemplate::Reasoning : engine::ChatTemplate::World;
    spec.thinking = thinks ? engine::Thinking::On : engine::Thinking::Off;
    spec.stopStrings = {stop.toStdString()};
    const JobId job = world.run(spec);
    QTEST(QByteArray::fromStdString(world.events.text(job)), "text");
    const auto finished = world.events.one<ev::Finished>(job);
    QTEST(finished.reason == FinishReason::Stop, "stops");
    QVERIFY(finished.stop == (finished.reason == FinishReason::Stop ? stop.toStdString() : ""));
}

void TestEngineGrammar::refusesBadGrammars()
{
    FakeWorld world;
    QVERIFY(world.load());
    for (const GrammarSpec &grammar :
         {GrammarSpec{Kind::Gbnf, "root ::= ("}, GrammarSpec{Kind::JsonSchema, "{\"not\":{}}"},
          GrammarSpec{Kind::JsonSchema, "{"}, GrammarSpec{Kind::Gbnf, ""}})
        QCOMPARE(world.errorOf(world.run(constrained(grammar))), ErrorCode::BadRequest);
}

void TestEngineGrammar::failsWhereNothingIsLeft()
{
    FakeWorld world;
    QVERIFY(world.load());
    GenerateSpec spec = constrained({Kind::Gbnf, "root ::= \"ab\""});
    spec.sampling.bannedTokens = {'b' + 1};
    QCOMPARE(world.errorOf(world.run(spec)), ErrorCode::BadRequest);
    QCOMPARE(world.events.text(world.run(support::greedy("abc", 2))).empty(), false); // the runner lives on
}

void TestEngineGrammar::ambiguityHoldsUpNobody()
{
    FakeWorld world;
    QVERIFY(world.load());
    const JobId other = world.engine->generate(support::greedy("abc", 50));
    // Behind "xx", so that it is the runner that finds out.
    const JobId job = world.run(constrained({Kind::Gbnf, support::ambiguousGrammar(500, "xx")}));
    const engine::Error error = world.events.one<ev::Failed>(job).error;
    QCOMPARE(error.code(), ErrorCode::BadRequest);
    QVERIFY2(error.message().find("too ambiguous") != std::string::npos, error.message().c_str());
    QCOMPARE(world.events.text(job), std::string("xx").substr(0, world.events.text(job).size()));
    QVERIFY(world.events.waitForEnd(other));
    QCOMPARE(world.events.tokens(other), world.events.tokens(world.run(support::greedy("abc", 50))));
}

void TestEngineGrammar::numbersThatAreNoneAreNoFaultOfTheGrammar()
{
    support::FakeSpec fake;
    fake.script = [](const support::Seen &seen, std::span<float> logits) {
        support::hashedLogits(seen, logits);
        if (seen.count == 5) logits[7] = NAN; // the third token
    };
    FakeWorld world(fake);
    world.load();
    const JobId job = world.run(constrained({Kind::Gbnf, "root ::= [a-z]{20}"}));
    QCOMPARE(world.errorOf(job), ErrorCode::BadModel);
    QCOMPARE(world.events.tokens(job).size(), std::size_t(2));
    GenerateSpec banned = constrained({Kind::Gbnf, "root ::= \"q\""});
    banned.sampling.bannedTokens = support::FakeTokenizer().encode("q");
    QCOMPARE(world.errorOf(world.run(banned)), ErrorCode::BadRequest); // this one is
}

QTEST_APPLESS_MAIN(TestEngineGrammar)
#include "tst_engine_grammar.moc"
