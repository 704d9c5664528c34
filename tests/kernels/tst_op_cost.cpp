// What ops are said to move and to compute, against numbers worked out by hand, and the device that notes it.
#include "kernels/profiled_device.h"
#include "support/kernel_device.h"

#include <QTest>

using namespace kernels;

namespace
{

/// Stands for device memory that nobody looks at.
float *some()
{
    static float memory[1];
    return memory;
}

View shaped(std::int64_t d0, std::int64_t d1) { return view(some(), DType::F32, d0, d1); }
View shaped(std::int64_t d0) { return view(some(), DType::F32, d0); }
Weight weight(Format format, int rows, int cols) { return {some(), format, rows, cols}; }

} // namespace

class TestOpCost : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_device = openDevice("cpu", {1, "plain"}); }
    void countsProducts();
    void countsNormsAndMixes();
    void countsRecurrences();
    void countsWhatAttentionSees();
    void countsChosenExperts();
    void notesCallsAndLeavesBitsAlone_data();
    void notesCallsAndLeavesBitsAlone();
    void passesCallsOnWhileItDoesNotNote();

private:
    void check(const OpCost &got, double bytes, double flops)
    {
        QCOMPARE(got.bytes, bytes);
        QCOMPARE(got.flops, flops);
    }
    std::unique_ptr<Device> m_device;
};

void TestOpCost::countsProducts()
{
    // 32 outputs of 64 inputs in bf16 are 4096 bytes; 3 rows of 64 go in, 3 rows of 32 come out.
    Linear linear;
    linear.rows = 3;
    linear.problems = 1;
    linear.problem[0] = {shaped(3, 64), weight(Format::BF16, 32, 64), {}, shaped(3, 32)};
    check(costOf(linear, *m_device), 4096 + 768 + 384, 12288);
    // Added to what is there: that is read too. A bias is 128 bytes.
    linear.problem[0].accumulate = true;
    linear.problem[0].bias = shaped(32);
    check(costOf(linear, *m_device), 4096 + 768 + 2 * 384 + 128, 12288);
    // Twice the same is twice as much.
    linear.problem[1] = linear.problem[0];
    linear.problems = 2;
    check(costOf(linear, *m_device), 2 * (4096 + 768 + 2 * 384 + 128), 24576);

    // Rank 16 between 64 inputs and outputs in fp32: 4096 bytes a factor; 2 rows, in and out 512 bytes each.
    LowRank low;
    low.rows = 2;
    low.problems = 1;
    low.problem[0].a = weight(Format::F32, 16, 64);
    low.problem[0].b = weight(Format::F32, 64, 16);
    check(costOf(low, *m_device), 2 * 4096 + 2 * 512, 2 * 2 * (1024 + 1024));

    // 64 wide, 256 hidden, fp32: 65536 bytes a matrix; a row in, a row out that was there before.
    ReluFfn ffn;
    ffn.rows = 1;
    ffn.key = weight(Format::F32, 256, 64);
    ffn.value = weight(Format::F32, 64, 256);
    check(costOf(ffn, *m_device), 2 * 65536 + 3 * 256, 4 * 16384);
    ffn.receptance = weight(Format::F32, 64, 64);
    check(costOf(ffn, *m_device), 2 * 65536 + 16384 + 4 * 256, 4 * 16384 + 8192);

    GatedFfn gated;
    gated.rows = 2;
    gated.gate = gated.up = weight(Format::F32, 256, 64);
    gated.down = weight(Format::F32, 64, 256);
    check(costOf(gated, *m_device), 3 * 65536 + 2 * 3 * 256, 2 * 6 * 16384);

    RowProduct row{shaped(3, 8), view(some(), DType::F32, 3, 8, 8), shaped(3, 8)};
    check(costOf(row, *m_device), (24 + 192 + 24) * 4, 384);
}

void TestOpCost::countsNormsAndMixes()
{
    Embed embed;
    embed.table = view(some(), DType::BF16, 1000, 64);
    embed.x = shaped(5, 64);
    check(costOf(embed, *m_device), 5 * (4 + 128 + 256), 0);
    embed.gain = embed.bias = shaped(64);
    check(costOf(embed, *m_device), 5 * (4 + 128 + 256) + 512, 5 * 64 * 8);

    // Of 7 rows two are normed: 2 x 256 bytes in and out, two vectors, two row numbers.
    NormMix norm;
    norm.x = shaped(7, 64);
    norm.gain = norm.bias = shaped(64);
    norm.batch.tokens = 7;
    const std::int32_t rows[2] = {};
    norm.rows = rows;
    norm.rowCount = 2;
    check(costOf(norm, *m_device), 4 * 256 + 2 * 256 + 8, 2 * 64 * 8);
    // 7 rows of 3 sequences with 6 mixes: rows in, six times out, 8 vectors, 3 shifts read and written.
    norm.rows = nullptr;
    norm.mixes = 6;
    norm.batch.seqs = 3;
    check(costOf(norm, *m_device), (7 * 7 + 8 + 6) * 256, 7 * 64 * (8 + 1 + 12));

    Prepare7 prepare;
    prepare.tokens = 2;
    prepare.heads = 2;
    prepare.headSize = 32;
    prepare.kK = prepare.kA = shaped(64);
    prepare.vFirst = shaped(2, 64);
    prepare.firstLayer = true; // w k a in and out, negKappa out, v in, vFirst out
    check(costOf(prepare, *m_device), (2 * 9 + 2) * 256, 2 * 64 * 15);
    prepare.firstLayer = false; // v in and out, vMix and vFirst in
    prepare.vMix = shaped(2, 64);
    check(costOf(prepare, *m_device), (2 * 11 + 2) * 256, 2 * 64 * 18);

    Readout readout; // y in and out, r k v g in; gain, bias, rK
    readout.tokens = 2;
    readout.heads = 2;
    readout.headSize = 32;
    readout.gain = readout.bias = readout.rK = shaped(64);
    readout.g = shaped(2, 64);
    check(costOf(readout, *m_device), (2 * 6 + 3) * 256, 2 * 64 * 14);
}

void TestOpCost::countsRecurrences()
{
    // 4 rows of 2 sequences, 3 heads of 64: matrices are 49152 bytes a sequence, read and written.
    Wkv7 seven;
    seven.heads = 3;
    seven.headSize = 64;
    seven.batch.tokens = 4;
    seven.batch.seqs = 2;
    check(costOf(seven, *m_device), 4 * 7 * 768 + 2 * 2 * 49152, 4 * 3 * 64 * 64 * 9);

    Wkv6 six;
    six.heads = 3;
    six.headSize = 64;
    six.batch = seven.batch;
    six.w = view(some(), DType::F32, 4, 3, 64); // a decay of every row, and u
    check(costOf(six, *m_device), (4 * 5 + 1) * 768 + 2 * 2 * 49152, 4 * 3 * 64 * 64 * 7);
    six.w = shaped(3, 64); // one decay for all
    six.isGated = true;    // and no u
    check(costOf(six, *m_device), (4 * 4 + 1) * 768 + 2 * 2 * 49152, 4 * 3 * 64 * 64 * 5);

    Wkv4 four; // a, b and p of 2 sequences read and written, w and u
    four.k = shaped(4, 64);
    four.batch = seven.batch;
    check(costOf(four, *m_device), (4 * 4 + 2 + 12) * 256, 4 * 64 * 24);
}

/// Two sequences: one has read 10 tokens and reads 3 more, one reads its first; three tokens are seen at
/// most.
void TestOpCost::countsWhatAttentionSees()
{
    std::int32_t start[] = {0, 3, 4}, slot[] = {1, 0};
    float positions[] = {0, 10};
    Attention attention;
    attention.heads = 4;
    attention.keyHeads = 2;
    attention.headSize = 8;
    attention.context = 3;
    attention.position = {positions, 1};
    attention.batch = {4, 2, start, slot, slot};
    // Rows: q and y of 32, k and v of 16 read and kept. Two rows kept before: keys and values.
    // Pairs: 3 + 3 + 3 and 1, of 4 heads of 8, a score and a sum each.
    check(costOf(attention, *m_device), (4 * (64 + 64) + 2 * 32 + 4) * 4, 10 * 32 * 4);
    attention.context = 100; // ten kept before; 11 + 12 + 13 pairs, and 1
    check(costOf(attention, *m_device), (4 * (64 + 64) + 10 * 32 + 4) * 4, 37 * 32 * 4);
}

void TestOpCost::countsChosenExperts()
{
    std::vector<Mole::Expert> experts(4, {weight(Format::F32, 16, 64), weight(Format::F32, 256, 16),
                                          weight(Format::F32, 16, 256), weight(Format::F32, 64, 16)});
    Mole mole;
    mole.rows = 1;
    mole.key = weight(Format::F32, 256, 64);
    mole.value = weight(Format::F32, 64, 256);
    mole.expert = experts.data();
    mole.experts = 4;
    mole.active = 2;
    const double one = 2 * (16 * 64 + 256 * 16) * 4; // bytes of an expert
    // One row chooses two of four; three rows may touch all of them.
    check(costOf(mole, *m_device), 2 * 65536 + 3 * 256 + 2 * one, 4 * 16384 + 2 * one / 2);
    mole.rows = 3;
    check(costOf(mole, *m_device), 2 * 65536 + 9 * 256 + 4 * one, 3 * (4 * 16384 + 2 * one / 2));
}

void TestOpCost::notesCallsAndLeavesBitsAlone_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("one"); ///< name of the kernel for one row
    QTest::addColumn<QString>("many");
    QTest::newRow("plain") << "plain"
                           << "plain row"
                           << "plain blocks";
    QTest::newRow("emulator") << "emulator:0 warp32"
                              << "skinny x1"
                              << "skinny x8";
}

void TestOpCost::notesCallsAndLeavesBitsAlone()
{
    QFETCH(QString, path);
    const int outs = 40, ins = 48;
    ProfiledDevice device(test::openPath(path));
    const auto bare = test::openPath(path);
    test::Random random(3);
    const std::vector<float> w = random.normals(std::size_t(outs * ins)), x = random.normals(9 * ins);
    std::vector<std::vector<float>> results;
    device.start();
    for (Device *on : {static_cast<Device *>(&device), bare.get()}) {
        const test::PackedWeight packed(*on, w, Format::F16, outs, ins);
        const test::Floats in(*on, x), out(*on, std::vector<float>(std::size_t(9 * outs)));
        for (const int rows : {1, 9, 9}) {
            Linear linear;
            linear.rows = rows;
            linear.problems = 1;
            linear.problem[0] = {in.view(rows, ins), packed.weight(), {}, out.view(rows, outs)};
            on->linear(linear);
        }
        results.push_back(out.host());
    }
    device.stop();
    QVERIFY(results[0] == results[1]);
    const auto entry = [&](const char *op, const QString &kernel) {
        const auto found = device.entries().find({op, kernel.toStdString()});
        return found == device.entries().end() ? ProfiledDevice::Entry() : found->second;
    };
    const auto bytes = static_cast<double>(bare->weightBytes(Format::F16, outs, ins));
    QFETCH(QString, one);
    QFETCH(QString, many);
    QCOMPARE(entry("linear", one).calls, 1);
    check(entry("linear", one).cost, bytes + (ins + outs) * 4, 2.0 * outs * ins);
    QCOMPARE(entry("linear", many).calls, 2);
    check(entry("linear", many).cost, 2 * (bytes + 9 * (ins + outs) * 4), 2 * 9 * 2.0 * outs * ins);
    QVERIFY(entry("linear", many).seconds > 0);
    QCOMPARE(entry("upload", {}).calls, 2); // x and what y was
    QCOMPARE(entry("upload", {}).cost.bytes, 4.0 * 9 * (ins + outs));
    QCOMPARE(entry("download", {}).cost.bytes, 4.0 * 9 * outs);
}

void TestOpCost::passesCallsOnWhileItDoesNotNote()
{
    ProfiledDevice device(openDevice("cpu", {1, "plain"}));
    const test::Floats numbers(device, {1, 2, 3});
    device.start();
    device.stop();
    QVERIFY((numbers.host() == std::vector<float>{1, 2, 3}));
    QVERIFY(device.entries().empty());
}

QTEST_APPLESS_MAIN(TestOpCost)
#include "tst_op_cost.moc"
