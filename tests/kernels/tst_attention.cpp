#include "support/kernel_device.h"

#include <QTest>

using namespace kernels;
using namespace test;

namespace
{

constexpr int kHeads = 4, kKeyHeads = 2, kContext = 70;
constexpr int kSlots = 3;

/// Two sequences, in slots that have read some tokens before; one has more behind it than the ring holds.
struct Case {
    int size;
    std::vector<std::int32_t> start = {0, 25, 26}, slot = {2, 0};
    std::vector<float> position; ///< [slots]
    std::vector<float> q, k, v, keys, values;

    explicit Case(int N)
        : size(N)
    {
        Random random(4);
        const auto rows = static_cast<std::size_t>(start.back()), n = static_cast<std::size_t>(N);
        position = {80, 0, 130};
        q = random.normals(rows * kHeads * n);
        k = random.normals(rows * kKeyHeads * n);
        v = random.normals(rows * kKeyHeads * n);
        keys = random.normals(kSlots * kContext * kKeyHeads * n);
        values = random.normals(kSlots * kContext * kKeyHeads * n);
    }
    std::size_t ring() const { return static_cast<std::size_t>(kContext * kKeyHeads * size); }
    float scale() const { return 0.3F; }
};

/// softmax over the last kContext tokens, in float64 from the definition.
std::vector<Bounded> oracle(const Case &c)
{
    std::vector<Bounded> out(c.q.size());
    const int N = c.size, width = kKeyHeads * N;
    for (std::size_t s = 0; s + 1 < c.start.size(); ++s) {
        const int before = static_cast<int>(c.position[static_cast<std::size_t>(c.slot[s])]);
        const float *keys = c.keys.data() + static_cast<std::size_t>(c.slot[s]) * c.ring();
        const float *values = c.values.data() + static_cast<std::size_t>(c.slot[s]) * c.ring();
        const auto at = [&](const std::vector<float> &rows, const float *kept, int token, int g) {
            return token < before ? kept + token % kContext * width + g * N
                                  : rows.data() + (c.start[s] + token - before) * width + g * N;
        };
        for (int row = c.start[s]; row < c.start[s + 1]; ++row)
            for (int h = 0; h < kHeads; ++h) {
                const int now = before + row - c.start[s], g = h / (kHeads / kKeyHeads);
                const float *q = c.q.data() + (row * kHeads + h) * N;
                double weights = 0, most = 0;
                std::vector<double> sum(static_cast<std::size_t>(N)), magnitude(static_cast<std::size_t>(N));
                for (int token = std::max(0, now - kContext + 1); token <= now; ++token) {
                    double score = 0, size = 0;
                    for (int i = 0; i < N; ++i) {
                        score += double(q[i]) * double(at(c.k, keys, token, g)[i]);
                        size += std::abs(double(q[i]) * double(at(c.k, keys, token, g)[i]));
                    }
                    const double weight = std::exp(score * double(c.scale()));
                    most = std::max(most, size * double(c.scale()));
                    weights += weight;
                    for (int i = 0; i < N; ++i) {
                        sum[std::size_t(i)] += weight * double(at(c.v, values, token, g)[i]);
                        magnitude[std::size_t(i)] += weight * std::abs(double(at(c.v, values, token, g)[i]));
                    }
                }
                // A score of N terms is off by N eps times its size, and so is its weight; sums add kContext.
                const double relative = (2 * (N + 2) * most + 2 * kContext + 16) * kEps;
                for (int i = 0; i < N; ++i)
                    out[std::size_t((row * kHeads + h) * N + i)] = {
                        sum[std::size_t(i)] / weights, relative * magnitude[std::size_t(i)] / weights};
            }
    }
    return out;
}

/// Rows of a ring for each slot in pages that lie anywhere, with nonsense around.
class Paged
{
public:
    Paged(Device &device, const Case &c, const std::vector<float> &rings)
        : m_width(static_cast<std::size_t>(kKeyHeads * c.size))
        , m_memory(device, scattered(rings))
        , m_table(device, std::vector<float>(kSlots * kSlotPages * sizeof(float *) / sizeof(float)))
    {
        std::vector<float *> pages;
        for (std::size_t i = 0; i < kSlots * kSlotPages; ++i)
            pages.push_back(m_memory.data() + placeOf(i));
        device.upload(m_table.data(), pages.data(), pages.size() * sizeof(float *));
        device.sync();
    }

    PagedView view() const { return {reinterpret_cast<float *const *>(m_table.data()), kSlotPages, kOffset}; }
    std::vector<float> rings() const
    {
        const std::vector<float> all = m_memory.host();
        std::vector<float> rings;
        for (std::size_t row = 0; row < kSlots * kContext; ++row) {
            const auto at = all.begin() + static_cast<std::ptrdiff_t>(rowAt(row));
            rings.insert(rings.end(), at, at + static_cast<std::ptrdiff_t>(m_width));
        }
        return rings;
    }

private:
    static constexpr std::size_t kOffset = 24,
                                 kSlotPages = (kContext + PagedView::kTokens - 1) / PagedView::kTokens;

    std::size_t pageFloats() const { return kOffset + PagedView::kTokens * m_width + 8; }
    std::size_t placeOf(std::size_t page) const
    {
        return (page * 5 + 3) % (kSlots * kSlotPages) * pageFloats();
    }
    std::size_t rowAt(std::size_t row) const
    {
        const std::size_t slot = row / kContext, at = row % kContext;
        return placeOf(slot * kSlotPages + at / PagedView::kTokens) + kOffset +
               at % PagedView::kTokens * m_width;
    }
    std::vector<float> scattered(const std::vector<float> &rings) const
    {
        std::vector<float> all(kSlots * kSlotPages * pageFloats(), NAN);
        for (std::size_t row = 0; row < kSlots * kContext; ++row)
            std::copy_n(rings.begin() + static_cast<std::ptrdiff_t>(row * m_width), m_width,
                        all.begin() + static_cast<std::ptrdiff_t>(rowAt(row)));
        return all;
    }

    std::size_t m_width;
    Floats m_memory, m_table;
};

struct Result {
    std::vector<float> y, position, keys;
};

/// The rows at once, or each in a step of its own.
Result run(Device &device, const Case &c, bool oneByOne)
{
    const int N = c.size, rows = c.start.back();
    const Floats q(device, c.q), k(device, c.k), v(device, c.v),
        y(device, std::vector<float>(c.q.size(), NAN));
    const Floats position(device, c.position);
    const Paged keys(device, c, c.keys), values(device, c, c.values);
    Attention op;
    op.position = {position.data(), 1};
    op.keys = keys.view();
    op.values = values.view();
    op.context = kContext;
    op.scale = c.scale();
    op.heads = kHeads;
    op.keyHeads = kKeyHeads;
    op.headSize = N;
    for (int row = 0; row < (oneByOne ? rows : 1); ++row) {
        const std::size_t s = row < c.start[1] ? 0 : 1;
        const Ints start(device, oneByOne ? std::vector<std::int32_t>{0, 1} : c.start);
        const Ints slot(device, oneByOne ? std::vector<std::int32_t>{c.slot[s]} : c.slot);
        op.batch = {oneByOne ? 1 : rows, oneByOne ? 1 : 2, start.data(), slot.data()};
        const int shown = oneByOne ? 1 : rows;
        op.q = kernels::view(q.data() + row * kHeads * N, DType::F32, shown, kHeads, N);
        op.k = kernels::view(k.data() + row * kKeyHeads * N, DType::F32, shown, kKeyHeads, N);
        op.v = kernels::view(v.data() + row * kKeyHeads * N, DType::F32, shown, kKeyHeads, N);
        op.y = kernels::view(y.data() + row * kHeads * N, DType::F32, shown, kHeads, N);
        device.attention(op);
    }
    return {y.host(), position.host(), keys.rings()};
}

} // namespace

class TestAttention : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void matchesTheDefinition_data() { addCodePaths(); }
    void matchesTheDefinition();
    void givesTheSameOneByOne_data() { addCodePaths(); }
    void givesTheSameOneByOne();
    void preparesHeads_data() { addCodePaths(); }
    void preparesHeads();
    void mixesChannels_data() { addCodePaths(); }
    void mixesChannels();
};

void TestAttention::matchesTheDefinition()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("not on this machine");
    for (const int size : {20, 64, 2, 128}) {
        if (isEmulator(path) && size == 2) break; // slow
        const Case c(size);
        const Result got = run(*device, c, false);
        const QString difference = firstDifference(got.y, oracle(c));
        QVERIFY2(difference.isEmpty(), qPrintable(difference));
        QCOMPARE(got.position, std::vector<float>({81, 0, 155}));
    }
}

void TestAttention::givesTheSameOneByOne()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("not on this machine");
    const Case c(20);
    const Result whole = run(*device, c, false), single = run(*device, c, true);
    QVERIFY(std::memcmp(whole.y.data(), single.y.data(), whole.y.size() * sizeof(float)) == 0);
    QVERIFY(whole.keys == single.keys);
    QVERIFY(whole.position == single.position);
}

/// Norms, positions, the first layer's part and sharing, each against its equation.
void TestAttention::preparesHeads()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("not on this machine");
    constexpr int N = 20, half = N / 2, rows = 3, H = kHeads, G = kKeyHeads;
    constexpr double theta = 50, epsilon = 1e-3, position = 7;
    Random random(9);
    const auto r0 = random.normals(rows * H * N), k0 = random.normals(rows * G * N),
               v0 = random.normals(rows * G * N);
    const auto rNorm0 = random.normals(N), kNorm0 = random.normals(N), first0 = random.normals(rows * G * N),
               mix0 = random.normals(rows * G * N);
    const Floats r(*device, r0), k(*device, k0), v(*device, v0), rNorm(*device, rNorm0),
        kNorm(*device, kNorm0), first(*device, first0), mix(*device, mix0),
        kOut(*device, std::vector<float>(r0.size())), vOut(*device, std::vector<float>(r0.size())),
        at(*device, {0, float(position)});
    const Ints start(*device, {0, rows}), slot(*device, {1});
    KeyValueHeads op;
    op.r = r.view(rows, H, N);
    op.k = k.view(rows, G, N);
    op.v = v.view(rows, G, N);
    op.rNorm = rNorm.view(N);
    op.kNorm = kNorm.view(N);
    op.epsilon = float(epsilon);
    op.theta = float(theta);
    op.vFirst = op.kFirst = first.view(rows, G, N);
    op.vMix = op.kMix = mix.view(rows, G, N);
    op.kOut = kOut.view(rows, H, N);
    op.vOut = vOut.view(rows, H, N);
    op.position = {at.data(), 1};
    op.heads = H;
    op.keyHeads = G;
    op.headSize = N;
    op.batch = {rows, 1, start.data(), slot.data()};
    device->keyValueHeads(op);

    const auto prepared = [&](const float *x, const std::vector<float> &gain, int row) {
        double squares = 0;
        for (int i = 0; i < N; ++i)
            squares += double(x[i]) * double(x[i]) / N;
        std::vector<double> y(N), turned(N);
        for (int i = 0; i < N; ++i)
            y[std::size_t(i)] = double(x[i]) / std::sqrt(squares + epsilon) * double(gain[std::size_t(i)]);
        for (int i = 0; i < N; ++i) {
            const double angle = (position + row) * std::pow(theta, -double(i % half) / half);
            const double other = i < half ? -y[std::size_t(i + half)] : y[std::size_t(i - half)];
            turned[std::size_t(i)] = y[std::size_t(i)] * std::cos(angle) + other * std::sin(angle);
        }
        return turned;
    };
    std::vector<Bounded> wantR, wantK, wantV;
    for (int row = 0; row < rows; ++row)
        for (int h = 0; h < H; ++h) {
            const std::size_t g = std::size_t((row * G + h / (H / G)) * N);
            const auto turnedR = prepared(&r0[std::size_t((row * H + h) * N)], rNorm0, row);
            const auto turnedK = prepared(&k0[g], kNorm0, row);
            for (std::size_t i = 0; i < N; ++i) {
                constexpr double bound = (N + 16) * kEps * 16; // numbers below 16
                wantR.push_back({turnedR[i], bound});
                const double m = double(mix0[g + i]), f = double(first0[g + i]);
                wantK.push_back({turnedK[i] + (f - turnedK[i]) * m, bound * (1 + std::abs(m))});
                wantV.push_back({double(v0[g + i]) + (f - double(v0[g + i])) * m, bound * (1 + std::abs(m))});
            }
        }
    for (const auto &[got, want] :
         {std::pair(r.host(), wantR), std::pair(kOut.host(), wantK), std::pair(vOut.host(), wantV)}) {
        const QString difference = firstDifference(got, want);
        QVERIFY2(difference.isEmpty(), qPrintable(difference));
    }
    QCOMPARE(at.host(), std::vector<float>({0, float(position) + rows}));
}

/// y += down (silu(gate x) * up x), with the norm without mean before it.
void TestAttention::mixesChannels()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("not on this machine");
    constexpr int C = 40, F = 72, rows = 5;
    constexpr double epsilon = 1e-2;
    Random random(2);
    const auto x0 = random.normals(rows * C, 1, 0.5), gain0 = random.normals(C),
               y0 = random.normals(rows * C);
    const auto gate0 = random.normals(F * C, 0.2), up0 = random.normals(F * C, 0.2),
               down0 = random.normals(C * F, 0.2);
    const Floats x(*device, x0), gain(*device, gain0), normed(*device, x0), y(*device, y0),
        gateOut(*device, std::vector<float>(rows * F)), hidden(*device, std::vector<float>(rows * F));
    const PackedWeight gate(*device, gate0, Format::F32, F, C), up(*device, up0, Format::F32, F, C),
        down(*device, down0, Format::F32, C, F);
    NormMix norm;
    norm.x = x.view(rows, C);
    norm.gain = gain.view(C);
    norm.epsilon = float(epsilon);
    norm.isRms = true;
    norm.out[0] = normed.view(rows, C);
    norm.batch.tokens = rows;
    device->normMix(norm);
    GatedFfn op{norm.out[0],           gate.weight(),        up.weight(),     down.weight(),
                gateOut.view(rows, F), hidden.view(rows, F), y.view(rows, C), rows};
    device->gatedFfn(op);

    std::vector<Bounded> want;
    for (std::size_t row = 0; row < rows; ++row) {
        double squares = 0;
        for (std::size_t i = 0; i < C; ++i)
            squares += double(x0[row * C + i]) * double(x0[row * C + i]) / C;
        std::vector<double> h(F), size(F);
        for (std::size_t f = 0; f < F; ++f) {
            double a = 0, b = 0, sizes = 0;
            for (std::size_t i = 0; i < C; ++i) {
                const double z = double(x0[row * C + i]) / std::sqrt(squares + epsilon) * double(gain0[i]);
                a += double(gate0[f * C + i]) * z;
                b += double(up0[f * C + i]) * z;
                sizes +=
                    (std::abs(double(gate0[f * C + i])) + std::abs(double(up0[f * C + i]))) * std::abs(z);
            }
            h[f] = a / (1 + std::exp(-a)) * b;
            size[f] = (1 + sizes) * (1 + sizes); // bounds |a|, |b| and what they are off by, times C eps
        }
        for (std::size_t i = 0; i < C; ++i) {
            double sum = double(y0[row * C + i]), sizes = std::abs(sum);
            for (std::size_t f = 0; f < F; ++f) {
                sum += double(down0[i * F + f]) * h[f];
                sizes += std::abs(double(down0[i * F + f])) * size[f];
            }
            want.push_back({sum, sizes * (C + F) * kEps});
        }
    }
    const QString difference = firstDifference(y.host(), want);
    QVERIFY2(difference.isEmpty(), qPrintable(difference));
}

QTEST_APPLESS_MAIN(TestAttention)
#include "tst_attention.moc"
