#include "engine/state_cache.h"

#include <QtTest>

#include <map>
#include <numeric>
#include <random>

using engine::StateCache;
using engine::StateImage;
using engine::StateImagePtr;

namespace
{

using Tokens = std::vector<int>;

/// An image that can be told from others by its first number.
StateImagePtr image(float mark, std::size_t floats = 16, bool withLogits = false)
{
    auto made = std::make_shared<StateImage>();
    made->state.assign(floats, mark);
    if (withLogits) made->logits.assign(4, mark);
    return made;
}

float markOf(const StateCache::Hit &hit) { return hit.image ? hit.image->state.front() : -1; }

Tokens range(int first, int count)
{
    Tokens tokens(static_cast<std::size_t>(count));
    std::iota(tokens.begin(), tokens.end(), first);
    return tokens;
}

} // namespace

class TestStateCache : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsTheLongestPrefix()
    {
        StateCache cache(1 << 20);
        cache.put(Tokens{1, 2}, image(2));
        cache.put(Tokens{1, 2, 3, 4}, image(4));
        cache.put(Tokens{1, 2, 9}, image(9));
        QCOMPARE(cache.entries(), std::size_t(3));

        QCOMPARE(cache.find(Tokens{1, 2, 3, 4, 5}).tokens, std::size_t(4));
        QCOMPARE(markOf(cache.find(Tokens{1, 2, 3, 4, 5})), 4.0F);
        QCOMPARE(markOf(cache.find(Tokens{1, 2, 3, 5})), 2.0F);
        QCOMPARE(markOf(cache.find(Tokens{1, 2, 9, 9})), 9.0F);
        QCOMPARE(cache.find(Tokens{1}).tokens, std::size_t(0));
        QCOMPARE(cache.find(Tokens{2, 1}).tokens, std::size_t(0));
        QCOMPARE(cache.find(Tokens{}).tokens, std::size_t(0));
    }

    void spacesCheckpointsByTheBudget_data()
    {
        QTest::addColumn<int>("tokens");
        QTest::addColumn<int>("stateBytes");
        QTest::addColumn<int>("stride");
        // of a budget of 64 MiB a text may have 16 MiB
        QTest::newRow("short text") << 100 << (1 << 20) << 512;
        QTest::newRow("16 states fit") << 16 * 512 << (1 << 20) << 512;
        QTest::newRow("a 17th does not") << 17 * 512 << (1 << 20) << 1024;
        QTest::newRow("a million tokens") << 1000000 << (1 << 20) << 512 * 123; // 1953 / 16 = 122.06
        QTest::newRow("a million tokens, small states")
            << 1000000 << 1024 << 512 * 62; // at most 32: 1953 / 32 = 61.03
        QTest::newRow("one state fits") << 10000 << (16 << 20) << 512 * 19;
        QTest::newRow("none does") << 10000 << (16 << 20) + 1 << 0;
        QTest::newRow("no state at all") << 10000 << 0 << 512;
    }

    void spacesCheckpointsByTheBudget()
    {
        QFETCH(int, tokens);
        QFETCH(int, stateBytes);
        QTEST(int(engine::checkpointStride(std::size_t(tokens), std::size_t(stateBytes), 64U << 20U)),
              "stride");
    }

    void splitsRunsThatBranchInTheMiddle()
    {
        StateCache cache(1 << 20);
        cache.put(range(0, 100), image(1));
        Tokens other = range(0, 100);
        other[50] = 7;
        cache.put(other, image(2));
        cache.put(range(0, 20), image(3));
        other.push_back(0);
        QCOMPARE(markOf(cache.find(range(0, 101))), 1.0F);
        QCOMPARE(markOf(cache.find(other)), 2.0F);
        QCOMPARE(markOf(cache.find(range(0, 60))), 3.0F);
    }

    void givesAWholePromptOnlyWithItsLogits()
    {
        StateCache cache(1 << 20);
        cache.put(Tokens{1, 2}, image(2));
        cache.put(Tokens{1, 2, 3}, image(3));
        QCOMPARE(cache.find(Tokens{1, 2, 3}).tokens, std::size_t(2));
        cache.put(Tokens{1, 2, 3}, image(4, 16, true));
        QCOMPARE(cache.find(Tokens{1, 2, 3}).tokens, std::size_t(3));
        // One without logits does not push out one with them.
        cache.put(Tokens{1, 2, 3}, image(5));
        QCOMPARE(markOf(cache.find(Tokens{1, 2, 3})), 4.0F);
    }

    void forgetsThoseUnusedLongest()
    {
        StateCache cache(10000); // room for two of 1000 floats
        cache.put(Tokens{1}, image(1, 1000));
        cache.put(Tokens{2}, image(2, 1000));
        QCOMPARE(markOf(cache.find(Tokens{1, 0})), 1.0F); // used: now 2 is the oldest
        cache.put(Tokens{3}, image(3, 1000));
        QCOMPARE(cache.entries(), std::size_t(2));
        QCOMPARE(markOf(cache.find(Tokens{1, 0})), 1.0F);
        QCOMPARE(markOf(cache.find(Tokens{2, 0})), -1.0F);
        QCOMPARE(markOf(cache.find(Tokens{3, 0})), 3.0F);
    }

    void refusesWhatIsLargerThanItsBudget()
    {
        StateCache cache(1000);
        cache.put(Tokens{1}, image(1, 1000));
        QCOMPARE(cache.entries(), std::size_t(0));
        cache.put(range(0, 1000), image(1, 1));
        QCOMPARE(cache.usedBytes(), std::size_t(0));
    }

    void countsTheTokensToo()
    {
        StateCache cache(1 << 20);
        cache.put(range(0, 1000), image(1, 10));
        QVERIFY(cache.usedBytes() >= 1000 * sizeof(int) + 10 * sizeof(float));
        const std::size_t before = cache.usedBytes();
        cache.put(range(0, 1001), image(1, 10)); // shares them
        QVERIFY(cache.usedBytes() - before < 1000);
        cache.clear();
        QCOMPARE(cache.usedBytes(), std::size_t(0));
        QCOMPARE(cache.find(range(0, 1002)).tokens, std::size_t(0));
    }

    void survivesADeepBranch()
    {
        StateCache cache(std::size_t(1) << 30);
        Tokens tokens;
        for (int i = 0; i < 4000; ++i) {
            tokens.push_back(i % 7);
            cache.put(tokens, image(static_cast<float>(i), 1));
        }
        QCOMPARE(cache.find(tokens).tokens, std::size_t(3999)); // the last has no logits
    }

    /// Against a list of all that was put in, with a budget that is always being overrun.
    void agreesWithAPlainList_data()
    {
        QTest::addColumn<int>("seed");
        for (int seed = 0; seed < 10; ++seed)
            QTest::addRow("%d", seed) << seed;
    }
    void agreesWithAPlainList()
    {
        QFETCH(int, seed);
        std::mt19937 random(static_cast<unsigned>(seed));
        StateCache cache(20000);
        std::map<Tokens, float> put;
        for (int round = 0; round < 3000; ++round) {
            Tokens tokens(1 + random() % 12);
            for (int &token : tokens)
                token = static_cast<int>(random() % 3);
            if (random() % 2) {
                const auto mark = static_cast<float>(round);
                put[tokens] = mark;
                cache.put(tokens, image(mark, 16, true));
                QCOMPARE(markOf(cache.find(tokens)), mark); // what was put last is never forgotten first
            } else {
                const StateCache::Hit hit = cache.find(tokens);
                QVERIFY(hit.tokens <= tokens.size());
                if (hit.image)
                    QCOMPARE(markOf(hit), put.at({tokens.begin(),
                                                  tokens.begin() + static_cast<std::ptrdiff_t>(hit.tokens)}));
            }
            QVERIFY(cache.usedBytes() <= cache.budgetBytes());
        }
        QVERIFY(cache.entries() > 10);
    }
};

QTEST_APPLESS_MAIN(TestStateCache)
#include "tst_state_cache.moc"
