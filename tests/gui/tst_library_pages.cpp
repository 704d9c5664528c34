// The tabs of states and adapters, in their window, driven by a fake engine.
#include "gui/library.h"
#include "gui/pages/library_page.h"
#include "gui/state_orders.h"
#include "gui/widgets/message_bar.h"
#include "support/extras_world.h"
#include "window_world.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>
#include <QTest>
#include <QToolButton>

#include <algorithm>

using engine::ErrorCode;
using gui::Act;
using gui::MainWindow;

class TestLibraryPages : public QObject, private WindowWorld
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { end(); }
    void listsWhatAScanFinds();
    void saysWhyAStateDoesNotFit();
    void comparesAgainWithAnotherModel();
    void showsAFileThatCannotBeRead();
    void aModelListHidesThem();
    void sayWhatBelongsIntoAnEmptyList();
    void stopsAScan();
    void startsAChatFromAState();
    void appliesWhatIsTicked();
    void appliesInTheOrderShown();
    void keepsWhatWasWhenItFails();
    void showsWhatALoadBrought();
    void needsAModel();
    void isBusyWhileApplying();
    void offersTheOptionsOfAnAdaptersKind();
    void opensAStateTransposed();

private:
    QTableView *show(Act tab, const char *table)
    {
        m_fixture->actions[tab].trigger();
        return find<QTableView>(table);
    }
    QTableView *adapters() { return show(Act::ShowAdapters, "adapters.table"); }
    QTableView *states() { return show(Act::ShowStates, "states.table"); }
    void loadDemo()
    {
        window().loadModel(QStringLiteral("demo"));
        engine().finishLoad();
        QTRY_VERIFY(m_fixture->session.isLoaded());
    }
    void tick(QTableView *table, const QString &name, bool on = true)
    {
        for (int row = 0; row < table->model()->rowCount(); ++row) {
            const QModelIndex index = table->model()->index(row, 0);
            if (index.data().toString() == name)
                table->model()->setData(index, on ? Qt::Checked : Qt::Unchecked, Qt::CheckStateRole);
        }
    }
    static QString cell(const QTableView *table, const QString &name, int column)
    {
        for (int row = 0; row < table->model()->rowCount(); ++row)
            if (table->model()->index(row, 0).data().toString() == name)
                return table->model()->index(row, column).data().toString();
        return {};
    }
};

void TestLibraryPages::init()
{
    begin();
    support::fillExtras(engine());
    m_fixture->library->rescan();
}

void TestLibraryPages::listsWhatAScanFinds()
{
    QTRY_COMPARE(states()->model()->rowCount(), 3);
    QTRY_COMPARE(adapters()->model()->rowCount(), 3);
    QTRY_COMPARE(cell(adapters(), QStringLiteral("owl"), 1), QStringLiteral("LoRA, rank 8"));
    QTRY_COMPARE(cell(states(), QStringLiteral("pirate"), 5), QStringLiteral("● fits"));
    find<QLineEdit>("states.filter")->setText(QStringLiteral("verse"));
    QCOMPARE(states()->model()->rowCount(), 1);
}

void TestLibraryPages::saysWhyAStateDoesNotFit()
{
    QTableView *table = states();
    QTRY_COMPARE(cell(table, QStringLiteral("eva-1.5b"), 5), QStringLiteral("○ does not fit"));
    table->setCurrentIndex(table->model()->index(2, 0));
    QTRY_VERIFY(find<QLabel>("states.match")->text().contains(QLatin1String("24 layers")));
    QVERIFY(!find<QPushButton>("states.start")->isEnabled());
    table->setCurrentIndex(table->model()->index(0, 0));
    QTRY_VERIFY(find<QPushButton>("states.start")->isEnabled());
    QCOMPARE(find<QLabel>("states.about")->text(), QStringLiteral("Talks like a pirate"));
}

void TestLibraryPages::comparesAgainWithAnotherModel()
{
    QTRY_COMPARE(engine().count("inspectAdapter"), 3);
    QCOMPARE(engine().count("inspectState"), 3);
    loadDemo();
    QTRY_COMPARE(engine().count("inspectState"), 6);
    QTRY_COMPARE(engine().count("inspectAdapter"), 6);
}

void TestLibraryPages::showsAFileThatCannotBeRead()
{
    engine().failures.insert({"inspectState", engine::Error(ErrorCode::BadFile, "it ends at 3 of 9 bytes")});
    m_fixture->library->rescan();
    loadDemo(); // compares again
    QTRY_COMPARE(cell(states(), QStringLiteral("pirate"), 5), QStringLiteral("⚠ unreadable"));
    QVERIFY(find<QLabel>("states.match")->text().contains(QLatin1String("3 of 9")));
}

/// A tuned state is a .pth file without weights: the scan for models finds it, too.
void TestLibraryPages::aModelListHidesThem()
{
    engine::ModelInfo state;
    state.path = "/pack/pirate.pth";
    state.name = "pirate";
    state.problem = "no blocks";
    state.problemCode = ErrorCode::UnsupportedModel;
    engine().models.push_back(state);
    QTableView *table = openModels();
    QTRY_COMPARE(table->model()->rowCount(), 2);
    m_fixture->actions[Act::RescanModels].trigger();
    QTRY_COMPARE(engine().count("scan"), 2);
    QTRY_COMPARE(table->model()->rowCount(), 2);
}

void TestLibraryPages::sayWhatBelongsIntoAnEmptyList()
{
    engine().extras.clear();
    m_fixture->library->rescan();
    QTableView *table = states();
    QTRY_VERIFY(!table->isVisible());
    engine().extras = {support::extra(engine::ExtraInfo::Kind::State, "/pack/pirate.pth", "pirate", "x")};
    m_fixture->library->rescan();
    QTRY_VERIFY(table->isVisible());
    find<QLineEdit>("states.filter")->setText(QStringLiteral("nothing like this"));
    QTRY_VERIFY(!table->isVisible());
}

void TestLibraryPages::stopsAScan()
{
    QTRY_COMPARE(states()->model()->rowCount(), 3);
    engine().holdAnswers = true;
    m_fixture->library->rescan();
    auto *stop = find<QPushButton>("states.scan.stop");
    QTRY_VERIFY(stop->isVisible());
    stop->click();
    QTRY_VERIFY(!stop->isVisible());
    QCOMPARE(engine().cancelled.back(), engine().last("scanExtras"));
    QTRY_COMPARE(states()->model()->rowCount(), 3); // what was found stays
}

void TestLibraryPages::startsAChatFromAState()
{
    loadDemo();
    QTableView *table = states();
    QTRY_COMPARE(cell(table, QStringLiteral("pirate"), 5), QStringLiteral("● fits"));
    table->setCurrentIndex(table->model()->index(0, 0));
    QTRY_VERIFY(find<QPushButton>("states.start")->isEnabled());
    find<QPushButton>("states.start")->click();
    QCOMPARE(window().currentPage(), int(MainWindow::Chat));
    QTRY_COMPARE(engine().openedStates, std::vector<std::string>{"/pack/pirate.pth"});
}

void TestLibraryPages::appliesWhatIsTicked()
{
    loadDemo();
    QTableView *table = adapters();
    QTRY_COMPARE(table->model()->rowCount(), 3);
    auto *apply = find<QPushButton>("adapters.apply");
    QVERIFY(!apply->isEnabled());
    tick(table, QStringLiteral("owl"));
    QVERIFY(apply->isEnabled());
    find<QDoubleSpinBox>("adapters.stack.0.scale")->setValue(0.5);
    apply->click();
    QCOMPARE(engine().adapterSets.size(), 1U);
    QCOMPARE(engine().adapterSets[0].size(), 1U);
    QCOMPARE(engine().adapterSets[0][0].path, std::string("/pack/owl.pth"));
    QCOMPARE(engine().adapterSets[0][0].scale, 0.5F);
    QCOMPARE(engine().adapterSets[0][0].alpha, 16.0F); // as the pack says
    QTRY_COMPARE(m_fixture->session.adapters().size(), 1U);
    QVERIFY(!apply->isEnabled());
    QVERIFY(find<QToolButton>("context.model")->text().contains(QStringLiteral("owl × 0.5")));
    QVERIFY(find<QToolButton>("status.adapters")->isVisible());
    tick(table, QStringLiteral("owl"), false);
    apply->click();
    QTRY_COMPARE(engine().adapterSets.size(), 2U);
    QVERIFY(engine().adapterSets[1].empty());
    QTRY_VERIFY(!find<QToolButton>("status.adapters")->isVisible());
}

void TestLibraryPages::appliesInTheOrderShown()
{
    loadDemo();
    QTableView *table = adapters();
    QTRY_COMPARE(table->model()->rowCount(), 3);
    tick(table, QStringLiteral("owl"));
    tick(table, QStringLiteral("loud"));
    find<QToolButton>("adapters.stack.1.up")->click();
    find<QPushButton>("adapters.apply")->click();
    QCOMPARE(engine().adapterSets.back()[0].path, std::string("/pack/loud.pth"));
    QCOMPARE(engine().adapterSets.back()[1].path, std::string("/pack/owl.pth"));
    QTRY_COMPARE(m_fixture->session.adapters().size(), 2U);
    find<QCheckBox>("adapters.stack.0.tick")->setChecked(false); // stays in the stack, without effect
    find<QPushButton>("adapters.apply")->click();
    QCOMPARE(engine().adapterSets.back().size(), 1U);
    QCOMPARE(engine().adapterSets.back()[0].path, std::string("/pack/owl.pth"));
}

void TestLibraryPages::keepsWhatWasWhenItFails()
{
    loadDemo();
    QTableView *table = adapters();
    QTRY_COMPARE(table->model()->rowCount(), 3);
    tick(table, QStringLiteral("owl"));
    find<QPushButton>("adapters.apply")->click();
    QTRY_COMPARE(m_fixture->session.adapters().size(), 1U);
    engine().failures.insert(
        {"setAdapters", engine::Error(ErrorCode::BadModel, "[2048, 2048] is not [384, 384]")});
    tick(table, QStringLiteral("other"));
    find<QPushButton>("adapters.apply")->click();
    const auto saysSo = [](const gui::MessageBar *bar) {
        return bar->isVisible() && bar->accessibleDescription().contains(QLatin1String("is not [384, 384]"));
    };
    const auto bars = window().page(MainWindow::Models)->findChildren<gui::MessageBar *>();
    QTRY_COMPARE(std::count_if(bars.begin(), bars.end(), saysSo), 1);
    QCOMPARE(m_fixture->session.adapters().size(), 1U);
    QVERIFY(find<QLabel>("adapters.inuse")->text().contains(QLatin1String("owl")));
    QVERIFY(find<QDoubleSpinBox>("adapters.stack.1.scale")); // to be corrected
    find<QPushButton>("adapters.revert")->click();
    QVERIFY(!find<QDoubleSpinBox>("adapters.stack.1.scale"));
}

void TestLibraryPages::showsWhatALoadBrought()
{
    adapters();
    engine::LoadSpec spec;
    spec.model = "demo";
    spec.adapters.resize(1);
    spec.adapters[0].path = "/pack/loud.pth";
    m_fixture->session.load(spec);
    engine().finishLoad();
    QTRY_VERIFY(find<QDoubleSpinBox>("adapters.stack.0.scale"));
    QVERIFY(find<QLabel>("adapters.inuse")->text().contains(QLatin1String("loud")));
    m_fixture->session.eject();
    QTRY_VERIFY(!find<QDoubleSpinBox>("adapters.stack.0.scale"));
}

void TestLibraryPages::needsAModel()
{
    QTableView *table = adapters();
    QTRY_COMPARE(table->model()->rowCount(), 3);
    tick(table, QStringLiteral("owl"));
    QVERIFY(!find<QPushButton>("adapters.apply")->isEnabled());
    loadDemo();
    QTRY_VERIFY(find<QLabel>("adapters.inuse")->text().contains(QLatin1String("No adapter")));
}

void TestLibraryPages::isBusyWhileApplying()
{
    loadDemo();
    QTableView *table = adapters();
    QTRY_COMPARE(table->model()->rowCount(), 3);
    engine().holdAnswers = true;
    tick(table, QStringLiteral("owl"));
    auto *apply = find<QPushButton>("adapters.apply");
    apply->click();
    QVERIFY(!apply->isEnabled());
    QCOMPARE(apply->text(), QStringLiteral("Applying…"));
    engine().send(engine::event::AdaptersSet{engine().last("setAdapters"), engine().adapterSets[0], {}, 0.1});
    QTRY_COMPARE(apply->text(), QStringLiteral("Apply"));
    QCOMPARE(m_fixture->session.adapters().size(), 1U);
}

void TestLibraryPages::offersTheOptionsOfAnAdaptersKind()
{
    engine().adapters["/models/peft/other"].parts = {{"Bone", 12, 8, 8}};
    engine().adapters["/models/peft/other"].fits = true;
    loadDemo();
    QTableView *table = adapters();
    QTRY_COMPARE(cell(table, QStringLiteral("other"), 1), QStringLiteral("Bone, rank 8"));
    tick(table, QStringLiteral("owl"));
    tick(table, QStringLiteral("other"));
    QVERIFY(!find<QDoubleSpinBox>("adapters.stack.0.alpha")->isVisible()); // folded
    find<QToolButton>("adapters.stack.0.more")->click();
    find<QToolButton>("adapters.stack.1.more")->click();
    QVERIFY(find<QDoubleSpinBox>("adapters.stack.0.alpha")->isVisible());
    QVERIFY(!find<QComboBox>("adapters.stack.0.blocks")); // a LoRA has none
    QVERIFY(find<QComboBox>("adapters.stack.1.blocks")->isVisible());
    QVERIFY(!find<QDoubleSpinBox>("adapters.stack.1.alpha"));
    find<QDoubleSpinBox>("adapters.stack.0.alpha")->setValue(4);
    find<QLineEdit>("adapters.stack.0.init")->setText(QStringLiteral("/models/init.pth"));
    find<QDoubleSpinBox>("adapters.stack.0.scale")->setValue(0.5);
    auto *blocks = find<QComboBox>("adapters.stack.1.blocks");
    blocks->setCurrentIndex(blocks->findData(int(engine::AdapterBlocks::Outputs)));
    find<QToolButton>("adapters.stack.1.up")->click(); // the options go with their adapter
    find<QPushButton>("adapters.apply")->click();
    const auto &uses = engine().adapterSets.back();
    QCOMPARE(uses.size(), 2U);
    QCOMPARE(uses[0].blocks, engine::AdapterBlocks::Outputs);
    QCOMPARE(uses[1].path, std::string("/pack/owl.pth"));
    QCOMPARE(uses[1].alpha, 4.0F);
    QCOMPARE(uses[1].scale, 0.5F);
    QCOMPARE(uses[1].pissaInit, std::string("/models/init.pth"));
}

void TestLibraryPages::opensAStateTransposed()
{
    support::fillFigures(engine());
    loadDemo();
    QTableView *table = states();
    QTRY_COMPARE(table->model()->rowCount(), 3);
    table->setCurrentIndex(table->model()->index(0, 0)); // pirate, which says "value, key"
    auto *order = find<QComboBox>("states.order");
    QTRY_VERIFY(order->isVisible());
    QCOMPARE(order->currentIndex(), 0);
    QVERIFY(order->currentText().contains(QLatin1String("value, key")));
    order->setCurrentIndex(order->findData(int(engine::StateOrientation::KeyValue)));
    Q_EMIT order->activated(order->currentIndex());
    QCOMPARE(engine().measurements.back().states[0].file.orientation, engine::StateOrientation::KeyValue);
    QCOMPARE(gui::stateOrders().spec(QStringLiteral("/pack/pirate.pth")).orientation,
             engine::StateOrientation::KeyValue);
    QCOMPARE(gui::stateOrders().order(QStringLiteral("/pack/poet.pth")), engine::StateOrientation::Auto);
    order->setCurrentIndex(0);
    Q_EMIT order->activated(0);
    QCOMPARE(engine().measurements.back().states[0].file.orientation, engine::StateOrientation::Auto);
}

QTEST_MAIN(TestLibraryPages)
#include "tst_library_pages.moc"
