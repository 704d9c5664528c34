// Mixes: several states that answer together.
#include "support/mix_world.h"

#include <QtTest>

namespace ev = engine::event;
using engine::BlendRule;
using engine::ErrorCode;
using engine::GatePoint;
using engine::GenerateSpec;
using engine::JobId;
using engine::StateId;
using namespace support;

class TestEngineMix : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void blendsWhatItsVoicesSay_data();
    void blendsWhatItsVoicesSay();
    void isTheFirstVoiceAlone();
    void isTheSameInCompany();
    void tellsWhoSaidWhat();
    void waitsForSlotsTogether();
    void keepsAStatePerVoice();
    void goesOnFromItsKeptStates();
    void isCancelledWhole();
    void stopsAndStreamsAsOthersDo();
    void usesTheCacheOfEachVoice();
    void capturesWithoutStopping();
    void capturesAStatePerVoice();
    void readsOnlyThePromptForNoTokens();
    void keepsTheLogitsOfItsVoices();
    void failsWholeOnNumbersThatAreNone();
};

void TestEngineMix::blendsWhatItsVoicesSay_data()
{
    QTest::addColumn<QList<float>>("gates");
    QTest::addColumn<bool>("probabilities");
    QTest::newRow("logits") << QList<float>{0.7F, 0.3F, 0.25F} << false;
    QTest::newRow("steered") << QList<float>{1.0F, -0.25F, 0.5F} << false;
    QTest::newRow("probabilities") << QList<float>{0.5F, 0.3F, 0.4F} << true;
}

void TestEngineMix::blendsWhatItsVoicesSay()
{
    QFETCH(QList<float>, gates);
    QFETCH(bool, probabilities);
    Voices v;
    GenerateSpec spec = v.mix({{v.a, gates[0]}, {v.b, gates[1]}, {0, gates[2]}});
    spec.mix.rule = probabilities ? BlendRule::Probabilities : BlendRule::Logits;
    const JobId job = v.world.run(spec);
    QCOMPARE(v.world.events.tokens(job),
             mixedByHand({encoded("I am A.hello"), encoded("Here speaks B!hello"), encoded("hello")},
                         {double(gates[0]), double(gates[1]), double(gates[2])}, probabilities, 12));
    QCOMPARE(v.world.events.all<ev::Started>(job).size(), std::size_t(1));
    QCOMPARE(v.world.events.one<ev::Finished>(job).usage.generatedTokens, 12);
}

void TestEngineMix::isTheFirstVoiceAlone()
{
    Voices v;
    for (const BlendRule rule : {BlendRule::Logits, BlendRule::Probabilities}) {
        GenerateSpec alone = v.sampled({});
        alone.from = v.a;
        GenerateSpec mixed = v.sampled({{v.a, 1.0F}, {v.b, 0.0F}});
        mixed.mix.rule = rule;
        const auto first = v.generated(v.world.run(alone)), second = v.generated(v.world.run(mixed));
        QCOMPARE(second.size(), first.size());
        for (std::size_t i = 0; i < first.size(); ++i) {
            QCOMPARE(second[i].token, first[i].token);
            QCOMPARE(second[i].logprob, first[i].logprob); // bit for bit
            QCOMPARE(second[i].top.size(), first[i].top.size());
            for (std::size_t k = 0; k < first[i].top.size(); ++k)
                QCOMPARE(second[i].top[k].logprob, first[i].top[k].logprob);
            QVERIFY(std::abs(second[i].voices[0].logprob - second[i].logprob) < 1e-5F);
        }
    }
}

void TestEngineMix::isTheSameInCompany()
{
    FakeSpec fake;
    fake.slots = 16;
    Voices v(fake);
    const GenerateSpec spec = v.sampled({{v.a, 0.6F}, {v.b, 0.5F}, {0, -0.2F}});
    const auto wanted = v.world.events.tokens(v.world.run(spec));
    std::vector<JobId> jobs;
    for (int i = 0; i < 24; ++i) { // more than fit at once
        GenerateSpec next = i % 3 == 0 ? v.sampled({}, 30 + i) : spec;
        if (i % 3 == 0) next.sampling.seed = static_cast<std::uint64_t>(i);
        if (i % 3 == 2) next.mix.voices.pop_back();
        jobs.push_back(v.world.engine->generate(next));
    }
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        QVERIFY(v.world.events.waitForEnd(jobs[i]));
        QVERIFY(v.world.events.has<ev::Finished>(jobs[i]));
        if (i % 3 == 1) QCOMPARE(v.world.events.tokens(jobs[i]), wanted);
    }
    QCOMPARE(v.world.engine->snapshot().usedSlots, 0);
}

/// What every voice would say next is there without reading anything again.
void TestEngineMix::keepsTheLogitsOfItsVoices()
{
    Voices v;
    engine::GenerateSpec spec = v.mix({{v.a, 0.75F}, {v.b, 0.25F}, {0, 1}}, 0);
    spec.keepState = true;
    const auto states = v.world.events.one<ev::Finished>(v.world.run(spec)).voiceStates;
    QCOMPARE(states.size(), std::size_t(3));
    const std::uint64_t read = v.world.engine->snapshot().promptTokens;
    const char *const texts[] = {"I am A.hello", "Here speaks B!hello", "hello"};
    for (std::size_t i = 0; i < states.size(); ++i) {
        const JobId job = v.world.engine->logits({.tokens = {}, .from = states[i]});
        QVERIFY(v.world.events.waitForEnd(job));
        QCOMPARE(v.world.events.one<ev::LogitsReady>(job).logits, logitsAfter(encoded(texts[i])));
    }
    QCOMPARE(v.world.engine->snapshot().promptTokens, read);
    // Without a state, or with one that a file gave, there is nothing that could be told.
    QCOMPARE(v.world.errorOf(v.world.engine->logits({})), engine::ErrorCode::BadRequest);
}

void TestEngineMix::tellsWhoSaidWhat()
{
    Voices v;
    const JobId job = v.world.run(v.mix({{v.a, 0.75F}, {v.b, 0.25F}}, 3));
    const auto tokens = v.generated(job);
    std::vector<int> a = encoded("I am A.hello"), b = encoded("Here speaks B!hello");
    for (const auto &token : tokens) {
        const auto pA = softmax(logitsAfter(a)), pB = softmax(logitsAfter(b));
        std::vector<float> blend = logitsAfter(a);
        const std::vector<float> other = logitsAfter(b);
        for (std::size_t i = 0; i < blend.size(); ++i)
            blend[i] = 0.75F * blend[i] + 0.25F * other[i];
        const auto p = softmax(blend);
        double klA = 0;
        for (std::size_t i = 0; i < p.size(); ++i)
            if (pA[i] > 0) klA += pA[i] * std::log(pA[i] / p[i]);
        const auto id = static_cast<std::size_t>(token.token);
        QCOMPARE(token.voices.size(), std::size_t(2));
        QCOMPARE(token.voices[0].gate, 0.75F);
        QVERIFY(std::abs(double(token.voices[0].logprob) - std::log(pA[id])) < 1e-4);
        QVERIFY(std::abs(double(token.voices[1].logprob) - std::log(pB[id])) < 1e-4);
        QVERIFY(std::abs(double(token.voices[0].kl) - klA) < 1e-4);
        a.push_back(token.token);
        b.push_back(token.token);
    }
    const auto lane = v.world.events.one<ev::Finished>(job).lane;
    QCOMPARE(lane, (std::vector<GatePoint>{{0, {0.75F, 0.25F}}}));
}

void TestEngineMix::waitsForSlotsTogether()
{
    FakeSpec fake;
    fake.slots = 4;
    std::counting_semaphore<> steps(1000);
    fake.onForward = [&](const engine::Step &) { steps.acquire(); };
    Voices v(fake);
    while (steps.try_acquire()) {
    }
    const JobId running = v.world.engine->generate(greedy("x", 20));
    const JobId mix = v.world.engine->generate(v.mix({{v.a, 1}, {v.b, 1}, {v.c, 1}, {0, 1}}, 4));
    const JobId late = v.world.engine->generate(greedy("y", 2));
    steps.release(5);
    QVERIFY(v.world.events.waitForEvents<ev::TokenChunk>(running, 4));
    QVERIFY(!v.world.events.has<ev::Started>(mix) && !v.world.events.has<ev::Started>(late));
    steps.release(200);
    for (const JobId job : {running, mix, late})
        QVERIFY(v.world.events.waitForEnd(job) && v.world.events.has<ev::Finished>(job));
    QCOMPARE(v.world.engine->snapshot().usedSlots, 0);
}

void TestEngineMix::keepsAStatePerVoice()
{
    Voices v;
    GenerateSpec spec = v.mix({{v.a, 0.5F}, {0, 0.5F}}, 6);
    spec.keepState = true;
    const JobId job = v.world.run(spec);
    const auto finished = v.world.events.one<ev::Finished>(job);
    QCOMPARE(finished.state, StateId(0));
    QCOMPARE(finished.voiceStates.size(), std::size_t(2));
    const std::vector<int> answer = v.world.events.tokens(job);
    const std::vector<std::string> before{"I am A.hello", "hello"};
    for (std::size_t k = 0; k < 2; ++k) { // each goes on behind all of the text
        std::vector<int> read = encoded(before[k]);
        read.insert(read.end(), answer.begin(), answer.end());
        GenerateSpec next = greedy("!", 5);
        next.from = finished.voiceStates[k];
        read.push_back(encoded("!").front());
        QCOMPARE(v.world.events.tokens(v.world.run(next)), mixedByHand({read}, {1}, false, 5));
    }
}

void TestEngineMix::goesOnFromItsKeptStates()
{
    Voices v;
    const JobId whole = v.world.run(v.mix({{v.a, 0.5F}, {v.b, 0.7F}}, 16));
    GenerateSpec spec = v.mix({{v.a, 0.5F}, {v.b, 0.7F}}, 6);
    spec.keepState = true;
    const JobId first = v.world.run(spec);
    const auto states = v.world.events.one<ev::Finished>(first).voiceStates;
    spec = v.mix({{states[0], 0.5F}, {states[1], 0.7F}}, 10);
    spec.prompt.clear();
    auto tokens = v.world.events.tokens(first);
    for (const int token : v.world.events.tokens(v.world.run(spec)))
        tokens.push_back(token);
    QCOMPARE(tokens, v.world.events.tokens(whole));
}

void TestEngineMix::isCancelledWhole()
{
    Voices v;
    GenerateSpec spec = v.mix({{v.a, 0.5F}, {v.b, 0.7F}}, 1'000'000);
    spec.keepState = true;
    const JobId job = v.world.engine->generate(spec);
    QVERIFY(v.world.events.waitForEvents<ev::TokenChunk>(job, 5));
    v.world.engine->cancel(job);
    QVERIFY(v.world.events.waitForEnd(job));
    QCOMPARE(v.world.events.one<ev::Cancelled>(job).voiceStates.size(), std::size_t(2));
    QVERIFY(!v.world.events.one<ev::Cancelled>(job).lane.empty());
    const JobId other = v.world.engine->generate(spec);
    QVERIFY(v.world.events.waitForEvents<ev::TokenChunk>(other, 5));
    const JobId unload = v.world.engine->unload();
    QVERIFY(v.world.events.waitForEnd(unload));
    QVERIFY(v.world.events.has<ev::Cancelled>(other));
    for (const auto &[id, ends] : v.world.events.ends())
        QCOMPARE(ends, 1);
}

void TestEngineMix::stopsAndStreamsAsOthersDo()
{
    Voices v;
    const std::string text = v.world.events.text(v.world.run(v.mix({{v.a, 0.6F}, {v.b, 0.4F}}, 30)));
    QVERIFY(text.size() > 12);
    GenerateSpec spec = v.mix({{v.a, 0.6F}, {v.b, 0.4F}}, 30);
    spec.stopStrings = {text.substr(8, 3)};
    const JobId job = v.world.run(spec);
    QCOMPARE(v.world.events.one<ev::Finished>(job).reason, engine::FinishReason::Stop);
    QCOMPARE(v.world.events.text(job), text.substr(0, text.find(spec.stopStrings[0])));
}

void TestEngineMix::usesTheCacheOfEachVoice()
{
    auto rows = std::make_shared<std::atomic<int>>(0);
    FakeSpec fake;
    fake.onForward = [rows](const engine::Step &step) { *rows += step.batch.tokens; };
    Voices v(fake);
    const GenerateSpec spec = v.mix({{v.a, 0.6F}, {v.b, 0.4F}}, 5);
    const auto first = v.world.events.tokens(v.world.run(spec));
    const int before = *rows;
    const JobId job = v.world.run(spec);
    QCOMPARE(v.world.events.tokens(job), first);
    QCOMPARE(*rows - before, 2 * 4); // no prompt at all; the last token is not read
    QCOMPARE(v.world.events.one<ev::Started>(job).cachedTokens, int(encoded("I am A.hello").size()));
    GenerateSpec longer = spec; // one voice's prompt is longer than the other's cache
    longer.prompt = "hello there";
    longer.mix.voices[1].state = v.c;
    QCOMPARE(v.world.events.tokens(v.world.run(longer)),
             mixedByHand({encoded("I am A.hello there"), encoded("Chello there")}, {0.6, 0.4}, false, 5));
}

void TestEngineMix::capturesWithoutStopping()
{
    Voices v;
    const JobId job = v.world.engine->generate(greedy("run", 10'000'000));
    QVERIFY(v.world.events.waitForEvents<ev::TokenChunk>(job, 5));
    const JobId capture = v.world.engine->captureState(job);
    QVERIFY(v.world.events.waitForEnd(capture));
    const auto captured = v.world.events.one<ev::StateCaptured>(capture);
    // It runs on; what it says further is what the fork shall say.
    QVERIFY(
        v.world.events.waitForEvents<ev::TokenChunk>(job, static_cast<std::size_t>(captured.tokens) + 21));
    v.world.engine->cancel(job);
    QVERIFY(v.world.events.waitForEnd(job));
    QCOMPARE(captured.request, job);
    QCOMPARE(captured.states.size(), std::size_t(1));
    QVERIFY(captured.tokens >= 5);
    const auto all = v.world.events.tokens(job);
    GenerateSpec fork = greedy("", 20); // goes on just there
    fork.from = captured.states.front();
    const auto forked = v.world.events.tokens(v.world.run(fork));
    const auto from = all.begin() + captured.tokens;
    QCOMPARE(forked, std::vector<int>(from, from + 20));
    const JobId late = v.world.engine->captureState(job);
    QCOMPARE(v.world.errorOf(late), ErrorCode::BadRequest);
}

void TestEngineMix::capturesAStatePerVoice()
{
    Voices v;
    const JobId job = v.world.engine->generate(v.mix({{v.a, 0.6F}, {v.b, 0.4F}}, 10'000'000));
    QVERIFY(v.world.events.waitForEvents<ev::TokenChunk>(job, 3));
    const JobId capture = v.world.engine->captureState(job);
    QVERIFY(v.world.events.waitForEnd(capture));
    const auto captured = v.world.events.one<ev::StateCaptured>(capture);
    // It runs on; what it says further is what the fork shall say.
    QVERIFY(
        v.world.events.waitForEvents<ev::TokenChunk>(job, static_cast<std::size_t>(captured.tokens) + 21));
    v.world.engine->cancel(job);
    QVERIFY(v.world.events.waitForEnd(job));
    QCOMPARE(captured.states.size(), std::size_t(2));
    GenerateSpec fork = v.mix({{captured.states[0], 0.6F}, {captured.states[1], 0.4F}}, 20);
    fork.prompt.clear();
    const auto all = v.world.events.tokens(job);
    const auto from = all.begin() + captured.tokens;
    QCOMPARE(v.world.events.tokens(v.world.run(fork)), std::vector<int>(from, from + 20));
}

void TestEngineMix::readsOnlyThePromptForNoTokens()
{
    Voices v;
    GenerateSpec spec = v.mix({{v.a, 0.5F}, {v.b, 0.5F}}, 0);
    spec.keepState = true;
    const JobId job = v.world.run(spec);
    QCOMPARE(v.world.events.one<ev::Finished>(job).voiceStates.size(), std::size_t(2));
    QVERIFY(v.world.events.tokens(job).empty());
}

void TestEngineMix::failsWholeOnNumbersThatAreNone()
{
    FakeSpec fake;
    fake.script = [](const support::Seen &seen, std::span<float> logits) {
        support::hashedLogits(seen, logits);
        if (seen.count == 15) logits[7] = NAN; // the third token of voice A
    };
    Voices v(fake);
    const JobId job = v.world.run(v.mix({{v.a, 0.5F}, {0, 0.5F}}, 20));
    QCOMPARE(v.world.errorOf(job), ErrorCode::BadModel);
    QCOMPARE(v.world.engine->snapshot().usedSlots, 0);
    QVERIFY(v.world.events.has<ev::Finished>(v.world.run(greedy("x", 3))));
}

QTEST_GUILESS_MAIN(TestEngineMix)
#include "tst_engine_mix.moc"
