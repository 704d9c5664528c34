// The real engine with the demonstration model: what hundreds of conversations at once look like.
#include "engine/engine.h"
#include "engine/model_loader.h"
#include "support/event_recorder.h"

#include <QtTest>

#include <filesystem>
#include <memory>
#include <set>

namespace ev = engine::event;
using engine::GenerateSpec;
using engine::JobId;

namespace
{

GenerateSpec question(const std::string &text, int maxTokens = 24)
{
    GenerateSpec spec;
    spec.messages = {{engine::Role::User, text, {}}};
    spec.maxTokens = maxTokens;
    spec.sampling.temperature = 0;
    return spec;
}

/// The demonstration model in an engine of its own.
struct World {
    support::EventRecorder events;
    std::unique_ptr<engine::Engine> engine;

    explicit World(engine::EngineOptions options = {})
        : engine(engine::makeEngine(std::move(options), events.sink()))
    {
    }
    bool load(int slots = 0)
    {
        engine::LoadSpec spec;
        spec.model = "demo";
        spec.slots = slots;
        const JobId job = engine->load(spec);
        return events.waitForEnd(job) && events.has<ev::ModelLoaded>(job);
    }
    JobId run(const GenerateSpec &spec)
    {
        const JobId job = engine->generate(spec);
        events.waitForEnd(job);
        return job;
    }
};

} // namespace

class TestEngineDemo : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void answersInWholeCharacters();
    void secondQuestionReadsOnlyWhatIsNew();
    void cacheChangesNothing();
    void seedGivesTheSameTextInAnyCompany();
    void chunksGiveTheSameLogits();
    void savedStateGoesOnInAFreshEngine();
    void completes256AtOnceInSteadyMemory();
};

void TestEngineDemo::initTestCase()
{
    const std::filesystem::path folder = engine::dataFolder({});
    if (!std::filesystem::exists(folder / "demo" / "rookery-demo.safetensors"))
        QSKIP("the demonstration model is not in the data folder");
}

void TestEngineDemo::answersInWholeCharacters()
{
    World world;
    QVERIFY(world.load());
    for (const char *text : {"Who are you?", "\xE4\xBD\xA0\xE6\x98\xAF\xE8\xB0\x81\xEF\xBC\x9F"}) {
        const JobId job = world.run(question(text, 64));
        const QByteArray answer = QByteArray::fromStdString(world.events.text(job));
        QVERIFY(!answer.isEmpty());
        QCOMPARE(QString::fromUtf8(answer).toUtf8(), answer);
        QVERIFY(!answer.startsWith(' ') && !answer.contains("\n\nUser"));
        QVERIFY(world.events.has<ev::Finished>(job));
    }
}

void TestEngineDemo::secondQuestionReadsOnlyWhatIsNew()
{
    World world;
    QVERIFY(world.load());
    GenerateSpec spec = question("Who are you?", 200);
    const JobId first = world.run(spec);
    const auto usage = world.events.one<ev::Finished>(first).usage;
    spec.messages.push_back({engine::Role::Assistant, world.events.text(first), {}});
    spec.messages.push_back({engine::Role::User, "What can you do?", {}});
    const JobId second = world.run(spec);
    const int known = world.events.one<ev::Started>(second).cachedTokens;
    qInfo("turn 1: %d + %d tokens; turn 2: %d of %d from the cache", usage.promptTokens,
          usage.generatedTokens, known, world.events.one<ev::Started>(second).promptTokens);
    // All of the answer is known, but for what the stop string's last token hides.
    QVERIFY(known >= usage.promptTokens + usage.generatedTokens - 3);
}

void TestEngineDemo::cacheChangesNothing()
{
    engine::EngineOptions none;
    none.cacheBytes = 0;
    World cached, fresh(none);
    QVERIFY(cached.load() && fresh.load());
    GenerateSpec spec = question("What is a finch?", 40);
    spec.topLogprobs = 0;
    for (int turn = 0; turn < 3; ++turn) {
        const JobId a = cached.run(spec), b = fresh.run(spec);
        QCOMPARE(cached.events.tokens(a), fresh.events.tokens(b));
        const auto got = cached.events.all<ev::TokenChunk>(a), want = fresh.events.all<ev::TokenChunk>(b);
        QCOMPARE(got.size(), want.size());
        for (std::size_t i = 0; i < got.size(); ++i)
            if (!got[i].tokens.empty())
                QCOMPARE(got[i].tokens.front().logprob, want[i].tokens.front().logprob); // bit-equal
        spec.messages.push_back({engine::Role::Assistant, cached.events.text(a), {}});
        spec.messages.push_back({engine::Role::User, "And then?", {}});
    }
    QVERIFY(cached.engine->snapshot().cachedTokens > 0);
    QCOMPARE(fresh.engine->snapshot().cachedTokens, std::uint64_t(0));
}

void TestEngineDemo::seedGivesTheSameTextInAnyCompany()
{
    World world;
    QVERIFY(world.load(32));
    GenerateSpec spec = question("Tell me about ravens.", 24);
    spec.sampling.temperature = 1;
    spec.sampling.topP = 0.9F;
    spec.sampling.hasSeed = true;
    spec.sampling.seed = 5;
    const std::vector<int> alone = world.events.tokens(world.run(spec));
    std::vector<JobId> jobs;
    for (unsigned i = 0; i < 32; ++i) {
        GenerateSpec other = spec;
        other.sampling.seed = i;
        if (i != 5) other.messages.front().text = "Count from " + std::to_string(i);
        jobs.push_back(world.engine->generate(other));
    }
    for (const JobId job : jobs)
        QVERIFY(world.events.waitForEnd(job));
    QCOMPARE(world.events.tokens(jobs[5]), alone);
}

void TestEngineDemo::chunksGiveTheSameLogits()
{
    World world;
    QVERIFY(world.load());
    engine::LogitsSpec spec;
    for (int i = 0; i < 100; ++i)
        spec.tokens.push_back(1 + i * 7 % 200);
    std::vector<float> first;
    for (const int chunk : {0, 1, 2, 3, 7}) {
        spec.chunk = chunk;
        const JobId job = world.engine->logits(spec);
        QVERIFY(world.events.waitForEnd(job));
        const auto ready = world.events.one<ev::LogitsReady>(job);
        QVERIFY(ready.vocabulary > 0 && ready.logits.size() == std::size_t(ready.vocabulary));
        if (first.empty()) first = ready.logits;
        QVERIFY(ready.logits == first); // bit-equal
    }
}

void TestEngineDemo::savedStateGoesOnInAFreshEngine()
{
    QTemporaryDir folder;
    World old;
    QVERIFY(old.load());
    const std::vector<int> all = old.events.tokens(old.run(question("Who are you?", 16)));
    GenerateSpec spec = question("Who are you?", 5);
    spec.keepState = true;
    const JobId first = old.run(spec);
    std::vector<int> got = old.events.tokens(first);
    engine::SaveStateSpec save;
    save.path = folder.filePath("talk.safetensors").toStdString();
    save.state = old.events.one<ev::Finished>(first).state;
    const JobId saving = old.engine->saveState(save);
    QVERIFY(old.events.waitForEnd(saving) && old.events.has<ev::StateSaved>(saving));

    World fresh;
    QVERIFY(fresh.load());
    const JobId opening = fresh.engine->openState(save.path);
    QVERIFY(fresh.events.waitForEnd(opening));
    GenerateSpec more;
    more.maxTokens = 11;
    more.sampling.temperature = 0;
    more.from = fresh.events.one<ev::StateOpened>(opening).state;
    QVERIFY(more.from != 0);
    for (const int token : fresh.events.tokens(fresh.run(more)))
        got.push_back(token);
    got.resize(std::min(got.size(), all.size()));
    QCOMPARE(got, all);
}

void TestEngineDemo::completes256AtOnceInSteadyMemory()
{
    World world;
    QVERIFY(world.load());
    const auto wave = [&world] {
        std::vector<JobId> jobs;
        for (int i = 0; i < 256; ++i)
            jobs.push_back(world.engine->generate(question("What is " + std::to_string(i) + " plus 1?", 8)));
        for (const JobId job : jobs) {
            if (!world.events.waitForEnd(job) || !world.events.has<ev::Finished>(job)) return false;
        }
        return true;
    };
    constexpr int kFirst = 2, kMore = 5; // the first ones fill the cache and the allocator's pools
    constexpr double kBytesPerRequest = 1024;
    for (int i = 0; i < kFirst; ++i)
        QVERIFY(wave());
    world.events.clear();
    const auto before = world.engine->snapshot();
    for (int i = 0; i < kMore; ++i) {
        QVERIFY(wave());
        world.events.clear();
    }
    const auto after = world.engine->snapshot();
    QCOMPARE(after.generating + after.reading + after.queued, 0);
    const double grown = double(after.processBytes) - double(before.processBytes);
    qInfo("resident: %.1f MB, then %.0f bytes more a request", double(before.processBytes) / 1e6,
          grown / (kMore * 256));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) // which keep memory of their own
    QVERIFY(grown < kMore * 256 * kBytesPerRequest);
#endif
}

QTEST_GUILESS_MAIN(TestEngineDemo)
#include "tst_engine_demo.moc"
