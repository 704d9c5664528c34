// The code for processors with AMX, instruction by instruction, on a machine that needs none of them.

#include "kernels/cpu/cpu_device.h"
#include "support/kernel_device.h"
#if defined(__x86_64__)
#include "support/tile_machine.h"
#endif

#include <QTest>

using namespace kernels;
using namespace test;

class TestAmxInstructions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void givesTheBitsOfEmulatedTiles_data();
    void givesTheBitsOfEmulatedTiles();
    void runsInManyThreads();
};

namespace
{

/// nullptr without AVX-512, which the code around the tiles needs.
std::unique_ptr<Device> openUnasked(int threads)
{
    const cpu::Path *path = cpu::unaskedAmxPath();
    if (!path) return nullptr;
    DeviceInfo info;
    info.id = "cpu";
    info.threads = threads;
    return std::make_unique<cpu::CpuDevice>(std::move(info), *path);
}

struct Problem {
    int rows, outs, cols;
    std::vector<float> x, w;

    Problem(int rows_, int outs_, int cols_)
        : rows(rows_)
        , outs(outs_)
        , cols(cols_)
    {
        Random random(static_cast<std::uint64_t>(rows * 1000 + outs));
        x = random.normals(static_cast<std::size_t>(rows * cols));
        w = random.normals(static_cast<std::size_t>(outs * cols), 1 / std::sqrt(cols));
    }

    std::vector<float> run(Device &device) const
    {
        const Floats dx(device, x), dy(device, std::vector<float>(static_cast<std::size_t>(rows * outs)));
        const PackedWeight packed(device, w, Format::BF16, outs, cols);
        Linear linear;
        linear.problems = 1;
        linear.rows = rows;
        linear.problem[0].x = dx.view(rows, cols);
        linear.problem[0].w = packed.weight();
        linear.problem[0].y = dy.view(rows, outs);
        device.linear(linear);
        return dy.host();
    }
};

} // namespace

void TestAmxInstructions::givesTheBitsOfEmulatedTiles_data()
{
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("outs");
    QTest::addColumn<int>("cols");
    QTest::newRow("one of each") << 1 << 1 << 1;
    QTest::newRow("a row") << 1 << 80 << 96;
    QTest::newRow("whole tiles") << 16 << 64 << 64;
    QTest::newRow("edges everywhere") << 37 << 83 << 131;
}

void TestAmxInstructions::givesTheBitsOfEmulatedTiles()
{
#if defined(__x86_64__)
    QFETCH(int, rows);
    QFETCH(int, outs);
    QFETCH(int, cols);
    const auto device = openUnasked(1);
    if (!device) QSKIP("this machine lacks the instructions around the tiles");
    const Problem problem(rows, outs, cols);
    const int before = TileMachine::executed;
    const TileMachineInstalled machine;
    const std::vector<float> got = problem.run(*device);
    if (!openPath(QStringLiteral("amx"))) QVERIFY(TileMachine::executed > before);
    QVERIFY(sameBits(got, problem.run(*openPath(QStringLiteral("amx-emulated"), 1))));
#else
    QSKIP("for x86-64");
#endif
}

/// Every thread has tiles of its own.
void TestAmxInstructions::runsInManyThreads()
{
#if defined(__x86_64__)
    const auto device = openUnasked(3);
    if (!device) QSKIP("this machine lacks the instructions around the tiles");
    const Problem problem(40, 300, 70);
    const TileMachineInstalled machine;
    QVERIFY(sameBits(problem.run(*device), problem.run(*openPath(QStringLiteral("amx-emulated"), 1))));
#else
    QSKIP("for x86-64");
#endif
}

QTEST_APPLESS_MAIN(TestAmxInstructions)

#include "tst_amx_instructions.moc"
