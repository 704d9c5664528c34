// Adapters, tuned states and embeddings through the facade, on a small real model.
#include "engine/engine.h"
#include "engine/small_pth.h"
#include "support/event_recorder.h"
#include "support/tiny_rwkv7.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <memory>

namespace ev = engine::event;
using engine::AdapterUse;
using engine::ErrorCode;
using engine::GenerateSpec;
using Tokens = std::vector<int>;

namespace
{

constexpr support::TinyShape kShape;

engine::SmallTensor made(const std::string &name, std::vector<std::int64_t> shape, double scale)
{
    std::size_t count = 1;
    for (const auto d : shape)
        count *= std::size_t(d);
    engine::SmallTensor tensor{name, std::move(shape), std::vector<float>(count)};
    for (std::size_t i = 0; i < count; ++i)
        tensor.values[i] = float((double(support::tinyBits(name, i) >> 40) * 0x1p-23 - 1.0) * scale);
    return tensor;
}

GenerateSpec greedy(const Tokens &tokens, int count)
{
    GenerateSpec spec;
    spec.tokens = tokens;
    spec.maxTokens = count;
    spec.sampling.temperature = 0;
    spec.ignoreEnd = true;
    return spec;
}

/// An engine with the small model loaded.
struct World {
    support::EventRecorder events;
    std::unique_ptr<engine::Engine> engine;

    World(const std::string &model, std::size_t cacheBytes = 64U << 20, std::vector<AdapterUse> adapters = {})
    {
        engine::EngineOptions options;
        options.cacheBytes = cacheBytes;
        options.threads = 1;
        engine = engine::makeEngine(options, events.sink());
        engine::LoadSpec spec;
        spec.model = model;
        spec.strategy = "cpu fp32";
        spec.slots = 4;
        spec.adapters = std::move(adapters);
        events.waitForEnd(engine->load(spec));
    }
    Tokens run(const GenerateSpec &spec)
    {
        const auto job = engine->generate(spec);
        events.waitForEnd(job);
        return events.tokens(job);
    }
    engine::JobId set(const std::vector<AdapterUse> &adapters)
    {
        const auto job = engine->setAdapters(adapters);
        events.waitForEnd(job);
        return job;
    }
    engine::StateId open(const std::string &path)
    {
        const auto job = engine->openState(path);
        events.waitForEnd(job);
        return events.one<ev::StateOpened>(job).state;
    }
    std::vector<float> embedding(const engine::EmbedSpec &spec)
    {
        const auto job = engine->embed(spec);
        events.waitForEnd(job);
        return events.one<ev::EmbeddingReady>(job).values;
    }
};

} // namespace

class TestEngineAdapters : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void changesTheTextAndGivesItBack();
    void keepsAdaptersWhenOthersAreRefused();
    void runningRequestsGoOn();
    void refusesStatesOfOtherAdapters();
    void comparesAdaptersWithTheModel();
    void tunedStateIsKeptApartInTheCache();
    void savedStateBehindATunedOneGoesOn();
    void embeddingIsWhatTheHeadReads();
    void meanIsTheMeanOfAllTokens();

private:
    std::string path(const char *name) const { return m_folder.filePath(name).toStdString(); }
    void write(const char *name, const std::vector<engine::SmallTensor> &tensors) const
    {
        support::writeBytes(path(name), engine::smallPth(tensors, false));
    }
    AdapterUse use(const char *name) const
    {
        AdapterUse use;
        use.path = path(name);
        return use;
    }

    QTemporaryDir m_folder;
    std::vector<support::TinyTensor> m_model;
    const Tokens m_prompt = support::tinyTokens(5, 12);
};

void TestEngineAdapters::initTestCase()
{
    m_model = support::TinyRwkv7(4, kShape).tensors;
    support::writeBytes(path("model.safetensors"), support::safetensors(m_model));
    const std::string key = "blocks.1.ffn.key", head = "head";
    write("lora.pth", {made(key + ".lora_A", {4, 64}, 0.5), made(key + ".lora_B", {256, 4}, 0.5),
                       made(head + ".lora_A", {4, 64}, 0.5), made(head + ".lora_B", {256, 4}, 0.5)});
    write("wrong.pth", {made(key + ".lora_A", {4, 32}, 0.5), made(key + ".lora_B", {256, 4}, 0.5)});
    write("tuned.pth", {made("blocks.0.att.time_state", {1, 64, 64}, 0.5),
                        made("blocks.1.att.time_state", {1, 64, 64}, 0.5)});
}

void TestEngineAdapters::changesTheTextAndGivesItBack()
{
    World world(path("model.safetensors"));
    const Tokens before = world.run(greedy(m_prompt, 12));
    QCOMPARE(before.size(), std::size_t(12));
    const auto setting = world.set({use("lora.pth")});
    QVERIFY(world.events.has<ev::AdaptersSet>(setting));
    QCOMPARE(world.events.one<ev::AdaptersSet>(setting).warnings.size(), std::size_t(1)); // alpha
    QCOMPARE(world.engine->snapshot().adapters, std::vector<AdapterUse>{use("lora.pth")});

    const auto job = world.engine->generate(greedy(m_prompt, 12));
    world.events.waitForEnd(job);
    QCOMPARE(world.events.one<ev::Started>(job).cachedTokens, 0); // nothing stale is reused
    const Tokens with = world.events.tokens(job);
    QVERIFY(with != before);
    World loaded(path("model.safetensors"), 0, {use("lora.pth")});
    QCOMPARE(loaded.run(greedy(m_prompt, 12)), with);

    world.set({});
    QVERIFY(world.engine->snapshot().adapters.empty());
    QCOMPARE(world.run(greedy(m_prompt, 12)), before);
}

void TestEngineAdapters::keepsAdaptersWhenOthersAreRefused()
{
    World world(path("model.safetensors"));
    world.set({use("lora.pth")});
    const Tokens with = world.run(greedy(m_prompt, 6));
    const auto job = world.set({use("lora.pth"), use("wrong.pth")});
    QCOMPARE(world.events.one<ev::Failed>(job).error.code(), ErrorCode::BadModel);
    QVERIFY(world.events.one<ev::Failed>(job).error.message().find("blocks.1.ffn.key.lora_A") !=
            std::string::npos);
    QCOMPARE(world.engine->snapshot().adapters.size(), std::size_t(1));
    QCOMPARE(world.run(greedy(m_prompt, 6)), with);
    const auto missing = world.set({use("none.pth")});
    QCOMPARE(world.events.one<ev::Failed>(missing).error.code(), ErrorCode::FileNotFound);
    World empty(path("none.safetensors"));
    QCOMPARE(empty.events.one<ev::Failed>(empty.set({use("lora.pth")})).error.code(), ErrorCode::NoModel);
}

void TestEngineAdapters::runningRequestsGoOn()
{
    World world(path("model.safetensors"));
    const auto first = world.engine->generate(greedy(m_prompt, 300));
    const auto second = world.engine->generate(greedy({7, 8}, 300));
    QVERIFY(world.events.waitForEvents<ev::TokenChunk>(first, 3));
    const auto setting = world.engine->setAdapters({use("lora.pth")});
    for (const auto job : {setting, first, second})
        world.events.waitForEnd(job);
    QVERIFY(world.events.has<ev::AdaptersSet>(setting));
    for (const auto job : {first, second}) {
        QCOMPARE(world.events.one<ev::Finished>(job).reason, engine::FinishReason::Length);
        QCOMPARE(world.events.tokens(job).size(), std::size_t(300));
    }
    // What they left behind was read with two kinds of weights: nobody goes on from it.
    Tokens all = m_prompt;
    const Tokens said = world.events.tokens(first);
    all.insert(all.end(), said.begin(), said.end());
    const auto job = world.engine->generate(greedy(all, 1));
    world.events.waitForEnd(job);
    QCOMPARE(world.events.one<ev::Started>(job).cachedTokens, 0);
}

void TestEngineAdapters::refusesStatesOfOtherAdapters()
{
    World world(path("model.safetensors"));
    GenerateSpec spec = greedy(m_prompt, 2);
    spec.keepState = true;
    const auto job = world.engine->generate(spec);
    world.events.waitForEnd(job);
    const engine::StateId kept = world.events.one<ev::Finished>(job).state;
    QVERIFY(kept != 0);
    const engine::StateId tuned = world.open(path("tuned.pth"));
    world.set({use("lora.pth")});
    GenerateSpec next = greedy({1}, 2);
    next.from = kept;
    const auto refused = world.engine->generate(next);
    world.events.waitForEnd(refused);
    QCOMPARE(world.events.one<ev::Failed>(refused).error.code(), ErrorCode::BadState);
    next.from = tuned; // belongs to a shape, not to weights
    QCOMPARE(world.run(next).size(), std::size_t(2));
    world.set({});
    next.from = kept;
    QCOMPARE(world.run(next).size(), std::size_t(2));
}

void TestEngineAdapters::comparesAdaptersWithTheModel()
{
    World world(path("model.safetensors"));
    const auto good = world.engine->inspectAdapter(use("lora.pth")),
               bad = world.engine->inspectAdapter(use("wrong.pth"));
    world.events.waitForEnd(good);
    world.events.waitForEnd(bad);
    const engine::AdapterInfo info = world.events.one<ev::AdapterInspected>(good).info;
    QVERIFY(info.fits);
    QCOMPARE(info.parts.size(), std::size_t(1));
    QCOMPARE(info.parts[0].kind, std::string("LoRA"));
    QCOMPARE(info.parts[0].matrices, 2);
    QCOMPARE(info.parts[0].mostRank, 4);
    QVERIFY(!world.events.one<ev::AdapterInspected>(bad).info.fits);
    QVERIFY(!world.events.one<ev::AdapterInspected>(bad).info.problem.empty());
}

void TestEngineAdapters::tunedStateIsKeptApartInTheCache()
{
    World cached(path("model.safetensors")), plain(path("model.safetensors"), 0);
    const engine::StateId a = cached.open(path("tuned.pth")), b = plain.open(path("tuned.pth"));
    QVERIFY(a != 0 && b != 0);
    GenerateSpec tuned = greedy(m_prompt, 8);
    tuned.from = b;
    const Tokens want = plain.run(tuned), wantWithout = plain.run(greedy(m_prompt, 8));
    QVERIFY(want != wantWithout);

    tuned.from = a;
    QCOMPARE(cached.run(tuned), want);
    QCOMPARE(cached.run(greedy(m_prompt, 8)), wantWithout); // not from the cache of the tuned state
    tuned.from = cached.open(path("tuned.pth"));            // opened again: the same start
    const auto again = cached.engine->generate(tuned);
    cached.events.waitForEnd(again);
    QVERIFY(cached.events.one<ev::Started>(again).cachedTokens > 0);
    QCOMPARE(cached.events.tokens(again), want);

    engine::LogitsSpec logits;
    logits.tokens = m_prompt;
    logits.from = a;
    const auto with = cached.engine->logits(logits);
    logits.from = 0;
    const auto without = cached.engine->logits(logits);
    cached.events.waitForEnd(with);
    cached.events.waitForEnd(without);
    QVERIFY(cached.events.one<ev::LogitsReady>(with).logits !=
            cached.events.one<ev::LogitsReady>(without).logits);
}

void TestEngineAdapters::savedStateBehindATunedOneGoesOn()
{
    World world(path("model.safetensors"));
    GenerateSpec spec = greedy(m_prompt, 4);
    spec.from = world.open(path("tuned.pth"));
    spec.keepState = true;
    const auto job = world.engine->generate(spec);
    world.events.waitForEnd(job);
    engine::SaveStateSpec save;
    save.path = path("talk.state");
    save.state = world.events.one<ev::Finished>(job).state;
    world.events.waitForEnd(world.engine->saveState(save));
    GenerateSpec next = greedy({9, 9}, 6);
    next.from = save.state;
    const Tokens want = world.run(next);

    World fresh(path("model.safetensors"));
    next.from = fresh.open(save.path);
    QVERIFY(next.from != 0);
    QCOMPARE(fresh.run(next), want);
    // Its tokens were not read behind an empty state: the same prompt without it starts anew.
    Tokens all = m_prompt;
    const Tokens said = world.events.tokens(job);
    all.insert(all.end(), said.begin(), said.end());
    const auto other = fresh.engine->generate(greedy(all, 1));
    fresh.events.waitForEnd(other);
    QCOMPARE(fresh.events.one<ev::Started>(other).cachedTokens, 0);
}

void TestEngineAdapters::embeddingIsWhatTheHeadReads()
{
    World world(path("model.safetensors"));
    engine::EmbedSpec spec;
    spec.tokens = m_prompt;
    spec.normalize = false;
    const std::vector<float> hidden = world.embedding(spec);
    QCOMPARE(hidden.size(), std::size_t(kShape.width));
    engine::LogitsSpec wanted;
    wanted.tokens = m_prompt;
    const auto job = world.engine->logits(wanted);
    world.events.waitForEnd(job);
    const std::vector<float> logits = world.events.one<ev::LogitsReady>(job).logits;
    const std::vector<float> &head = m_model.back().values; // [256, 64], the last tensor
    QCOMPARE(m_model.back().name, std::string("head.weight"));
    for (std::size_t v = 0; v < logits.size(); ++v) {
        double sum = 0, magnitude = 0;
        for (std::size_t c = 0; c < hidden.size(); ++c) {
            sum += double(head[v * hidden.size() + c]) * double(hidden[c]);
            magnitude += std::abs(double(head[v * hidden.size() + c]) * double(hidden[c]));
        }
        QVERIFY(std::abs(sum - double(logits[v])) <= 64 * 0x1p-24 * magnitude); // 64 terms of fp32
    }
    spec.normalize = true;
    double squares = 0;
    for (const float x : world.embedding(spec))
        squares += double(x) * double(x);
    QVERIFY(std::abs(squares - 1) < 1e-5);
}

void TestEngineAdapters::meanIsTheMeanOfAllTokens()
{
    World world(path("model.safetensors"));
    std::vector<double> sum(std::size_t(kShape.width), 0.0);
    engine::EmbedSpec spec;
    spec.normalize = false;
    for (std::size_t n = 1; n <= m_prompt.size(); ++n) {
        spec.tokens.assign(m_prompt.begin(), m_prompt.begin() + std::ptrdiff_t(n));
        const std::vector<float> last = world.embedding(spec);
        for (std::size_t c = 0; c < sum.size(); ++c)
            sum[c] += double(last[c]) / double(m_prompt.size());
    }
    spec.pooling = engine::Pooling::Mean;
    const std::vector<float> mean = world.embedding(spec);
    for (std::size_t c = 0; c < sum.size(); ++c)
        QVERIFY(std::abs(sum[c] - double(mean[c])) <= 1e-6 * (1 + std::abs(sum[c])));
    spec.tokens.clear();
    const auto job = world.engine->embed(spec);
    world.events.waitForEnd(job);
    QCOMPARE(world.events.one<ev::Failed>(job).error.code(), ErrorCode::BadRequest);
}

QTEST_APPLESS_MAIN(TestEngineAdapters)
#include "tst_engine_adapters.moc"
