#include "kernels/cpu/parallel.h"

#include <QTest>

#include <sys/resource.h>

#include <numeric>
#include <thread>
#include <vector>

using kernels::cpu::Parallel;

class TestParallel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void visitsEveryIndexOnce_data();
    void visitsEveryIndexOnce();
    void workersNeverShareANumber();
    void wakesSleepingWorkers();
    void survivesManyShortJobs();
    void seesWhatTheWorkersWrote();
    void startsAndStopsIdle();
    void startsFewerWorkersWhereTheSystemRefuses();
};

void TestParallel::visitsEveryIndexOnce_data()
{
    QTest::addColumn<int>("threads");
    QTest::addColumn<int>("count");
    for (const int threads : {1, 2, 3, 8})
        for (const int count : {0, 1, 2, 7, 1000})
            QTest::addRow("%d threads, %d indices", threads, count) << threads << count;
}

void TestParallel::visitsEveryIndexOnce()
{
    QFETCH(int, threads);
    QFETCH(int, count);
    Parallel parallel(threads);
    QCOMPARE(parallel.threads(), threads);
    std::vector<std::atomic<int>> visits(static_cast<std::size_t>(count) + 1);
    std::atomic<bool> isBelow{true};
    parallel.forEach(count, [&](int index, int worker) {
        ++visits[static_cast<std::size_t>(index)];
        if (worker < 0 || worker >= threads) isBelow = false;
    });
    for (int i = 0; i < count; ++i)
        QCOMPARE(visits[static_cast<std::size_t>(i)].load(), 1);
    QCOMPARE(visits[static_cast<std::size_t>(count)].load(), 0);
    QVERIFY(isBelow);
}

void TestParallel::workersNeverShareANumber()
{
    Parallel parallel(4);
    std::atomic<int> inside[4] = {};
    std::atomic<bool> isAlone{true};
    for (int round = 0; round < 200; ++round) {
        parallel.forEach(50, [&](int, int worker) {
            if (++inside[worker] != 1) isAlone = false;
            --inside[worker];
        });
    }
    QVERIFY(isAlone);
}

void TestParallel::wakesSleepingWorkers()
{
    Parallel parallel(2);
    for (int round = 0; round < 20; ++round) {
        const auto start = std::chrono::steady_clock::now();
        while (std::chrono::steady_clock::now() - start < std::chrono::milliseconds(1)) // workers go to sleep
            std::this_thread::yield();
        // Two indices that wait for each other: one thread alone would never finish.
        std::atomic<int> arrived{0};
        parallel.forEach(2, [&](int, int) {
            ++arrived;
            while (arrived < 2)
                std::this_thread::yield();
        });
        QCOMPARE(arrived.load(), 2);
    }
}

void TestParallel::survivesManyShortJobs()
{
    Parallel parallel(3);
    std::atomic<long> sum{0};
    for (int round = 0; round < 20000; ++round)
        parallel.forEach(3, [&](int index, int) { sum += index; });
    QCOMPARE(sum.load(), 60000L);
}

void TestParallel::seesWhatTheWorkersWrote()
{
    Parallel parallel(3);
    std::vector<int> values(64);
    for (int round = 1; round < 500; ++round) {
        parallel.forEach(64, [&](int index, int) { values[static_cast<std::size_t>(index)] += index; });
        QCOMPARE(std::accumulate(values.begin(), values.end(), 0), round * 64 * 63 / 2);
    }
}

void TestParallel::startsAndStopsIdle()
{
    for (int i = 0; i < 50; ++i)
        Parallel(4).forEach(0, [](int, int) {});
}

void TestParallel::startsFewerWorkersWhereTheSystemRefuses()
{
    rlimit old{};
    QCOMPARE(getrlimit(RLIMIT_AS, &old), 0);
    rlimit tight = old;
    tight.rlim_cur = rlim_t{1} << 28; // stacks of 8 MiB do not fit a thousand times
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    QSKIP("sanitizers need the address space");
#endif
    QCOMPARE(setrlimit(RLIMIT_AS, &tight), 0);
    int threads = 0;
    std::atomic<int> sum{0};
    {
        Parallel parallel(1000);
        threads = parallel.threads();
        parallel.forEach(100, [&](int index, int) { sum += index; });
    }
    setrlimit(RLIMIT_AS, &old);
    QVERIFY(threads >= 1 && threads < 1000);
    QCOMPARE(sum.load(), 4950);
}

QTEST_APPLESS_MAIN(TestParallel)
#include "tst_parallel.moc"
