// RWKV-7 on graphics cards: the goldens and promises of tst_family_rwkv7, over the emulator and real cards.
#include "support/family_golden.h"
#include "support/model_run.h"
#include "support/shared_data.h"
#include "support/tiny_rwkv7.h"

#include <QTemporaryDir>
#include <QTest>

using namespace support;

namespace
{

constexpr int kPositions = kGoldenPositions, kVocabulary = TinyShape::kVocabulary;
constexpr std::size_t kMutants = 8, kDeepMutants = 11; ///< in the goldens; the last three are of RWKV-7a

engine::LoadedModel load(const std::string &path, const std::string &strategy)
{
    engine::LoadSpec spec;
    spec.model = path;
    spec.strategy = strategy;
    spec.slots = 40;
    return engine::loadModel(spec, {}, {}, {});
}

bool isHere(const QString &device)
{
    return device == QLatin1String("emulator") || kernels::openDevice(device.toStdString() + ":0") != nullptr;
}

} // namespace

class TestFamilyRwkv7Gpu : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_folder.isValid()); }
    void cleanup() { qunsetenv("ROOKERY_EMULATOR"); }
    void matchesThePublishedLogits_data() { addDevices(); }
    void matchesThePublishedLogits();
    void matchesTheReference_data();
    void matchesTheReference();
    void readsTheSameInChunksAndCompany_data();
    void readsTheSameInChunksAndCompany();
    void splitsLikeOneDevice_data();
    void splitsLikeOneDevice();
    void goesOnFromASavedState_data() { addDevices(); }
    void goesOnFromASavedState();

private:
    static void addDevices();
    std::string makeModel(const TinyShape &shape, int seed);

    QTemporaryDir m_folder;
};

void TestFamilyRwkv7Gpu::addDevices()
{
    QTest::addColumn<QString>("device");
    for (const char *device : {"emulator", "cuda", "hip"})
        QTest::newRow(device) << device;
}

std::string TestFamilyRwkv7Gpu::makeModel(const TinyShape &shape, int seed)
{
    const std::string path = m_folder.filePath("model.safetensors").toStdString();
    writeBytes(path, safetensors(TinyRwkv7(seed, shape).tensors));
    return path;
}

/// rwkv.cpp's tiny model and its expected logits: an implementation by other people.
void TestFamilyRwkv7Gpu::matchesThePublishedLogits()
{
    QFETCH(QString, device);
    if (!isHere(device)) QSKIP("no such card here");
    const QString model = sharedData("tiny/tiny-rwkv-7v0-834K-FP32.pth");
    const QString expected = sharedData("tiny/expected-logits-7v0-834K.bin");
    if (model.isEmpty() || expected.isEmpty()) QSKIP("shared/data/tiny is not here");
    const std::vector<float> want = readFloats(expected);
    engine::LoadedModel m = load(model.toStdString(), device.toStdString() + " fp32");
    const std::vector<float> all = runTokens(m, {34, 105, 110}, 3);
    const std::vector<float> got(all.end() - 256, all.end());
    qInfo("max abs error %.3g", distance(got, want));
    QVERIFY2(distance(got, want) <= 3e-6, qPrintable(QString::number(distance(got, want))));
}

void TestFamilyRwkv7Gpu::matchesTheReference_data()
{
    QTest::addColumn<QString>("device");
    QTest::addColumn<QString>("golden");
    QTest::addColumn<QList<int>>("shape");
    QTest::addColumn<QString>("kernels");
    for (const char *device : {"emulator", "cuda", "hip"}) {
        const auto row = [&](const char *golden, const QList<int> &shape, const char *kernels) {
            QTest::addRow("%s %s", device, golden) << device << golden << shape << kernels;
        };
        row("l2-c64-1", {2, 64, 64, 256}, "kernels=warp32");
        row("l3-c128-1", {3, 128, 64, 512}, "kernels=warp64-shuffled");
        row("l2-c96-n32-1", {2, 96, 32, 384}, "kernels=warp32-reversed");
        row("l2-c64-deep-1", {2, 64, 32, 256, 12}, "kernels=warp64");
    }
}

/// In every 16-bit format only weights are rounded: the float32 tolerance holds for all.
void TestFamilyRwkv7Gpu::matchesTheReference()
{
    QFETCH(QString, device);
    QFETCH(QString, golden);
    QFETCH(QList<int>, shape);
    QFETCH(QString, kernels);
    if (!isHere(device)) QSKIP("no such card here");
    qputenv("ROOKERY_EMULATOR", kernels.toUtf8());
    const TinyShape tiny{shape[0], shape[1], shape[2], shape[3], shape.value(4)};
    const std::size_t mutants = tiny.deepRank > 0 ? kDeepMutants : kMutants;
    const Golden want = readGolden("rwkv7/" + golden, mutants);
    QVERIFY(!want.truth.empty());
    const double terms = tiny.layers * (5.0 * tiny.width + tiny.hidden + kPositions * tiny.head) + tiny.width;
    const double allowed = walkTolerance(terms, largest(want.truth));
    const std::string path = makeModel(tiny, 1);
    const std::pair<const char *, const std::vector<float>> formats[] = {
        {" fp32", everyNth(want.truth, kMany / kFew)},
        {" bf16", want.sparse[mutants]},
        {" fp16", want.sparse[mutants + 1]}};
    for (const auto &[format, truth] : formats) {
        engine::LoadedModel m = load(path, device.toStdString() + format);
        const std::vector<float> got = everyNth(runTokens(m, tinyTokens(1), kPositions), kMany);
        const double error = distance(got, truth);
        QVERIFY2(error <= allowed, qPrintable(QString("%1: %2 > %3").arg(format).arg(error).arg(allowed)));
        for (std::size_t i = 0; i < mutants; ++i) // the comparison has teeth
            QVERIFY(distance(got, want.sparse[i]) > 10 * allowed);
    }
}

void TestFamilyRwkv7Gpu::readsTheSameInChunksAndCompany_data()
{
    QTest::addColumn<QString>("device");
    QTest::addColumn<QString>("format");
    for (const char *device : {"emulator", "cuda", "hip"})
        for (const char *format : {"fp32", "nf4", "fp16", "bf16", "int8"}) {
            // Formats are the same to rows and chunks: two are enough where everything takes long.
            if (device[0] == 'e' && std::strcmp(format, "fp32") != 0 && std::strcmp(format, "nf4") != 0)
                continue;
            QTest::addRow("%s %s", device, format) << device << format;
        }
}

/// At once = in chunks = one by one, and alone = among others: bit for bit.
void TestFamilyRwkv7Gpu::readsTheSameInChunksAndCompany()
{
    QFETCH(QString, device);
    QFETCH(QString, format);
    if (!isHere(device)) QSKIP("no such card here");
    engine::LoadedModel m = load(makeModel({2, 64, 32, 128}, 3), (device + ' ' + format).toStdString());
    const bool isSlow = device == QLatin1String("emulator");
    const std::vector<int> tokens = tinyTokens(3, isSlow ? 11 : 17);
    const std::vector<float> whole = runTokens(m, tokens, int(tokens.size()));
    for (const int chunk : {1, 3, 7})
        QVERIFY2(sameBits(runTokens(m, tokens, chunk), whole),
                 qPrintable(QString("chunks of %1").arg(chunk)));

    const int company = isSlow ? 5 : 10, oursAt = company / 2 + 1;
    std::vector<engine::StatePool::Slot> slots;
    for (int i = 0; i <= company; ++i)
        slots.push_back(m.states->acquire().value());
    std::vector<float> inCompany;
    for (std::size_t t = 0; t < tokens.size(); ++t) {
        std::vector<Rows> rows; // the others read other tokens, some of them several at once
        std::size_t before = 0;
        for (int i = 0; i <= company; ++i) {
            const std::size_t count = i == oursAt ? 1 : 1 + (t + std::size_t(i)) % 3;
            if (i < oursAt) before += count;
            std::vector<int> ids(count, (int(t) * 7 + i * 5) % kVocabulary);
            if (i == oursAt) ids[0] = tokens[t];
            rows.push_back({slots[std::size_t(i)], ids});
        }
        const std::vector<float> ours = runStep(m, rows, {static_cast<std::int32_t>(before)});
        inCompany.insert(inCompany.end(), ours.begin(), ours.end());
    }
    QVERIFY(sameBits(inCompany, whole));
}

void TestFamilyRwkv7Gpu::splitsLikeOneDevice_data()
{
    QTest::addColumn<QByteArray>("strategy");
    QTest::addColumn<QByteArray>("one"); // device that gives the same bits by itself; empty: within tolerance
    QTest::newRow("two cards") << QByteArray("emulator:0 fp32 *2 -> emulator:1 fp32")
                               << QByteArray("emulator fp32");
    QTest::newRow("there and back") << QByteArray("emulator fp16 *1 -> emulator:1 fp16 *1 -> emulator:0 fp16")
                                    << QByteArray("emulator fp16");
    QTest::newRow("streamed") << QByteArray("emulator fp32 *1+") << QByteArray("emulator fp32");
    QTest::newRow("card and processor") << QByteArray("emulator:0 fp32 *2 -> cpu fp32") << QByteArray();
    QTest::newRow("processor and card") << QByteArray("cpu fp32 *1 -> emulator fp32") << QByteArray();
}

void TestFamilyRwkv7Gpu::splitsLikeOneDevice()
{
    QFETCH(QByteArray, strategy);
    QFETCH(QByteArray, one);
    const TinyShape shape{3, 64, 32, 128};
    const std::string path = makeModel(shape, 9);
    engine::LoadedModel split = load(path, strategy.toStdString());
    engine::LoadedModel whole = load(path, one.isEmpty() ? "cpu fp32" : one.toStdString());
    const std::vector<int> tokens = tinyTokens(9, 11);
    const std::vector<float> want = runTokens(whole, tokens, 11), got = runTokens(split, tokens, 4);
    if (!one.isEmpty()) {
        QVERIFY(sameBits(got, want));
        return;
    }
    const double terms =
        shape.layers * (5.0 * shape.width + shape.hidden + double(tokens.size()) * shape.head) + shape.width;
    QVERIFY2(distance(got, want) <= 2 * walkTolerance(terms, largest(want)), // both sides round
             qPrintable(QString::number(distance(got, want))));
}

void TestFamilyRwkv7Gpu::goesOnFromASavedState()
{
    QFETCH(QString, device);
    if (!isHere(device)) QSKIP("no such card here");
    engine::LoadedModel m = load(makeModel({2, 64, 32, 128}, 5), device.toStdString() + " bf16");
    const std::vector<int> tokens = tinyTokens(5, 14);
    const std::vector<float> whole = runTokens(m, tokens, 1);
    const auto first = m.states->acquire().value(), second = m.states->acquire().value();
    runStep(m, {{first, {tokens.begin(), tokens.begin() + 10}}});
    m.states->load(second, m.states->save(first));
    const std::vector<float> rest = runStep(m, {{second, {tokens.begin() + 10, tokens.end()}}});
    QVERIFY(sameBits(rest, {whole.begin() + 10 * kVocabulary, whole.end()}));
}

QTEST_APPLESS_MAIN(TestFamilyRwkv7Gpu)
#include "tst_family_rwkv7_gpu.moc"
