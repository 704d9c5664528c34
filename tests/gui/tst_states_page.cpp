// The tab of states: figures of what is selected, blends, auditions and changes of files, over a fake engine.
#include "gui/pages/blend_view.h"
#include "gui/widgets/heat_map.h"
#include "gui/widgets/layer_curve.h"
#include "gui/widgets/message_bar.h"
#include "support/extras_world.h"
#include "window_world.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSlider>
#include <QTableView>
#include <QTest>

#include <set>

using engine::ErrorCode;
using gui::Act;

class TestStatesPage : public QObject, private WindowWorld
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { end(); }
    void measuresWhatIsSelected();
    void measuresOnlyWhatIsLookedAt();
    void forgetsTheFiguresOfAnother();
    void saysWhyItCannotMeasure();
    void blendsByOneNumber();
    void blendsByLayer();
    void listensToAllThreeAtOnce();
    void stopsListening();
    void refusesStatesOfOtherShapes();
    void bakesIntoAFile();
    void saysWhyItCannotBake();
    void auditionsWhatIsTicked();
    void keepsErrorsToTheirColumn();
    void takesAnAnswererIntoAChat();
    void leavesThePackAlone();

private:
    QTableView *states()
    {
        m_fixture->actions[Act::ShowStates].trigger();
        return find<QTableView>("states.table");
    }
    void loadDemo()
    {
        window().loadModel(QStringLiteral("demo"));
        engine().finishLoad();
        QTRY_VERIFY(m_fixture->session.isLoaded());
    }
    void view(const char *button)
    {
        QTRY_COMPARE(states()->model()->rowCount(), 3);
        find<QPushButton>(button)->click();
        for (const char *path : {"/pack/pirate.pth", "/pack/poet.pth", "/models/states/eva-1.5b.pth"})
            QTRY_VERIFY(m_fixture->library->states().find(QLatin1String(path))->state);
    }
    std::vector<engine::JobId> answering() const
    {
        std::vector<engine::JobId> jobs;
        for (const auto &command : engine().commands)
            if (command.name == "generate") jobs.push_back(command.job);
        return jobs;
    }
    QString answer(const char *name) { return find<QPlainTextEdit>(name)->toPlainText(); }
    void tick(const QString &name)
    {
        auto *list = find<QListWidget>("audition.list");
        list->findItems(name, Qt::MatchExactly).front()->setCheckState(Qt::Checked);
    }
    gui::HeatMap *heat() { return find<gui::HeatMap>("states.heat"); }
};

void TestStatesPage::init()
{
    begin();
    support::fillExtras(engine());
    support::fillFigures(engine());
    m_fixture->library->rescan();
}

void TestStatesPage::measuresWhatIsSelected()
{
    QTableView *table = states();
    QTRY_COMPARE(table->model()->rowCount(), 3);
    QTRY_VERIFY(heat()->hasValues());
    QCOMPARE(engine().measurements.back().states.size(), 1U);
    QCOMPARE(engine().measurements.back().states[0].file.path, std::string("/pack/pirate.pth"));
    QVERIFY(heat()->accessibleDescription().contains(QLatin1String("Most in: Layer 4, head 2: 4.86")));
    QVERIFY(find<QLabel>("states.norm")->text().contains(QLatin1String("9.75")));
    table->setCurrentIndex(table->model()->index(1, 0));
    QTRY_COMPARE(engine().measurements.back().states[0].file.path, std::string("/pack/poet.pth"));
}

void TestStatesPage::measuresOnlyWhatIsLookedAt()
{
    QTRY_COMPARE(engine().count("inspectState"), 3);
    QCOMPARE(engine().count("measureStates"), 0);
    states();
    QTRY_COMPARE(engine().count("measureStates"), 1);
}

void TestStatesPage::forgetsTheFiguresOfAnother()
{
    QTableView *table = states();
    QTRY_VERIFY(heat()->hasValues());
    engine().holdAnswers = true;
    table->setCurrentIndex(table->model()->index(1, 0));
    const engine::JobId first = engine().last("measureStates");
    QVERIFY(!heat()->hasValues());
    table->setCurrentIndex(table->model()->index(2, 0));
    QCOMPARE(engine().cancelled.back(), first);
    engine::event::StatesMeasured late = engine().figures;
    late.job = first;
    engine().send(late);
    QTest::qWait(40); // a frame of the bridge
    QVERIFY(!heat()->hasValues());
    late.job = engine().last("measureStates");
    engine().send(late);
    QTRY_VERIFY(heat()->hasValues());
}

void TestStatesPage::saysWhyItCannotMeasure()
{
    engine().failures.insert(
        {"measureStates", engine::Error(ErrorCode::BadFile, "pirate.pth: it ends at 3 of 9 bytes")});
    states();
    QTRY_VERIFY(heat()->accessibleDescription().contains(QLatin1String("3 of 9")));
    QVERIFY(!heat()->hasValues());
}

void TestStatesPage::blendsByOneNumber()
{
    view("states.view.blend");
    find<QDoubleSpinBox>("blend.share")->setValue(0.25);
    const engine::CombineStatesSpec spec = find<gui::BlendView>("blend.view")->blend();
    QCOMPARE(spec.terms.size(), 2U);
    QCOMPARE(spec.terms[0].source.file.path, std::string("/pack/pirate.pth"));
    QCOMPARE(spec.terms[1].source.file.path, std::string("/pack/poet.pth"));
    QCOMPARE(spec.terms[0].weight, 0.75F);
    QCOMPARE(spec.terms[1].weight, 0.25F);
    QVERIFY(spec.terms[0].layerWeights.empty());
    QCOMPARE(find<QSlider>("blend.slider")->value(), 25);
}

void TestStatesPage::blendsByLayer()
{
    view("states.view.blend");
    auto *curve = find<gui::LayerCurve>("blend.curve");
    QTRY_COMPARE(curve->layers(), 6);
    curve->setFocus();
    QTest::keyClick(curve, Qt::Key_End);
    for (int i = 0; i < 3; ++i)
        QTest::keyClick(curve, Qt::Key_Up, Qt::ShiftModifier); // 0.5 -> 0.8
    const engine::CombineStatesSpec spec = find<gui::BlendView>("blend.view")->blend();
    QCOMPARE(spec.terms[1].layerWeights, (std::vector<float>{0.5F, 0.5F, 0.5F, 0.5F, 0.5F, 0.8F}));
    QCOMPARE(spec.terms[0].layerWeights[5], 0.2F);
    QCOMPARE(spec.terms[0].weight, 1.0F);
    QCOMPARE(find<QDoubleSpinBox>("blend.share")->value(), 0.55);  // the mean
    QTest::mouseClick(curve, Qt::LeftButton, {}, QPoint(110, 10)); // layer 0, at the top
    QCOMPARE(curve->shares()[0], 1.0);
    find<QDoubleSpinBox>("blend.share")->setValue(0.3);
    QVERIFY(curve->isFlat());
}

void TestStatesPage::listensToAllThreeAtOnce()
{
    loadDemo();
    view("states.view.blend");
    QVERIFY(find<QPushButton>("blend.listen")->isEnabled());
    find<QPushButton>("blend.listen")->click();
    QTRY_COMPARE(answering().size(), 3U);
    QCOMPARE(engine().openedStates, (std::vector<std::string>{"/pack/pirate.pth", "/pack/poet.pth"}));
    QVERIFY(engine().combinations.back().keep);
    QVERIFY(engine().combinations.back().target.empty());
    std::set<engine::StateId> from;
    for (const engine::GenerateSpec &request : engine().requests) {
        QCOMPARE(request.messages.size(), 1U);
        QVERIFY(request.sampling.hasSeed && request.sampling.seed == engine().requests[0].sampling.seed);
        from.insert(request.from);
    }
    QCOMPARE(from.size(), 3U);
    QCOMPARE(from.count(0), 0U);
    const std::vector<engine::JobId> jobs = answering();
    const char *const texts[] = {" Arr, matey", "Arr, the moon", "The moon doth shine"};
    for (std::size_t i = 0; i < 3; ++i) {
        engine().start(jobs[i]);
        engine().stream(jobs[i], texts[i]);
    }
    QTRY_COMPARE(answer("blend.0.text"), QStringLiteral("Arr, matey"));
    QTRY_COMPARE(answer("blend.1.text"), QStringLiteral("Arr, the moon"));
    QTRY_COMPARE(answer("blend.2.text"), QStringLiteral("The moon doth shine"));
    QCOMPARE(find<QPushButton>("blend.listen")->text(), QStringLiteral("Stop"));
    for (const engine::JobId job : jobs)
        engine().finish(job);
    QTRY_COMPARE(find<QPushButton>("blend.listen")->text(), QStringLiteral("Listen"));
    QCOMPARE(std::set<engine::StateId>(engine().released.begin(), engine().released.end()), from);
    QVERIFY(!find<QPushButton>("blend.1.use")->isEnabled()); // there is no file yet
}

void TestStatesPage::stopsListening()
{
    loadDemo();
    view("states.view.blend");
    find<QPushButton>("blend.listen")->click();
    QTRY_COMPARE(answering().size(), 3U);
    engine().stream(answering()[0], "Arr");
    QTRY_COMPARE(answer("blend.0.text"), QStringLiteral("Arr"));
    find<QPushButton>("blend.listen")->click();
    const std::vector<engine::JobId> &ended = engine().cancelled;
    QCOMPARE(std::vector<engine::JobId>(ended.end() - 3, ended.end()), answering());
    QCOMPARE(find<QLabel>("blend.0.phase")->text(), QStringLiteral("Stopped"));
    QCOMPARE(answer("blend.0.text"), QStringLiteral("Arr")); // what was written stays
    QTRY_COMPARE(engine().released.size(), 3U);
    find<QPushButton>("blend.listen")->click();
    QTRY_COMPARE(answering().size(), 6U);
}

void TestStatesPage::refusesStatesOfOtherShapes()
{
    loadDemo();
    view("states.view.blend");
    find<QComboBox>("blend.second")->setCurrentIndex(2);
    QVERIFY(find<QLabel>("blend.problem")->text().contains(QLatin1String("24 layers")));
    QVERIFY(!find<QPushButton>("blend.listen")->isEnabled());
    QVERIFY(!find<QPushButton>("blend.bake")->isEnabled());
    find<QComboBox>("blend.second")->setCurrentIndex(1);
    QVERIFY(find<QPushButton>("blend.bake")->isEnabled());
}

void TestStatesPage::bakesIntoAFile()
{
    view("states.view.blend"); // needs no model
    find<QPushButton>("blend.bake")->click();
    auto *dialog = window().findChild<QFileDialog *>();
    QVERIFY(dialog);
    QCOMPARE(dialog->acceptMode(), QFileDialog::AcceptSave);
    QVERIFY(!dialog->testOption(QFileDialog::DontConfirmOverwrite));
    QVERIFY(dialog->selectedFiles().value(0).endsWith(QLatin1String("pirate-poet-50.pth")));
    Q_EMIT dialog->fileSelected(QStringLiteral("/states/corsair.pth"));
    dialog->reject();
    const engine::CombineStatesSpec spec = engine().combinations.back();
    QCOMPARE(spec.target, std::string("/states/corsair.pth"));
    QVERIFY(!spec.keep);
    const auto bars = find<gui::BlendView>("blend.view")->findChildren<gui::MessageBar *>();
    QTRY_VERIFY(bars[0]->text().contains(QLatin1String("corsair.pth")));
    QTRY_COMPARE(engine().count("scanExtras"), 3); // it is in the list at once
}

void TestStatesPage::saysWhyItCannotBake()
{
    engine().failures.insert(
        {"combineStates", engine::Error(ErrorCode::CannotWrite, "/states/corsair.pth: no space left")});
    view("states.view.blend");
    find<gui::BlendView>("blend.view")->bake(QStringLiteral("/states/corsair.pth"));
    const auto bars = find<gui::BlendView>("blend.view")->findChildren<gui::MessageBar *>();
    QTRY_VERIFY(bars[0]->accessibleDescription().contains(QLatin1String("no space left")));
    QVERIFY(find<QPushButton>("blend.bake")->isEnabled());
}

void TestStatesPage::auditionsWhatIsTicked()
{
    loadDemo();
    view("states.view.audition");
    tick(QStringLiteral("poet"));
    QCOMPARE(find<QLabel>("audition.count")->text(),
             QStringLiteral("3 ticked")); // and none, and the selected
    find<QLineEdit>("audition.line")->setText(QStringLiteral("Who are you?"));
    QTest::keyClick(find<QLineEdit>("audition.line"), Qt::Key_Return);
    QTRY_COMPARE(answering().size(), 3U);
    QCOMPARE(engine().requests[0].from, engine::StateId(0));
    QVERIFY(engine().requests[1].from != 0 && engine().requests[2].from != 0);
    QCOMPARE(engine().requests[2].messages[0].text, std::string("Who are you?"));
    engine().stream(answering()[2], "A bard");
    engine().finish(answering()[2]);
    QTRY_COMPARE(answer("audition.2.text"), QStringLiteral("A bard"));
    QTRY_VERIFY(find<QLabel>("audition.2.phase")->text().startsWith(QLatin1String("Done")));
    QVERIFY(!find<QLabel>("audition.0.phase")->text().startsWith(QLatin1String("Done")));
}

void TestStatesPage::keepsErrorsToTheirColumn()
{
    loadDemo();
    view("states.view.audition");
    engine().failures.insert(
        {"openState", engine::Error(ErrorCode::BadState, "pirate.pth: damaged at 4096")});
    find<QPushButton>("audition.listen")->click();
    QTRY_VERIFY(answer("audition.1.text").contains(QLatin1String("damaged at 4096")));
    QTRY_COMPARE(answering().size(), 1U); // the other one answers
    engine().stream(answering()[0], "Hello");
    engine().fail(answering()[0], ErrorCode::DeviceLost, "out of memory");
    QTRY_VERIFY(answer("audition.0.text").contains(QLatin1String("out of memory")));
    QVERIFY(answer("audition.0.text").startsWith(QLatin1String("Hello")));
    QTRY_COMPARE(find<QPushButton>("audition.listen")->text(), QStringLiteral("Listen"));
}

void TestStatesPage::takesAnAnswererIntoAChat()
{
    loadDemo();
    view("states.view.audition");
    find<QPushButton>("audition.listen")->click();
    QTRY_COMPARE(answering().size(), 2U);
    const auto opened = engine().openedStates.size();
    find<QPushButton>("audition.1.use")->click();
    QCOMPARE(window().currentPage(), int(gui::MainWindow::Chat));
    QTRY_COMPARE(engine().openedStates.size(), opened + 1);
    QCOMPARE(engine().openedStates.back(), std::string("/pack/pirate.pth"));
}

void TestStatesPage::leavesThePackAlone()
{
    QTableView *table = states();
    QTRY_COMPARE(table->model()->rowCount(), 3);
    QTRY_VERIFY(!find<QPushButton>("states.delete")->isEnabled());
    QVERIFY(!find<QPushButton>("states.rename")->isEnabled());
    QVERIFY(find<QPushButton>("states.delete")->toolTip().contains(QLatin1String("comes with Rookery")));
    table->setCurrentIndex(table->model()->index(2, 0));
    QVERIFY(find<QPushButton>("states.delete")->isEnabled());
}

QTEST_MAIN(TestStatesPage)
#include "tst_states_page.moc"
