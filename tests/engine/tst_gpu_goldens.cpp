// The goldens of every family on emulated cards, weights of every format, and models that are split.
#include "engine/engine.h"
#include "support/family_golden.h"
#include "support/hybrid_model.h"
#include "support/model_run.h"
#include "support/tiny_rwkv456.h"

#include <QTemporaryDir>
#include <QTest>

using namespace support;
using nlohmann::json;

namespace
{

/// As CASES and MUTANTS in tests/engine/reference/rwkv456_numpy.py.
struct OldCase {
    TinyOldShape shape;
    std::size_t mutants;
};
const OldCase kOldCases[] = {{{"4", 2, 64, 1, 256}, 6},     {{"5.0", 2, 64, 16, 256}, 9},
                             {{"5.1", 2, 128, 64, 448}, 9}, {{"5.2", 3, 96, 32, 320}, 9},
                             {{"6", 2, 128, 64, 448}, 12},  {{"6", 3, 96, 32, 320}, 12}};

/// As CASES in hybrid_numpy.py and qrwkv6_numpy.py.
const char *const kHybrids[] = {"arwkv7",      "arwkv7-no-gate", "arwkv7-ln-x", "cxa073",
                                "cxa075",      "cxa076",         "cxa076r",     "hxa079",
                                "hxa079-full", "hxa07a",         "qrwkv6",      "qrwkv6-plain"};

/// The kinds of cards, by turns.
const char *const kCards[] = {"kernels=warp32", "kernels=warp64-shuffled", "kernels=warp32-reversed",
                              "kernels=warp64"};

engine::LoadedModel load(const std::string &path, const std::string &strategy)
{
    engine::LoadSpec spec;
    spec.model = path;
    spec.strategy = strategy;
    spec.slots = 2;
    return engine::loadModel(spec, {}, {}, {});
}

QString off(double distance, double allowed)
{
    return QStringLiteral("off by %1, allowed %2").arg(distance).arg(allowed);
}

} // namespace

class TestGpuGoldens : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_folder.isValid()); }
    void cleanup() { qunsetenv("ROOKERY_EMULATOR"); }
    void oldFamiliesMatchTheReference_data();
    void oldFamiliesMatchTheReference();
    void hybridsMatchTheReference_data();
    void hybridsMatchTheReference();
    void formatsMatchTheProcessor_data();
    void formatsMatchTheProcessor();
    void splitModelsAreTheSame_data();
    void splitModelsAreTheSame();

private:
    std::string write(const std::string &bytes)
    {
        const std::string path = m_folder.filePath(QStringLiteral("model.safetensors")).toStdString();
        writeBytes(path, bytes);
        return path;
    }

    QTemporaryDir m_folder;
};

void TestGpuGoldens::oldFamiliesMatchTheReference_data()
{
    QTest::addColumn<int>("index");
    QTest::addColumn<QByteArray>("card");
    for (int i = 0; i < int(std::size(kOldCases)); ++i)
        QTest::addRow("%s c%d", kOldCases[i].shape.family.c_str(), kOldCases[i].shape.width)
            << i << QByteArray(kCards[i % 4]);
}

void TestGpuGoldens::oldFamiliesMatchTheReference()
{
    QFETCH(int, index);
    QFETCH(QByteArray, card);
    qputenv("ROOKERY_EMULATOR", card);
    const auto &[shape, mutants] = kOldCases[index];
    const Golden want = readGolden(QStringLiteral("rwkv456/%1-l%2-c%3-n%4-1")
                                       .arg(QString::fromStdString(shape.family))
                                       .arg(shape.layers)
                                       .arg(shape.width)
                                       .arg(shape.head),
                                   mutants);
    QVERIFY(!want.truth.empty());
    const double terms =
        shape.layers * (6.0 * shape.width + shape.hidden + kGoldenPositions * shape.head) + shape.width;
    const double allowed = walkTolerance(terms, largest(want.truth));
    const std::string path = write(safetensors(TinyRwkv456(1, shape).tensors));
    engine::LoadedModel m = load(path, "emulator fp32");
    const std::vector<float> got = runTokens(m, tinyTokens(1), kGoldenPositions);
    const double distanceHere = distance(everyNth(got, kFew), want.truth);
    QVERIFY2(distanceHere <= allowed, qPrintable(off(distanceHere, allowed)));
    for (std::size_t i = 0; i < mutants; ++i) // wrong implementations are seen
        QVERIFY(distance(everyNth(got, kMany), want.sparse[i]) > 2 * allowed);
    engine::LoadedModel rounded = load(path, "emulator bf16");
    const double roundedHere =
        distance(everyNth(runTokens(rounded, tinyTokens(1), 5), kMany), want.sparse[mutants]);
    QVERIFY2(roundedHere <= allowed, qPrintable(off(roundedHere, allowed)));
}

void TestGpuGoldens::hybridsMatchTheReference_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("card");
    int i = 0;
    for (const char *name : kHybrids)
        QTest::newRow(name) << QStringLiteral("%1-1").arg(QLatin1String(name)) << QByteArray(kCards[i++ % 4]);
}

void TestGpuGoldens::hybridsMatchTheReference()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, card);
    qputenv("ROOKERY_EMULATOR", card);
    const json golden = hybridGolden(name);
    engine::LoadedModel m = load(write(hybridFile(golden, 1, golden["config"])), "emulator fp32");
    std::vector<float> truth;
    for (const json &row : golden["logits"])
        for (const json &x : row)
            truth.push_back(x.get<float>());
    const auto tokens = golden["tokens"].get<std::vector<int>>();
    const std::vector<float> whole = runTokens(m, tokens, 100);
    // What rounding does to weights of like size, at four deviations; see rounding() in the reference.
    const double allowed = 4 * golden["rounding"].get<double>();
    const double here = distance(everyNth(whole, kFew), truth);
    QVERIFY2(here <= allowed, qPrintable(off(here, allowed)));
    QVERIFY(sameBits(runTokens(m, tokens, 3), whole)); // at once = in chunks
}

void TestGpuGoldens::formatsMatchTheProcessor_data()
{
    QTest::addColumn<QString>("family");
    QTest::addColumn<QString>("format");
    for (const char *family : {"4", "5.2", "7", "hxa079-1"})
        for (const std::string &format : engine::listFormats())
            QTest::addRow("%s %s", family, format.c_str()) << family << QString::fromStdString(format);
}

/// Both decode the same weights and compute in float32, in another order.
void TestGpuGoldens::formatsMatchTheProcessor()
{
    QFETCH(QString, family);
    QFETCH(QString, format);
    const int layers = 2, width = 64, head = 32, hidden = 128, positions = 10;
    double terms = layers * (6.0 * width + hidden + positions * head) + width;
    std::string bytes;
    if (family == QLatin1String("7")) {
        bytes = safetensors(TinyRwkv7(4, {layers, width, head, hidden}).tensors);
    } else if (family.contains(QLatin1Char('-'))) {
        const json golden = hybridGolden(family);
        bytes = hybridFile(golden, 1, golden["config"]);
        terms *= 4; // more and wider layers
    } else {
        bytes = safetensors(TinyRwkv456(4, {family.toStdString(), layers, width, head, hidden}).tensors);
    }
    const std::string path = write(bytes);
    engine::LoadedModel card = load(path, "emulator " + format.toStdString()),
                        processor = load(path, "cpu " + format.toStdString());
    const std::vector<int> tokens = tinyTokens(4, positions);
    const std::vector<float> got = runTokens(card, tokens, 4), want = runTokens(processor, tokens, 10);
    const double allowed = 2 * walkTolerance(terms, largest(want)); // both sides round
    QVERIFY2(distance(got, want) <= allowed, qPrintable(off(distance(got, want), allowed)));
}

void TestGpuGoldens::splitModelsAreTheSame_data()
{
    QTest::addColumn<QString>("family");
    QTest::addColumn<QByteArray>("strategy");
    QTest::addColumn<QByteArray>(
        "one"); // gives the same bits by itself; else within tolerance of the processor
    for (const char *family : {"4", "6", "hxa079-1", "cxa076r-1"}) {
        const auto row = [&](const char *strategy, const char *one) {
            QTest::addRow("%s, %s", family, strategy) << family << QByteArray(strategy) << QByteArray(one);
        };
        row("emulator:0 fp32 *1 -> emulator:1 fp32", "emulator fp32");
        row("emulator:2 fp32 *1+", "emulator fp32");
        row("emulator:0 fp32 *1 -> cpu fp32", "");
        row("cpu fp32 *1 -> emulator:3 fp32", "");
    }
}

void TestGpuGoldens::splitModelsAreTheSame()
{
    QFETCH(QString, family);
    QFETCH(QByteArray, strategy);
    QFETCH(QByteArray, one);
    const TinyOldShape shape{family.toStdString(), 2, 64, 32, 128};
    double terms = shape.layers * (6.0 * shape.width + shape.hidden + 9 * shape.head) + shape.width;
    std::string bytes;
    if (family.contains(QLatin1Char('-'))) {
        const json golden = hybridGolden(family);
        bytes = hybridFile(golden, 1, golden["config"]);
        terms *= 4;
    } else {
        bytes = safetensors(TinyRwkv456(9, shape).tensors);
    }
    const std::string path = write(bytes);
    engine::LoadedModel split = load(path, strategy.toStdString());
    engine::LoadedModel whole = load(path, one.isEmpty() ? "cpu fp32" : one.toStdString());
    const std::vector<int> tokens = tinyTokens(9, 9);
    const std::vector<float> got = runTokens(split, tokens, 4), want = runTokens(whole, tokens, 9);
    if (!one.isEmpty()) {
        QVERIFY(sameBits(got, want));
        return;
    }
    const double allowed = 2 * walkTolerance(terms, largest(want));
    QVERIFY2(distance(got, want) <= allowed, qPrintable(off(distance(got, want), allowed)));
}

QTEST_APPLESS_MAIN(TestGpuGoldens)
#include "tst_gpu_goldens.moc"
