// What the system tells of the processor, read from files of our own.
#include "engine/processor_watch.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using engine::DeviceFigures;
using engine::ProcessorWatch;

class TestProcessorWatch : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void tellsTheShareOfTime();
    void tellsPowerOfAllPackages();
    void readsTheProcessorsSensorOnly();
    void saysWhatIsMissing();
    void readsThisMachine();

private:
    void write(const QString &name, const QByteArray &text);
    ProcessorWatch::Sources sources() const
    {
        return {m_folder->filePath("proc").toStdString(), m_folder->filePath("sys").toStdString()};
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestProcessorWatch::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

void TestProcessorWatch::write(const QString &name, const QByteArray &text)
{
    const QString path = m_folder->filePath(name);
    QVERIFY(QDir().mkpath(QFileInfo(path).path()));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) == text.size());
}

/// Of 100 ticks 60 were idle and 10 waited for a disk; the guest's 5 are part of user's.
void TestProcessorWatch::tellsTheShareOfTime()
{
    ProcessorWatch watch(sources());
    write("proc/stat", "cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 9 9 9 9\n");
    const DeviceFigures first = watch.read(10);
    QCOMPARE(first.device, std::string("cpu"));
    QVERIFY(!first.busyPercent && first.problem.empty());
    write("proc/stat", "cpu  120 0 60 860 60 0 0 0 5 0\ncpu0 9 9 9 9\n");
    QCOMPARE(watch.read(11).busyPercent.value(), 30);
    QVERIFY(!watch.read(12).busyPercent); // nothing went on: no share of it
}

void TestProcessorWatch::tellsPowerOfAllPackages()
{
    ProcessorWatch watch(sources());
    write("sys/class/powercap/intel-rapl:0/energy_uj", "1000000\n");
    write("sys/class/powercap/intel-rapl:1/energy_uj", "5000000\n");
    write("sys/class/powercap/intel-rapl:0:0/energy_uj", "900000\n"); // a part of the first
    QVERIFY(!watch.read(10).watts);
    write("sys/class/powercap/intel-rapl:0/energy_uj", "31000000\n");
    write("sys/class/powercap/intel-rapl:1/energy_uj", "25000000\n");
    write("sys/class/powercap/intel-rapl:0:0/energy_uj", "99000000\n");
    QCOMPARE(watch.read(12).watts.value(), 25.0);              // 30 J and 20 J in two seconds
    write("sys/class/powercap/intel-rapl:0/energy_uj", "7\n"); // began anew
    QVERIFY(!watch.read(13).watts);
}

void TestProcessorWatch::readsTheProcessorsSensorOnly()
{
    ProcessorWatch watch(sources());
    write("sys/class/hwmon/hwmon0/name", "nvme\n");
    write("sys/class/hwmon/hwmon0/temp1_input", "31000\n");
    QVERIFY(!watch.read(1).celsius);
    write("sys/class/hwmon/hwmon1/name", "k10temp\n");
    write("sys/class/hwmon/hwmon1/temp1_input", "58600\n");
    QCOMPARE(watch.read(2).celsius.value(), 59);
    write("sys/class/hwmon/hwmon1/temp1_input", "hot\n");
    QVERIFY(!watch.read(3).celsius);
}

void TestProcessorWatch::saysWhatIsMissing()
{
    ProcessorWatch watch(sources());
    for (const char *text : {"", "cpu one two three four\n", "intr 1 2 3 4 5\n", "cpu 1 2 3\n"}) {
        write("proc/stat", text);
        QCOMPARE(watch.read(1).problem, m_folder->filePath("proc/stat").toStdString() + " tells nothing");
    }
}

void TestProcessorWatch::readsThisMachine()
{
    ProcessorWatch watch;
    if (const std::string problem = watch.read().problem; !problem.empty()) QSKIP(problem.c_str());
    std::optional<int> busy;
    QTRY_VERIFY_WITH_TIMEOUT((busy = watch.read().busyPercent), 2000);
    QVERIFY(*busy >= 0 && *busy <= 100);
}

QTEST_APPLESS_MAIN(TestProcessorWatch)
#include "tst_processor_watch.moc"
