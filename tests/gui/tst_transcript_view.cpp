#include "gui/models/transcript_model.h"
#include "gui/widgets/composer.h"
#include "gui/widgets/message_editor.h"
#include "gui/widgets/transcript_view.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QElapsedTimer>
#include <QInputMethodEvent>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

using namespace gui;

namespace
{

const QString kParagraph =
    QStringLiteral("Some words of an answer, **more** or less as long as answers are. ").repeated(6);

void fill(TranscriptModel &model, int count)
{
    QVector<NodeRow> rows;
    for (int i = 1; i <= count; ++i) {
        NodeRow row;
        row.id = i;
        row.parent = i - 1;
        row.role = i % 2 ? NodeRole::User : NodeRole::Assistant;
        row.text = QStringLiteral("Message %1. ").arg(i) + kParagraph;
        rows += row;
    }
    model.setNodes(rows, count);
}

} // namespace

class TestTranscriptView : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void opensLongChatsLazily();
    void everyRowCanBeReached();
    void worksOnTheTailOnly();
    void sticksToTheEndOnlyIfThere();
    void selectsOverMessages();
    void movesByMessages();
    void editsInPlace();
    void foldsThinking();
    void survivesRemovalAndReset();
    void isAListForAssistiveProgrammes();
    void composerSends();
    void composerLetsInputMethodsWork();
    void composerGrows();

private:
    std::unique_ptr<TranscriptModel> m_model;
    std::unique_ptr<TranscriptView> m_view;
};

void TestTranscriptView::init()
{
    m_view = std::make_unique<TranscriptView>();
    m_model = std::make_unique<TranscriptModel>();
    m_view->resize(800, 600);
    m_view->setModel(m_model.get());
    m_view->show();
}

void TestTranscriptView::opensLongChatsLazily()
{
    QElapsedTimer clock;
    clock.start();
    fill(*m_model, 2000);
    m_view->grab();
    qInfo("2,000 messages opened and painted in %lld ms", static_cast<long long>(clock.elapsed()));
    QVERIFY(m_view->isAtEnd());
    QVERIFY2(m_view->documentCount() <= 60, "documents were made for rows far out of sight");
    QVERIFY(m_view->workedCharacters() < 60 * (kParagraph.size() + 20));
}

void TestTranscriptView::everyRowCanBeReached()
{
    fill(*m_model, 200);
    for (int i = 0; i < 400 && m_view->verticalScrollBar()->value() > 0; ++i)
        m_view->verticalScrollBar()->triggerAction(QScrollBar::SliderPageStepSub);
    QVERIFY(m_view->rowRect(0).intersects(m_view->viewport()->rect()));
    QVERIFY(m_view->documentCount() < 60);
    QTest::keyClick(m_view.get(), Qt::Key_End);
    QVERIFY(m_view->rowRect(199).bottom() <= m_view->viewport()->height());
}

void TestTranscriptView::worksOnTheTailOnly()
{
    fill(*m_model, 20);
    m_model->change(20, [](Message &m) { m.status = NodeStatus::Generating; });
    for (int i = 0; i < 100; ++i)
        m_model->appendText(20, QStringLiteral("\n\n") + kParagraph, {});
    m_view->scrollToEnd();
    QVERIFY(QTest::qWaitFor([&] { return m_view->isAtEnd(); }));
    QTest::qWait(2 * TranscriptView::kFrameMs);
    const qint64 before = m_view->workedCharacters();
    constexpr int kChunks = 500;
    for (int i = 0; i < kChunks; ++i)
        m_model->appendText(20, QStringLiteral("ab "), {});
    QTest::qWait(2 * TranscriptView::kFrameMs);
    // Many chunks within a frame are one step, and a step reads the open paragraph, not the 40,000 characters
    // before.
    const qint64 worked = m_view->workedCharacters() - before;
    QVERIFY2(worked > 0 && worked < 4 * (kParagraph.size() + 3 * kChunks),
             qPrintable(QString::number(worked)));
}

void TestTranscriptView::sticksToTheEndOnlyIfThere()
{
    fill(*m_model, 20);
    auto *pill = m_view->findChild<QPushButton *>(QStringLiteral("chat.pill"));
    const auto grow = [this] {
        m_model->change(20, [](Message &m) {
            m.status = NodeStatus::Generating;
            m.meta.tokens += 7;
        });
        m_model->appendText(20, QStringLiteral("\n\n") + kParagraph, {});
        QTest::qWait(3 * TranscriptView::kFrameMs);
    };
    grow();
    QVERIFY(m_view->isAtEnd());
    QVERIFY(!pill->isVisible());
    m_view->verticalScrollBar()->setValue(300);
    const int before = m_view->verticalScrollBar()->value();
    const QRect row = m_view->rowRect(2);
    grow();
    QCOMPARE(m_view->verticalScrollBar()->value(), before);
    QCOMPARE(m_view->rowRect(2), row);
    QVERIFY(pill->isVisible());
    QVERIFY(pill->text().contains(QLatin1Char('7')));
    QTest::mouseClick(pill, Qt::LeftButton);
    QVERIFY(m_view->isAtEnd());
    QVERIFY(!pill->isVisible());
}

void TestTranscriptView::selectsOverMessages()
{
    fill(*m_model, 3);
    m_view->verticalScrollBar()->setValue(0);
    const QPoint from = m_view->rowRect(0).topLeft() + QPoint(40, 22);
    const QPoint to = m_view->rowRect(1).topLeft() + QPoint(500, 10);
    QTest::mousePress(m_view->viewport(), Qt::LeftButton, {}, from);
    QMouseEvent move(QEvent::MouseMove, QPointF(to), m_view->viewport()->mapToGlobal(QPointF(to)),
                     Qt::NoButton, Qt::LeftButton, {});
    QApplication::sendEvent(m_view->viewport(), &move);
    QTest::mouseRelease(m_view->viewport(), Qt::LeftButton, {}, to);
    QVERIFY(m_view->hasSelection());
    QVERIFY2(m_view->selectedText().startsWith(QLatin1String("Message 1")),
             qPrintable(m_view->selectedText()));
    QVERIFY(m_view->selectedText().contains(QLatin1String("\n\nMessage 2")));
    const QString answer = m_view->selectedText().section(QStringLiteral("Message 2"), 1);
    QVERIFY(answer.contains(QLatin1String("more")));
    QVERIFY(!answer.contains(QLatin1String("**"))); // as it is shown
    QTest::keyClick(m_view.get(), Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QApplication::clipboard()->text(), m_view->selectedText());
    m_view->selectAll();
    QVERIFY(m_view->selectedText().contains(QLatin1String("Message 3")));
    QTest::keyClick(m_view.get(), Qt::Key_Escape);
    QVERIFY(!m_view->hasSelection());
    m_view->setCurrentRow(1);
    m_view->copy(); // without a selection: the message's source
    QCOMPARE(QApplication::clipboard()->text(), m_model->at(1).text);
}

void TestTranscriptView::movesByMessages()
{
    fill(*m_model, 50);
    QTest::keyClick(m_view.get(), Qt::Key_Up, Qt::ControlModifier);
    QCOMPARE(m_view->currentRow(), 49);
    for (int i = 0; i < 30; ++i)
        QTest::keyClick(m_view.get(), Qt::Key_Up, Qt::ControlModifier);
    QCOMPARE(m_view->currentRow(), 19);
    QVERIFY(m_view->viewport()->rect().contains(m_view->rowRect(19).center()));
    QTest::keyClick(m_view.get(), Qt::Key_Down, Qt::ControlModifier);
    QCOMPARE(m_view->currentRow(), 20);
    QSignalSpy chosen(m_view.get(), &TranscriptView::commandChosen);
    QTest::keyClick(m_view.get(), Qt::Key_Delete);
    QCOMPARE(chosen.first().at(0).value<MessageCommand>(), MessageCommand::Delete);
    QCOMPARE(chosen.first().at(1).toInt(), 20);
    QSignalSpy typed(m_view.get(), &TranscriptView::typed);
    QTest::keyClick(m_view.get(), Qt::Key_X);
    QCOMPARE(typed.first().first().toString(), QStringLiteral("x"));
}

void TestTranscriptView::editsInPlace()
{
    fill(*m_model, 2);
    QSignalSpy edited(m_view.get(), &TranscriptView::edited);
    m_view->setCurrentRow(0);
    QTest::keyClick(m_view.get(), Qt::Key_Return);
    QVERIFY(m_view->isEditing());
    auto *text = m_view->findChild<QPlainTextEdit *>(QStringLiteral("chat.editor.text"));
    text->setPlainText(QStringLiteral("new"));
    QTest::keyClick(text, Qt::Key_Return, Qt::ControlModifier);
    QCOMPARE(edited.size(), 1);
    QCOMPARE(edited.first(), (QVariantList{0, QStringLiteral("new"), true}));
    QVERIFY(!m_view->isEditing());
    m_view->editRow(0);
    text = m_view->findChildren<QPlainTextEdit *>(QStringLiteral("chat.editor.text")).last();
    QTest::keyClick(text, Qt::Key_Escape);
    QVERIFY(!m_view->isEditing());
    QCOMPARE(edited.size(), 1);
    m_model->change(2, [](Message &m) { m.status = NodeStatus::Generating; });
    m_view->editRow(1);
    QVERIFY(!m_view->isEditing()); // it is being written
}

void TestTranscriptView::foldsThinking()
{
    fill(*m_model, 2);
    m_model->appendText(2, {}, QStringLiteral("a thought\n").repeated(10));
    QTest::qWait(2 * TranscriptView::kFrameMs);
    const int folded = m_view->rowRect(1).height();
    m_view->toggleThinking();
    QVERIFY(m_view->rowRect(1).height() > folded + 100);
    const QPoint header = m_view->rowRect(1).topLeft() + QPoint(60, 12);
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, header);
    QCOMPARE(m_view->rowRect(1).height(), folded);
}

void TestTranscriptView::survivesRemovalAndReset()
{
    fill(*m_model, 10);
    m_view->selectAll();
    m_view->setCurrentRow(8);
    m_view->editRow(8);
    m_model->remove(5);
    QCOMPARE(m_view->currentRow(), 3);
    QVERIFY(!m_view->isEditing());
    QVERIFY(!m_view->hasSelection());
    m_view->grab();
    fill(*m_model, 0);
    m_view->grab();
    m_model.reset();
    m_view->grab();
    m_view->resize(400, 300);
    QTest::keyClick(m_view.get(), Qt::Key_Up, Qt::ControlModifier);
}

void TestTranscriptView::isAListForAssistiveProgrammes()
{
    fill(*m_model, 3);
    QAccessibleInterface *list = QAccessible::queryAccessibleInterface(m_view.get());
    QCOMPARE(list->role(), QAccessible::List);
    QCOMPARE(list->childCount(), 3);
    QVERIFY(!list->text(QAccessible::Name).isEmpty());
    QAccessibleInterface *second = list->child(1);
    QCOMPARE(second->role(), QAccessible::ListItem);
    QVERIFY(second->text(QAccessible::Name).contains(QLatin1String("Message 2")));
    QCOMPARE(list->indexOfChild(second), 1);
    QVERIFY(second->rect().isValid());
    fill(*m_model, 1);
    QVERIFY(!second->isValid());
}

void TestTranscriptView::composerSends()
{
    Composer composer;
    composer.show();
    auto *edit = composer.findChild<QPlainTextEdit *>(QStringLiteral("chat.composer.text"));
    auto *button = composer.findChild<QPushButton *>(QStringLiteral("chat.composer.send"));
    QSignalSpy sent(&composer, &Composer::sendRequested);
    QSignalSpy stopped(&composer, &Composer::stopRequested);
    QSignalSpy last(&composer, &Composer::editLastRequested);
    QTest::keyClick(edit, Qt::Key_Return);
    QCOMPARE(sent.size(), 0); // nothing to send
    QVERIFY(!button->isEnabled());
    QTest::keyClick(edit, Qt::Key_Up);
    QCOMPARE(last.size(), 1);
    QTest::keyClicks(edit, QStringLiteral("a"));
    QTest::keyClick(edit, Qt::Key_Return, Qt::ShiftModifier);
    QTest::keyClicks(edit, QStringLiteral("b"));
    QCOMPARE(sent.size(), 0);
    QTest::keyClick(edit, Qt::Key_Up);
    QCOMPARE(last.size(), 1); // it is not empty now
    QTest::keyClick(edit, Qt::Key_Return);
    QCOMPARE(sent.first().first().toString(), QStringLiteral("a\nb"));
    composer.setGenerating(true);
    QTest::mouseClick(button, Qt::LeftButton);
    QTest::keyClick(edit, Qt::Key_Escape);
    QCOMPARE(stopped.size(), 2);
    QSignalSpy count(&composer, &Composer::countRequested);
    QVERIFY(QTest::qWaitFor([&] { return count.size() > 0 || count.wait(10); }));
}

void TestTranscriptView::composerLetsInputMethodsWork()
{
    Composer composer;
    composer.show();
    auto *edit = composer.findChild<QPlainTextEdit *>(QStringLiteral("chat.composer.text"));
    QSignalSpy sent(&composer, &Composer::sendRequested);
    QTest::keyClicks(edit, QStringLiteral("x"));
    QInputMethodEvent composing(QStringLiteral("ni"), {});
    QApplication::sendEvent(edit, &composing);
    QKeyEvent enter(QEvent::KeyPress, Qt::Key_Return, Qt::NoModifier);
    QApplication::sendEvent(edit, &enter);
    QCOMPARE(sent.size(), 0); // the key belongs to the input method
    QKeyEvent escape(QEvent::ShortcutOverride, Qt::Key_Escape, Qt::NoModifier);
    escape.ignore();
    QApplication::sendEvent(edit, &escape);
    QVERIFY(escape.isAccepted()); // and so does this one
    QInputMethodEvent done;
    done.setCommitString(QString::fromUtf8("你"));
    QApplication::sendEvent(edit, &done);
    QTest::keyClick(edit, Qt::Key_Return);
    QCOMPARE(sent.size(), 1);
    QVERIFY(sent.first().first().toString().endsWith(QString::fromUtf8("你")));
}

void TestTranscriptView::composerGrows()
{
    Composer composer;
    composer.resize(600, 100);
    composer.show();
    auto *edit = composer.findChild<QPlainTextEdit *>(QStringLiteral("chat.composer.text"));
    const int two = edit->height();
    composer.setText(QStringLiteral("x\n").repeated(5));
    const int six = edit->height();
    composer.setText(QStringLiteral("x\n").repeated(11));
    const int twelve = edit->height();
    composer.setText(QStringLiteral("x\n").repeated(50));
    QVERIFY(two < six && six < twelve);
    QCOMPARE(edit->height(), twelve);
}

QTEST_MAIN(TestTranscriptView)
#include "tst_transcript_view.moc"
