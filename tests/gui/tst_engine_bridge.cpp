#include "gui/engine_bridge.h"
#include "support/fake_engine.h"

#include <QSignalSpy>
#include <QTest>

#include <map>
#include <thread>

namespace ev = engine::event;

class TestEngineBridge : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void mergesTheChunksOfAFrame();
    void keepsThinkingApartFromText();
    void keepsTheOrderWithinEachJob();
    void losesNothingFromManyThreads();
    void showsOnlyTheNewestProgress();
    void deliversOnItsOwnThread();
    void announcesTheEngine();
};

namespace
{

ev::TokenChunk chunk(engine::JobId job, const std::string &text, bool thinking = false)
{
    engine::GeneratedToken token;
    token.bytes = text;
    return {job, text, thinking, {token}};
}

/// Gathers what a bridge delivers.
struct Delivered {
    explicit Delivered(gui::EngineBridge &bridge)
    {
        QObject::connect(&bridge, &gui::EngineBridge::eventArrived, &context,
                         [this](const engine::Event &event) { events.push_back(event); });
    }
    std::string text(engine::JobId job) const
    {
        std::string all;
        for (const engine::Event &event : events) {
            const auto *part = std::get_if<ev::TokenChunk>(&event);
            if (part && part->job == job) all += part->text;
        }
        return all;
    }
    QObject context;
    std::vector<engine::Event> events;
};

} // namespace

void TestEngineBridge::mergesTheChunksOfAFrame()
{
    gui::EngineBridge bridge;
    Delivered got(bridge);
    const auto sink = bridge.sink();
    for (const char *part : {"Ra", "ve", "ns"})
        sink(chunk(1, part));
    QVERIFY(got.events.empty()); // nothing is delivered from within the sink
    QTRY_COMPARE(got.events.size(), 1U);
    const auto &merged = std::get<ev::TokenChunk>(got.events[0]);
    QCOMPARE(merged.text, std::string("Ravens"));
    QCOMPARE(merged.tokens.size(), 3U);
    QCOMPARE(merged.tokens[2].bytes, std::string("ns"));
}

void TestEngineBridge::keepsThinkingApartFromText()
{
    gui::EngineBridge bridge;
    Delivered got(bridge);
    const auto sink = bridge.sink();
    sink(chunk(1, "hm", true));
    sink(chunk(1, "m", true));
    sink(chunk(1, "Yes", false));
    QTRY_COMPARE(got.events.size(), 2U);
    QCOMPARE(std::get<ev::TokenChunk>(got.events[0]).text, std::string("hmm"));
    QVERIFY(!std::get<ev::TokenChunk>(got.events[1]).thinking);
}

void TestEngineBridge::keepsTheOrderWithinEachJob()
{
    gui::EngineBridge bridge;
    Delivered got(bridge);
    const auto sink = bridge.sink();
    sink(ev::Started{1, 7, 3, 0});
    sink(chunk(1, "a"));
    sink(ev::Started{2, 8, 3, 0});
    sink(chunk(2, "x"));
    sink(chunk(1, "b"));
    sink(ev::Finished{1, engine::FinishReason::Stop, {}, {}, 0});
    sink(chunk(2, "y"));
    QTRY_COMPARE(got.events.size(), 5U);
    std::map<engine::JobId, std::vector<std::size_t>> kinds;
    for (const engine::Event &event : got.events)
        kinds[engine::jobOf(event)].push_back(event.index());
    const auto started = engine::Event(ev::Started{}).index();
    const auto text = engine::Event(ev::TokenChunk{}).index();
    const auto finished = engine::Event(ev::Finished{}).index();
    QCOMPARE(kinds[1], (std::vector<std::size_t>{started, text, finished}));
    QCOMPARE(kinds[2], (std::vector<std::size_t>{started, text}));
    QCOMPARE(got.text(1), std::string("ab"));
    QCOMPARE(got.text(2), std::string("xy"));
}

void TestEngineBridge::losesNothingFromManyThreads()
{
    constexpr int kThreads = 4;
    constexpr int kChunks = 2000;
    gui::EngineBridge bridge;
    Delivered got(bridge);
    const auto sink = bridge.sink();
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([&sink, t] {
            for (int i = 0; i < kChunks; ++i)
                sink(chunk(engine::JobId(t + 1), std::to_string(i % 10)));
            sink(ev::Finished{engine::JobId(t + 1), engine::FinishReason::Stop, {}, {}, 0});
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    const auto finished = [&got] {
        return std::count_if(got.events.begin(), got.events.end(),
                             [](const auto &e) { return std::holds_alternative<ev::Finished>(e); });
    };
    QTRY_COMPARE(finished(), kThreads);
    std::string expected;
    for (int i = 0; i < kChunks; ++i)
        expected += std::to_string(i % 10);
    for (int t = 0; t < kThreads; ++t)
        QCOMPARE(got.text(engine::JobId(t + 1)), expected);
    QVERIFY2(got.events.size() < 200, "chunks must be merged, not queued one by one");
}

void TestEngineBridge::showsOnlyTheNewestProgress()
{
    gui::EngineBridge bridge;
    Delivered got(bridge);
    const auto sink = bridge.sink();
    sink(ev::LoadProgress{1, engine::LoadPhase::ReadingWeights, 10, 100});
    sink(ev::LoadProgress{1, engine::LoadPhase::ReadingWeights, 60, 100});
    sink(ev::LoadProgress{1, engine::LoadPhase::WarmingUp, 0, 1});
    QTRY_COMPARE(got.events.size(), 2U);
    QCOMPARE(std::get<ev::LoadProgress>(got.events[0]).done, std::uint64_t(60));
    QVERIFY(std::get<ev::LoadProgress>(got.events[1]).phase == engine::LoadPhase::WarmingUp);
}

void TestEngineBridge::deliversOnItsOwnThread()
{
    gui::EngineBridge bridge;
    std::thread::id where;
    connect(&bridge, &gui::EngineBridge::eventArrived, this,
            [&where] { where = std::this_thread::get_id(); });
    std::thread([sink = bridge.sink()] { sink(chunk(1, "a")); }).join();
    QTRY_VERIFY(where != std::thread::id());
    QVERIFY(where == std::this_thread::get_id());
}

void TestEngineBridge::announcesTheEngine()
{
    gui::EngineBridge bridge;
    QSignalSpy started(&bridge, &gui::EngineBridge::engineStarted);
    QVERIFY(!bridge.hasEngine());
    bridge.setEngine(std::make_unique<support::FakeEngine>(bridge.sink()));
    QCOMPARE(started.count(), 1);
    QVERIFY(bridge.hasEngine());
}

QTEST_MAIN(TestEngineBridge)
#include "tst_engine_bridge.moc"
