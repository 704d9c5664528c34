// The gates of mixes: moved, played, recorded, followed, refused.
#include "support/mix_world.h"

#include <QtTest>

namespace ev = engine::event;
using engine::BlendRule;
using engine::ErrorCode;
using engine::GatePoint;
using engine::GatePolicy;
using engine::GenerateSpec;
using engine::JobId;
using namespace support;

class TestEngineGates : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void movesGatesWhileItWrites();
    void movesGatesOfAPromptThatIsBeingMade();
    void playsALane();
    void replaysItsRecordedLane();
    void followsItsVoices();
    void refusesBadMixes_data();
    void refusesBadMixes();
    void refusesBadGates();
};

void TestEngineGates::movesGatesWhileItWrites()
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

/// A huge prompt becomes tokens beside the others: what is said of its request meanwhile is not lost.
void TestEngineGates::movesGatesOfAPromptThatIsBeingMade()
{
    std::counting_semaphore<> entered(0), letGo(0);
    FakeSpec fake;
    fake.onEncode = [&](std::string_view text) {
        if (!text.starts_with("huge")) return;
        entered.release();
        letGo.acquire();
    };
    Voices v(fake);
    GenerateSpec spec = v.mix({{v.a, 1.0F}, {v.b, 0.0F}}, 3);
    spec.prompt = "huge" + std::string(300U << 10U, 'x');
    const auto encodings = static_cast<std::ptrdiff_t>(spec.mix.voices.size());
    const JobId job = v.world.engine->generate(spec);
    entered.acquire();
    const JobId set = v.world.engine->setGates(job, {0.25F, 0.75F});
    const JobId capture = v.world.engine->captureState(job);
    letGo.release(encodings);
    QVERIFY(v.world.events.waitForEnd(set) && v.world.events.waitForEnd(job));
    QVERIFY(v.world.events.waitForEnd(capture));
    QCOMPARE(v.world.events.one<ev::GatesSet>(set).token, 0);
    QCOMPARE(v.world.events.one<ev::Finished>(job).lane, (std::vector<GatePoint>{{0, {0.25F, 0.75F}}}));
    QCOMPARE(v.world.events.one<ev::StateCaptured>(capture).states.size(), std::size_t(2));

    const JobId dropped = v.world.engine->generate(spec);
    entered.acquire();
    entered.try_acquire(); // of the first one's second voice
    const JobId late = v.world.engine->setGates(dropped, {1, 1});
    v.world.engine->cancel(dropped);
    QCOMPARE(v.world.errorOf(late), ErrorCode::BadRequest);
    letGo.release(encodings);
    for (const auto &[id, ends] : v.world.events.ends())
        QCOMPARE(ends, 1);
}

void TestEngineGates::playsALane()
{
    Voices v;
    GenerateSpec spec = v.mix({{v.a, 1.0F}, {v.b, 0.0F}}, 10);
    spec.mix.lane = {{2, {1, 0}, engine::GateCurve::Linear}, {6, {0, 1}}, {8, {0.5F, 0.5F}}};
    const auto tokens = v.generated(v.world.run(spec));
    const std::vector<float> second{0, 0, 0, 0.25F, 0.5F, 0.75F, 1, 1, 0.5F, 0.5F};
    for (std::size_t i = 0; i < second.size(); ++i)
        QCOMPARE(tokens[i].voices[1].gate, second[i]);
}

void TestEngineGates::replaysItsRecordedLane()
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
    spec.mix.lane = {{0, {0, 0, 1}}}; // and another lane gives another text
    QVERIFY(v.world.events.tokens(v.world.run(spec)) != v.world.events.tokens(job));
}

void TestEngineGates::followsItsVoices()
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

void TestEngineGates::refusesBadMixes_data()
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

void TestEngineGates::refusesBadMixes()
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

void TestEngineGates::refusesBadGates()
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

QTEST_GUILESS_MAIN(TestEngineGates)
#include "tst_engine_gates.moc"
