#include "support/kernel_device.h"

#include <QTest>

using namespace kernels;
using namespace test;

namespace
{

struct Case {
    int heads, size;
    std::vector<int> lengths, slots;
    std::vector<float> r, w, k, v, a, b, state; ///< state: [slots + 1][stride]
    static constexpr int kSlots = 9;

    Case(int heads_, int size_, std::vector<int> lengths_, std::vector<int> slots_)
        : heads(heads_)
        , size(size_)
        , lengths(std::move(lengths_))
        , slots(std::move(slots_))
    {
        Random random(5);
        const std::size_t n = count();
        r = random.normals(n);
        w.resize(n);
        for (float &decay : w)
            decay = static_cast<float>(0.545 + 0.455 * random.uniform());
        k = random.normals(n, 0.3);
        v = random.normals(n);
        // As the model makes them: a = -kappa, b = kappa * rate, kappa of length 1 in every head.
        a = random.normals(n);
        b.resize(n);
        for (std::size_t head = 0; head < n; head += static_cast<std::size_t>(size)) {
            double squares = 0;
            for (int i = 0; i < size; ++i)
                squares += std::pow(static_cast<double>(a[head + static_cast<std::size_t>(i)]), 2);
            for (int i = 0; i < size; ++i) {
                float &value = a[head + static_cast<std::size_t>(i)];
                value = static_cast<float>(static_cast<double>(value) / std::sqrt(squares));
                b[head + static_cast<std::size_t>(i)] =
                    static_cast<float>(-static_cast<double>(value) * random.uniform());
            }
        }
        state = random.normals(kSlots * stride());
    }
    int tokens() const { return TestBatch::startsOf(lengths).back(); }
    int channels() const { return heads * size; }
    std::size_t count() const { return static_cast<std::size_t>(tokens() * channels()); }
    std::size_t stride() const { return static_cast<std::size_t>(channels() * size + 5); }

    struct Result {
        std::vector<float> y, state;
    };
    Result run(Device &device, bool inPlace = false) const
    {
        const TestBatch batch(device, lengths, slots);
        const Floats dr(device, r), dw(device, w), dk(device, k), dv(device, v), da(device, a), db(device, b);
        const Floats y(device, std::vector<float>(count(), NAN)), dState(device, state);
        Wkv7 op;
        op.r = dr.view(tokens(), heads, size);
        op.w = dw.view(tokens(), heads, size);
        op.k = dk.view(tokens(), heads, size);
        op.v = dv.view(tokens(), heads, size);
        op.a = da.view(tokens(), heads, size);
        op.b = db.view(tokens(), heads, size);
        op.y = inPlace ? op.r : y.view(tokens(), heads, size);
        op.state = {dState.data(), stride()};
        op.heads = heads;
        op.headSize = size;
        op.batch = batch.batch();
        device.wkv7(op);
        return {inPlace ? dr.host() : y.host(), dState.host()};
    }
};

/// The recurrence in double precision. An error bound is carried through it with the magnitudes of its terms.
struct Oracle {
    std::vector<Bounded> y, state;

    explicit Oracle(const Case &c)
    {
        for (const float value : c.state)
            state.push_back({static_cast<double>(value), 0});
        y.resize(c.count());
        const auto starts = TestBatch::startsOf(c.lengths);
        for (std::size_t s = 0; s < c.lengths.size(); ++s)
            for (int head = 0; head < c.heads; ++head)
                for (int t = starts[s]; t < starts[s + 1]; ++t)
                    step(c, c.slots[s], head, t);
    }

private:
    void step(const Case &c, int slot, int head, int t)
    {
        const int N = c.size;
        const auto at = static_cast<std::size_t>(t * c.channels() + head * N);
        const auto number = [&](const std::vector<float> &x, int i) {
            return static_cast<double>(x[at + static_cast<std::size_t>(i)]);
        };
        for (int i = 0; i < N; ++i) {
            Bounded *S = state.data() + static_cast<std::size_t>(slot) * c.stride() +
                         static_cast<std::size_t>((head * N + i) * N);
            double sa = 0, saError = 0, out = 0, outError = 0;
            for (int j = 0; j < N; ++j) {
                sa += S[j].value * number(c.a, j);
                saError += (S[j].tolerance + N * kEps * std::abs(S[j].value)) * std::abs(number(c.a, j));
            }
            for (int j = 0; j < N; ++j) {
                const double decayed = S[j].value * number(c.w, j), turned = sa * number(c.b, j);
                const double added = number(c.v, i) * number(c.k, j);
                const double magnitude = std::abs(decayed) + std::abs(turned) + std::abs(added);
                S[j].tolerance = S[j].tolerance * number(c.w, j) + saError * std::abs(number(c.b, j)) +
                                 4 * kEps * magnitude;
                S[j].value = decayed + turned + added;
                out += S[j].value * number(c.r, j);
                outError += (S[j].tolerance + N * kEps * std::abs(S[j].value)) * std::abs(number(c.r, j));
            }
            y[at + static_cast<std::size_t>(i)] = {out, outError};
        }
    }
};

} // namespace

class TestWkv7 : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void matchesTheEquation_data() { addCodePaths(); }
    void matchesTheEquation();
    void worksInPlace_data() { addCodePaths(); }
    void worksInPlace();
    void chunksAndCompanyChangeNothing_data() { addCodePaths(); }
    void chunksAndCompanyChangeNothing();
    void acceptsAnEmptyBatch_data() { addCodePaths(); }
    void acceptsAnEmptyBatch();
};

void TestWkv7::matchesTheEquation()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    for (const int size : {1, 16, 20, 32, 64, 128, 256})
        for (const std::vector<int> &lengths : {std::vector<int>{1}, {2, 1, 5}, {19}}) {
            std::vector<int> slots{4, 0, 8};
            slots.resize(lengths.size());
            const Case c(size > 100 ? 1 : 3, size, lengths, slots);
            const Case::Result got = c.run(*device);
            const Oracle want(c);
            const QString y = firstDifference(got.y, want.y), state = firstDifference(got.state, want.state);
            QVERIFY2(y.isEmpty() && state.isEmpty(),
                     qPrintable(QStringLiteral("N=%1 ").arg(size) + y + state));
        }
}

void TestWkv7::worksInPlace()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    for (const int size : {20, 64, 128, 256}) {
        const Case c(2, size, {37, 2}, {1, 3});
        const Case::Result apart = c.run(*device), inPlace = c.run(*device, true);
        QVERIFY(sameBits(apart.y, inPlace.y));
        QVERIFY(sameBits(apart.state, inPlace.state));
    }
}

void TestWkv7::chunksAndCompanyChangeNothing()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    for (const int size : {20, 64}) {
        const Case all(2, size, {3, 33, 1}, {6, 2, 0});
        const Case::Result together = all.run(*device);
        const auto C = static_cast<std::size_t>(all.channels());
        for (const int chunk : {1, 2, 3, 7, 33}) {
            Case part = all; // the middle sequence alone
            part.slots = {2};
            std::vector<float> y;
            for (int row = 3; row < 36; row += chunk) {
                const int count = std::min(chunk, 36 - row);
                part.lengths = {count};
                const auto cut = [&](const std::vector<float> &x) {
                    const auto first = x.begin() + row * static_cast<std::ptrdiff_t>(C);
                    return std::vector<float>(first, first + count * static_cast<std::ptrdiff_t>(C));
                };
                part.r = cut(all.r);
                part.w = cut(all.w);
                part.k = cut(all.k);
                part.v = cut(all.v);
                part.a = cut(all.a);
                part.b = cut(all.b);
                const Case::Result got = part.run(*device);
                part.state = got.state;
                y.insert(y.end(), got.y.begin(), got.y.end());
            }
            const auto first = together.y.begin() + 3 * static_cast<std::ptrdiff_t>(C);
            QVERIFY(sameBits(y, {first, first + 33 * static_cast<std::ptrdiff_t>(C)}));
            const auto slot = static_cast<std::ptrdiff_t>(2 * all.stride()),
                       end = slot + static_cast<std::ptrdiff_t>(all.stride());
            QVERIFY(sameBits({part.state.begin() + slot, part.state.begin() + end},
                             {together.state.begin() + slot, together.state.begin() + end}));
        }
    }
}

void TestWkv7::acceptsAnEmptyBatch()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    const Case c(2, 16, {}, {});
    QVERIFY(sameBits(c.run(*device).state, c.state));
}

QTEST_APPLESS_MAIN(TestWkv7)
#include "tst_wkv7.moc"
