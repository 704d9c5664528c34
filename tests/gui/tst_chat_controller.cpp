#include "chat_world.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace gui;
using support::FakeEngine;

namespace
{
bool same(const auto &got, const auto &want) { return got == want; }
} // namespace

class TestChatController : public QObject, private ChatWorld
{
    Q_OBJECT

private Q_SLOTS:
    void init() { begin(); }
    void cleanup() { end(); }
    void answersAndKeepsFigures();
    void sendsTheActivePathOnly();
    void regenerateMakesASibling();
    void editMakesABranch();
    void stopTakesEffectAtOnce();
    void continuesAStoppedAnswer();
    void failedAnswersSayWhy();
    void aMessageWaitsForAModel();
    void queuesOneWhileGenerating();
    void severalChatsGenerateAtOnce();
    void forks();
    void settingsReachTheRequest();
    void damagedPresetsAreKept();
    void presetsAreReadAgain();
    void savesAndOpensStates();
    void survivesReopening();
    void everythingIsOffTheGuiThread();

private:
    QTemporaryDir m_folder;
};

void TestChatController::answersAndKeepsFigures()
{
    loadModel();
    m_chats->send(QStringLiteral("  Hello?  "));
    QVERIFY(m_chats->isGenerating());
    QCOMPARE(m_chats->title(), QStringLiteral("Hello?"));
    m_engine->start(job(), 12, 4, 18446744073709551615ULL);
    m_engine->stream(job(), "hm", true);
    m_engine->stream(job(), "Hi there");
    QVERIFY(QTest::qWaitFor([&] { return same(last().text, QStringLiteral("Hi there")); }));
    QCOMPARE(last().thinking, QStringLiteral("hm"));
    QCOMPARE(last().status, NodeStatus::Generating);
    m_engine->finish(job(), engine::FinishReason::Length);
    QVERIFY(QTest::qWaitFor([&] { return same(last().status, NodeStatus::Done); }));
    QCOMPARE(last().meta.tokens, 3); // the fake counts a token for every four characters begun
    QCOMPARE(last().meta.thinkingTokens, 1);
    QCOMPARE(last().meta.seed, QStringLiteral("18446744073709551615"));
    QCOMPARE(last().meta.ending, QStringLiteral("length"));
    QCOMPARE(last().meta.model, QString::fromStdString(support::sampleDemo().name));
}

void TestChatController::sendsTheActivePathOnly()
{
    loadModel();
    m_chats->send(QStringLiteral("a"));
    complete("b");
    m_chats->regenerate(1);
    complete("c");
    m_chats->send(QStringLiteral("d"));
    const auto &messages = m_engine->requests.back().messages;
    QCOMPARE(messages.size(), std::size_t(3));
    QCOMPARE(messages[0].text, std::string("a"));
    QCOMPARE(messages[1].text, std::string("c"));
    QCOMPARE(messages[1].role, engine::Role::Assistant);
    QCOMPARE(messages[2].text, std::string("d"));
}

void TestChatController::regenerateMakesASibling()
{
    loadModel();
    m_chats->send(QStringLiteral("a"));
    complete("b");
    m_chats->regenerate(1);
    QCOMPARE(m_engine->requests.back().messages.size(), std::size_t(1));
    complete("c");
    QCOMPARE(texts(), (QStringList{QStringLiteral("a"), QStringLiteral("c")}));
    QCOMPARE(m_chats->transcript()->siblingCount(1), 2);
    m_chats->showSibling(1, -1);
    QCOMPARE(last().text, QStringLiteral("b"));
}

void TestChatController::editMakesABranch()
{
    loadModel();
    m_chats->send(QStringLiteral("a"));
    complete("b");
    m_chats->edit(0, QStringLiteral("A"), true);
    complete("B");
    QCOMPARE(texts(), (QStringList{QStringLiteral("A"), QStringLiteral("B")}));
    m_chats->showSibling(0, -1);
    QCOMPARE(texts(), (QStringList{QStringLiteral("a"), QStringLiteral("b")}));
    m_chats->edit(1, QStringLiteral("better"), true); // an answer is not answered
    QCOMPARE(texts(), (QStringList{QStringLiteral("a"), QStringLiteral("better")}));
    QVERIFY(!m_chats->isGenerating());
    m_chats->edit(0, QStringLiteral("quiet"), false);
    QCOMPARE(texts(), QStringList{QStringLiteral("quiet")});
}

void TestChatController::stopTakesEffectAtOnce()
{
    loadModel();
    m_chats->send(QStringLiteral("a"));
    const engine::JobId running = job();
    m_engine->start(running);
    m_engine->stream(running, "part");
    QVERIFY(QTest::qWaitFor([&] { return same(last().text, QStringLiteral("part")); }));
    m_chats->stop();
    QCOMPARE(m_engine->cancelled, std::vector<engine::JobId>{running});
    QVERIFY(!m_chats->isGenerating());
    m_engine->send(engine::event::TokenChunk{running, " late", false, {}});
    QTest::qWait(30); // a frame of the bridge
    QCOMPARE(last().text, QStringLiteral("part"));
    QCOMPARE(last().status, NodeStatus::Stopped);
}

void TestChatController::continuesAStoppedAnswer()
{
    stopTakesEffectAtOnce();
    m_chats->continueAnswer(1);
    QCOMPARE(m_engine->requests.back().messages.size(), std::size_t(2));
    QCOMPARE(m_engine->requests.back().messages.back().role, engine::Role::Assistant);
    complete(" and more");
    QCOMPARE(last().text, QStringLiteral("part and more"));
    QCOMPARE(m_chats->transcript()->siblingCount(1), 1);
}

void TestChatController::failedAnswersSayWhy()
{
    loadModel();
    m_chats->send(QStringLiteral("a"));
    m_engine->fail(job(), engine::ErrorCode::OutOfMemory, "needs 86 MB");
    QVERIFY(QTest::qWaitFor([&] { return same(last().status, NodeStatus::Failed); }));
    QCOMPARE(last().meta.error, QStringLiteral("needs 86 MB"));
    QCOMPARE(last().meta.errorCode, int(engine::ErrorCode::OutOfMemory));
    m_chats->regenerate(1);
    complete("b");
    QCOMPARE(last().text, QStringLiteral("b"));
}

void TestChatController::aMessageWaitsForAModel()
{
    m_chats->send(QStringLiteral("a"));
    QVERIFY(m_chats->isWaiting());
    QVERIFY(m_engine->requests.empty());
    QCOMPARE(texts(), QStringList{QStringLiteral("a")});
    m_engine->load({});
    m_engine->loadProgress(engine::LoadPhase::ReadingWeights, 1, 2);
    QVERIFY(QTest::qWaitFor([&] { return m_chats->isModelLoading(); }));
    m_engine->finishLoad();
    QVERIFY(QTest::qWaitFor([&] { return m_chats->isGenerating(); }));
    QVERIFY(!m_chats->isWaiting());
    complete("b");
    QCOMPARE(last().text, QStringLiteral("b"));
}

void TestChatController::queuesOneWhileGenerating()
{
    loadModel();
    m_chats->send(QStringLiteral("a"));
    m_chats->send(QStringLiteral("next"));
    QCOMPARE(m_chats->queued(), QStringLiteral("next"));
    QCOMPARE(m_engine->requests.size(), std::size_t(1));
    m_engine->start(job());
    m_engine->stream(job(), "b");
    m_engine->finish(job());
    QVERIFY(QTest::qWaitFor([&] { return same(m_engine->requests.size(), std::size_t(2)); }));
    QCOMPARE(m_engine->requests.back().messages.back().text, std::string("next"));
    QVERIFY(m_chats->queued().isEmpty());
    m_chats->send(QStringLiteral("back"));
    QCOMPARE(m_chats->takeQueued(), QStringLiteral("back"));
}

void TestChatController::severalChatsGenerateAtOnce()
{
    loadModel();
    m_chats->send(QStringLiteral("first"));
    const ChatId one = m_chats->current();
    const engine::JobId jobOne = job();
    m_chats->newChat();
    m_chats->send(QStringLiteral("second"));
    const engine::JobId jobTwo = job();
    for (const engine::JobId each : {jobOne, jobTwo})
        m_engine->start(each);
    for (int i = 0; i < 5; ++i) {
        m_engine->stream(jobOne, "x");
        m_engine->stream(jobTwo, "y");
    }
    m_engine->finish(jobOne);
    QVERIFY(QTest::qWaitFor([&] {
        return same(m_chats->chats().indexOf(one).data(ChatListModel::ActivityRole).toInt(),
                    int(ChatActivity::Unseen));
    }));
    QCOMPARE(last().text, QStringLiteral("yyyyy"));
    QVERIFY(m_chats->isGenerating());
    m_chats->select(one);
    QCOMPARE(last().text, QStringLiteral("xxxxx"));
    QVERIFY(!m_chats->isGenerating());
    QCOMPARE(m_chats->chats().indexOf(one).data(ChatListModel::ActivityRole).toInt(),
             int(ChatActivity::Idle));
}

void TestChatController::forks()
{
    loadModel();
    m_chats->send(QStringLiteral("a"));
    complete("b");
    m_chats->send(QStringLiteral("c"));
    complete("d");
    const ChatId original = m_chats->current();
    m_chats->fork(1);
    QVERIFY(m_chats->current() != original);
    QCOMPARE(texts(), (QStringList{QStringLiteral("a"), QStringLiteral("b")}));
    m_chats->select(original);
    QCOMPARE(texts().size(), 4);
}

void TestChatController::settingsReachTheRequest()
{
    loadModel();
    GenerationSettings settings;
    settings.sampling.temperature = 0.25F;
    settings.maxTokens = 7;
    settings.stops = {QStringLiteral("END")};
    settings.systemPrompt = QStringLiteral("Be brief.");
    settings.thinking = engine::Thinking::Short;
    m_chats->setSettings(settings);
    m_chats->send(QStringLiteral("a"));
    const engine::GenerateSpec &spec = m_engine->requests.back();
    QCOMPARE(spec.sampling.temperature, 0.25F);
    QCOMPARE(spec.maxTokens, 7);
    QCOMPARE(spec.stopStrings, std::vector<std::string>{"END"});
    QCOMPARE(spec.thinking, engine::Thinking::Short);
    QCOMPARE(spec.messages.front().role, engine::Role::System);
    QCOMPARE(spec.messages.front().text, std::string("Be brief."));
}

void TestChatController::damagedPresetsAreKept()
{
    QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("presets.json")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("{\"presets\": [");
    file.close();
    {
        Presets presets;
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("presets.json is damaged")));
        presets.setFile(file.fileName());
        QVERIFY(presets.save(QStringLiteral("Mine"), {}));
    }
    const QStringList kept = QDir(folder.path()).entryList({QStringLiteral("presets.json.damaged-*")});
    QCOMPARE(kept.size(), 1);
    QFile old(folder.filePath(kept.first()));
    QVERIFY(old.open(QIODevice::ReadOnly));
    QCOMPARE(old.readAll(), QByteArray("{\"presets\": ["));
    Presets again;
    again.setFile(file.fileName());
    QVERIFY(again.find(QStringLiteral("Mine")));
}

void TestChatController::presetsAreReadAgain()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("presets.json"));
    GenerationSettings settings;
    settings.sampling.temperature = 0.35F;
    {
        Presets presets;
        presets.setFile(path);
        presets.setLastUsed(settings);
        QVERIFY(presets.save(QStringLiteral("Mine"), settings));
        QVERIFY(!QFile::exists(path)); // written once, a little later, or at the end
    }
    Presets again;
    again.setFile(path);
    QVERIFY(again.lastUsed() == settings);
    QVERIFY(again.find(QStringLiteral("Mine"))->settings == settings);
}

void TestChatController::savesAndOpensStates()
{
    loadModel();
    m_chats->send(QStringLiteral("a"));
    complete("b");
    QSignalSpy saved(m_chats.get(), &ChatController::stateSaved);
    m_chats->saveState(QStringLiteral("x.rwkvstate"));
    QVERIFY(QTest::qWaitFor([&] { return same(saved.size(), 1); }));
    QCOMPARE(m_engine->saves.back().request.messages.size(), std::size_t(2));

    m_engine->holdAnswers = true;
    m_chats->openState(QStringLiteral("x.rwkvstate"));
    m_engine->send(engine::event::StateOpened{m_engine->last("openState"), 77, 214, "User: a", "note"});
    QVERIFY(QTest::qWaitFor([&] { return same(m_chats->transcript()->rowCount(), 1); }));
    QCOMPARE(last().role, NodeRole::Note);
    QVERIFY(last().text.contains(QLatin1String("User: a")));
    m_chats->send(QStringLiteral("go on"));
    QCOMPARE(m_engine->requests.back().from, engine::StateId(77));
    QCOMPARE(m_engine->requests.back().messages.size(),
             std::size_t(1)); // the memory's text is not read again
    complete("c");

    m_engine->holdAnswers = false;
    QSignalSpy states(m_chats.get(), &ChatController::stateChanged);
    loadModel(); // another one: states belong to a model
    QVERIFY(QTest::qWaitFor([&] { return !states.isEmpty(); }));
    m_chats->send(QStringLiteral("more"));
    QVERIFY(m_chats->isWaiting()); // the state is opened again first
    QVERIFY(QTest::qWaitFor([&] { return m_chats->isGenerating(); }));
    QVERIFY(m_engine->requests.back().from != 0);
    QVERIFY(m_engine->requests.back().from != 77);
    QCOMPARE(m_engine->released, std::vector<engine::StateId>{77});

    const engine::StateId second = m_engine->requests.back().from;
    m_chats->trashChat(m_chats->current());
    QCOMPARE(m_engine->released, (std::vector<engine::StateId>{77, second}));
    m_chats->undo();
    m_chats->send(QStringLiteral("again")); // brought back, it opens its state once more
    QVERIFY(QTest::qWaitFor([&] { return m_chats->isGenerating(); }));
    QVERIFY(m_engine->requests.back().from != 0 && m_engine->requests.back().from != second);
}

void TestChatController::survivesReopening()
{
    m_chats->openFolder(m_folder.path());
    QSignalSpy opened(m_chats.get(), &ChatController::historyOpened);
    QVERIFY(opened.wait());
    loadModel();
    m_chats->send(QStringLiteral("a"));
    complete("b");
    m_chats->regenerate(1);
    complete("c");
    m_chats->showSibling(1, -1);
    m_chats->setDraft(QStringLiteral("half a"));
    const ChatId id = m_chats->current();
    cleanup();
    init();

    m_chats->openFolder(m_folder.path());
    QVERIFY(QTest::qWaitFor([&] { return same(m_chats->chats().rowCount(), 1); }));
    m_chats->select(id);
    QVERIFY(QTest::qWaitFor([&] {
        return same(texts(), (QStringList{QStringLiteral("a"), QStringLiteral("b")}));
    }));
    QCOMPARE(m_chats->transcript()->siblingCount(1), 2);
    QCOMPARE(m_chats->draft(), QStringLiteral("half a"));
    QCOMPARE(m_chats->title(), QStringLiteral("a"));
}

void TestChatController::everythingIsOffTheGuiThread()
{
    // With a folder that does not answer, nothing in the window waits: sending works before the history is
    // open.
    m_chats->openFolder(m_folder.filePath(QStringLiteral("other")));
    m_chats->send(QStringLiteral("early"));
    QCOMPARE(texts(), QStringList{QStringLiteral("early")});
    QSignalSpy opened(m_chats.get(), &ChatController::historyOpened);
    QVERIFY(opened.wait());
    QVERIFY(QTest::qWaitFor([&] { return same(m_chats->chats().rowCount(), 1); }));
}

QTEST_GUILESS_MAIN(TestChatController)
#include "tst_chat_controller.moc"
