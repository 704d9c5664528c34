// Steps that cards record and repeat: the same bits as without, and when they are dropped.
#include "engine/engine.h"
#include "support/hybrid_model.h"
#include "support/model_run.h"
#include "support/tiny_rwkv456.h"
#include "support/tiny_rwkv7.h"

#include <QTemporaryDir>
#include <QTest>

#include <cstring>

using namespace support;
using engine::LoadedModel;

namespace
{

/// Which slots a step works on, in changing order and company.
const std::vector<std::vector<std::int32_t>> kSteps = {{0}, {1},    {0, 1}, {1, 0},    {2},   {0, 1, 2},
                                                       {1}, {2, 1}, {0, 2}, {2, 0, 1}, {2, 0}};
constexpr int kWidths = 3; ///< numbers of rows that occur, each more than once

/// The logits of one token for each of the slots.
std::vector<float> decode(LoadedModel &m, const std::vector<std::int32_t> &slots, int turn)
{
    std::vector<std::int32_t> tokens, start{0}, wanted;
    for (const std::int32_t slot : slots) {
        tokens.push_back((turn * 37 + slot * 11) % m.model->dims().vocabulary);
        start.push_back(start.back() + 1);
        wanted.push_back(static_cast<std::int32_t>(wanted.size()));
    }
    m.segments->forward({tokens, start, slots, wanted, 0, {}});
    std::vector<float> logits(slots.size() * static_cast<std::size_t>(m.model->dims().vocabulary));
    m.device().download(logits.data(), m.segments->logitRow(0), logits.size() * sizeof(float));
    m.segments->sync();
    return logits;
}

/// All steps one after the other.
std::vector<std::vector<float>> decodeAll(LoadedModel &m)
{
    std::vector<std::vector<float>> all;
    for (const std::vector<std::int32_t> &slots : kSteps)
        all.push_back(decode(m, slots, static_cast<int>(all.size())));
    return all;
}

} // namespace

class TestSegmentsRecorded : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_folder.isValid()); }
    void cleanup()
    {
        qunsetenv("ROOKERY_EMULATOR");
        engine::setLogSink({});
    }
    void givesTheBitsOfSingleOps_data();
    void givesTheBitsOfSingleOps();
    void recordsEveryNumberOfRowsOnce();
    void readsPromptsOpByOp();
    void dropsWhatWasRecorded();
    void keepsOnlySoMany();
    void goesOnWhereACardCannot();

private:
    LoadedModel load(const QString &family, const QString &strategy, bool isRecording = true)
    {
        std::string bytes;
        if (family == "7")
            bytes = safetensors(TinyRwkv7(4, {2, 64, 32, 128}).tensors);
        else if (family.contains('-'))
            bytes = hybridFile(hybridGolden(family), 1, hybridGolden(family)["config"]);
        else
            bytes = safetensors(TinyRwkv456(4, {family.toStdString(), 2, 64, 32, 128}).tensors);
        engine::LoadSpec spec;
        spec.model = m_folder.filePath("model.safetensors").toStdString();
        writeBytes(spec.model, bytes);
        spec.strategy = strategy.toStdString();
        spec.slots = 80;
        LoadedModel m = engine::loadModel(spec, {}, {}, {});
        m.segments->setRecording(isRecording);
        for (int i = 0; i < spec.slots; ++i)
            m.states->acquire();
        return m;
    }
    QTemporaryDir m_folder;
};

void TestSegmentsRecorded::givesTheBitsOfSingleOps_data()
{
    QTest::addColumn<QString>("family");
    QTest::addColumn<QString>("strategy");
    QTest::addColumn<int>("parts"); ///< of a step that are recorded
    for (const char *family : {"7", "6", "4", "hxa079-1"})
        QTest::newRow(family) << QString::fromLatin1(family) << "emulator fp32" << 1;
    QTest::newRow("split") << "7"
                           << "emulator:0 fp32 *1 -> emulator:1 fp32" << 2;
    QTest::newRow("with the processor") << "7"
                                        << "cpu fp32 *1 -> emulator fp32" << 1;
    QTest::newRow("streamed") << "6"
                              << "emulator fp32 *1+" << 2;
}

void TestSegmentsRecorded::givesTheBitsOfSingleOps()
{
    QFETCH(QString, family);
    QFETCH(QString, strategy);
    QFETCH(int, parts);
    LoadedModel recorded = load(family, strategy), plain = load(family, strategy, false);
    const auto got = decodeAll(recorded), want = decodeAll(plain);
    for (std::size_t i = 0; i < want.size(); ++i)
        QVERIFY2(got[i].size() == want[i].size() &&
                     std::memcmp(got[i].data(), want[i].data(), want[i].size() * sizeof(float)) == 0,
                 qPrintable(QString("step %1").arg(i)));
    QCOMPARE(recorded.segments->recorded().made, kWidths * parts);
    // The first of each is done op by op; one row ran already while it was loaded.
    QVERIFY(recorded.segments->recorded().repeated >= (int(kSteps.size()) - kWidths) * parts);
    QCOMPARE(plain.segments->recorded().made, 0);
}

void TestSegmentsRecorded::recordsEveryNumberOfRowsOnce()
{
    LoadedModel m = load("7", "emulator fp32");
    decodeAll(m);
    QCOMPARE(m.segments->recorded().steps, kWidths);
    const int repeated = m.segments->recorded().repeated;
    decodeAll(m);
    QCOMPARE(m.segments->recorded().made, kWidths); // nothing is recorded twice
    QCOMPARE(m.segments->recorded().repeated, repeated + int(kSteps.size()));
}

void TestSegmentsRecorded::readsPromptsOpByOp()
{
    LoadedModel m = load("7", "emulator fp32");
    const std::vector<std::int32_t> tokens{1, 2, 3, 4}, start{0, 4}, slots{0}, wanted{3};
    for (int i = 0; i < 3; ++i)
        m.segments->forward({tokens, start, slots, wanted, 0, {}});
    QCOMPARE(m.segments->recorded().made, 0);
}

void TestSegmentsRecorded::dropsWhatWasRecorded()
{
    LoadedModel m = load("7", "emulator fp32"), plain = load("7", "emulator fp32", false);
    const auto bothDecode = [&](int turn) { return decode(m, {0, 1}, turn) == decode(plain, {0, 1}, turn); };
    QVERIFY(bothDecode(0) && bothDecode(1));
    QCOMPARE(m.segments->recorded().steps, 1);
    m.useExperts(nullptr); // as when adapters change
    QCOMPARE(m.segments->recorded().steps, 0);
    QVERIFY(bothDecode(2) && bothDecode(3));
    QCOMPARE(m.segments->recorded().made, 2);
    { // memory on the card that goes: it is recorded anew, at once
        const engine::Tensor passing(m.device(), 64, "test");
    }
    QVERIFY(bothDecode(4) && bothDecode(5));
    QCOMPARE(m.segments->recorded().made, 3);
    QCOMPARE(m.segments->recorded().steps, 1);
    m.segments->setRecording(false);
    QCOMPARE(m.segments->recorded().steps, 0);
    QVERIFY(bothDecode(6) && bothDecode(7));
    QCOMPARE(m.segments->recorded().made, 3);
}

void TestSegmentsRecorded::keepsOnlySoMany()
{
    LoadedModel m = load("4", "emulator fp32");
    const std::vector<std::int32_t> tokens{1}, start{0, 1}, slots{0}, wanted{0};
    const auto decodeTo = [&](int logitRow) {
        m.segments->forward({tokens, start, slots, wanted, logitRow, {}});
        m.segments->sync();
    };
    for (int row = 0; row < 70; ++row) { // the loader has run the first once
        if (row > 0) decodeTo(row);
        decodeTo(row);
    }
    QCOMPARE(m.segments->recorded().made, 70);
    QCOMPARE(m.segments->recorded().steps, 64);
    decodeTo(69); // the newest is there
    QCOMPARE(m.segments->recorded().made, 70);
    decodeTo(0); // the oldest is not
    decodeTo(0);
    QCOMPARE(m.segments->recorded().made, 71);
}

void TestSegmentsRecorded::goesOnWhereACardCannot()
{
    LoadedModel plain = load("7", "emulator:1 fp32", false);
    const auto want = decodeAll(plain);
    qputenv("ROOKERY_EMULATOR", "no-graphs");
    std::vector<std::string> lines;
    engine::setLogSink([&](const engine::LogLine &line) {
        if (line.text.find("record") != std::string::npos) lines.push_back(line.text);
    });
    LoadedModel m = load("7", "emulator:2 fp32");
    QVERIFY(decodeAll(m) == want);
    QCOMPARE(m.segments->recorded().made, 0);
    QCOMPARE(lines.size(), std::size_t(1));
    QVERIFY2(lines[0].find("emulator:2") != std::string::npos, lines[0].c_str());
    QVERIFY(m.device().status() == kernels::Status::Ok);
}

QTEST_APPLESS_MAIN(TestSegmentsRecorded)
#include "tst_segments_recorded.moc"
