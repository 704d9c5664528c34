#include "support/kernel_device.h"

#include <QTest>

using namespace kernels;
using namespace test;

namespace
{

constexpr int kChannels = 41, kHidden = 150;

struct Case {
    int rows;
    bool gated; ///< as in RWKV-4 to 6
    std::vector<float> x, key, value, y, xr, receptance;
    explicit Case(int rows_, bool gated_ = false)
        : rows(rows_)
        , gated(gated_)
    {
        Random random(11);
        x = random.normals(static_cast<std::size_t>(rows * kChannels));
        key = random.normals(kHidden * kChannels, 1 / std::sqrt(kChannels));
        value = random.normals(kHidden * kChannels, 1 / std::sqrt(kHidden));
        y = random.normals(static_cast<std::size_t>(rows * kChannels));
        xr = random.normals(static_cast<std::size_t>(rows * kChannels));
        receptance = random.normals(kChannels * kChannels, 1 / std::sqrt(kChannels));
    }

    /// sigmoid(receptance xr) of one number; its slope is at most 1/4.
    Bounded gate(int row, int channel, const std::vector<float> &R, double inputError) const
    {
        double sum = 0, magnitude = 0;
        for (int k = 0; k < kChannels; ++k) {
            const double term = static_cast<double>(xr[static_cast<std::size_t>(row * kChannels + k)]) *
                                static_cast<double>(R[static_cast<std::size_t>(channel * kChannels + k)]);
            sum += term;
            magnitude += std::abs(term);
        }
        return {1 / (1 + std::exp(-sum)), (kChannels * kEps + inputError) * magnitude / 4 + 4 * kEps};
    }

    /// The square of an inner sum h with error e is off by 2 |h| e + e^2.
    std::vector<Bounded> wanted(Format format, double inputError) const
    {
        const std::vector<float> K = rounded(key, format, kChannels), V = rounded(value, format, kHidden),
                                 R = rounded(receptance, format, kChannels);
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
                const auto old = static_cast<double>(y[static_cast<std::size_t>(m * kChannels + n)]);
                double sum = 0, tolerance = 0;
                for (int i = 0; i < kHidden; ++i) {
                    const auto at = static_cast<std::size_t>(i);
                    const auto weight = static_cast<double>(V[static_cast<std::size_t>(n * kHidden + i)]);
                    sum += h[at] * weight;
                    tolerance += (error[at] + (kHidden * kEps + inputError) * h[at]) * std::abs(weight);
                }
                const Bounded factor = gated ? gate(m, n, R, inputError) : Bounded{1, 0};
                const double added = sum * factor.value;
                const double bound = tolerance * factor.value + std::abs(sum) * factor.tolerance;
                want.push_back(
                    {old + added, bound + 2 * kEps * (std::abs(old) + std::abs(added) + std::abs(sum))});
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
        const Floats dxr(device, xr), factors(device, std::vector<float>(y.size(), NAN));
        const PackedWeight R(device, receptance, format, kChannels, kChannels);
        if (gated) {
            op.receptance = R.weight();
            op.xr = dxr.view(rows, kChannels);
            op.gate = factors.view(rows, kChannels);
        }
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
    for (const bool gated : {false, true})
        for (const int rows : {0, 1, 2, 13, 40}) {
            if (isEmulator(path) && rows > 13) continue;
            const Case c(rows, gated);
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
    const Case all(isEmulator(path) ? 5 : 26, true);
    const std::vector<float> together = all.run(*device, f);
    for (int row = 0; row < all.rows; ++row) {
        Case one = all;
        one.rows = 1;
        one.x.assign(all.x.begin() + row * kChannels, all.x.begin() + (row + 1) * kChannels);
        one.xr.assign(all.xr.begin() + row * kChannels, all.xr.begin() + (row + 1) * kChannels);
        one.y.assign(all.y.begin() + row * kChannels, all.y.begin() + (row + 1) * kChannels);
        QVERIFY(sameBits(one.run(*device, f),
                         {together.begin() + row * kChannels, together.begin() + (row + 1) * kChannels}));
    }
}

QTEST_APPLESS_MAIN(TestReluFfn)
#include "tst_relu_ffn.moc"
