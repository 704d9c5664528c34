// A cancel is answered at once, whatever the engine's threads are busy with, and nothing is told after it.
#include "support/fake_world.h"

#include <QtTest>

#include <chrono>

namespace ev = engine::event;
using engine::ErrorCode;
using engine::JobId;
using support::FakeSpec;
using support::FakeWorld;
using support::greedy;
using support::loadOf;

namespace
{

constexpr std::chrono::milliseconds kAtOnce{200};

engine::BenchSpec stubbornBench()
{
    engine::BenchSpec spec;
    spec.model = "stubborn";
    return spec;
}

/// A tokenizer that stays with texts that begin with "stuck" until it is let go.
struct Gate {
    std::shared_ptr<std::counting_semaphore<>> entered = std::make_shared<std::counting_semaphore<>>(0);
    std::shared_ptr<std::counting_semaphore<>> letGo = std::make_shared<std::counting_semaphore<>>(0);
    FakeSpec spec() const
    {
        FakeSpec fake;
        fake.onEncode = [entered = entered, letGo = letGo](std::string_view text) {
            if (!text.starts_with("stuck")) return;
            entered->release();
            letGo->acquire();
        };
        return fake;
    }
};

/// Cancels; true if the job ended with Cancelled in time.
bool cancelsAtOnce(FakeWorld &world, JobId job)
{
    const auto begin = std::chrono::steady_clock::now();
    world.engine->cancel(job);
    return world.events.waitForEnd(job) && world.events.has<ev::Cancelled>(job) &&
           std::chrono::steady_clock::now() - begin < kAtOnce;
}

} // namespace

class TestEngineCancel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cancelsALoadBehindABenchmark();
    void cancelsALoadThatIsSlowToGiveUp();
    void cancelsABenchmark();
    void cancelsPromptsBehindOthers();
    void letsOthersGoOnWhileAHugePromptIsTokenised();
    void dropsARequestOfAModelThatIsGone();
    void takesAStateThatIsReleasedAtOnce();
};

void TestEngineCancel::cancelsALoadBehindABenchmark()
{
    FakeWorld world;
    QVERIFY(world.load("first"));
    const JobId bench = world.engine->bench(stubbornBench());
    QVERIFY(world.events.waitForEvents<ev::BenchProgress>(bench, 1));
    const JobId load = world.engine->load(loadOf("second"));
    QVERIFY(cancelsAtOnce(world, load));
    world.letGo->release();
    QVERIFY(world.events.waitForEnd(bench) && world.events.has<ev::BenchFinished>(bench));
    QVERIFY(world.load("third")); // what was cancelled is behind us
    QCOMPARE(world.events.ends()[load], 1);
    QVERIFY(!world.events.has<ev::LoadProgress>(load));
}

void TestEngineCancel::cancelsALoadThatIsSlowToGiveUp()
{
    FakeWorld world;
    QVERIFY(world.load("first"));
    const JobId load = world.engine->load(loadOf("stubborn"));
    QVERIFY(world.events.waitForEvents<ev::LoadProgress>(load, 1));
    QVERIFY(cancelsAtOnce(world, load));
    QCOMPARE(world.engine->snapshot().model, std::string("first"));
    world.letGo->release();
    QVERIFY(world.load("second"));
    QCOMPARE(world.events.ends()[load], 1);
}

void TestEngineCancel::cancelsABenchmark()
{
    FakeWorld world;
    const JobId bench = world.engine->bench(stubbornBench());
    QVERIFY(world.events.waitForEvents<ev::BenchProgress>(bench, 1));
    QVERIFY(cancelsAtOnce(world, bench));
    world.letGo->release();
    QVERIFY(world.load("first")); // on the same thread: the benchmark is over by now
    QCOMPARE(world.events.ends()[bench], 1);
    QCOMPARE(world.events.all<ev::BenchProgress>(bench).size(), std::size_t(1));
}

void TestEngineCancel::cancelsPromptsBehindOthers()
{
    const Gate gate;
    FakeWorld world(gate.spec());
    QVERIFY(world.load());
    const JobId stuck = world.engine->generate(greedy("stuck"));
    gate.entered->acquire();
    const JobId behind = world.engine->generate(greedy("a"));
    const JobId last = world.engine->generate(greedy("b"));
    QVERIFY(cancelsAtOnce(world, behind));
    QVERIFY(cancelsAtOnce(world, stuck));
    gate.letGo->release();
    QVERIFY(world.events.waitForEnd(last) && world.events.has<ev::Finished>(last));
    for (const JobId job : {stuck, behind}) {
        QCOMPARE(world.events.ends()[job], 1);
        QVERIFY(!world.events.has<ev::Started>(job));
    }
}

void TestEngineCancel::letsOthersGoOnWhileAHugePromptIsTokenised()
{
    const Gate gate;
    FakeWorld world(gate.spec());
    QVERIFY(world.load());
    const JobId stream = world.engine->generate(greedy("a", 1000000000));
    const JobId huge = world.engine->generate(greedy("stuck" + std::string(300U << 10U, 'x'), 3));
    gate.entered->acquire();
    const std::size_t before = world.events.all<ev::TokenChunk>(stream).size();
    QVERIFY(world.events.waitForEvents<ev::TokenChunk>(stream, before + 100));
    QVERIFY(world.events.has<ev::Finished>(world.run(greedy("b", 3)))); // nor does it hold up new ones
    QVERIFY(world.events.ends().count(huge) == 0);
    gate.letGo->release();
    QVERIFY(world.events.waitForEnd(huge) && world.events.has<ev::Finished>(huge));
    world.engine->cancel(stream);
    QVERIFY(world.events.waitForEnd(stream));
}

void TestEngineCancel::dropsARequestOfAModelThatIsGone()
{
    const Gate gate;
    FakeWorld world(gate.spec());
    QVERIFY(world.load("first"));
    const JobId stuck = world.engine->generate(greedy("stuck"));
    gate.entered->acquire();
    QVERIFY(world.load("second"));
    gate.letGo->release();
    QVERIFY(world.events.waitForEnd(stuck) && world.events.has<ev::Cancelled>(stuck));
    const JobId again = world.engine->generate(greedy("stuck"));
    gate.entered->acquire();
    QVERIFY(world.events.waitForEnd(world.engine->unload()));
    gate.letGo->release();
    QVERIFY(world.events.waitForEnd(again) && world.events.has<ev::Cancelled>(again));
    QCOMPARE(world.errorOf(world.engine->generate(greedy("a"))), ErrorCode::NoModel);
}

void TestEngineCancel::takesAStateThatIsReleasedAtOnce()
{
    FakeWorld world;
    QVERIFY(world.load());
    engine::GenerateSpec first = greedy("a", 4);
    first.keepState = true;
    engine::GenerateSpec more = greedy("b", 4);
    more.from = world.events.one<ev::Finished>(world.run(first)).state;
    QVERIFY(more.from != 0);
    const JobId job = world.engine->generate(more);
    world.engine->releaseState(more.from);
    QVERIFY(world.events.waitForEnd(job) && world.events.has<ev::Finished>(job));
    QCOMPARE(world.errorOf(world.engine->generate(more)), ErrorCode::BadRequest);
}

QTEST_GUILESS_MAIN(TestEngineCancel)
#include "tst_engine_cancel.moc"
