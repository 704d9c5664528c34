// Every command and its one end: models loaded and dropped, logits, vocabularies, files, benchmarks.
#include "support/fake_world.h"
#include "support/vocabulary_writer.h"

#include <QtTest>

namespace ev = engine::event;
using engine::ErrorCode;
using engine::JobId;
using support::FakeSpec;
using support::FakeWorld;
using support::greedy;
using support::loadOf;

class TestEngineCommands : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void needsAModel();
    void loadsAndUnloads();
    void reportsProgressSparingly();
    void keepsTheOldModelWhenALoadFails();
    void computesLogits_data();
    void computesLogits();
    void boundsLogits();
    void tokenizes();
    void tokenizesWithWorldWhereNoModelIs();
    void looksAtFiles();
    void benches();
    void listsTheProcessor();
    void takesCommandsFromTheSink();
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
    const JobId job = world.engine->load(loadOf("first"));
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
    const JobId job = world.engine->load(loadOf("first"));
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
    QCOMPARE(world.errorOf(world.engine->load(loadOf("broken"))), ErrorCode::BadModel);
    QCOMPARE(world.engine->snapshot().model, std::string("first"));
    QVERIFY(world.events.has<ev::Finished>(world.run(greedy("a"))));
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
    QVERIFY(world.errorOf(world.engine->forecast(loadOf(folder.filePath("none.pth").toStdString()))) !=
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

QTEST_GUILESS_MAIN(TestEngineCommands)
#include "tst_engine_commands.moc"
