#include "kernels/weight.h"

#include <QTest>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

using namespace kernels;

namespace
{

/// The value of a 16-bit float from its fields, in double precision.
double valueOf(unsigned bits, int exponentBits)
{
    const int mantissaBits = 15 - exponentBits, bias = (1 << (exponentBits - 1)) - 1;
    const int exponent = static_cast<int>(bits >> mantissaBits) & ((1 << exponentBits) - 1);
    const double mantissa = static_cast<double>(bits & ((1U << mantissaBits) - 1)) / (1 << mantissaBits);
    const double sign = (bits & 0x8000U) ? -1 : 1;
    if (exponent == (1 << exponentBits) - 1)
        return mantissa == 0 ? sign * std::numeric_limits<double>::infinity() : std::nan("");
    if (exponent == 0) return sign * std::ldexp(mantissa, 1 - bias);
    return sign * std::ldexp(1 + mantissa, exponent - bias);
}

template <class Format>
void checkDecode(int exponentBits)
{
    for (unsigned bits = 0; bits < 65536; ++bits) {
        const double want = valueOf(bits, exponentBits);
        const double got = static_cast<double>(Format::decode(static_cast<std::uint16_t>(bits)));
        const bool same =
            std::isnan(want) ? std::isnan(got) : got == want && std::signbit(got) == std::signbit(want);
        QVERIFY2(same,
                 qPrintable(QStringLiteral("0x%1: got %2, expected %3").arg(bits, 0, 16).arg(got).arg(want)));
    }
}

/// Each value encodes to itself, and what lies around the middle to its next to the nearer, or the even,
/// neighbour.
template <class Format>
void checkEncode(int exponentBits)
{
    const unsigned infinity = ((1U << exponentBits) - 1) << (15 - exponentBits);
    for (unsigned bits = 0; bits < infinity; ++bits) {
        for (const unsigned sign : {0U, 0x8000U}) {
            const auto lower = static_cast<float>(valueOf(bits | sign, exponentBits));
            QCOMPARE(Format::encode(lower), static_cast<std::uint16_t>(bits | sign));
            if (bits + 1 == infinity) continue;
            const auto middle = static_cast<float>(
                (valueOf(bits | sign, exponentBits) + valueOf((bits + 1) | sign, exponentBits)) / 2);
            const auto towards = [&](float to) { return Format::encode(std::nextafter(middle, to)); };
            QCOMPARE(Format::encode(middle), static_cast<std::uint16_t>((bits + (bits & 1U)) | sign));
            QCOMPARE(towards(0.0F), static_cast<std::uint16_t>(bits | sign));
            QCOMPARE(towards(sign ? -INFINITY : INFINITY), static_cast<std::uint16_t>((bits + 1) | sign));
        }
    }
    QCOMPARE(Format::encode(INFINITY), static_cast<std::uint16_t>(infinity));
    QCOMPARE(Format::encode(-INFINITY), static_cast<std::uint16_t>(infinity | 0x8000U));
    QVERIFY(std::isnan(Format::decode(Format::encode(NAN))));
    QVERIFY(std::isnan(Format::decode(Format::encode(-NAN))));
}

#if defined(__x86_64__)
__attribute__((target("f16c"))) std::uint16_t hardwareHalf(float x)
{
    return static_cast<std::uint16_t>(_cvtss_sh(x, _MM_FROUND_TO_NEAREST_INT));
}
#endif

} // namespace

class TestFormats : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void decodesEveryHalf() { checkDecode<F16Format>(5); }
    void decodesEveryBf16() { checkDecode<Bf16Format>(8); }
    void roundsHalfToNearestEven() { checkEncode<F16Format>(5); }
    void roundsBf16ToNearestEven() { checkEncode<Bf16Format>(8); }
    void halfOverflowsToInfinity();
    void halfAgreesWithTheProcessor();
    void namesMatch();
};

void TestFormats::halfOverflowsToInfinity()
{
    QCOMPARE(F16Format::encode(65519.0F), std::uint16_t{0x7bff});
    QCOMPARE(F16Format::encode(65520.0F), std::uint16_t{0x7c00});
    QCOMPARE(F16Format::encode(-1e30F), std::uint16_t{0xfc00});
    QCOMPARE(Bf16Format::encode(3.4e38F), std::uint16_t{0x7f80});
}

void TestFormats::halfAgreesWithTheProcessor()
{
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("avx2")) QSKIP("no F16C here");
    for (std::uint64_t bits = 0; bits < 0x100000000U; bits += 4099) { // a prime step meets every exponent
        const auto word = static_cast<std::uint32_t>(bits);
        float x;
        std::memcpy(&x, &word, sizeof x);
        if (std::isnan(x)) continue;
        if (F16Format::encode(x) != hardwareHalf(x)) QCOMPARE(F16Format::encode(x), hardwareHalf(x));
    }
#else
    QSKIP("no F16C here");
#endif
}

void TestFormats::namesMatch()
{
    QCOMPARE(nameOf(Format::F32), "fp32");
    QCOMPARE(nameOf(Format::F16), "fp16");
    QCOMPARE(nameOf(Format::BF16), "bf16");
}

QTEST_APPLESS_MAIN(TestFormats)
#include "tst_formats.moc"
