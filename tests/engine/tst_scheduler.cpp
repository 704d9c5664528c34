#include "engine/scheduler.h"

#include <QtTest>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

using engine::RunningSequence;
using engine::ScheduleLimits;
using engine::StepPlan;

namespace
{

StepPlan planOf(int waiting, int freeSlots, const std::vector<RunningSequence> &running,
                const ScheduleLimits &limits = {})
{
    StepPlan plan;
    const std::vector<int> slots(static_cast<std::size_t>(waiting), 1);
    engine::planStep(slots, freeSlots, running, limits, plan);
    return plan;
}

int promptRows(const std::vector<RunningSequence> &running, const StepPlan &plan)
{
    int rows = 0;
    for (std::size_t i = 0; i < running.size(); ++i)
        rows += running[i].promptLeft > 0 ? plan.rows[i] : 0;
    return rows;
}

} // namespace

class TestScheduler : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void admitsAsManyAsThereAreSlots()
    {
        QCOMPARE(planOf(5, 3, {}).admit, 3);
        QCOMPARE(planOf(2, 3, {}).admit, 2);
        QCOMPARE(planOf(0, 3, {}).admit, 0);
        QCOMPARE(planOf(5, 0, {}).admit, 0);
    }

    void admitsAMixWhollyOrNotAtAll()
    {
        const auto admitted = [](const std::vector<int> &waiting, int freeSlots) {
            StepPlan plan;
            engine::planStep(waiting, freeSlots, {}, {}, plan);
            return plan.admit;
        };
        QCOMPARE(admitted({4}, 4), 1);
        QCOMPARE(admitted({4}, 3), 0);
        QCOMPARE(admitted({1, 4, 1}, 4), 1); // nobody overtakes a mix, or it might wait for ever
        QCOMPARE(admitted({1, 4, 1}, 5), 2);
        QCOMPARE(admitted({1, 4, 1}, 6), 3);
        QCOMPARE(admitted({16, 1}, 0), 0);
    }

    void givesNothingToVoicesThatWait()
    {
        // Their mix reads on with the whole step, as if nobody decoded.
        const StepPlan plan = planOf(0, 0, {{0, 1, true}, {2000, 0}, {0, 1, true}});
        QCOMPARE(plan.rows, (std::vector<int>{0, 512, 0}));
    }

    void givesALonePromptTheWholeStep() { QCOMPARE(planOf(0, 0, {{2000, 0}}).rows, std::vector<int>{512}); }

    void boundsPromptsWhileSomeoneDecodes()
    {
        const StepPlan plan = planOf(0, 0, {{0, 0}, {2000, 0}, {0, 0}});
        QCOMPARE(plan.rows, (std::vector<int>{1, 64, 1}));
    }

    void decodesEveryoneEvenInAFullStep()
    {
        std::vector<RunningSequence> running(511, {0, 0});
        running.push_back({100, 0});
        const StepPlan plan = planOf(0, 0, running);
        QCOMPARE(std::count(plan.rows.begin(), plan.rows.end(), 1), std::ptrdiff_t(512));
    }

    void doesNotKeepAShortPromptBehindAHugeOne()
    {
        const StepPlan plan = planOf(0, 0, {{100000, 0}, {10, 0}});
        QCOMPARE(plan.rows[1], 10);
        QCOMPARE(plan.rows[0], 502);
    }

    void servesTheOldestFirst()
    {
        // 40 equal prompts: half of the step is for the oldest, so that prompts finish one after the other.
        const StepPlan plan = planOf(0, 0, std::vector<RunningSequence>(40, {1000, 0}));
        QVERIFY(plan.rows[0] >= 256);
        QCOMPARE(plan.rows[39], 0);
    }

    void takesTurnsByWaitingTime()
    {
        std::vector<RunningSequence> running(6, {1000, 9});
        running[0].lastTurn = 10;
        running[4].lastTurn = 3;
        running[5].lastTurn = 2;
        ScheduleLimits limits;
        limits.maxRows = 64; // two turns of 16, 32 to the oldest
        QCOMPARE(planOf(0, 0, running, limits).rows, (std::vector<int>{32, 0, 0, 0, 16, 16}));
    }

    void wastesNoRow_data();
    void wastesNoRow();
    void keepsItsPromisesInRandomTraffic_data();
    void keepsItsPromisesInRandomTraffic();
};

void TestScheduler::wastesNoRow_data()
{
    QTest::addColumn<int>("seed");
    for (int seed = 0; seed < 20; ++seed)
        QTest::addRow("%d", seed) << seed;
}

void TestScheduler::wastesNoRow()
{
    QFETCH(int, seed);
    std::mt19937 random(static_cast<unsigned>(seed));
    for (int round = 0; round < 500; ++round) {
        std::vector<RunningSequence> running(1 + random() % 64);
        int wanted = 0, decoding = 0;
        for (RunningSequence &sequence : running) {
            sequence = {random() % 3 ? static_cast<int>(random() % 700) : 0, random() % 50};
            wanted += sequence.promptLeft;
            decoding += sequence.promptLeft == 0;
        }
        const StepPlan plan = planOf(0, 0, running);
        const int budget = decoding > 0 ? 64 : 512;
        QCOMPARE(promptRows(running, plan), std::min(wanted, budget));
        for (std::size_t i = 0; i < running.size(); ++i)
            QVERIFY(plan.rows[i] <= std::max(1, running[i].promptLeft));
    }
}

void TestScheduler::keepsItsPromisesInRandomTraffic_data()
{
    QTest::addColumn<int>("seed");
    QTest::addColumn<int>("slots");
    for (int seed = 0; seed < 30; ++seed)
        QTest::addRow("seed %d", seed) << seed << (seed % 3 == 0 ? 1 : seed % 3 == 1 ? 8 : 200);
}

/// Submits, cancels and finishes at random and plays the runner: no slot twice, in order of arrival, nobody
/// waits longer for a turn than the bound, decoding is never skipped, everyone ends.
void TestScheduler::keepsItsPromisesInRandomTraffic()
{
    QFETCH(int, seed);
    QFETCH(int, slots);
    struct Sequence {
        int id = 0, slot = -1, promptLeft = 0, decodeLeft = 0;
        std::uint64_t lastTurn = 0;
        int stepsWithoutTurn = 0;
    };
    const ScheduleLimits limits;
    std::mt19937 random(static_cast<unsigned>(seed));
    std::vector<Sequence> waiting, running;
    std::vector<int> freeSlots;
    for (int slot = 0; slot < slots; ++slot)
        freeSlots.push_back(slot);
    int submitted = 0, ended = 0, lastAdmitted = -1, worst = 0;
    const auto leave = [&](std::size_t i) {
        freeSlots.push_back(running[i].slot);
        running.erase(running.begin() + static_cast<std::ptrdiff_t>(i));
        ++ended;
    };
    for (std::uint64_t step = 1; ended < 400 || submitted < 400; ++step) {
        QVERIFY2(step < 200000, "someone starves");
        while (submitted < 400 && random() % 4 == 0) {
            const int prompt = random() % 5 == 0 ? 1 + static_cast<int>(random() % 5000)
                                                 : 1 + static_cast<int>(random() % 60);
            waiting.push_back({submitted++, -1, prompt, 1 + static_cast<int>(random() % 40), 0, 0});
        }
        if (!running.empty() && random() % 16 == 0) leave(random() % running.size()); // cancelled

        StepPlan plan;
        std::vector<RunningSequence> view;
        do {
            view.clear();
            for (const Sequence &s : running)
                view.push_back({s.promptLeft, s.lastTurn});
            engine::planStep(std::vector<int>(waiting.size(), 1), static_cast<int>(freeSlots.size()), view,
                             limits, plan);
            QVERIFY(plan.admit <= static_cast<int>(freeSlots.size()) &&
                    plan.admit <= static_cast<int>(waiting.size()));
            for (int i = 0; i < plan.admit; ++i) {
                QVERIFY(waiting.front().id > lastAdmitted);
                lastAdmitted = waiting.front().id;
                waiting.front().slot = freeSlots.back();
                freeSlots.pop_back();
                running.push_back(waiting.front());
                waiting.erase(waiting.begin());
            }
        } while (plan.admit > 0);

        int total = 0;
        const auto prompts =
            std::count_if(view.begin(), view.end(), [](const auto &s) { return s.promptLeft > 0; });
        const bool decoding = static_cast<std::size_t>(prompts) < view.size();
        const int turnsAStep =
            (decoding ? limits.promptRowsWhileDecoding : limits.maxRows) / 2 / limits.turnRows;
        std::map<int, int> slotUse;
        for (std::size_t i = running.size(); i-- > 0;) {
            Sequence &s = running[i];
            QCOMPARE(++slotUse[s.slot], 1);
            total += plan.rows[i];
            if (s.promptLeft == 0) {
                QCOMPARE(plan.rows[i], 1);
                if (--s.decodeLeft == 0) leave(i);
                continue;
            }
            s.stepsWithoutTurn = plan.rows[i] > 0 ? 0 : s.stepsWithoutTurn + 1;
            // Others may come and go meanwhile, and a step's turns may shrink as someone begins to decode:
            // twice the bound of a full house with the fewest turns.
            worst = std::max(worst, s.stepsWithoutTurn - 2 * (slots / std::min(turnsAStep, 2) + 1));
            if (plan.rows[i] > 0) s.lastTurn = step;
            s.promptLeft -= plan.rows[i];
        }
        QVERIFY(total <= limits.maxRows);
    }
    QVERIFY2(worst <= 0, "a prompt waited longer for its turn than promised");
}

QTEST_APPLESS_MAIN(TestScheduler)
#include "tst_scheduler.moc"
