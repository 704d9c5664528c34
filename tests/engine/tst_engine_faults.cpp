// What goes wrong in the middle: models that throw, devices that are lost, sinks that throw.
#include "support/fake_world.h"

#include <QtTest>

namespace ev = engine::event;
using engine::ErrorCode;
using engine::JobId;
using support::FakeSpec;
using support::FakeWorld;
using support::greedy;

class TestEngineFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void survivesAModelThatThrows();
    void failsOnlyWhoMetTheFault();
    void survivesALostDevice();
    void survivesASinkThatThrows();
};

void TestEngineFaults::survivesAModelThatThrows()
{
    std::atomic<bool> faulty{false};
    FakeSpec fake;
    fake.onForward = [&](const engine::Step &) {
        if (faulty) throw std::runtime_error("on purpose");
    };
    FakeWorld world(fake);
    QVERIFY(world.load());
    QVERIFY(world.events.has<ev::Finished>(world.run(greedy("a"))));
    faulty = true;
    const JobId one = world.engine->generate(greedy("b")), other = world.engine->generate(greedy("c"));
    QCOMPARE(world.errorOf(one), ErrorCode::Internal);
    QCOMPARE(world.errorOf(other), ErrorCode::Internal);
    faulty = false;
    QVERIFY(world.events.has<ev::Finished>(world.run(greedy("d"))));
    QCOMPARE(world.engine->snapshot().generating, 0);
}

void TestEngineFaults::failsOnlyWhoMetTheFault()
{
    std::atomic<bool> faulty{false};
    FakeSpec fake;
    fake.script = [](const support::Seen &seen, std::span<float> logits) {
        support::certain(logits, seen.last); // repeats the prompt's last letter
    };
    fake.onBytes = [&](int token) {
        if (faulty && token == 'b' + 1) throw std::runtime_error("on purpose");
    };
    FakeWorld world(fake);
    QVERIFY(world.load());
    const JobId harmed = world.engine->generate(greedy("b", 1000000000));
    const JobId other = world.engine->generate(greedy("c", 1000000000));
    QVERIFY(world.events.waitForEvents<ev::TokenChunk>(harmed, 2));
    QVERIFY(world.events.waitForEvents<ev::TokenChunk>(other, 2));
    faulty = true;
    QCOMPARE(world.errorOf(harmed), ErrorCode::Internal);
    const std::size_t before = world.events.all<ev::TokenChunk>(other).size();
    QVERIFY(world.events.waitForEvents<ev::TokenChunk>(other, before + 10));
    world.engine->cancel(other);
    QVERIFY(world.events.waitForEnd(other) && world.events.has<ev::Cancelled>(other));
    for (const int token : world.events.tokens(other))
        QCOMPARE(token, 'c' + 1);
}

void TestEngineFaults::survivesALostDevice()
{
    std::shared_ptr<std::atomic<kernels::Status>> fault;
    FakeSpec fake;
    fake.slots = 2;
    fake.fault = &fault;
    FakeWorld world(fake);
    QVERIFY(world.load());
    std::vector<JobId> jobs;
    for (int i = 0; i < 6; ++i)
        jobs.push_back(world.engine->generate(greedy("a", 1000000000)));
    QVERIFY(world.events.waitForEvents<ev::TokenChunk>(jobs[0], 2));
    *fault = kernels::Status::Lost;
    for (const JobId job : jobs)
        QCOMPARE(world.errorOf(job), ErrorCode::DeviceLost);
    QVERIFY(world.events.waitForEvents<ev::ModelUnloaded>(0, 1)); // of no command: clients are told
    QCOMPARE(world.events.one<ev::ModelUnloaded>(0).reason.code(), ErrorCode::DeviceLost);
    QCOMPARE(world.errorOf(world.run(greedy("a"))), ErrorCode::NoModel);
    QVERIFY(world.load());
    *fault = kernels::Status::Lost;
    QCOMPARE(world.errorOf(world.engine->logits({{1, 2}, 0, false})), ErrorCode::DeviceLost); // not rubbish
    QVERIFY(world.load());
    QVERIFY(world.events.has<ev::Finished>(world.run(greedy("a"))));
    *fault = kernels::Status::OutOfMemory;
    QCOMPARE(world.errorOf(world.run(greedy("b"))), ErrorCode::OutOfMemory);
}

void TestEngineFaults::survivesASinkThatThrows()
{
    FakeWorld world;
    world.events.onEvent = [](const engine::Event &) { throw std::runtime_error("from the sink"); };
    engine::setLogSink({}); // it says so in the log
    QVERIFY(world.load());
    QVERIFY(world.events.has<ev::Finished>(world.run(greedy("a"))));
}

QTEST_GUILESS_MAIN(TestEngineFaults)
#include "tst_engine_faults.moc"
