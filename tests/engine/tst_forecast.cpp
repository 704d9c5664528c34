// What a load takes on each of two devices is what was told beforehand, within 3 %: every family in every
// format.
#include "engine/model_loader.h"
#include "support/faulty_device.h"
#include "support/hybrid_model.h"
#include "support/tiny_rwkv456.h"

#include <QTemporaryDir>
#include <QTest>

#include <map>

using namespace support;

class TestForecast : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void tellsWhatALoadTakes_data();
    void tellsWhatALoadTakes();

private:
    QTemporaryDir m_folder;
};

void TestForecast::initTestCase()
{
    QVERIFY(m_folder.isValid());
    const auto path = [&](const char *family) {
        return m_folder.filePath(QLatin1String(family)).toStdString();
    };
    for (const char *family : {"4", "5.2", "6"})
        writeBytes(path(family), safetensors(TinyRwkv456(1, {.family = family}).tensors));
    writeBytes(path("7"), safetensors(TinyRwkv7(1, {2, 64, 64, 256}).tensors));
    const nlohmann::json golden = hybridGolden(QStringLiteral("hxa079-1"));
    writeBytes(path("hybrid"), hybridFile(golden, 1, golden["config"]));
}

void TestForecast::tellsWhatALoadTakes_data()
{
    QTest::addColumn<QString>("family");
    QTest::addColumn<QString>("strategy");
    const QStringList formats = {
#define X(name, traits, text) QStringLiteral(text),
        KERNELS_ALL_FORMATS(X)
#undef X
    };
    for (const char *family : {"4", "5.2", "6", "7", "hybrid"})
        for (const char *device : {"cpu", "emulator"})
            for (const QString &format : formats) {
                const bool isMissing = *device == 'e' && format == QLatin1String("i8"); // cards lack it
                if (isMissing) continue;
                QTest::addRow("%s, two of %s, %s", family, device, qPrintable(format))
                    << family << QStringLiteral("%1:0 %2 *1 -> %1:1 %2").arg(QLatin1String(device), format);
            }
}

void TestForecast::tellsWhatALoadTakes()
{
    QFETCH(QString, family);
    QFETCH(QString, strategy);
    engine::LoadSpec spec;
    spec.model = m_folder.filePath(family).toStdString();
    spec.strategy = strategy.toStdString();
    spec.slots = 3;
    engine::EngineOptions options;
    options.threads = 1;
    const engine::Forecast forecast = engine::forecastLoad(spec, options);
    QCOMPARE(forecast.memoryByDevice.size(), std::size_t(2));

    std::map<std::string, FaultyDevice *> devices;
    const engine::LoadedModel loaded = engine::loadModelOn(
        [&](const std::string &id) {
            const bool isCpu = id.starts_with("cpu");
            auto device = std::make_unique<FaultyDevice>(kernels::openDevice(isCpu ? "cpu" : id, {1, ""}));
            if (!isCpu) device->hideMemory();
            devices[id] = device.get();
            return device;
        },
        spec, options, {}, {});
    QCOMPARE(devices.size(), std::size_t(2));
    for (const engine::MemoryUse &use : forecast.memoryByDevice) {
        const double taken = double(devices.at(use.device)->liveBytes()), told = double(use.needed());
        QVERIFY(taken > 0);
        QVERIFY2(std::abs(taken - told) <= 0.03 * taken,
                 qPrintable(QStringLiteral("%1 takes %2, told %3")
                                .arg(QString::fromStdString(use.device))
                                .arg(taken)
                                .arg(told)));
    }
}

QTEST_APPLESS_MAIN(TestForecast)
#include "tst_forecast.moc"
