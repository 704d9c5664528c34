// What drivers tell of cards: NVIDIA's through a library that is opened by name, AMD's through files.
#include "kernels/card_figures.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using kernels::CardFigures;
using kernels::CardWatch;

class TestCardFigures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_folder.isValid()); }
    void cleanup() { qunsetenv("FAKE_NVML"); }
    void asksTheLibrary();
    void leavesOutWhatIsNotTold();
    void saysWhyNothingIsKnown_data();
    void saysWhyNothingIsKnown();
    void canBeOpenedAgain();
    void readsFiles();
    void readsFilesThatAreMissingOrWrong();

private:
    void write(const QString &name, const QByteArray &text);
    CardWatch::Sources sources(const QString &library = {}) const;

    QTemporaryDir m_folder;
};

CardWatch::Sources TestCardFigures::sources(const QString &library) const
{
    return {library.isEmpty() ? std::string(ROOKERY_BUILD_DIR "/tests/nvml/libnvidia-ml.so.1")
                              : library.toStdString(),
            m_folder.path().toStdString()};
}

void TestCardFigures::write(const QString &name, const QByteArray &text)
{
    const QString path = m_folder.filePath(name);
    QVERIFY(QDir().mkpath(QFileInfo(path).path()));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) == text.size());
}

void TestCardFigures::asksTheLibrary()
{
    CardWatch watch(sources());
    std::string reason;
    const auto figures = watch.read("0000:C1:00.0", &reason); // as hexadecimal numbers may come
    QVERIFY2(figures, reason.c_str());
    QCOMPARE(figures->totalBytes.value(), std::size_t{80'000'000'000});
    QCOMPARE(figures->usedBytes.value(), std::size_t{20'500'000'000});
    QCOMPARE(figures->busyPercent.value(), 73);
    QCOMPARE(figures->watts.value(), 312.5);
    QCOMPARE(figures->mostWatts.value(), 700.0);
    QCOMPARE(figures->celsius.value(), 64);
}

void TestCardFigures::leavesOutWhatIsNotTold()
{
    CardWatch watch(sources());
    const auto figures = watch.read("0000:c2:00.0");
    QVERIFY(figures);
    QCOMPARE(figures->busyPercent.value(), 73);
    QVERIFY(!figures->watts && !figures->mostWatts && !figures->celsius);
}

void TestCardFigures::saysWhyNothingIsKnown_data()
{
    QTest::addColumn<QString>("library");
    QTest::addColumn<QByteArray>("mode");
    QTest::addColumn<QString>("reason");
    QTest::newRow("no library") << "/nowhere/libnvidia-ml.so.1" << QByteArray("")
                                << "/nowhere/libnvidia-ml.so.1";
    QTest::newRow("another library") << "libm.so.6" << QByteArray("")
                                     << "the driver's library has no nvmlInit_v2";
    QTest::newRow("no driver") << "" << QByteArray("asleep") << "Driver Not Loaded";
    QTest::newRow("no such card") << "" << QByteArray("") << "0000:c9:00.0: Not Found";
}

void TestCardFigures::saysWhyNothingIsKnown()
{
    QFETCH(QString, library);
    QFETCH(QByteArray, mode);
    QFETCH(QString, reason);
    qputenv("FAKE_NVML", mode);
    CardWatch watch(sources(library));
    for (int i = 0; i < 2; ++i) { // the second time nothing is opened any more
        std::string why;
        QVERIFY(!watch.read("0000:c9:00.0", &why));
        QVERIFY2(why.find(reason.toStdString()) != std::string::npos, why.c_str());
        QVERIFY(!watch.read("0000:c9:00.0"));
    }
}

void TestCardFigures::canBeOpenedAgain()
{
    for (int i = 0; i < 2; ++i) {
        CardWatch watch(sources());
        QVERIFY(watch.read("0000:c1:00.0"));
    }
}

void TestCardFigures::readsFiles()
{
    const QString card = "0000:83:00.0/";
    write(card + "mem_info_vram_total", "17163091968\n");
    write(card + "mem_info_vram_used", "1234567168\n");
    write(card + "gpu_busy_percent", "97\n");
    write(card + "hwmon/hwmon5/power1_average", "203000000\n");
    write(card + "hwmon/hwmon5/power1_cap", "272000000\n");
    write(card + "hwmon/hwmon5/temp1_input", "61500\n");
    CardWatch watch(sources("/nowhere"));
    const auto figures = watch.read("0000:83:00.0");
    QVERIFY(figures);
    QCOMPARE(figures->totalBytes.value(), std::size_t{17163091968});
    QCOMPARE(figures->usedBytes.value(), std::size_t{1234567168});
    QCOMPARE(figures->busyPercent.value(), 97);
    QCOMPARE(figures->watts.value(), 203.0);
    QCOMPARE(figures->mostWatts.value(), 272.0);
    QCOMPARE(figures->celsius.value(), 61);
}

/// Integrated and older cards lack some of them.
void TestCardFigures::readsFilesThatAreMissingOrWrong()
{
    const QString card = "0000:84:00.0/";
    write(card + "mem_info_vram_total", "536870912\n");
    write(card + "gpu_busy_percent", "");
    write(card + "hwmon/hwmon1/power1_input", "15000000\n");
    write(card + "hwmon/hwmon1/temp1_input", "warm\n");
    CardWatch watch(sources("/nowhere"));
    const auto figures = watch.read("0000:84:00.0");
    QVERIFY(figures);
    QCOMPARE(figures->totalBytes.value(), std::size_t{536870912});
    QVERIFY(!figures->usedBytes && !figures->busyPercent && !figures->mostWatts && !figures->celsius);
    QCOMPARE(figures->watts.value(), 15.0);
    QVERIFY(!watch.read("0000:85:00.0"));
}

QTEST_APPLESS_MAIN(TestCardFigures)
#include "tst_card_figures.moc"
