#include "support/kernel_device.h"

#include <QTest>

using namespace kernels;
using namespace test;

namespace
{

constexpr int kHeads = 3;
constexpr float kEpsilon = 64e-5F;

struct Case {
    int tokens, size;
    bool hasGate, hasBonus;
    int moreRoundings = 0; ///< of y
    std::vector<float> y, gain, bias, r, k, v, rK, g;

    Case(int n, int N, bool gate, bool bonus = true)
        : tokens(n)
        , size(N)
        , hasGate(gate)
        , hasBonus(bonus)
    {
        Random random(7);
        const auto count = static_cast<std::size_t>(n * kHeads * N),
                   channels = static_cast<std::size_t>(kHeads * N);
        y = random.normals(count, 0.1, 0.02);
        gain = random.normals(channels);
        bias = random.normals(channels);
        r = random.normals(count);
        k = random.normals(count);
        v = random.normals(count);
        rK = random.normals(channels, 0.3);
        g = random.normals(count);
    }

    /// `offset` is that of slot 1 of 2; the tokens are those of two sequences, the first in slot 1.
    std::vector<float> run(Device &device, const std::vector<float> &offset = {}) const
    {
        const Floats dy(device, y), dGain(device, gain), dBias(device, bias), dr(device, r), dk(device, k),
            dv(device, v);
        const Floats drK(device, rK), dg(device, g);
        Readout op;
        op.y = dy.view(tokens, kHeads, size);
        op.gain = dGain.view(kHeads * size);
        op.bias = dBias.view(kHeads * size);
        op.epsilon = kEpsilon;
        if (hasBonus) {
            op.r = dr.view(tokens, kHeads, size);
            op.k = dk.view(tokens, kHeads, size);
            op.v = dv.view(tokens, kHeads, size);
            op.rK = drK.view(kHeads, size);
        }
        if (hasGate) op.g = dg.view(tokens, kHeads * size);
        op.tokens = tokens;
        op.heads = kHeads;
        op.headSize = size;
        std::vector<float> slots(offset.size(), 0.0F);
        slots.insert(slots.end(), offset.begin(), offset.end());
        const Floats dOffset(device, slots);
        const Ints start(device, {0, tokens / 2, tokens}), slot(device, {1, 0});
        if (!offset.empty()) {
            op.offset = {dOffset.data(), offset.size()};
            op.batch.tokens = tokens;
            op.batch.seqs = 2;
            op.batch.start = start.data();
            op.batch.slot = slot.data();
        }
        device.readout(op);
        return dy.host();
    }

    std::vector<Bounded> wanted() const
    {
        std::vector<Bounded> want;
        for (std::size_t head = 0; head < y.size(); head += static_cast<std::size_t>(size)) {
            const std::size_t channel = head % static_cast<std::size_t>(kHeads * size);
            double mean = 0, variance = 0, magnitude = 0, bonus = 0, bonusSize = 0;
            const auto at = [](const std::vector<float> &x, std::size_t i) {
                return static_cast<double>(x[i]);
            };
            for (std::size_t i = 0; i < static_cast<std::size_t>(size); ++i) {
                mean += at(y, head + i) / size;
                magnitude += std::abs(at(y, head + i)) / size;
                const double term = at(r, head + i) * at(k, head + i) * at(rK, channel + i);
                bonus += term;
                bonusSize += std::abs(term);
            }
            if (!hasBonus) bonus = bonusSize = 0;
            for (std::size_t i = 0; i < static_cast<std::size_t>(size); ++i)
                variance += std::pow(at(y, head + i) - mean, 2) / size;
            const double scale = 1 / std::sqrt(variance + static_cast<double>(kEpsilon));
            for (std::size_t i = 0; i < static_cast<std::size_t>(size); ++i) {
                const double normal = (at(y, head + i) - mean) * scale;
                const double normed = normal * at(gain, channel + i) + at(bias, channel + i);
                const double sum = normed + bonus * at(v, head + i);
                const double error =
                    (size + 4 + moreRoundings) * kEps *
                        ((magnitude * scale + std::abs(normal)) * std::abs(at(gain, channel + i)) +
                         bonusSize * std::abs(at(v, head + i))) +
                    2 * kEps * (std::abs(normed) + std::abs(sum));
                const double gate = hasGate ? at(g, head + i) : 1;
                want.push_back({sum * gate, (error + kEps * std::abs(sum)) * std::abs(gate)});
            }
        }
        return want;
    }
};

} // namespace

class TestReadout : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void matchesTheEquation_data() { addCodePaths(); }
    void matchesTheEquation();
    void takesTheOffsetsOfItsSlot_data() { addCodePaths(); }
    void takesTheOffsetsOfItsSlot();
    void aTokenIsTheSameInAnyCompany_data() { addCodePaths(); }
    void aTokenIsTheSameInAnyCompany();
};

void TestReadout::matchesTheEquation()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    for (const auto &[gate, bonus] : {std::pair{false, true}, {true, true}, {true, false}})
        for (const int N : {1, 20, 64})
            for (const int n : {0, 1, 50}) {
                const Case c(n, N, gate, bonus);
                const QString difference = firstDifference(c.run(*device), c.wanted());
                QVERIFY2(difference.isEmpty(), qPrintable(QStringLiteral("N=%1 ").arg(N) + difference));
            }
}

void TestReadout::takesTheOffsetsOfItsSlot()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    const int n = 50, N = 20, C = kHeads * N;
    const Case given(n, N, true);
    const std::vector<float> offset = Random(3).normals(C);
    Case want = given;
    want.moreRoundings = 3; // of the product, of the sum and of `want` itself
    for (int i = 0; i < n / 2 * C; ++i)
        want.y[std::size_t(i)] =
            float(double(given.y[std::size_t(i)]) * (1 + double(offset[std::size_t(i % C)])));
    const QString difference = firstDifference(given.run(*device, offset), want.wanted());
    QVERIFY2(difference.isEmpty(), qPrintable(difference));
    const std::vector<float> zeros(std::size_t(C), 0.0F);
    QVERIFY(sameBits(given.run(*device, zeros), given.run(*device)));
}

void TestReadout::aTokenIsTheSameInAnyCompany()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    const int n = 70, C = kHeads * 20;
    const Case all(n, 20, true);
    const std::vector<float> together = all.run(*device);
    for (int t = 0; t < n; ++t) {
        Case one = all;
        one.tokens = 1;
        for (auto *field : {&one.y, &one.r, &one.k, &one.v, &one.g})
            *field = std::vector<float>(field->begin() + t * C, field->begin() + (t + 1) * C);
        QVERIFY(sameBits(one.run(*device), {together.begin() + t * C, together.begin() + (t + 1) * C}));
    }
}

QTEST_APPLESS_MAIN(TestReadout)
#include "tst_readout.moc"
