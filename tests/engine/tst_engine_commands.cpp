// Every command and its one end: models loaded, swapped and dropped, queues, cancelling, faults.
#include "support/fake_world.h"
#include "support/vocabulary_writer.h"

#include <QtTest>

#include <semaphore>

namespace ev = engine::event;
using engine::ErrorCode;
using engine::GenerateSpec;
using engine::JobId;
using engine::LoadSpec;
using support::FakeSpec;
using support::FakeWorld;
using support::greedy;

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

LoadSpec named(const std::string &name)
{
    LoadSpec spec;
    spec.model = name;
    return spec;
}

} // namespace

class TestEngineCommands : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void needsAModel();
    void loadsAndUnloads();
    void reportsProgressSparingly();
    void keepsTheOldModelWhenALoadFails();
    void cancelsALoad();
    void cancelsRequestsWhenTheModelIsSwapped();
    void cancelTakesEffectWithinOneStep();
    void cancelsWhatWaits();
    void ignoresCancelOfUnknownJobs();
    void refusesWhenTheQueueIsFull();
    void serves256AtOnce();
    void finishesInFairOrder();
    void computesLogits_data();
    void computesLogits();
    void tokenizes();
    void tokenizesWithWorldWhereNoModelIs();
    void looksAtFiles();
    void benches();
    void listsTheProcessor();
    void survivesAModelThatThrows();
    void failsOnlyWhoMetTheFault();
    void survivesALostDevice();
    void boundsLogits();
    void takesCommandsFromTheSink();
    void survivesASinkThatThrows();
    void endsEverythingWhenDestroyed();
};

void TestEngineCommands::needsAModel()
{
    FakeWorld world;
    QCOMPARE(world.errorOf(world.engine->unload()), ErrorCode::NoModel);
    QCOMPARE(world.errorOf(world.engine->generate(greedy("a"))), ErrorCode::NoModel);
    QCOMPARE(world.errorOf(world.engine->logits({{1, 2}, 0, false})), ErrorCode::NoModel);
    QCOMPARE(world.errorOf(world.engine->openState({"x"})), ErrorCode::NoModel);
    QCOMPARE(world.errorOf(world.engine->saveState({"x", 0, greedy("a"), {}})), ErrorCode::NoModel);
    QVERIFY(!world.engine->snapshot().loaded);
}

void TestEngineCommands::loadsAndUnloads()
{
    FakeWorld world;
    const JobId job = world.engine->load(named("first"));
    QVERIFY(world.events.waitForEnd(job));
    const auto loaded = world.events.one<ev::ModelLoaded>(job);
    QCOMPARE(loaded.info.name, std::string("first"));
    QCOMPARE(loaded.slots, 8);
    QCOMPARE(loaded.strategy, std::string("cpu fp32"));
    QCOMPARE(loaded.memory.states, std::size_t(8 * 4 * sizeof(float)));
    QVERIFY(loaded.memory.total > 0);
    QVERIFY(world.engine->snapshot().loaded);
    const JobId unload = world.engine->unload();
    QVERIFY(world.events.waitForEnd(unload));
    QVERIFY(world.events.has<ev::ModelUnloaded>(unload));
    QVERIFY(!world.engine->snapshot().loaded);
    QCOMPARE(world.engine->snapshot().model, std::string());
    QCOMPARE(world.errorOf(world.engine->unload()), ErrorCode::NoModel);
}

void TestEngineCommands::reportsProgressSparingly()
{
    FakeWorld world; // its loader reports a thousand times at once
    const JobId job = world.engine->load(named("first"));
    QVERIFY(world.events.waitForEnd(job));
    const auto count = world.events.all<ev::LoadProgress>(job).size();
    QVERIFY(count >= 1);
    const double seconds = world.events.one<ev::ModelLoaded>(job).seconds;
    QVERIFY(double(count) <= 1 + 20 * seconds);
}

void TestEngineCommands::keepsTheOldModelWhenALoadFails()
{
    FakeWorld world;
    QVERIFY(world.load("first"));
    QCOMPARE(world.errorOf(world.engine->load(named("broken"))), ErrorCode::BadModel);
    QCOMPARE(world.engine->snapshot().model, std::string("first"));
    QVERIFY(world.events.has<ev::Finished>(world.run(greedy("a"))));
}

void TestEngineCommands::cancelsALoad()
{
    FakeWorld world;
    QVERIFY(world.load("first"));
    const JobId slow = world.engine->load(named("slow"));
    const JobId queued = world.engine->load(named("second"));
    QVERIFY(world.events.waitForEvents<ev::LoadProgress>(slow, 1));
    QVERIFY(world.engine->snapshot().loading);
    world.engine->cancel(queued);
    world.engine->cancel(slow);
    QVERIFY(world.events.waitForEnd(slow) && world.events.waitForEnd(queued));
    QVERIFY(world.events.has<ev::Cancelled>(slow) && world.events.has<ev::Cancelled>(queued));
    QCOMPARE(world.engine->snapshot().model, std::string("first"));
}

void TestEngineCommands::cancelsRequestsWhenTheModelIsSwapped()
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

void TestEngineCommands::cancelTakesEffectWithinOneStep()
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

void TestEngineCommands::cancelsWhatWaits()
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

void TestEngineCommands::ignoresCancelOfUnknownJobs()
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

void TestEngineCommands::refusesWhenTheQueueIsFull()
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

void TestEngineCommands::serves256AtOnce()
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

void TestEngineCommands::finishesInFairOrder()
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

void TestEngineCommands::computesLogits_data()
{
    QTest::addColumn<int>("tokens");
    QTest::addColumn<int>("chunk");
    QTest::addColumn<bool>("everyPosition");
    for (const int tokens : {1, 7, 600})
        for (const int chunk : {0, 1, 2, 3, 7})
            for (const bool every : {false, true})
                QTest::addRow("%d in %d%s", tokens, chunk, every ? " each" : "") << tokens << chunk << every;
}

void TestEngineCommands::computesLogits()
{
    QFETCH(int, tokens);
    QFETCH(int, chunk);
    QFETCH(bool, everyPosition);
    std::atomic<int> widest{0};
    FakeSpec fake;
    fake.onForward = [&](const engine::Step &step) {
        widest = std::max(widest.load(), int(step.batch.tokens));
    };
    FakeWorld world(fake);
    QVERIFY(world.load());
    engine::LogitsSpec spec{{}, chunk, everyPosition};
    for (int i = 0; i < tokens; ++i)
        spec.tokens.push_back(1 + i % 250);
    const JobId job = world.engine->logits(spec);
    QVERIFY(world.events.waitForEnd(job));
    const auto ready = world.events.one<ev::LogitsReady>(job);
    const auto width = static_cast<std::size_t>(support::FakeTokenizer().size() + 3);
    QCOMPARE(ready.vocabulary, int(width));
    QCOMPARE(ready.logits.size(), width * std::size_t(everyPosition ? tokens : 1));
    QVERIFY(chunk == 0 || widest <= chunk);

    support::Seen seen;
    std::vector<float> want(width);
    for (int i = 0; i < tokens; ++i) {
        seen.hash = support::mixed(seen.hash, static_cast<std::uint32_t>(spec.tokens[std::size_t(i)])) >> 8U;
        support::hashedLogits(seen, want);
        const std::size_t row = everyPosition ? std::size_t(i) : 0;
        if (everyPosition || i == tokens - 1)
            QVERIFY(std::equal(want.begin(), want.end(), ready.logits.begin() + std::ptrdiff_t(row * width)));
    }
}

void TestEngineCommands::tokenizes()
{
    FakeWorld world;
    QVERIFY(world.load());
    const JobId job = world.engine->tokenize("Hello the\n\nUser");
    QVERIFY(world.events.waitForEnd(job));
    const std::vector<int> tokens = world.events.one<ev::Tokenized>(job).tokens;
    QCOMPARE(tokens.size(), std::size_t(4));
    const JobId back = world.engine->detokenize(tokens);
    QVERIFY(world.events.waitForEnd(back));
    QCOMPARE(world.events.one<ev::Detokenized>(back).text, std::string("Hello the\n\nUser"));
    QCOMPARE(world.errorOf(world.engine->detokenize({-1})), ErrorCode::BadRequest);
    QCOMPARE(world.errorOf(world.engine->tokenize("a", "/no/such/vocabulary")), ErrorCode::FileNotFound);
}

void TestEngineCommands::tokenizesWithWorldWhereNoModelIs()
{
    QTemporaryDir folder;
    engine::EngineOptions options;
    options.dataFolder = folder.path().toStdString();
    FakeWorld world({}, options);
    QCOMPARE(world.errorOf(world.engine->tokenize("a")), ErrorCode::TokenizerMissing);
    QCOMPARE(world.errorOf(world.engine->detokenize({1})), ErrorCode::TokenizerMissing);

    QVERIFY(QDir(folder.path()).mkdir("vocab"));
    QFile file(folder.filePath("vocab/rwkv_vocab_v20230424.txt"));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(support::vocabulary().c_str()) > 0);
    file.close();
    const JobId job = world.engine->tokenize("ab");
    QVERIFY(world.events.waitForEnd(job));
    QCOMPARE(world.events.one<ev::Tokenized>(job).tokens, (std::vector<int>{'a' + 1, 'b' + 1}));
}

void TestEngineCommands::looksAtFiles()
{
    QTemporaryDir folder;
    FakeWorld world;
    QCOMPARE(world.errorOf(world.engine->inspect(folder.filePath("none.pth").toStdString())),
             ErrorCode::FileNotFound);
    QVERIFY(world.errorOf(world.engine->forecast(named(folder.filePath("none.pth").toStdString()))) !=
            ErrorCode::None);
    const JobId scan = world.engine->scan({folder.path().toStdString()});
    QVERIFY(world.events.waitForEnd(scan));
    QCOMPARE(world.events.one<ev::ScanFinished>(scan).files, 0);
    QVERIFY(world.events.has<ev::ScanFinished>(scan));
}

void TestEngineCommands::benches()
{
    FakeWorld world;
    const JobId job = world.engine->bench({});
    QVERIFY(world.events.waitForEnd(job));
    QVERIFY(world.events.has<ev::BenchFinished>(job) && world.events.has<ev::BenchProgress>(job));
    engine::BenchSpec broken;
    broken.model = "broken";
    QCOMPARE(world.errorOf(world.engine->bench(broken)), ErrorCode::Internal);
}

void TestEngineCommands::listsTheProcessor()
{
    const auto devices = engine::listDevices();
    QVERIFY(!devices.empty());
    QCOMPARE(devices.front().id, std::string("cpu"));
    QVERIFY(devices.front().usable && devices.front().threads >= 1 && !devices.front().kernels.empty());
    QVERIFY(devices.front().freeBytes > 0 && devices.front().freeBytes <= devices.front().totalBytes);
    QVERIFY(QRegularExpression("^\\d+\\.\\d+\\.\\d+$").match(engine::version()).hasMatch());
}

void TestEngineCommands::survivesAModelThatThrows()
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

void TestEngineCommands::failsOnlyWhoMetTheFault()
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

void TestEngineCommands::survivesALostDevice()
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

void TestEngineCommands::boundsLogits()
{
    FakeWorld world;
    QVERIFY(world.load());
    const std::size_t most = (1U << 30U) / sizeof(float) / std::size_t(support::FakeTokenizer().size() + 3);
    engine::LogitsSpec spec{std::vector<int>(most + 1, 1), 0, true};
    const JobId job = world.engine->logits(spec);
    QCOMPARE(world.errorOf(job), ErrorCode::BadRequest);
    const std::string message = world.events.one<ev::Failed>(job).error.message();
    QVERIFY2(message.find(std::to_string(most)) != std::string::npos, message.c_str());
}

void TestEngineCommands::takesCommandsFromTheSink()
{
    FakeWorld world;
    std::atomic<int> left{20};
    std::atomic<JobId> last{0};
    world.events.onEvent = [&](const engine::Event &event) {
        if (std::holds_alternative<ev::ModelLoaded>(event) || std::holds_alternative<ev::Finished>(event)) {
            world.engine->snapshot();
            if (--left > 0)
                last = world.engine->generate(greedy("again", 2));
            else
                last = world.engine->unload();
        }
    };
    QVERIFY(world.load());
    while (!world.events.has<ev::ModelUnloaded>(last))
        QVERIFY(last == 0 || world.events.waitForEnd(last));
    world.events.onEvent = nullptr;
}

void TestEngineCommands::survivesASinkThatThrows()
{
    FakeWorld world;
    world.events.onEvent = [](const engine::Event &) { throw std::runtime_error("from the sink"); };
    engine::setLogSink({}); // it says so in the log
    QVERIFY(world.load());
    QVERIFY(world.events.has<ev::Finished>(world.run(greedy("a"))));
}

void TestEngineCommands::endsEverythingWhenDestroyed()
{
    const Gate gate;
    FakeWorld world(gate.spec(2));
    QVERIFY(world.load());
    std::vector<JobId> jobs;
    for (int i = 0; i < 10; ++i)
        jobs.push_back(world.engine->generate(greedy("a", 1000000)));
    jobs.push_back(world.engine->load(named("slow")));
    jobs.push_back(world.engine->load(named("second")));
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

QTEST_GUILESS_MAIN(TestEngineCommands)
#include "tst_engine_commands.moc"
