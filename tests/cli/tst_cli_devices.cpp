// rookery-cli devices on a machine with cards: emulated ones, and a library in the place of that of NVIDIA's
// driver.
#include "support/program_run.h"

#include <QTest>

using support::Outcome;
using support::run;
using support::words;

class TestCliDevices : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void showsWhatTheDriverTells();
    void saysWhyNothingIsKnown();
    void tellsItAsJson();

private:
    static QProcessEnvironment environment(const char *mode = "");
};

QProcessEnvironment TestCliDevices::environment(const char *mode)
{
    QProcessEnvironment all = QProcessEnvironment::systemEnvironment();
    all.insert(QStringLiteral("ROOKERY_EMULATOR"), QStringLiteral("memory=2G"));
    all.insert(QStringLiteral("LD_LIBRARY_PATH"), QStringLiteral(ROOKERY_BUILD_DIR "/tests/nvml"));
    all.insert(QStringLiteral("FAKE_NVML"), QString::fromLatin1(mode));
    return all;
}

void TestCliDevices::showsWhatTheDriverTells()
{
    const Outcome outcome = run(words("devices"), {}, environment());
    QCOMPARE(outcome.code, 0);
    QVERIFY2(
        outcome.output.contains("emulator:0: emulated card 0\n  memory   2.15 GB free of 8.59 GB\n"
                                "  now      73 % busy, 20.50 GB of 80.00 GB used, 312 W of 700 W, 64 °C\n"),
        qPrintable(outcome.output));
    QVERIFY2(outcome.output.contains("  now      emulated:1: Not Found\n"), qPrintable(outcome.output));
}

void TestCliDevices::saysWhyNothingIsKnown()
{
    const Outcome outcome = run(words("devices"), {}, environment("asleep"));
    QCOMPARE(outcome.code, 0);
    QVERIFY2(outcome.output.contains("  now      Driver Not Loaded\n"), qPrintable(outcome.output));
}

void TestCliDevices::tellsItAsJson()
{
    const QJsonArray devices =
        run(words("devices --json"), {}, environment()).object()[QStringLiteral("devices")].toArray();
    QVERIFY(!devices[0].toObject().contains(QStringLiteral("figures"))); // the processor
    QJsonObject found[2];
    for (const QJsonValue &device : devices)
        for (int i = 0; i < 2; ++i)
            if (device[QStringLiteral("id")].toString() == QStringLiteral("emulator:%1").arg(i))
                found[i] = device[QStringLiteral("figures")].toObject();
    QCOMPARE(found[0][QStringLiteral("total_bytes")].toDouble(), 80e9);
    QCOMPARE(found[0][QStringLiteral("used_bytes")].toDouble(), 20.5e9);
    QCOMPARE(found[0][QStringLiteral("busy_percent")].toInt(), 73);
    QCOMPARE(found[0][QStringLiteral("watts")].toDouble(), 312.5);
    QCOMPARE(found[0][QStringLiteral("most_watts")].toDouble(), 700.0);
    QCOMPARE(found[0][QStringLiteral("celsius")].toInt(), 64);
    QCOMPARE(found[0][QStringLiteral("problem")].toString(), QString());
    QVERIFY(found[1][QStringLiteral("watts")].isNull());
    QCOMPARE(found[1][QStringLiteral("problem")].toString(), QStringLiteral("emulated:1: Not Found"));
}

QTEST_GUILESS_MAIN(TestCliDevices)
#include "tst_cli_devices.moc"
