#include "engine/error.h"
#include "engine/state_pool.h"
#include "support/faulty_device.h"
#include "support/thrown_error.h"

#include <QTest>

#include <algorithm>
#include <set>

using engine::StatePool;

namespace
{

constexpr std::size_t kFloats = 100;

engine::StateSpec specOf(std::size_t floats)
{
    engine::StateSpec spec;
    spec.floatsPerSlot = floats;
    return spec;
}

} // namespace

class TestStatePool : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void handsOutEverySlotOnce();
    void slotsAreZeroed();
    void savesAndLoads();
    void copiesFromSlotToSlot();
    void saysHowMuchMemoryIsMissing();
    void refusesAStateOfTheWrongSize();

private:
    std::unique_ptr<support::FaultyDevice> m_device = support::openFaultyCpu();
};

void TestStatePool::handsOutEverySlotOnce()
{
    StatePool pool(*m_device, specOf(kFloats), 5);
    QCOMPARE(pool.bytes(), 5 * kFloats * sizeof(float));
    std::set<StatePool::Slot> taken;
    while (const auto slot = pool.acquire())
        taken.insert(*slot);
    QCOMPARE(taken, (std::set<StatePool::Slot>{0, 1, 2, 3, 4}));
    QCOMPARE(pool.freeSlots(), 0);
    pool.release(3);
    pool.release(1);
    QCOMPARE(pool.freeSlots(), 2);
    QCOMPARE(pool.acquire().value(), 1);
    QCOMPARE(pool.acquire().value(), 3);
    QVERIFY(!pool.acquire());
}

void TestStatePool::slotsAreZeroed()
{
    StatePool pool(*m_device, specOf(kFloats), 2);
    const auto slot = pool.acquire().value();
    QCOMPARE(pool.save(slot), std::vector<float>(kFloats, 0.0F));
    pool.load(slot, std::vector<float>(kFloats, 3.0F));
    pool.release(slot);
    const auto again = pool.acquire().value();
    QCOMPARE(again, slot);
    QCOMPARE(pool.save(again), std::vector<float>(kFloats, 0.0F));
}

void TestStatePool::savesAndLoads()
{
    StatePool pool(*m_device, specOf(kFloats), 3);
    const auto a = pool.acquire().value(), b = pool.acquire().value(), c = pool.acquire().value();
    std::vector<float> numbers(kFloats);
    for (std::size_t i = 0; i < kFloats; ++i)
        numbers[i] = float(i) - 0.5F;
    pool.load(b, numbers);
    QCOMPARE(pool.save(b), numbers);
    QVERIFY(std::equal(numbers.begin(), numbers.end(), pool.data() + std::size_t(b) * pool.floatsPerSlot()));
    QCOMPARE(pool.save(a), std::vector<float>(kFloats, 0.0F)); // the neighbours are untouched
    QCOMPARE(pool.save(c), std::vector<float>(kFloats, 0.0F));
}

void TestStatePool::copiesFromSlotToSlot()
{
    StatePool pool(*m_device, specOf(kFloats), 2);
    const auto a = pool.acquire().value(), b = pool.acquire().value();
    pool.load(a, std::vector<float>(kFloats, 2.0F));
    pool.copy(a, b);
    pool.copy(a, a);
    pool.clear(a);
    QCOMPARE(pool.save(b), std::vector<float>(kFloats, 2.0F));
    QCOMPARE(pool.save(a), std::vector<float>(kFloats, 0.0F));
}

void TestStatePool::saysHowMuchMemoryIsMissing()
{
    m_device->failAllocation(0);
    const engine::Error error = support::errorOf([&] { StatePool(*m_device, specOf(1000), 7); });
    QCOMPARE(error.code(), engine::ErrorCode::OutOfMemory);
    QVERIFY2(error.message().find("States of 7 sequences: 28.0 kB needed") == 0, error.message().c_str());
    QCOMPARE(m_device->liveAllocations(), 0);
}

void TestStatePool::refusesAStateOfTheWrongSize()
{
    StatePool pool(*m_device, specOf(kFloats), 1);
    const auto slot = pool.acquire().value();
    const engine::Error error = support::errorOf([&] { pool.load(slot, std::vector<float>(kFloats + 1)); });
    QCOMPARE(error.code(), engine::ErrorCode::BadState);
    QCOMPARE(pool.save(slot), std::vector<float>(kFloats, 0.0F));
}

QTEST_APPLESS_MAIN(TestStatePool)
#include "tst_state_pool.moc"
