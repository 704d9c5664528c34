// The tab of states: figures of what is selected, blends, auditions and changes of files, over a fake engine.
#include "gui/widgets/heat_map.h"
#include "support/extras_world.h"
#include "window_world.h"

#include <QLabel>
#include <QPushButton>
#include <QTableView>
#include <QTest>

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

private:
    QTableView *states()
    {
        m_fixture->actions[Act::ShowStates].trigger();
        return find<QTableView>("states.table");
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

QTEST_MAIN(TestStatesPage)
#include "tst_states_page.moc"
