// Runs of ops that a card records once and repeats: what they do, when they are forgotten, and what spoils
// them.
#include "support/kernel_device.h"

#include <QTest>

using namespace kernels;

namespace
{

constexpr int kOuts = 24, kIns = 40;

/// y += W x on a device, where it can be recorded.
class Adding
{
public:
    explicit Adding(Device &device)
        : m_device(device)
        , m_weight(device, test::Random(5).normals(kOuts * kIns), Format::F32, kOuts, kIns)
        , m_x(device, std::vector<float>(kIns))
        , m_y(device, std::vector<float>(kOuts))
    {
    }
    void start()
    {
        Linear linear;
        linear.rows = linear.problems = 1;
        linear.problem[0] = {m_x.view(1, kIns),  m_weight.weight(), {},
                             m_y.view(1, kOuts), Activation::None,  true};
        m_device.linear(linear);
    }
    std::uint32_t record(std::string *reason = nullptr)
    {
        if (!m_device.beginRecording()) return 0;
        start();
        return m_device.endRecording(reason);
    }
    void set(int seed)
    {
        const std::vector<float> x = test::Random(static_cast<std::uint64_t>(seed)).normals(kIns);
        m_device.upload(m_x.data(), x.data(), x.size() * sizeof(float));
        m_device.sync();
    }
    std::vector<float> sum() const { return m_y.host(); }
    float *memory() const { return m_y.data(); }

private:
    Device &m_device;
    test::PackedWeight m_weight;
    test::Floats m_x, m_y;
};

/// One that takes numbers from the host.
void drawOne(Device &device, float *logits)
{
    SampleRow row;
    row.temperature = 0;
    Sample sample;
    sample.logits = view(logits, DType::F32, 1, kOuts);
    sample.row = &row;
    sample.rows = 1;
    sample.vocabulary = kOuts;
    device.sample(sample);
}

} // namespace

class TestRecording : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { qunsetenv("ROOKERY_EMULATOR"); }
    void repeatsWithWhatIsInMemory_data() { addCards(); }
    void repeatsWithWhatIsInMemory();
    void copiesAndZeros_data() { addCards(); }
    void copiesAndZeros();
    void forgetsWhenMemoryGoes_data() { addCards(); }
    void forgetsWhenMemoryGoes();
    void isSpoiltByTheHost_data();
    void isSpoiltByTheHost();
    void failsWhereNothingIsCaptured();
    void countsKernelsOfALostCard();
    void theProcessorRecordsNothing();

private:
    static void addCards()
    {
        QTest::addColumn<QString>("path");
        for (const char *path : {"emulator:0 warp32", "emulator:0 warp64-shuffled", "cuda:0", "hip:0"})
            QTest::newRow(path) << QString::fromLatin1(path);
    }
};

void TestRecording::repeatsWithWhatIsInMemory()
{
    QFETCH(QString, path);
    const auto device = test::openPath(path), plain = test::openPath(path);
    if (!device) QSKIP("no such card here");
    Adding recorded(*device), started(*plain);
    recorded.set(1);
    const std::uint32_t number = recorded.record();
    QVERIFY(number != 0);
    QVERIFY(recorded.sum() == std::vector<float>(kOuts)); // nothing of it is done yet
    for (const int seed : {2, 3, 4}) {
        recorded.set(seed);
        started.set(seed);
        QVERIFY(device->repeat(number));
        started.start();
        QVERIFY(recorded.sum() == started.sum());
    }
    QVERIFY(recorded.sum() != std::vector<float>(kOuts));
    const std::uint32_t second = recorded.record();
    QVERIFY(second != 0 && second != number);
    device->forget(number);
    QVERIFY(!device->repeat(number));
    QVERIFY(device->repeat(second));
    started.start();
    QVERIFY(recorded.sum() == started.sum());
}

void TestRecording::copiesAndZeros()
{
    QFETCH(QString, path);
    const auto device = test::openPath(path);
    if (!device) QSKIP("no such card here");
    const test::Floats a(*device, {1, 2, 3}), b(*device, {4, 5, 6});
    QVERIFY(device->beginRecording());
    QVERIFY(!device->beginRecording()); // one at a time
    device->copy(b.data(), a.data(), 2 * sizeof(float));
    device->zero(a.data(), sizeof(float));
    const std::uint32_t number = device->endRecording(nullptr);
    QVERIFY((b.host() == std::vector<float>{4, 5, 6}));
    QVERIFY(device->repeat(number));
    QVERIFY((a.host() == std::vector<float>{0, 2, 3}));
    QVERIFY((b.host() == std::vector<float>{1, 2, 6}));
    QVERIFY(device->repeat(number));
    QVERIFY((b.host() == std::vector<float>{0, 2, 6}));
}

void TestRecording::forgetsWhenMemoryGoes()
{
    QFETCH(QString, path);
    const auto device = test::openPath(path);
    if (!device) QSKIP("no such card here");
    Adding adding(*device);
    const std::uint32_t number = adding.record();
    QVERIFY(device->repeat(number));
    device->free(device->alloc(64));
    const std::vector<float> before = adding.sum();
    QVERIFY(!device->repeat(number));
    QVERIFY(adding.sum() == before);
    QVERIFY(device->status() == Status::Ok);
}

void TestRecording::isSpoiltByTheHost_data()
{
    QTest::addColumn<QString>("what");
    for (const char *what : {"upload", "download", "sync", "alloc", "sample"})
        QTest::newRow(what) << QString::fromLatin1(what);
}

void TestRecording::isSpoiltByTheHost()
{
    QFETCH(QString, what);
    const auto device = test::openPath("emulator:0 warp32");
    Adding adding(*device);
    adding.set(2);
    float number = 7;
    QVERIFY(device->beginRecording());
    adding.start();
    if (what == "upload") device->upload(adding.memory(), &number, sizeof number);
    if (what == "download") device->download(&number, adding.memory(), sizeof number);
    if (what == "sync") device->sync();
    if (what == "alloc") QVERIFY(device->alloc(64) == nullptr);
    if (what == "sample") drawOne(*device, adding.memory()); // wants room, and numbers from the host
    std::string reason;
    QCOMPARE(device->endRecording(&reason), 0U);
    QVERIFY2(reason.find("in the middle of it") != std::string::npos, reason.c_str());
    QVERIFY(device->status() == Status::Ok);
    QCOMPARE(number, 7.0F);
    QVERIFY(adding.sum() == std::vector<float>(kOuts)); // nothing was done, and the device goes on
    QVERIFY(device->repeat(adding.record()));
    QVERIFY(adding.sum() != std::vector<float>(kOuts));
}

void TestRecording::failsWhereNothingIsCaptured()
{
    qputenv("ROOKERY_EMULATOR", "no-graphs");
    const auto device = test::openPath("emulator:1 warp32");
    Adding adding(*device);
    adding.set(2);
    std::string reason;
    QCOMPARE(adding.record(&reason), 0U);
    QVERIFY(!reason.empty());
    QVERIFY(device->status() == Status::Ok);
    adding.start();
    QVERIFY(adding.sum() != std::vector<float>(kOuts));
}

void TestRecording::countsKernelsOfALostCard()
{
    qputenv("ROOKERY_EMULATOR", "lost=3");
    const auto device = test::openPath("emulator:2 warp32");
    Adding adding(*device);
    const std::uint32_t number = adding.record();
    for (int i = 0; i < 2; ++i) {
        QVERIFY(device->repeat(number));
        device->sync();
        QVERIFY(device->status() == Status::Ok);
    }
    QVERIFY(device->repeat(number));
    device->sync();
    QVERIFY(device->status() == Status::Lost);
    QVERIFY(device->repeat(number)); // as an op: nothing happens
    QVERIFY(!device->beginRecording());
}

void TestRecording::theProcessorRecordsNothing()
{
    const auto device = openDevice("cpu", {1, "plain"});
    QVERIFY(!device->beginRecording());
    QVERIFY(!device->repeat(1));
}

QTEST_APPLESS_MAIN(TestRecording)
#include "tst_recording.moc"
