#include "engine/event_queue.h"
#include "engine/thread_pool.h"

#include <QtTest>

#include <atomic>
#include <latch>
#include <numeric>

using engine::EventQueue;
using engine::ThreadPool;

class TestThreadPool : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void runsJobsAtOnce()
    {
        ThreadPool pool(2);
        std::latch both(2), done(2);
        for (int i = 0; i < 2; ++i) {
            QVERIFY(pool.post(
                [&](const std::stop_token &) {
                    both.arrive_and_wait(); // only if the other runs too
                    done.count_down();
                },
                {}));
        }
        done.wait();
    }

    void runsOneThreadsJobsInOrder()
    {
        std::vector<int> order;
        ThreadPool pool(1);
        for (int i = 0; i < 100; ++i)
            pool.post([&order, i](const std::stop_token &) { order.push_back(i); }, {});
        pool.close();
        std::vector<int> want(100);
        std::iota(want.begin(), want.end(), 0);
        QCOMPARE(order, want);
    }

    void runsWhatWaitsWhenItCloses()
    {
        std::atomic<int> stopped{0};
        std::stop_source stop;
        ThreadPool pool(1);
        std::latch first(1);
        pool.post([&](const std::stop_token &) { first.wait(); }, {});
        for (int i = 0; i < 10; ++i)
            pool.post([&](const std::stop_token &token) { stopped += token.stop_requested(); },
                      stop.get_token());
        stop.request_stop();
        first.count_down();
        pool.close();
        QCOMPARE(stopped.load(), 10);
        QVERIFY(!pool.post([](const std::stop_token &) {}, {}));
    }

    void deliversEventsInOrderOneAtATime()
    {
        std::vector<engine::JobId> seen;
        std::atomic<int> inside{0};
        bool overlapped = false;
        {
            EventQueue queue([&](const engine::Event &event) {
                overlapped = overlapped || ++inside > 1;
                seen.push_back(engine::jobOf(event));
                --inside;
            });
            for (engine::JobId job = 1; job <= 1000; ++job)
                queue.post(engine::event::ModelUnloaded{job});
        } // delivers all before it goes
        QVERIFY(!overlapped);
        QCOMPARE(seen.size(), std::size_t(1000));
        QVERIFY(std::is_sorted(seen.begin(), seen.end()));
    }

    void acceptsEventsFromTheSink()
    {
        std::atomic<int> count{0};
        EventQueue *self = nullptr;
        EventQueue queue([&](const engine::Event &event) {
            const engine::JobId job = engine::jobOf(event);
            ++count;
            if (job > 1) self->post(engine::event::ModelUnloaded{job - 1});
        });
        self = &queue;
        queue.post(engine::event::ModelUnloaded{50});
        queue.close();
        QCOMPARE(count.load(), 50);
    }
};

QTEST_APPLESS_MAIN(TestThreadPool)
#include "tst_thread_pool.moc"
