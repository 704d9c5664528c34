// The emulator itself: kernels with planted faults must be caught, sound ones must be right in every order.
#include "kernels/gpu/gpu_api.h"

#include <QTest>

#include <cstring>
#include <numeric>
#include <vector>

using namespace kernels::gpu;

namespace
{

constexpr int kThreads = 128;

// ---- Kernels: the sound one, and the same with one fault each
// ----------------------------------------------

/// out[block] = sum of the block's kThreads numbers.
template <bool kWaits, int kStride>
void sumBlock(const float *in, float *out)
{
    GPU_SHARED float part[kThreads / kLanes];
    float sum = in[blockX() * kThreads + threadIndex()];
    for (int mask = kLanes / 2; mask > 0; mask /= 2)
        sum += fromLaneXor(sum, mask);
    if (threadIndex() % kLanes == 0) part[threadIndex() / kLanes] = sum;
    if (kWaits) barrier();
    float total = 0;
    for (int i = 0; i < kThreads / kLanes; ++i)
        total += part[i * kStride % (kThreads / kLanes)];
    barrier();
    if (threadIndex() == 0) out[blockX()] = total;
}

void waitsUnlessFirst(float *) { threadIndex() == 0 ? void() : barrier(); }

void shufflesInHalfAWarp(float *out)
{
    if (threadIndex() % kLanes < kLanes / 2) out[threadIndex()] = fromLaneXor(1.0F, 1);
}

/// Right with warps of 32, wrong with 64: only every second group of lanes shuffles.
void shufflesInEverySecondGroup(float *out)
{
    if (threadIndex() / kLanes % 2 == 0) out[threadIndex()] = fromLaneXor(1.0F, 1);
}

void shufflesOverSixtyFour(float *out)
{
    const unsigned lane = emulator::laneOf(64);
    out[threadIndex()] = emulator::exchanged(static_cast<float>(lane), 63 - lane, 64);
}

void writesItsIndex(float *out) { out[threadIndex()] = static_cast<float>(threadIndex()); }

/// The last thread of the last block writes behind the end.
void writesOneBehind(float *out) { out[blockX() * kThreads + threadIndex() + 1] = 1; }

/// Every block reads what the block before it leaves: blocks must not depend on each other.
void readsTheBlockBefore(float *out)
{
    if (threadIndex() == 0) out[blockX()] = blockX() == 0 ? 1 : out[blockX() - 1] + 1;
}

/// One stream on one emulated card.
class Card
{
public:
    explicit Card(const std::string &kernels, std::size_t memoryBytes = std::size_t{1} << 20, int device = 0)
    {
        emulator::Settings settings;
        settings.memoryBytes = memoryBytes;
        m_isGood = emulator::parseBehaviour(kernels, settings.behaviour);
        emulator::configure(device, settings);
        emulator::SetDevice(device);
        emulator::StreamCreate(&stream);
    }
    ~Card()
    {
        for (void *memory : m_memory)
            emulator::Free(memory);
        emulator::StreamDestroy(stream);
    }
    Card(const Card &) = delete;
    Card &operator=(const Card &) = delete;

    float *floats(const std::vector<float> &values)
    {
        void *memory = nullptr;
        emulator::Malloc(&memory, values.size() * sizeof(float));
        m_memory.push_back(memory);
        emulator::MemcpyAsync(memory, values.data(), values.size() * sizeof(float),
                              emulator::MemcpyHostToDevice, stream);
        return static_cast<float *>(memory);
    }
    std::vector<float> host(const float *memory, std::size_t count)
    {
        std::vector<float> values(count);
        emulator::MemcpyAsync(values.data(), memory, count * sizeof(float), emulator::MemcpyDeviceToHost,
                              stream);
        emulator::StreamSynchronize(stream);
        return values;
    }
    /// What went wrong so far.
    QString fault()
    {
        const auto error = emulator::StreamSynchronize(stream);
        return error == kSuccess ? QString() : QString::fromLatin1(emulator::GetErrorString(error));
    }
    Launch launchOf(unsigned blocks) const { return {blocks, 1, 1, kThreads, stream}; }
    bool isGood() const { return m_isGood; }

    Stream stream = nullptr;

private:
    bool m_isGood = false;
    std::vector<void *> m_memory;
};

std::vector<float> numbers(std::size_t count)
{
    std::vector<float> values(count);
    std::iota(values.begin(), values.end(), 1.0F);
    return values;
}

} // namespace

class TestGpuEmulator : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sumsInEveryOrder_data() { addBehaviours(); }
    void sumsInEveryOrder();
    void catchesAMissingBarrier();
    void catchesAWrongStride_data() { addBehaviours(); }
    void catchesAWrongStride();
    void catchesABarrierThatSomeSkip_data() { addBehaviours(); }
    void catchesABarrierThatSomeSkip();
    void catchesAShuffleOfHalfAWarp_data() { addBehaviours(); }
    void catchesAShuffleOfHalfAWarp();
    void knowsHowWideAWarpIs();
    void catchesBlocksThatDependOnEachOther();
    void catchesWhatIsWrittenBehindMemory();
    void catchesALaunchThatNoCardTakes();
    void aLostCardStaysLost();
    void canBeLostOnDemand();
    void nothingHappensBeforeTheStreamIsSynchronized();
    void uploadsTakeWhatIsThereAtTheCall();
    void memoryHasALimitAndBeginsAsNaN();
    void cardsHaveTheirOwnMemory();
    void readsSettings_data();
    void readsSettings();

private:
    void addBehaviours();
};

void TestGpuEmulator::addBehaviours()
{
    QTest::addColumn<QString>("kernels");
    for (const std::string &name : kernelNames())
        QTest::newRow(name.c_str()) << QString::fromStdString(name);
}

void TestGpuEmulator::sumsInEveryOrder()
{
    QFETCH(QString, kernels);
    Card card(kernels.toStdString());
    QVERIFY(card.isGood());
    const float *in = card.floats(numbers(3 * kThreads));
    float *out = card.floats({0, 0, 0});
    launch(card.launchOf(3), sumBlock<true, 1>, in, out);
    const std::vector<float> got = card.host(out, 3);
    QCOMPARE(card.fault(), QString());
    for (int block = 0; block < 3; ++block) // of the whole numbers first + 1 .. first + n
        QCOMPARE(got[static_cast<std::size_t>(block)],
                 static_cast<float>(kThreads * kThreads * block + kThreads * (kThreads + 1) / 2));
}

/// Some order shows it; a single one might get through by luck.
void TestGpuEmulator::catchesAMissingBarrier()
{
    int caught = 0;
    for (const std::string &name : kernelNames()) {
        Card card(name);
        const float *in = card.floats(numbers(3 * kThreads));
        float *out = card.floats({0, 0, 0});
        launch(card.launchOf(3), sumBlock<false, 1>, in, out);
        caught += card.host(out, 3)[2] !=
                  static_cast<float>(2 * kThreads * kThreads + kThreads * (kThreads + 1) / 2);
    }
    QVERIFY2(caught >= 3, qPrintable(QString::number(caught)));
}

void TestGpuEmulator::catchesAWrongStride()
{
    QFETCH(QString, kernels);
    Card card(kernels.toStdString());
    const float *in = card.floats(numbers(kThreads));
    float *out = card.floats({0});
    launch(card.launchOf(1), sumBlock<true, 2>, in, out);
    QVERIFY(card.host(out, 1)[0] != static_cast<float>(kThreads * (kThreads + 1) / 2));
}

void TestGpuEmulator::catchesABarrierThatSomeSkip()
{
    QFETCH(QString, kernels);
    Card card(kernels.toStdString());
    launch(card.launchOf(2), waitsUnlessFirst, card.floats({0}));
    QVERIFY2(card.fault().contains("a barrier that 1 of 128 threads"), qPrintable(card.fault()));
}

void TestGpuEmulator::catchesAShuffleOfHalfAWarp()
{
    QFETCH(QString, kernels);
    Card card(kernels.toStdString());
    launch(card.launchOf(1), shufflesInHalfAWarp, card.floats(numbers(kThreads)));
    QVERIFY2(card.fault().contains("did not reach"), qPrintable(card.fault()));
}

void TestGpuEmulator::knowsHowWideAWarpIs()
{
    for (const bool isWide : {false, true}) {
        Card card(isWide ? "warp64" : "warp32");
        float *out = card.floats(numbers(kThreads));
        launch(card.launchOf(1), shufflesInEverySecondGroup, out);
        QCOMPARE(card.fault().isEmpty(), !isWide);
    }
    Card narrow("warp32");
    launch(narrow.launchOf(1), shufflesOverSixtyFour, narrow.floats(numbers(kThreads)));
    QVERIFY(narrow.fault().contains("over 64 lanes where a warp has 32"));
    Card wide("warp64");
    float *out = wide.floats(numbers(kThreads));
    launch(wide.launchOf(1), shufflesOverSixtyFour, out);
    const std::vector<float> got = wide.host(out, kThreads);
    QCOMPARE(wide.fault(), QString());
    QCOMPARE(got[0], 63.0F);
    QCOMPARE(got[kThreads - 1], 0.0F);
}

void TestGpuEmulator::catchesBlocksThatDependOnEachOther()
{
    const std::vector<float> want = numbers(8);
    for (const char *kernels : {"warp32", "warp32-reversed", "warp32-shuffled"}) {
        Card card(kernels);
        float *out = card.floats(std::vector<float>(8, 0));
        launch(card.launchOf(8), readsTheBlockBefore, out);
        QCOMPARE(card.host(out, 8) == want, std::strcmp(kernels, "warp32") == 0);
    }
}

void TestGpuEmulator::catchesWhatIsWrittenBehindMemory()
{
#if defined(__SANITIZE_ADDRESS__)
    QSKIP("the address sanitizer ends the program there");
#endif
    Card card("warp32");
    float *small = card.floats(std::vector<float>(2 * kThreads, 0));
    float *large = card.floats(std::vector<float>(2 * kThreads + 1, 0));
    launch(card.launchOf(2), writesOneBehind, large);
    QCOMPARE(card.fault(), QString());
    launch(card.launchOf(2), writesOneBehind, small);
    QCOMPARE(card.fault(), QString("something was written behind the 1024 bytes of an allocation"));
}

void TestGpuEmulator::catchesALaunchThatNoCardTakes()
{
    for (const Launch &size :
         {Launch{0, 1, 1, 32, nullptr}, Launch{1, 1, 1, 0, nullptr}, Launch{1, 1, 1, 2048, nullptr}}) {
        Card card("warp32");
        Launch at = size;
        at.stream = card.stream;
        launch(at, writesItsIndex, card.floats(numbers(4)));
        QVERIFY(card.fault().contains("a launch of"));
        QCOMPARE(emulator::GetLastError(), emulator::ErrorLaunchFailure);
    }
}

void TestGpuEmulator::aLostCardStaysLost()
{
    Card card("warp32");
    float *out = card.floats(std::vector<float>(kThreads, 7));
    launch(card.launchOf(2), waitsUnlessFirst, out);
    QVERIFY(!card.fault().isEmpty());
    launch(card.launchOf(1), writesItsIndex, out);
    std::vector<float> host(1, 3);
    emulator::MemcpyAsync(host.data(), out, sizeof(float), emulator::MemcpyDeviceToHost, card.stream);
    QVERIFY(!card.fault().isEmpty());
    QCOMPARE(host[0], 3.0F);
}

void TestGpuEmulator::canBeLostOnDemand()
{
    Card card("warp32");
    emulator::Settings settings;
    settings.launchesUntilLost = 3;
    emulator::configure(0, settings);
    float *out = card.floats(std::vector<float>(kThreads, 7));
    for (int i = 0; i < 2; ++i)
        launch(card.launchOf(1), writesItsIndex, out);
    QCOMPARE(card.fault(), QString());
    launch(card.launchOf(1), writesItsIndex, out);
    QVERIFY(card.fault().contains("does not answer"));
}

void TestGpuEmulator::nothingHappensBeforeTheStreamIsSynchronized()
{
    Card card("warp32");
    float *out = card.floats(std::vector<float>(kThreads, 7));
    launch(card.launchOf(1), writesItsIndex, out);
    std::vector<float> host(kThreads, 5);
    emulator::MemcpyAsync(host.data(), out, kThreads * sizeof(float), emulator::MemcpyDeviceToHost,
                          card.stream);
    QCOMPARE(host[1], 5.0F);
    emulator::StreamSynchronize(card.stream);
    QCOMPARE(host[1], 1.0F);
}

void TestGpuEmulator::uploadsTakeWhatIsThereAtTheCall()
{
    Card card("warp32");
    float *memory = card.floats({0});
    float value = 1;
    emulator::MemcpyAsync(memory, &value, sizeof value, emulator::MemcpyHostToDevice, card.stream);
    value = 2;
    QCOMPARE(card.host(memory, 1)[0], 1.0F);
    emulator::MemsetAsync(memory, 0, sizeof value, card.stream);
    QCOMPARE(card.host(memory, 1)[0], 0.0F);
}

void TestGpuEmulator::memoryHasALimitAndBeginsAsNaN()
{
    const Card card("warp32", 4096);
    void *first = nullptr, *second = nullptr;
    QCOMPARE(emulator::Malloc(&first, 3000), kSuccess);
    float value = 0;
    std::memcpy(&value, first, sizeof value);
    QVERIFY(value != value);
    QCOMPARE(emulator::Malloc(&second, 2000), emulator::ErrorMemoryAllocation);
    QVERIFY(!second);
    std::size_t free = 0, total = 0;
    emulator::MemGetInfo(&free, &total);
    QCOMPARE(free, std::size_t{1096});
    QCOMPARE(total, std::size_t{4096});
    QCOMPARE(emulator::Free(first), kSuccess);
    QCOMPARE(emulator::Free(first), emulator::ErrorInvalidValue);
    QCOMPARE(emulator::Malloc(&second, 4096), kSuccess);
    QCOMPARE(emulator::Malloc(&first, SIZE_MAX), emulator::ErrorMemoryAllocation);
    emulator::Free(second);
}

void TestGpuEmulator::cardsHaveTheirOwnMemory()
{
    int count = 0;
    QCOMPARE(emulator::GetDeviceCount(&count), kSuccess);
    QVERIFY(count >= 2);
    QCOMPARE(emulator::SetDevice(count), emulator::ErrorInvalidDevice);
    Card one("warp32", 1000, 0), two("warp64", 1000, 1);
    void *memory = nullptr;
    QCOMPARE(emulator::Malloc(&memory, 900), kSuccess); // on the latest, device 1
    std::size_t free = 0, total = 0;
    emulator::SetDevice(0);
    emulator::MemGetInfo(&free, &total);
    QCOMPARE(free, std::size_t{1000});
    emulator::Free(memory); // of whichever card
    emulator::SetDevice(1);
    emulator::MemGetInfo(&free, &total);
    QCOMPARE(free, std::size_t{1000});
}

void TestGpuEmulator::readsSettings_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("isGood");
    QTest::newRow("nothing") << "" << true;
    QTest::newRow("on") << "1" << true;
    QTest::newRow("both") << "memory=3M,lost=9,kernels=warp64-reversed" << true;
    QTest::newRow("no number") << "memory=M" << false;
    QTest::newRow("too much") << "memory=99999999999999999999" << false;
    QTest::newRow("overflows") << "memory=9999999999999G" << false;
    QTest::newRow("unit") << "memory=3X" << false;
    QTest::newRow("order") << "kernels=warp64-sideways" << false;
    QTest::newRow("width") << "kernels=warp16" << false;
    QTest::newRow("name") << "colour=red" << false;
}

void TestGpuEmulator::readsSettings()
{
    QFETCH(QString, text);
    QFETCH(bool, isGood);
    emulator::Settings settings;
    std::string reason;
    QCOMPARE(emulator::parseSettings(text.toStdString(), settings, reason), isGood);
    QCOMPARE(reason.empty(), isGood);
    if (!text.startsWith("memory=3M")) return;
    QCOMPARE(settings.memoryBytes, std::size_t{3} << 20);
    QCOMPARE(settings.behaviour.warp, 64);
    QCOMPARE(int(settings.behaviour.order), int(emulator::Order::Reversed));
}

QTEST_APPLESS_MAIN(TestGpuEmulator)
#include "tst_gpu_emulator.moc"
