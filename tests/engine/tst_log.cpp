#include "engine/engine.h"

#include <QtTest>

#include <chrono>
#include <mutex>
#include <thread>

class TestLog : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void handsLinesToItsSink()
    {
        std::vector<engine::LogLine> lines;
        engine::setLogSink([&](const engine::LogLine &line) { lines.push_back(line); });
        const auto now = [] {
            return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
        };
        const double before = now();
        engine::log(0, "gui", "a trace with {braces} and 100 %");
        engine::log(5, "engine", "a disaster");
        engine::setLogSink({});
        engine::log(5, "engine", "nobody hears this");
        QCOMPARE(lines.size(), std::size_t(2));
        QCOMPARE(lines[0].level, 0);
        QCOMPARE(lines[0].category, std::string("gui"));
        QCOMPARE(lines[0].text, std::string("a trace with {braces} and 100 %"));
        QVERIFY(lines[0].seconds >= before - 1 && lines[0].seconds <= now() + 1);
        QCOMPARE(lines[1].level, 5);
        QCOMPARE(lines[1].text, std::string("a disaster"));
    }

    void keepsLevelsInRange()
    {
        std::vector<int> levels;
        engine::setLogSink([&](const engine::LogLine &line) { levels.push_back(line.level); });
        engine::log(-7, "x", "low");
        engine::log(99, "x", "high");
        engine::setLogSink({});
        QCOMPARE(levels, (std::vector<int>{0, 5}));
    }

    void allowsASinkThatLogsAndReplacesItself()
    {
        int count = 0;
        engine::setLogSink([&](const engine::LogLine &) {
            ++count;
            engine::setLogSink({});
            engine::log(2, "x", "from within");
        });
        engine::log(2, "x", "first");
        engine::log(2, "x", "second");
        QCOMPARE(count, 1);
    }

    void takesLinesFromManyThreads()
    {
        std::mutex mutex;
        int count = 0;
        engine::setLogSink([&](const engine::LogLine &) {
            const std::lock_guard lock(mutex);
            ++count;
        });
        {
            std::vector<std::jthread> threads;
            for (int t = 0; t < 4; ++t)
                threads.emplace_back([] {
                    for (int i = 0; i < 250; ++i)
                        engine::log(2, "x", "line");
                });
        }
        engine::setLogSink({});
        QCOMPARE(count, 1000);
    }
};

QTEST_APPLESS_MAIN(TestLog)
#include "tst_log.moc"
