#include "support/family_golden.h"
#include "support/model_run.h"
#include "support/shared_data.h"

#include <QTest>

#include <vector>

using namespace support;

namespace
{

struct Published {
    const char *model, *logits, *family;
    float headNormEpsilon; ///< 0: the family's own
    double limit;          ///< of the largest error of a logit
    double plainLimit;     ///< the same where products and sums are rounded one by one
};

// The table beside the models gives the distance between the published logits, which rwkv.cpp computed in
// float32, and a float64 evaluation of the same file. Where our float32 is within it, it is the limit.
// Elsewhere the truth itself lies at the edge of the table, so that no float32 engine can be expected to stay
// inside: the limit is |truth - published|, plus how far float32 evaluations with sums in 16 random orders
// are from the truth at most (NumPy, products rounded one by one; our sums of 512 in order are in the middle
// of them). `plain` has no fused multiply-adds. Both were computed
// from rwkv456_numpy.py and rwkv7_numpy.py.
constexpr double kTable4 = 1.55e-6, kOrders4 = 4.88e-6; // of logits up to 5.8; the table says 1.5e-6
constexpr double kTable7 = 3.70e-7, kOrders7 = 8.2e-7;  // of logits up to 2.6; the table says 3.7e-7
constexpr double kTable52 = 3.1e-6, kPlain52 = 3.06e-6 + 4.75e-6; // of logits up to 6.8
constexpr double kTable6 = 1e-5;
/// Of weights of five bits: the error is the weights', 3.7e-3 in the table with two digits.
constexpr double kTable7Five = 3.75e-3;

/// rwkv.cpp's RWKV-5 models were trained without the divisor, which makes their epsilon 1e-5.
const Published kPublished[] = {
    {"tiny-rwkv-4v0-660K-FP32.pth", "4v0-660K", "rwkv4", 0, kTable4 + kOrders4, kTable4 + kOrders4},
    {"tiny-rwkv-4v0-660K-FP32.bin", "4v0-660K", "rwkv4", 0, kTable4 + kOrders4, kTable4 + kOrders4},
    {"tiny-rwkv-5v2-730K-FP32.pth", "5v2-730K", "rwkv5.2", 1e-5F, kTable52, kPlain52},
    {"tiny-rwkv-5v2-730K-FP32.bin", "5v2-730K", "rwkv5.2", 1e-5F, kTable52, kPlain52},
    {"tiny-rwkv-6v0-3m-Q5_1deq.pth", "6v0-3m-Q5_1deq-f64ref", "rwkv6", 0, kTable6, kTable6},
    {"tiny-rwkv-7v0-834K-FP32.pth", "7v0-834K", "rwkv7", 0, kTable7 + kOrders7, kTable7 + kOrders7},
    {"tiny-rwkv-7v0-834K-FP32.bin", "7v0-834K", "rwkv7", 0, kTable7 + kOrders7, kTable7 + kOrders7},
    {"tiny-rwkv-7v0-834K-f32.gguf", "7v0-834K", "rwkv7", 0, kTable7 + kOrders7, kTable7 + kOrders7},
    {"tiny-rwkv-7v0-834K-Q5_0.bin", "7v0-834K", "rwkv7", 0, kTable7Five, kTable7Five}};

/// Behind the publishers' prompt.
std::vector<float> logitsOf(const QString &path, const Published &p, const std::string &kernels, int chunk)
{
    engine::LoadSpec spec;
    spec.model = path.toStdString();
    spec.strategy = "cpu fp32";
    spec.slots = 4;
    spec.headNormEpsilon = p.headNormEpsilon;
    engine::EngineOptions options;
    options.cpuKernels = kernels;
    engine::LoadedModel m = engine::loadModel(spec, options, {}, {});
    if (m.info.family != p.family) return {};
    const std::vector<float> all = runTokens(m, {34, 105, 110}, chunk);
    return {all.end() - 256, all.end()};
}

} // namespace

/// The tiny models of rwkv.cpp and their expected logits, an implementation by other people, through every
/// reader that can open them.
class TestPublishedLogits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void areReproduced_data();
    void areReproduced();
    void areTheSameThroughEveryReader();
};

void TestPublishedLogits::areReproduced_data()
{
    QTest::addColumn<int>("index");
    QTest::addColumn<QString>("kernels");
    for (int i = 0; i < int(std::size(kPublished)); ++i)
        for (const char *kernels : {"plain", "avx2", "avx512"})
            QTest::addRow("%s %s", kPublished[i].model, kernels) << i << QString(kernels);
}

void TestPublishedLogits::areReproduced()
{
    QFETCH(int, index);
    QFETCH(QString, kernels);
    const Published &p = kPublished[index];
    const QString path = sharedData(QString("tiny/") + p.model);
    const QString expected = sharedData(QString("tiny/expected-logits-%1.bin").arg(p.logits));
    if (path.isEmpty() || expected.isEmpty()) QSKIP("shared/data/tiny is not here");
    if (!kernels::openDevice("cpu", {1, kernels.toStdString()})) QSKIP("this processor lacks them");
    const std::vector<float> want = readFloats(expected);
    QCOMPARE(want.size(), 256U);
    const double error = distance(logitsOf(path, p, kernels.toStdString(), 3), want);
    const double limit = kernels == "plain" ? p.plainLimit : p.limit;
    qInfo("max abs error %.3g of %.3g allowed", error, limit);
    QVERIFY2(error <= limit, qPrintable(QString::number(error)));
}

/// Files of one model hold the same numbers, but for decays that ggmf files keep as exponentials.
void TestPublishedLogits::areTheSameThroughEveryReader()
{
    for (const Published &a : kPublished)
        for (const Published &b : kPublished) {
            if (&a >= &b || a.limit != b.limit || a.limit == kTable7Five) continue;
            const QString first = sharedData(QString("tiny/") + a.model);
            const QString second = sharedData(QString("tiny/") + b.model);
            if (first.isEmpty() || second.isEmpty()) QSKIP("shared/data/tiny is not here");
            const double error = distance(logitsOf(first, a, {}, 3), logitsOf(second, b, {}, 1));
            QVERIFY2(error <= 1e-6, qPrintable(QString("%1, %2: %3").arg(a.model, b.model).arg(error)));
        }
}

QTEST_APPLESS_MAIN(TestPublishedLogits)
#include "tst_published_logits.moc"
