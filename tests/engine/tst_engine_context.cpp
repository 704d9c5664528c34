// Hybrids whose attention keeps so many tokens: set, planned, and what happens to a sequence that outgrows
// it.
#include "engine/engine.h"
#include "engine/memory_plan.h"
#include "support/event_recorder.h"
#include "support/family_golden.h"
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
    const std::size_t perToken = 4 * 2 * 2 * 16 * sizeof(float); // slots, keys and values, heads of 16
    const auto forecast = [&](int context) { return engine::forecastLoad(spec(context), {}).memory.states; };
    QCOMPARE(forecast(0), forecast(64));
    QCOMPARE(forecast(1024) - forecast(24), (1024 - 24) * perToken);
    for (const int context : {0, 24, 1024}) {
        const engine::LoadedModel loaded = engine::loadModel(spec(context), {}, {}, {});
        QCOMPARE(loaded.memory.states, forecast(context));
        QCOMPARE(loaded.info.contextTokens, context == 0 ? 64 : context);
        QCOMPARE(loaded.info.stateBytes, loaded.states->floatsPerSlot() * sizeof(float));
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
