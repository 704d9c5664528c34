#include "engine/server/api_error.h"
#include "engine/server/library.h"
#include "support/fake_engine.h"

#include <QTest>

using namespace server;

class TestLibrary : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsSoManyBytes();
    void keepsSoManyStates();
    void countsForksOnce();
};

namespace
{

constexpr std::size_t kStateBytes = 1000, kLogitBytes = 4 * 10;

struct World {
    support::FakeEngine engine{[](const engine::Event &) {}};
    Library library;
    engine::StateId last = 0;

    World()
    {
        engine::event::ModelLoaded loaded{};
        loaded.info.name = "m";
        loaded.info.stateBytes = kStateBytes;
        loaded.info.vocabulary = 10;
        library.see(loaded);
    }
    NamedState state(std::size_t voices = 1)
    {
        NamedState state;
        for (std::size_t i = 0; i < voices; ++i)
            state.voices.push_back(std::make_shared<HeldState>(engine, ++last));
        return state;
    }
};

template <class Work>
std::string codeOf(Work work)
{
    try {
        work();
        return {};
    } catch (const ApiError &error) {
        return error.code;
    }
}

} // namespace

void TestLibrary::keepsSoManyBytes()
{
    World world;
    Library &library = world.library;
    library.limitBytes(4 * (kStateBytes + kLogitBytes));
    library.add("a", world.state());
    library.add("mix", world.state(3));
    QCOMPARE(library.kept().bytes, 4 * (kStateBytes + kLogitBytes));
    QCOMPARE(codeOf([&] { library.add("b", world.state()); }), std::string("too_many_states"));
    QCOMPARE(codeOf([&] { library.checkRoom("b", 1); }), std::string("too_many_states"));
    QVERIFY(!library.state("b"));
    QCOMPARE(codeOf([&] { library.add("mix", world.state(3)); }), std::string()); // in its own place
    QCOMPARE(codeOf([&] { library.checkRoom("mix", 3); }), std::string());
    QVERIFY(library.remove("a"));
    QCOMPARE(codeOf([&] { library.add("b", world.state()); }), std::string());
}

void TestLibrary::keepsSoManyStates()
{
    World world;
    for (std::size_t i = 0; i < Library::kMostStates; ++i)
        world.library.add(std::to_string(i), world.state());
    QCOMPARE(world.library.kept().states, Library::kMostStates);
    QCOMPARE(codeOf([&] { world.library.add("x", world.state()); }), std::string("too_many_states"));
    const NamedState copy = *world.library.state("1");
    QCOMPARE(codeOf([&] { world.library.add("fork", copy); }), std::string("too_many_states"));
    QCOMPARE(codeOf([&] { world.library.add("7", world.state()); }), std::string());
}

void TestLibrary::countsForksOnce()
{
    World world;
    world.library.limitBytes(kStateBytes + kLogitBytes);
    world.library.add("a", world.state());
    for (int i = 0; i < 5; ++i)
        world.library.add("fork " + std::to_string(i), *world.library.state("a"));
    QCOMPARE(world.library.kept().bytes, kStateBytes + kLogitBytes);
}

QTEST_APPLESS_MAIN(TestLibrary)
#include "tst_library.moc"
