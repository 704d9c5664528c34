// The prefix cache seen from outside, and states that are kept, saved and opened.
#include "engine/chat_format.h"
#include "support/fake_world.h"

#include <QtTest>

#include <fstream>

namespace ev = engine::event;
using engine::ErrorCode;
using engine::GenerateSpec;
using support::FakeSpec;
using support::FakeWorld;
using support::greedy;

namespace
{

std::vector<int> encoded(const std::string &text) { return support::FakeTokenizer().encode(text); }

/// A world whose every step's rows are counted.
struct Counting {
    std::atomic<int> rows{0};
    FakeSpec spec()
    {
        FakeSpec fake;
        fake.onForward = [this](const engine::Step &step) { rows += step.batch.tokens; };
        return fake;
    }
};

engine::EngineOptions withoutCache()
{
    engine::EngineOptions options;
    options.cacheBytes = 0;
    return options;
}

} // namespace

class TestEngineStates : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void samplesAKnownPromptAtOnce();
    void readsOnlyWhatIsNew();
    void resumesAtCheckpoints();
    void secondQuestionReusesTheFirstTurn();
    void reasoningChatsReuseTheirQuestions();
    void cacheDoesNotChangeTheText_data();
    void cacheDoesNotChangeTheText();
    void goesOnFromAKeptState();
    void keepsOthersStatesWhenALongPromptIsRead();
    void keepsTheStateOfWhatWasCancelled();
    void savedStateGoesOnInAFreshEngine_data();
    void savedStateGoesOnInAFreshEngine();
    void savesWhatARequestRendersTo();
    void refusesStatesOfAnotherModel();
    void joinsAConversationToAState_data();
    void joinsAConversationToAState();
    void releasesStates();
};

void TestEngineStates::samplesAKnownPromptAtOnce()
{
    Counting counting;
    FakeWorld world(counting.spec());
    QVERIFY(world.load());
    const auto first = world.run(greedy("What is a rook?", 1));
    const int rows = counting.rows;
    const auto second = world.run(greedy("What is a rook?", 1));
    QCOMPARE(world.events.tokens(second), world.events.tokens(first));
    QCOMPARE(counting.rows.load(), rows);
    QCOMPARE(world.events.one<ev::Started>(second).cachedTokens, 15);
}

void TestEngineStates::readsOnlyWhatIsNew()
{
    Counting counting;
    FakeWorld world(counting.spec());
    QVERIFY(world.load());
    world.run(greedy("abcdef", 0));
    const int rows = counting.rows;
    const auto job = world.run(greedy("abcdefgh", 1));
    QCOMPARE(counting.rows.load(), rows + 2);
    QCOMPARE(world.events.one<ev::Finished>(job).usage.cachedTokens, 6);
    QCOMPARE(world.engine->snapshot().cachedTokens, std::uint64_t(6));
}

void TestEngineStates::resumesAtCheckpoints()
{
    FakeWorld world;
    QVERIFY(world.load());
    const std::string common(1300, 'm');
    world.run(greedy(common + "one", 0));
    const auto job = world.run(greedy(common + "two", 1));
    QCOMPARE(world.events.one<ev::Started>(job).cachedTokens, 1024);
}

void TestEngineStates::secondQuestionReusesTheFirstTurn()
{
    GenerateSpec spec = greedy("", 100);
    spec.messages = {{engine::Role::User, "Who are you?", {}}};
    const std::string firstPrompt =
        engine::renderChat(spec.messages, spec.chatTemplate, spec.thinking, "fake").text;
    FakeSpec fake;
    fake.script = support::recital(encoded(firstPrompt).size(), encoded(" A rook.\n\nUser: hello"));
    FakeWorld world(fake);
    QVERIFY(world.load());
    const auto first = world.run(spec);
    QCOMPARE(world.events.text(first), std::string("A rook."));

    spec.messages.push_back({engine::Role::Assistant, world.events.text(first), {}});
    spec.messages.push_back({engine::Role::User, "Where?", {}});
    const auto second = world.run(spec);
    // All up to "\n\nUser" was read; its colon was drawn but not read.
    const std::string known = firstPrompt + " A rook.\n\nUser";
    QCOMPARE(world.events.one<ev::Started>(second).cachedTokens, int(encoded(known).size()));
}

void TestEngineStates::reasoningChatsReuseTheirQuestions()
{
    FakeWorld world;
    QVERIFY(world.load());
    GenerateSpec spec = greedy("", 5);
    spec.messages = {{engine::Role::User, "Who are you?", {}}};
    spec.chatTemplate = engine::ChatTemplate::Reasoning;
    spec.thinking = engine::Thinking::On;
    world.run(spec);
    spec.messages.push_back({engine::Role::Assistant, "A rook.", "thoughts"});
    spec.messages.push_back({engine::Role::User, "Where?", {}});
    const auto second = world.run(spec);
    QCOMPARE(world.events.one<ev::Started>(second).cachedTokens,
             int(encoded("User: Who are you?\n\nAssistant:").size()));
}

void TestEngineStates::cacheDoesNotChangeTheText_data()
{
    QTest::addColumn<int>("length");
    for (const int length : {1, 5, 511, 512, 513, 1024, 1500})
        QTest::addRow("%d tokens", length) << length;
}

void TestEngineStates::cacheDoesNotChangeTheText()
{
    QFETCH(int, length);
    FakeWorld cached, fresh({}, withoutCache());
    QVERIFY(cached.load() && fresh.load());
    const std::string prompt(static_cast<std::size_t>(length), 'p');
    GenerateSpec spec = greedy(prompt, 12);
    spec.sampling.temperature = 1;
    spec.sampling.topP = 1;
    spec.sampling.hasSeed = true;
    spec.topLogprobs = 0;
    const auto want = fresh.run(spec);
    for (int round = 0; round < 3; ++round) {
        const auto got = cached.run(spec);
        QCOMPARE(cached.events.tokens(got), fresh.events.tokens(want));
        const auto a = cached.events.all<ev::TokenChunk>(got), b = fresh.events.all<ev::TokenChunk>(want);
        for (std::size_t i = 0; i < a.size(); ++i)
            QCOMPARE(a[i].tokens.front().logprob, b[i].tokens.front().logprob); // bit-equal
        QCOMPARE(cached.events.one<ev::Started>(got).cachedTokens, round == 0 ? 0 : length);
        QCOMPARE(fresh.events.one<ev::Started>(want).cachedTokens, 0);
    }
}

void TestEngineStates::goesOnFromAKeptState()
{
    FakeWorld world({}, withoutCache());
    QVERIFY(world.load());
    const std::vector<int> all = world.events.tokens(world.run(greedy("Once upon", 20)));
    GenerateSpec spec = greedy("Once upon", 12);
    spec.keepState = true;
    const auto first = world.run(spec);
    std::vector<int> got = world.events.tokens(first);

    GenerateSpec more = greedy("", 8);
    more.from = world.events.one<ev::Finished>(first).state;
    QVERIFY(more.from != 0);
    const auto second = world.run(more);
    for (const int token : world.events.tokens(second))
        got.push_back(token);
    QCOMPARE(got, all);
    QCOMPARE(world.events.one<ev::Finished>(second).usage.cachedTokens, 9 - 0 + 12);

    // With more text behind it.
    more.prompt = "X";
    std::vector<int> tokens = encoded("Once upon");
    tokens.insert(tokens.end(), got.begin(), got.begin() + 12);
    tokens.push_back('X' + 1);
    GenerateSpec plain = greedy("", 8);
    plain.tokens = tokens;
    QCOMPARE(world.events.tokens(world.run(more)), world.events.tokens(world.run(plain)));
}

void TestEngineStates::keepsOthersStatesWhenALongPromptIsRead()
{
    engine::EngineOptions options;
    options.cacheBytes = 200U << 10U; // the prompt's tokens and some thirty states
    FakeSpec fake;
    fake.stateFloats = 1024;
    FakeWorld world(fake, options);
    QVERIFY(world.load());
    const std::string known(40, 'k');
    world.run(greedy(known, 0));
    world.run(greedy(std::string(20000, 'x'), 0)); // 39 checkpoints of 512 tokens
    const auto again = world.run(greedy(known + "more", 1));
    QCOMPARE(world.events.one<ev::Started>(again).cachedTokens, 40);
}

void TestEngineStates::keepsTheStateOfWhatWasCancelled()
{
    FakeWorld world({}, withoutCache());
    QVERIFY(world.load());
    GenerateSpec spec = greedy("Once upon", 1000000);
    spec.keepState = true;
    const auto job = world.engine->generate(spec);
    QVERIFY(world.events.waitForEvents<ev::TokenChunk>(job, 5));
    world.engine->cancel(job);
    QVERIFY(world.events.waitForEnd(job));
    std::vector<int> tokens = world.events.tokens(job);

    GenerateSpec more = greedy("", 4);
    more.from = world.events.one<ev::Cancelled>(job).state;
    QVERIFY(more.from != 0);
    for (const int token : world.events.tokens(world.run(more)))
        tokens.push_back(token);
    QCOMPARE(tokens, world.events.tokens(world.run(greedy("Once upon", int(tokens.size())))));
}

void TestEngineStates::savedStateGoesOnInAFreshEngine_data()
{
    QTest::addColumn<bool>("isGreedy");
    QTest::addColumn<QString>("prompt");
    QTest::addRow("greedy, nothing added") << true << "";
    QTest::addRow("seeded, nothing added") << false << "";
    QTest::addRow("greedy, with a question") << true << "and then?";
    QTest::addRow("seeded, with a question") << false << "and then?";
}

void TestEngineStates::savedStateGoesOnInAFreshEngine()
{
    QFETCH(bool, isGreedy);
    QFETCH(QString, prompt);
    QTemporaryDir folder;
    const std::string path = folder.filePath("talk.state").toStdString();
    FakeWorld old;
    QVERIFY(old.load());
    GenerateSpec spec = greedy("Once upon", 12);
    spec.keepState = true;
    const auto first = old.run(spec);
    engine::SaveStateSpec save;
    save.path = path;
    save.state = old.events.one<ev::Finished>(first).state;
    save.note = "a note";
    const auto saving = old.engine->saveState(save);
    QVERIFY(old.events.waitForEnd(saving));
    QCOMPARE(old.events.one<ev::StateSaved>(saving).tokens, 9 + 12);
    QCOMPARE(old.events.one<ev::StateSaved>(saving).bytes,
             std::uint64_t(QFileInfo(folder.filePath("talk.state")).size()));

    FakeWorld fresh;
    QVERIFY(fresh.load());
    const auto opening = fresh.engine->openState(path);
    QVERIFY(fresh.events.waitForEnd(opening));
    const auto opened = fresh.events.one<ev::StateOpened>(opening);
    QCOMPARE(opened.tokens, 9 + 12);
    QCOMPARE(opened.note, std::string("a note"));
    QVERIFY(opened.transcript.starts_with("Once upon"));

    GenerateSpec more = greedy(prompt.toStdString(), 30);
    more.sampling.temperature = isGreedy ? 0 : 1;
    more.sampling.topP = 1;
    more.sampling.hasSeed = true;
    more.sampling.seed = 99;
    more.from = save.state;
    const std::vector<int> want = old.events.tokens(old.run(more));
    more.from = opened.state;
    const auto job = fresh.run(more);
    QCOMPARE(fresh.events.tokens(job), want);
    QCOMPARE(fresh.events.one<ev::Started>(job).cachedTokens, 9 + 12);
}

void TestEngineStates::savesWhatARequestRendersTo()
{
    QTemporaryDir folder;
    FakeWorld world;
    QVERIFY(world.load());
    engine::SaveStateSpec save;
    save.path = folder.filePath("a.state").toStdString();
    save.request = greedy("some words");
    for (int round = 0; round < 2; ++round) { // read anew, then from the cache
        const auto job = world.engine->saveState(save);
        QVERIFY(world.events.waitForEnd(job));
        QCOMPARE(world.events.one<ev::StateSaved>(job).tokens, 10);
        FakeWorld fresh;
        QVERIFY(fresh.load());
        const auto opening = fresh.engine->openState(save.path);
        QVERIFY(fresh.events.waitForEnd(opening));
        GenerateSpec more = greedy("", 9);
        more.from = fresh.events.one<ev::StateOpened>(opening).state;
        QCOMPARE(fresh.events.tokens(fresh.run(more)),
                 world.events.tokens(world.run(greedy("some words", 9))));
    }
    save.path = folder.filePath("no/such/folder/a.state").toStdString();
    const auto job = world.engine->saveState(save);
    QCOMPARE(world.errorOf(job), ErrorCode::CannotWrite);
    save.state = 12345;
    QCOMPARE(world.errorOf(world.engine->saveState(save)), ErrorCode::BadRequest);
}

void TestEngineStates::refusesStatesOfAnotherModel()
{
    QTemporaryDir folder;
    FakeWorld world;
    QVERIFY(world.load());
    GenerateSpec spec = greedy("abc", 2);
    spec.keepState = true;
    const auto job = world.run(spec);
    engine::SaveStateSpec save;
    save.path = folder.filePath("a.state").toStdString();
    save.state = world.events.one<ev::Finished>(job).state;
    QVERIFY(world.events.waitForEnd(world.engine->saveState(save)));

    QVERIFY(world.load("other"));
    GenerateSpec more = greedy("", 2);
    more.from = save.state;
    QCOMPARE(world.errorOf(world.run(more)), ErrorCode::BadState);
    QCOMPARE(world.errorOf(world.engine->openState(save.path)), ErrorCode::BadState);
    QCOMPARE(world.errorOf(world.engine->openState(folder.filePath("none").toStdString())),
             ErrorCode::FileNotFound);
    std::ofstream(folder.filePath("bad").toStdString()) << "no state";
    QCOMPARE(world.errorOf(world.engine->openState(folder.filePath("bad").toStdString())),
             ErrorCode::BadState);
    // What is held can be written after its model is gone.
    save.path = folder.filePath("b.state").toStdString();
    const auto saving = world.engine->saveState(save);
    QVERIFY(world.events.waitForEnd(saving));
    QVERIFY(world.events.has<ev::StateSaved>(saving));
}

void TestEngineStates::joinsAConversationToAState_data()
{
    QTest::addColumn<QString>("read");
    QTest::addColumn<QString>("added");
    QTest::addRow("behind an answer") << "User: a\n\nAssistant: b"
                                      << "\n\nUser: q\n\nAssistant:";
    QTest::addRow("behind a blank line") << "User: a\n\nAssistant: b\n\n"
                                         << "User: q\n\nAssistant:";
    QTest::addRow("behind half a stop string") << "User: a\n\nAssistant: b\n\nUser"
                                               << ": q\n\nAssistant:";
}

void TestEngineStates::joinsAConversationToAState()
{
    QFETCH(QString, read);
    QFETCH(QString, added);
    FakeWorld world({}, withoutCache());
    QVERIFY(world.load());
    GenerateSpec first = greedy(read.toStdString(), 0);
    first.keepState = true;
    GenerateSpec spec = greedy("", 9);
    spec.from = world.events.one<ev::Finished>(world.run(first)).state;
    GenerateSpec plain = spec;
    spec.messages = {{engine::Role::User, "q", {}}};
    plain.prompt = added.toStdString();
    QCOMPARE(world.events.tokens(world.run(spec)), world.events.tokens(world.run(plain)));
}

void TestEngineStates::releasesStates()
{
    FakeWorld world;
    QVERIFY(world.load());
    GenerateSpec spec = greedy("abc", 2);
    spec.keepState = true;
    GenerateSpec more = greedy("", 2);
    more.from = world.events.one<ev::Finished>(world.run(spec)).state;
    QVERIFY(world.events.has<ev::Finished>(world.run(more)));
    world.engine->releaseState(more.from);
    world.engine->releaseState(more.from);
    QCOMPARE(world.errorOf(world.run(more)), ErrorCode::BadRequest);
}

QTEST_GUILESS_MAIN(TestEngineStates)
#include "tst_engine_states.moc"
