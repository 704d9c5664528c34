#include "engine/error.h"
#include "engine/state_pool.h"
#include "support/faulty_device.h"
#include "support/thrown_error.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
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

constexpr int kContext = 150, kWidth = 6;
constexpr std::size_t kPageBytes = 64 * 2 * kWidth * sizeof(float);

/// A slot of 20 numbers, and keys and values for at most kContext tokens.
engine::StateSpec hybridSpec()
{
    engine::StateSpec spec = specOf(20);
    spec.parts = {{"blocks.0.att.position", {16}, 0},
                  {"blocks.0.att.key_cache", {kContext, kWidth}, 0, true},
                  {"blocks.0.att.value_cache", {kContext, kWidth}, kWidth, true},
                  {"blocks.1.att.time_state", {1, 2, 2}, 16}};
    spec.layerOffset = {0, 16, 20};
    spec.layerTokenOffset = {0, 2 * kWidth, 2 * kWidth};
    spec.floatsPerToken = 2 * kWidth;
    spec.contextTokens = kContext;
    spec.positions = {0};
    return spec;
}

/// A state behind so many tokens, all of its numbers different.
std::vector<float> stateOf(int tokens, float first = 0.5F)
{
    std::vector<float> state(hybridSpec().floatsOf(std::size_t(std::min(tokens, kContext))));
    std::iota(state.begin(), state.end(), first);
    state[0] = float(tokens);
    return state;
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
    void takesPagesAsASequenceGrows();
    void handsPagesOn();
    void savesAndLoadsTokens();
    void copiesTokens();
    void saysWhenThereIsNoRoomForAPage_data();
    void saysWhenThereIsNoRoomForAPage();
    void keepsTokensInShares();
    void refusesStatesThatMiscount_data();
    void refusesStatesThatMiscount();

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

void TestStatePool::takesPagesAsASequenceGrows()
{
    StatePool pool(*m_device, hybridSpec(), 2);
    const std::size_t empty = (2 * 20 + 2 * 3 * sizeof(float *) / sizeof(float)) * sizeof(float);
    QCOMPARE(pool.bytes(), empty);
    const auto slot = pool.acquire().value();
    QCOMPARE(pool.usedPages(), 0);
    const std::pair<int, int> steps[] = {{1, 1},  {63, 1},  {1, 2},
                                         {85, 3}, {100, 3}, {1000, 3}}; // tokens, pages then
    for (const auto &[tokens, pages] : steps) {
        pool.grow(slot, tokens);
        QCOMPARE(pool.usedPages(), pages);
        QCOMPARE(pool.bytes(), empty + std::size_t(pages) * kPageBytes);
        QCOMPARE(m_device->liveBytes(), pool.bytes());
    }
    const kernels::PagedView view = pool.pages();
    QCOMPARE(view.slotPages, 3);
    QCOMPARE(
        (std::set<float *>{view.pages[slot * 3], view.pages[slot * 3 + 1], view.pages[slot * 3 + 2]}).size(),
        std::size_t(3));
}

void TestStatePool::handsPagesOn()
{
    StatePool pool(*m_device, hybridSpec(), 3);
    const auto a = pool.acquire().value(), b = pool.acquire().value();
    pool.grow(a, 130);
    pool.grow(b, 10);
    QCOMPARE(pool.usedPages(), 4);
    const std::size_t bytes = pool.bytes();
    pool.release(a);
    QCOMPARE(pool.usedPages(), 1);
    const auto c = pool.acquire().value();
    pool.grow(c, 70);
    pool.clear(b);
    pool.grow(b, 65);
    QCOMPARE(pool.usedPages(), 4);
    QCOMPARE(pool.bytes(), bytes); // nothing new was taken
    std::set<float *> pages;
    for (const auto slot : {b, c})
        pages.insert({pool.pages().pages[slot * 3], pool.pages().pages[slot * 3 + 1]});
    QCOMPARE(pages.size(), std::size_t(4)); // nobody shares
}

void TestStatePool::savesAndLoadsTokens()
{
    StatePool pool(*m_device, hybridSpec(), 3);
    for (const int tokens : {0, 1, 64, 65, 150, 777}) {
        const auto a = pool.acquire().value(), b = pool.acquire().value();
        pool.load(a, stateOf(tokens));
        pool.load(b, stateOf(100, 7000));
        QCOMPARE(pool.save(a), stateOf(tokens));
        QCOMPARE(pool.save(b), stateOf(100, 7000));
        if (tokens == 65) { // row 64 is the first of the second page; keys, then values
            const float *page = pool.pages().pages[a * 3 + 1];
            QCOMPARE(page[0], stateOf(65)[20 + 64 * kWidth]);
            QCOMPARE(page[64 * kWidth], stateOf(65)[20 + 65 * kWidth + 64 * kWidth]);
        }
        pool.release(a);
        pool.release(b);
    }
    QCOMPARE(pool.usedPages(), 0);
}

void TestStatePool::copiesTokens()
{
    StatePool pool(*m_device, hybridSpec(), 2);
    const auto a = pool.acquire().value(), b = pool.acquire().value();
    pool.load(a, stateOf(70));
    pool.copy(a, b);
    pool.load(a, stateOf(3));
    QCOMPARE(pool.save(b), stateOf(70));
    QCOMPARE(pool.save(a), stateOf(3));
}

void TestStatePool::saysWhenThereIsNoRoomForAPage_data()
{
    QTest::addColumn<bool>("isTold"); // by the figures of the device, or by an allocation that fails
    QTest::newRow("figures") << true;
    QTest::newRow("allocation") << false;
}

void TestStatePool::saysWhenThereIsNoRoomForAPage()
{
    QFETCH(bool, isTold);
    StatePool pool(*m_device, hybridSpec(), 2);
    const auto a = pool.acquire().value(), b = pool.acquire().value();
    pool.load(a, stateOf(64));
    if (isTold)
        m_device->setFreeBytes(kPageBytes - 1);
    else
        m_device->failAllocation(0);
    const engine::Error error = support::errorOf([&] { pool.reserve(a, 1); });
    QCOMPARE(error.code(), engine::ErrorCode::OutOfMemory);
    QVERIFY2(error.message().find("Keys and values of 64 further tokens: 3.0 kB needed") == 0, error.what());
    QVERIFY(!error.detail().empty());
    QCOMPARE(pool.save(a), stateOf(64));
    pool.release(a); // its page is what the other needs
    pool.grow(b, 64);
    QCOMPARE(pool.usedPages(), 1);
    m_device->setFreeBytes(0);
}

/// The layers with attention on one device, those without on another, and then with two shares on one.
void TestStatePool::keepsTokensInShares()
{
    const auto other = support::openFaultyCpu();
    const engine::StateSpec spec = hybridSpec();
    StatePool pool({{m_device.get(), 0, 16, 0, kWidth}, {other.get(), 16, 20, kWidth, 2 * kWidth}}, spec, 2);
    const auto slot = pool.acquire().value();
    pool.load(slot, stateOf(130));
    QCOMPARE(pool.save(slot), stateOf(130));
    const std::size_t tables = 2 * 3 * sizeof(float *), pages = 3 * kPageBytes / 2;
    QCOMPARE(pool.bytes(*m_device), 2 * 16 * sizeof(float) + tables + pages);
    QCOMPARE(pool.bytes(*other), 2 * 4 * sizeof(float) + tables + pages);
    other->setFreeBytes(1);
    const auto second = pool.acquire().value();
    QCOMPARE(support::errorOf([&] { pool.grow(second, 1); }).code(), engine::ErrorCode::OutOfMemory);
    QCOMPARE(m_device->liveBytes(), pool.bytes(*m_device)); // no half page stays behind
    StatePool one({{m_device.get(), 0, 16, 0, 2 * kWidth}, {other.get(), 16, 20, 2 * kWidth, 2 * kWidth}},
                  spec, 1);
    other->setFreeBytes(1);
    one.load(one.acquire().value(), stateOf(130));
    QCOMPARE(one.save(0), stateOf(130));
    QCOMPARE(one.bytes(*other), 4 * sizeof(float));
}

void TestStatePool::refusesStatesThatMiscount_data()
{
    QTest::addColumn<float>("read");
    for (const float read : {64.0F, 66.0F, 65.5F, -1.0F, 1e9F, std::numeric_limits<float>::infinity(), NAN})
        QTest::addRow("%g", double(read)) << read;
}

/// A kernel would look for pages that are not there.
void TestStatePool::refusesStatesThatMiscount()
{
    QFETCH(float, read);
    StatePool pool(*m_device, hybridSpec(), 1);
    const auto slot = pool.acquire().value();
    std::vector<float> state = stateOf(65);
    state[0] = read;
    QCOMPARE(support::errorOf([&] { pool.load(slot, state); }).code(), engine::ErrorCode::BadState);
    for (const std::size_t floats : {19UL, 21UL, hybridSpec().floatsOf(151)})
        QCOMPARE(support::errorOf([&] { pool.load(slot, std::vector<float>(floats)); }).code(),
                 engine::ErrorCode::BadState);
}

QTEST_APPLESS_MAIN(TestStatePool)
#include "tst_state_pool.moc"
