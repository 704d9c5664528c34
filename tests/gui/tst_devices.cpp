// The devices in the window: their memory and activity over time, and the list of what can be used.
#include "gui/pages/monitor_page.h"
#include "gui/theme.h"
#include "gui/widgets/device_choice.h"
#include "gui/widgets/plot_view.h"
#include "window_world.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QScrollArea>
#include <QStandardItemModel>
#include <QTest>

using namespace gui;

namespace
{

constexpr std::size_t kGB = 1'000'000'000;

engine::MemoryUse use(const char *device, std::size_t weights, std::size_t total, std::size_t free)
{
    engine::MemoryUse memory;
    memory.device = device;
    memory.weights = weights;
    memory.total = total;
    memory.free = free;
    return memory;
}

engine::DeviceFigures card(const char *id, std::optional<int> busy, std::optional<double> watts)
{
    engine::DeviceFigures figures;
    figures.device = id;
    figures.totalBytes = 80 * kGB;
    figures.usedBytes = 30 * kGB;
    figures.busyPercent = busy;
    figures.watts = watts;
    if (watts) figures.mostWatts = 700;
    if (watts) figures.celsius = 64;
    return figures;
}

engine::Snapshot splitSnapshot()
{
    engine::Snapshot now;
    now.loaded = true;
    now.memoryByDevice = {use("cuda:0", 20 * kGB, 80 * kGB, 50 * kGB),
                          use("cpu", 4 * kGB, 16 * kGB, 9 * kGB)};
    return now;
}

} // namespace

class TestDevices : public QObject, private WindowWorld
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { begin(); }
    void cleanup() { end(); }
    void joinsWhatEngineAndDriversTell();
    void asksAboutOnceASecond();
    void stacksEveryDeviceOnOneTimeAxis();
    void saysWhyActivityIsNotKnown();
    void devicesComeAndGo();
    void listsWhatCannotBeUsedWithItsReason();
    void offersDevicesToLoadOn();
};

void TestDevices::initTestCase()
{
    QLocale::setDefault(QLocale(QStringLiteral("en_US")));
    applyScheme(Scheme::Light);
}

void TestDevices::joinsWhatEngineAndDriversTell()
{
    const auto joined =
        joinDevices(splitSnapshot(),
                    {card("cuda:0", 73, 312.5), card("cuda:1", 5, std::nullopt), engine::DeviceFigures()});
    QCOMPARE(joined.size(), std::size_t(3));
    QCOMPARE(joined[0].memory.weights, 20 * kGB);
    QCOMPARE(joined[0].busyPercent.value(), 73);
    QCOMPARE(joined[0].watts.value(), 312.5);
    QVERIFY(!joined[1].busyPercent);                          // nobody told of the processor
    QCOMPARE(joined[2].memory.device, std::string("cuda:1")); // only its driver knows it
    QCOMPARE(joined[2].memory.free, 50 * kGB);
    QVERIFY(!joined[2].watts);
}

void TestDevices::asksAboutOnceASecond()
{
    engine().cards = {card("cuda:0", 73, 312.5)};
    QTRY_VERIFY(engine().count("measureDevices") > 0);
    const int first = engine().count("measureDevices");
    QTRY_VERIFY_WITH_TIMEOUT(engine().count("measureDevices") > first, 3000);
    QTRY_VERIFY(!m_fixture->metrics.latest().devices.empty());
    QTRY_COMPARE(m_fixture->metrics.latest().devices.back().memory.device, std::string("cuda:0"));
}

void TestDevices::stacksEveryDeviceOnOneTimeAxis()
{
    disconnect(&m_fixture->bridge, &EngineBridge::snapshotTaken, nullptr, nullptr);
    m_fixture->metrics.setFigures({card("cuda:0", 73, 312.5), card("cuda:1", 5, std::nullopt)});
    for (int i = 0; i < 8; ++i)
        m_fixture->metrics.addAt(1000 + i, splitSnapshot());
    window().showPage(MainWindow::Monitor);
    auto *memory = find<PlotView>("monitor.memory.cuda:0");
    QVERIFY(memory && find<PlotView>("monitor.memory.cpu") && find<PlotView>("monitor.memory.cuda:1"));
    QCOMPARE(memory->summary(),
             QStringLiteral("cuda:0: 30.0 of 80.0 GB in use; 20.0\u00a0GB of it by Rookery."));
    QCOMPARE(memory->labelledValues().back(), 80e9);
    auto *activity = find<PlotView>("monitor.activity.cuda:0");
    QCOMPARE(activity->summary(), QStringLiteral("cuda:0: 73 % busy, 313 W of 700 W, 64 °C"));
    QCOMPARE(activity->labelledValues().back(), 100.0);
    QVERIFY(activity->labelledValuesAtRight().back() <= 700.0); // its limit is the top
    QCOMPARE(find<PlotView>("monitor.activity.cuda:1")->summary(), QStringLiteral("cuda:1: 5 % busy"));
    QVERIFY(!find<PlotView>("monitor.activity.cpu")->isVisible()); // nothing is known of it
}

void TestDevices::saysWhyActivityIsNotKnown()
{
    disconnect(&m_fixture->bridge, &EngineBridge::snapshotTaken, nullptr, nullptr);
    engine::DeviceFigures silent;
    silent.device = "cuda:0";
    silent.problem = "libnvidia-ml.so.1 was not found";
    m_fixture->metrics.setFigures({silent});
    m_fixture->metrics.addAt(1000, splitSnapshot());
    window().showPage(MainWindow::Monitor);
    auto *problem = find<QLabel>("monitor.problem.cuda:0");
    QVERIFY(problem->isVisible());
    QVERIFY(problem->text().endsWith(QLatin1String("libnvidia-ml.so.1 was not found")));
    QVERIFY(!find<QLabel>("monitor.problem.cpu")->isVisible());
}

void TestDevices::devicesComeAndGo()
{
    disconnect(&m_fixture->bridge, &EngineBridge::snapshotTaken, nullptr, nullptr);
    window().showPage(MainWindow::Monitor);
    QVERIFY(find<PlotView>("monitor.memory.cpu"));
    auto *processor = find<PlotView>("monitor.memory.cpu");
    m_fixture->metrics.addAt(1000, splitSnapshot());
    QTRY_VERIFY(find<PlotView>("monitor.memory.cuda:0"));
    QCOMPARE(find<PlotView>("monitor.memory.cpu"), processor); // was not made anew
    engine::Snapshot alone = splitSnapshot();
    alone.memoryByDevice.erase(alone.memoryByDevice.begin());
    m_fixture->metrics.addAt(1001, alone);
    QTRY_VERIFY(!find<PlotView>("monitor.memory.cuda:0"));
}

void TestDevices::listsWhatCannotBeUsedWithItsReason()
{
    engine::DeviceSummary old;
    old.id = "cuda:0";
    old.description = "An old card";
    old.usable = false;
    old.reason = "its driver is older than 525";
    m_fixture->machine.push_back(old);
    window().showPage(MainWindow::SettingsPageIndex);
    const auto texts = [this] {
        QStringList all;
        for (const auto *label : find<QWidget>("devices")->findChildren<QLabel *>())
            all += label->text();
        return all.join(QLatin1Char('\n'));
    };
    QTRY_VERIFY(texts().contains(QStringLiteral("cuda:0 · An old card")));
    QVERIFY(texts().contains(QLatin1String("Cannot be used: its driver is older than 525")));
    QVERIFY(texts().contains(QStringLiteral("Processor · A processor")));
    QVERIFY(texts().contains(QStringLiteral("avx2 · 9.66\u00a0GB of 17.2\u00a0GB free")));
    auto *search = find<QLineEdit>("settings.search");
    search->setText(QStringLiteral("old card"));
    QVERIFY(find<QWidget>("devices")->isVisible());
    search->setText(QStringLiteral("language"));
    QVERIFY(!find<QWidget>("devices")->isVisible());
}

void TestDevices::offersDevicesToLoadOn()
{
    engine::DeviceSummary good;
    good.id = "cuda:0";
    good.description = "A card";
    engine::DeviceSummary bad;
    bad.id = "hip";
    bad.usable = false;
    bad.reason = "no driver";
    m_fixture->machine.push_back(good);
    m_fixture->machine.push_back(bad);
    select(kModel);
    auto *device = find<DeviceChoice>("models.load.device");
    auto *strategy = find<QLineEdit>("models.load.strategy");
    QTRY_COMPARE(device->count(), 3);
    QCOMPARE(device->device(), QStringLiteral("cpu"));
    QVERIFY(!static_cast<QStandardItemModel *>(device->model())->item(2)->isEnabled());
    QCOMPARE(device->itemData(2, Qt::ToolTipRole).toString(), QStringLiteral("no driver"));
    device->setCurrentIndex(1);
    Q_EMIT device->activated(1);
    QCOMPARE(strategy->text(), QStringLiteral("cuda:0"));
    strategy->setText(QStringLiteral("cuda:0 fp16 *3 -> cpu bf16"));
    QCOMPARE(device->currentIndex(), -1); // several
    strategy->setText(QStringLiteral("cpu int8"));
    QCOMPARE(device->device(), QStringLiteral("cpu"));
}

QTEST_MAIN(TestDevices)
#include "tst_devices.moc"
