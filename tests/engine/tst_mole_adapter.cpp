// Mixtures of LoRA experts over RWKV-7: read, checked, run unmerged, set and taken away.
#include "engine/adapters/mole.h"
#include "engine/engine.h"
#include "engine/error.h"
#include "engine/runner_session.h"
#include "support/event_recorder.h"
#include "support/family_golden.h"
#include "support/faulty_device.h"
#include "support/model_run.h"
#include "support/safetensors_writer.h"
#include "support/thrown_error.h"
#include "support/tiny_rwkv456.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>

#include <functional>

using namespace support;
using engine::ErrorCode;
using nlohmann::json;

namespace ev = engine::event;

namespace
{

/// As CASES in tests/engine/reference/mole_numpy.py.
const char *const kCases[] = {"two-of-four", "all-of-three", "one"};
constexpr TinyShape kShape{2, 64, 32, 256};
constexpr int kPositions = 12;

json goldenOf(const QString &name, int seed)
{
    QFile file(QStringLiteral(ROOKERY_SOURCE_DIR "/tests/data/mole/%1-%2.json").arg(name).arg(seed));
    if (!file.open(QIODevice::ReadOnly)) return {};
    return json::parse(file.readAll().toStdString());
}

std::vector<TinyTensor> expertsOf(const json &golden, int seed)
{
    std::vector<TinyTensor> tensors;
    for (const json &t : golden["tensors"])
        tensors.push_back(tinyTensor(seed, t[0], t[1].get<std::vector<std::int64_t>>(), t[2], t[3]));
    for (int i = 0; i < kShape.layers; ++i)
        tensors.push_back({"blocks." + std::to_string(i) + ".ffn.moe_info",
                           {2},
                           {golden["experts"].get<float>(), golden["active"].get<float>()}});
    return tensors;
}

/// A safetensors file with moe_info in 64-bit integers, as torch makes them of whole numbers.
std::string withIntegers(const std::vector<TinyTensor> &tensors)
{
    std::vector<SafeTensor> out;
    for (const TinyTensor &t : tensors) {
        SafeTensor tensor{t.name, "F32", {}, {}};
        for (const std::int64_t d : t.shape)
            tensor.shape += (tensor.shape.empty() ? "" : ", ") + std::to_string(d);
        const bool isInfo = t.name.ends_with("moe_info");
        if (isInfo) tensor.dtype = "I64";
        for (const float value : t.values) {
            std::uint32_t bits = 0;
            std::memcpy(&bits, &value, sizeof bits);
            tensor.bytes += isInfo ? little(std::uint64_t(value), 8) : little(bits, 4);
        }
        out.push_back(std::move(tensor));
    }
    return safetensors(out);
}

std::vector<float> truthOf(const json &golden)
{
    std::vector<float> truth;
    for (const json &row : golden["logits"])
        for (const json &x : row)
            truth.push_back(x.get<float>());
    return truth;
}

TinyTensor &find(std::vector<TinyTensor> &tensors, const std::string &name)
{
    return *std::ranges::find(tensors, name, &TinyTensor::name);
}

void drop(std::vector<TinyTensor> &tensors, const std::string &name)
{
    std::erase_if(tensors, [&](const TinyTensor &t) { return t.name == name; });
}

} // namespace

class TestMoleAdapter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_folder.isValid()); }
    void matchesTheReference_data();
    void matchesTheReference();
    void readsIntegersAndPrefixes();
    void isScaledByTheUser();
    void goesBesideOtherAdapters();
    void isSetAndTakenAway();
    void rowsDoNotDependOnTheirCompany();
    void saysWhatIsWrong_data();
    void saysWhatIsWrong();
    void otherFamiliesRefuseIt();
    void isInTheForecast_data();
    void isInTheForecast();

private:
    std::string path(const char *name) const
    {
        return m_folder.filePath(QString::fromLatin1(name)).toStdString();
    }
    std::string write(const char *name, const std::string &bytes) const
    {
        writeBytes(path(name), bytes);
        return path(name);
    }
    engine::LoadSpec specOf(int seed, const std::vector<std::string> &adapters,
                            const std::string &strategy = "cpu fp32") const
    {
        engine::LoadSpec spec;
        spec.model = write("model.safetensors", safetensors(TinyRwkv7(seed, kShape).tensors));
        spec.strategy = strategy;
        spec.slots = 4;
        for (const std::string &adapter : adapters)
            spec.adapters.emplace_back().path = adapter;
        return spec;
    }
    engine::LoadedModel load(int seed, const std::vector<std::string> &adapters,
                             const std::string &strategy = "cpu fp32") const
    {
        return engine::loadModel(specOf(seed, adapters, strategy), {}, {}, {});
    }

    QTemporaryDir m_folder;
    const std::vector<int> m_tokens = tinyTokens(1, kPositions);
};

void TestMoleAdapter::matchesTheReference_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("seed");
    QTest::addColumn<QString>("strategy");
    for (const char *name : kCases)
        for (const int seed : {1, 2})
            QTest::addRow("%s-%d", name, seed) << QString::fromLatin1(name) << seed << "cpu fp32";
    QTest::newRow("on an emulated card") << "two-of-four" << 1 << "emulator fp32";
    QTest::newRow("on both") << "two-of-four" << 2 << "emulator fp32 *1 -> cpu fp32";
}

void TestMoleAdapter::matchesTheReference()
{
    QFETCH(QString, name);
    QFETCH(int, seed);
    QFETCH(QString, strategy);
    const json golden = goldenOf(name, seed);
    engine::LoadedModel m =
        load(seed, {write("mole.safetensors", safetensors(expertsOf(golden, seed)))}, strategy.toStdString());
    const auto tokens = golden["tokens"].get<std::vector<int>>();
    const std::vector<float> whole = runTokens(m, tokens, 100), truth = truthOf(golden);
    // As for the family, and three products with as many terms as the largest one has behind each other.
    const double terms =
        kShape.layers * (5.0 * kShape.width + 4.0 * kShape.hidden + kPositions * kShape.head);
    const double allowed = walkTolerance(terms, largest(truth));
    QVERIFY(allowed < 1e-3 * golden["nearestMutant"].get<double>()); // wrong formulas are far outside
    const double off = distance(everyNth(whole, kFew), truth);
    QVERIFY2(off <= allowed, qPrintable(QStringLiteral("off by %1, allowed %2").arg(off).arg(allowed)));
    for (const int chunk : {1, 5})
        QVERIFY(sameBits(runTokens(m, tokens, chunk), whole));
}

void TestMoleAdapter::readsIntegersAndPrefixes()
{
    const json golden = goldenOf("two-of-four", 1);
    std::vector<TinyTensor> tensors = expertsOf(golden, 1);
    engine::LoadedModel plain = load(1, {write("mole.safetensors", safetensors(tensors))});
    for (TinyTensor &t : tensors)
        t.name = "model." + t.name;
    engine::LoadedModel other = load(1, {write("other.safetensors", withIntegers(tensors))});
    QVERIFY(sameBits(runTokens(plain, m_tokens, 100), runTokens(other, m_tokens, 100)));
}

/// The scale multiplies; an alpha takes the place of RWKV-Infer's factor 2.
void TestMoleAdapter::isScaledByTheUser()
{
    const json golden = goldenOf("all-of-three", 1); // ranks of 4
    const std::string adapter = write("mole.safetensors", safetensors(expertsOf(golden, 1)));
    engine::LoadSpec spec = specOf(1, {adapter});
    spec.adapters[0].scale = 0;
    engine::LoadedModel none = engine::loadModel(spec, {}, {}, {});
    spec.adapters[0].scale = 0.5F;
    spec.adapters[0].alpha = 16; // 0.5 * 16 / 4 = 2
    engine::LoadedModel twice = engine::loadModel(spec, {}, {}, {});
    engine::LoadedModel usual = load(1, {adapter}), base = load(1, {});
    const std::vector<float> want = runTokens(usual, m_tokens, 100);
    QVERIFY(sameBits(runTokens(twice, m_tokens, 100), want));
    const std::vector<float> without = runTokens(base, m_tokens, 100);
    QVERIFY(distance(runTokens(none, m_tokens, 100), without) < 1e-4);
    QVERIFY(distance(want, without) > 0.1);
}

/// A LoRA changes the matrices below; taking the mixture away leaves the LoRA's bits.
void TestMoleAdapter::goesBesideOtherAdapters()
{
    const std::string mole = write("mole.safetensors", safetensors(expertsOf(goldenOf("two-of-four", 1), 1)));
    const std::string lora =
        write("lora.safetensors", safetensors({tinyTensor(1, "blocks.0.ffn.key.lora_A", {4, 64}, 0, 0.5),
                                               tinyTensor(1, "blocks.0.ffn.key.lora_B", {256, 4}, 0, 0.5)}));
    engine::LoadedModel both = load(1, {mole, lora}), onlyLora = load(1, {lora}), onlyMole = load(1, {mole});
    const std::vector<float> logits = runTokens(both, m_tokens, 100),
                             below = runTokens(onlyLora, m_tokens, 100);
    QVERIFY(distance(logits, below) > 0.1);
    QVERIFY(distance(logits, runTokens(onlyMole, m_tokens, 100)) > 0.1);
    both.useExperts(nullptr);
    QVERIFY(sameBits(runTokens(both, m_tokens, 100), below));
    QCOMPARE(errorOf([&] { load(1, {mole, mole}); }).code(), ErrorCode::BadRequest);
}

/// Through the facade: the text changes and comes back, and what the adapter is can be asked.
void TestMoleAdapter::isSetAndTakenAway()
{
    EventRecorder events;
    engine::EngineOptions options;
    options.threads = 1;
    const auto engine = engine::makeEngine(options, events.sink());
    events.waitForEnd(engine->load(specOf(1, {})));
    engine::AdapterUse use;
    use.path = write("mole.safetensors", safetensors(expertsOf(goldenOf("two-of-four", 1), 1)));
    engine::GenerateSpec spec;
    spec.tokens = m_tokens;
    spec.maxTokens = 16;
    spec.sampling.temperature = 0;
    const auto text = [&] {
        const auto job = engine->generate(spec);
        events.waitForEnd(job);
        return events.tokens(job);
    };
    const auto set = [&](const std::vector<engine::AdapterUse> &uses) {
        const auto job = engine->setAdapters(uses);
        events.waitForEnd(job);
        return job;
    };
    const std::vector<int> before = text();
    const auto setting = set({use});
    QVERIFY(events.has<ev::AdaptersSet>(setting));
    QCOMPARE(events.one<ev::AdaptersSet>(setting).warnings.size(), std::size_t(1)); // no alpha
    QVERIFY(text() != before);
    const auto asked = engine->inspectAdapter(use);
    events.waitForEnd(asked);
    const engine::AdapterInfo info = events.one<ev::AdapterInspected>(asked).info;
    QVERIFY(info.fits);
    QCOMPARE(info.experts, 4);
    QCOMPARE(info.activeExperts, 2);
    QCOMPARE(info.parts.size(), std::size_t(1));
    QCOMPARE(info.parts[0].kind, std::string("MoLE"));
    QCOMPARE(info.parts[0].leastRank, 4);
    QCOMPARE(info.parts[0].mostRank, 6);
    set({});
    QCOMPARE(text(), before);
}

void TestMoleAdapter::rowsDoNotDependOnTheirCompany()
{
    engine::LoadedModel m =
        load(1, {write("mole.safetensors", safetensors(expertsOf(goldenOf("two-of-four", 1), 1)))});
    const std::vector<int> a = tinyTokens(7, 9), b = tinyTokens(8, 5);
    const std::vector<float> aloneA = runTokens(m, a, 100), aloneB = runTokens(m, b, 100);
    const auto slotA = m.states->acquire().value(), slotB = m.states->acquire().value();
    const std::vector<float> both = runStep(m, {{slotB, b}, {slotA, a}});
    const auto border = both.begin() + std::ptrdiff_t(aloneB.size());
    QVERIFY(sameBits({both.begin(), border}, aloneB));
    QVERIFY(sameBits({border, both.end()}, aloneA));
}

void TestMoleAdapter::saysWhatIsWrong_data()
{
    using Damage = std::function<void(std::vector<TinyTensor> &)>;
    QTest::addColumn<Damage>("damage");
    QTest::addColumn<QString>("part");
    const auto row = [](const char *name, Damage damage, const char *part) {
        QTest::newRow(name) << std::move(damage) << QString::fromLatin1(part);
    };
    const std::string ffn = "blocks.1.ffn.";
    const std::string keyA = ffn + "expert_2.key.lora_A_expert_0",
                      valueB = ffn + "expert_3.value.lora_B_expert_0";
    row(
        "no router", [=](auto &t) { drop(t, ffn + "router.linear.weight"); },
        "blocks.1.ffn.router.linear.weight");
    row(
        "no info", [=](auto &t) { drop(t, ffn + "moe_info"); }, "blocks.1.ffn.moe_info");
    row(
        "an expert less",
        [=](auto &t) {
            std::erase_if(
                t, [](const TinyTensor &x) { return x.name.find("1.ffn.expert_3") != std::string::npos; });
        },
        "tells of 4 experts");
    row(
        "part missing", [=](auto &t) { drop(t, keyA); }, "blocks.1.ffn.expert_2.key.lora_A_expert_0");
    row(
        "other width",
        [=](auto &t) {
            find(t, keyA) = tinyTensor(1, keyA, {4, 63}, 0, 1);
        },
        "expected [4, 64], found [4, 63]");
    row(
        "ranks differ",
        [=](auto &t) {
            find(t, valueB) = tinyTensor(1, valueB, {64, 5}, 0, 1);
        },
        "expected [64, 6], found [64, 5]");
    row(
        "one dimension", [=](auto &t) { find(t, keyA) = tinyTensor(1, keyA, {64}, 0, 1); },
        "expected [rank, inputs]");
    row(
        "router of others",
        [=](auto &t) {
            find(t, ffn + "router.linear.weight").shape = {64, 3};
        },
        "expected [3, 64], found [64, 3]");
    row(
        "more in use",
        [=](auto &t) {
            find(t, ffn + "moe_info").values = {4, 5};
        },
        "5 in use");
    row(
        "none in use",
        [=](auto &t) {
            find(t, ffn + "moe_info").values = {4, 0};
        },
        "expected the numbers of experts");
    row(
        "half an expert",
        [=](auto &t) {
            find(t, ffn + "moe_info").values = {4, 1.5F};
        },
        "expected the numbers of experts");
    row(
        "not a number",
        [=](auto &t) {
            find(t, ffn + "moe_info").values = {NAN, 2};
        },
        "finite");
    row(
        "huge number",
        [=](auto &t) {
            find(t, ffn + "moe_info").values = {3e38F, 2};
        },
        "expected the numbers of experts");
    row(
        "NaN in a factor", [=](auto &t) { find(t, keyA).values[3] = NAN; }, "finite");
    row(
        "further layer",
        [=](auto &t) {
            t.push_back({"blocks.2.ffn.moe_info", {2}, {4, 2}});
        },
        "the model has 2 layers");
    row(
        "Bone experts", [=](auto &t) { find(t, keyA).name = ffn + "expert_2.key.bone_expert_0"; },
        "found another kind");
    row(
        "expert 128", [=](auto &t) { find(t, keyA).name = ffn + "expert_128.key.lora_A_expert_0"; },
        "found another kind");
    row(
        "in the time mix", [=](auto &t) { find(t, keyA).name = "blocks.1.att.expert_2.key.lora_A_expert_0"; },
        "found another kind");
}

void TestMoleAdapter::saysWhatIsWrong()
{
    QFETCH(std::function<void(std::vector<TinyTensor> &)>, damage);
    QFETCH(QString, part);
    std::vector<TinyTensor> tensors = expertsOf(goldenOf("two-of-four", 1), 1);
    damage(tensors);
    const engine::Error error = errorOf([&] { load(1, {write("bad.safetensors", safetensors(tensors))}); });
    QVERIFY(error.code() == ErrorCode::BadModel || error.code() == ErrorCode::UnsupportedModel);
    QVERIFY2(QString::fromStdString(error.message()).contains(part), error.what());
}

void TestMoleAdapter::otherFamiliesRefuseIt()
{
    engine::LoadSpec spec =
        specOf(1, {write("mole.safetensors", safetensors(expertsOf(goldenOf("one", 1), 1)))});
    spec.model = write("six.safetensors", safetensors(TinyRwkv456(1, {"6", 2, 64, 32, 256}).tensors));
    const engine::Error error = errorOf([&] { engine::loadModel(spec, {}, {}, {}); });
    QCOMPARE(error.code(), ErrorCode::UnsupportedModel);
    QVERIFY(error.message().find("RWKV-7 only") != std::string::npos);
}

void TestMoleAdapter::isInTheForecast_data()
{
    QTest::addColumn<QString>("strategy");
    QTest::addColumn<bool>("hasExperts");
    for (const char *strategy : {"cpu fp32", "cpu:0 fp32 *1 -> cpu:1 bf16"})
        for (const bool hasExperts : {false, true})
            QTest::addRow("%s, %s", strategy, hasExperts ? "experts" : "none") << strategy << hasExperts;
}

/// With what the runner needs behind the model, the blend of a mix among it: all that the devices gave.
void TestMoleAdapter::isInTheForecast()
{
    QFETCH(QString, strategy);
    QFETCH(bool, hasExperts);
    engine::LoadSpec spec;
    spec.model = m_folder.filePath("forecast.safetensors").toStdString();
    support::writeBytes(spec.model, safetensors(TinyRwkv7(1, kShape).tensors));
    spec.strategy = strategy.toStdString();
    spec.slots = 8;
    if (hasExperts)
        spec.adapters.emplace_back().path =
            write("mole.safetensors", safetensors(expertsOf(goldenOf("two-of-four", 1), 1)));
    engine::EngineOptions options;
    options.threads = 1;
    const engine::Forecast forecast = engine::forecastLoad(spec, options);
    std::map<std::string, support::FaultyDevice *> devices;
    const engine::RunnerSession session(engine::loadModelOn(
        [&](const std::string &id) {
            auto opened = support::openFaultyCpu();
            devices[id] = opened.get();
            return opened;
        },
        spec, options, {}, {}));
    QCOMPARE(session.memory().weights, forecast.memory.weights);
    QCOMPARE(session.memory().workspace, forecast.memory.workspace);
    QCOMPARE(forecast.memoryByDevice.size(), devices.size());
    for (const engine::MemoryUse &use : forecast.memoryByDevice) {
        const double taken = double(devices.at(use.device)->liveBytes()), needed = double(use.needed());
        QVERIFY2(std::abs(taken - needed) <= 0.03 * needed,
                 qPrintable(QString("%1, not %2").arg(taken).arg(needed)));
    }
}

QTEST_GUILESS_MAIN(TestMoleAdapter)
#include "tst_mole_adapter.moc"
