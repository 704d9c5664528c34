// bench --profile: what a small model's steps are said to do, against its sizes.
#include "engine/bench.h"
#include "engine/bench_profile.h"
#include "support/file_bytes.h"
#include "support/safetensors_writer.h"
#include "support/tiny_rwkv7.h"

#include <QTemporaryDir>
#include <QTest>

#include <numeric>

using namespace engine;

namespace
{

constexpr int kLayers = 2, kWidth = 64, kHidden = 256, kVocabulary = support::TinyShape::kVocabulary;
constexpr int kSteps = 3;
constexpr double kRow = kWidth * sizeof(float); ///< bytes of a row of activations
constexpr double kSquare =
    kWidth * kWidth * sizeof(float); ///< bytes of a matrix of fp32, or of a head's state

/// All entries of one op together.
OpProfile sumOf(const StepProfile &profile, const std::string &op)
{
    OpProfile sum;
    for (const OpProfile &each : profile.ops) {
        if (each.op != op) continue;
        sum.calls += each.calls;
        sum.seconds += each.seconds;
        sum.bytes += each.bytes;
        sum.flops += each.flops;
        sum.kernel = each.kernel;
        sum.device = each.device;
    }
    return sum;
}

} // namespace

class TestBenchProfile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup() { qunsetenv("ROOKERY_EMULATOR"); }
    void countsTheStepsOfAModel_data();
    void countsTheStepsOfAModel();
    void profilesReading();
    void tellsWhatASplitModelHandsOn();
    void costsNothingWhenOff();
    void setsLimitsByWhatBinds_data();
    void setsLimitsByWhatBinds();

private:
    BenchSpec specOf(const QString &strategy, std::vector<int> batches) const
    {
        BenchSpec spec;
        spec.model = m_path;
        spec.strategy = strategy.toStdString();
        spec.batches = std::move(batches);
        spec.promptTokens = 0;
        spec.generateTokens = kSteps;
        spec.profile = true;
        return spec;
    }
    QTemporaryDir m_folder;
    std::string m_path;
    EngineOptions m_options;
};

void TestBenchProfile::initTestCase()
{
    QVERIFY(m_folder.isValid());
    m_path = m_folder.filePath("model.safetensors").toStdString();
    support::writeBytes(m_path,
                        support::safetensors(support::TinyRwkv7(3, {kLayers, kWidth, 64, kHidden}).tensors));
    m_options.threads = 1;
    m_options.cpuKernels = "plain";
}

void TestBenchProfile::countsTheStepsOfAModel_data()
{
    QTest::addColumn<QString>("strategy");
    QTest::addColumn<int>("batch");
    QTest::addColumn<QString>("kernel"); ///< of the last product
    QTest::newRow("processor, 1") << "cpu fp32" << 1 << "plain row";
    QTest::newRow("processor, 3") << "cpu fp32" << 3 << "plain blocks";
    QTest::newRow("card, 1") << "emulator fp32" << 1 << "skinny x1";
    QTest::newRow("card, 3") << "emulator fp32" << 3 << "skinny x4";
}

void TestBenchProfile::countsTheStepsOfAModel()
{
    QFETCH(QString, strategy);
    QFETCH(int, batch);
    QFETCH(QString, kernel);
    const event::BenchFinished finished = runBench(specOf(strategy, {batch}), m_options, {}, {});
    const BenchResult &result = finished.results.at(0);
    const StepProfile &profile = result.decodeProfile;
    QCOMPARE(profile.steps, kSteps);
    QVERIFY(result.prefillProfile.ops.empty());
    QVERIFY(result.decodeTokensPerSecond > 0);

    const auto check = [&](const char *op, int callsAStep, double bytesAStep, double flopsAStep) {
        const OpProfile sum = sumOf(profile, op);
        const std::string text = std::string(op) + ": " + std::to_string(sum.bytes / kSteps) + " bytes, " +
                                 std::to_string(sum.flops / kSteps) + " flops";
        QVERIFY2(sum.calls == callsAStep * kSteps, text.c_str());
        QVERIFY2(sum.bytes == bytesAStep * kSteps && sum.flops == flopsAStep * kSteps, text.c_str());
        QVERIFY2(sum.seconds > 0, text.c_str());
    };
    const double B = batch, weightsOfHead = kVocabulary * kRow;
    // r, k, v and the output of each layer, which is added to x; the head.
    check("linear", 2 * kLayers + 1,
          kLayers * (4 * kSquare + B * (6 + 3) * kRow) + weightsOfHead + B * (kRow + kVocabulary * 4),
          2 * B * (kLayers * 4 * kWidth * kWidth + kWidth * kVocabulary));
    check("reluFfn", kLayers, kLayers * (2 * kHidden * kRow + B * 3 * kRow),
          2 * B * kLayers * 2 * kWidth * kHidden);
    check("wkv7", kLayers, kLayers * B * (7 * kRow + 2 * kSquare), kLayers * B * 9 * kWidth * kWidth);
    // Six mixes and one a layer, each with gain, bias and a row in the slot; the last norm reads row numbers.
    check("normMix", 2 * kLayers + 1,
          kLayers * (B * (2 + 7) + 2 * B * 2 + 4 + 7) * kRow + (2 * B + 2) * kRow + B * 4,
          B * kWidth * (kLayers * (21 + 11) + 8));
    check("sample", 1, B * kVocabulary * 4, 2 * B * kVocabulary);
    check("download", 1, B * 4, 0); // token ids
    QCOMPARE(sumOf(profile, "embed").calls, kSteps);
    QCOMPARE(sumOf(profile, "lowRank").calls, kLayers * kSteps);
    QCOMPARE(sumOf(profile, "prepare7").calls, kLayers * kSteps);
    QCOMPARE(sumOf(profile, "readout").calls, kLayers * kSteps);
    QCOMPARE(QString::fromStdString(sumOf(profile, "linear").kernel), kernel);

    const double inOps = std::accumulate(profile.ops.begin(), profile.ops.end(), 0.0,
                                         [](double sum, const OpProfile &op) { return sum + op.seconds; });
    QVERIFY(inOps <= profile.seconds);
    QVERIFY(std::is_sorted(profile.ops.begin(), profile.ops.end(),
                           [](const OpProfile &a, const OpProfile &b) { return a.seconds > b.seconds; }));
}

void TestBenchProfile::profilesReading()
{
    BenchSpec spec = specOf("cpu fp32", {1, 2});
    spec.promptTokens = 20;
    const event::BenchFinished finished = runBench(spec, m_options, {}, {});
    const StepProfile &profile = finished.results.at(0).prefillProfile;
    QCOMPARE(profile.steps, 1);
    QCOMPARE(sumOf(profile, "wkv7").bytes, kLayers * (20 * 7 * kRow + 2 * kSquare)); // one sequence
    QCOMPARE(sumOf(profile, "sample").calls, 0);
    QVERIFY(finished.results.at(1).prefillProfile.ops.empty()); // it is read once
    QCOMPARE(finished.results.at(1).decodeProfile.steps, kSteps);
}

void TestBenchProfile::tellsWhatASplitModelHandsOn()
{
    const event::BenchFinished finished =
        runBench(specOf("cpu fp32 *1 -> emulator fp32", {2}), m_options, {}, {});
    const StepProfile &profile = finished.results.at(0).decodeProfile;
    double handed = 0;
    int devices = 0;
    for (const OpProfile &op : profile.ops) {
        if (op.op == "upload" && op.device.starts_with("emulator")) handed = op.bytes;
        devices += op.op == "wkv7";
    }
    QCOMPARE(devices, 2);
    // x and the first layer's v, and the arrays of the batch: tokens, starts, slots and rows.
    QCOMPARE(handed, kSteps * (2 * 2 * kRow + (2 + 3 + 2 + 2) * 4));
}

void TestBenchProfile::costsNothingWhenOff()
{
    BenchSpec spec = specOf("cpu fp32", {1});
    spec.profile = false;
    const event::BenchFinished finished = runBench(spec, m_options, {}, {});
    QCOMPARE(finished.results.at(0).decodeProfile.steps, 0);
    QVERIFY(finished.results.at(0).decodeProfile.ops.empty());
    BenchProfile unused;
    kernels::Device *opened = nullptr;
    const DeviceOpener plain = standardOpener(m_options);
    const LoadedModel loaded = loadModelOn(
        [&](const std::string &id) {
            auto device = plain(id);
            opened = device.get();
            return device;
        },
        {.model = m_path, .strategy = "cpu fp32"}, m_options, {}, {});
    QVERIFY(dynamic_cast<kernels::ProfiledDevice *>(opened) == nullptr);
}

void TestBenchProfile::setsLimitsByWhatBinds_data()
{
    QTest::addColumn<double>("bytes");
    QTest::addColumn<double>("flops");
    QTest::addColumn<double>("seconds");
    QTest::addColumn<double>("stepBytes");
    QTest::addColumn<double>("share");
    // A machine that reads 1000 bytes and computes 4000 flops a second, with a cache of 500 bytes.
    QTest::newRow("reading binds") << 500.0 << 400.0 << 1.0 << 600.0 << 0.5;
    QTest::newRow("computing binds") << 500.0 << 3000.0 << 1.0 << 600.0 << 0.75;
    QTest::newRow("all lies in the cache") << 500.0 << 400.0 << 1.0 << 500.0 << 0.0;
    QTest::newRow("faster than memory") << 500.0 << 400.0 << 0.4 << 600.0 << 0.0;
    QTest::newRow("computing in the cache") << 500.0 << 3000.0 << 1.0 << 500.0 << 0.75;
    QTest::newRow("no time") << 500.0 << 400.0 << 0.0 << 600.0 << 0.0;
}

void TestBenchProfile::setsLimitsByWhatBinds()
{
    QFETCH(double, bytes);
    QFETCH(double, flops);
    QFETCH(double, seconds);
    QFETCH(double, stepBytes);
    QFETCH(double, share);
    QCOMPARE(shareOfLimit({bytes, flops}, seconds, 4000, stepBytes, {1000, 4000, 4000, 500}), share);
}

QTEST_APPLESS_MAIN(TestBenchProfile)
#include "tst_bench_profile.moc"
