// Hybrids whose attention keeps so many tokens: set, planned, and what happens to a sequence that outgrows
// it.
#include "engine/engine_impl.h"
#include "engine/memory_plan.h"
#include "engine/state_file.h"
#include "support/event_recorder.h"
#include "support/family_golden.h"
#include "support/faulty_device.h"
#include "support/hybrid_model.h"
#include "support/model_run.h"
#include "support/thrown_error.h"

#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace ev = engine::event;
using engine::ErrorCode;
using engine::FinishReason;
using engine::GenerateSpec;
using namespace support;

namespace
{

constexpr int kContext = 24;
constexpr std::size_t kTokenBytes = 2 * 2 * 16 * sizeof(float); // keys and values, two heads of 16

GenerateSpec greedy(std::vector<int> tokens, int count)
{
    GenerateSpec spec;
    spec.tokens = std::move(tokens);
    spec.maxTokens = count;
    spec.sampling.temperature = 0;
    spec.ignoreEnd = true;
    return spec;
}

/// An engine with a hybrid that keeps kContext tokens.
struct World {
    EventRecorder events;
    std::unique_ptr<engine::Engine> engine;

    explicit World(const engine::LoadSpec &spec)
    {
        engine::EngineOptions options;
        options.threads = 1;
        engine = engine::makeEngine(options, events.sink());
        events.waitForEnd(engine->load(spec));
    }
    /// On a device that can claim to have little memory.
    World(const engine::LoadSpec &spec, FaultyDevice *&device)
    {
        const auto open = [&device](const std::string &) {
            auto faulty = openFaultyCpu();
            device = faulty.get();
            return faulty;
        };
        const auto load = [open](const engine::LoadSpec &wanted, const engine::EngineOptions &options,
                                 const engine::LoadProgressSink &progress, std::stop_token stop) {
            return engine::loadModelOn(open, wanted, options, progress, std::move(stop));
        };
        engine = std::make_unique<engine::EngineImpl>(engine::EngineOptions(), events.sink(),
                                                      engine::EngineParts{load, {}});
        events.waitForEnd(engine->load(spec));
    }
    engine::JobId run(const GenerateSpec &spec)
    {
        const auto job = engine->generate(spec);
        events.waitForEnd(job);
        return job;
    }
    engine::Error failureOf(engine::JobId job)
    {
        events.waitForEnd(job);
        return events.has<ev::Failed>(job) ? events.one<ev::Failed>(job).error : engine::Error();
    }
};

} // namespace

class TestEngineContext : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void theForecastKnowsIt();
    void aLargerOneChangesNoNumber();
    void aSequenceThatOutgrowsItEnds();
    void aStateOfIt();
    void aPromptThatIsTooLongIsRefused();
    void otherCommandsRefuseToo();
    void textsTakeMemoryAsTheyGrow();
    void whoFindsNoPageEnds();
    void aCancelledTextLeavesItsPages();
    void oneTextGoesOnInSeveral();
    void statesOfAnotherContextFit();
    void readsStatesWithTheWholeRing();
    void twoDevicesSayTheSame();
    void impossibleNumbersAreRefused();
    void modelsWithoutAttentionIgnoreIt();

private:
    engine::LoadSpec spec(int context) const
    {
        engine::LoadSpec spec;
        spec.model = m_model;
        spec.strategy = "cpu fp32";
        spec.slots = 4;
        spec.contextTokens = context;
        return spec;
    }

    QTemporaryDir m_folder;
    std::string m_model;
};

void TestEngineContext::initTestCase()
{
    QVERIFY(m_folder.isValid());
    m_model = m_folder.filePath("model.safetensors").toStdString();
    const nlohmann::json golden = hybridGolden(QStringLiteral("hxa079-1")); // its file says 64 tokens
    writeBytes(m_model, withMetadata(hybridTensors(golden, 1), golden["config"]));
}

void TestEngineContext::theForecastKnowsIt()
{
    const auto forecast = [&](int context) { return engine::forecastLoad(spec(context), {}).memory; };
    QCOMPARE(forecast(0).states, forecast(64).states);
    // Four slots have 16 places for pages instead of one; the pages themselves come with the text.
    QCOMPARE(forecast(1024).states - forecast(24).states, 4 * 15 * sizeof(float *));
    QCOMPARE(forecast(1024).context, 1024 * kTokenBytes);
    QCOMPARE(forecast(24).context, 64 * kTokenBytes);
    for (const int context : {0, 24, 1024}) {
        const engine::LoadedModel loaded = engine::loadModel(spec(context), {}, {}, {});
        QCOMPARE(loaded.memory.states, forecast(context).states);
        QCOMPARE(loaded.memory.context, forecast(context).context);
        QCOMPARE(loaded.info.contextTokens, context == 0 ? 64 : context);
        QCOMPARE(loaded.info.stateBytes, loaded.states->floatsPerSlot() * sizeof(float));
        QCOMPARE(loaded.info.tokenBytes, kTokenBytes);
    }
    QCOMPARE(engine::inspectModel(m_model, {}, false).contextTokens, 64);
}

void TestEngineContext::aLargerOneChangesNoNumber()
{
    engine::LoadedModel small = engine::loadModel(spec(24), {}, {}, {}),
                        large = engine::loadModel(spec(500), {}, {}, {});
    const std::vector<int> tokens = tinyTokens(2, 24);
    QVERIFY(sameBits(runTokens(small, tokens, 7), runTokens(large, tokens, 24)));
}

void TestEngineContext::aSequenceThatOutgrowsItEnds()
{
    World world(spec(kContext));
    const std::vector<int> prompt = tinyTokens(2, 14);
    const auto full = world.run(greedy(prompt, 100));
    const auto finished = world.events.one<ev::Finished>(full);
    QCOMPARE(finished.reason, FinishReason::ContextFull);
    QCOMPARE(finished.usage.generatedTokens, kContext - 14);
    const auto few = world.run(greedy(prompt, 3));
    QCOMPARE(world.events.one<ev::Finished>(few).reason, FinishReason::Length);
    // What was told is what a model with more room would have said.
    World roomy(spec(200));
    auto said = roomy.events.tokens(roomy.run(greedy(prompt, 100)));
    said.resize(kContext - 14);
    QCOMPARE(world.events.tokens(full), said);
    const auto next = world.run(greedy(prompt, 3)); // the engine goes on
    QVERIFY(world.events.has<ev::Finished>(next));
}

/// A state that is kept has read all of its text, and has no room left.
void TestEngineContext::aStateOfIt()
{
    World world(spec(kContext));
    GenerateSpec ask = greedy(tinyTokens(2, 20), 100);
    ask.keepState = true;
    const engine::StateId state = world.events.one<ev::Finished>(world.run(ask)).state;
    QVERIFY(state != 0);
    GenerateSpec more = greedy({1}, 1);
    more.from = state;
    const engine::Error error = world.failureOf(world.engine->generate(more));
    QCOMPARE(error.code(), ErrorCode::BadRequest);
    // A tuned start does not count: only what was read.
    const std::string path = m_folder.filePath("saved.safetensors").toStdString();
    engine::SaveStateSpec save;
    save.path = path;
    save.request = greedy(tinyTokens(2, 20), 0);
    world.events.waitForEnd(world.engine->saveState(save));
    const auto opening = world.engine->openState({path});
    world.events.waitForEnd(opening);
    GenerateSpec goOn = greedy({1, 2}, 100);
    goOn.from = world.events.one<ev::StateOpened>(opening).state;
    const auto finished = world.events.one<ev::Finished>(world.run(goOn));
    QCOMPARE(finished.reason, FinishReason::ContextFull);
    QCOMPARE(finished.usage.generatedTokens, kContext - 22);
}

void TestEngineContext::aPromptThatIsTooLongIsRefused()
{
    World world(spec(kContext));
    const engine::Error error = world.failureOf(world.engine->generate(greedy(tinyTokens(2, kContext), 5)));
    QCOMPARE(error.code(), ErrorCode::BadRequest);
    QVERIFY2(error.message().find("expected at most 23 tokens, found 24") != std::string::npos, error.what());
    QVERIFY(world.events.has<ev::Finished>(world.run(greedy(tinyTokens(2, kContext), 0)))); // is only read
}

void TestEngineContext::otherCommandsRefuseToo()
{
    World world(spec(kContext));
    engine::LogitsSpec logits;
    logits.tokens = tinyTokens(2, kContext + 1);
    QCOMPARE(world.failureOf(world.engine->logits(logits)).code(), ErrorCode::BadRequest);
    engine::EmbedSpec embed;
    embed.tokens = logits.tokens;
    QCOMPARE(world.failureOf(world.engine->embed(embed)).code(), ErrorCode::BadRequest);
    embed.tokens.pop_back();
    QCOMPARE(world.failureOf(world.engine->embed(embed)).code(), ErrorCode::None);
}

void TestEngineContext::textsTakeMemoryAsTheyGrow()
{
    World world(spec(500));
    const auto states = [&] {
        world.engine->snapshot(); // asks for figures
        const auto flush = world.engine->generate(greedy({1}, 0));
        world.events.waitForEnd(flush);
        return world.engine->snapshot().memory.states;
    };
    const std::size_t before = states(); // the first page is there
    world.run(greedy(tinyTokens(2, 10), 20));
    QCOMPARE(states(), before);
    world.run(greedy(tinyTokens(2, 100), 100)); // 199 tokens are read: four pages
    QCOMPARE(states(), before + 3 * 64 * kTokenBytes);
    world.run(greedy(tinyTokens(3, 150), 40)); // those are there for others
    QCOMPARE(states(), before + 3 * 64 * kTokenBytes);
}

/// Of two texts one finds no page; the other goes on, and so does the engine.
void TestEngineContext::whoFindsNoPageEnds()
{
    FaultyDevice *device = nullptr;
    World world(spec(500), device);
    QVERIFY(device);
    device->setFreeBytes(1); // there is only the page that the load has taken
    const auto first = world.engine->generate(greedy(tinyTokens(2, 10), 40));
    QVERIFY(world.events.waitForEvents<ev::Started>(first, 1));
    const auto second = world.engine->generate(greedy(tinyTokens(3, 70), 40)); // needs two
    const engine::Error error = world.failureOf(second);
    QCOMPARE(error.code(), ErrorCode::OutOfMemory);
    QVERIFY2(error.message().find("Keys and values of 64 further tokens") == 0, error.what());
    QVERIFY(!error.detail().empty());
    world.events.waitForEnd(first);
    QCOMPARE(world.events.one<ev::Finished>(first).usage.generatedTokens, 40);
    // Once it has ended, another has its page, and fails where it needs a second one.
    const auto third = world.run(greedy(tinyTokens(3, 10), 100));
    QCOMPARE(world.failureOf(third).code(), ErrorCode::OutOfMemory);
    QCOMPARE(world.events.tokens(third).size(), std::size_t(64 - 10 + 1)); // the last of them was not read
    device->setFreeBytes(0);                                               // as it is
    const auto fourth = world.run(greedy(tinyTokens(3, 10), 100));
    QCOMPARE(world.events.one<ev::Finished>(fourth).reason, FinishReason::Length);
    const auto told = world.events.tokens(third), all = world.events.tokens(fourth);
    QVERIFY(std::equal(told.begin(), told.end(), all.begin()));
}

void TestEngineContext::aCancelledTextLeavesItsPages()
{
    FaultyDevice *device = nullptr;
    World world(spec(2000), device);
    const auto job = world.engine->generate(greedy(tinyTokens(2, 60), 1900));
    QVERIFY(world.events.waitForEvents<ev::TokenChunk>(job, 20)); // on its second page
    world.engine->cancel(job);
    world.events.waitForEnd(job);
    QVERIFY(world.events.has<ev::Cancelled>(job));
    device->setFreeBytes(1);
    const auto next = world.run(greedy(tinyTokens(3, 60), 60));
    QCOMPARE(world.events.one<ev::Finished>(next).reason, FinishReason::Length);
}

/// The cache and held states give the same text, over the borders of pages.
void TestEngineContext::oneTextGoesOnInSeveral()
{
    World world(spec(500));
    const std::vector<int> prompt = tinyTokens(2, 70);
    GenerateSpec ask = greedy(prompt, 100);
    const auto whole = world.events.tokens(world.run(ask));
    const auto again = world.run(ask); // from the cache
    QCOMPARE(world.events.tokens(again), whole);
    QCOMPARE(world.events.one<ev::Finished>(again).usage.cachedTokens, 70);
    ask.maxTokens = 0;
    ask.keepState = true;
    const engine::StateId state = world.events.one<ev::Finished>(world.run(ask)).state;
    GenerateSpec goOn = greedy({}, 100);
    goOn.from = state;
    const auto one = world.engine->generate(goOn), other = world.engine->generate(goOn);
    for (const auto job : {one, other}) {
        world.events.waitForEnd(job);
        QCOMPARE(world.events.tokens(job), whole);
    }
}

void TestEngineContext::statesOfAnotherContextFit()
{
    const std::string path = m_folder.filePath("other.safetensors").toStdString();
    engine::SaveStateSpec save;
    save.path = path;
    save.request = greedy(tinyTokens(2, 70), 0);
    World large(spec(500));
    large.events.waitForEnd(large.engine->saveState(save));
    const auto whole = large.events.tokens(large.run(greedy(tinyTokens(2, 70), 20)));
    const auto open = [&](World &world) {
        const auto job = world.engine->openState({path});
        world.events.waitForEnd(job);
        return job;
    };
    World middle(spec(100));
    GenerateSpec goOn = greedy({}, 20);
    goOn.from = middle.events.one<ev::StateOpened>(open(middle)).state;
    QCOMPARE(middle.events.tokens(middle.run(goOn)), whole);
    World small(spec(kContext));
    const engine::Error error = small.failureOf(open(small));
    QCOMPARE(error.code(), ErrorCode::BadState);
    QVERIFY2(error.message().find("has read more tokens than the 24") != std::string::npos, error.what());
}

/// As files were written when a slot had room for all tokens.
void TestEngineContext::readsStatesWithTheWholeRing()
{
    const std::string path = m_folder.filePath("ring.safetensors").toStdString();
    engine::LoadedModel model = engine::loadModel(spec(100), {}, {}, {});
    const auto slot = model.states->acquire().value();
    runStep(model, {{slot, tinyTokens(2, 70)}});
    const std::vector<float> state = model.states->save(slot);
    const engine::StateSpec spec = model.model->state();
    engine::StateOwner owner{"model", "fingerprint", spec, model.model->dims().vocabulary};
    engine::StateOwner before = owner; // all parts were as long as the context, zero behind the tokens
    engine::SavedState saved;
    before.spec.floatsPerSlot = before.spec.floatsPerToken = 0;
    for (engine::StateSpec::Part &part : before.spec.parts) {
        const auto begin = state.begin() + std::ptrdiff_t(spec.beginOf(part, 70));
        std::size_t floats = 1;
        for (const auto d : part.shape)
            floats *= std::size_t(d);
        const std::size_t kept = part.isPerToken ? 70 * part.width() : floats;
        part.isPerToken = false;
        part.offset = before.spec.floatsPerSlot;
        before.spec.floatsPerSlot += floats;
        saved.state.insert(saved.state.end(), begin, begin + std::ptrdiff_t(kept));
        saved.state.resize(before.spec.floatsPerSlot);
    }
    engine::writeStateFile(path, saved, before);
    QCOMPARE(engine::readStateFile(path, owner).state, state);
    saved.state[spec.positions.front()] = 71; // fewer keys than that are in no file
    engine::writeStateFile(path, saved, before);
    QVERIFY(engine::readStateFile(path, owner).state != state);
    saved.state[spec.positions.front()] = 101; // forgotten: a ring of another size fits none
    engine::writeStateFile(path, saved, before);
    owner.spec.contextTokens = 90;
    QCOMPARE(errorOf([&] { engine::readStateFile(path, owner); }).code(), ErrorCode::BadState);
}

void TestEngineContext::twoDevicesSayTheSame()
{
    World one(spec(500));
    const auto whole = one.events.tokens(one.run(greedy(tinyTokens(2, 70), 60)));
    for (const char *strategy : {"cpu:0 fp32 *1 -> cpu:1 fp32", "cpu:0 fp32 *2 -> cpu:1 fp32"}) {
        engine::LoadSpec load = spec(500);
        load.strategy = strategy;
        World two(load);
        QCOMPARE(two.events.tokens(two.run(greedy(tinyTokens(2, 70), 60))), whole);
        QCOMPARE(two.events.tokens(two.run(greedy(tinyTokens(2, 70), 60))), whole); // from the cache
        const auto forecast = engine::forecastLoad(load, {});
        QCOMPARE(forecast.memory.context, 512 * kTokenBytes);
        const engine::LoadedModel loaded = engine::loadModel(load, {}, {}, {});
        for (std::size_t i = 0; i < 2; ++i) {
            QCOMPARE(loaded.memoryByDevice[i].states, forecast.memoryByDevice[i].states);
            QCOMPARE(loaded.memoryByDevice[i].context, forecast.memoryByDevice[i].context);
        }
    }
}

void TestEngineContext::impossibleNumbersAreRefused()
{
    for (const int context : {-1, 1, 15, (1 << 20) + 1}) {
        const engine::Error error = errorOf([&] { engine::forecastLoad(spec(context), {}); });
        QCOMPARE(error.code(), ErrorCode::BadRequest);
        QVERIFY(error.message().find("context tokens") != std::string::npos);
    }
}

void TestEngineContext::modelsWithoutAttentionIgnoreIt()
{
    engine::LoadSpec load = spec(16);
    load.model = m_folder.filePath("seven.safetensors").toStdString();
    writeBytes(load.model, safetensors(TinyRwkv7(1, {}).tensors));
    World world(load);
    const auto job = world.run(greedy(tinyTokens(2, 30), 4));
    QCOMPARE(world.events.one<ev::Finished>(job).reason, FinishReason::Length);
}

QTEST_GUILESS_MAIN(TestEngineContext)
#include "tst_engine_context.moc"
