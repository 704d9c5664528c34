// Where chats begin: in the controller, in the history, and in the header of the page.
#include "chat_page_world.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/state_chip.h"
#include "support/extras_world.h"

#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>

using engine::ErrorCode;
using gui::ChatController;
using gui::StateChip;

class TestChatStates : public QObject, private ChatPageWorld
{
    Q_OBJECT

private Q_SLOTS:
    void init() { begin(); }
    void cleanup() { end(); }
    void everyAnswerBeginsFromTheState();
    void isOpenedAgainForAnotherModel();
    void isOpenedAgainForOtherAdapters();
    void isKeptWithTheChat();
    void canBeTakenBack();
    void aTunedStateLeavesNoNote();
    void aMissingFileLeavesTheChatUsable();
    void anotherChatIsNotTouched();
    void headerOffersWhatFits();
    void headerSaysWhatIsWrong();

private:
    static inline const QString kPirate = QStringLiteral("/pack/pirate.pth");

    void complete(const char *text)
    {
        const engine::JobId running = job();
        m_engine->start(running);
        m_engine->stream(running, text);
        m_engine->finish(running);
        QVERIFY(waitFor([this] { return !chats().isGenerating(); }));
    }
    void ask(const QString &text)
    {
        const auto before = m_engine->requests.size();
        chats().send(text);
        QTRY_COMPARE(m_engine->requests.size(), before + 1);
    }
    /// The state that the last request began from.
    engine::StateId from() const { return m_engine->requests.back().from; }
    gui::MessageBar *bar() const { return child<gui::MessageBar>("chat.bar"); }
    QStringList offered(bool possible)
    {
        QMenu *menu = child<StateChip>("chat.state")->menu();
        Q_EMIT menu->aboutToShow();
        QStringList names;
        for (const QAction *action : menu->actions())
            if (action->isCheckable() && action->isEnabled() == possible) names << action->text();
        return names;
    }
};

void TestChatStates::everyAnswerBeginsFromTheState()
{
    loadModel();
    ask(QStringLiteral("plain"));
    QCOMPARE(from(), engine::StateId(0));
    complete("a");
    chats().chooseState(kPirate);
    ask(QStringLiteral("next"));
    QCOMPARE(m_engine->openedStates, std::vector<std::string>{kPirate.toStdString()});
    const engine::StateId state = from();
    QVERIFY(state != 0);
    QCOMPARE(m_engine->requests.back().messages.size(), std::size_t(3)); // the chat is read behind it
    complete("b");
    chats().regenerate(3);
    QCOMPARE(from(), state);
    complete("c");
    chats().edit(2, QStringLiteral("edited"), true);
    QCOMPARE(from(), state);
    complete("d");
    chats().continueAnswer(3);
    QCOMPARE(from(), state);
    complete("e");
    chats().fork(3);
    QCOMPARE(chats().stateFile(), kPirate);
    ask(QStringLiteral("in the fork"));
    QVERIFY(from() != 0);
    QCOMPARE(m_engine->openedStates.size(), std::size_t(2)); // a chat opens its own
}

void TestChatStates::isOpenedAgainForAnotherModel()
{
    loadModel();
    chats().chooseState(kPirate);
    ask(QStringLiteral("a"));
    const engine::StateId before = from();
    complete("b");
    m_engine->load({});
    m_engine->finishLoad();
    QTRY_VERIFY(!m_engine->released.empty());
    QCOMPARE(m_engine->released.back(), before);
    ask(QStringLiteral("c"));
    QVERIFY(from() != 0 && from() != before);
}

void TestChatStates::isOpenedAgainForOtherAdapters()
{
    loadModel();
    chats().chooseState(kPirate);
    ask(QStringLiteral("a"));
    const engine::StateId before = from();
    complete("b");
    m_engine->setAdapters({});
    QTRY_VERIFY(!m_engine->released.empty());
    ask(QStringLiteral("c"));
    QVERIFY(from() != 0 && from() != before);
}

void TestChatStates::isKeptWithTheChat()
{
    {
        ChatController first(*m_bridge);
        first.openFolder(m_folder.path());
        QSignalSpy opened(&first, &ChatController::historyOpened);
        QVERIFY(opened.wait());
        first.chooseState(kPirate);
        first.send(QStringLiteral("hello"));
    }
    ChatController again(*m_bridge);
    QSignalSpy opened(&again, &ChatController::historyOpened);
    again.openFolder(m_folder.path());
    QVERIFY(opened.wait());
    QVERIFY(again.stateFile().isEmpty()); // a new chat is shown
    again.select(again.chats().idAt(0));
    QCOMPARE(again.stateFile(), kPirate);
}

void TestChatStates::canBeTakenBack()
{
    chats().chooseState(kPirate);
    chats().undo();
    QVERIFY(chats().stateFile().isEmpty());
    chats().redo();
    QCOMPARE(chats().stateFile(), kPirate);
}

void TestChatStates::aTunedStateLeavesNoNote()
{
    loadModel();
    m_engine->holdAnswers = true;
    chats().openState(kPirate);
    m_engine->send(engine::event::StateOpened{m_engine->last("openState"), 77, 0, {}, {}});
    QTRY_COMPARE(chats().stateFile(), kPirate);
    QCOMPARE(model().rowCount(), 0);
    ask(QStringLiteral("Who are you?"));
    QCOMPARE(from(), engine::StateId(77));
    QCOMPARE(chats().title(), QStringLiteral("Who are you?"));
}

void TestChatStates::aMissingFileLeavesTheChatUsable()
{
    loadModel();
    m_engine->failures.insert(
        {"openState", engine::Error(ErrorCode::FileNotFound, "pirate.pth: no such file")});
    chats().chooseState(kPirate);
    chats().send(QStringLiteral("hello"));
    QTRY_VERIFY(bar()->isVisible());
    QVERIFY(bar()->text().contains(QLatin1String("pirate")));
    QCOMPARE(bar()->accessibleDescription(), QStringLiteral("pirate.pth: no such file"));
    QVERIFY(!chats().isWaiting());
    QVERIFY(!chats().isGenerating());
    QCOMPARE(model().rowCount(), 1); // the message is not lost
    bar()->findChild<QPushButton *>(QStringLiteral("messagebar.verb"))->click();
    QCOMPARE(m_engine->requests.size(), std::size_t(1)); // and answered now
    QCOMPARE(from(), engine::StateId(0));
    QVERIFY(!bar()->isVisible());
    complete("hi");
    QVERIFY(chats().stateFile().isEmpty());
}

void TestChatStates::anotherChatIsNotTouched()
{
    loadModel();
    m_engine->failures.insert(
        {"openState", engine::Error(ErrorCode::FileNotFound, "pirate.pth: no such file")});
    chats().chooseState(kPirate);
    chats().send(QStringLiteral("hello"));
    QTRY_VERIFY(bar()->isVisible());
    chats().newChat();
    QVERIFY(!bar()->isVisible());
    QVERIFY(chats().stateFile().isEmpty());
    ask(QStringLiteral("a"));
    QCOMPARE(from(), engine::StateId(0));
}

void TestChatStates::headerOffersWhatFits()
{
    support::fillExtras(*m_engine);
    m_library->rescan();
    QTRY_COMPARE(offered(false), QStringList{QStringLiteral("eva-1.5b")});
    QCOMPARE(offered(true),
             QStringList({QStringLiteral("Empty memory"), QStringLiteral("pirate"), QStringLiteral("poet")}));
    auto *chip = child<StateChip>("chat.state");
    for (QAction *action : chip->menu()->actions())
        if (action->text() == QLatin1String("poet")) action->trigger();
    QCOMPARE(chats().stateFile(), QStringLiteral("/pack/poet.pth"));
    QVERIFY(chip->text().contains(QLatin1String("poet")));
}

void TestChatStates::headerSaysWhatIsWrong()
{
    loadModel();
    auto *chip = child<StateChip>("chat.state");
    m_engine->failures.insert(
        {"openState", engine::Error(ErrorCode::FileNotFound, "pirate.pth: no such file")});
    chats().chooseState(kPirate);
    QVERIFY(!chip->text().startsWith(QStringLiteral("⚠")));
    chats().send(QStringLiteral("hello"));
    QTRY_VERIFY(chip->text().startsWith(QStringLiteral("⚠")));
    QVERIFY(chip->toolTip().contains(QLatin1String("no such file")));
    QVERIFY(offered(true).contains(QLatin1String("pirate"))); // what is chosen is offered, listed or not
}

QTEST_MAIN(TestChatStates)
#include "tst_chat_states.moc"
