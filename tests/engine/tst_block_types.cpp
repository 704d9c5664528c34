#include "engine/files/block_types.h"
#include "kernels/formats/f16.h"
#include "kernels/formats/int4.h"
#include "support/thrown_error.h"

#include <QtTest>

#include <array>
#include <cmath>
#include <cstring>
#include <random>

using namespace engine;

namespace
{

using Block = std::vector<std::uint8_t>;

double halfAt(const Block &b, std::size_t at)
{
    return kernels::F16Format::decode(std::uint16_t(b[at] | b[at + 1] << 8));
}

// The equations of ggml-common.h in float64, written block by block as its comments describe them, not as the
// decoder walks.

std::vector<double> small(const Block &b, bool hasMin, bool hasHigh)
{
    const std::size_t head = hasMin ? 4 : 2, nibbles = head + (hasHigh ? 4 : 0);
    std::vector<double> x(32);
    for (std::size_t i = 0; i < 16; ++i)
        for (std::size_t part = 0; part < 2; ++part) {
            const std::size_t j = i + 16 * part;
            int q = part == 0 ? b[nibbles + i] % 16 : b[nibbles + i] / 16;
            if (hasHigh && (b[head + j / 8] & 1 << (j % 8)) != 0) q += 16;
            x[j] = hasMin ? halfAt(b, 0) * q + halfAt(b, 2) : halfAt(b, 0) * (q - (hasHigh ? 16 : 8));
        }
    return x;
}

std::vector<double> q8(const Block &b)
{
    std::vector<double> x;
    for (std::size_t i = 0; i < 32; ++i)
        x.push_back(halfAt(b, 0) * std::int8_t(b[2 + i]));
    return x;
}

std::vector<double> q2k(const Block &b)
{
    std::vector<double> x;
    std::size_t scale = 0;
    for (std::size_t half = 0; half < 2; ++half)
        for (int shift = 0; shift < 8; shift += 2)
            for (std::size_t part = 0; part < 2; ++part, ++scale)
                for (std::size_t i = 0; i < 16; ++i) {
                    const int q = (b[16 + 32 * half + 16 * part + i] >> shift) & 3;
                    x.push_back(halfAt(b, 80) * (b[scale] & 15) * q - halfAt(b, 82) * (b[scale] >> 4));
                }
    return x;
}

std::vector<double> q3k(const Block &b)
{
    std::array<int, 16> scales{};
    for (std::size_t i = 0; i < 16; ++i)
        scales[i] = ((i < 8 ? b[96 + i] & 15 : b[96 + i - 8] >> 4) |
                     ((b[96 + 8 + i % 4] >> (2 * (i / 4))) & 3) << 4) -
                    32;
    std::vector<double> x;
    int mask = 1;
    std::size_t scale = 0;
    for (std::size_t half = 0; half < 2; ++half)
        for (int shift = 0; shift < 8; shift += 2, mask *= 2)
            for (std::size_t part = 0; part < 2; ++part, ++scale)
                for (std::size_t i = 0; i < 16; ++i) {
                    const std::size_t l = 16 * part + i;
                    const int q = ((b[32 + 32 * half + l] >> shift) & 3) - ((b[l] & mask) != 0 ? 0 : 4);
                    x.push_back(halfAt(b, 108) * scales[scale] * q);
                }
    return x;
}

std::vector<double> q45k(const Block &b, bool hasHigh)
{
    const std::size_t quants = hasHigh ? 48 : 16;
    std::vector<double> x;
    for (std::size_t sub = 0; sub < 8; ++sub) {
        const auto s = [&](std::size_t i) { return int(b[4 + i]); };
        const int scale = sub < 4 ? s(sub) & 63 : (s(sub + 4) & 15) | (s(sub - 4) >> 6) << 4;
        const int min = sub < 4 ? s(sub + 4) & 63 : (s(sub + 4) >> 4) | (s(sub) >> 6) << 4;
        for (std::size_t i = 0; i < 32; ++i) {
            const int byte = b[quants + 32 * (sub / 2) + i];
            int q = sub % 2 == 0 ? byte & 15 : byte >> 4;
            if (hasHigh && (b[16 + i] & 1 << sub) != 0) q += 16;
            x.push_back(halfAt(b, 0) * scale * q - halfAt(b, 2) * min);
        }
    }
    return x;
}

std::vector<double> q6k(const Block &b)
{
    std::vector<double> x(256);
    for (std::size_t half = 0; half < 2; ++half)
        for (std::size_t l = 0; l < 32; ++l) {
            const std::size_t low = 64 * half, high = 128 + 32 * half, scales = 192 + 8 * half + l / 16;
            const int q[] = {(b[low + l] & 15) | (b[high + l] & 3) << 4,
                             (b[low + l + 32] & 15) | ((b[high + l] >> 2) & 3) << 4,
                             (b[low + l] >> 4) | ((b[high + l] >> 4) & 3) << 4,
                             (b[low + l + 32] >> 4) | ((b[high + l] >> 6) & 3) << 4};
            for (std::size_t k = 0; k < 4; ++k)
                x[128 * half + 32 * k + l] = halfAt(b, 208) * std::int8_t(b[scales + 2 * k]) * (q[k] - 32);
        }
    return x;
}

struct Case {
    StoredType type;
    std::size_t elements, bytes;
    std::vector<double> (*decode)(const Block &);
    std::vector<std::size_t> halves; ///< where its fp16 numbers lie
};

const Case kCases[] = {
    {StoredType::Q4_0, 32, 18, [](const Block &b) { return small(b, false, false); }, {0}},
    {StoredType::Q4_1, 32, 20, [](const Block &b) { return small(b, true, false); }, {0, 2}},
    {StoredType::Q5_0, 32, 22, [](const Block &b) { return small(b, false, true); }, {0}},
    {StoredType::Q5_1, 32, 24, [](const Block &b) { return small(b, true, true); }, {0, 2}},
    {StoredType::Q8_0, 32, 34, q8, {0}},
    {StoredType::Q2_K, 256, 84, q2k, {80, 82}},
    {StoredType::Q3_K, 256, 110, q3k, {108}},
    {StoredType::Q4_K, 256, 144, [](const Block &b) { return q45k(b, false); }, {0, 2}},
    {StoredType::Q5_K, 256, 176, [](const Block &b) { return q45k(b, true); }, {0, 2}},
    {StoredType::Q6_K, 256, 210, q6k, {208}},
};

/// Three blocks of random bytes with scales between 2^-7 and 1.
Block randomBlocks(const Case &c)
{
    std::mt19937 random(7);
    Block bytes(3 * c.bytes);
    for (std::uint8_t &byte : bytes)
        byte = std::uint8_t(random());
    for (std::size_t block = 0; block < 3; ++block)
        for (const std::size_t at : c.halves)
            bytes[block * c.bytes + at + 1] = std::uint8_t((random() % 2) << 7 | (0x20 + random() % 0x1c));
    return bytes;
}

std::vector<float> decode(StoredType type, const Block &bytes, std::size_t count)
{
    std::vector<float> out(count);
    decodeToFloat(type, std::as_bytes(std::span(bytes)), out);
    return out;
}

} // namespace

class TestBlockTypes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void decodesAsTheEquationsSay_data() { addCases(); }
    void decodesAsTheEquationsSay();
    void scalesInTheStoredForm_data() { addCases(); }
    void scalesInTheStoredForm();
    void keepsTheCodesOfFourBitsInInt4_data();
    void keepsTheCodesOfFourBitsInInt4();
    void encodesToTheNearestLevel_data();
    void encodesToTheNearestLevel();
    void encodesZeros();
    void keepsWhatIsNotFinite();
    void knowsTheSizes();
    void refusesPartsOfBlocks();

private:
    void addCases()
    {
        QTest::addColumn<int>("index");
        for (int i = 0; i < int(std::size(kCases)); ++i)
            QTest::newRow(nameOf(kCases[i].type)) << i;
    }
};

void TestBlockTypes::decodesAsTheEquationsSay()
{
    QFETCH(int, index);
    const Case &c = kCases[index];
    const Block bytes = randomBlocks(c);
    const std::vector<float> got = decode(c.type, bytes, 3 * c.elements);
    for (std::size_t block = 0; block < 3; ++block) {
        const Block one(bytes.begin() + std::ptrdiff_t(block * c.bytes),
                        bytes.begin() + std::ptrdiff_t((block + 1) * c.bytes));
        const std::vector<double> want = c.decode(one);
        QCOMPARE(want.size(), c.elements);
        for (std::size_t i = 0; i < c.elements; ++i) {
            // Two roundings of products below 2^14 and one of their difference.
            const double tolerance = 3 * 0x1p-24 * 0x1p14;
            QVERIFY2(
                std::fabs(double(got[block * c.elements + i]) - want[i]) <= tolerance,
                qPrintable(QStringLiteral("%1: %2, expected %3").arg(i).arg(double(got[i])).arg(want[i])));
        }
    }
}

void TestBlockTypes::scalesInTheStoredForm()
{
    QFETCH(int, index);
    const Case &c = kCases[index];
    Block bytes = randomBlocks(c);
    const std::vector<float> before = decode(c.type, bytes, 3 * c.elements);
    scaleStored(c.type, std::as_writable_bytes(std::span(bytes)), 3);
    const std::vector<float> after = decode(c.type, bytes, 3 * c.elements);
    for (std::size_t i = 0; i < before.size(); ++i)
        QCOMPARE(after[i], 8 * before[i]);
}

void TestBlockTypes::keepsTheCodesOfFourBitsInInt4_data()
{
    QTest::addColumn<int>("index");
    for (int i = 0; i < int(std::size(kCases)); ++i)
        if (const StoredType type = kCases[i].type;
            type == StoredType::Q4_0 || type == StoredType::Q4_1 || type == StoredType::Q4_K)
            QTest::newRow(nameOf(type)) << i;
}

/// As models' default keeps them. Scale and offset are rounded to 11 bits, of a range of twice the largest
/// magnitude and of a magnitude; what is kept has no larger sum of 32 squares. A step is a fifteenth.
void TestBlockTypes::keepsTheCodesOfFourBitsInInt4()
{
    QFETCH(int, index);
    const Case &c = kCases[index];
    const std::vector<float> values = decode(c.type, randomBlocks(c), 3 * c.elements);
    for (std::size_t from = 0; from < values.size(); from += kernels::kGroup) {
        const kernels::GroupCode group = kernels::Int4Format::encode(&values[from]);
        const double largest = kernels::largestOf(&values[from]);
        for (int i = 0; i < kernels::kGroup; ++i)
            QVERIFY(std::fabs(double(kernels::Int4Format::decode(group, i)) -
                              double(values[from + std::size_t(i)])) <=
                    std::sqrt(32.0) * 3 * 0x1p-11 * largest);
    }
}

void TestBlockTypes::encodesToTheNearestLevel_data()
{
    QTest::addColumn<int>("type");
    QTest::addColumn<double>("step"); // of a block whose largest magnitude is 1
    QTest::newRow("q8_0") << int(StoredType::Q8_0) << 1.0 / 127;
    QTest::newRow("q4_0") << int(StoredType::Q4_0) << 1.0 / 8;
}

void TestBlockTypes::encodesToTheNearestLevel()
{
    QFETCH(int, type);
    QFETCH(double, step);
    std::mt19937 random(3);
    std::vector<float> values(64);
    for (float &value : values)
        value = float(int(random() % 1801) - 900) / 1000.0F;
    values[5] = -1.0F;
    values[40] = -1.0F; // the extreme of both blocks
    const BlockShape shape = blockOf(StoredType(type));
    std::vector<std::byte> bytes(values.size() / shape.elements * shape.bytes);
    encodeFromFloat(StoredType(type), values, bytes);
    std::vector<float> back(values.size());
    decodeToFloat(StoredType(type), bytes, back);
    for (std::size_t i = 0; i < values.size(); ++i) {
        // Half a step, and the scale's rounding to eleven bits.
        const double tolerance = step * 0.5 * (1 + 1e-6) + 1.0 / 2048;
        QVERIFY(std::fabs(double(back[i]) - double(values[i])) <= tolerance);
    }
}

void TestBlockTypes::encodesZeros()
{
    for (const StoredType type : {StoredType::Q8_0, StoredType::Q4_0}) {
        const std::vector<float> zeros(32);
        std::vector<std::byte> bytes(blockOf(type).bytes);
        encodeFromFloat(type, zeros, bytes);
        std::vector<float> back(32, 1.0F);
        decodeToFloat(type, bytes, back);
        for (const float value : back)
            QCOMPARE(value, 0.0F);
    }
}

void TestBlockTypes::keepsWhatIsNotFinite()
{
    for (const StoredType type : {StoredType::Q8_0, StoredType::Q4_0})
        for (const float bad : {std::nanf(""), INFINITY, -INFINITY}) {
            std::vector<float> values(32, 1.0F), back(32);
            values[7] = bad;
            std::vector<std::byte> bytes(blockOf(type).bytes);
            encodeFromFloat(type, values, bytes);
            decodeToFloat(type, bytes, back);
            QVERIFY(!std::isfinite(back[7]));
        }
}

void TestBlockTypes::knowsTheSizes()
{
    for (const Case &c : kCases) {
        QCOMPARE(blockOf(c.type).bytes, c.bytes);
        QCOMPARE(storedBytes(c.type, {2, 512}), std::optional<std::uint64_t>(1024 / c.elements * c.bytes));
        QVERIFY(!storedBytes(c.type, {512, 2}));
        QVERIFY(!storedBytes(c.type, {std::int64_t(1) << 40, std::int64_t(1) << 40}));
    }
    QVERIFY(!storedBytes(StoredType::F32, {-1}));
    QVERIFY(!storedBytes(StoredType::F64, {std::int64_t(1) << 62}));
    QCOMPARE(storedBytes(StoredType::BF16, {3, 5}), std::optional<std::uint64_t>(30));
}

void TestBlockTypes::refusesPartsOfBlocks()
{
    const Block bytes(35);
    std::vector<float> out(32);
    const auto code = [&](std::size_t count, StoredType type) {
        return support::errorOf(
                   [&] { decodeToFloat(type, std::as_bytes(std::span(bytes)).first(count), out); })
            .code();
    };
    QCOMPARE(code(34, StoredType::Q8_0), ErrorCode::None);
    QCOMPARE(code(35, StoredType::Q8_0), ErrorCode::Internal);
    QCOMPARE(code(18, StoredType::Q8_0), ErrorCode::Internal);
    QCOMPARE(code(32, StoredType::I8), ErrorCode::Internal);
}

QTEST_APPLESS_MAIN(TestBlockTypes)
#include "tst_block_types.moc"
