// Products of many rows on matrix units: what is right is used, what is wrong is left out, and what it costs.
// Emulated cards, with instances that the tests plant.
#include "support/kernel_device.h"

#include <QTest>

using namespace kernels;
using namespace test;

namespace
{

/// A card with these instances, named as in kernels/gpu/gemm/emulated.cu.
std::unique_ptr<Device> cardWith(const QByteArray &instances, const std::string &id = "emulator:0")
{
    qputenv("ROOKERY_EMULATOR", instances);
    std::string reason;
    auto device = openDevice(id, {1, {}}, &reason);
    if (!device) qFatal("%s", reason.c_str());
    return device;
}

struct Problem {
    int rows, outs, cols;
    std::vector<float> x, w, bias, y;
    Activation activation = Activation::Silu;

    Problem(int m, int n, int k, std::uint64_t seed)
        : rows(m)
        , outs(n)
        , cols(k)
    {
        Random random(seed);
        x = random.normals(std::size_t(m) * std::size_t(k));
        w = random.normals(std::size_t(n) * std::size_t(k), 0.2);
        bias = random.normals(std::size_t(n));
        y = random.normals(std::size_t(m) * std::size_t(n));
    }

    std::vector<float> run(Device &device, Format format) const
    {
        const Floats dx(device, x), db(device, bias), dy(device, y);
        const PackedWeight packed(device, w, format, outs, cols);
        Linear linear;
        linear.problems = 1;
        linear.rows = rows;
        linear.problem[0] = {dx.view(rows, cols), packed.weight(), db.view(outs),
                             dy.view(rows, outs), activation,      true};
        device.linear(linear);
        return dy.host();
    }

    /// By float64. Rounded activations and, where they are quantised, weights change the sum by their share
    /// of the terms, and so do the fp32 additions; see kernels/gpu/gemm.h.
    std::vector<Bounded> wanted(Format format) const
    {
        const std::vector<float> weights = rounded(w, format, cols);
        const bool isBf16 = format == Format::BF16, isQuantised = !isHigh(format);
        const double ofInput = isBf16 ? 0x1p-8 : 0x1p-11;
        std::vector<Bounded> want;
        for (int m = 0; m < rows; ++m) {
            double most = 0;
            for (int k = 0; k < cols; ++k)
                most = std::max(most, double(std::abs(x[std::size_t(m * cols + k)])));
            for (int n = 0; n < outs; ++n) {
                double sum = 0, error = 0;
                for (int k = 0; k < cols; ++k) {
                    const double in = double(x[std::size_t(m * cols + k)]);
                    const double by = double(weights[std::size_t(n * cols + k)]);
                    const double inError = std::max(ofInput * std::abs(in), isBf16 ? 0 : 0x1p-39 * most);
                    const double byError = isQuantised ? std::max(0x1p-11 * std::abs(by), 0x1p-25) : 0;
                    sum += in * by;
                    error += inError * std::abs(by) + byError * (std::abs(in) + inError) +
                             (cols + 4) * kEps * std::abs(in * by);
                }
                sum += double(bias[std::size_t(n)]);
                const double value = activation == Activation::Silu ? sum / (1 + std::exp(-sum)) : sum;
                const double all = value + double(y[std::size_t(m * outs + n)]);
                // the slope of silu is at most 1.1
                want.push_back(
                    {all, 1.1 * error + 6 * kEps * (std::abs(sum) + std::abs(value) + std::abs(all))});
            }
        }
        return want;
    }
};

} // namespace

class TestGpuGemm : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup() { qunsetenv("ROOKERY_EMULATOR"); }
    void usesWhatIsRight_data();
    void usesWhatIsRight();
    void leavesOutWhatIsWrong_data();
    void leavesOutWhatIsWrong();
    void goesToTheNextOne();
    void staysWithItsOwnKernelsWithoutMemory();
    void needsManyRows();
    void keepsFp32();
    void aRowIsTheSameInAnyCompany();
    void takesNumbersOfAnySize();
    void infinityStaysInItsRow();

private:
    std::unique_ptr<Device> m_right, m_plain; ///< with what is right, and without anything
};

void TestGpuGemm::initTestCase()
{
    m_right = cardWith("gemm=right", "emulator:1");
    m_plain = cardWith("1", "emulator:2");
    QVERIFY(m_right->info().notes.empty());
    QVERIFY(m_plain->info().notes.empty());
}

void TestGpuGemm::usesWhatIsRight_data()
{
    QTest::addColumn<int>("format");
    for (const Format format : allFormats())
        if (format != Format::F32 && format != Format::I8) QTest::newRow(nameOf(format)) << int(format);
}

/// Outputs and rows of more than one part, inputs that no piece of eight ends with.
void TestGpuGemm::usesWhatIsRight()
{
    QFETCH(int, format);
    const auto f = static_cast<Format>(format);
    const Problem problem(66, 72, 131, 1);
    const std::vector<float> got = problem.run(*m_right, f);
    const QString difference = firstDifference(got, problem.wanted(f));
    QVERIFY2(difference.isEmpty(), qPrintable(difference));
    QVERIFY(!sameBits(got, problem.run(*m_plain, f))); // it was not our own kernel
}

void TestGpuGemm::leavesOutWhatIsWrong_data()
{
    QTest::addColumn<QByteArray>("instances");
    QTest::addColumn<QByteArray>("note");
    QTest::addColumn<int>("notes");
    QTest::newRow("an input too few")
        << QByteArray("wrong") << QByteArray("wrong-f16 is not used: it computes something else") << 2;
    QTest::newRow("nothing added") << QByteArray("forgetful") << QByteArray("of a product with everything")
                                   << 2;
#if !defined(__SANITIZE_ADDRESS__) // which finds such a write itself and ends the program
    QTest::newRow("writes elsewhere")
        << QByteArray("wild") << QByteArray("wild-f16 is not used: it failed: ") << 2;
#endif
    QTest::newRow("does not start") << QByteArray("refusing") << QByteArray("does not take") << 1;
    QTest::newRow("other architecture") << QByteArray("foreign") << QByteArray() << 0;
}

void TestGpuGemm::leavesOutWhatIsWrong()
{
    QFETCH(QByteArray, instances);
    QFETCH(QByteArray, note);
    QFETCH(int, notes);
    const Problem problem(70, 68, 72, 2);
    std::vector<float> own[2];
    const Format formats[] = {Format::F16, Format::BF16};
    for (int i = 0; i < 2; ++i)
        own[i] = problem.run(*m_plain, formats[i]);
    const auto device = cardWith("gemm=" + instances);
    const auto &told = device->info().notes;
    QCOMPARE(int(told.size()), notes);
    if (notes > 0) QVERIFY2(told[0].find(note.toStdString()) != std::string::npos, told[0].c_str());
    QCOMPARE(device->status(), Status::Ok);
    const auto memory = device->memory();
    QCOMPARE(memory.freeBytes, memory.totalBytes); // no room for what is not used
    for (int i = 0; i < 2; ++i)
        QVERIFY(sameBits(problem.run(*device, formats[i]), own[i]));
}

void TestGpuGemm::goesToTheNextOne()
{
#if defined(__SANITIZE_ADDRESS__)
    const auto device = cardWith("gemm=wrong+right"); // the wild one would end the program
#else
    const auto device = cardWith("gemm=wild+right"); // the card is begun anew between the two
#endif
    QCOMPARE(int(device->info().notes.size()), 2);
    QCOMPARE(device->status(), Status::Ok);
    const Problem problem(66, 68, 72, 3);
    const std::vector<float> got = problem.run(*device, Format::F16);
    QVERIFY(firstDifference(got, problem.wanted(Format::F16)).isEmpty());
    QVERIFY(sameBits(got, problem.run(*m_right, Format::F16)));
}

void TestGpuGemm::staysWithItsOwnKernelsWithoutMemory()
{
    const auto device = cardWith("gemm=right,memory=24K");
    QCOMPARE(int(device->info().notes.size()), 1);
    QCOMPARE(device->info().notes[0], std::string("no memory for products on matrix units"));
    QCOMPARE(device->status(), Status::Ok);
    QCOMPARE(device->memory().freeBytes, device->memory().totalBytes);
}

void TestGpuGemm::needsManyRows()
{
    const Problem few(63, 64, 64, 4), narrow(64, 60, 64, 5), odd(64, 66, 64, 6);
    for (const Problem *problem : {&few, &narrow, &odd})
        QVERIFY(sameBits(problem->run(*m_right, Format::BF16), problem->run(*m_plain, Format::BF16)));
}

void TestGpuGemm::keepsFp32()
{
    const Problem problem(64, 64, 64, 7);
    QVERIFY(sameBits(problem.run(*m_right, Format::F32), problem.run(*m_plain, Format::F32)));
}

void TestGpuGemm::aRowIsTheSameInAnyCompany()
{
    for (const Format format : {Format::F16, Format::BF16, Format::Int4}) {
        const Problem all(140, 64, 72, 8);
        const std::vector<float> together = all.run(*m_right, format);
        Problem part = all;
        const int first = 59;
        part.rows = 70;
        part.x.assign(all.x.begin() + first * all.cols, all.x.begin() + (first + 70) * all.cols);
        part.y.assign(all.y.begin() + first * all.outs, all.y.begin() + (first + 70) * all.outs);
        const std::vector<float> apart = part.run(*m_right, format);
        QVERIFY(sameBits(apart,
                         {together.begin() + first * all.outs, together.begin() + (first + 70) * all.outs}));
    }
}

/// Rows far beyond what fp16 can hold, and rows far below.
void TestGpuGemm::takesNumbersOfAnySize()
{
    for (const Format format : {Format::F16, Format::BF16, Format::Fp8}) {
        Problem problem(64, 64, 72, 9);
        problem.activation = Activation::None;
        std::fill(problem.bias.begin(), problem.bias.end(), 0.0F);
        std::fill(problem.y.begin(), problem.y.end(), 0.0F);
        const float sizes[] = {1e30F, 70000, 1, 1e-6F, 1e-20F};
        for (int row = 0; row < problem.rows; ++row)
            for (int i = 0; i < problem.cols; ++i)
                problem.x[std::size_t(row * problem.cols + i)] *= sizes[row % 5];
        const QString difference = firstDifference(problem.run(*m_right, format), problem.wanted(format));
        QVERIFY2(difference.isEmpty(), qPrintable(difference));
    }
}

void TestGpuGemm::infinityStaysInItsRow()
{
    for (const float bad :
         {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
        Problem problem(64, 64, 72, 10);
        const std::vector<float> before = problem.run(*m_right, Format::F16);
        problem.x[std::size_t(7 * problem.cols + 3)] = bad;
        const std::vector<float> after = problem.run(*m_right, Format::F16);
        for (std::size_t i = 0; i < after.size(); ++i)
            if (i / 64 == 7)
                QVERIFY(!std::isfinite(after[i]) || problem.activation == Activation::Silu);
            else
                QVERIFY(std::memcmp(&after[i], &before[i], sizeof after[i]) == 0);
    }
}

QTEST_APPLESS_MAIN(TestGpuGemm)
#include "tst_gpu_gemm.moc"
