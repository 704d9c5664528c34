#include "gui/models/log_model.h"
#include "gui/models/model_list_model.h"
#include "gui/models/tensor_list_model.h"
#include "support/fake_engine.h"

#include <QAbstractItemModelTester>
#include <QDir>
#include <QSignalSpy>
#include <QTest>

#include <thread>

using gui::LogModel;
using gui::ModelListModel;
using Tester = QAbstractItemModelTester;

class TestShellModels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void listsEachPathOnce();
    void dropsWhatAScanNoLongerFinds();
    void keepsTheForecastOfAnUnchangedFile();
    void tellsTightFromTooBig_data();
    void tellsTightFromTooBig();
    void sortsByValueWithTheDemonstrationModelFirst();
    void filtersByNameAndPath();
    void showsTensorsWithTheirShare();
    void keepsTheNewestLines();
    void takesLinesFromAnyThread();
    void countsProblemsUntilTheyAreRead();
    void filtersLinesByLevelAndText();
    void shortensTheHomeFolderInReports();
};

namespace
{

engine::MemoryUse memory(std::size_t needed, std::size_t free)
{
    engine::MemoryUse use;
    use.weights = needed;
    use.free = free;
    use.total = 1000;
    return use;
}

void fill(ModelListModel &model)
{
    model.beginScan();
    auto big = support::sampleModel("/m/b-big.pth");
    big.fileBytes = 9'000'000'000;
    big.parameters = 4'500'000'000;
    auto small = support::sampleModel("/m/a-small.pth");
    small.fileBytes = 800'000'000;
    small.parameters = 400'000'000;
    model.put(big);
    model.put(support::sampleDemo());
    model.put(small);
}

QStringList names(const QAbstractItemModel &model)
{
    QStringList result;
    for (int row = 0; row < model.rowCount(); ++row)
        result.append(model.index(row, 0).data().toString());
    return result;
}

void write(LogModel &log, int level, const std::string &text) { log.sink()({level, 1000.0, "engine", text}); }

} // namespace

void TestShellModels::listsEachPathOnce()
{
    ModelListModel model;
    const Tester tester(&model, Tester::FailureReportingMode::QtTest);
    fill(model);
    QCOMPARE(model.rowCount(), 3);
    model.put(support::sampleDemo());
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.rowOf(QStringLiteral("demo")), 1);
    QCOMPARE(model.rowOf(QStringLiteral("/m/none.pth")), -1);
}

void TestShellModels::dropsWhatAScanNoLongerFinds()
{
    ModelListModel model;
    const Tester tester(&model, Tester::FailureReportingMode::QtTest);
    fill(model);
    model.beginScan();
    model.put(support::sampleDemo());
    model.endScan();
    QCOMPARE(names(model), QStringList{QStringLiteral("Rookery demonstration model")});
}

void TestShellModels::keepsTheForecastOfAnUnchangedFile()
{
    ModelListModel model;
    fill(model);
    model.setForecast(QStringLiteral("demo"), memory(10, 100));
    model.put(support::sampleDemo());
    QVERIFY(model.entry(1).fit == gui::Fit::Fits);
    auto other = support::sampleDemo();
    other.fileBytes += 1;
    model.put(other);
    QVERIFY(model.entry(1).fit == gui::Fit::Unknown);
    QCOMPARE(model.takeNextToFit(), QStringLiteral("/m/b-big.pth"));
    QCOMPARE(model.takeNextToFit(), QStringLiteral("demo"));
}

void TestShellModels::tellsTightFromTooBig_data()
{
    QTest::addColumn<int>("needed");
    QTest::addColumn<int>("fit");
    QTest::newRow("half") << 500 << int(gui::Fit::Fits);
    QTest::newRow("8 % spare") << 920 << int(gui::Fit::Fits);
    QTest::newRow("less than 8 % spare") << 921 << int(gui::Fit::Tight);
    QTest::newRow("all") << 1000 << int(gui::Fit::Tight);
    QTest::newRow("more than there is") << 1001 << int(gui::Fit::TooBig);
}

void TestShellModels::tellsTightFromTooBig()
{
    QFETCH(int, needed);
    QFETCH(int, fit);
    QCOMPARE(int(gui::fitOf(memory(std::size_t(needed), 1000))), fit);
}

void TestShellModels::sortsByValueWithTheDemonstrationModelFirst()
{
    ModelListModel model;
    gui::ModelFilterModel sorted;
    const Tester tester(&sorted, Tester::FailureReportingMode::QtTest);
    sorted.setSourceModel(&model);
    fill(model);
    const QString demo = QStringLiteral("Rookery demonstration model");
    const QString small = QStringLiteral("a-small");
    const QString big = QStringLiteral("b-big");
    sorted.sort(ModelListModel::Name, Qt::AscendingOrder);
    QCOMPARE(names(sorted), (QStringList{demo, small, big}));
    sorted.sort(ModelListModel::FileSize, Qt::DescendingOrder);
    QCOMPARE(names(sorted), (QStringList{demo, big, small})); // 9 GB before 800 MB
    sorted.sort(ModelListModel::Parameters, Qt::AscendingOrder);
    QCOMPARE(names(sorted), (QStringList{demo, small, big}));
    sorted.sort(ModelListModel::Name, Qt::AscendingOrder);
    model.setLoaded(QStringLiteral("/m/a-small.pth"));
    QCOMPARE(names(sorted),
             (QStringList{demo, QStringLiteral("▸ a-small"), big})); // loading does not move it
}

void TestShellModels::filtersByNameAndPath()
{
    ModelListModel model;
    gui::ModelFilterModel filter;
    filter.setSourceModel(&model);
    fill(model);
    filter.setText(QStringLiteral("SMALL"));
    QCOMPARE(names(filter), QStringList{QStringLiteral("a-small")});
    filter.setText(QStringLiteral("/m/"));
    QCOMPARE(filter.rowCount(), 2);
    filter.setText({});
    QCOMPARE(filter.rowCount(), 3);
}

void TestShellModels::showsTensorsWithTheirShare()
{
    gui::TensorListModel model;
    const Tester tester(&model, Tester::FailureReportingMode::QtTest);
    model.setTensors({{"a", "bf16", {2, 3}, 300}, {"b", "fp32", {7}, 100}});
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.index(0, gui::TensorListModel::Shape).data().toString(), QStringLiteral("2 × 3"));
    QVERIFY(model.index(0, gui::TensorListModel::Share).data().toString().startsWith(QLatin1String("75")));
    model.setTensors({});
    QCOMPARE(model.rowCount(), 0);
}

void TestShellModels::keepsTheNewestLines()
{
    LogModel log;
    const Tester tester(&log, Tester::FailureReportingMode::QtTest);
    for (int i = 0; i < LogModel::kCapacity; ++i)
        write(log, 2, std::to_string(i));
    log.flush();
    QCOMPARE(log.rowCount(), LogModel::kCapacity);
    for (int i = 0; i < 10; ++i)
        write(log, 2, "new");
    log.flush();
    QCOMPARE(log.rowCount(), LogModel::kCapacity);
    QCOMPARE(log.index(0, LogModel::Text).data().toString(), QStringLiteral("10"));
    QCOMPARE(log.index(LogModel::kCapacity - 1, LogModel::Text).data().toString(), QStringLiteral("new"));
    log.clear();
    QCOMPARE(log.rowCount(), 0);
}

void TestShellModels::takesLinesFromAnyThread()
{
    LogModel log;
    const auto sink = log.sink();
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&sink] {
            for (int i = 0; i < 500; ++i)
                sink({2, 1.0, "engine", "line"});
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    log.flush();
    QCOMPARE(log.rowCount(), 2000);
}

void TestShellModels::countsProblemsUntilTheyAreRead()
{
    LogModel log;
    QSignalSpy changed(&log, &LogModel::problemsChanged);
    write(log, 2, "fine");
    write(log, 3, "odd");
    write(log, 4, "bad");
    log.flush();
    QCOMPARE(log.problems(), 2);
    QCOMPARE(changed.count(), 1);
    log.markRead();
    QCOMPARE(log.problems(), 0);
}

void TestShellModels::filtersLinesByLevelAndText()
{
    LogModel log;
    gui::LogFilterModel filter;
    const Tester tester(&filter, Tester::FailureReportingMode::QtTest);
    filter.setSourceModel(&log);
    write(log, 1, "window shown");
    write(log, 2, "model loaded");
    write(log, 4, "model damaged");
    log.flush();
    filter.setLevel(2);
    QCOMPARE(filter.rowCount(), 2);
    filter.setText(QStringLiteral("DAMAGED"));
    QCOMPARE(filter.rowCount(), 1);
}

void TestShellModels::shortensTheHomeFolderInReports()
{
    LogModel log;
    write(log, 2, QDir::homePath().toStdString() + "/models/a.pth");
    write(log, 2, "second");
    log.flush();
    QVERIFY(log.report(200).contains(QLatin1String("~/models/a.pth")));
    QVERIFY(!log.report(200).contains(QDir::homePath() + QStringLiteral("/models")));
    QVERIFY(!log.report(1).contains(QLatin1String("a.pth")));
    QVERIFY(log.report(1).contains(QLatin1String("second")));
}

QTEST_MAIN(TestShellModels)
#include "tst_shell_models.moc"
