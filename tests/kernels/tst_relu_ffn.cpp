#include "support/kernel_device.h"

#include <QTest>

using namespace kernels;
using namespace test;

namespace
{

constexpr int kChannels = 41, kHidden = 150;

struct Case {
    int rows;
    std::vector<float> x, key, value, y;
    explicit Case(int rows_)
        : rows(rows_)
    {
        Random random(11);
        x = random.normals(static_cast<std::size_t>(rows * kChannels));
        key = random.normals(kHidden * kChannels, 1 / std::sqrt(kChannels));
        value = random.normals(kHidden * kChannels, 1 / std::sqrt(kHidden));
        y = random.normals(static_cast<std::size_t>(rows * kChannels));
    }

    /// The square of an inner sum h with error e is off by 2 |h| e + e^2.
    std::vector<Bounded> wanted(Format format, double inputError) const
    {
        const std::vector<float> K = rounded(key, format, kChannels), V = rounded(value, format, kHidden);
        std::vector<Bounded> want;
        for (int m = 0; m < rows; ++m) {
            std::vector<double> h, error;
            for (int i = 0; i < kHidden; ++i) {
                double sum = 0, magnitude = 0;
                for (int k = 0; k < kChannels; ++k) {
                    const double term = static_cast<double>(x[static_cast<std::size_t>(m * kChannels + k)]) *
                                        static_cast<double>(K[static_cast<std::size_t>(i * kChannels + k)]);
                    sum += term;
                    magnitude += std::abs(term);
                }
                const double positive = std::max(sum, 0.0), e = (kChannels * kEps + inputError) * magnitude;
                h.push_back(positive * positive);
                error.push_back(2 * std::abs(sum) * e + e * e + kEps * h.back());
            }
            for (int n = 0; n < kChannels; ++n) {
                double sum = static_cast<double>(y[static_cast<std::size_t>(m * kChannels + n)]);
                double tolerance = 2 * kEps * std::abs(sum);
                for (int i = 0; i < kHidden; ++i) {
                    const auto at = static_cast<std::size_t>(i);
                    const auto weight = static_cast<double>(V[static_cast<std::size_t>(n * kHidden + i)]);
                    sum += h[at] * weight;
                    tolerance += (error[at] + (kHidden * kEps + inputError) * h[at]) * std::abs(weight);
                }
                want.push_back({sum, tolerance + 2 * kEps * std::abs(sum)});
            }
        }
        return want;
    }

    std::vector<float> run(Device &device, Format format) const
    {
        const Floats dx(device, x), dy(device, y);
        const Floats hidden(device, std::vector<float>(static_cast<std::size_t>(rows * kHidden), NAN));
        const PackedWeight K(device, key, format, kHidden, kChannels),
            V(device, value, format, kChannels, kHidden);
        ReluFfn op;
        op.x = dx.view(rows, kChannels);
        op.key = K.weight();
        op.value = V.weight();
        op.hidden = hidden.view(rows, kHidden);
        op.y = dy.view(rows, kChannels);
        op.rows = rows;
        device.reluFfn(op);
        return dy.host();
    }
};

} // namespace

class TestReluFfn : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void matchesTheEquation_data() { addCodePathsAndFormats(); }
    void matchesTheEquation();
    void aRowIsTheSameInAnyCompany_data() { addCodePathsAndFormats(); }
    void aRowIsTheSameInAnyCompany();
};

void TestReluFfn::matchesTheEquation()
{
    QFETCH(QString, path);
    QFETCH(int, format);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    const auto f = static_cast<Format>(format);
    const double inputError = path.startsWith(QLatin1String("amx")) && f == Format::BF16 ? 0x1p-17 : 0;
    for (const int rows : {0, 1, 2, 13, 40}) {
        const Case c(rows);
        const QString difference = firstDifference(c.run(*device, f), c.wanted(f, inputError));
        QVERIFY2(difference.isEmpty(), qPrintable(difference));
    }
}

void TestReluFfn::aRowIsTheSameInAnyCompany()
{
    QFETCH(QString, path);
    QFETCH(int, format);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    const auto f = static_cast<Format>(format);
    const Case all(26);
    const std::vector<float> together = all.run(*device, f);
    for (int row = 0; row < all.rows; ++row) {
        Case one = all;
        one.rows = 1;
        one.x.assign(all.x.begin() + row * kChannels, all.x.begin() + (row + 1) * kChannels);
        one.y.assign(all.y.begin() + row * kChannels, all.y.begin() + (row + 1) * kChannels);
        QVERIFY(sameBits(one.run(*device, f),
                         {together.begin() + row * kChannels, together.begin() + (row + 1) * kChannels}));
    }
}

QTEST_APPLESS_MAIN(TestReluFfn)
#include "tst_relu_ffn.moc"
