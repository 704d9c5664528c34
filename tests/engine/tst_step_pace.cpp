#include "engine/step_pace.h"

#include <QtTest>

using engine::StepPace;

/// Steps of a machine that takes `base` seconds and `perRow` seconds a row, until the pace has settled.
static int settled(double base, double perRow)
{
    StepPace pace(512);
    for (int i = 0; i < 50; ++i)
        pace.took(pace.rows(), pace.rows(), base + perRow * pace.rows());
    return pace.rows();
}

class TestStepPace : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void growsToTheMostWhereStepsAreShort() { QCOMPARE(settled(0.001, 1e-6), 512); }
    void shrinksToTheFewestWhereEverythingIsSlow() { QCOMPARE(settled(0.5, 0.07), 16); }

    void keepsStepsBelowTheBound_data()
    {
        QTest::addColumn<double>("perRow");
        QTest::newRow("0.1B, two cores") << 1e-3;
        QTest::newRow("1.5B, two cores") << 7e-3;
        QTest::newRow("0.1B, fast") << 2e-4;
    }
    void keepsStepsBelowTheBound()
    {
        QFETCH(double, perRow);
        const int rows = settled(0, perRow);
        QVERIFY2(rows * perRow <= StepPace::kLongSeconds, qPrintable(QString::number(rows)));
        QVERIFY2(rows == 512 || rows * perRow * 2 >= StepPace::kShortSeconds,
                 qPrintable(QString::number(rows)));
    }

    void doesNotLearnFromDecodingAlone()
    {
        StepPace pace(512);
        const int before = pace.rows();
        pace.took(1, 0, 0.5);   // slow, but no prompt's fault
        pace.took(1, 0, 0.001); // short, but too small to tell
        QCOMPARE(pace.rows(), before);
    }

    void leavesStreamsTheLargerPart()
    {
        const StepPace pace(512);
        QVERIFY(pace.rowsWhileDecoding() < pace.rows());
        QVERIFY(StepPace(8).rowsWhileDecoding() >= StepPace::kFewestRows);
    }
};

QTEST_APPLESS_MAIN(TestStepPace)
#include "tst_step_pace.moc"
