#include "support/kernel_device.h"

#include <QTest>

using namespace kernels;
using namespace test;

namespace
{

struct Case {
    int tokens, heads, size;
    bool firstLayer;
    std::vector<float> w, k, v, a, kK, kA, vMix, vFirst;

    Case(int n, int H, int N, bool first)
        : tokens(n)
        , heads(H)
        , size(N)
        , firstLayer(first)
    {
        Random random(6);
        const auto count = static_cast<std::size_t>(n * H * N), channels = static_cast<std::size_t>(H * N);
        w = random.normals(count, 4);
        k = random.normals(count);
        v = random.normals(count);
        a = random.normals(count, 0.3, 0.5);
        kK = random.normals(channels, 0.2, 0.8);
        kA = random.normals(channels, 0.2, 1);
        vMix = random.normals(count, 0.3, 0.5);
        vFirst = random.normals(count);
    }

    struct Result {
        std::vector<float> w, k, v, a, negKappa, vFirst;
    };
    Result run(Device &device) const
    {
        const Floats dw(device, w), dk(device, k), dv(device, v), da(device, a), dkK(device, kK),
            dkA(device, kA);
        const Floats dMix(device, vMix), dFirst(device, vFirst),
            negKappa(device, std::vector<float>(w.size(), NAN));
        Prepare7 op;
        op.w = dw.view(tokens, heads, size);
        op.k = dk.view(tokens, heads, size);
        op.v = dv.view(tokens, heads, size);
        op.a = da.view(tokens, heads, size);
        op.negKappa = negKappa.view(tokens, heads, size);
        op.kK = dkK.view(heads * size);
        op.kA = dkA.view(heads * size);
        if (!firstLayer) op.vMix = dMix.view(tokens, heads, size);
        op.vFirst = dFirst.view(tokens, heads, size);
        op.firstLayer = firstLayer;
        op.tokens = tokens;
        op.heads = heads;
        op.headSize = size;
        device.prepare7(op);
        return {dw.host(), dk.host(), dv.host(), da.host(), negKappa.host(), dFirst.host()};
    }
};

} // namespace

class TestPrepare7 : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void matchesTheEquation_data() { addCodePaths(); }
    void matchesTheEquation();
    void decayIsAccurateEverywhere_data() { addCodePaths(); }
    void decayIsAccurateEverywhere();
    void aZeroKeyGivesNoNaN_data() { addCodePaths(); }
    void aZeroKeyGivesNoNaN();
    void aTokenIsTheSameInAnyCompany_data() { addCodePaths(); }
    void aTokenIsTheSameInAnyCompany();
};

static double decayOf(double w) { return std::exp(-std::exp(-0.5) / (1 + std::exp(-w))); }

void TestPrepare7::matchesTheEquation()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    for (const bool firstLayer : {true, false})
        for (const int N : {1, 20, 64})
            for (const int n : {0, 1, 45}) {
                const Case c(n, 3, N, firstLayer);
                const Case::Result got = c.run(*device);
                std::vector<Bounded> w, k, v, a, negKappa, vFirst;
                for (std::size_t i = 0; i < c.w.size(); ++i) {
                    const std::size_t head = i / static_cast<std::size_t>(N) * static_cast<std::size_t>(N);
                    const std::size_t channel = i % static_cast<std::size_t>(3 * N);
                    const auto at = [](const std::vector<float> &x, std::size_t j) {
                        return static_cast<double>(x[j]);
                    };
                    double squares = 0;
                    for (std::size_t j = 0; j < static_cast<std::size_t>(N); ++j)
                        squares += std::pow(
                            at(c.k, head + j) * at(c.kK, head % static_cast<std::size_t>(3 * N) + j), 2);
                    const double kk = at(c.k, i) * at(c.kK, channel) / std::max(std::sqrt(squares), 1e-12);
                    const double relative = (N + 6) * kEps;
                    const double gain = 1 + (at(c.a, i) - 1) * at(c.kA, channel);
                    const double gainError = 3 * kEps * (1 + std::abs((at(c.a, i) - 1) * at(c.kA, channel)));
                    w.push_back({decayOf(at(c.w, i)), 8 * kEps});
                    k.push_back(
                        {at(c.k, i) * gain, std::abs(at(c.k, i)) * (gainError + 2 * kEps * std::abs(gain))});
                    negKappa.push_back({-kk, relative * std::abs(kk)});
                    a.push_back({kk * at(c.a, i), 2 * relative * std::abs(kk * at(c.a, i))});
                    const double difference = at(c.vFirst, i) - at(c.v, i);
                    const double mixed = at(c.v, i) + difference * at(c.vMix, i);
                    v.push_back({firstLayer ? at(c.v, i) : mixed,
                                 firstLayer
                                     ? 0
                                     : 3 * kEps * (std::abs(mixed) + std::abs(difference * at(c.vMix, i)))});
                    vFirst.push_back({firstLayer ? at(c.v, i) : at(c.vFirst, i), 0});
                }
                const QString difference = firstDifference(got.w, w) + firstDifference(got.k, k) +
                                           firstDifference(got.negKappa, negKappa) +
                                           firstDifference(got.a, a) + firstDifference(got.v, v) +
                                           firstDifference(got.vFirst, vFirst);
                QVERIFY2(difference.isEmpty(), qPrintable(difference));
            }
}

void TestPrepare7::decayIsAccurateEverywhere()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    Case c(50, 1, 64, true);
    for (std::size_t i = 0; i < c.w.size(); ++i)
        c.w[i] = static_cast<float>((static_cast<double>(i) - 1600) / 12); // -133 .. 133
    c.w.front() = -INFINITY;
    c.w.back() = INFINITY;
    const std::vector<float> got = c.run(*device).w;
    for (std::size_t i = 0; i < got.size(); ++i) {
        const double want = decayOf(static_cast<double>(c.w[i]));
        QVERIFY2(std::abs(static_cast<double>(got[i]) - want) <= 6 * kEps,
                 qPrintable(QString::number(c.w[i])));
    }
}

void TestPrepare7::aZeroKeyGivesNoNaN()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    Case c(1, 2, 16, true);
    std::fill(c.k.begin(), c.k.end(), 0.0F);
    const Case::Result got = c.run(*device);
    for (std::size_t i = 0; i < c.k.size(); ++i) {
        QCOMPARE(got.negKappa[i], 0.0F);
        QCOMPARE(got.a[i], 0.0F);
    }
}

void TestPrepare7::aTokenIsTheSameInAnyCompany()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    const int n = 60, C = 3 * 20;
    const Case all(n, 3, 20, false);
    const Case::Result together = all.run(*device);
    for (int t = 0; t < n; ++t) {
        Case one = all;
        one.tokens = 1;
        for (auto *field : {&one.w, &one.k, &one.v, &one.a, &one.vMix, &one.vFirst})
            *field = std::vector<float>(field->begin() + t * C, field->begin() + (t + 1) * C);
        const Case::Result got = one.run(*device);
        const auto same = [&](const std::vector<float> &part, const std::vector<float> &whole) {
            return sameBits(part, {whole.begin() + t * C, whole.begin() + (t + 1) * C});
        };
        QVERIFY(same(got.w, together.w) && same(got.k, together.k) && same(got.v, together.v) &&
                same(got.a, together.a) && same(got.negKappa, together.negKappa));
    }
}

QTEST_APPLESS_MAIN(TestPrepare7)
#include "tst_prepare7.moc"
