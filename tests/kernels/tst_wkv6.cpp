#include "support/kernel_device.h"

#include <QTest>

using namespace kernels;
using namespace test;

namespace
{

struct Case {
    int heads, size;
    bool perToken;        ///< a decay for every token, as in RWKV-6
    bool isGated = false; ///< as in QRWKV6
    std::vector<int> lengths, slots;
    std::vector<float> r, w, k, v, u, state; ///< state: [kSlots][stride]
    static constexpr int kSlots = 9;

    Case(int heads_, int size_, bool perToken_, std::vector<int> lengths_, std::vector<int> slots_)
        : heads(heads_)
        , size(size_)
        , perToken(perToken_)
        , lengths(std::move(lengths_))
        , slots(std::move(slots_))
    {
        Random random(5);
        const auto C = static_cast<std::size_t>(channels());
        r = random.normals(count());
        k = random.normals(count(), 0.5);
        v = random.normals(count());
        u = random.normals(C);
        w.resize(perToken ? count() : C);
        for (float &decay : w) // close to one and far from it
            decay = static_cast<float>(std::exp(-std::exp(8 * random.uniform() - 7)));
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
        const Floats dr(device, r), dw(device, w), dk(device, k), dv(device, v), du(device, u);
        const Floats y(device, std::vector<float>(count(), NAN)), dState(device, state);
        Wkv6 op;
        op.r = dr.view(tokens(), heads, size);
        op.k = dk.view(tokens(), heads, size);
        op.v = dv.view(tokens(), heads, size);
        op.w = perToken ? dw.view(tokens(), heads, size) : dw.view(heads, size);
        if (!isGated) op.u = du.view(heads, size);
        op.isGated = isGated;
        op.y = inPlace ? op.r : y.view(tokens(), heads, size);
        op.state = {dState.data(), stride()};
        op.heads = heads;
        op.headSize = size;
        op.batch = batch.batch();
        device.wkv6(op);
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
        const auto number = [](const std::vector<float> &x, std::size_t base, int i) {
            return static_cast<double>(x[base + static_cast<std::size_t>(i)]);
        };
        for (int j = 0; j < N; ++j) { // value channel
            double out = 0, error = 0;
            for (int i = 0; i < N; ++i) { // key channel
                Bounded &S = state[static_cast<std::size_t>(slot) * c.stride() +
                                   static_cast<std::size_t>((head * N + i) * N + j)];
                const double r = number(c.r, at, i);
                const double w = number(c.w, c.perToken ? at : static_cast<std::size_t>(head * N), i);
                const double share = c.isGated ? 1 - w : 1;
                const double kv = number(c.k, at, i) * share * number(c.v, at, j);
                const double u = number(c.u, static_cast<std::size_t>(head * N), i);
                if (c.isGated) {
                    const double old = S.value;
                    S.tolerance = S.tolerance * w + 4 * kEps * (std::abs(old * w) + std::abs(kv));
                    S.value = w * old + kv;
                    out += r * S.value;
                    error +=
                        std::abs(r) * (S.tolerance + (2 * N + 6) * kEps * (std::abs(kv) + std::abs(old * w)));
                    continue;
                }
                out += r * (u * kv + S.value);
                error +=
                    std::abs(r) * (S.tolerance + (2 * N + 4) * kEps * (std::abs(u * kv) + std::abs(S.value)));
                S.tolerance = S.tolerance * w + 3 * kEps * (std::abs(S.value * w) + std::abs(kv));
                S.value = w * S.value + kv;
            }
            y[at + static_cast<std::size_t>(j)] = {out, error};
        }
    }
};

} // namespace

class TestWkv6 : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void matchesTheEquation_data() { addCodePaths(); }
    void matchesTheEquation();
    void gatedMatchesTheEquation_data() { addCodePaths(); }
    void gatedMatchesTheEquation();
    void worksInPlace_data() { addCodePaths(); }
    void worksInPlace();
    void chunksAndCompanyChangeNothing_data() { addCodePaths(); }
    void chunksAndCompanyChangeNothing();
    void acceptsAnEmptyBatch_data() { addCodePaths(); }
    void acceptsAnEmptyBatch();
};

void TestWkv6::matchesTheEquation()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    for (const int size : {1, 8, 20, 32, 64, 128, 256})
        for (const bool perToken : {false, true})
            for (const std::vector<int> &lengths : {std::vector<int>{1}, {2, 1, 5}, {19}}) {
                std::vector<int> slots{4, 0, 8};
                slots.resize(lengths.size());
                const Case c(size > 100 ? 1 : 3, size, perToken, lengths, slots);
                const Case::Result got = c.run(*device);
                const Oracle want(c);
                const QString y = firstDifference(got.y, want.y),
                              state = firstDifference(got.state, want.state);
                QVERIFY2(y.isEmpty() && state.isEmpty(),
                         qPrintable(QStringLiteral("N=%1 ").arg(size) + y + state));
            }
}

void TestWkv6::gatedMatchesTheEquation()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    for (const int size : {1, 20, 64, 128}) {
        Case c(size > 100 ? 1 : 3, size, true, {2, 1, 25}, {4, 0, 8});
        c.isGated = true;
        const Case::Result got = c.run(*device);
        const Oracle want(c);
        const QString y = firstDifference(got.y, want.y), state = firstDifference(got.state, want.state);
        QVERIFY2(y.isEmpty() && state.isEmpty(), qPrintable(QStringLiteral("N=%1 ").arg(size) + y + state));
    }
}

void TestWkv6::worksInPlace()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    for (const int size : {20, 64, 128, 256}) {
        const Case c(2, size, true, {37, 2}, {1, 3});
        const Case::Result apart = c.run(*device), inPlace = c.run(*device, true);
        QVERIFY(sameBits(apart.y, inPlace.y));
        QVERIFY(sameBits(apart.state, inPlace.state));
    }
}

void TestWkv6::chunksAndCompanyChangeNothing()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    for (const auto &[size, perToken] : {std::pair{20, true}, {64, true}, {64, false}, {128, true}}) {
        const Case all(2, size, perToken, {3, 33, 1}, {6, 2, 0});
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
                part.k = cut(all.k);
                part.v = cut(all.v);
                if (perToken) part.w = cut(all.w);
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

void TestWkv6::acceptsAnEmptyBatch()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    const Case c(2, 16, true, {}, {});
    QVERIFY(sameBits(c.run(*device).state, c.state));
}

QTEST_APPLESS_MAIN(TestWkv6)
#include "tst_wkv6.moc"
