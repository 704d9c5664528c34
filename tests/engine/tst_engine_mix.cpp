// Mixes: several states that answer together.
#include "support/fake_world.h"

#include <QtTest>

#include <cmath>

namespace ev = engine::event;
using engine::BlendRule;
using engine::ErrorCode;
using engine::GatePoint;
using engine::GatePolicy;
using engine::GenerateSpec;
using engine::JobId;
using engine::StateId;
using support::FakeSpec;
using support::FakeWorld;
using support::greedy;

namespace
{

std::vector<int> encoded(const std::string &text) { return support::FakeTokenizer().encode(text); }

std::vector<float> logitsAfter(const std::vector<int> &tokens)
{
    support::Seen seen;
    for (const int token : tokens) {
        seen.hash = support::mixed(seen.hash, static_cast<std::uint32_t>(token)) >> 8U;
        seen.last = token;
        ++seen.count;
    }
    std::vector<float> logits(static_cast<std::size_t>(support::FakeTokenizer().size()) + 3);
    support::hashedLogits(seen, logits);
    return logits;
}

std::vector<double> softmax(const std::vector<float> &logits)
{
    const double top = static_cast<double>(*std::max_element(logits.begin(), logits.end()));
    double total = 0;
    std::vector<double> p;
    for (const float l : logits)
        total += p.emplace_back(std::exp(static_cast<double>(l) - top));
    for (double &x : p)
        x /= total;
    return p;
}

/// Greedy answer of a mix by hand, in double precision: every voice has read its own text before.
std::vector<int> mixedByHand(std::vector<std::vector<int>> read, const std::vector<double> &gates,
                             bool probabilities, int count)
{
    std::vector<int> drawn;
    const int drawable = support::FakeTokenizer().size() - 1;
    for (int n = 0; n < count; ++n) {
        std::vector<double> blend;
        for (std::size_t k = 0; k < read.size(); ++k) {
            const std::vector<float> logits = logitsAfter(read[k]);
            const std::vector<double> p = softmax(logits);
            blend.resize(logits.size());
            for (std::size_t i = 0; i < blend.size(); ++i)
                blend[i] += gates[k] * (probabilities ? p[i] : static_cast<double>(logits[i]));
        }
        drawn.push_back(
            static_cast<int>(std::max_element(blend.begin(), blend.begin() + drawable) - blend.begin()));
        for (auto &tokens : read)
            tokens.push_back(drawn.back());
    }
    return drawn;
}

/// A world with some states that have read different texts.
struct Voices {
    FakeWorld world;
    StateId a = 0, b = 0, c = 0;

    explicit Voices(FakeSpec spec = {}, engine::EngineOptions options = {})
        : world(std::move(spec), std::move(options))
    {
        world.load();
        a = stateOf("I am A.");
        b = stateOf("Here speaks B!");
        c = stateOf("C");
    }
    StateId stateOf(const std::string &text)
    {
        GenerateSpec spec = greedy(text, 0);
        spec.keepState = true;
        return world.events.one<ev::Finished>(world.run(spec)).state;
    }
    GenerateSpec mix(const std::vector<std::pair<StateId, float>> &voices, int maxTokens = 12) const
    {
        GenerateSpec spec = greedy("hello", maxTokens);
        for (const auto &[state, gate] : voices)
            spec.mix.voices.push_back({state, {}, gate});
        return spec;
    }
    GenerateSpec sampled(const std::vector<std::pair<StateId, float>> &voices, int maxTokens = 40) const
    {
        GenerateSpec spec = mix(voices, maxTokens);
        spec.sampling.temperature = 1;
        spec.sampling.topP = 0.9F;
        spec.sampling.presencePenalty = 0.2F;
        spec.sampling.seed = 11;
        spec.sampling.hasSeed = true;
        spec.topLogprobs = 3;
        return spec;
    }
    std::vector<engine::GeneratedToken> generated(JobId job)
    {
        std::vector<engine::GeneratedToken> tokens;
        for (const auto &chunk : world.events.all<ev::TokenChunk>(job))
            tokens.insert(tokens.end(), chunk.tokens.begin(), chunk.tokens.end());
        return tokens;
    }
};

} // namespace

class TestEngineMix : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void blendsWhatItsVoicesSay_data();
    void blendsWhatItsVoicesSay();
    void isTheFirstVoiceAlone();
    void isTheSameInCompany();
    void tellsWhoSaidWhat();
    void movesGatesWhileItWrites();
    void playsALane();
    void replaysItsRecordedLane();
    void followsItsVoices();
    void waitsForSlotsTogether();
    void keepsAStatePerVoice();
    void goesOnFromItsKeptStates();
    void isCancelledWhole();
    void stopsAndStreamsAsOthersDo();
    void usesTheCacheOfEachVoice();
    void capturesWithoutStopping();
    void capturesAStatePerVoice();
    void refusesBadMixes_data();
    void refusesBadMixes();
    void refusesBadGates();
    void readsOnlyThePromptForNoTokens();
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

void TestEngineMix::movesGatesWhileItWrites()
{
    // Every step waits for the test, so that it knows when the fader moves.
    std::counting_semaphore<> steps(1000);
    auto holds = std::make_shared<std::atomic<bool>>(false);
    FakeSpec fake;
    fake.onForward = [&, holds](const engine::Step &) {
        if (*holds) steps.acquire();
    };
    Voices v(fake);
    while (steps.try_acquire()) {
    }
    *holds = true;
    const JobId job = v.world.engine->generate(v.mix({{v.a, 1.0F}, {v.b, 0.0F}}, 8));
    steps.release(4); // the prompt's step, and tokens 1 to 3 behind the first
    QVERIFY(v.world.events.waitForEvents<ev::TokenChunk>(job, 3));
    const JobId set = v.world.engine->setGates(job, {0, 1});
    QCOMPARE(v.world.engine->setGates(job, {0, 1}) != 0, true);
    steps.release(100);
    QVERIFY(v.world.events.waitForEnd(set) && v.world.events.waitForEnd(job));
    const auto told = v.world.events.one<ev::GatesSet>(set);
    QCOMPARE(told.request, job);
    QCOMPARE(told.gates, (std::vector<float>{0, 1}));
    QVERIFY(told.token >= 3 && told.token < 8);
    const auto tokens = v.generated(job);
    for (int i = 0; i < 8; ++i)
        QCOMPARE(tokens[static_cast<std::size_t>(i)].voices[0].gate, i < told.token ? 1.0F : 0.0F);
    QCOMPARE(v.world.events.one<ev::Finished>(job).lane,
             (std::vector<GatePoint>{{0, {1, 0}}, {told.token, {0, 1}}}));
}

void TestEngineMix::playsALane()
{
    Voices v;
    GenerateSpec spec = v.mix({{v.a, 1.0F}, {v.b, 0.0F}}, 10);
    spec.mix.lane = {{2, {1, 0}, engine::GateCurve::Linear}, {6, {0, 1}}, {8, {0.5F, 0.5F}}};
    const auto tokens = v.generated(v.world.run(spec));
    const std::vector<float> second{0, 0, 0, 0.25F, 0.5F, 0.75F, 1, 1, 0.5F, 0.5F};
    for (std::size_t i = 0; i < second.size(); ++i)
        QCOMPARE(tokens[i].voices[1].gate, second[i]);
}

void TestEngineMix::replaysItsRecordedLane()
{
    Voices v;
    GenerateSpec spec = v.sampled({{v.a, 0.5F}, {v.b, 0.5F}, {v.c, 0.4F}}, 60);
    spec.mix.policy = {GatePolicy::Kind::Entropy, 2};
    const JobId job = v.world.run(spec);
    const auto finished = v.world.events.one<ev::Finished>(job);
    QVERIFY(finished.lane.size() > 30); // the gates moved
    spec.mix.policy = {};
    spec.mix.lane = finished.lane;
    for (auto &voice : spec.mix.voices)
        voice.gate = 1;
    const JobId again = v.world.run(spec);
    QCOMPARE(v.world.events.tokens(again), v.world.events.tokens(job));
    QCOMPARE(v.world.events.one<ev::Finished>(again).lane, finished.lane);
    spec.mix.lane.front().gates = {0, 0, 1}; // and another lane gives another text
    QVERIFY(v.world.events.tokens(v.world.run(spec)) != v.world.events.tokens(job));
}

void TestEngineMix::followsItsVoices()
{
    // Voice A hesitates between two words where the base is sure.
    FakeSpec fake;
    fake.script = [](const support::Seen &seen, std::span<float> logits) {
        support::certain(logits, seen.count > 8 ? 66 : 67);
        if (seen.count > 8) logits[68] = 50;
    };
    Voices v(fake);
    for (const auto &[strength, louder] : {std::pair(1.0F, 1), std::pair(-1.0F, 0)}) {
        GenerateSpec spec = v.mix({{v.a, 0.5F}, {0, 0.5F}}, 1);
        spec.mix.policy = {GatePolicy::Kind::Entropy, strength};
        const auto shares = v.generated(v.world.run(spec)).front().voices;
        // exp(-ln 2) against 1: one third against two thirds.
        QVERIFY(std::abs(shares[static_cast<std::size_t>(louder)].gate - 2.0F / 3) < 1e-4F);
        QVERIFY(std::abs(shares[0].gate + shares[1].gate - 1) < 1e-6F);
    }
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
    const JobId job = v.world.engine->generate(greedy("run", 3000));
    QVERIFY(v.world.events.waitForEvents<ev::TokenChunk>(job, 5));
    const JobId capture = v.world.engine->captureState(job);
    QVERIFY(v.world.events.waitForEnd(capture) && v.world.events.waitForEnd(job));
    const auto captured = v.world.events.one<ev::StateCaptured>(capture);
    QCOMPARE(captured.request, job);
    QCOMPARE(captured.states.size(), std::size_t(1));
    QVERIFY(captured.tokens >= 5);
    const auto all = v.world.events.tokens(job);
    QCOMPARE(all.size(), std::size_t(3000));
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
    const JobId job = v.world.engine->generate(v.mix({{v.a, 0.6F}, {v.b, 0.4F}}, 2000));
    QVERIFY(v.world.events.waitForEvents<ev::TokenChunk>(job, 3));
    const JobId capture = v.world.engine->captureState(job);
    QVERIFY(v.world.events.waitForEnd(capture) && v.world.events.waitForEnd(job));
    const auto captured = v.world.events.one<ev::StateCaptured>(capture);
    QCOMPARE(captured.states.size(), std::size_t(2));
    GenerateSpec fork = v.mix({{captured.states[0], 0.6F}, {captured.states[1], 0.4F}}, 20);
    fork.prompt.clear();
    const auto all = v.world.events.tokens(job);
    const auto from = all.begin() + captured.tokens;
    QCOMPARE(v.world.events.tokens(v.world.run(fork)), std::vector<int>(from, from + 20));
}

void TestEngineMix::refusesBadMixes_data()
{
    QTest::addColumn<QList<float>>("gates");
    QTest::addColumn<int>("change");
    QTest::addColumn<QString>("message");
    const QList<float> good{1, 1};
    QTest::newRow("no sum") << QList<float>{1, -1} << 0
                            << "expected gates with a sum that is not 0, found a sum of 0";
    QTest::newRow("NaN") << QList<float>{1, NAN} << 0 << "found nan for voice 2";
    QTest::newRow("infinity") << QList<float>{HUGE_VALF, 1} << 0
                              << "expected gates from -1000 to 1000, found inf";
    QTest::newRow("too many") << QList<float>(17, 1) << 0 << "at most 16 voices, found 17";
    QTest::newRow("slots") << QList<float>(9, 1) << 0 << "at most 8 voices, since the loaded model";
    QTest::newRow("negative p") << QList<float>{1, -0.5F} << 1
                                << "expected gates from 0 to 1000 where probabilities";
    QTest::newRow("from") << good << 2 << "beside a mix";
    QTest::newRow("no state") << good << 3 << "no state 12345 is held";
    QTest::newRow("lane count") << good << 4 << "lane: point 1: expected 2 gates, one a voice, found 3";
    QTest::newRow("lane order") << good << 5 << "lane: point 2: expected a token from 6 on, found 5";
    QTest::newRow("lane through 0") << good << 6 << "the way there is linear";
    QTest::newRow("strength") << good << 7 << "expected a strength from -10 to 10, found 11";
    QTest::newRow("negative token") << good << 8 << "expected a token from 0 on, found -1";
}

void TestEngineMix::refusesBadMixes()
{
    QFETCH(QList<float>, gates);
    QFETCH(int, change);
    QFETCH(QString, message);
    Voices v;
    GenerateSpec spec = v.mix({}, 4);
    for (const float gate : gates)
        spec.mix.voices.push_back({v.a, {}, gate});
    switch (change) {
    case 1:
        spec.mix.rule = BlendRule::Probabilities;
        break;
    case 2:
        spec.from = v.b;
        break;
    case 3:
        spec.mix.voices[1].state = 12345;
        break;
    case 4:
        spec.mix.lane = {{0, {1, 1, 1}}};
        break;
    case 5:
        spec.mix.lane = {{5, {1, 1}}, {5, {1, 0}}};
        break;
    case 6:
        spec.mix.lane = {{0, {1, 1}, engine::GateCurve::Linear}, {5, {-1, -1}}};
        break;
    case 7:
        spec.mix.policy = {GatePolicy::Kind::Agreement, 11};
        break;
    case 8:
        spec.mix.lane = {{-1, {1, 1}}};
        break;
    default:
        break;
    }
    const JobId job = v.world.run(spec);
    const auto error = v.world.events.one<ev::Failed>(job).error;
    QCOMPARE(error.code(), ErrorCode::BadRequest);
    QVERIFY2(QString::fromStdString(error.message()).contains(message), error.message().c_str());
    QVERIFY(!v.world.events.tokens(v.world.run(greedy("still alive", 2))).empty());
}

void TestEngineMix::refusesBadGates()
{
    Voices v;
    const JobId job = v.world.engine->generate(v.mix({{v.a, 0.6F}, {v.b, 0.4F}}, 100'000));
    QVERIFY(v.world.events.waitForEvents<ev::TokenChunk>(job, 1));
    for (const std::vector<float> &gates :
         {std::vector<float>{1}, {1, 1, 1}, {1, -1}, {0, 0}, {NAN, 1}, {1e9F, 1}, {}})
        QCOMPARE(v.world.errorOf(v.world.engine->setGates(job, gates)), ErrorCode::BadRequest);
    v.world.engine->cancel(job);
    QVERIFY(v.world.events.waitForEnd(job));
    QCOMPARE(v.world.events.one<ev::Cancelled>(job).lane, (std::vector<GatePoint>{{0, {0.6F, 0.4F}}}));
    QCOMPARE(v.world.errorOf(v.world.engine->setGates(job, {1, 1})), ErrorCode::BadRequest); // ended
    const JobId plain = v.world.engine->generate(greedy("x", 100'000));
    QCOMPARE(v.world.errorOf(v.world.engine->setGates(plain, {1, 1})), ErrorCode::BadRequest); // no mix
    QCOMPARE(v.world.errorOf(v.world.engine->setGates(424242, {1})), ErrorCode::BadRequest);
    v.world.engine->cancel(plain);
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
