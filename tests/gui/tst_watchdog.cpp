#include "support/watchdog.h"

#include <QElapsedTimer>
#include <QTest>

#include <chrono>
#include <ctime>
#include <thread>

class TestWatchdog : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void seesABlockedLoop();
    void countsWhatHoldsTheThread_data();
    void countsWhatHoldsTheThread();
    void countsFromReset();
};

namespace
{

void block(int ms)
{
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < ms) {
    }
}

} // namespace

void TestWatchdog::seesABlockedLoop()
{
    support::Watchdog watchdog;
    QTRY_VERIFY(watchdog.beats() > 3);
    block(80);
    QVERIFY(watchdog.longestStallMs() >= 60); // seen while it lasts, by the other thread
    const int before = watchdog.beats();
    QTRY_VERIFY(watchdog.beats() > before);
    QVERIFY(watchdog.longestStallMs() >= 70);
    QVERIFY(watchdog.stallsLongerThan(60) == 1);
}

void TestWatchdog::countsWhatHoldsTheThread_data()
{
    QTest::addColumn<bool>("computes");
    QTest::newRow("computes") << true;
    QTest::newRow("waits") << false;
}

void TestWatchdog::countsWhatHoldsTheThread()
{
    QFETCH(bool, computes);
    const auto threadMs = [] {
        timespec now{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return double(now.tv_sec) * 1e3 + double(now.tv_nsec) / 1e6;
    };
    support::Watchdog watchdog;
    QTRY_VERIFY(watchdog.beats() > 3);
    const double begin = threadMs();
    if (computes) {
        while (threadMs() - begin < 50) {
        }
    } else {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    const int before = watchdog.beats();
    QTRY_VERIFY(watchdog.beats() > before);
    QVERIFY2(watchdog.longestHeldMs() >= 40, qPrintable(QString::number(watchdog.longestHeldMs())));
    watchdog.reset();
    QCOMPARE(watchdog.longestHeldMs(), 0.0);
}

void TestWatchdog::countsFromReset()
{
    support::Watchdog watchdog;
    QTRY_VERIFY(watchdog.beats() > 0);
    block(50);
    const int before = watchdog.beats();
    QTRY_VERIFY(watchdog.beats() > before);
    watchdog.reset();
    QCOMPARE(watchdog.stallsLongerThan(40), 0);
}

QTEST_GUILESS_MAIN(TestWatchdog)
#include "tst_watchdog.moc"
