// One generation after the other: what is fed, what is drawn, where it ends, what is told.
#include "engine/chat_format.h"
#include "support/fake_world.h"

#include <QtTest>

#include <cmath>

namespace ev = engine::event;
using engine::ErrorCode;
using engine::FinishReason;
using engine::GenerateSpec;
using support::FakeSpec;
using support::FakeWorld;
using support::greedy;
using support::Seen;

namespace
{

/// The same as FakeModel computes, one token at a time.
Seen after(const std::vector<int> &tokens)
{
    Seen seen;
    for (const int token : tokens) {
        seen.hash = support::mixed(seen.hash, static_cast<std::uint32_t>(token)) >> 8U;
        seen.last = token;
        ++seen.count;
    }
    return seen;
}

std::vector<float> logitsAfter(const std::vector<int> &tokens,
                               const support::Script &script = support::hashedLogits)
{
    std::vector<float> logits(static_cast<std::size_t>(support::FakeTokenizer().size()) + 3);
    script(after(tokens), logits);
    return logits;
}

/// Greedy continuation by hand.
std::vector<int> continuation(std::vector<int> tokens, int count)
{
    std::vector<int> drawn;
    const int drawable = support::FakeTokenizer().size() - 1;
    for (int i = 0; i < count; ++i) {
        const auto logits = logitsAfter(tokens);
        drawn.push_back(
            static_cast<int>(std::max_element(logits.begin(), logits.begin() + drawable) - logits.begin()));
        tokens.push_back(drawn.back());
    }
    return drawn;
}

std::vector<int> encoded(const std::string &text) { return support::FakeTokenizer().encode(text); }

/// A model that answers "q?" with `answer`.
FakeSpec reciting(const std::string &answer, std::size_t promptTokens = 2)
{
    FakeSpec spec;
    spec.script = support::recital(promptTokens, encoded(answer));
    return spec;
}

/// How many tokens a chat of one question is.
std::size_t promptTokens(const GenerateSpec &spec)
{
    return encoded(engine::renderChat(spec.messages, spec.chatTemplate, spec.thinking, "fake").text).size();
}

} // namespace

class TestEngineGenerate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void continuesGreedily();
    void startsFromTokensAsFromText();
    void readsLongPromptsInSteps();
    void readsOnlyThePromptForNoTokens();
    void endsAtTheEndOfText();
    void bansTheEndIfAsked();
    void ignoresEndsOfTurns();
    void stopsAtAStopToken();
    void stopsAtAStringAcrossTokens();
    void showsWhatOnlyLookedLikeAStop();
    void neverBreaksACharacter();
    void tellsThinkingFromAnswer();
    void trimsTheAnswersStart();
    void neverDrawsUnusedTokens();
    void reportsLogprobs();
    void repeatsItselfForASeed();
    void reportsTheSeedItTook();
    void penalisesWhatItHasSaid();
    void refusesBadRequests_data();
    void refusesBadRequests();
    void failsOnNumbersThatAreNone();
    void countsItsUse();
};

void TestEngineGenerate::continuesGreedily()
{
    FakeWorld world;
    QVERIFY(world.load());
    const auto job = world.run(greedy("abc", 20));
    QCOMPARE(world.events.tokens(job), continuation(encoded("abc"), 20));
    QCOMPARE(world.events.one<ev::Finished>(job).reason, FinishReason::Length);
    QCOMPARE(world.events.all<ev::Started>(job).size(), std::size_t(1));
    QCOMPARE(world.events.one<ev::Started>(job).promptTokens, 3);
}

void TestEngineGenerate::startsFromTokensAsFromText()
{
    FakeWorld world;
    QVERIFY(world.load());
    GenerateSpec spec = greedy("", 5);
    spec.tokens = encoded("Hello");
    QCOMPARE(world.events.tokens(world.run(spec)), continuation(encoded("Hello"), 5));
}

void TestEngineGenerate::readsLongPromptsInSteps()
{
    std::atomic<int> widest{0};
    FakeSpec fake;
    fake.onForward = [&](const engine::Step &step) {
        widest = std::max(widest.load(), int(step.batch.tokens));
    };
    FakeWorld world(fake);
    QVERIFY(world.load());
    const std::string prompt(2000, 'x');
    const auto job = world.run(greedy(prompt, 3));
    QCOMPARE(world.events.tokens(job), continuation(encoded(prompt), 3));
    QCOMPARE(widest.load(), engine::StepLimits::kMaxRows);
}

void TestEngineGenerate::readsOnlyThePromptForNoTokens()
{
    FakeWorld world;
    QVERIFY(world.load());
    const auto job = world.run(greedy("abc", 0));
    QVERIFY(world.events.tokens(job).empty());
    const auto finished = world.events.one<ev::Finished>(job);
    QCOMPARE(finished.reason, FinishReason::Length);
    QCOMPARE(finished.usage.promptTokens, 3);
    QCOMPARE(finished.usage.generatedTokens, 0);
}

void TestEngineGenerate::endsAtTheEndOfText()
{
    FakeWorld world(reciting("Hi."));
    QVERIFY(world.load());
    const auto job = world.run(greedy("q?", 100));
    QCOMPARE(world.events.text(job), std::string("Hi."));
    QCOMPARE(world.events.one<ev::Finished>(job).reason, FinishReason::EndOfText);
    QCOMPARE(world.events.one<ev::Finished>(job).usage.generatedTokens, 3);
}

void TestEngineGenerate::bansTheEndIfAsked()
{
    FakeWorld world(reciting("Hi."));
    QVERIFY(world.load());
    GenerateSpec spec = greedy("q?", 10);
    spec.ignoreEnd = true;
    const auto job = world.run(spec);
    QCOMPARE(world.events.one<ev::Finished>(job).reason, FinishReason::Length);
    QCOMPARE(world.events.tokens(job).size(), std::size_t(10));
}

void TestEngineGenerate::ignoresEndsOfTurns()
{
    support::FakeSpec fake;
    const std::string said = " Hi.\n\nUser: and";
    fake.script = support::recital(support::FakeTokenizer().encode("User: q?\n\nAssistant:").size(),
                                   support::FakeTokenizer().encode(said));
    FakeWorld world(fake);
    QVERIFY(world.load());
    GenerateSpec spec = greedy("", int(support::FakeTokenizer().encode(said).size()));
    spec.messages = {{engine::Role::User, "q?", {}}};
    spec.chatTemplate = engine::ChatTemplate::World;
    QCOMPARE(world.events.text(world.run(spec)), std::string("Hi."));
    spec.ignoreEnd = true;
    QCOMPARE(world.events.text(world.run(spec)), said.substr(1));
    spec.stopStrings = {"User"}; // one of the request's own
    QCOMPARE(world.events.text(world.run(spec)), std::string("Hi.\n\n"));
}

void TestEngineGenerate::stopsAtAStopToken()
{
    FakeWorld world(reciting("abc"));
    QVERIFY(world.load());
    GenerateSpec spec = greedy("q?", 100);
    spec.stopTokens = {'c' + 1};
    const auto job = world.run(spec);
    QCOMPARE(world.events.text(job), std::string("ab"));
    QCOMPARE(world.events.one<ev::Finished>(job).reason, FinishReason::Stop);
}

void TestEngineGenerate::stopsAtAStringAcrossTokens()
{
    FakeWorld world(reciting("Well.\n\nUser: and more"));
    QVERIFY(world.load());
    GenerateSpec spec = greedy("q?", 100);
    spec.stopStrings = {"never", "\n\nUser:"};
    const auto job = world.run(spec);
    QCOMPARE(world.events.text(job), std::string("Well."));
    const auto finished = world.events.one<ev::Finished>(job);
    QCOMPARE(finished.reason, FinishReason::Stop);
    QCOMPARE(finished.stop, std::string("\n\nUser:"));
}

void TestEngineGenerate::showsWhatOnlyLookedLikeAStop()
{
    FakeWorld world(reciting("a\n\nUse it\n\nUs"));
    QVERIFY(world.load());
    GenerateSpec spec = greedy("q?", 100);
    spec.stopStrings = {"\n\nUser:"};
    QCOMPARE(world.events.text(world.run(spec)), std::string("a\n\nUse it\n\nUs"));
    spec.maxTokens = 2; // ends while "\n\n" is held back
    QCOMPARE(world.events.text(world.run(spec)), std::string("a\n\n"));
}

void TestEngineGenerate::neverBreaksACharacter()
{
    const std::string text = "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x90\xA6!";
    FakeWorld world(reciting(text));
    QVERIFY(world.load());
    const auto job = world.run(greedy("q?", 100));
    QCOMPARE(world.events.text(job), text);
    for (const auto &chunk : world.events.all<ev::TokenChunk>(job)) {
        const QByteArray bytes = QByteArray::fromStdString(chunk.text);
        QCOMPARE(QString::fromUtf8(bytes).toUtf8(), bytes);
        QVERIFY(!QString::fromUtf8(bytes).contains(QChar::ReplacementCharacter));
    }
    // Cut in the middle of the bird: what is left of it is shown as one replacement character.
    GenerateSpec spec = greedy("q?", 12);
    QCOMPARE(world.events.text(world.run(spec)), std::string("caf\xC3\xA9 \xE2\x82\xAC \xEF\xBF\xBD"));
}

void TestEngineGenerate::tellsThinkingFromAnswer()
{
    GenerateSpec spec = greedy("", 100);
    spec.messages = {{engine::Role::User, "6*7", {}}};
    spec.chatTemplate = engine::ChatTemplate::Reasoning;
    spec.thinking = engine::Thinking::On;
    FakeWorld thinker(reciting(">\nlet me think</think>\n\nforty-two", promptTokens(spec)));
    QVERIFY(thinker.load());
    const auto job = thinker.run(spec);
    QCOMPARE(thinker.events.text(job, true), std::string("let me think"));
    QCOMPARE(thinker.events.text(job), std::string("forty-two"));
    bool answering = false;
    for (const auto &chunk : thinker.events.all<ev::TokenChunk>(job)) {
        QVERIFY(!(answering && chunk.thinking));
        answering = answering || (!chunk.thinking && !chunk.text.empty());
    }
}

void TestEngineGenerate::trimsTheAnswersStart()
{
    GenerateSpec spec = greedy("", 100);
    spec.messages = {{engine::Role::User, "hi", {}}};
    FakeWorld world(reciting(" Hello there", promptTokens(spec)));
    QVERIFY(world.load());
    QCOMPARE(world.events.text(world.run(spec)), std::string("Hello there"));
    GenerateSpec raw = greedy("", 100); // as it is
    raw.prompt = engine::renderChat(spec.messages, spec.chatTemplate, spec.thinking, "fake").text;
    QCOMPARE(world.events.text(world.run(raw)), std::string(" Hello there"));
}

void TestEngineGenerate::neverDrawsUnusedTokens()
{
    FakeSpec fake;
    fake.script = [](const Seen &, std::span<float> logits) {
        std::fill(logits.begin(), logits.end(), 50.0F);
        for (std::size_t id = 0; id < 260; ++id)
            logits[id] = -50;
    };
    FakeWorld world(fake);
    QVERIFY(world.load());
    GenerateSpec spec;
    spec.prompt = "a";
    spec.maxTokens = 300;
    spec.sampling.topP = 1;
    const int end = support::FakeTokenizer().size() - 1;
    const std::vector<int> tokens = world.events.tokens(world.run(spec));
    QCOMPARE(tokens.size(), std::size_t(300));
    for (const int token : tokens)
        QVERIFY(token >= 260 && token < end);
}

void TestEngineGenerate::reportsLogprobs()
{
    FakeWorld world;
    QVERIFY(world.load());
    GenerateSpec spec = greedy("abc", 3);
    spec.topLogprobs = 4;
    const auto job = world.run(spec);
    std::vector<int> tokens = encoded("abc");
    for (const auto &chunk : world.events.all<ev::TokenChunk>(job)) {
        QCOMPARE(chunk.tokens.size(), std::size_t(1));
        const auto logits = logitsAfter(tokens);
        double sum = 0;
        for (const float logit : logits)
            sum += std::exp(double(logit));
        const auto want = [&](int id) {
            return double(logits[static_cast<std::size_t>(id)]) - std::log(sum);
        };
        const engine::GeneratedToken &token = chunk.tokens.front();
        QVERIFY(std::abs(token.logprob - want(token.token)) < 1e-4);
        QCOMPARE(token.bytes, std::string(support::FakeTokenizer().bytes(token.token)));
        QCOMPARE(token.top.size(), std::size_t(4));
        for (std::size_t i = 0; i < 4; ++i) {
            QVERIFY(std::abs(token.top[i].logprob - want(token.top[i].token)) < 1e-4);
            QVERIFY(i == 0 || token.top[i].logprob <= token.top[i - 1].logprob);
        }
        tokens.push_back(token.token);
    }
    spec.topLogprobs = 0;
    QVERIFY(world.events.all<ev::TokenChunk>(world.run(spec)).front().tokens.front().top.empty());
}

void TestEngineGenerate::repeatsItselfForASeed()
{
    GenerateSpec spec;
    spec.prompt = "Once";
    spec.maxTokens = 30;
    spec.sampling.topP = 1;
    spec.sampling.hasSeed = true;
    spec.sampling.seed = 7;
    FakeSpec fake;
    fake.slots = 32;
    FakeWorld world(fake);
    QVERIFY(world.load());
    const std::vector<int> alone = world.events.tokens(world.run(spec));
    QCOMPARE(alone.size(), std::size_t(30));

    std::vector<engine::JobId> jobs;
    for (unsigned i = 0; i < 32; ++i) {
        GenerateSpec other = spec;
        other.sampling.seed = i;
        other.sampling.frequencyPenalty = i == 7 ? 0 : 1;
        other.prompt = i == 7 ? spec.prompt : "Other " + std::string(i * 3, 'y');
        jobs.push_back(world.engine->generate(other));
    }
    for (const auto job : jobs)
        QVERIFY(world.events.waitForEnd(job));
    QCOMPARE(world.events.tokens(jobs[7]), alone);
    QVERIFY(world.events.tokens(jobs[8]) != alone);
}

void TestEngineGenerate::reportsTheSeedItTook()
{
    FakeWorld world;
    QVERIFY(world.load());
    GenerateSpec spec;
    spec.prompt = "Once";
    spec.maxTokens = 20;
    spec.sampling.topP = 1;
    const auto first = world.run(spec);
    spec.sampling.hasSeed = true;
    spec.sampling.seed = world.events.one<ev::Started>(first).seed;
    QCOMPARE(world.events.tokens(world.run(spec)), world.events.tokens(first));
}

void TestEngineGenerate::penalisesWhatItHasSaid()
{
    FakeSpec fake;
    fake.script = [](const Seen &, std::span<float> logits) {
        for (std::size_t i = 0; i < logits.size(); ++i)
            logits[i] = -static_cast<float>(i); // the smallest id first
    };
    FakeWorld world(fake);
    QVERIFY(world.load());
    GenerateSpec spec = greedy("a", 4);
    spec.sampling.presencePenalty = 2.5F;
    spec.sampling.bannedTokens = {0};
    QCOMPARE(world.events.tokens(world.run(spec)), (std::vector<int>{1, 2, 3, 1})); // -1, -2, -3, -3.5
}

void TestEngineGenerate::refusesBadRequests_data()
{
    QTest::addColumn<QString>("field");
    QTest::addColumn<int>("which");
    const char *fields[] = {"prompt",       "prompt",      "temperature",  "stop strings",
                            "stop strings", "stop tokens", "max_tokens",   "top_logprobs",
                            "tokens",       "state",       "banned_tokens"};
    for (int i = 0; i < 11; ++i)
        QTest::addRow("%s %d", fields[i], i) << QString(fields[i]) << i;
}

void TestEngineGenerate::refusesBadRequests()
{
    QFETCH(QString, field);
    QFETCH(int, which);
    GenerateSpec spec = greedy("a");
    switch (which) {
    case 0:
        spec.prompt.clear();
        break;
    case 1:
        spec.tokens = {1};
        break;
    case 2:
        spec.sampling.temperature = std::nanf("");
        break;
    case 3:
        spec.stopStrings = {""};
        break;
    case 4:
        spec.stopStrings.assign(17, "x");
        break;
    case 5:
        spec.stopTokens = {100000};
        break;
    case 6:
        spec.maxTokens = -1;
        break;
    case 7:
        spec.topLogprobs = 21;
        break;
    case 8:
        spec.prompt.clear();
        spec.tokens = {-5};
        break;
    case 9:
        spec.from = 77;
        break;
    default:
        for (int id = 0; id < support::FakeTokenizer().size(); ++id)
            spec.sampling.bannedTokens.push_back(id);
        break;
    }
    FakeWorld world;
    QVERIFY(world.load());
    const auto job = world.run(spec);
    const engine::Error error = world.events.one<ev::Failed>(job).error;
    QCOMPARE(error.code(), ErrorCode::BadRequest);
    QVERIFY2(QString::fromStdString(error.message()).startsWith(field + ":"), error.what());
    QVERIFY(world.events.has<ev::Finished>(world.run(greedy("fine"))));
}

void TestEngineGenerate::failsOnNumbersThatAreNone()
{
    std::atomic<bool> faulty{true};
    FakeSpec fake;
    fake.script = [&faulty](const Seen &seen, std::span<float> logits) {
        support::hashedLogits(seen, logits);
        if (faulty && seen.count == 2) logits[5] = std::nanf("");
    };
    FakeWorld world(fake);
    QVERIFY(world.load());
    const auto good = world.engine->generate(greedy("abc", 100));
    const auto bad = world.engine->generate(greedy("ax", 100));
    QCOMPARE(world.errorOf(bad), ErrorCode::BadModel);
    QVERIFY(world.events.waitForEnd(good));
    QVERIFY(world.events.has<ev::Finished>(good)); // only the one request fails
    faulty = false;
    const auto again = world.run(greedy("ax", 100)); // nothing of the fault is in the cache
    QCOMPARE(world.events.one<ev::Started>(again).cachedTokens, 0);
    QVERIFY(world.events.has<ev::Finished>(again));
}

void TestEngineGenerate::countsItsUse()
{
    FakeWorld world;
    QVERIFY(world.load());
    const auto before = world.engine->snapshot();
    const auto job = world.run(greedy("abcdef", 10));
    const engine::Usage usage = world.events.one<ev::Finished>(job).usage;
    QCOMPARE(usage.promptTokens, 6);
    QCOMPARE(usage.cachedTokens, 0);
    QCOMPARE(usage.generatedTokens, 10);
    QVERIFY(usage.waitSeconds >= 0 && usage.promptSeconds >= 0 && usage.generateSeconds > 0);
    const auto after = world.engine->snapshot();
    QCOMPARE(after.generatedTokens - before.generatedTokens, std::uint64_t(10));
    QCOMPARE(after.promptTokens - before.promptTokens, std::uint64_t(6));
    QVERIFY(after.loaded && after.slots == 8 && after.model == "fake");
    QVERIFY(after.processBytes > 1000000);
    QCOMPARE(after.generating + after.reading + after.queued, 0);
}

QTEST_GUILESS_MAIN(TestEngineGenerate)
#include "tst_engine_generate.moc"
