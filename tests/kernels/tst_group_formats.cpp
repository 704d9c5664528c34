// The formats with groups of 32 inputs: what a code means, and how far an encoded weight may be off.
#include "support/kernel_device.h"

#include <QTest>

using namespace kernels;

namespace
{

/// A float of a sign, `exponentBits` and `mantissaBits` without infinities, by its fields; bias as IEEE has
/// it.
double smallFloat(unsigned code, int exponentBits, int mantissaBits)
{
    const int bias = (1 << (exponentBits - 1)) - 1;
    const int exponent = static_cast<int>(code >> mantissaBits) & ((1 << exponentBits) - 1);
    const double mantissa = static_cast<double>(code & ((1U << mantissaBits) - 1)) / (1 << mantissaBits);
    const double sign = code >> (exponentBits + mantissaBits) ? -1 : 1;
    return sign *
           (exponent == 0 ? std::ldexp(mantissa, 1 - bias) : std::ldexp(1 + mantissa, exponent - bias));
}

/// The x with P(normal <= x) = p.
double quantile(double p)
{
    double low = -10, high = 10;
    for (int i = 0; i < 200; ++i) {
        const double middle = (low + high) / 2;
        (std::erfc(-middle / std::sqrt(2.0)) / 2 < p ? low : high) = middle;
    }
    return low;
}

/// QLoRA, appendix E: quantiles at 8 points up to 0.9677083 above zero and 7 below, over the largest.
std::vector<double> normalFloatLevels()
{
    constexpr double kOffset = 0.9677083;
    std::vector<double> levels = {0};
    for (int i = 0; i < 8; ++i)
        levels.push_back(quantile(kOffset + (0.5 - kOffset) * i / 8));
    for (int i = 0; i < 7; ++i)
        levels.push_back(-quantile(kOffset + (0.5 - kOffset) * i / 7));
    std::sort(levels.begin(), levels.end());
    for (double &level : levels)
        level /= quantile(kOffset);
    return levels;
}

/// Groups of many kinds: normal, uniform, one large among small, all equal, zero, one sign.
std::vector<std::vector<float>> groups()
{
    test::Random random(11);
    std::vector<std::vector<float>> all;
    for (const double scale : {1.0, 0.02, 3e-3, 100.0})
        for (int i = 0; i < 50; ++i) {
            all.push_back(random.normals(kGroup, scale));
            all.push_back(random.normals(kGroup, scale));
            for (float &w : all.back())
                w = static_cast<float>(scale * (random.uniform() - 0.5));
            all.push_back(random.normals(kGroup, scale));
            all.back()[static_cast<std::size_t>(random.below(kGroup))] *= 20;
            all.push_back(random.normals(kGroup, scale));
            for (float &w : all.back())
                w = std::abs(w) + static_cast<float>(scale);
        }
    all.push_back(std::vector<float>(kGroup, 0.0F));
    all.push_back(std::vector<float>(kGroup, -0.3F));
    all.push_back(std::vector<float>(kGroup, 60000.0F));
    return all;
}

template <class Traits>
double squaredError(const std::vector<float> &w, const GroupCode &code)
{
    double error = 0;
    for (int i = 0; i < kGroup; ++i)
        error += std::pow(static_cast<double>(Traits::decode(code, i)) -
                              static_cast<double>(w[static_cast<std::size_t>(i)]),
                          2);
    return error;
}

template <class Traits>
void checkBound()
{
    double worst = 0;
    for (const std::vector<float> &w : groups()) {
        const GroupCode code = Traits::encode(w.data());
        const auto largest = static_cast<double>(largestOf(w.data()));
        for (int i = 0; i < kGroup; ++i) {
            QVERIFY(code.code[i] < 1U << Traits::kBits);
            const double off = std::abs(static_cast<double>(Traits::decode(code, i)) -
                                        static_cast<double>(w[static_cast<std::size_t>(i)]));
            QVERIFY2(off <= Traits::kGroupError * largest,
                     qPrintable(QStringLiteral("%1 became %2; largest %3")
                                    .arg(static_cast<double>(w[static_cast<std::size_t>(i)]))
                                    .arg(static_cast<double>(Traits::decode(code, i)))
                                    .arg(largest)));
            if (largest > 0) worst = std::max(worst, off / largest);
        }
    }
    QVERIFY(worst > Traits::kGroupError / 20); // the bound says something
}

/// The least squared error with the plain scale: the largest magnitude becomes the largest code.
template <class Traits>
double plainError(const std::vector<float> &w, const std::vector<double> &values)
{
    const double scale =
        static_cast<double>(largestOf(w.data())) / *std::max_element(values.begin(), values.end());
    double error = 0;
    for (const float x : w) {
        double least = INFINITY;
        for (const double value : values)
            least = std::min(least, std::abs(static_cast<double>(x) - scale * value));
        error += least * least;
    }
    return error;
}

/// Codes mean `values[code]` times one scale, up to float rounding; searching has made nothing worse.
template <class Traits>
void checkValues(const std::vector<double> &values)
{
    GroupCode code;
    code.scale = F16Format::encode(1);
    code.code[0] = static_cast<std::uint8_t>(std::max_element(values.begin(), values.end()) - values.begin());
    const double unit = static_cast<double>(Traits::decode(code, 0)) / values[code.code[0]];
    for (std::size_t i = 0; i < values.size(); ++i) {
        code.code[1] = static_cast<std::uint8_t>(i);
        QVERIFY(std::abs(static_cast<double>(Traits::decode(code, 1)) - unit * values[i]) <= 1e-6);
    }
    double searched = 0, plain = 0;
    for (const std::vector<float> &w : groups()) {
        searched = squaredError<Traits>(w, Traits::encode(w.data()));
        plain = plainError<Traits>(w, values);
        // The scale is an fp16 number: a 2048th of the largest weight more.
        const double rounding = static_cast<double>(largestOf(w.data())) / 2048;
        QVERIFY(std::sqrt(searched) <= std::sqrt(plain) + rounding * std::sqrt(static_cast<double>(kGroup)));
    }
}

std::vector<double> smallFloats(int exponentBits, int mantissaBits)
{
    std::vector<double> values;
    for (unsigned code = 0; code < 2U << (exponentBits + mantissaBits); ++code) {
        values.push_back(smallFloat(code, exponentBits, mantissaBits));
    }
    return values;
}

} // namespace

class TestGroupFormats : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void int8StaysInItsBound() { checkBound<Int8Format>(); }
    void fp8StaysInItsBound() { checkBound<Fp8Format>(); }
    void fp6StaysInItsBound() { checkBound<Fp6Format>(); }
    void fp5StaysInItsBound() { checkBound<Fp5Format>(); }
    void nf4StaysInItsBound() { checkBound<Nf4Format>(); }
    void int4StaysInItsBound() { checkBound<Int4Format>(); }
    void fp6IsE3m2() { checkValues<Fp6Format>(smallFloats(3, 2)); }
    void fp5IsE2m2() { checkValues<Fp5Format>(smallFloats(2, 2)); }
    void nf4IsNormalFloat() { checkValues<Nf4Format>(normalFloatLevels()); }
    void fp8IsE4m3();
    void int8KeepsQ8_0();
    void int4IsNoWorseThanThePlainRange();
    void largestsSaturate();
    void sizes();
};

/// Codes 0x7f and 0xff are NaN in e4m3 and never written.
void TestGroupFormats::fp8IsE4m3()
{
    std::vector<double> values = smallFloats(4, 3);
    values[0x7f] = values[0xff] = 0;
    GroupCode code;
    code.scale = F16Format::encode(1);
    for (unsigned i = 0; i < 256; ++i) {
        if ((i & 0x7fU) == 0x7fU) continue;
        code.code[0] = static_cast<std::uint8_t>(i);
        QCOMPARE(static_cast<double>(Fp8Format::decode(code, 0)), values[i] / 256);
    }
    for (const std::vector<float> &w : groups())
        for (const std::uint8_t c : Fp8Format::encode(w.data()).code)
            QVERIFY((c & 0x7fU) != 0x7fU);
}

/// Weights of a Q8_0 file, where the largest magnitude of a block has code 127 or -127, come through exactly.
void TestGroupFormats::int8KeepsQ8_0()
{
    test::Random random(12);
    for (int round = 0; round < 2000; ++round) {
        const float scale =
            F16Format::decode(F16Format::encode(static_cast<float>(std::exp(random.normal()))));
        float w[kGroup];
        int codes[kGroup];
        for (int i = 0; i < kGroup; ++i)
            codes[i] = random.below(255) - 127;
        codes[random.below(kGroup)] = round % 2 ? 127 : -127;
        for (int i = 0; i < kGroup; ++i)
            w[i] = scale * static_cast<float>(codes[i]);
        const GroupCode code = Int8Format::encode(w);
        QCOMPARE(F16Format::decode(code.scale), scale);
        for (int i = 0; i < kGroup; ++i)
            QCOMPARE(static_cast<int>(static_cast<std::int8_t>(code.code[i])), codes[i]);
    }
}

void TestGroupFormats::int4IsNoWorseThanThePlainRange()
{
    for (const std::vector<float> &w : groups()) {
        const auto [low, high] = std::minmax_element(w.begin(), w.end());
        const double step = (static_cast<double>(*high) - static_cast<double>(*low)) / 15;
        double plain = 0;
        for (const float x : w) {
            const double at = step == 0 ? 0 : (static_cast<double>(x) - static_cast<double>(*low)) / step;
            plain += std::pow((at - std::round(at)) * step, 2);
        }
        // Scale and offset are fp16 numbers.
        const double rounding = static_cast<double>(largestOf(w.data())) * 3 / 2048;
        QVERIFY(std::sqrt(squaredError<Int4Format>(w, Int4Format::encode(w.data()))) <=
                std::sqrt(plain) + rounding * std::sqrt(static_cast<double>(kGroup)));
    }
}

void TestGroupFormats::largestsSaturate()
{
    std::vector<float> w(kGroup, 3e38F);
    w[1] = -3e38F;
    const auto check = [&](auto traits) {
        using Traits = decltype(traits);
        const GroupCode code = Traits::encode(w.data());
        for (int i = 0; i < kGroup; ++i)
            QVERIFY(std::isfinite(Traits::decode(code, i)));
    };
    check(Int8Format());
    check(Fp8Format());
    check(Fp6Format());
    check(Fp5Format());
    check(Nf4Format());
    check(Int4Format());
}

/// Bits a weight, worked out by hand: codes, and 16 bits of scale (32 with an offset) for 32 weights.
void TestGroupFormats::sizes()
{
    const auto device = test::openPath(QStringLiteral("plain"), 1);
    const std::pair<Format, double> bits[] = {{Format::Int8, 8.5}, {Format::Fp8, 8.5}, {Format::Fp6, 6.5},
                                              {Format::Fp5, 5.5},  {Format::Nf4, 4.5}, {Format::Int4, 5.0}};
    for (const auto &[format, expected] : bits)
        QCOMPARE(static_cast<double>(device->weightBytes(format, 64, 96)) * 8 / (64 * 96), expected);
}

QTEST_APPLESS_MAIN(TestGroupFormats)
#include "tst_group_formats.moc"
