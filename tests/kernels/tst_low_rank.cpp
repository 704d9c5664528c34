#include "support/kernel_device.h"

#include <QTest>

using namespace kernels;
using namespace test;

namespace
{

double activated(double x, Activation activation)
{
    if (activation == Activation::Tanh) return std::tanh(x);
    if (activation == Activation::Sigmoid) return 1 / (1 + std::exp(-x));
    return x;
}

struct Pair {
    int rank;
    Activation middle, activation;
    bool hasBias;
};

// The four of RWKV-7 (w, a, v, g) with odd ranks, and a fifth.
const Pair kPairs[] = {{64, Activation::Tanh, Activation::None, true},
                       {33, Activation::None, Activation::Sigmoid, true},
                       {1, Activation::None, Activation::Sigmoid, true},
                       {20, Activation::Sigmoid, Activation::None, false},
                       {16, Activation::None, Activation::None, false}};
constexpr int kCount = 5, kChannels = 70;

struct Problem {
    std::vector<float> x, a, b, bias;
    Problem(int rows, int rank, std::uint64_t seed)
    {
        Random random(seed);
        x = random.normals(static_cast<std::size_t>(rows * kChannels));
        a = random.normals(static_cast<std::size_t>(rank * kChannels), 1 / std::sqrt(kChannels));
        b = random.normals(static_cast<std::size_t>(rank * kChannels), 1 / std::sqrt(rank));
        bias = random.normals(kChannels);
    }
};

/// Errors of the inner sums pass through activations of slope at most 1 and are weighed by |b|.
std::vector<Bounded> wanted(const Problem &p, const Pair &pair, int rows, Format format, double inputError)
{
    const std::vector<float> a = rounded(p.a, format, kChannels), b = rounded(p.b, format, pair.rank);
    std::vector<Bounded> want;
    for (int m = 0; m < rows; ++m) {
        std::vector<double> inner, innerError;
        for (int i = 0; i < pair.rank; ++i) {
            double sum = 0, magnitude = 0;
            for (int k = 0; k < kChannels; ++k) {
                const double term = static_cast<double>(p.x[static_cast<std::size_t>(m * kChannels + k)]) *
                                    static_cast<double>(a[static_cast<std::size_t>(i * kChannels + k)]);
                sum += term;
                magnitude += std::abs(term);
            }
            inner.push_back(activated(sum, pair.middle));
            innerError.push_back((kChannels * kEps + inputError) * magnitude + 4 * kEps * std::abs(sum));
        }
        for (int n = 0; n < kChannels; ++n) {
            double sum = pair.hasBias ? static_cast<double>(p.bias[static_cast<std::size_t>(n)]) : 0;
            double tolerance = 4 * kEps * std::abs(sum);
            for (int i = 0; i < pair.rank; ++i) {
                const auto weight = static_cast<double>(b[static_cast<std::size_t>(n * pair.rank + i)]);
                sum += inner[static_cast<std::size_t>(i)] * weight;
                tolerance +=
                    (innerError[static_cast<std::size_t>(i)] +
                     (pair.rank * kEps + inputError) * std::abs(inner[static_cast<std::size_t>(i)])) *
                    std::abs(weight);
            }
            want.push_back(
                {activated(sum, pair.activation), tolerance + 4 * kEps * std::abs(sum) + 4 * kEps});
        }
    }
    return want;
}

std::vector<std::vector<float>> run(Device &device, const std::vector<Problem> &problems, int rows,
                                    Format format)
{
    std::vector<std::unique_ptr<Floats>> arrays;
    std::vector<std::unique_ptr<PackedWeight>> weights;
    LowRank op;
    op.problems = kCount;
    op.rows = rows;
    std::size_t ranks = 0;
    for (int i = 0; i < kCount; ++i) {
        const Problem &p = problems[static_cast<std::size_t>(i)];
        const Pair &pair = kPairs[i];
        arrays.push_back(std::make_unique<Floats>(device, p.x));
        arrays.push_back(std::make_unique<Floats>(device, p.bias));
        arrays.push_back(std::make_unique<Floats>(
            device, std::vector<float>(static_cast<std::size_t>(rows * kChannels), NAN)));
        weights.push_back(std::make_unique<PackedWeight>(device, p.a, format, pair.rank, kChannels));
        weights.push_back(std::make_unique<PackedWeight>(device, p.b, format, kChannels, pair.rank));
        const auto at = static_cast<std::size_t>(i);
        op.problem[i] = {arrays[3 * at]->view(rows, kChannels),
                         weights[2 * at]->weight(),
                         pair.middle,
                         weights[2 * at + 1]->weight(),
                         pair.hasBias ? arrays[3 * at + 1]->view(kChannels) : View{},
                         pair.activation,
                         arrays[3 * at + 2]->view(rows, kChannels)};
        ranks += static_cast<std::size_t>(pair.rank + 15) / 16 * 16;
    }
    const std::size_t size = static_cast<std::size_t>(rows) * ranks;
    const Floats scratch(device, std::vector<float>(size + 1, 12345.0F));
    op.scratch = scratch.view(static_cast<std::int64_t>(size));
    device.lowRank(op);
    if (scratch.host().back() != 12345.0F) return {}; // wrote beyond its scratch
    std::vector<std::vector<float>> results;
    for (std::size_t i = 0; i < kCount; ++i)
        results.push_back(arrays[3 * i + 2]->host());
    return results;
}

} // namespace

class TestLowRank : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void matchesTheEquation_data() { addCodePathsAndFormats(); }
    void matchesTheEquation();
    void aRowIsTheSameInAnyCompany_data() { addCodePathsAndFormats(); }
    void aRowIsTheSameInAnyCompany();
};

void TestLowRank::matchesTheEquation()
{
    QFETCH(QString, path);
    QFETCH(int, format);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    const auto f = static_cast<Format>(format);
    const double inputError = path.startsWith(QLatin1String("amx")) && f == Format::BF16 ? 0x1p-17 : 0;
    for (const int rows : {0, 1, 5, 33}) {
        if (isEmulator(path) && rows > 5) continue;
        std::vector<Problem> problems;
        for (int i = 0; i < kCount; ++i)
            problems.emplace_back(rows, kPairs[i].rank, static_cast<std::uint64_t>(i + 1));
        const auto got = run(*device, problems, rows, f);
        QCOMPARE(got.size(), std::size_t{kCount});
        for (std::size_t i = 0; i < kCount; ++i) {
            const QString difference =
                firstDifference(got[i], wanted(problems[i], kPairs[i], rows, f, inputError));
            QVERIFY2(difference.isEmpty(),
                     qPrintable(QStringLiteral("problem %1 %2").arg(i).arg(difference)));
        }
    }
}

void TestLowRank::aRowIsTheSameInAnyCompany()
{
    QFETCH(QString, path);
    QFETCH(int, format);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    const auto f = static_cast<Format>(format);
    const int rows = isEmulator(path) ? 5 : 19;
    std::vector<Problem> problems;
    for (int i = 0; i < kCount; ++i)
        problems.emplace_back(rows, kPairs[i].rank, static_cast<std::uint64_t>(i + 1));
    const auto together = run(*device, problems, rows, f);
    for (int row = 0; row < rows; ++row) {
        std::vector<Problem> alone = problems;
        for (Problem &p : alone)
            p.x.assign(p.x.begin() + row * kChannels, p.x.begin() + (row + 1) * kChannels);
        const auto got = run(*device, alone, 1, f);
        for (std::size_t i = 0; i < kCount; ++i)
            QVERIFY(sameBits(got[i], {together[i].begin() + row * kChannels,
                                      together[i].begin() + (row + 1) * kChannels}));
    }
}

QTEST_APPLESS_MAIN(TestLowRank)
#include "tst_low_rank.moc"
