#include "gui/models/extra_list_model.h"
#include "support/extras_world.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using gui::ExtraFilterModel;
using gui::ExtraListModel;
using gui::Match;

class TestExtraListModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void obeysTheRulesOfModels();
    void showsWhatIsKnown();
    void keepsOneRowAPath();
    void dropsWhatAScanFindsNoMore();
    void comparesEachOnce();
    void ticksOnlyAdapters();
    void filters_data();
    void filters();
    void theDemonstrationPackComesFirst();

private:
    static void fill(ExtraListModel &model)
    {
        support::FakeEngine engine([](const engine::Event &) {});
        support::fillExtras(engine);
        for (const auto &info : engine.extras)
            if (info.kind == model.kind()) model.put(info);
        for (auto [path, info] : engine.states) {
            info.path = path;
            model.setState(info);
        }
        for (auto [path, info] : engine.adapters) {
            info.path = path;
            model.setAdapter(info);
        }
    }
    static QString text(const QAbstractItemModel &model, int row, int column)
    {
        return model.index(row, column).data().toString();
    }
};

void TestExtraListModel::obeysTheRulesOfModels()
{
    for (const auto kind : {ExtraListModel::Kind::State, ExtraListModel::Kind::Adapter}) {
        ExtraListModel model(kind);
        ExtraFilterModel filter;
        filter.setSourceModel(&model);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const QAbstractItemModelTester filterTester(&filter,
                                                    QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.beginScan();
        fill(model);
        filter.sort(ExtraListModel::FileSize, Qt::DescendingOrder);
        filter.setText(QStringLiteral("o"));
        model.beginScan();
        fill(model);
        model.setUnreadable(QStringLiteral("/pack/owl.pth"), QStringLiteral("no"));
        model.setTicked({QStringLiteral("/pack/owl.pth")});
        model.endScan();
        model.beginScan();
        model.endScan();
        QCOMPARE(model.rowCount(), 0);
    }
}

void TestExtraListModel::showsWhatIsKnown()
{
    ExtraListModel states(ExtraListModel::Kind::State);
    fill(states);
    QCOMPARE(text(states, 0, ExtraListModel::Name), QStringLiteral("pirate"));
    QCOMPARE(text(states, 0, ExtraListModel::KindColumn), QStringLiteral("Tuned"));
    QCOMPARE(text(states, 0, ExtraListModel::Layers), QStringLiteral("6"));
    QCOMPARE(text(states, 0, ExtraListModel::MatchColumn), QStringLiteral("● fits"));
    QCOMPARE(text(states, 2, ExtraListModel::MatchColumn), QStringLiteral("○ does not fit"));
    QVERIFY(states.index(2, 0).data(Qt::ToolTipRole).toString().contains(QLatin1String("24 layers")));
    ExtraListModel adapters(ExtraListModel::Kind::Adapter);
    fill(adapters);
    QCOMPARE(text(adapters, 0, ExtraListModel::KindColumn), QStringLiteral("LoRA, rank 8"));
    QCOMPARE(text(adapters, 2, ExtraListModel::KindColumn), QStringLiteral("DoRA, ranks 8 to 32"));
    QCOMPARE(text(adapters, 0, ExtraListModel::Family), QStringLiteral("12"));
    QCOMPARE(text(adapters, 0, ExtraListModel::Layers), QStringLiteral("6"));
}

void TestExtraListModel::keepsOneRowAPath()
{
    ExtraListModel model(ExtraListModel::Kind::State);
    fill(model);
    fill(model);
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.rowOf(QStringLiteral("/pack/poet.pth")), 1);
    QCOMPARE(model.rowOf(QStringLiteral("/nowhere")), -1);
}

void TestExtraListModel::dropsWhatAScanFindsNoMore()
{
    ExtraListModel model(ExtraListModel::Kind::State);
    fill(model);
    const auto kept = model.entry(1).file;
    model.beginScan();
    model.put(kept);
    QCOMPARE(model.rowCount(), 3); // until the scan is over
    model.endScan();
    QCOMPARE(model.rowCount(), 1);
    QCOMPARE(model.entry(0).match, Match::Fits); // what was known of it stays
}

void TestExtraListModel::comparesEachOnce()
{
    ExtraListModel model(ExtraListModel::Kind::State);
    fill(model);
    QStringList asked;
    for (QString path = model.takeNextToCompare(); !path.isEmpty(); path = model.takeNextToCompare())
        asked << path;
    QCOMPARE(asked.size(), 3);
    auto changed = model.entry(0).file;
    changed.fileBytes += 1;
    model.put(model.entry(1).file);
    model.put(changed);
    QCOMPARE(model.takeNextToCompare(), QString::fromStdString(changed.path)); // another file now
    QVERIFY(model.takeNextToCompare().isEmpty());
    model.askAgain();
    QVERIFY(!model.takeNextToCompare().isEmpty());
}

void TestExtraListModel::ticksOnlyAdapters()
{
    ExtraListModel states(ExtraListModel::Kind::State);
    fill(states);
    QVERIFY(!(states.flags(states.index(0, 0)) & Qt::ItemIsUserCheckable));
    QVERIFY(!states.setData(states.index(0, 0), Qt::Checked, Qt::CheckStateRole));
    ExtraListModel adapters(ExtraListModel::Kind::Adapter);
    fill(adapters);
    QSignalSpy spy(&adapters, &ExtraListModel::tickRequested);
    QVERIFY(adapters.setData(adapters.index(0, 0), Qt::Checked, Qt::CheckStateRole));
    QCOMPARE(spy.size(), 1);
    QCOMPARE(spy[0][0].toString(), QStringLiteral("/pack/owl.pth"));
    QCOMPARE(adapters.index(0, 0).data(Qt::CheckStateRole).toInt(), int(Qt::Unchecked)); // it only asks
    adapters.setTicked({QStringLiteral("/pack/owl.pth")});
    QCOMPARE(adapters.index(0, 0).data(Qt::CheckStateRole).toInt(), int(Qt::Checked));
}

void TestExtraListModel::filters_data()
{
    QTest::addColumn<QString>("wanted");
    QTest::addColumn<bool>("onlyFitting");
    QTest::addColumn<int>("rows");
    QTest::newRow("all") << QString() << false << 3;
    QTest::newRow("name") << QStringLiteral("POET") << false << 1;
    QTest::newRow("description") << QStringLiteral("verse") << false << 1;
    QTest::newRow("path") << QStringLiteral("/models/") << false << 1;
    QTest::newRow("kind") << QStringLiteral("tuned") << false << 3;
    QTest::newRow("only fitting") << QString() << true << 2;
    QTest::newRow("neither") << QStringLiteral("eva") << true << 0;
}

void TestExtraListModel::filters()
{
    QFETCH(QString, wanted);
    QFETCH(bool, onlyFitting);
    ExtraListModel model(ExtraListModel::Kind::State);
    fill(model);
    ExtraFilterModel filter;
    filter.setSourceModel(&model);
    filter.setText(wanted);
    filter.setOnlyFitting(onlyFitting);
    QTEST(filter.rowCount(), "rows");
}

void TestExtraListModel::theDemonstrationPackComesFirst()
{
    ExtraListModel model(ExtraListModel::Kind::State);
    fill(model);
    ExtraFilterModel filter;
    filter.setSourceModel(&model);
    for (const auto order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
        filter.sort(ExtraListModel::Name, order);
        QCOMPARE(text(filter, 2, ExtraListModel::Name), QStringLiteral("eva-1.5b"));
    }
    QCOMPARE(text(filter, 0, ExtraListModel::Name), QStringLiteral("poet"));
}

QTEST_MAIN(TestExtraListModel)
#include "tst_extra_list_model.moc"
