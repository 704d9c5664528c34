// A model on several devices: the same numbers as on one.
#include "engine/error.h"
#include "support/faulty_device.h"
#include "support/model_run.h"
#include "support/thrown_error.h"
#include "support/tiny_rwkv7.h"

#include <QTemporaryDir>
#include <QTest>

#include <cstring>
#include <set>

using engine::ErrorCode;
using engine::LoadedModel;

namespace
{

const std::vector<int> kTokens = {7, 3, 250, 3, 99, 0, 41, 41, 200, 17, 5};

bool sameBits(const std::vector<float> &a, const std::vector<float> &b)
{
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

} // namespace

class TestSegments : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void givesTheBitsOfOneDevice_data();
    void givesTheBitsOfOneDevice();
    void statesAreWhole_data() { givesTheBitsOfOneDevice_data(); }
    void statesAreWhole();
    void forecastsEveryDevice_data() { givesTheBitsOfOneDevice_data(); }
    void forecastsEveryDevice();
    void streamsThroughTwoBuffers();
    void namesTheDeviceThatIsMissing();

private:
    /// On as many devices as the strategy names; with `hidden` they compute in memory of their own.
    LoadedModel load(const char *strategy, bool hidden = false);

    QTemporaryDir m_folder;
    engine::LoadSpec m_spec;
    std::map<std::string, support::FaultyDevice *> m_devices;
};

void TestSegments::initTestCase()
{
    QVERIFY(m_folder.isValid());
    m_spec.model = m_folder.filePath("model.safetensors").toStdString();
    m_spec.slots = 3;
    support::writeBytes(m_spec.model,
                        support::safetensors(support::TinyRwkv7(5, {4, 128, 64, 256}).tensors, "BF16"));
}

LoadedModel TestSegments::load(const char *strategy, bool hidden)
{
    m_spec.strategy = strategy;
    m_devices.clear();
    return engine::loadModelOn(
        [&](const std::string &id) {
            auto device = support::openFaultyCpu();
            if (hidden) device->hideMemory();
            m_devices[id] = device.get();
            return device;
        },
        m_spec, {}, {}, {});
}

void TestSegments::givesTheBitsOfOneDevice_data()
{
    QTest::addColumn<QByteArray>("strategy");
    QTest::addColumn<QByteArray>("one"); // the same on one device
    QTest::addColumn<int>("devices");
    QTest::addColumn<bool>("hidden");
    for (const bool hidden : {false, true}) {
        const auto row = [hidden](const char *strategy, const char *one, int devices) {
            QTest::addRow("%s%s", strategy, hidden ? ", hidden memory" : "")
                << QByteArray(strategy) << QByteArray(one) << devices << hidden;
        };
        row("cpu:0 fp32 *1 -> cpu:1 fp32", "cpu fp32", 2);
        row("cpu:0 fp32 *3 -> cpu:1 fp32", "cpu fp32", 2);
        row("cpu:0 fp32 *4 -> cpu:1 fp32", "cpu fp32", 2); // the head alone
        row("cpu:0 fp32 *2 -> cpu:1 fp32 *1 -> cpu:0 fp32", "cpu fp32", 2);
        row("cpu:0 int8 *1 -> cpu:1 nf4 *1 -> cpu:2 bf16", "cpu int8 *1 -> cpu nf4 *1 -> cpu bf16", 3);
        row("cpu:0 fp32 *1+ -> cpu:1 fp32 *1", "cpu fp32", 2);
    }
}

void TestSegments::givesTheBitsOfOneDevice()
{
    QFETCH(QByteArray, strategy);
    QFETCH(QByteArray, one);
    QFETCH(int, devices);
    QFETCH(bool, hidden);
    LoadedModel single = load(one);
    LoadedModel split = load(strategy, hidden);
    QCOMPARE(split.strategy, strategy.toStdString());
    QCOMPARE(int(split.devices.size()), devices);
    const std::vector<float> want = support::runTokens(single, kTokens, 4);
    QVERIFY(sameBits(support::runTokens(split, kTokens, 4), want));
    QVERIFY(sameBits(support::runTokens(split, kTokens, 1), want));
}

/// A state that was saved in the middle goes on elsewhere; copies and cleared slots are whole as well.
void TestSegments::statesAreWhole()
{
    QFETCH(QByteArray, strategy);
    QFETCH(QByteArray, one);
    QFETCH(bool, hidden);
    LoadedModel single = load(one);
    LoadedModel split = load(strategy, hidden);
    const auto slotOf = [](LoadedModel &m) { return m.states->acquire().value(); };
    const auto a = slotOf(split), b = slotOf(split), c = slotOf(single);
    const std::vector<int> head(kTokens.begin(), kTokens.begin() + 6),
        rest(kTokens.begin() + 6, kTokens.end());
    support::runStep(split, {{a, head}});
    support::runStep(single, {{c, head}});
    const std::vector<float> state = split.states->save(a);
    QCOMPARE(state.size(), single.model->state().floatsPerSlot);
    QVERIFY(sameBits(state, single.states->save(c)));

    const std::vector<float> want = support::runStep(single, {{c, rest}});
    split.states->copy(a, b);
    QVERIFY(sameBits(support::runStep(split, {{a, rest}}), want));
    QVERIFY(sameBits(support::runStep(split, {{b, rest}}), want));
    single.states->load(c, state);
    QVERIFY(sameBits(support::runStep(single, {{c, rest}}), want));
    split.states->load(a, state);
    QVERIFY(sameBits(support::runStep(split, {{a, rest}}), want));
    split.states->clear(a);
    QCOMPARE(split.states->save(a), std::vector<float>(state.size()));
}

/// Each device's live memory is in the forecast, up to 3 %.
void TestSegments::forecastsEveryDevice()
{
    QFETCH(QByteArray, strategy);
    QFETCH(bool, hidden);
    const LoadedModel split = load(strategy, hidden);
    m_spec.strategy = strategy.toStdString();
    if (!hidden) {
        const engine::Forecast forecast = engine::forecastLoad(m_spec, {});
        QCOMPARE(forecast.memoryByDevice.size(), split.memoryByDevice.size());
        for (std::size_t i = 0; i < split.memoryByDevice.size(); ++i)
            QCOMPARE(forecast.memoryByDevice[i].needed(), split.memoryByDevice[i].needed());
        QCOMPARE(forecast.memory.needed(), split.memory.needed());
    }
    for (const engine::MemoryUse &use : split.memoryByDevice) {
        const double taken = double(m_devices.at(use.device)->liveBytes()), told = double(use.needed());
        QVERIFY2(std::abs(taken - told) <= 0.03 * told,
                 qPrintable(QString("%1, told %2").arg(taken).arg(told)));
    }
}

/// Layers that are streamed take the room of two, however many they are.
void TestSegments::streamsThroughTwoBuffers()
{
    m_spec.strategy = "cpu fp32";
    const LoadedModel resident = load("cpu fp32", true);
    const LoadedModel streamed = load("cpu fp32 *0+", true);
    const std::size_t matrices = 4 * (4 * 128 * 128 + 2 * 128 * 256); // bytes of one layer: C = 128, F = 256
    const std::size_t saved = resident.memory.weights - streamed.memory.weights;
    QCOMPARE(saved, (4 - 2) * matrices);
    const LoadedModel shared = load("cpu fp32 *0+"); // there is nothing to stream to
    QCOMPARE(shared.memory.weights, resident.memory.weights);
}

void TestSegments::namesTheDeviceThatIsMissing()
{
    m_spec.strategy = "cpu fp32 *2 -> cuda fp16";
    const engine::Error error = support::errorOf([&] { engine::forecastLoad(m_spec, {}); });
    QCOMPARE(error.code(), ErrorCode::DeviceUnusable);
    QCOMPARE(QString::fromStdString(error.detail()), QString("15"));
    QVERIFY2(error.message().find("Strategy: 'cuda:0' at position 16: ") == 0, error.message().c_str());
}

QTEST_APPLESS_MAIN(TestSegments)
#include "tst_segments.moc"
