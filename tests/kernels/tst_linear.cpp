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
    if (activation == Activation::Silu) return x / (1 + std::exp(-x));
    if (activation == Activation::Decay) return std::exp(-std::exp(x));
    return x;
}

/// Relative error of an activation as the code path sees it: tiles take two bf16 parts of it.
double inputError(const QString &path, Format format)
{
    return path.startsWith(QLatin1String("amx")) && format == Format::BF16 ? 0x1p-17 : 0;
}

/// One problem with its own numbers, and what comes out of it.
struct Case {
    int rows, outs, cols;
    std::vector<float> x, w, bias, y;
    Activation activation = Activation::None;
    bool hasBias = false, accumulate = false;

    Case(int rows_, int outs_, int cols_, std::uint64_t seed)
        : rows(rows_)
        , outs(outs_)
        , cols(cols_)
    {
        Random random(seed);
        x = random.normals(static_cast<std::size_t>(rows * cols));
        w = random.normals(static_cast<std::size_t>(outs * cols), 1 / std::sqrt(cols));
        bias = random.normals(static_cast<std::size_t>(outs));
        y = random.normals(static_cast<std::size_t>(rows * outs));
    }

    /// The equation in double precision. A sum of n terms is off by at most n * eps * the sum of magnitudes.
    std::vector<Bounded> wanted(Format format, double inputError) const
    {
        const std::vector<float> weights = rounded(w, format, cols);
        std::vector<Bounded> want;
        const double largest = static_cast<double>(*std::max_element(weights.begin(), weights.end())) -
                               static_cast<double>(*std::min_element(weights.begin(), weights.end()));
        for (int m = 0; m < rows; ++m) {
            for (int n = 0; n < outs; ++n) {
                double sum = 0, magnitude = 0, inputs = 0;
                for (int k = 0; k < cols; ++k) {
                    const double term = static_cast<double>(x[static_cast<std::size_t>(m * cols + k)]) *
                                        static_cast<double>(weights[static_cast<std::size_t>(n * cols + k)]);
                    sum += term;
                    magnitude += std::abs(term);
                    inputs += std::abs(static_cast<double>(x[static_cast<std::size_t>(m * cols + k)]));
                }
                double tolerance =
                    (cols * kEps + inputError) * magnitude + decodeError(format) * largest * inputs;
                if (hasBias) sum += static_cast<double>(bias[static_cast<std::size_t>(n)]);
                double value = activated(sum, activation);
                // bias, activation: slope at most 1.1 (silu)
                tolerance =
                    1.1 * tolerance + 4 * kEps * (std::abs(sum) + std::abs(value)) +
                    (activation == Activation::Decay ? 2 * kEps : 0); // exp(s) rounds, times exp(-exp(s))
                if (accumulate) value += static_cast<double>(y[static_cast<std::size_t>(m * outs + n)]);
                want.push_back({value, tolerance + 2 * kEps * std::abs(value)});
            }
        }
        return want;
    }

    std::vector<float> run(Device &device, Format format) const
    {
        const Floats dx(device, x), db(device, bias), dy(device, y);
        const PackedWeight packed(device, w, format, outs, cols);
        Linear linear;
        linear.problems = 1;
        linear.rows = rows;
        linear.problem[0] = {dx.view(rows, cols), packed.weight(), hasBias ? db.view(outs) : View{},
                             dy.view(rows, outs), activation,      accumulate};
        device.linear(linear);
        return dy.host();
    }
};

} // namespace

class TestLinear : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void matchesTheEquation_data() { addCodePathsAndFormats(); }
    void matchesTheEquation();
    void appliesBiasActivationAndSum_data() { addCodePaths(); }
    void appliesBiasActivationAndSum();
    void solvesFourProblemsAtOnce_data() { addCodePathsAndFormats(); }
    void solvesFourProblemsAtOnce();
    void aRowIsTheSameInAnyCompany_data() { addCodePathsAndFormats(); }
    void aRowIsTheSameInAnyCompany();
    void threadsChangeNothing_data() { addCodePathsAndFormats(); }
    void threadsChangeNothing();
    void packsFromEveryTypeAndOrientation_data() { addCodePathsAndFormats(); }
    void packsFromEveryTypeAndOrientation();
    void acceptsNoRows_data() { addCodePaths(); }
    void acceptsNoRows();
    void infinityStaysInItsRow_data() { addCodePathsAndFormats(); }
    void infinityStaysInItsRow();
};

void TestLinear::matchesTheEquation()
{
    QFETCH(QString, path);
    QFETCH(int, format);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    const auto f = static_cast<Format>(format);
    for (const int rows : {1, 2, 3, 7, 12, 13, 33, 70})
        for (const int outs : {1, 15, 33, 130})
            for (const int cols : {1, 17, 65}) {
                if (isEmulator(path) && (rows > 13 || outs > 33)) continue; // the same groups, only more
                const Case c(rows, outs, cols, 1);
                const QString difference =
                    firstDifference(c.run(*device, f), c.wanted(f, inputError(path, f)));
                QVERIFY2(
                    difference.isEmpty(),
                    qPrintable(
                        QStringLiteral("%1 x %2 x %3 %4").arg(rows).arg(outs).arg(cols).arg(difference)));
            }
    const Case wide(5, 33, 1100, 2); // several blocks of sums
    const QString difference = firstDifference(wide.run(*device, f), wide.wanted(f, inputError(path, f)));
    QVERIFY2(difference.isEmpty(), qPrintable(difference));
}

void TestLinear::appliesBiasActivationAndSum()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    for (const Activation activation :
         {Activation::None, Activation::Tanh, Activation::Sigmoid, Activation::Silu, Activation::Decay})
        for (const bool hasBias : {false, true})
            for (const bool accumulate : {false, true})
                for (const Format format : {Format::F32, Format::BF16}) {
                    Case c(4, 37, 40, 3);
                    c.activation = activation;
                    c.hasBias = hasBias;
                    c.accumulate = accumulate;
                    const QString difference =
                        firstDifference(c.run(*device, format), c.wanted(format, inputError(path, format)));
                    QVERIFY2(difference.isEmpty(), qPrintable(difference));
                }
}

void TestLinear::solvesFourProblemsAtOnce()
{
    QFETCH(QString, path);
    QFETCH(int, format);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    const auto f = static_cast<Format>(format);
    for (const int rows : {1, 9}) {
        const Case c[4] = {{rows, 33, 40, 1}, {rows, 16, 65, 2}, {rows, 100, 1, 3}, {rows, 5, 64, 4}};
        std::vector<std::unique_ptr<Floats>> arrays;
        std::vector<std::unique_ptr<PackedWeight>> weights;
        Linear linear;
        linear.problems = 4;
        linear.rows = rows;
        for (int i = 0; i < 4; ++i) {
            arrays.push_back(std::make_unique<Floats>(*device, c[i].x));
            const View x = arrays.back()->view(rows, c[i].cols);
            arrays.push_back(std::make_unique<Floats>(*device, c[i].y));
            weights.push_back(std::make_unique<PackedWeight>(*device, c[i].w, f, c[i].outs, c[i].cols));
            linear.problem[i] = {x, weights.back()->weight(), {}, arrays.back()->view(rows, c[i].outs)};
        }
        device->linear(linear);
        for (int i = 0; i < 4; ++i)
            QVERIFY(sameBits(arrays[static_cast<std::size_t>(2 * i + 1)]->host(), c[i].run(*device, f)));
    }
}

void TestLinear::aRowIsTheSameInAnyCompany()
{
    QFETCH(QString, path);
    QFETCH(int, format);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    const auto f = static_cast<Format>(format);
    const int outs = isEmulator(path) ? 5 : 83, cols = 131, most = 40;
    const Case all(most, outs, cols, 5);
    const std::vector<float> together = all.run(*device, f);
    for (int first = 0; first < most; ++first) {
        for (const int count : {1, 2, 3, 5, 8, 11, 12, 31}) {
            if (first + count > most) continue;
            Case part = all;
            part.rows = count;
            part.x.assign(all.x.begin() + first * cols, all.x.begin() + (first + count) * cols);
            part.y.assign(all.y.begin() + first * outs, all.y.begin() + (first + count) * outs);
            const std::vector<float> want(together.begin() + first * outs,
                                          together.begin() + (first + count) * outs);
            QVERIFY2(sameBits(part.run(*device, f), want),
                     qPrintable(QStringLiteral("rows %1 .. %2").arg(first).arg(first + count - 1)));
            if ((path == QLatin1String("amx-emulated") || isEmulator(path)) && first > 3) break; // slow
        }
    }
}

void TestLinear::threadsChangeNothing()
{
    QFETCH(QString, path);
    QFETCH(int, format);
    const auto one = openPath(path, 1), many = openPath(path, 7);
    if (!one) QSKIP("this machine lacks the instructions");
    const auto f = static_cast<Format>(format);
    const Case c(29, isEmulator(path) ? 20 : 200, 70, 6);
    QVERIFY(sameBits(c.run(*one, f), c.run(*many, f)));
}

void TestLinear::packsFromEveryTypeAndOrientation()
{
    QFETCH(QString, path);
    QFETCH(int, format);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    const auto f = static_cast<Format>(format);
    const int rows = 37, cols = 23;
    Random random(8);
    // Small whole numbers: exact in every type, so all sources must give the same packed bytes.
    std::vector<float> values(static_cast<std::size_t>(rows * cols));
    for (float &value : values)
        value = static_cast<float>(random.below(200) - 100);
    const std::size_t bytes = device->weightBytes(f, rows, cols);
    using Bytes = DeviceArray<unsigned char>;
    const std::vector<unsigned char> before(bytes, 0xee);
    const PackedWeight packedFromFloats(*device, values, f, rows, cols);
    std::vector<unsigned char> reference(bytes);
    device->download(reference.data(), packedFromFloats.weight().data, bytes);
    device->sync();
    for (const DType type : {DType::F32, DType::F16, DType::BF16})
        for (const bool transposed : {false, true}) {
            std::vector<unsigned char> stored(values.size() * bytesOf(type) + 1); // one byte off: unaligned
            for (int r = 0; r < rows; ++r)
                for (int k = 0; k < cols; ++k) {
                    const float value = values[static_cast<std::size_t>(r * cols + k)];
                    const int at = transposed ? k * rows + r : r * cols + k;
                    const std::uint16_t half =
                        type == DType::F16 ? F16Format::encode(value) : Bf16Format::encode(value);
                    const void *source = type == DType::F32 ? static_cast<const void *>(&value) : &half;
                    std::memcpy(stored.data() + 1 + static_cast<std::size_t>(at) * bytesOf(type), source,
                                bytesOf(type));
                }
            const Bytes packed(*device, before);
            PackWeight pack;
            pack.source = transposed ? view(stored.data() + 1, type, cols, rows)
                                     : view(stored.data() + 1, type, rows, cols);
            pack.target = packed.data();
            pack.format = f;
            pack.rows = rows;
            pack.cols = cols;
            pack.transposed = transposed;
            device->packWeight(pack);
            QVERIFY(packed.host() == reference);
            if (transposed || f == Format::I8) continue;         // only as a whole
            device->upload(packed.data(), before.data(), bytes); // the same in slices of 16
            for (int first = 0; first < rows; first += 16) {
                pack.firstRow = first;
                pack.source = view(stored.data() + 1 + static_cast<std::size_t>(first * cols) * bytesOf(type),
                                   type, std::min(16, rows - first), cols);
                device->packWeight(pack);
            }
            QVERIFY(packed.host() == reference);
        }
}

void TestLinear::acceptsNoRows()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    Case c(1, 16, 16, 1);
    c.rows = 0;
    const std::vector<float> before = c.y;
    QVERIFY(sameBits(c.run(*device, Format::BF16), before));
    device->linear(Linear{});
}

void TestLinear::infinityStaysInItsRow()
{
    QFETCH(QString, path);
    QFETCH(int, format);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    const auto f = static_cast<Format>(format);
    Case c(6, 20, 33, 9);
    const std::vector<float> clean = c.run(*device, f);
    c.x[static_cast<std::size_t>(2 * c.cols + c.cols - 1)] = INFINITY;
    const std::vector<float> got = c.run(*device, f);
    for (int m = 0; m < c.rows; ++m)
        for (int n = 0; n < c.outs; ++n) {
            const auto i = static_cast<std::size_t>(m * c.outs + n);
            if (m == 2)
                QVERIFY(!std::isfinite(got[i])); // infinity, or NaN where the weight became zero
            else
                QCOMPARE(got[i], clean[i]);
        }
}

QTEST_APPLESS_MAIN(TestLinear)
#include "tst_linear.moc"
