// The i8 of the rwkv package against the text of its definition, in float64 on plain lists.
#include "support/kernel_device.h"

#include <QTest>

#include <vector>

using namespace kernels;

namespace
{

using Matrix = std::vector<std::vector<double>>; ///< [in][out], as the package works on it

/// What the package would multiply with, M^ = (q + 1/2) ry rx + my + mx, and half a step of every number.
struct Wanted {
    Matrix value, halfStep;
};

double leastOf(const std::vector<double> &v) { return *std::min_element(v.begin(), v.end()); }
double mostOf(const std::vector<double> &v) { return *std::max_element(v.begin(), v.end()); }

Matrix turned(const Matrix &m)
{
    Matrix t(m[0].size(), std::vector<double>(m.size()));
    for (std::size_t i = 0; i < m.size(); ++i)
        for (std::size_t j = 0; j < m[0].size(); ++j)
            t[j][i] = m[i][j];
    return t;
}

/// Takes the least number of every row away.
std::vector<double> takeLeast(Matrix &m)
{
    std::vector<double> least;
    for (std::vector<double> &row : m) {
        least.push_back(leastOf(row));
        for (double &x : row)
            x -= least.back();
    }
    return least;
}

/// Divides every row by its largest number.
std::vector<double> divideByMost(Matrix &m)
{
    std::vector<double> most;
    for (std::vector<double> &row : m) {
        most.push_back(mostOf(row));
        for (double &x : row)
            x /= most.back() == 0 ? 1 : most.back();
    }
    return most;
}

/// rwkv-math-and-formats §19.3 line by line.
Wanted definition(Matrix m)
{
    std::vector<double> mx, my;
    if (m.size() > m[0].size()) {
        my = takeLeast(m);
        m = turned(m);
        mx = takeLeast(m);
    } else {
        m = turned(m);
        mx = takeLeast(m);
        m = turned(m);
        my = takeLeast(m);
        m = turned(m);
    }
    const std::vector<double> rx = divideByMost(m); // m is [out][in] here
    m = turned(m);
    const std::vector<double> ry = divideByMost(m);
    Wanted wanted{m, m};
    for (std::size_t i = 0; i < m.size(); ++i)
        for (std::size_t j = 0; j < m[0].size(); ++j) {
            const double q = std::clamp(std::floor(256 * m[i][j]), 0.0, 255.0);
            wanted.halfStep[i][j] = ry[i] * rx[j] / 512;
            wanted.value[i][j] = (q + 0.5) * (ry[i] / 16) * (rx[j] / 16) + my[i] + mx[j];
        }
    return wanted;
}

/// [outs, ins] numbers, with what makes matrices hard to encode.
std::vector<float> numbers(int outs, int ins, const QString &kind)
{
    test::Random random(5);
    std::vector<float> w = random.normals(static_cast<std::size_t>(outs * ins), 0.3, 0.1);
    for (int out = 0; out < outs; ++out)
        for (int in = 0; in < ins; ++in) {
            float &x = w[static_cast<std::size_t>(out * ins + in)];
            if (kind == "columns of many sizes") x *= static_cast<float>(in % 7 * in % 7 + 1);
            if (kind == "a constant output" && out == 3) x = 0.25F;
            if (kind == "a constant input" && in == 2) x = -0.5F;
            if (kind == "zeros") x = 0;
        }
    return w;
}

} // namespace

class TestI8 : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isTheDefinition_data();
    void isTheDefinition();
    void keepsZeros();
    void takesAByteForANumber();
    void packsFromEveryTypeInAnyOrientation();
};

void TestI8::isTheDefinition_data()
{
    QTest::addColumn<int>("outs");
    QTest::addColumn<int>("ins");
    QTest::addColumn<QString>("kind");
    for (const char *kind : {"plain", "columns of many sizes", "a constant output", "a constant input"})
        for (const auto &[outs, ins] : {std::pair{40, 70}, {70, 40}, {33, 33}, {5, 3}})
            QTest::addRow("%s %dx%d", kind, outs, ins) << outs << ins << QString(kind);
}

/// Codes next to a border may fall to either side in float32: a step more is allowed for one in a hundred.
void TestI8::isTheDefinition()
{
    QFETCH(int, outs);
    QFETCH(int, ins);
    QFETCH(QString, kind);
    const std::vector<float> source = numbers(outs, ins, kind);
    Matrix m(static_cast<std::size_t>(ins), std::vector<double>(static_cast<std::size_t>(outs)));
    for (std::size_t i = 0; i < m.size(); ++i)
        for (std::size_t j = 0; j < m[0].size(); ++j)
            m[i][j] = static_cast<double>(source[j * m.size() + i]);
    const Wanted want = definition(m);
    std::vector<float> got = source;
    test::roundI8(got, static_cast<std::size_t>(ins));
    const double largest = *std::max_element(source.begin(), source.end());
    std::size_t moved = 0;
    for (std::size_t i = 0; i < m.size(); ++i)
        for (std::size_t j = 0; j < m[0].size(); ++j) {
            const auto number = static_cast<double>(got[j * m.size() + i]);
            // Where all numbers of an output or input are the same, ours are exact: there is no half step.
            const double off = std::abs(number - want.value[i][j]);
            if (off > want.halfStep[i][j] * 1.001 + 8 * test::kEps * largest) ++moved;
            QVERIFY(off <= 2.001 * want.halfStep[i][j] + 8 * test::kEps * largest);
            QVERIFY2(std::abs(number - m[i][j]) <= want.halfStep[i][j] * 1.001 + 8 * test::kEps * largest,
                     qPrintable(QString("%1 became %2").arg(m[i][j]).arg(number)));
        }
    QVERIFY2(moved <= m.size() * m[0].size() / 100, qPrintable(QString::number(moved)));
}

/// The definition would make them 1/512: it divides by a range of 1 instead of 0.
void TestI8::keepsZeros()
{
    std::vector<float> w = numbers(20, 30, "zeros");
    test::roundI8(w, 30);
    QVERIFY(std::all_of(w.begin(), w.end(), [](float x) { return x == 0; }));
}

void TestI8::takesAByteForANumber()
{
    const auto device = openDevice("cpu");
    // 2048 columns, 4096 outputs: codes, and two float32 for each output and each input.
    QCOMPARE(device->weightBytes(Format::I8, 4096, 2048), std::size_t(4096 * 2048 + 8 * (4096 + 2048)));
    QCOMPARE(I8Format::bytes(4096, 2048), std::size_t(4096 * 2048 + 8 * (4096 + 2048)));
}

/// The same bits from float32 and from fp16 of the same numbers, [outs, ins] or turned.
void TestI8::packsFromEveryTypeInAnyOrientation()
{
    const int outs = 37, ins = 53;
    const auto device = openDevice("cpu", {3, {}});
    std::vector<float> w = numbers(outs, ins, "plain");
    for (float &x : w)
        x = F16Format::decode(F16Format::encode(x));
    std::vector<std::uint16_t> turnedHalfs(w.size());
    for (int out = 0; out < outs; ++out)
        for (int in = 0; in < ins; ++in)
            turnedHalfs[static_cast<std::size_t>(in * outs + out)] =
                F16Format::encode(w[static_cast<std::size_t>(out * ins + in)]);
    const std::size_t bytes = device->weightBytes(Format::I8, outs, ins);
    std::vector<std::byte> first(bytes), second(bytes);
    PackWeight pack;
    pack.format = Format::I8;
    pack.rows = outs;
    pack.cols = ins;
    pack.source = view(w.data(), DType::F32, outs, ins);
    pack.target = first.data();
    device->packWeight(pack);
    pack.source = view(turnedHalfs.data(), DType::F16, ins, outs);
    pack.transposed = true;
    pack.target = second.data();
    device->packWeight(pack);
    device->sync();
    QVERIFY(first == second);
}

QTEST_APPLESS_MAIN(TestI8)
#include "tst_i8.moc"
