#include "support/kernel_device.h"

#include <QTest>

using namespace kernels;
using namespace test;

namespace
{

struct Case {
    int channels;
    std::vector<int> lengths, slots;
    std::vector<float> r, k, v, w, u, state; ///< state: [kSlots][3 channels + 5]
    static constexpr int kSlots = 9;

    /// Keys of deviation `spread`; every slot is fresh.
    Case(int C, std::vector<int> lengths_, std::vector<int> slots_, double spread = 3)
        : channels(C)
        , lengths(std::move(lengths_))
        , slots(std::move(slots_))
    {
        Random random(5);
        const auto wide = static_cast<std::size_t>(C);
        r = random.normals(count());
        k = random.normals(count(), spread);
        v = random.normals(count());
        u = random.normals(wide);
        w.resize(wide);
        for (float &decay : w)
            decay = static_cast<float>(-std::exp(8 * random.uniform() - 6));
        state.assign(kSlots * stride(), 0.0F);
    }
    int tokens() const { return TestBatch::startsOf(lengths).back(); }
    std::size_t count() const { return static_cast<std::size_t>(tokens() * channels); }
    std::size_t stride() const { return static_cast<std::size_t>(3 * channels + 5); }

    struct Result {
        std::vector<float> y, state;
    };
    Result run(Device &device, bool inPlace = false) const
    {
        const TestBatch batch(device, lengths, slots);
        const Floats dr(device, r), dw(device, w), dk(device, k), dv(device, v), du(device, u);
        const Floats y(device, std::vector<float>(count(), NAN)), dState(device, state);
        Wkv4 op;
        op.r = dr.view(tokens(), channels);
        op.k = dk.view(tokens(), channels);
        op.v = dv.view(tokens(), channels);
        op.w = dw.view(channels);
        op.u = du.view(channels);
        op.y = inPlace ? op.r : y.view(tokens(), channels);
        op.state = {dState.data(), stride()};
        op.batch = batch.batch();
        device.wkv4(op);
        return {inPlace ? dr.host() : y.host(), dState.host()};
    }
};

/// The weighted average that the recurrence keeps: the weight of token s at t is exp(k_s + (t - 1 - s) w), of
/// t itself exp(u + k_t). From scratch for every token, in long double, whose range needs no safe form.
std::vector<Bounded> wanted(const Case &c)
{
    std::vector<Bounded> y(c.count());
    const auto starts = TestBatch::startsOf(c.lengths);
    for (std::size_t sequence = 0; sequence < c.lengths.size(); ++sequence)
        for (int t = starts[sequence]; t < starts[sequence + 1]; ++t)
            for (int i = 0; i < c.channels; ++i) {
                const auto at = [&](int row) { return static_cast<std::size_t>(row * c.channels + i); };
                const auto channel = static_cast<std::size_t>(i);
                long double sum = 0, weights = 0, error = 0;
                for (int s = starts[sequence]; s <= t; ++s) {
                    const long double logarithm =
                        s == t ? static_cast<long double>(c.u[channel]) + c.k[at(t)]
                               : static_cast<long double>(c.k[at(s)]) +
                                     (t - 1 - s) * static_cast<long double>(c.w[channel]);
                    const long double weight = std::exp(logarithm);
                    // Every step rounds p (a number like k and w) and takes two exponentials.
                    const long double off = (t - s + 1) * static_cast<long double>(kEps) *
                                            (std::abs(c.k[at(s)]) + std::abs(c.u[channel]) +
                                             3 * std::abs(c.w[channel]) + std::abs(logarithm) + 16);
                    sum += weight * static_cast<long double>(c.v[at(s)]);
                    weights += weight;
                    error += off * weight * std::abs(static_cast<long double>(c.v[at(s)]));
                    error += off * weight; // of the denominator, times an average below 1 in most cases
                }
                const long double r = c.r[at(t)], average = sum / weights;
                const long double bound =
                    error / weights * (1 + std::abs(average)) + 8 * kEps * std::abs(average);
                y[at(t)] = {static_cast<double>(r * average), static_cast<double>(std::abs(r) * bound)};
            }
    return y;
}

} // namespace

class TestWkv4 : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void matchesTheWeightedAverage_data() { addCodePaths(); }
    void matchesTheWeightedAverage();
    void standsExtremeKeys_data() { addCodePaths(); }
    void standsExtremeKeys();
    void takesAnyBeginning_data() { addCodePaths(); }
    void takesAnyBeginning();
    void chunksAndCompanyChangeNothing_data() { addCodePaths(); }
    void chunksAndCompanyChangeNothing();
    void acceptsAnEmptyBatch_data() { addCodePaths(); }
    void acceptsAnEmptyBatch();
};

void TestWkv4::matchesTheWeightedAverage()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    for (const int C : {1, 16, 100, 130})
        for (const double spread : {0.5, 5.0, 20.0})
            for (const std::vector<int> &lengths : {std::vector<int>{1}, {2, 1, 5}, {40}}) {
                std::vector<int> slots{4, 0, 8};
                slots.resize(lengths.size());
                const Case c(C, lengths, slots, spread);
                const QString apart = firstDifference(c.run(*device).y, wanted(c));
                QVERIFY2(apart.isEmpty(), qPrintable(apart));
                QVERIFY(sameBits(c.run(*device, true).y, c.run(*device).y));
            }
}

/// exp(k) neither fits into float32 nor is it zero.
void TestWkv4::standsExtremeKeys()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    Case c(64, {30}, {3}, 2);
    for (std::size_t i = 0; i < c.k.size(); ++i)
        c.k[i] += i % 3 == 0 ? 500.0F : i % 3 == 1 ? -500.0F : 0.0F;
    const QString difference = firstDifference(c.run(*device).y, wanted(c));
    QVERIFY2(difference.isEmpty(), qPrintable(difference));
}

/// Zeros, and what other programs write for "nothing yet".
void TestWkv4::takesAnyBeginning()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    const Case fresh(40, {4}, {2}, 100);
    const Case::Result want = fresh.run(*device);
    for (const float p : {-1e30F, -1e38F, 50.0F}) {
        Case other = fresh;
        for (std::size_t i = 0; i < 40; ++i)
            other.state[2 * other.stride() + 80 + i] = p;
        const Case::Result got = other.run(*device);
        QVERIFY(sameBits(got.y, want.y));
        QVERIFY(sameBits(got.state, want.state));
    }
}

void TestWkv4::chunksAndCompanyChangeNothing()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    const Case all(75, {3, 33, 1}, {6, 2, 0});
    const Case::Result together = all.run(*device);
    const std::ptrdiff_t C = all.channels;
    for (const int chunk : {1, 2, 3, 7, 33}) {
        Case part = all; // the middle sequence alone
        part.slots = {2};
        std::vector<float> y;
        for (int row = 3; row < 36; row += chunk) {
            const int count = std::min(chunk, 36 - row);
            part.lengths = {count};
            const auto cut = [&](const std::vector<float> &x) {
                return std::vector<float>(x.begin() + row * C, x.begin() + (row + count) * C);
            };
            part.r = cut(all.r);
            part.k = cut(all.k);
            part.v = cut(all.v);
            const Case::Result got = part.run(*device);
            part.state = got.state;
            y.insert(y.end(), got.y.begin(), got.y.end());
        }
        QVERIFY(sameBits(y, {together.y.begin() + 3 * C, together.y.begin() + 36 * C}));
        const auto slot = static_cast<std::ptrdiff_t>(2 * all.stride()), end = slot + 3 * C + 5;
        QVERIFY(sameBits({part.state.begin() + slot, part.state.begin() + end},
                         {together.state.begin() + slot, together.state.begin() + end}));
    }
}

void TestWkv4::acceptsAnEmptyBatch()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    const Case c(16, {}, {});
    QVERIFY(sameBits(c.run(*device).state, c.state));
}

QTEST_APPLESS_MAIN(TestWkv4)
#include "tst_wkv4.moc"
