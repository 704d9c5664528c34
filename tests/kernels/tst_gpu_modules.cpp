// Modules of graphics cards that are missing, broken, foreign or without a driver: the list says so, nothing
// else happens.
#include "kernels/device.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

class TestGpuModules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void saysWhyACardIsUnusable();
    void saysWhyACardCannotBeOpened_data();
    void saysWhyACardCannotBeOpened();
    void keepsTheEmulatorHidden();

private:
    QTemporaryDir m_folder;
};

/// Modules are looked for once, when they are first wanted.
void TestGpuModules::initTestCase()
{
    QVERIFY(m_folder.isValid());
    QFile broken(m_folder.filePath("rookery_cuda.so"));
    QVERIFY(broken.open(QIODevice::WriteOnly) && broken.write("no library") > 0);
    qputenv("ROOKERY_MODULES", m_folder.path().toUtf8());
    qunsetenv("ROOKERY_EMULATOR");
}

void TestGpuModules::saysWhyACardIsUnusable()
{
    const auto devices = kernels::listDevices();
    QCOMPARE(devices.size(), std::size_t{3});
    QCOMPARE(devices[0].id, std::string("cpu"));
    QVERIFY(devices[0].usable);
    QCOMPARE(devices[1].id, std::string("cuda"));
    QVERIFY(!devices[1].usable);
    QVERIFY2(devices[1].reason.find("rookery_cuda.so") != std::string::npos, devices[1].reason.c_str());
    QCOMPARE(devices[2].id, std::string("hip"));
    QVERIFY(!devices[2].usable);
    QCOMPARE(devices[2].reason, std::string("rookery_hip.so is not installed beside the program"));
}

void TestGpuModules::saysWhyACardCannotBeOpened_data()
{
    QTest::addColumn<QByteArray>("id");
    QTest::addColumn<QByteArray>("reason");
    QTest::newRow("broken") << QByteArray("cuda:0") << QByteArray("rookery_cuda.so");
    QTest::newRow("missing") << QByteArray("hip:1") << QByteArray("rookery_hip.so is not installed");
    QTest::newRow("hidden") << QByteArray("emulator:0") << QByteArray("rookery_emulator.so is not installed");
    QTest::newRow("unknown") << QByteArray("tpu:0") << QByteArray("no device \"tpu:0\" here; there is: cpu");
    QTest::newRow("no number") << QByteArray("cuda:x") << QByteArray("no device \"cuda:x\"");
    QTest::newRow("negative") << QByteArray("cuda:-1") << QByteArray("no device \"cuda:-1\"");
    QTest::newRow("too large") << QByteArray("cuda:99999999999") << QByteArray("no device");
}

void TestGpuModules::saysWhyACardCannotBeOpened()
{
    QFETCH(QByteArray, id);
    QFETCH(QByteArray, reason);
    std::string found;
    QVERIFY(!kernels::openDevice(id.toStdString(), {}, &found));
    QVERIFY2(found.find(reason.toStdString()) != std::string::npos, found.c_str());
    QVERIFY(!kernels::openDevice(id.toStdString())); // nobody has to ask why
}

void TestGpuModules::keepsTheEmulatorHidden()
{
    const auto isListed = [] {
        const auto devices = kernels::listDevices();
        return std::any_of(devices.begin(), devices.end(),
                           [](const auto &info) { return info.id.rfind("emulator", 0) == 0; });
    };
    QVERIFY(!isListed());
    qputenv("ROOKERY_EMULATOR", "1");
    QVERIFY(isListed());
    qputenv("ROOKERY_EMULATOR", "");
    QVERIFY(!isListed());
}

QTEST_APPLESS_MAIN(TestGpuModules)
#include "tst_gpu_modules.moc"
