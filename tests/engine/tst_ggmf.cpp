#include "support/gguf_writer.h"
#include "support/shared_data.h"
#include "support/tensor_compare.h"
#include "support/thrown_error.h"

#include <QtTest>

#include <cmath>

using namespace engine;
using namespace support;

using Shape = std::vector<std::int64_t>;
using Floats = std::vector<float>;

class TestGgmf : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void turnsFactorsAndSplitsMixes();
    void undoesTheDecayOfFour();
    void undoesTheDecayOfFive();
    void keepsDecaysFinite();
    void decodesTransposedBlocks();
    void isTheOriginalModel_data();
    void isTheOriginalModel();
    void readsQuantisedModels();
};

void TestGgmf::turnsFactorsAndSplitsMixes()
{
    const std::string file =
        ggmf(ggmfTensor("emb.weight", {2, 2}, 0, floats({1, 2, 3, 4})) +
             ggmfTensor("blocks.0.att.r_k", {2, 1}, 0, floats({1, 2})) +
             ggmfTensor("blocks.0.att.w1", {3, 2}, 0, floats({0, 1, 2, 3, 4, 5})) +
             ggmfTensor("blocks.0.att.x_rwkvag", {1, 1, 6}, 0, floats({1, 2, 3, 4, 5, 6})) +
             ggmfTensor("blocks.0.ffn.x_k", {2, 1, 1}, 0, floats({7, 8})));
    const auto opened = openTensors(file);
    QCOMPARE(QByteArray(opened->container()), QByteArray("ggmf"));
    QCOMPARE(opened->find("blocks.0.att.w1")->shape, (Shape{3, 2}));
    QCOMPARE(floatsOfTensor(*opened, "blocks.0.att.w1"), (Floats{0, 3, 1, 4, 2, 5}));
    QCOMPARE(floatsOfTensor(*opened, "blocks.0.att.x_w"), (Floats{2}));
    QCOMPARE(floatsOfTensor(*opened, "blocks.0.att.x_g"), (Floats{6}));
    QCOMPARE(opened->find("blocks.0.ffn.x_k")->shape, (Shape{1, 1, 2}));
    QCOMPARE(opened->find("blocks.0.att.r_k")->shape, (Shape{1, 2}));
}

void TestGgmf::undoesTheDecayOfFour()
{
    const float raw[] = {-3.5F, 0.25F, 2};
    const std::string file =
        ggmf(ggmfTensor("blocks.0.att.time_first", {3}, 0, floats({1, 2, 3})) +
             ggmfTensor("blocks.0.att.time_decay", {3}, 0,
                        floats({-std::exp(raw[0]), -std::exp(raw[1]), -std::exp(raw[2])})));
    const auto opened = openTensors(file);
    const Floats decay = floatsOfTensor(*opened, "blocks.0.att.time_decay");
    for (std::size_t i = 0; i < 3;
         ++i) // one rounding of exp, one of log, each half an ulp of a number below 8
        QVERIFY(std::fabs(decay[i] - raw[i]) <= 8 * 0x1p-24F);
    QCOMPARE(floatsOfTensor(*opened, "blocks.0.att.time_first"), (Floats{1, 2, 3}));
}

void TestGgmf::undoesTheDecayOfFive()
{
    const double raw[] = {-5, -1, 1.5};
    Floats stored;
    for (const double x : raw)
        stored.push_back(float(std::exp(-std::exp(x))));
    const std::string file =
        ggmf(ggmfTensor("blocks.0.att.ln_x.weight", {1}, 0, floats({1})) +
             ggmfTensor("blocks.0.att.time_decay", {1, 1, 3}, 0, floats(stored)) +
             ggmfTensor("blocks.0.att.time_first", {1, 1, 1}, 0, floats({std::exp(0.5F)})));
    const auto opened = openTensors(file);
    QCOMPARE(opened->find("blocks.0.att.time_decay")->shape, (Shape{3}));
    const Floats decay = floatsOfTensor(*opened, "blocks.0.att.time_decay");
    for (std::size_t i = 0; i < 3; ++i) { // what counts is the decay that comes out again
        const double again = std::exp(-std::exp(double(decay[i])));
        QVERIFY(std::fabs(again - double(stored[i])) <= 2 * 0x1p-24);
    }
    QVERIFY(std::fabs(floatsOfTensor(*opened, "blocks.0.att.time_first")[0] - 0.5F) <= 0x1p-23F);
}

void TestGgmf::keepsDecaysFinite()
{
    const std::string file = ggmf(ggmfTensor("blocks.0.att.ln_x.weight", {1}, 0, floats({1})) +
                                  ggmfTensor("blocks.0.att.time_decay", {1, 1, 2}, 0, floats({0, 1})));
    const auto opened = openTensors(file);
    const Floats decay = floatsOfTensor(*opened, "blocks.0.att.time_decay");
    QCOMPARE(float(std::exp(-std::exp(double(decay[0])))), 0.0F);
    QCOMPARE(float(std::exp(-std::exp(double(decay[1])))), 1.0F);
    QVERIFY(std::isfinite(decay[0]) && std::isfinite(decay[1]));
}

void TestGgmf::decodesTransposedBlocks()
{
    std::string rows; // Q8_0, two rows of 32, with the scales 1 and 2
    for (int row = 0; row < 2; ++row) {
        rows += little(row == 0 ? 0x3c00 : 0x4000, 2);
        for (int i = 0; i < 32; ++i)
            rows += char(i);
    }
    const std::string file = ggmf(ggmfTensor("blocks.0.att.time_maa_w1", {32, 2}, 9, rows));
    const auto opened = openTensors(file);
    const TensorEntry *entry = opened->find("blocks.0.att.time_maa_w1");
    QVERIFY(entry && entry->type == StoredType::F32);
    QCOMPARE(entry->shape, (Shape{32, 2}));
    const Floats values = floatsOfTensor(*opened, *entry);
    QCOMPARE(values[2], 1.0F);
    QCOMPARE(values[3], 2.0F);
    QCOMPARE(values[63], 62.0F);
}

void TestGgmf::isTheOriginalModel_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<double>("tolerance");
    // exp and log of the decay: two roundings and the loss of digits near 1 (decays up to 1 - 2^-8).
    QTest::newRow("4v0") << "tiny/tiny-rwkv-4v0-660K-FP32" << 4 * 0x1p-24;
    QTest::newRow("5v2") << "tiny/tiny-rwkv-5v2-730K-FP32" << 0x1p-24 * 0x1p10;
    QTest::newRow("7v0") << "tiny/tiny-rwkv-7v0-834K-FP32" << 0.0;
}

void TestGgmf::isTheOriginalModel()
{
    QFETCH(QString, name);
    QFETCH(double, tolerance);
    const QString original = sharedData(name + QStringLiteral(".pth"));
    const QString converted = sharedData(name + QStringLiteral(".bin"));
    if (original.isEmpty() || converted.isEmpty()) QSKIP("no shared data");
    const QString difference = firstDifference(*TensorFile::open(original.toStdString()),
                                               *TensorFile::open(converted.toStdString()), tolerance);
    QVERIFY2(difference.isEmpty(), qPrintable(difference));
}

void TestGgmf::readsQuantisedModels()
{
    const QString original = sharedData(QStringLiteral("tiny/tiny-rwkv-7v0-834K-FP32.pth"));
    const QString quantised = sharedData(QStringLiteral("tiny/tiny-rwkv-7v0-834K-Q5_0.bin"));
    if (original.isEmpty() || quantised.isEmpty()) QSKIP("no shared data");
    const auto want = TensorFile::open(original.toStdString());
    const auto got = TensorFile::open(quantised.toStdString());
    QVERIFY(got->find("blocks.3.att.key.weight")->type == StoredType::Q5_0);
    for (const TensorEntry &entry : want->tensors()) {
        const Floats a = floatsOfTensor(*want, entry), b = floatsOfTensor(*got, entry.name);
        QCOMPARE(a.size(), b.size());
        for (std::size_t first = 0; first < a.size(); first += 32) {
            const std::size_t end = std::min(first + 32, a.size());
            float largest = 0;
            for (std::size_t i = first; i < end; ++i)
                largest = std::max(largest, std::fabs(a[i]));
            // A step is a sixteenth of the largest number; the other end of the range may be a whole one off.
            for (std::size_t i = first; i < end; ++i)
                QVERIFY2(std::fabs(a[i] - b[i]) <= largest / 16 * 1.01F, entry.name.c_str());
        }
    }
}

QTEST_APPLESS_MAIN(TestGgmf)
#include "tst_ggmf.moc"
