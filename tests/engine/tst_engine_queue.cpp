// Many commands at once: what waits, what is cancelled, in which order they end.
#include "support/fake_world.h"

#include <QtTest>

#include <semaphore>

namespace ev = engine::event;
using engine::ErrorCode;
using engine::JobId;
using support::FakeSpec;
using support::FakeWorld;
using support::greedy;
using support::loadOf;

namespace
{

/// Lets a model make one step for every permit.
struct Gate {
    std::shared_ptr<std::counting_semaphore<>> permits = std::make_shared<std::counting_semaphore<>>(0);
    FakeSpec spec(int slots = 8) const
    {
        FakeSpec fake;
        fake.slots = slots;
        fake.onForward = [permits = permits](const engine::Step &) { permits->acquire(); };
        return fake;
    }
    void open() const { permits->release(1000000); }
};

} // namespace

class TestEngineQueue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cancelsALoad();
    void cancelsRequestsWhenTheModelIsSwapped();
    void cancelTakesEffectWithinOneStep();
    void cancelsWhatWaits();
    void ignoresCancelOfUnknownJobs();
    void refusesWhenTheQueueIsFull();
    void serves256AtOnce();
    void finishesInFairOrder();
    void endsEverythingWhenDestroyed();
};

void TestEngineQueue::cancelsALoad()
{
    FakeWorld world;
    QVERIFY(world.load("first"));
    const JobId slow = world.engine->load(loadOf("slow"));
    const JobId queued = world.engine->load(loadOf("second"));
    QVERIFY(world.events.waitForEvents<ev::LoadProgress>(slow, 1));
    QVERIFY(world.engine->snapshot().loading);
    world.engine->cancel(queued);
    world.engine->cancel(slow);
    QVERIFY(world.events.waitForEnd(slow) && world.events.waitForEnd(queued));
    QVERIFY(world.events.has<ev::Cancelled>(slow) && world.events.has<ev::Cancelled>(queued));
    QCOMPARE(world.engine->snapshot().model, std::string("first"));
}

void TestEngineQueue::cancelsRequestsWhenTheModelIsSwapped()
{
    FakeSpec fake;
    fake.slots = 2;
    FakeWorld world(fake);
    QVERIFY(world.load("first"));
    std::vector<JobId> jobs;
    for (int i = 0; i < 5; ++i)
        jobs.push_back(world.engine->generate(greedy("a", 1000000000)));
    QVERIFY(world.events.waitForEvents<ev::TokenChunk>(jobs[0], 3));
    QVERIFY(world.load("second"));
    bool loaded = false;
    for (const engine::Event &event : world.events.events()) { // they end before the new model is there
        const auto *model = std::get_if<ev::ModelLoaded>(&event);
        loaded = loaded || (model && model->info.name == "second");
        QVERIFY(!(loaded && std::holds_alternative<ev::Cancelled>(event)));
    }
    for (const JobId job : jobs)
        QVERIFY(world.events.has<ev::Cancelled>(job));
    QVERIFY(world.events.has<ev::Finished>(world.run(greedy("a"))));
}

void TestEngineQueue::cancelTakesEffectWithinOneStep()
{
    const Gate gate;
    FakeWorld world(gate.spec());
    QVERIFY(world.load());
    const JobId job = world.engine->generate(greedy("a", 1000000));
    gate.permits->release(4);
    QVERIFY(
        world.events.waitForEvents<ev::TokenChunk>(job, 4)); // a fifth step waits at the gate, or is about to
    world.engine->cancel(job);
    gate.permits->release(1);
    QVERIFY(world.events.waitForEnd(job)); // there is no permit for a sixth
    QVERIFY(world.events.has<ev::Cancelled>(job));
    QVERIFY(world.events.all<ev::TokenChunk>(job).size() <= 5);
    gate.open();
}

void TestEngineQueue::cancelsWhatWaits()
{
    const Gate gate;
    FakeWorld world(gate.spec(1));
    QVERIFY(world.load());
    const JobId first = world.engine->generate(greedy("a", 3));
    const JobId second = world.engine->generate(greedy("b", 3));
    world.engine->cancel(second);
    gate.open();
    QVERIFY(world.events.waitForEnd(first) && world.events.waitForEnd(second));
    QVERIFY(world.events.has<ev::Finished>(first));
    QVERIFY(world.events.has<ev::Cancelled>(second));
    QVERIFY(!world.events.has<ev::Started>(second));
}

void TestEngineQueue::ignoresCancelOfUnknownJobs()
{
    FakeWorld world;
    QVERIFY(world.load());
    const JobId job = world.run(greedy("a"));
    world.engine->cancel(job);
    world.engine->cancel(987654);
    world.engine->cancel(0);
    QVERIFY(world.events.has<ev::Finished>(world.run(greedy("b"))));
    QCOMPARE(world.events.ends()[job], 1);
    QCOMPARE(world.events.ends().count(987654), std::size_t(0));
}

void TestEngineQueue::refusesWhenTheQueueIsFull()
{
    engine::EngineOptions options;
    options.maxQueued = 3;
    FakeSpec fake;
    fake.slots = 2;
    FakeWorld world(fake, options);
    QVERIFY(world.load());
    std::vector<JobId> jobs;
    for (int i = 0; i < 2 + 3; ++i)
        jobs.push_back(world.engine->generate(greedy("a", 1000000000)));
    QCOMPARE(world.errorOf(world.engine->generate(greedy("a", 2))), ErrorCode::QueueFull);
    for (const JobId job : jobs) {
        world.engine->cancel(job);
        QVERIFY(world.events.waitForEnd(job) && world.events.has<ev::Cancelled>(job));
    }
}

void TestEngineQueue::serves256AtOnce()
{
    FakeSpec fake;
    fake.slots = 32;
    FakeWorld world(fake);
    QVERIFY(world.load());
    std::vector<JobId> jobs;
    for (int i = 0; i < 256; ++i)
        jobs.push_back(world.engine->generate(greedy("request " + std::to_string(i), 16)));
    for (const JobId job : jobs) {
        QVERIFY(world.events.waitForEnd(job));
        QCOMPARE(world.events.tokens(job).size(), std::size_t(16));
    }
    FakeWorld alone;
    QVERIFY(alone.load());
    for (const int i : {0, 100, 255})
        QCOMPARE(alone.events.tokens(alone.run(greedy("request " + std::to_string(i), 16))),
                 world.events.tokens(jobs[static_cast<std::size_t>(i)]));
}

void TestEngineQueue::finishesInFairOrder()
{
    const Gate gate; // closed until all are there
    FakeWorld world(gate.spec(1));
    QVERIFY(world.load());
    std::vector<JobId> jobs;
    for (int i = 0; i < 10; ++i)
        jobs.push_back(world.engine->generate(greedy(std::string(std::size_t(10 - i), 'a'), 3)));
    gate.open();
    QVERIFY(world.events.waitForEnd(jobs.back()));
    std::vector<JobId> order;
    for (const engine::Event &event : world.events.events()) {
        if (std::holds_alternative<ev::Finished>(event)) order.push_back(engine::jobOf(event));
    }
    QCOMPARE(order, jobs);
}

void TestEngineQueue::endsEverythingWhenDestroyed()
{
    const Gate gate;
    FakeWorld world(gate.spec(2));
    QVERIFY(world.load());
    std::vector<JobId> jobs;
    for (int i = 0; i < 10; ++i)
        jobs.push_back(world.engine->generate(greedy("a", 1000000)));
    jobs.push_back(world.engine->load(loadOf("slow")));
    jobs.push_back(world.engine->load(loadOf("second")));
    jobs.push_back(world.engine->saveState({"x", 0, greedy("a"), {}}));
    jobs.push_back(world.engine->logits({{1, 2}, 0, false}));
    jobs.push_back(world.engine->bench({}));
    world.events.onEvent = [&](const engine::Event &event) {
        if (std::holds_alternative<ev::Cancelled>(event)) { // a client that always tries again
            world.engine->cancel(world.engine->generate(greedy("again")));
            world.engine->snapshot();
        }
    };
    engine::Engine *dying = world.engine.get();
    gate.open();
    delete dying;
    static_cast<void>(world.engine.release());
    for (const JobId job : jobs)
        QCOMPARE(world.events.ends()[job], 1);
    for (const auto &[job, ends] : world.events.ends())
        QCOMPARE(ends, 1);
}

QTEST_GUILESS_MAIN(TestEngineQueue)
#include "tst_engine_queue.moc"
