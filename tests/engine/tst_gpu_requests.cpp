// Requests on emulated cards through the facade, beside the same on the processor: adapters, mixes, and what
// happens when memory ends or one of two cards vanishes.
#include "engine/engine.h"
#include "engine/error.h"
#include "support/event_recorder.h"
#include "support/family_golden.h"
#include "support/hand_merge.h"

#include <QTemporaryDir>
#include <QTest>

using namespace support;
using engine::ErrorCode;
using engine::GenerateSpec;
using engine::JobId;
using engine::StateId;
namespace ev = engine::event;

namespace
{

constexpr TinyShape kShape{2, 64, 32, 128};

struct World {
    EventRecorder events;
    std::unique_ptr<engine::Engine> engine = engine::makeEngine({}, events.sink());

    JobId ended(JobId job)
    {
        events.waitForEnd(job);
        return job;
    }
    JobId load(const std::string &path, const std::string &strategy, int slots = 4)
    {
        engine::LoadSpec spec;
        spec.model = path;
        spec.strategy = strategy;
        spec.slots = slots;
        return ended(engine->load(spec));
    }
    JobId run(const GenerateSpec &spec) { return ended(engine->generate(spec)); }
    StateId read(std::vector<int> tokens)
    {
        GenerateSpec spec;
        spec.tokens = std::move(tokens);
        spec.maxTokens = 0;
        spec.keepState = true;
        return events.one<ev::Finished>(run(spec)).state;
    }
    std::vector<float> logits()
    {
        const JobId job = ended(engine->logits({.tokens = {5, 9, 13, 20, 7}, .everyPosition = true}));
        return events.one<ev::LogitsReady>(job).logits;
    }
    std::vector<engine::GeneratedToken> generated(JobId job)
    {
        std::vector<engine::GeneratedToken> all;
        for (const auto &chunk : events.all<ev::TokenChunk>(job))
            all.insert(all.end(), chunk.tokens.begin(), chunk.tokens.end());
        return all;
    }
    engine::Error errorOf(JobId job) { return events.one<ev::Failed>(job).error; }
};

GenerateSpec continued(int maxTokens)
{
    GenerateSpec spec;
    spec.tokens = {17, 3, 8};
    spec.maxTokens = maxTokens;
    spec.ignoreEnd = true;
    spec.sampling.temperature = 0;
    spec.topLogprobs = 2;
    return spec;
}

double allowedOf(const std::vector<float> &logits)
{
    const double terms =
        kShape.layers * (5.0 * kShape.width + kShape.hidden + 12.0 * kShape.head) + kShape.width;
    return 2 * walkTolerance(terms, largest(logits)); // both sides round
}

} // namespace

class TestGpuRequests : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup() { qunsetenv("ROOKERY_EMULATOR"); }
    void adaptersChangeTheSame_data();
    void adaptersChangeTheSame();
    void mixesAreTheSame_data();
    void mixesAreTheSame();
    void offersWhatWouldFit();
    void offersFixesWhenMemoryEndsInTheMiddle();
    void saysWhichOfTwoCardsVanished();
    void tellsTheMemoryOfEveryDevice();
    void measuresEveryCard();

private:
    std::string path(const char *name) const { return m_folder.filePath(QLatin1String(name)).toStdString(); }

    QTemporaryDir m_folder;
    std::string m_model;
    TinyRwkv7 m_tiny{1, kShape};
};

void TestGpuRequests::initTestCase()
{
    QVERIFY(m_folder.isValid());
    m_model = path("seven.safetensors");
    writeBytes(m_model, safetensors(m_tiny.tensors));
}

void TestGpuRequests::adaptersChangeTheSame_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("format");
    for (const char *kind : {"lora", "dora", "pissa", "bone"})
        for (const char *format : {"fp32", "bf16", "int8"})
            QTest::addRow("%s %s", kind, format) << kind << format;
}

/// Into weights on the card as into those of the processor; taken away again, the bits are as before.
void TestGpuRequests::adaptersChangeTheSame()
{
    QFETCH(QString, kind);
    QFETCH(QString, format);
    const std::map<QString, Maker> makers = {
        {"lora", lora}, {"dora", dora}, {"pissa", pissa}, {"bone", shards(".bone", kRank)}};
    Tensors file;
    for (const char *name : {"blocks.0.att.key", "blocks.1.ffn.key", "blocks.1.ffn.value"})
        for (const TinyTensor &tensor : m_tiny.tensors)
            if (tensor.name == std::string(name) + ".weight") {
                Matrix w = matrixOf(tensor);
                makers.at(kind)(name, w, file, 1);
            }
    QVERIFY(!file.empty());
    writeBytes(path("adapter.safetensors"), safetensors(file));
    std::vector<float> plain[2], changed[2], restored[2];
    const char *const devices[] = {"emulator ", "cpu "};
    for (int i = 0; i < 2; ++i) {
        World world;
        QVERIFY(world.events.has<ev::ModelLoaded>(world.load(m_model, devices[i] + format.toStdString())));
        plain[i] = world.logits();
        engine::AdapterUse use;
        use.path = path("adapter.safetensors");
        const JobId set = world.ended(world.engine->setAdapters({use}));
        QVERIFY2(world.events.has<ev::AdaptersSet>(set), "refused");
        changed[i] = world.logits();
        QVERIFY(world.events.has<ev::AdaptersSet>(world.ended(world.engine->setAdapters({}))));
        restored[i] = world.logits();
        QVERIFY(sameBits(plain[i], restored[i]));
    }
    const double allowed = allowedOf(changed[1]);
    QVERIFY(distance(changed[1], plain[1]) > 100 * allowed);
    const double off = distance(changed[0], changed[1]);
    QVERIFY2(off <= allowed, qPrintable(QStringLiteral("off by %1, allowed %2").arg(off).arg(allowed)));
}

void TestGpuRequests::mixesAreTheSame_data()
{
    QTest::addColumn<int>("rule");
    QTest::addColumn<int>("policy");
    for (const auto rule : {engine::BlendRule::Logits, engine::BlendRule::Probabilities})
        for (const auto policy : {engine::GatePolicy::Kind::Off, engine::GatePolicy::Kind::Confidence,
                                  engine::GatePolicy::Kind::Agreement})
            QTest::addRow("rule %d, policy %d", int(rule), int(policy)) << int(rule) << int(policy);
}

/// Three voices that have read different texts. Text, log-probabilities, gates and distances as on the
/// processor.
void TestGpuRequests::mixesAreTheSame()
{
    QFETCH(int, rule);
    QFETCH(int, policy);
    std::vector<engine::GeneratedToken> tokens[2];
    const char *const strategies[] = {"emulator fp32", "cpu fp32"};
    for (int i = 0; i < 2; ++i) {
        World world;
        QVERIFY(world.events.has<ev::ModelLoaded>(world.load(m_model, strategies[i])));
        const StateId a = world.read({5, 9, 13, 20}), b = world.read({40, 2, 2, 7, 30, 31});
        GenerateSpec spec = continued(16);
        spec.mix.voices = {{a, "a", 0.6F}, {b, "b", 0.4F}, {0, "base", 0.1F}};
        spec.mix.rule = static_cast<engine::BlendRule>(rule);
        spec.mix.policy = {static_cast<engine::GatePolicy::Kind>(policy), 2};
        const JobId job = world.run(spec);
        QVERIFY2(world.events.has<ev::Finished>(job), world.errorOf(job).message().c_str());
        tokens[i] = world.generated(job);
    }
    QCOMPARE(tokens[0].size(), std::size_t{16});
    QCOMPARE(tokens[1].size(), std::size_t{16});
    constexpr double kAllowed = 1e-4; // of logits below 16 that differ in their last places
    for (std::size_t t = 0; t < 16; ++t) {
        const auto &card = tokens[0][t], &processor = tokens[1][t];
        QCOMPARE(card.token, processor.token); // greedy, and no near ties
        QVERIFY(std::abs(card.logprob - processor.logprob) < kAllowed);
        QCOMPARE(card.voices.size(), std::size_t{3});
        for (std::size_t v = 0; v < 3; ++v) {
            QVERIFY(std::abs(card.voices[v].gate - processor.voices[v].gate) < kAllowed);
            QVERIFY(std::abs(card.voices[v].logprob - processor.voices[v].logprob) < kAllowed);
            QVERIFY(std::abs(card.voices[v].kl - processor.voices[v].kl) < kAllowed);
        }
    }
}

/// A card with too little memory for 64 sequences has enough for fewer, and the forecast says so.
void TestGpuRequests::offersWhatWouldFit()
{
    World world;
    engine::LoadSpec spec;
    spec.model = m_model;
    spec.strategy = "emulator fp32";
    spec.slots = 64;
    JobId job = world.ended(world.engine->forecast(spec));
    const auto roomy = world.events.one<ev::ForecastReady>(job);
    QVERIFY(roomy.fixes.empty());
    qputenv("ROOKERY_EMULATOR", "memory=" + QByteArray::number(qulonglong(roomy.memory.needed() - 4096)));
    job = world.ended(world.engine->forecast(spec));
    const auto tight = world.events.one<ev::ForecastReady>(job);
    QVERIFY(!tight.fixes.empty());
    QCOMPARE(int(tight.fixes[0].kind), int(engine::MemoryFix::Kind::FewerSlots));
    const engine::Error error = world.errorOf(world.load(m_model, "emulator fp32", 64));
    QCOMPARE(error.code(), ErrorCode::OutOfMemory);
    QVERIFY2(error.detail().find(std::to_string(tight.fixes[0].slots)) != std::string::npos,
             error.detail().c_str());
    const JobId fits = world.load(m_model, "emulator fp32", tight.fixes[0].slots);
    QVERIFY2(world.events.has<ev::ModelLoaded>(fits), world.errorOf(fits).message().c_str());
}

/// The card has room for the model, but not for what sampling takes when it is first wanted.
void TestGpuRequests::offersFixesWhenMemoryEndsInTheMiddle()
{
    std::size_t used = 0;
    {
        World world;
        const JobId load = world.load(m_model, "emulator fp32", 2);
        used = world.events.one<ev::ModelLoaded>(load).memory.needed();
    }
    QVERIFY(used > 0);
    bool wasSeen = false;
    for (std::size_t spare = 0; spare < 64 << 10 && !wasSeen; spare += 512) {
        qputenv("ROOKERY_EMULATOR", "memory=" + QByteArray::number(qulonglong(used + spare)));
        World world;
        if (!world.events.has<ev::ModelLoaded>(world.load(m_model, "emulator fp32", 2))) continue;
        const JobId job = world.run(continued(4));
        if (world.events.has<ev::Finished>(job)) break;
        wasSeen = true;
        const engine::Error error = world.errorOf(job);
        QCOMPARE(error.code(), ErrorCode::OutOfMemory);
        QVERIFY2(error.message().find("emulator:0") != std::string::npos, error.message().c_str());
        QVERIFY2(error.detail().find("run 1 sequences at once instead of 2") != std::string::npos,
                 error.detail().c_str());
        qunsetenv("ROOKERY_EMULATOR");
        QVERIFY(world.events.has<ev::ModelLoaded>(world.load(m_model, "emulator fp32", 2))); // it lives on
        QVERIFY(world.events.has<ev::Finished>(world.run(continued(4))));
    }
    QVERIFY(wasSeen);
}

/// The model is gone with one event that names the card; the other card goes on without it.
void TestGpuRequests::saysWhichOfTwoCardsVanished()
{
    World world;
    qputenv("ROOKERY_EMULATOR", "lost=300");
    // The second card has most of the work, so it is the first to be lost.
    QVERIFY(world.events.has<ev::ModelLoaded>(world.load(m_model, "emulator:0 fp32 *1 -> emulator:1 fp32")));
    const JobId first = world.engine->generate(continued(200)),
                second = world.engine->generate(continued(200));
    for (const JobId job : {first, second}) {
        const engine::Error error = world.errorOf(world.ended(job));
        QCOMPARE(error.code(), ErrorCode::DeviceLost);
        QVERIFY2(error.message().find("emulator:") != std::string::npos, error.message().c_str());
        QVERIFY(!world.generated(job).empty()); // what was there is not taken back
    }
    QVERIFY(world.events.waitForEvents<ev::ModelUnloaded>(0, 1)); // comes behind the ends of the jobs
    const auto unloaded = world.events.all<ev::ModelUnloaded>(0);
    QCOMPARE(unloaded.size(), std::size_t{1});
    QCOMPARE(unloaded[0].reason.code(), ErrorCode::DeviceLost);
    qunsetenv("ROOKERY_EMULATOR");
    QVERIFY(world.events.has<ev::ModelLoaded>(world.load(m_model, "emulator:0 fp32")));
    QVERIFY(world.events.has<ev::Finished>(world.run(continued(4))));
}

/// A model that is half on a card: the parts of all devices are the whole, and the processor is there for the
/// cache even where no weight is on it.
void TestGpuRequests::tellsTheMemoryOfEveryDevice()
{
    qputenv("ROOKERY_EMULATOR", "1");
    World world;
    QVERIFY(world.events.has<ev::ModelLoaded>(world.load(m_model, "emulator:0 fp32 *1 -> cpu fp32")));
    QVERIFY(world.events.has<ev::Finished>(world.run(continued(4))));
    const auto names = [](const engine::Snapshot &now) {
        QStringList all;
        for (const engine::MemoryUse &use : now.memoryByDevice)
            all.append(QString::fromStdString(use.device));
        return all.join(QLatin1Char(' '));
    };
    const engine::Snapshot split = world.engine->snapshot();
    QCOMPARE(names(split), QStringLiteral("emulator:0 cpu"));
    std::size_t weights = 0, states = 0, workspace = 0, cache = 0;
    for (const engine::MemoryUse &use : split.memoryByDevice) {
        QVERIFY(use.weights > 0 && use.states > 0 && use.total > use.free && use.free > 0);
        weights += use.weights;
        states += use.states;
        workspace += use.workspace;
        cache += use.cache;
    }
    QCOMPARE(weights, split.memory.weights);
    QCOMPARE(states, split.memory.states);
    QCOMPARE(workspace, split.memory.workspace);
    QCOMPARE(cache, split.memory.cache);
    QVERIFY(cache > 0 && split.memoryByDevice[1].cache == cache);

    QVERIFY(world.events.has<ev::ModelLoaded>(world.load(m_model, "emulator:0 fp32")));
    const engine::Snapshot card = world.engine->snapshot();
    QCOMPARE(names(card), QStringLiteral("emulator:0 cpu"));
    QCOMPARE(card.memoryByDevice[0].weights, card.memory.weights);
    QCOMPARE(card.memoryByDevice[1].needed(), std::size_t{0});
    QVERIFY(card.memoryByDevice[1].total > 0);
    world.ended(world.engine->unload());
    QCOMPARE(names(world.engine->snapshot()), QStringLiteral("cpu"));
}

/// No driver knows emulated cards: each says so, and nothing is made up.
void TestGpuRequests::measuresEveryCard()
{
    qputenv("ROOKERY_EMULATOR", "1");
    World world;
    const JobId job = world.ended(world.engine->measureDevices());
    const auto measured = world.events.one<ev::DevicesMeasured>(job);
    int emulated = 0;
    for (const engine::DeviceFigures &figures : measured.devices) {
        if (figures.device != "emulator:" + std::to_string(emulated)) continue;
        ++emulated;
        QVERIFY(!figures.problem.empty());
        QVERIFY(!figures.totalBytes && !figures.watts && !figures.celsius && !figures.busyPercent);
    }
    QCOMPARE(emulated, 4);
    QCOMPARE(measured.devices.front().device, std::string("cpu"));
}

QTEST_APPLESS_MAIN(TestGpuRequests)
#include "tst_gpu_requests.moc"
