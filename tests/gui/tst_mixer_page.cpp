// Strips, panel, lanes and page as a user has them, over an engine whose every event the test decides.
#include "gui/main_window.h"
#include "gui/mixer/mix_store.h"
#include "gui/pages/chat_page.h"
#include "gui/widgets/mixer_fader.h"
#include "gui/widgets/mixer_lane_panel.h"
#include "gui/widgets/mixer_lanes.h"
#include "gui/widgets/mixer_panel.h"
#include "gui/widgets/mixer_strip.h"
#include "gui/widgets/transcript_view.h"
#include "support/extras_world.h"
#include "support/gui_fixture.h"

#include <QAccessible>
#include <QClipboard>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

using namespace gui;

class TestMixerPage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void fadersMoveByKeysWheelAndMouse();
    void aTypedValueIsTaken();
    void undoMeansTheMixHere();
    void dragIsOneStepAndIsHeardAtOnce();
    void controlsHaveNames();
    void voicesComeFromTheLibrary();
    void droppedStatesBecomeVoices();
    void mixesAreSavedRenamedDeletedAndBroughtBack();
    void aDamagedFileIsPutAside();
    void copiesARequest();
    void asksFromThePageAndShowsLanes();
    void lanesAreEditedAndPlayedAgain();
    void lanesFollowKeys();
    void coloursOnDemand();
    void dockAndSamplingTakeTurns();
    void closesWhileItAnswers();

private:
    template <typename Widget = QWidget>
    Widget *find(const char *name) const
    {
        for (auto *widget : m_window->findChildren<Widget *>(QLatin1String(name)))
            if (widget->isVisible()) return widget;
        return nullptr;
    }
    MixerFader *fader(int row) const
    {
        return find<MixerFader>(qPrintable(QStringLiteral("mixer.fader.%1").arg(row)));
    }
    support::FakeEngine &engine() const { return *m_fixture->engine; }
    MixerModel &model() const { return m_desk->model(); }
    void useExample();
    void answer(const char *text);

    std::unique_ptr<support::GuiFixture> m_fixture;
    std::unique_ptr<MainWindow> m_window;
    MixDesk *m_desk = nullptr;
};

void TestMixerPage::init()
{
    m_fixture = std::make_unique<support::GuiFixture>(false);
    m_fixture->startEngine();
    support::fillExtras(engine());
    m_fixture->library->rescan();
    m_window = std::make_unique<MainWindow>(m_fixture->services());
    m_window->resize(1280, 860);
    m_window->show();
    m_window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    m_desk = &static_cast<ChatPage *>(m_window->page(MainWindow::Chat))->mixDesk();
    m_window->showPage(MainWindow::Mixer);
    engine::LoadSpec demo;
    demo.model = "demo";
    m_fixture->session.load(demo);
    engine().finishLoad();
    QTRY_VERIFY(m_desk->needs().slots > 0);
    QTRY_COMPARE(m_desk->choices().size(), 4);
    QTRY_VERIFY(
        !m_desk->choices()[2].problem.isEmpty()); // that of another model, as soon as it was looked into
}

void TestMixerPage::cleanup()
{
    m_window.reset();
    m_fixture.reset();
}

void TestMixerPage::useExample()
{
    QTest::mouseClick(find<QPushButton>("mixer.example"), Qt::LeftButton);
    QCOMPARE(model().rowCount(), 2);
    QVERIFY(fader(1));
}

void TestMixerPage::answer(const char *text)
{
    m_desk->chats().send(QStringLiteral("Hello"));
    QTRY_VERIFY(m_desk->chats().isGenerating());
    const engine::JobId job = engine().last("generate");
    engine().start(job);
    engine().stream(job, text);
    engine().finish(job);
    QTRY_VERIFY(!m_desk->chats().isGenerating());
}

void TestMixerPage::fadersMoveByKeysWheelAndMouse()
{
    useExample();
    MixerFader *one = fader(0);
    one->setFocus();
    QTest::keyClick(one, Qt::Key_Up);
    QCOMPARE(model().voice(0).gate, 0.51);
    QTest::keyClick(one, Qt::Key_Down, Qt::ShiftModifier);
    QCOMPARE(model().voice(0).gate, 0.41);
    const QPointF middle = one->rect().center();
    QWheelEvent wheel(middle, one->mapToGlobal(middle), {}, {0, 120}, Qt::NoButton, Qt::NoModifier,
                      Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(one, &wheel);
    QCOMPARE(model().voice(0).gate, 0.42);
    QTest::keyClick(one, Qt::Key_0);
    QCOMPARE(model().voice(0).gate, 0.0);
    QTest::keyClick(one, Qt::Key_M);
    QVERIFY(model().voice(0).isMuted);
    QTest::keyClick(fader(1), Qt::Key_S);
    QVERIFY(model().voice(1).isSolo);
    QTest::keyClick(fader(1), Qt::Key_0); // the last one that sounds
    QCOMPARE(model().voice(1).gate, 0.01);
    QVERIFY(find("mixer.bar")); // says why
    QTest::mouseClick(one, Qt::LeftButton, {}, {one->width() / 2 + 10, 12});
    QVERIFY(model().voice(0).gate > 1.9);
}

void TestMixerPage::aTypedValueIsTaken()
{
    useExample();
    QTest::mouseDClick(fader(1), Qt::LeftButton, {}, fader(1)->rect().center());
    auto *edit = find<QDoubleSpinBox>("mixer.edit.1");
    QVERIFY(edit);
    QTest::keyClicks(edit, edit->locale().toString(-0.12, 'f', 2));
    QTest::keyClick(edit, Qt::Key_Return);
    QCOMPARE(model().voice(1).gate, -0.12);
    QTest::mouseClick(find<QToolButton>("mixer.value.1"), Qt::LeftButton);
    QTest::keyClicks(find<QDoubleSpinBox>("mixer.edit.1"), QStringLiteral("1"));
    QTest::keyClick(find<QDoubleSpinBox>("mixer.edit.1"), Qt::Key_Escape);
    QCOMPARE(model().voice(1).gate, -0.12);
    QVERIFY(fader(1)->hasFocus());
}

void TestMixerPage::undoMeansTheMixHere()
{
    useExample();
    fader(0)->setFocus();
    QTest::keyClick(fader(0), Qt::Key_Up);
    QTest::keyClick(fader(0), Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(model().voice(0).gate, 0.5);
    QTest::mouseClick(find<QToolButton>("mixer.redo"), Qt::LeftButton);
    QCOMPARE(model().voice(0).gate, 0.51);
}

void TestMixerPage::dragIsOneStepAndIsHeardAtOnce()
{
    useExample();
    m_desk->chats().send(QStringLiteral("Hello"));
    QTRY_VERIFY(m_desk->chats().isGenerating());
    const engine::JobId job = engine().last("generate");
    engine().start(job);
    engine().stream(job, "Ahoy, my rose");
    MixerFader *one = fader(0);
    const QPoint knob(one->width() / 2 + 10, one->height() / 2);
    QTest::mousePress(one, Qt::LeftButton, {}, knob);
    for (int y = 0; y <= 30; y += 10)
        QTest::mouseMove(one, knob - QPoint(0, y));
    QTest::mouseRelease(one, Qt::LeftButton, {}, knob - QPoint(0, 30));
    QVERIFY(model().voice(0).gate > 0.5);
    QTRY_COMPARE(engine().gates.back().gates[0], float(model().voice(0).gate));
    QCOMPARE(engine().gates.back().request, job);
    model().undo();
    QCOMPARE(model().voice(0).gate, 0.5);
    engine().stream(job, "!");
    engine().finish(job);
    QTRY_VERIFY(!m_desk->chats().isGenerating());
}

void TestMixerPage::controlsHaveNames()
{
    useExample();
    QCOMPARE(fader(0)->accessibleName(), QStringLiteral("Gate of pirate"));
    QAccessibleInterface *interface = QAccessible::queryAccessibleInterface(fader(0));
    QVERIFY(interface && interface->valueInterface());
    QCOMPARE(interface->role(), QAccessible::Slider);
    QCOMPARE(interface->valueInterface()->currentValue().toInt(), 50);
    interface->valueInterface()->setCurrentValue(70);
    QCOMPARE(model().voice(0).gate, 0.7);
    for (const auto *button :
         m_window->findChild<MixerPanel *>(QStringLiteral("mixer"))->findChildren<QAbstractButton *>()) {
        if (!button->isVisible()) continue;
        const bool isNamed = !button->accessibleName().isEmpty() || !button->text().isEmpty();
        QVERIFY2(isNamed || button->objectName().startsWith(QLatin1String("qt_")),
                 qPrintable(button->objectName()));
    }
}

void TestMixerPage::voicesComeFromTheLibrary()
{
    useExample();
    QMenu *menu = find<QToolButton>("mixer.add")->menu();
    Q_EMIT menu->aboutToShow();
    QStringList possible, refused;
    for (const QAction *action : menu->actions())
        if (!action->isSeparator()) (action->isEnabled() ? possible : refused) += action->text();
    QCOMPARE(possible, QStringList(QStringLiteral("Base")));
    QCOMPARE(refused,
             QStringList({QStringLiteral("pirate"), QStringLiteral("poet"), QStringLiteral("eva-1.5b")}));
    QSignalSpy resisted(&model(), &MixerModel::resisted);
    QVERIFY(!m_desk->addVoice(QStringLiteral("/models/states/eva-1.5b.pth")));
    QVERIFY(resisted[0][0].toString().contains(QLatin1String("24 layers")));
    QVERIFY(m_desk->addVoice({}));
    QVERIFY(model().voice(2).isBase());
    QCOMPARE(find<QLabel>("mixer.needs")->text().left(1), QStringLiteral("3"));
}

void TestMixerPage::droppedStatesBecomeVoices()
{
    const QString butler = QStringLiteral("/elsewhere/butler.pth"),
                  big = QStringLiteral("/elsewhere/big.pth");
    engine::StateInfo info;
    info.fits = true;
    engine().states[butler.toStdString()] = info;
    info.fits = false;
    info.problem = "it holds 24 layers, the model has 6";
    engine().states[big.toStdString()] = info;
    QSignalSpy resisted(&model(), &MixerModel::resisted);
    const int before = engine().count("inspectState");
    for (const QString &path : {butler, big})
        m_desk->dropState(path);
    QTRY_COMPARE(engine().count("inspectState"), before + 2);
    QTRY_COMPARE(model().rowCount(), 1);
    QTRY_COMPARE(resisted.size(), 1);
    QVERIFY(resisted[0][0].toString().contains(QLatin1String("24 layers")));
    QCOMPARE(model().voice(0).name, QStringLiteral("butler"));
    QCOMPARE(model().voice(0).path, butler);
}

void TestMixerPage::mixesAreSavedRenamedDeletedAndBroughtBack()
{
    useExample();
    QTest::mouseClick(find<QPushButton>("mixer.save"), Qt::LeftButton);
    find<QLineEdit>("mixer.name")->setText(QStringLiteral("Sea songs"));
    QTest::mouseClick(find<QPushButton>("mixer.name.save"), Qt::LeftButton);
    MixStore &store = m_desk->store();
    QVERIFY(store.find(QStringLiteral("Sea songs")));
    QVERIFY(store.rename(QStringLiteral("Sea songs"), QStringLiteral("Shanties")));
    const Mix kept = *store.find(QStringLiteral("Shanties"));
    {
        MixStore other; // what a second start reads
        const QString path = folders().data + QStringLiteral("/mixes.json");
        QTRY_VERIFY(QFile::exists(path));
        QTRY_VERIFY((other.setFile(path), other.find(QStringLiteral("Shanties"))));
        QVERIFY(*other.find(QStringLiteral("Shanties")) == kept);
    }
    model().choose(kept);
    QMenu *more = find<QToolButton>("mixer.more")->menu();
    Q_EMIT more->aboutToShow();
    for (QAction *action : more->actions())
        if (action->text() == QLatin1String("Delete the saved mix")) action->trigger();
    QVERIFY(store.all().isEmpty());
    QPushButton *undo = nullptr;
    for (auto *button : find("mixer.bar")->findChildren<QPushButton *>())
        if (button->text() == QLatin1String("Undo")) undo = button;
    QVERIFY(undo);
    QTest::mouseClick(undo, Qt::LeftButton);
    QVERIFY(*store.find(QStringLiteral("Shanties")) == kept);
}

void TestMixerPage::aDamagedFileIsPutAside()
{
    const QString path = m_fixture->folder.filePath(QStringLiteral("broken.json"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("{\"mixes\": [");
    file.close();
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("damaged")));
    MixStore store;
    store.setFile(path);
    QVERIFY(store.all().isEmpty());
    QVERIFY(!QFile::exists(path));
}

void TestMixerPage::copiesARequest()
{
    useExample();
    QMenu *more = find<QToolButton>("mixer.more")->menu();
    Q_EMIT more->aboutToShow();
    for (QAction *action : more->actions())
        if (action->text() == QLatin1String("Copy as RWKV-Infer request")) action->trigger();
    const QString text = QGuiApplication::clipboard()->text();
    QVERIFY(text.contains(QLatin1String("states/pirate.pth")));
    QVERIFY(text.contains(QLatin1String("state_gatingweight")));
}

void TestMixerPage::asksFromThePageAndShowsLanes()
{
    useExample();
    QVERIFY(!find("mixer.lanes"));
    QTest::keyClicks(find<QLineEdit>("mixer.line"), QStringLiteral("Sing!"));
    QTest::keyClick(find<QLineEdit>("mixer.line"), Qt::Key_Return);
    QTRY_VERIFY(m_desk->chats().isGenerating());
    QCOMPARE(engine().requests.back().messages.back().text, std::string("Sing!"));
    const engine::JobId job = engine().last("generate");
    engine().start(job);
    engine().stream(job, "Arr, sweet moon");
    QTRY_VERIFY(model().meter(0).isKnown);
    QVERIFY(find("mixer.lanes"));
    engine().finish(job);
    QTRY_VERIFY(!m_desk->chats().isGenerating());
    QVERIFY(find<QLabel>("mixer.legend")->text().contains(QLatin1String("pirate")));
}

void TestMixerPage::lanesAreEditedAndPlayedAgain()
{
    useExample();
    answer("Arr, sweet moon of mine, so softly do ye shine");
    auto *lanes = find<MixerLanes>("mixer.lanes");
    QVERIFY(lanes);
    QCOMPARE(lanes->lane().size(), std::size_t(1));
    QTest::mouseDClick(lanes, Qt::LeftButton, {}, (lanes->placeOf(6, 0, 0.9) + QPointF(2, 0)).toPoint());
    QCOMPARE(lanes->lane().size(), std::size_t(2));
    QCOMPARE(lanes->lane()[1].token, 6);
    QVERIFY(std::abs(lanes->lane()[1].gates[0] - 0.9F) < 0.05F);
    QCOMPARE(lanes->lane()[1].gates[1], 0.5F);
    const QPoint from = lanes->placeOf(6, 1, 0.5).toPoint();
    QTest::mousePress(lanes, Qt::LeftButton, {}, from);
    QTest::mouseMove(lanes, lanes->placeOf(8, 1, 0.25).toPoint() + QPoint(1, 0));
    QTest::mouseMove(lanes, lanes->placeOf(8, 1, 0.1).toPoint() + QPoint(1, 0));
    QTest::mouseRelease(lanes, Qt::LeftButton);
    QCOMPARE(lanes->lane()[1].token, 8);
    QVERIFY(lanes->lane()[1].gates[1] < 0.2F);
    lanes->undo(); // the whole drag
    QCOMPARE(lanes->lane()[1].token, 6);
    const auto wanted = lanes->lane();
    QTest::mouseClick(find<QPushButton>("lanes.rerun"), Qt::LeftButton);
    QTRY_COMPARE(engine().requests.size(), std::size_t(2));
    QVERIFY(engine().requests.back().mix.lane == wanted);
    QCOMPARE(engine().requests.back().sampling.seed, std::uint64_t(1234));
    const engine::JobId job = engine().last("generate");
    engine().start(job);
    engine().stream(job, "Arr, no moon");
    engine().finish(job);
    QTRY_VERIFY(!m_desk->chats().isGenerating());
    lanes->setPlayhead(2);
    model().setGate(1, 2);
    QTest::mouseClick(find<QPushButton>("lanes.fromhere"), Qt::LeftButton);
    QTRY_COMPARE(engine().requests.size(), std::size_t(3));
    QCOMPARE(engine().requests.back().mix.lane.back().token, 2);
    QCOMPARE(engine().requests.back().mix.lane.back().gates[1], 2.0F);
}

void TestMixerPage::lanesFollowKeys()
{
    useExample();
    answer("Arr, sweet moon of mine, so softly do ye shine");
    auto *lanes = find<MixerLanes>("mixer.lanes");
    lanes->setFocus();
    QTest::keyClick(lanes, Qt::Key_Home);
    QTest::keyClick(lanes, Qt::Key_Right, Qt::ShiftModifier);
    QCOMPARE(lanes->playhead(), 10);
    QTest::keyClick(lanes, Qt::Key_PageDown);
    QTest::keyClick(lanes, Qt::Key_Up, Qt::ShiftModifier);
    QCOMPARE(lanes->lane().size(), std::size_t(2));
    QCOMPARE(lanes->lane()[1].gates[1], 0.6F);
    QTest::keyClick(lanes, Qt::Key_Delete);
    QCOMPARE(lanes->lane().size(), std::size_t(1));
    QTest::keyClick(lanes, Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(lanes->lane().size(), std::size_t(2));
    QSignalSpy resisted(lanes, &MixerLanes::resisted);
    lanes->removePoint(0);
    lanes->movePoint(0, 0, 0, 0);
    lanes->movePoint(0, 0, 1, 0); // nobody would speak
    QCOMPARE(resisted.size(), 2);
}

/// Pixels of a voice's own colour are there only when they were asked for.
void TestMixerPage::coloursOnDemand()
{
    useExample();
    answer("Arr, sweet moon of mine, so softly do ye shine");
    TranscriptView *view = nullptr;
    for (auto *candidate : m_window->findChildren<TranscriptView *>())
        if (candidate->isVisible()) view = candidate;
    QVERIFY(view);
    const QImage plain = view->grab().toImage();
    m_fixture->actions[Act::VoiceColors].setChecked(true);
    const QImage coloured = view->grab().toImage();
    QVERIFY(plain != coloured);
    m_fixture->actions[Act::VoiceColors].setChecked(false);
    QCOMPARE(view->grab().toImage(), plain);
}

void TestMixerPage::dockAndSamplingTakeTurns()
{
    m_window->showPage(MainWindow::Chat);
    QAction &mixer = m_fixture->actions[Act::ToggleMixer];
    mixer.trigger();
    QVERIFY(find("mixer.dock"));
    m_fixture->actions[Act::ToggleSampling].trigger();
    QVERIFY(!find("mixer.dock") && find("chat.sampling"));
    QVERIFY(!mixer.isChecked());
    mixer.trigger();
    QVERIFY(find("mixer.dock") && !find("chat.sampling"));
    useExample();
    QVERIFY(m_desk->chats().mix().isHeard());
}

void TestMixerPage::closesWhileItAnswers()
{
    useExample();
    m_desk->chats().send(QStringLiteral("Hello"));
    QTRY_VERIFY(m_desk->chats().isGenerating());
    const engine::JobId job = engine().last("generate");
    engine().start(job);
    engine().stream(job, "Arr, sweet moon");
    QTRY_VERIFY(model().meter(0).isKnown);
    QTest::mouseClick(find<QToolButton>("mixer.value.1"), Qt::LeftButton); // a value is being typed
    m_window.reset();
    QCOMPARE(engine().cancelled.back(), job);
}

QTEST_MAIN(TestMixerPage)
#include "tst_mixer_page.moc"
