#include "engine/error.h"
#include "engine/memory_plan.h"
#include "engine/model_loader.h"
#include "support/faulty_device.h"
#include "support/thrown_error.h"
#include "support/tiny_rwkv7.h"

#include <QTemporaryDir>
#include <QTest>

using engine::ErrorCode;

class TestMemoryPlan : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void choosesSlots_data();
    void choosesSlots();
    void forecastsWhatALoadTakes_data();
    void forecastsWhatALoadTakes();
    void countsFromTheFormula();
    void namesTheCheapestFixes();
    void refusesImpossibleSlots();

private:
    QTemporaryDir m_folder;
    engine::LoadSpec m_spec;
};

void TestMemoryPlan::initTestCase()
{
    QVERIFY(m_folder.isValid());
    m_spec.model = m_folder.filePath("model.safetensors").toStdString();
    support::writeBytes(m_spec.model,
                        support::safetensors(support::TinyRwkv7(1, {3, 128, 64, 512}).tensors, "BF16"));
}

void TestMemoryPlan::choosesSlots_data()
{
    QTest::addColumn<qulonglong>("bytes"); // of one sequence
    QTest::addColumn<qulonglong>("free");
    QTest::addColumn<int>("slots");
    QTest::newRow("tiny states") << 100'000ULL << 20'000'000'000ULL << 256;
    QTest::newRow("just 256") << 1'000'000ULL << 8 * 256'000'000ULL << 256;
    QTest::newRow("just below") << 1'000'000ULL << 8 * 256'000'000ULL - 1 << 128;
    QTest::newRow("7.2B on 10 GB left") << 34'800'000ULL << 10'000'000'000ULL << 32;
    QTest::newRow("hardly any memory") << 34'800'000ULL << 1'000'000ULL << 1;
    QTest::newRow("none at all") << 34'800'000ULL << 0ULL << 1;
}

void TestMemoryPlan::choosesSlots()
{
    QFETCH(qulonglong, bytes);
    QFETCH(qulonglong, free);
    QFETCH(int, slots);
    QCOMPARE(engine::defaultSlots(bytes, free), slots);
}

void TestMemoryPlan::forecastsWhatALoadTakes_data()
{
    QTest::addColumn<QString>("strategy");
    QTest::addColumn<int>("slots");
    for (const char *strategy :
         {"cpu", "cpu fp32", "cpu fp16", "cpu fp32 *1 -> cpu bf16", "cpu int8", "cpu fp8", "cpu fp6",
          "cpu fp5", "cpu nf4", "cpu fp16i8", "cpu int4 head=int4 lora=int8 emb=fp32"})
        for (const int slots : {0, 1, 7, 512})
            QTest::addRow("%s, %d", strategy, slots) << strategy << slots;
}

/// Everything that the device hands out during a load is in the forecast, up to 3 %.
void TestMemoryPlan::forecastsWhatALoadTakes()
{
    QFETCH(QString, strategy);
    QFETCH(int, slots);
    m_spec.strategy = strategy.toStdString();
    m_spec.slots = slots;
    engine::EngineOptions options;
    options.threads = 1;
    const engine::Forecast forecast = engine::forecastLoad(m_spec, options);
    QVERIFY(forecast.fixes.empty());

    support::FaultyDevice *device = nullptr;
    const engine::LoadedModel m = engine::loadModelOn(
        [&](const std::string &) {
            auto opened = support::openFaultyCpu();
            device = opened.get();
            return opened;
        },
        m_spec, options, {}, {});
    QCOMPARE(m.memory.weights, forecast.memory.weights);
    QCOMPARE(m.memory.states, forecast.memory.states);
    QCOMPARE(m.memory.workspace, forecast.memory.workspace);
    QCOMPARE(m.memory.cache, forecast.memory.cache);
    QCOMPARE(m.memory.device, std::string("cpu"));
    const double taken = double(device->liveBytes()), needed = double(forecast.memory.needed());
    QVERIFY2(std::abs(taken - needed) <= 0.03 * needed,
             qPrintable(QString("%1, not %2").arg(taken).arg(needed)));
    if (slots > 0) QCOMPARE(m.slots, slots);
    QCOMPARE(m.logitRows, std::min(m.slots, 512));
}

/// Sizes by hand: 3 layers of C = 128, two heads of 64, 256 rows.
void TestMemoryPlan::countsFromTheFormula()
{
    m_spec.strategy = "cpu fp32";
    m_spec.slots = 5;
    const engine::Forecast forecast = engine::forecastLoad(m_spec, {});
    // two shifts, the offsets of tuned states, matrices
    QCOMPARE(forecast.memory.states, std::size_t(5 * 3 * (3 * 128 + 2 * 64 * 64) * 4));
    const std::size_t lowRank =
        2 * 128 * (16 + 24 + 40) * 3 + 2 * 128 * 8 * 2; // no value mix in the first layer
    const std::size_t matrices = 3 * (4 * 128 * 128 + 2 * 128 * 512) + 256 * 128 + lowRank;
    const std::size_t vectors = 3 * (6 + 6 + 2 + 2 + 1 + 1) * 128 + 2 * 128 + 2 * 2 * 128;
    const std::size_t exact = 4 * (matrices + vectors) + 256 * 128 * 2; // the table stays bf16
    QVERIFY(forecast.memory.weights >= exact);
    QVERIFY(double(forecast.memory.weights) <= 1.02 * double(exact)); // panels are padded
    QCOMPARE(forecast.memory.cache, engine::EngineOptions().cacheBytes);
    QVERIFY(forecast.memory.free > 0 && forecast.memory.free <= forecast.memory.total);
}

void TestMemoryPlan::namesTheCheapestFixes()
{
    m_spec.strategy = "cpu fp32";
    m_spec.slots = 512;
    const engine::Forecast all = engine::forecastLoad(m_spec, {});
    const auto loadWith = [this](std::size_t freeBytes) {
        return support::errorOf([&] {
            engine::loadModelOn(
                [&](const std::string &) {
                    auto device = support::openFaultyCpu();
                    device->setFreeBytes(freeBytes);
                    return device;
                },
                m_spec, {}, {}, {});
        });
    };
    QCOMPARE(loadWith(all.memory.needed()).code(), ErrorCode::None);

    const engine::Error states = loadWith(all.memory.needed() - 1);
    QCOMPARE(states.code(), ErrorCode::OutOfMemory);
    const QStringList fixes = QString::fromStdString(states.detail()).split('\n');
    QCOMPARE(fixes.size(), 3);
    QVERIFY2(fixes[0].startsWith("Run 256 sequences at once instead of 512: saves "), qPrintable(fixes[0]));
    QVERIFY2(fixes[1].startsWith("Keep the weights smaller (strategy \"cpu bf16\"): saves "),
             qPrintable(fixes[1]));
    QVERIFY2(fixes[2].startsWith("Free 1 byte of memory"), qPrintable(fixes[2]));

    const engine::Error weights = loadWith(1000); // fewer sequences do not help
    QCOMPARE(weights.code(), ErrorCode::OutOfMemory);
    QVERIFY2(weights.message().find("; 1.0 kB are free on cpu.") != std::string::npos,
             weights.message().c_str());
    QVERIFY2(weights.detail().find("Keep the weights smaller (strategy \"cpu nf4\"): saves ") == 0,
             weights.detail().c_str()); // the smallest, as nothing helps

    m_spec.slots = 1; // then int8 is as precise as will do
    m_spec.strategy = "cpu int8";
    const std::size_t enough = engine::forecastLoad(m_spec, {}).memory.needed();
    m_spec.strategy = "cpu bf16";
    const engine::Error packed = loadWith(enough);
    QVERIFY2(packed.detail().find("Keep the weights smaller (strategy \"cpu int8\"): saves ") == 0,
             packed.detail().c_str());
}

void TestMemoryPlan::refusesImpossibleSlots()
{
    for (const int slots : {-1, 4097, 1 << 30}) {
        m_spec.slots = slots;
        const engine::Error error = support::errorOf([&] { engine::forecastLoad(m_spec, {}); });
        QCOMPARE(error.code(), ErrorCode::BadRequest);
    }
}

QTEST_APPLESS_MAIN(TestMemoryPlan)
#include "tst_memory_plan.moc"
