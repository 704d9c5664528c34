// Mixes over real models: the demonstration model with its pack, and small models of other families.
#include "engine/engine.h"
#include "engine/model_loader.h"
#include "support/event_recorder.h"
#include "support/file_bytes.h"
#include "support/hybrid_model.h"
#include "support/shared_data.h"

#include <QTemporaryDir>
#include <QtTest>

#include <filesystem>
#include <memory>

namespace ev = engine::event;
using engine::GenerateSpec;
using engine::JobId;
using engine::StateId;

namespace
{

struct World {
    support::EventRecorder events;
    std::unique_ptr<engine::Engine> engine = engine::makeEngine({}, events.sink());

    bool load(const std::string &model, int slots = 0)
    {
        engine::LoadSpec spec;
        spec.model = model;
        spec.strategy = "cpu fp32";
        spec.slots = slots;
        const JobId job = engine->load(spec);
        return events.waitForEnd(job) && events.has<ev::ModelLoaded>(job);
    }
    StateId open(const std::string &name)
    {
        const JobId job = engine->openState({name});
        events.waitForEnd(job);
        return events.one<ev::StateOpened>(job).state;
    }
    JobId run(const GenerateSpec &spec)
    {
        const JobId job = engine->generate(spec);
        events.waitForEnd(job);
        return job;
    }
    std::vector<engine::GeneratedToken> tokens(JobId job)
    {
        std::vector<engine::GeneratedToken> all;
        for (const auto &chunk : events.all<ev::TokenChunk>(job))
            all.insert(all.end(), chunk.tokens.begin(), chunk.tokens.end());
        return all;
    }
};

GenerateSpec question(const std::string &text, std::uint64_t seed)
{
    GenerateSpec spec;
    spec.messages = {{engine::Role::User, text, {}}};
    spec.maxTokens = 48;
    spec.sampling.topP = 0.8F;
    spec.sampling.seed = seed;
    spec.sampling.hasSeed = true;
    spec.topLogprobs = 2;
    return spec;
}

bool hasPack()
{
    return std::filesystem::exists(std::filesystem::path(engine::dataFolder({})) / "demo" / "states" /
                                   "pirate.pth");
}

bool isSame(const std::vector<engine::GeneratedToken> &a, const std::vector<engine::GeneratedToken> &b)
{
    return std::ranges::equal(a, b, [](const auto &x, const auto &y) {
        return x.token == y.token && x.logprob == y.logprob && x.top[1].logprob == y.top[1].logprob;
    });
}

} // namespace

class TestMixModels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void gatesOneAndZeroAreTheFirstVoice();
    void isTheSameAmongOthers();
    void speaksLikeItsLouderVoice();
    void mixesEveryFamily_data();
    void mixesEveryFamily();
};

void TestMixModels::gatesOneAndZeroAreTheFirstVoice()
{
    if (!hasPack()) QSKIP("the demonstration pack is not in the data folder");
    World w;
    QVERIFY(w.load("demo"));
    const StateId pirate = w.open("pirate"), butler = w.open("butler");
    QVERIFY(pirate != 0 && butler != 0);
    for (const auto rule : {engine::BlendRule::Logits, engine::BlendRule::Probabilities}) {
        GenerateSpec alone = question("Who are you?", 5), mixed = alone;
        alone.from = pirate;
        mixed.mix = {{{pirate, "pirate", 1}, {butler, "butler", 0}}, rule, {}, {}};
        const auto first = w.tokens(w.run(alone));
        QVERIFY(first.size() > 5);
        QVERIFY(isSame(first, w.tokens(w.run(mixed))));
    }
}

void TestMixModels::isTheSameAmongOthers()
{
    if (!hasPack()) QSKIP("the demonstration pack is not in the data folder");
    World w;
    QVERIFY(w.load("demo", 40));
    GenerateSpec spec = question("What does the goose eat?", 9);
    spec.mix.voices = {{w.open("pirate"), {}, 0.6F}, {w.open("butler"), {}, 0.5F}, {0, {}, -0.1F}};
    const auto alone = w.tokens(w.run(spec));
    std::vector<JobId> others, same;
    for (std::uint64_t i = 0; i < 31; ++i) {
        others.push_back(w.engine->generate(question("Tell me about the raven.", i)));
        if (i % 4 == 0) same.push_back(w.engine->generate(spec));
    }
    for (const JobId job : same) {
        QVERIFY(w.events.waitForEnd(job));
        QVERIFY(isSame(alone, w.tokens(job)));
    }
    for (const JobId job : others)
        QVERIFY(w.events.waitForEnd(job));
}

void TestMixModels::speaksLikeItsLouderVoice()
{
    if (!hasPack()) QSKIP("the demonstration pack is not in the data folder");
    World w;
    QVERIFY(w.load("demo"));
    GenerateSpec spec = question("What can you do?", 1);
    spec.sampling.temperature = 0;
    spec.maxTokens = 100;
    const StateId pirate = w.open("pirate");
    for (const auto rule : {engine::BlendRule::Logits, engine::BlendRule::Probabilities})
        for (const float gate : {1.0F, 0.0F}) {
            spec.mix = {{{pirate, {}, gate}, {0, {}, 1 - gate}}, rule, {}, {}};
            const std::string text = w.events.text(w.run(spec));
            QVERIFY(!text.empty());
            QCOMPARE(text.ends_with("Arr, matey!"), gate == 1.0F);
        }
}

void TestMixModels::mixesEveryFamily_data()
{
    QTest::addColumn<QString>("name");
    for (const char *name :
         {"tiny-rwkv-4v0-660K-FP32.pth", "tiny-rwkv-5v2-730K-FP32.pth", "tiny-rwkv-6v0-3m-Q5_1deq.pth",
          "tiny-rwkv-7v0-834K-FP32.pth", "arwkv7-1", "cxa076r-1", "hxa079-1", "hxa07a-1"})
        QTest::newRow(name) << QString::fromLatin1(name);
}

/// Voices that have read different texts: one gate alone is that voice, a mix is none of them, a replay is
/// it.
void TestMixModels::mixesEveryFamily()
{
    QFETCH(QString, name);
    QTemporaryDir folder;
    std::string path = folder.filePath(QStringLiteral("model.safetensors")).toStdString();
    if (name.startsWith(QLatin1String("tiny"))) {
        path = support::sharedData(QStringLiteral("tiny/") + name).toStdString();
        if (path.empty()) QSKIP("the shared test data is not there");
    } else {
        const auto golden = support::hybridGolden(name);
        support::writeBytes(path, support::hybridFile(golden, 1, golden["config"]));
    }
    World w;
    QVERIFY(w.load(path, 4));
    const auto from = [&](std::vector<int> tokens) {
        GenerateSpec spec;
        spec.tokens = std::move(tokens);
        spec.maxTokens = 0;
        spec.keepState = true;
        return w.events.one<ev::Finished>(w.run(spec)).state;
    };
    const StateId a = from({5, 9, 13, 20}), b = from({40, 2, 2, 7, 30, 31});
    GenerateSpec spec;
    spec.tokens = {17, 3, 8};
    spec.maxTokens = 40;
    spec.ignoreEnd = true;
    spec.topLogprobs = 2;
    spec.sampling.hasSeed = true;
    spec.sampling.seed = 2;
    GenerateSpec alone = spec;
    alone.from = a;
    const auto voice = w.tokens(w.run(alone));
    spec.mix.voices = {{a, {}, 1}, {b, {}, 0}};
    QVERIFY(isSame(voice, w.tokens(w.run(spec))));
    spec.mix.voices = {{a, {}, 0.6F}, {b, {}, 0.4F}, {0, {}, 0.1F}};
    spec.mix.policy = {engine::GatePolicy::Kind::Confidence, 2};
    const JobId mixed = w.run(spec);
    QVERIFY(!isSame(voice, w.tokens(mixed)));
    spec.mix.policy = {};
    spec.mix.lane = w.events.one<ev::Finished>(mixed).lane;
    QVERIFY(isSame(w.tokens(mixed), w.tokens(w.run(spec))));
}

QTEST_GUILESS_MAIN(TestMixModels)
#include "tst_mix_models.moc"
