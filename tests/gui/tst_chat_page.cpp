#include "chat_page_world.h"
#include "gui/widgets/chat_list_view.h"
#include "gui/widgets/composer.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/sampling_panel.h"
#include "gui/widgets/transcript_view.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

using namespace gui;
using support::FakeEngine;

class TestChatPage : public QObject, private ChatPageWorld
{
    Q_OBJECT

private Q_SLOTS:
    void init() { begin(); }
    void cleanup() { end(); }
    void focusOfThePageIsTheComposer();
    void emptyChatOffersQuestions();
    void withoutAModelItWaits();
    void typingAndEnterAnswers();
    void sendingKeepsTheCursorInTheText();
    void escapeStops();
    void stopBringsTheQueuedMessageBack();
    void actionsFollowTheState();
    void otherPagesLeaveOnlyStop();
    void alternativesByKey();
    void upEditsTheLastMessage();
    void deletingOffersUndo();
    void undoInTheComposerReachesTheChats();
    void listSelectsAndRenames();
    void countsTokens();
    void aClickInTheFrameGoesToTheText();
    void newsGoAwayWithTheChat();
    void saysThatTheHistoryIsDamaged();
    void everyControlHasAName();
};

void TestChatPage::focusOfThePageIsTheComposer()
{
    auto *edit = child<QPlainTextEdit>("chat.composer.text");
    child<QLineEdit>("chat.list.filter")->setFocus();
    QVERIFY(!edit->hasFocus());
    m_page->setFocus(); // what the window does when it shows a page
    QVERIFY(edit->hasFocus());
    m_page->hide();
    m_page->show();
    m_page->setFocus();
    QTest::keyClicks(QApplication::focusWidget(), QStringLiteral("hello"));
    QCOMPARE(edit->toPlainText(), QStringLiteral("hello"));
}

void TestChatPage::emptyChatOffersQuestions()
{
    loadModel();
    QVERIFY(child<QWidget>("chat.empty")->isVisible());
    auto *example = child<QPushButton>("chat.example.2");
    const QString question = example->text();
    QTest::mouseClick(example, Qt::LeftButton);
    QCOMPARE(m_engine->requests.size(), std::size_t(1));
    QCOMPARE(m_engine->requests.back().messages.back().text, question.toStdString());
    QVERIFY(m_page->transcript().isVisible());
    QVERIFY(!child<QWidget>("chat.empty")->isVisible());
}

void TestChatPage::withoutAModelItWaits()
{
    auto *edit = child<QPlainTextEdit>("chat.composer.text");
    QVERIFY(edit->placeholderText().contains(QLatin1String("Ctrl+L")));
    QVERIFY(child<QPushButton>("chat.empty.load")->isVisible());
    QSignalSpy load(&(*m_actions)[Act::LoadModel], &QAction::triggered);
    QTest::mouseClick(child<QPushButton>("chat.empty.load"), Qt::LeftButton);
    QCOMPARE(load.size(), 1);
    type(QStringLiteral("hello"));
    QVERIFY(chats().isWaiting());
    loadModel();
    QVERIFY(waitFor([this] { return m_engine->requests.size() == 1; }));
    QVERIFY(!edit->placeholderText().contains(QLatin1String("Ctrl+L")));
}

void TestChatPage::typingAndEnterAnswers()
{
    loadModel();
    type(QStringLiteral("hello"));
    QCOMPARE(child<QPlainTextEdit>("chat.composer.text")->toPlainText(), QString());
    QCOMPARE(child<QLabel>("chat.title")->text(), QStringLiteral("hello"));
    m_engine->start(job());
    m_engine->stream(job(), "Hi **there**");
    m_engine->finish(job());
    QVERIFY(waitFor([this] { return !chats().isGenerating(); }));
    m_page->transcript().selectAll();
    QVERIFY(m_page->transcript().selectedText().contains(QLatin1String("Hi there")));
    (*m_actions)[Act::CopyAnswer].trigger();
    QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("Hi **there**"));
}

void TestChatPage::sendingKeepsTheCursorInTheText()
{
    loadModel();
    auto *edit = child<QPlainTextEdit>("chat.composer.text");
    auto *send = child<QPushButton>("chat.composer.send");
    edit->setFocus();
    QTest::keyClicks(edit, QStringLiteral("hello"));
    QTest::mouseClick(send, Qt::LeftButton);
    QVERIFY(edit->hasFocus());
    QTest::mouseClick(send, Qt::LeftButton); // it is Stop now
    QVERIFY(!chats().isGenerating());
    QVERIFY(edit->hasFocus());
    QTest::keyClicks(edit, QStringLiteral("again"));
    send->setFocus(Qt::TabFocusReason);
    QTest::keyClick(send, Qt::Key_Space);
    m_engine->finish(job());
    QTRY_VERIFY(!chats().isGenerating());
    QVERIFY(edit->hasFocus()); // the button has nothing to send
}

void TestChatPage::escapeStops()
{
    loadModel();
    type(QStringLiteral("hello"));
    auto *button = child<QPushButton>("chat.composer.send");
    const QString stop = button->text();
    QTest::keyClick(child<QPlainTextEdit>("chat.composer.text"), Qt::Key_Escape);
    QVERIFY(!chats().isGenerating());
    QCOMPARE(m_engine->cancelled.size(), std::size_t(1));
    QVERIFY(button->text() != stop);
}

void TestChatPage::stopBringsTheQueuedMessageBack()
{
    loadModel();
    type(QStringLiteral("hello"));
    type(QStringLiteral("next"));
    QVERIFY(child<QLabel>("chat.composer.queued")->isVisible());
    (*m_actions)[Act::Stop].trigger();
    QCOMPARE(child<QPlainTextEdit>("chat.composer.text")->toPlainText(), QStringLiteral("next"));
    QVERIFY(!child<QLabel>("chat.composer.queued")->isVisible());
    QCOMPARE(m_engine->requests.size(), std::size_t(1));
}

void TestChatPage::actionsFollowTheState()
{
    const Actions &a = *m_actions;
    QVERIFY(!a[Act::Stop].isEnabled());
    QVERIFY(!a[Act::Regenerate].isEnabled());
    loadModel();
    type(QStringLiteral("hello"));
    QVERIFY(a[Act::Stop].isEnabled());
    QVERIFY(!a[Act::Continue].isEnabled());
    QVERIFY(!a[Act::SaveState].isEnabled());
    a[Act::Stop].trigger();
    QVERIFY(!a[Act::Stop].isEnabled());
    QVERIFY(a[Act::Continue].isEnabled());
    QVERIFY(a[Act::SaveState].isEnabled());
    a[Act::ToggleChatList].trigger();
    QVERIFY(!m_page->findChild<ChatListView *>()->isVisible());
    a[Act::ToggleSampling].trigger();
    QVERIFY(m_page->findChild<SamplingPanel *>()->isVisible());
}

void TestChatPage::otherPagesLeaveOnlyStop()
{
    const Actions &a = *m_actions;
    loadModel();
    type(QStringLiteral("hello"));
    QVERIFY(!a[Act::CopyAnswer].isEnabled()); // the answer has no text yet
    m_engine->stream(job(), "Hi");
    QVERIFY(waitFor([&] { return model().at(1).text == QStringLiteral("Hi"); }));
    m_page->hide();
    for (const Act act : {Act::Regenerate, Act::Continue, Act::CopyAnswer, Act::RenameChat, Act::DeleteChat})
        QVERIFY2(!a[act].isEnabled(), qPrintable(a[act].objectName()));
    QVERIFY(a[Act::Stop].isEnabled());
    a[Act::Stop].trigger();
    QVERIFY(!chats().isGenerating());
    QVERIFY(!a[Act::Stop].isEnabled());
    m_page->show();
    for (const Act act : {Act::Regenerate, Act::Continue, Act::CopyAnswer, Act::RenameChat, Act::DeleteChat})
        QVERIFY2(a[act].isEnabled(), qPrintable(a[act].objectName()));
}

void TestChatPage::alternativesByKey()
{
    loadModel();
    type(QStringLiteral("hello"));
    m_engine->stream(job(), "one");
    m_engine->finish(job());
    QVERIFY(waitFor([this] { return !chats().isGenerating(); }));
    auto *edit = child<QPlainTextEdit>("chat.composer.text");
    QTest::keyClick(edit, Qt::Key_R, Qt::ControlModifier);
    m_engine->stream(job(), "two");
    m_engine->finish(job());
    QVERIFY(waitFor([this] { return !chats().isGenerating(); }));
    QCOMPARE(model().at(1).text, QStringLiteral("two"));
    QTest::keyClick(edit, Qt::Key_Left, Qt::AltModifier);
    QCOMPARE(model().at(1).text, QStringLiteral("one"));
    QTest::keyClick(edit, Qt::Key_Right, Qt::AltModifier);
    QCOMPARE(model().at(1).text, QStringLiteral("two"));
}

void TestChatPage::upEditsTheLastMessage()
{
    loadModel();
    type(QStringLiteral("hello"));
    (*m_actions)[Act::Stop].trigger();
    QTest::keyClick(child<QPlainTextEdit>("chat.composer.text"), Qt::Key_Up);
    QVERIFY(m_page->transcript().isEditing());
    auto *editor = child<QPlainTextEdit>("chat.editor.text");
    QCOMPARE(editor->toPlainText(), QStringLiteral("hello"));
    editor->setPlainText(QStringLiteral("hello again"));
    QTest::keyClick(editor, Qt::Key_Return, Qt::ControlModifier);
    QCOMPARE(m_engine->requests.back().messages.back().text, std::string("hello again"));
    QCOMPARE(model().siblingCount(0), 2);
}

void TestChatPage::deletingOffersUndo()
{
    loadModel();
    type(QStringLiteral("hello"));
    (*m_actions)[Act::Stop].trigger();
    auto *bar = child<MessageBar>("chat.undo");
    QVERIFY(!bar->isVisible());
    (*m_actions)[Act::DeleteChat].trigger();
    QCOMPARE(chats().chats().rowCount(), 0);
    QVERIFY(bar->isVisible());
    Q_EMIT bar->verbPressed();
    QCOMPARE(chats().chats().rowCount(), 1);
    QVERIFY(!bar->isVisible());
    m_page->transcript().setFocus();
    m_page->transcript().setCurrentRow(1);
    QTest::keyClick(&m_page->transcript(), Qt::Key_Delete);
    QCOMPARE(model().rowCount(), 1);
    QVERIFY(bar->isVisible());
    QTest::keyClick(&m_page->transcript(), Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(model().rowCount(), 2);
    QVERIFY(!bar->isVisible()); // there is nothing left to offer
}

void TestChatPage::undoInTheComposerReachesTheChats()
{
    loadModel();
    type(QStringLiteral("hello"));
    (*m_actions)[Act::Stop].trigger();
    (*m_actions)[Act::DeleteChat].trigger();
    auto *edit = child<QPlainTextEdit>("chat.composer.text");
    edit->setFocus();
    QTest::keyClicks(edit, QStringLiteral("x"));
    QVERIFY(QMetaObject::invokeMethod(edit, "undo")); // as Edit > Undo of the window does
    QCOMPARE(edit->toPlainText(), QString());
    QCOMPARE(chats().chats().rowCount(), 0); // first the text's own change
    QVERIFY(QMetaObject::invokeMethod(edit, "undo"));
    QCOMPARE(chats().chats().rowCount(), 1);
    QVERIFY(!child<MessageBar>("chat.undo")->isVisible());
}

void TestChatPage::listSelectsAndRenames()
{
    loadModel();
    type(QStringLiteral("first"));
    (*m_actions)[Act::NewChat].trigger();
    type(QStringLiteral("second"));
    auto *list = child<QListView>("chat.list");
    QCOMPARE(list->model()->rowCount(), 2);
    list->setFocus();
    QTest::keyClick(list, Qt::Key_Down);
    QCOMPARE(chats().title(), QStringLiteral("first"));
    (*m_actions)[Act::RenameChat].trigger();
    auto *editor = list->findChild<QLineEdit *>();
    QVERIFY(editor);
    editor->setText(QStringLiteral("renamed"));
    QTest::keyClick(editor, Qt::Key_Return);
    QVERIFY(waitFor([this] { return chats().title() == QStringLiteral("renamed"); }));
    child<QLineEdit>("chat.list.filter")->setText(QStringLiteral("SECO"));
    QCOMPARE(list->model()->rowCount(), 1);
}

void TestChatPage::countsTokens()
{
    loadModel();
    QTest::keyClicks(child<QPlainTextEdit>("chat.composer.text"), QStringLiteral("twelve bytes"));
    auto *hint = child<QLabel>("chat.composer.hint");
    QVERIFY(waitFor(
        [hint] { return hint->text().startsWith(QLatin1Char('3')); })); // the fake: four bytes a token
}

void TestChatPage::aClickInTheFrameGoesToTheText()
{
    m_page->transcript().setFocus();
    child<QLineEdit>("chat.list.filter")->setFocus();
    QTest::mouseClick(child<QLabel>("chat.composer.hint"), Qt::LeftButton);
    QVERIFY(child<QPlainTextEdit>("chat.composer.text")->hasFocus());
}

void TestChatPage::newsGoAwayWithTheChat()
{
    auto *bar = child<MessageBar>("chat.bar");
    type(QStringLiteral("hello"));
    Q_EMIT chats().stateSaved(QStringLiteral("x.rwkvstate"));
    QVERIFY(bar->isVisible());
    (*m_actions)[Act::NewChat].trigger();
    QVERIFY(!bar->isVisible());
    Q_EMIT chats().failed(engine::Error(engine::ErrorCode::OutOfMemory, "needs 86 MB"));
    chats().select(chats().chats().idAt(0));
    QVERIFY(bar->isVisible()); // an error stays until it was read
}

void TestChatPage::saysThatTheHistoryIsDamaged()
{
    QFile file(m_folder.filePath(QStringLiteral("chats.sqlite")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("no database");
    file.close();
    auto *bar = child<MessageBar>("chat.bar");
    QVERIFY(!bar->isVisible());
    m_page->openFolder(m_folder.path());
    QVERIFY(waitFor([bar] { return bar->isVisible(); }));
    QCOMPARE(bar->kind(), MessageBar::Kind::Warning);
}

void TestChatPage::everyControlHasAName()
{
    (*m_actions)[Act::ToggleSampling].trigger();
    const auto widgets = m_page->findChildren<QWidget *>();
    for (QWidget *widget : widgets) {
        const auto *button = qobject_cast<QAbstractButton *>(widget);
        const bool isField = qobject_cast<QAbstractSpinBox *>(widget) || qobject_cast<QComboBox *>(widget) ||
                             qobject_cast<QPlainTextEdit *>(widget);
        const bool unnamed = widget->accessibleName().isEmpty() && (!button || button->text().isEmpty());
        if ((button || isField) && widget->isVisibleTo(m_page))
            QVERIFY2(!unnamed,
                     qPrintable(widget->objectName() + QLatin1String(widget->metaObject()->className())));
    }
}

QTEST_MAIN(TestChatPage)
#include "tst_chat_page.moc"
