// What the chats can take back and make again.
#include "chat_world.h"

#include <QSignalSpy>
#include <QTest>

using namespace gui;

class TestChatUndo : public QObject, private ChatWorld
{
    Q_OBJECT

private Q_SLOTS:
    void init() { begin(); }
    void cleanup() { end(); }
    void deletesAndUndoes();
    void redoesWhatWasUndone();
    void redoEndsWithANewMessage();
    void branchesAreTakenBackAndMadeAgain();
    void namesAreTakenBackAndGivenAgain();
    void deletedChatsStayDeleted();
};

void TestChatUndo::deletesAndUndoes()
{
    loadModel();
    m_chats->send(QStringLiteral("a"));
    complete("b");
    QSignalSpy offered(m_chats.get(), &ChatController::undoOffered);
    m_chats->remove(1);
    QCOMPARE(texts(), QStringList{QStringLiteral("a")});
    const ChatId id = m_chats->current();
    m_chats->trashChat(id);
    QCOMPARE(m_chats->chats().rowCount(), 0);
    QCOMPARE(m_chats->transcript()->rowCount(), 0);
    QCOMPARE(offered.size(), 2);
    m_chats->undo();
    QCOMPARE(m_chats->current(), id);
    m_chats->undo();
    QCOMPARE(texts(), (QStringList{QStringLiteral("a"), QStringLiteral("b")}));
    QVERIFY(!m_chats->canUndo());
    m_chats->undo(); // nothing left: nothing happens
}

void TestChatUndo::redoesWhatWasUndone()
{
    loadModel();
    m_chats->send(QStringLiteral("a"));
    complete("b");
    const ChatId id = m_chats->current();
    m_chats->remove(1);
    m_chats->trashChat(id);
    m_chats->undo();
    m_chats->undo();
    QVERIFY(!m_chats->canUndo());
    QSignalSpy offered(m_chats.get(), &ChatController::undoOffered);
    m_chats->redo();
    QCOMPARE(texts(), QStringList{QStringLiteral("a")});
    m_chats->redo();
    QCOMPARE(m_chats->chats().rowCount(), 0);
    QCOMPARE(offered.size(), 2);
    QVERIFY(!m_chats->canRedo());
    m_chats->redo(); // nothing left: nothing happens
    m_chats->undo();
    m_chats->undo();
    QCOMPARE(m_chats->current(), id);
    QCOMPARE(texts(), (QStringList{QStringLiteral("a"), QStringLiteral("b")}));
}

void TestChatUndo::redoEndsWithANewMessage()
{
    loadModel();
    m_chats->send(QStringLiteral("a"));
    complete("b");
    m_chats->remove(1);
    m_chats->undo();
    QVERIFY(m_chats->canRedo());
    m_chats->send(QStringLiteral("c"));
    QVERIFY(!m_chats->canRedo()); // it would delete the new message with the old one
    complete("d");
    m_chats->redo();
    QCOMPARE(texts().size(), 4);
}

void TestChatUndo::branchesAreTakenBackAndMadeAgain()
{
    loadModel();
    m_chats->send(QStringLiteral("a"));
    complete("b");
    m_chats->regenerate(1);
    m_engine->start(job());
    const engine::JobId second = job();
    m_chats->undo(); // while it is being written
    QVERIFY(!m_chats->isGenerating());
    QCOMPARE(m_engine->cancelled.back(), second);
    QCOMPARE(texts().last(), QStringLiteral("b"));
    QCOMPARE(m_chats->transcript()->siblingCount(1), 2); // the other branch is kept
    m_chats->redo();
    QCOMPARE(last().status, NodeStatus::Stopped);
    QCOMPARE(m_chats->transcript()->siblingIndex(1), 1);
    m_chats->edit(0, QStringLiteral("A"), false);
    QCOMPARE(texts(), QStringList{QStringLiteral("A")});
    m_chats->undo();
    QCOMPARE(texts().first(), QStringLiteral("a"));
    m_chats->redo();
    QCOMPARE(texts(), QStringList{QStringLiteral("A")});
}

void TestChatUndo::namesAreTakenBackAndGivenAgain()
{
    m_chats->send(QStringLiteral("first words"));
    m_chats->rename(m_chats->current(), QStringLiteral("  Notes "));
    m_chats->undo();
    QCOMPARE(m_chats->title(), QStringLiteral("first words"));
    m_chats->redo();
    QCOMPARE(m_chats->title(), QStringLiteral("Notes"));
}

void TestChatUndo::deletedChatsStayDeleted()
{
    m_chats->send(QStringLiteral("waits for a model"));
    QVERIFY(m_chats->isWaiting());
    const ChatId waiting = m_chats->current();
    m_chats->setDraft(QStringLiteral("half a")); // its timer runs when the chat goes
    m_chats->trashChat(waiting);
    QCOMPARE(m_chats->chats().rowCount(), 0);
    m_chats->send(QStringLiteral("another"));
    QCOMPARE(m_chats->chats().rowCount(), 1);
    loadModel();
    QVERIFY(QTest::qWaitFor([&] { return m_chats->isGenerating(); }));
    QCOMPARE(m_engine->requests.size(), std::size_t(1));
    QCOMPARE(m_engine->requests.back().messages.back().text, std::string("another"));
    complete("b");
    QCOMPARE(m_chats->chats().rowCount(), 1);
    m_chats->undo();
    QCOMPARE(m_chats->chats().rowCount(), 2);
    QCOMPARE(m_chats->current(), waiting);
    QCOMPARE(m_chats->draft(), QStringLiteral("half a"));
    QVERIFY(!m_chats->isWaiting());
}

QTEST_GUILESS_MAIN(TestChatUndo)
#include "tst_chat_undo.moc"
