#include "support/kernel_device.h"

#include <QTest>

using namespace kernels;
using namespace test;

namespace
{

constexpr int kChannels = 70;

struct Case {
    int rows, mixes, rank;
    std::vector<float> x, y, delta, a, b, mu; ///< b: [mixes][channels, rank], mu: [mixes][channels]

    Case(int rows_, int mixes_, int rank_)
        : rows(rows_)
        , mixes(mixes_)
        , rank(rank_)
    {
        Random random(13);
        const auto count = static_cast<std::size_t>(rows * kChannels);
        const auto factors = static_cast<std::size_t>(mixes * rank * kChannels);
        x = random.normals(count);
        y = random.normals(count);
        delta = random.normals(count);
        a = random.normals(factors, 1 / std::sqrt(kChannels));
        b = random.normals(factors, 1 / std::sqrt(rank));
        mu = random.normals(static_cast<std::size_t>(mixes * kChannels));
    }

    std::vector<std::vector<float>> run(Device &device, Format format) const
    {
        const Floats dx(device, x), dy(device, y), dDelta(device, delta), dMu(device, mu);
        const PackedWeight dA(device, a, format, mixes * rank, kChannels);
        std::vector<std::unique_ptr<PackedWeight>> up;
        std::vector<std::unique_ptr<Floats>> out;
        MixDynamic op;
        op.x = dx.view(rows, kChannels);
        op.y = dy.view(rows, kChannels);
        op.delta = dDelta.view(rows, kChannels);
        op.mixes = mixes;
        op.a = dA.weight();
        op.rows = rows;
        for (int m = 0; m < mixes; ++m) {
            const auto first = b.begin() + m * rank * kChannels;
            up.push_back(std::make_unique<PackedWeight>(
                device, std::vector<float>(first, first + rank * kChannels), format, kChannels, rank));
            out.push_back(std::make_unique<Floats>(device, std::vector<float>(x.size(), NAN)));
            op.b[m] = up.back()->weight();
            op.mu[m] = view(dMu.data() + m * kChannels, DType::F32, kChannels);
            op.out[m] = out.back()->view(rows, kChannels);
        }
        const auto size = static_cast<std::size_t>(rows * 2 * mixes * rank);
        const Floats scratch(device, std::vector<float>(size + 1, 12345.0F));
        op.scratch = scratch.view(static_cast<std::int64_t>(size));
        device.mixDynamic(op);
        if (scratch.host().back() != 12345.0F) return {}; // wrote beyond its scratch
        std::vector<std::vector<float>> results;
        for (const auto &array : out)
            results.push_back(array->host());
        return results;
    }

    std::vector<Bounded> wanted(int mix, Format format, double inputError) const
    {
        const auto first =
            b.begin() + mix * rank * kChannels; // i8 depends on the whole matrix, and this is one
        const std::vector<float> A = rounded(a, format, kChannels),
                                 B = rounded({first, first + rank * kChannels}, format, rank);
        const auto number = [](const std::vector<float> &values, int i) {
            return static_cast<double>(values[static_cast<std::size_t>(i)]);
        };
        std::vector<Bounded> want;
        for (int row = 0; row < rows; ++row) {
            std::vector<Bounded> z;
            for (int i = mix * rank; i < (mix + 1) * rank; ++i) {
                double sum = 0, magnitude = 0;
                for (int c = 0; c < kChannels; ++c) {
                    const double term = number(x, row * kChannels + c) * number(A, i * kChannels + c);
                    sum += term;
                    magnitude += std::abs(term);
                }
                z.push_back({std::tanh(sum), (kChannels * kEps + inputError) * magnitude + 4 * kEps});
            }
            for (int c = 0; c < kChannels; ++c) {
                double low = number(mu, mix * kChannels + c), error = 2 * kEps * std::abs(low);
                for (int i = 0; i < rank; ++i) {
                    const Bounded &part = z[static_cast<std::size_t>(i)];
                    const double weight = number(B, c * rank + i);
                    low += part.value * weight;
                    error += (part.tolerance + (rank * kEps + inputError) * std::abs(part.value)) *
                             std::abs(weight);
                }
                const double d = number(delta, row * kChannels + c);
                const double value = number(y, row * kChannels + c) + d * low;
                want.push_back(
                    {value, std::abs(d) * (error + 2 * kEps * std::abs(low)) + kEps * std::abs(value)});
            }
        }
        return want;
    }
};

} // namespace

class TestMixDynamic : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void matchesTheEquation_data() { addCodePathsAndFormats(); }
    void matchesTheEquation();
    void aRowIsTheSameInAnyCompany_data() { addCodePathsAndFormats(); }
    void aRowIsTheSameInAnyCompany();
};

void TestMixDynamic::matchesTheEquation()
{
    QFETCH(QString, path);
    QFETCH(int, format);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    const auto f = static_cast<Format>(format);
    const double inputError = path.startsWith(QLatin1String("amx")) && f == Format::BF16 ? 0x1p-17 : 0;
    for (const int rows : {0, 1, 5, 33})
        for (const auto &[mixes, rank] : {std::pair{5, 32}, {5, 13}, {1, 1}, {3, 16}}) {
            if (isEmulator(path) && rows > 5) continue;
            const Case c(rows, mixes, rank);
            const auto got = c.run(*device, f);
            QCOMPARE(got.size(), static_cast<std::size_t>(mixes));
            for (int m = 0; m < mixes; ++m) {
                const QString difference =
                    firstDifference(got[static_cast<std::size_t>(m)], c.wanted(m, f, inputError));
                QVERIFY2(difference.isEmpty(), qPrintable(QStringLiteral("mix %1 ").arg(m) + difference));
            }
        }
}

void TestMixDynamic::aRowIsTheSameInAnyCompany()
{
    QFETCH(QString, path);
    QFETCH(int, format);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    const auto f = static_cast<Format>(format);
    const Case all(isEmulator(path) ? 3 : 7, 5, 32);
    const auto together = all.run(*device, f);
    for (int row = 0; row < all.rows; ++row) {
        Case one = all;
        one.rows = 1;
        for (auto *field : {&one.x, &one.y, &one.delta})
            *field =
                std::vector<float>(field->begin() + row * kChannels, field->begin() + (row + 1) * kChannels);
        const auto alone = one.run(*device, f);
        for (std::size_t m = 0; m < alone.size(); ++m)
            QVERIFY(sameBits(alone[m], {together[m].begin() + row * kChannels,
                                        together[m].begin() + (row + 1) * kChannels}));
    }
}

QTEST_APPLESS_MAIN(TestMixDynamic)
#include "tst_mix_dynamic.moc"
