#include "support/kernel_device.h"

#include <QTest>

using namespace kernels;
using namespace test;

namespace
{

constexpr int kSlots = 40;
constexpr float kEpsilon = 1e-5F;

struct Case {
    int channels, mixes;
    bool weighsCurrent = false;
    std::vector<int> lengths, slots;
    std::vector<float> x, gain, bias, mu, shift; ///< shift: [kSlots][channels + 3], a stride wider than a row

    Case(int C, int mixes_, std::vector<int> lengths_, std::vector<int> slots_, bool weighsCurrent_ = false)
        : channels(C)
        , mixes(mixes_)
        , weighsCurrent(weighsCurrent_)
        , lengths(std::move(lengths_))
        , slots(std::move(slots_))
    {
        Random random(3);
        const auto wide = static_cast<std::size_t>(C);
        x = random.normals(static_cast<std::size_t>(rows()) * wide, 2, 1);
        gain = random.normals(wide);
        bias = random.normals(wide);
        mu = random.normals(6 * wide);
        shift = random.normals(kSlots * (wide + 3));
    }
    int rows() const { return TestBatch::startsOf(lengths).back(); }
    std::size_t stride() const { return static_cast<std::size_t>(channels) + 3; }

    struct Result {
        std::vector<std::vector<float>> out;
        std::vector<float> shift, normed, delta;
    };
    Result run(Device &device) const
    {
        const TestBatch batch(device, lengths, slots);
        const Floats dx(device, x), dGain(device, gain), dBias(device, bias), dMu(device, mu),
            dShift(device, shift);
        std::vector<std::unique_ptr<Floats>> out;
        NormMix op;
        op.x = dx.view(rows(), channels);
        op.gain = dGain.view(channels);
        op.bias = dBias.view(channels);
        op.epsilon = kEpsilon;
        op.mixes = mixes;
        op.weighsCurrent = weighsCurrent;
        const Floats normedOut(device, std::vector<float>(x.size(), NAN)),
            deltaOut(device, std::vector<float>(x.size(), NAN));
        op.normed = normedOut.view(rows(), channels);
        op.delta = deltaOut.view(rows(), channels);
        for (int c = 0; c < mixes; ++c) {
            out.push_back(std::make_unique<Floats>(device, std::vector<float>(x.size(), NAN)));
            op.mu[c] = view(dMu.data() + c * channels, DType::F32, channels);
            op.out[c] = out.back()->view(rows(), channels);
        }
        op.shift = {dShift.data(), stride()};
        op.batch = batch.batch();
        device.normMix(op);
        Result result;
        for (const auto &array : out)
            result.out.push_back(array->host());
        result.shift = dShift.host();
        result.normed = normedOut.host();
        result.delta = deltaOut.host();
        return result;
    }
};

/// LayerNorm of a row in double precision and how far fp32 may be off.
std::vector<Bounded> normed(const float *row, const Case &c)
{
    const int C = c.channels;
    double mean = 0, variance = 0, magnitude = 0;
    for (int i = 0; i < C; ++i) {
        mean += static_cast<double>(row[i]) / C;
        magnitude += std::abs(static_cast<double>(row[i])) / C;
    }
    for (int i = 0; i < C; ++i)
        variance += std::pow(static_cast<double>(row[i]) - mean, 2) / C;
    const double scale = 1 / std::sqrt(variance + static_cast<double>(kEpsilon));
    std::vector<Bounded> y;
    for (int i = 0; i < C; ++i) {
        const auto at = static_cast<std::size_t>(i);
        const double normal = (static_cast<double>(row[i]) - mean) * scale,
                     g = static_cast<double>(c.gain[at]);
        const double value = normal * g + static_cast<double>(c.bias[at]);
        const double error = (C + 4) * kEps * (magnitude * scale + std::abs(normal)) * std::abs(g);
        y.push_back({value, error + 2 * kEps * std::abs(value)});
    }
    return y;
}

} // namespace

class TestNormMix : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void matchesTheEquation_data() { addCodePaths(); }
    void matchesTheEquation();
    void chunksAndCompanyChangeNothing_data() { addCodePaths(); }
    void chunksAndCompanyChangeNothing();
    void normalisesListedRows_data() { addCodePaths(); }
    void normalisesListedRows();
    void acceptsAnEmptyBatch_data() { addCodePaths(); }
    void acceptsAnEmptyBatch();
};

void TestNormMix::matchesTheEquation()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    std::vector<std::vector<int>> batches = {{1}, {5}, {1, 1, 1}, {3, 1, 8, 2}};
    if (!isEmulator(path)) batches.push_back({300});
    for (const std::vector<int> &lengths : batches)
        for (const int C : {1, 17, 64, 100})
            for (const auto &[mixes, current] : {std::pair{1, false}, {6, false}, {4, true}}) {
                std::vector<int> slots{7, 0, 31, 12};
                slots.resize(lengths.size());
                const Case c(C, mixes, lengths, slots, current);
                const Case::Result got = c.run(*device);
                std::vector<std::vector<Bounded>> want(static_cast<std::size_t>(mixes));
                std::vector<Bounded> wantNormed, wantDelta;
                std::vector<Bounded> wantShift;
                for (const float value : c.shift)
                    wantShift.push_back({static_cast<double>(value), 0}); // all other slots stay as they were
                const auto starts = TestBatch::startsOf(lengths);
                for (std::size_t s = 0; s < lengths.size(); ++s) {
                    Bounded *slot = wantShift.data() + static_cast<std::size_t>(slots[s]) * c.stride();
                    std::vector<Bounded> before(slot, slot + C);
                    for (int row = starts[s]; row < starts[s + 1]; ++row) {
                        const std::vector<Bounded> y = normed(c.x.data() + row * C, c);
                        for (int m = 0; m < mixes; ++m)
                            for (int i = 0; i < C; ++i) {
                                const auto at = static_cast<std::size_t>(i);
                                const auto mu =
                                    static_cast<double>(c.mu[static_cast<std::size_t>(m * C + i)]);
                                const double value = current ? mu * y[at].value + (1 - mu) * before[at].value
                                                             : mu * before[at].value + (1 - mu) * y[at].value;
                                const double error =
                                    (y[at].tolerance + before[at].tolerance) * (1 + std::abs(mu)) +
                                    2 * kEps *
                                        (std::abs(mu) * std::abs(before[at].value - y[at].value) +
                                         std::abs(value));
                                want[static_cast<std::size_t>(m)].push_back({value, error});
                            }
                        for (std::size_t i = 0; i < y.size(); ++i) {
                            const double delta = before[i].value - y[i].value;
                            wantNormed.push_back(y[i]);
                            wantDelta.push_back(
                                {delta, before[i].tolerance + y[i].tolerance + kEps * std::abs(delta)});
                        }
                        before = y;
                    }
                    std::copy(before.begin(), before.end(), slot);
                }
                for (std::size_t m = 0; m < want.size(); ++m) {
                    const QString difference = firstDifference(got.out[m], want[m]);
                    QVERIFY2(difference.isEmpty(), qPrintable(difference));
                }
                const QString difference = firstDifference(got.shift, wantShift);
                QVERIFY2(difference.isEmpty(), qPrintable(QStringLiteral("shift ") + difference));
                const QString others =
                    firstDifference(got.normed, wantNormed) + firstDifference(got.delta, wantDelta);
                QVERIFY2(others.isEmpty(), qPrintable(QStringLiteral("normed, delta ") + others));
            }
}

void TestNormMix::chunksAndCompanyChangeNothing()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    const int C = 83;
    const int before = isEmulator(path) ? 9 : 41, longest = isEmulator(path) ? 20 : 260;
    const Case all(C, 6, {before - 1, 1, longest}, {5, 9, 2});
    const Case::Result together = all.run(*device);
    for (const int chunk : {1, 2, 3, 7, 64}) {
        Case part(C, 6, {1}, {2}); // the long sequence alone, in chunks
        part.gain = all.gain;
        part.bias = all.bias;
        part.mu = all.mu;
        part.shift = all.shift;
        std::vector<std::vector<float>> out(6);
        for (int row = before; row < before + longest; row += chunk) {
            const int count = std::min(chunk, before + longest - row);
            part.lengths = {count};
            part.x.assign(all.x.begin() + row * C, all.x.begin() + (row + count) * C);
            const Case::Result got = part.run(*device);
            part.shift = got.shift;
            for (std::size_t m = 0; m < 6; ++m)
                out[m].insert(out[m].end(), got.out[m].begin(), got.out[m].end());
        }
        for (std::size_t m = 0; m < 6; ++m)
            QVERIFY(sameBits(out[m], {together.out[m].begin() + before * C, together.out[m].end()}));
        const auto slot = static_cast<std::ptrdiff_t>(2 * all.stride());
        QVERIFY(sameBits({part.shift.begin() + slot, part.shift.begin() + slot + C},
                         {together.shift.begin() + slot, together.shift.begin() + slot + C}));
    }
}

void TestNormMix::normalisesListedRows()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    const int C = 37;
    const Case c(C, 0, {4, 3}, {1, 0});
    const TestBatch batch(*device, c.lengths, c.slots);
    const Floats x(*device, c.x), gain(*device, c.gain), bias(*device, c.bias), shift(*device, c.shift);
    for (const std::vector<std::int32_t> &listed :
         {std::vector<std::int32_t>{6, 3}, std::vector<std::int32_t>{}}) {
        const bool all = listed.empty();
        const int count = all ? 7 : 2;
        const Ints rows(*device, listed);
        const Floats out(*device, std::vector<float>(static_cast<std::size_t>(count * C), NAN));
        NormMix op;
        op.x = x.view(7, C);
        op.gain = gain.view(C);
        op.bias = bias.view(C);
        op.epsilon = kEpsilon;
        op.out[0] = out.view(count, C);
        op.rows = all ? nullptr : rows.data();
        op.rowCount = all ? 0 : count;
        op.batch = batch.batch();
        device->normMix(op);
        std::vector<Bounded> want;
        for (int i = 0; i < count; ++i) {
            const int row = all ? i : listed[static_cast<std::size_t>(i)];
            const std::vector<Bounded> y = normed(c.x.data() + row * C, c);
            want.insert(want.end(), y.begin(), y.end());
        }
        const QString difference = firstDifference(out.host(), want);
        QVERIFY2(difference.isEmpty(), qPrintable(difference));
    }
    QVERIFY(sameBits(shift.host(), c.shift));
}

void TestNormMix::acceptsAnEmptyBatch()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    const Case c(16, 2, {}, {});
    QVERIFY(sameBits(c.run(*device).shift, c.shift));
}

QTEST_APPLESS_MAIN(TestNormMix)
#include "tst_norm_mix.moc"
