#include "support/kernel_device.h"

#include <QTest>

#include <numeric>
#include <optional>

using namespace kernels;
using namespace test;

namespace
{

constexpr int kChannels = 41, kHidden = 150, kRank = 5;
constexpr float kScale = 2;

double at(const std::vector<float> &x, int i) { return static_cast<double>(x[static_cast<std::size_t>(i)]); }

/// Sum of products and how far float32 may be off it.
struct Dot {
    double value = 0, error = 0;
    void add(double a, double aError, double b, int terms)
    {
        value += a * b;
        error += std::abs(b) * aError + terms * kEps * std::abs(a * b);
    }
};

struct Case {
    int rows, experts, active;
    std::vector<float> x, key, value, router, y;
    std::vector<std::vector<float>> keyA, keyB, valueA, valueB;

    Case(int rows_, int experts_, int active_)
        : rows(rows_)
        , experts(experts_)
        , active(active_)
    {
        Random random(13);
        const auto n = [](int a, int b) { return static_cast<std::size_t>(a * b); };
        x = random.normals(n(rows, kChannels));
        key = random.normals(n(kHidden, kChannels), 1 / std::sqrt(kChannels));
        value = random.normals(n(kHidden, kChannels), 1 / std::sqrt(kHidden));
        router = random.normals(n(experts - 1, kChannels), 1 / std::sqrt(kChannels));
        y = random.normals(n(rows, kChannels));
        for (int e = 0; e < experts; ++e) {
            keyA.push_back(random.normals(n(kRank, kChannels), 1 / std::sqrt(kChannels)));
            keyB.push_back(random.normals(n(kHidden, kRank), 0.3));
            valueA.push_back(random.normals(n(kRank, kHidden), 1 / std::sqrt(kHidden)));
            valueB.push_back(random.normals(n(kChannels, kRank), 0.3));
        }
    }

    std::vector<float> run(Device &device) const
    {
        const auto pack = [&](const std::vector<float> &values, int outs, int ins) {
            return std::make_unique<PackedWeight>(device, values, Format::F32, outs, ins);
        };
        const auto dKey = pack(key, kHidden, kChannels), dValue = pack(value, kChannels, kHidden);
        const auto dRouter = experts > 1 ? pack(router, experts - 1, kChannels) : nullptr;
        std::vector<std::unique_ptr<PackedWeight>> packed;
        std::vector<Mole::Expert> table;
        for (std::size_t e = 0; e < static_cast<std::size_t>(experts); ++e) {
            packed.push_back(pack(keyA[e], kRank, kChannels));
            packed.push_back(pack(keyB[e], kHidden, kRank));
            packed.push_back(pack(valueA[e], kRank, kHidden));
            packed.push_back(pack(valueB[e], kChannels, kRank));
            table.push_back({packed[4 * e]->weight(), packed[4 * e + 1]->weight(),
                             packed[4 * e + 2]->weight(), packed[4 * e + 3]->weight()});
        }
        const std::int64_t room = rows * Mole::scratchFloats(experts, kChannels, kHidden, kRank);
        constexpr std::size_t kGuard = 64;
        const Floats dx(device, x), dy(device, y),
            scratch(device, std::vector<float>(static_cast<std::size_t>(room) + kGuard, 7.0F));
        Mole op;
        op.x = dx.view(rows, kChannels);
        op.key = dKey->weight();
        op.value = dValue->weight();
        if (dRouter) op.router = dRouter->weight();
        op.expert = table.data();
        op.experts = experts;
        op.active = active;
        op.scale = kScale;
        op.scratch = scratch.view(room);
        op.y = dy.view(rows, kChannels);
        op.rows = rows;
        device.mole(op);
        const std::vector<float> after = scratch.host();
        const bool isGuarded =
            std::all_of(after.end() - kGuard, after.end(), [](float f) { return f == 7.0F; });
        return isGuarded ? dy.host() : std::vector<float>();
    }

    /// Gates of a row, 0 for experts that are not chosen; nothing if rounding could change the choice.
    std::optional<std::vector<Dot>> gates(int row) const
    {
        std::vector<Dot> score(static_cast<std::size_t>(experts));
        double most = 0;
        for (int e = 1; e < experts; ++e) {
            for (int k = 0; k < kChannels; ++k)
                score[std::size_t(e)].add(at(x, row * kChannels + k), 0, at(router, (e - 1) * kChannels + k),
                                          kChannels);
            most = std::max(most, score[std::size_t(e)].error);
        }
        std::vector<int> order(static_cast<std::size_t>(experts));
        std::iota(order.begin(), order.end(), 0);
        const auto valueOf = [&](int e) { return score[std::size_t(e)].value; };
        std::ranges::stable_sort(order, std::greater(), valueOf);
        const auto chosen = std::size_t(active);
        if (active < experts && valueOf(order[chosen - 1]) - valueOf(order[chosen]) < 4 * most) return {};
        double sum = 0;
        for (std::size_t i = 0; i < chosen; ++i)
            sum += std::exp(valueOf(order[i]));
        std::vector<Dot> gate(static_cast<std::size_t>(experts));
        for (std::size_t i = 0; i < chosen; ++i) {
            const double g = std::exp(valueOf(order[i])) / sum;
            // exp and the sum; every score moves the quotient by its own error at most
            gate[std::size_t(order[i])] = {g, g * (4 * most + (active + 6) * kEps)};
        }
        return gate;
    }

    std::vector<Bounded> wanted() const
    {
        std::vector<Bounded> want;
        for (int row = 0; row < rows; ++row) {
            const auto gate = gates(row);
            if (!gate) return {};
            std::vector<Dot> out(kChannels);
            for (int c = 0; c < kChannels; ++c)
                out[std::size_t(c)] = {at(y, row * kChannels + c), 0};
            for (int e = 0; e < experts; ++e)
                if ((*gate)[std::size_t(e)].value > 0) addExpert(row, e, (*gate)[std::size_t(e)], out);
            for (int c = 0; c < kChannels; ++c)
                want.push_back({out[std::size_t(c)].value,
                                out[std::size_t(c)].error +
                                    4 * experts * kEps * (std::abs(out[std::size_t(c)].value) + 1)});
        }
        return want;
    }

private:
    void addExpert(int row, int e, const Dot &gate, std::vector<Dot> &out) const
    {
        const auto E = static_cast<std::size_t>(e);
        std::vector<Dot> low(kRank), u(kHidden), back(kRank);
        for (int r = 0; r < kRank; ++r)
            for (int k = 0; k < kChannels; ++k)
                low[std::size_t(r)].add(at(x, row * kChannels + k), 0, at(keyA[E], r * kChannels + k),
                                        kChannels);
        for (int i = 0; i < kHidden; ++i) {
            Dot sum;
            for (int k = 0; k < kChannels; ++k)
                sum.add(at(x, row * kChannels + k), 0, at(key, i * kChannels + k), kChannels + 2);
            for (int r = 0; r < kRank; ++r)
                sum.add(low[std::size_t(r)].value, low[std::size_t(r)].error,
                        double(kScale) * at(keyB[E], i * kRank + r), kRank + 2);
            const double h = std::max(sum.value, 0.0);
            u[std::size_t(i)] = {h * h, 2 * h * sum.error + sum.error * sum.error + 2 * kEps * h * h};
        }
        for (int r = 0; r < kRank; ++r)
            for (int i = 0; i < kHidden; ++i)
                back[std::size_t(r)].add(u[std::size_t(i)].value, u[std::size_t(i)].error,
                                         at(valueA[E], r * kHidden + i), kHidden);
        for (int c = 0; c < kChannels; ++c) {
            Dot sum;
            for (int i = 0; i < kHidden; ++i)
                sum.add(u[std::size_t(i)].value, u[std::size_t(i)].error, at(value, c * kHidden + i),
                        kHidden + 4);
            for (int r = 0; r < kRank; ++r)
                sum.add(back[std::size_t(r)].value, back[std::size_t(r)].error,
                        double(kScale) * at(valueB[E], c * kRank + r), kRank + 4);
            out[std::size_t(c)].value += gate.value * sum.value;
            out[std::size_t(c)].error += gate.value * sum.error + gate.error * std::abs(sum.value);
        }
    }
};

} // namespace

class TestMole : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void matchesTheEquation_data() { addCodePaths(); }
    void matchesTheEquation();
    void rowsAreTheSameInAnyCompany_data() { addCodePaths(); }
    void rowsAreTheSameInAnyCompany();
    void takesTheFirstAmongEquals();
    void survivesScoresThatAreNoNumbers();
};

void TestMole::matchesTheEquation()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    for (const auto &[experts, active] : {std::pair{8, 2}, {4, 4}, {1, 1}, {3, 1}})
        for (const int rows : {1, 7, 40}) {
            if (isEmulator(path) && rows > 7) continue;
            const Case c(rows, experts, active);
            const std::vector<Bounded> want = c.wanted();
            QVERIFY2(!want.empty(), "two scores are too near for this test");
            const QString difference = firstDifference(c.run(*device), want);
            QVERIFY2(difference.isEmpty(),
                     qPrintable(QStringLiteral("%1 of %2, %3 rows: ").arg(active).arg(experts).arg(rows) +
                                difference));
        }
    QVERIFY(Case(0, 4, 2).run(*device).empty());
}

void TestMole::rowsAreTheSameInAnyCompany()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    const Case all(isEmulator(path) ? 9 : 30, 8, 2);
    const std::vector<float> together = all.run(*device);
    for (int row = 0; row < all.rows; ++row) {
        Case one = all;
        one.rows = 1;
        for (auto *field : {&one.x, &one.y})
            *field = {field->begin() + row * kChannels, field->begin() + (row + 1) * kChannels};
        QVERIFY(sameBits(one.run(*device),
                         {together.begin() + row * kChannels, together.begin() + (row + 1) * kChannels}));
    }
}

/// A router of zeros: all scores are those of expert 0.
void TestMole::takesTheFirstAmongEquals()
{
    const auto device = openPath(QStringLiteral("plain"));
    Case c(3, 5, 1), first(3, 1, 1);
    std::ranges::fill(c.router, 0.0F);
    for (auto field : {&Case::keyA, &Case::keyB, &Case::valueA, &Case::valueB})
        first.*field = {(c.*field)[0]};
    first.x = c.x;
    first.y = c.y;
    first.key = c.key;
    first.value = c.value;
    QVERIFY(sameBits(c.run(*device), first.run(*device)));
}

void TestMole::survivesScoresThatAreNoNumbers()
{
    const auto device = openPath(QStringLiteral("plain"));
    Case c(2, 4, 2);
    c.x[0] = NAN;
    const std::vector<float> y = c.run(*device);
    QVERIFY(std::isnan(y.front()));
    QVERIFY(std::isfinite(y.back())); // of the other row
}

QTEST_APPLESS_MAIN(TestMole)
#include "tst_mole.moc"
