// The pages around the chat, driven by a fake engine.
#include "gui/main_window.h"
#include "gui/pages/models_page.h"
#include "gui/pages/monitor_page.h"
#include "gui/theme.h"
#include "gui/widgets/command_palette.h"
#include "gui/widgets/load_panel.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/plot_view.h"
#include "support/gui_fixture.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QSpinBox>
#include <QTableView>
#include <QTest>
#include <QToolButton>

#include <cmath>

using engine::ErrorCode;
using gui::Act;
using gui::MainWindow;
using gui::Setting;
using support::FakeEngine;

class TestShellPages : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void listsTheDemonstrationModelFirst();
    void forecastsAgainWhenAChoiceChanges();
    void loadsShowsProgressAndTheTruth();
    void cancelsALoad();
    void saysWhyALoadFailedAndHowToMendIt();
    void refusesAModelWithAProblem();
    void loadsWithoutAVocabularyOnceOneIsChosen();
    void keepsALoadUntilTheEngineIsThere();
    void stopsAScan();
    void listsADroppedFile();
    void drawsOnlyWhileVisible();
    void speaksThePlots();
    void labelsTheAxesInRoundSteps();
    void buildsThePagesAfterTheFirstFrame();
    void removesASingleFile();
    void dropsWhatAScanFindsNoMore();
    void keepsTheNameReadableInANarrowWindow();
    void takesANewTextSizeAtOnce();
    void namesEveryControl();
    void findsACommandByWords();
    void greysWhatIsUnavailable();
    void searchesSettings();
    void saysWhatNeedsANewStart();
    void copiesAReport();
    void followsTheEngineInTheStatusBar();

private:
    template <typename Widget>
    Widget *find(const char *name) const
    {
        return m_window->findChild<Widget *>(QLatin1String(name));
    }
    FakeEngine &engine() const { return *m_fixture->engine; }
    QTableView *openModels();
    void select(const QString &path);
    MainWindow &window() { return *m_window; }

    std::unique_ptr<support::GuiFixture> m_fixture;
    std::unique_ptr<MainWindow> m_window;
};

namespace
{
const QString kModel = QStringLiteral("/models/rwkv7-g1-1.5b.pth");
constexpr int kPathRole = Qt::UserRole; // ModelListModel::PathRole
} // namespace

void TestShellPages::initTestCase()
{
    QLocale::setDefault(QLocale(QStringLiteral("en_US")));
    gui::applyScheme(gui::Scheme::Light);
}

void TestShellPages::init()
{
    m_fixture = std::make_unique<support::GuiFixture>();
    engine().models.push_back(support::sampleModel(kModel.toStdString()));
    m_window = std::make_unique<MainWindow>(m_fixture->services());
    m_window->show();
}

void TestShellPages::cleanup()
{
    m_window.reset();
    m_fixture.reset();
}

QTableView *TestShellPages::openModels()
{
    window().showPage(MainWindow::Models);
    return find<QTableView>("models.table");
}

void TestShellPages::select(const QString &path)
{
    QTableView *table = openModels();
    const auto row = [table, &path] {
        for (int i = 0; i < table->model()->rowCount(); ++i) {
            if (table->model()->index(i, 0).data(kPathRole).toString() == path) return i;
        }
        return -1;
    };
    QTRY_VERIFY(row() >= 0);
    table->setCurrentIndex(table->model()->index(row(), 0));
}

void TestShellPages::listsTheDemonstrationModelFirst()
{
    QTableView *table = openModels();
    QTRY_COMPARE(table->model()->rowCount(), 2);
    QCOMPARE(table->model()->index(0, 0).data(kPathRole).toString(), QStringLiteral("demo"));
    QTRY_COMPARE(table->model()->index(1, 5).data().toString(), QStringLiteral("● fits"));
}

void TestShellPages::forecastsAgainWhenAChoiceChanges()
{
    select(kModel);
    QTRY_VERIFY(!engine().forecasts.empty());
    auto *precision = find<QComboBox>("models.load.precision");
    precision->setCurrentIndex(precision->findData(QStringLiteral("cpu fp32")));
    find<QSpinBox>("models.load.slots")->setValue(16);
    QTRY_VERIFY(engine().forecasts.back().strategy == "cpu fp32" && engine().forecasts.back().slots == 16);
    QCOMPARE(engine().forecasts.back().model, kModel.toStdString());
}

void TestShellPages::loadsShowsProgressAndTheTruth()
{
    select(kModel);
    auto *panel = window().findChild<gui::LoadPanel *>();
    QTRY_VERIFY(panel->forecastBytes() > 0);
    find<QPushButton>("models.load")->click();
    QCOMPARE(engine().loads.size(), 1U);
    QVERIFY(find<QPushButton>("models.load.cancel")->isVisible());
    QVERIFY(!find<QPushButton>("models.load")->isVisible());
    engine().loadProgress(engine::LoadPhase::ReadingWeights, 50, 100);
    QTRY_VERIFY(find<QLabel>("models.load.phase")->text().contains(QLatin1String("Reading weights")));
    QTRY_COMPARE(find<QToolButton>("status.engine")->text().left(9), QStringLiteral("◐ Loading"));
    engine().finishLoad();
    QTRY_VERIFY(find<QLabel>("models.load.result")->isVisible());
    QVERIFY(find<QLabel>("models.load.result")->text().contains(QLatin1String("forecast")));
    QCOMPARE(find<QToolButton>("status.engine")->text(), QStringLiteral("● Ready"));
    find<QPushButton>("models.load.eject")->click();
    QTRY_COMPARE(find<QToolButton>("status.engine")->text(), QStringLiteral("○ No model"));
}

void TestShellPages::cancelsALoad()
{
    select(kModel);
    find<QPushButton>("models.load")->click();
    const engine::JobId job = engine().last("load");
    find<QPushButton>("models.load.cancel")->click();
    QCOMPARE(engine().cancelled, std::vector<engine::JobId>{job});
    QTRY_VERIFY(find<QPushButton>("models.load")->isVisible());
    QVERIFY(!m_fixture->session.isLoaded());
}

void TestShellPages::saysWhyALoadFailedAndHowToMendIt()
{
    select(kModel);
    find<QPushButton>("models.load")->click();
    engine().fail(engine().last("load"), ErrorCode::OutOfMemory, "needs 9.8 GB, 4.1 GB are free");
    auto *bar = window().findChild<gui::LoadPanel *>()->findChild<gui::MessageBar *>();
    QTRY_VERIFY(bar->isVisible());
    QCOMPARE(bar->accessibleDescription(), QStringLiteral("needs 9.8 GB, 4.1 GB are free"));
    find<QSpinBox>("models.load.slots")->setValue(64);
    bar->findChild<QPushButton *>(QStringLiteral("messagebar.verb"))->click();
    QCOMPARE(find<QSpinBox>("models.load.slots")->value(), 32); // the verb: use fewer slots
}

void TestShellPages::refusesAModelWithAProblem()
{
    auto broken = support::sampleModel("/models/broken.pth");
    broken.problem = "the archive ends early";
    engine().models.push_back(broken);
    select(QStringLiteral("/models/broken.pth"));
    QVERIFY(!find<QPushButton>("models.load")->isEnabled());
    QVERIFY(find<QLabel>("models.overview")->text().contains(QLatin1String("the archive ends early")));
}

void TestShellPages::loadsWithoutAVocabularyOnceOneIsChosen()
{
    auto wordless = support::sampleModel("/models/wordless.pth");
    wordless.problem = "No vocabulary for a model of 300 tokens was found";
    wordless.problemCode = ErrorCode::TokenizerMissing;
    wordless.vocabularyFile.clear();
    auto foreign = support::sampleModel("/models/foreign.pth");
    foreign.problem = "RWKV-6 is not supported";
    foreign.problemCode = ErrorCode::UnsupportedModel;
    engine().models.push_back(wordless);
    engine().models.push_back(foreign);
    select(QStringLiteral("/models/foreign.pth"));
    QCOMPARE(find<QTableView>("models.table")->currentIndex().siblingAtColumn(5).data().toString(),
             QStringLiteral("⚠ unsupported"));
    QVERIFY(!find<QLineEdit>("models.load.vocabulary")->isEnabled());
    select(QStringLiteral("/models/wordless.pth"));
    QCOMPARE(find<QTableView>("models.table")->currentIndex().siblingAtColumn(5).data().toString(),
             QStringLiteral("⚠ no vocabulary"));
    auto *load = find<QPushButton>("models.load");
    QVERIFY(!load->isEnabled());
    QVERIFY(find<QToolButton>("models.load.browse")->isEnabled());
    find<QLineEdit>("models.load.vocabulary")->setText(QStringLiteral("/models/words.txt"));
    QVERIFY(load->isEnabled());
    load->click();
    QCOMPARE(engine().loads.size(), 1U);
    QCOMPARE(engine().loads[0].vocabulary, std::string("/models/words.txt"));
}

void TestShellPages::keepsALoadUntilTheEngineIsThere()
{
    m_window.reset();
    m_fixture = std::make_unique<support::GuiFixture>(/*withEngine=*/false);
    m_window = std::make_unique<MainWindow>(m_fixture->services());
    m_window->loadModel(QStringLiteral("demo"));
    QVERIFY(m_fixture->session.isLoading());
    m_fixture->startEngine();
    QCOMPARE(engine().loads.size(), 1U);
    QCOMPARE(engine().loads[0].model, std::string("demo"));
}

void TestShellPages::stopsAScan()
{
    engine().holdAnswers = true;
    openModels();
    auto *stop = find<QPushButton>("models.scan.stop");
    QTRY_VERIFY(stop->isVisible());
    stop->click();
    QTRY_VERIFY(!stop->isVisible());
    QCOMPARE(engine().cancelled.back(), engine().last("scan"));
}

void TestShellPages::listsADroppedFile()
{
    const QString path = QStringLiteral("/elsewhere/new.pth");
    engine().models.push_back(support::sampleModel(path.toStdString()));
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(path)});
    QWidget *target = window().page(MainWindow::Chat);
    QDragEnterEvent enter(QPoint(200, 200), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(target, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent drop(QPointF(200, 200), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(target, &drop);
    QCOMPARE(window().currentPage(), int(MainWindow::Models));
    QTRY_COMPARE(find<QTableView>("models.table")->currentIndex().data(kPathRole).toString(), path);
    QVERIFY(m_fixture->settings->list(Setting::ModelFiles).contains(path));
}

void TestShellPages::drawsOnlyWhileVisible()
{
    window().showPage(MainWindow::Monitor);
    auto *page = qobject_cast<gui::MonitorPage *>(window().page(MainWindow::Monitor));
    const int before = page->redraws();
    QVERIFY(before > 0);
    QTRY_VERIFY(page->redraws() > before);
    window().showPage(MainWindow::Log);
    const int hidden = page->redraws();
    QTest::qWait(700); // more than the interval of the plots
    QCOMPARE(page->redraws(), hidden);
}

void TestShellPages::speaksThePlots()
{
    disconnect(&m_fixture->bridge, &gui::EngineBridge::snapshotTaken, nullptr, nullptr);
    engine::Snapshot snapshot;
    snapshot.slots = 64;
    snapshot.generating = 3;
    for (int i = 0; i < 8; ++i) {
        snapshot.generatedTokens += 100;
        m_fixture->metrics.addAt(1000 + i * 0.5, snapshot);
    }
    window().showPage(MainWindow::Monitor);
    QCOMPARE(find<gui::PlotView>("monitor.rows")->summary(),
             QStringLiteral("3 generating, 0 reading, 0 queued; 64 slots."));
    QVERIFY(find<gui::PlotView>("monitor.speed")->summary().startsWith(QLatin1String("200 tok/s")));
}

void TestShellPages::labelsTheAxesInRoundSteps()
{
    constexpr double kGiB = 1024.0 * 1024.0 * 1024.0;
    gui::PlotView memory(QString(), gui::PlotView::Style::Stacked, {{QString(), [] { return QColor(); }}},
                         [](double v) { return QString::number(v); });
    memory.setSteps(gui::PlotView::Steps::Binary);
    memory.setCapacity(15.5 * kGiB);
    memory.setData({0, 1}, {{1, 2}});
    QCOMPARE(memory.labelledValues(), (std::vector<double>{0, 4 * kGiB, 8 * kGiB, 12 * kGiB}));
    gui::PlotView rows(QString(), gui::PlotView::Style::Stacked, {{QString(), [] { return QColor(); }}},
                       [](double v) { return QString::number(v); });
    rows.setSteps(gui::PlotView::Steps::Whole);
    for (const double highest : {0.0, 1.0, 2.0, 4.7, 20.0, 23.0}) {
        rows.setData({0}, {{highest}});
        QVERIFY(rows.labelledValues().back() >= highest);
        for (const double value : rows.labelledValues())
            QCOMPARE(value, std::floor(value));
    }
}

void TestShellPages::buildsThePagesAfterTheFirstFrame()
{
    m_fixture->settings->ui().setValue(QStringLiteral("window/page"), int(MainWindow::Monitor));
    m_window = std::make_unique<MainWindow>(m_fixture->services());
    QVERIFY(!m_window->findChild<QWidget *>(QStringLiteral("page.models")));
    m_window->show();
    QTRY_VERIFY(m_window->findChild<QWidget *>(QStringLiteral("page.models")));
    QTRY_VERIFY(m_window->findChild<QWidget *>(QStringLiteral("page.log")));
    QCOMPARE(window().currentPage(), int(MainWindow::Monitor)); // built, not shown
    m_fixture->log.sink()({2, 1000.0, "engine", "told before the page was seen"});
    m_fixture->actions[Act::CopyLogReport].trigger();
    QVERIFY(QApplication::clipboard()->text().contains(QLatin1String("told before the page was seen")));
    const std::size_t scans = engine().scans.size();
    m_fixture->actions[Act::RescanModels].trigger();
    QCOMPARE(engine().scans.size(), scans + 1);
    m_fixture->actions[Act::NewChat].trigger();
    QCOMPARE(window().currentPage(), int(MainWindow::Chat));
}

void TestShellPages::removesASingleFile()
{
    const QString path = QStringLiteral("/elsewhere/single.pth");
    auto &remove = m_fixture->actions[Act::RemoveModel];
    select(kModel);
    QVERIFY(!remove.isEnabled()); // comes from a folder
    window().openPath(QStringLiteral("/elsewhere/absent.pth"));
    QTRY_VERIFY(window().page(MainWindow::Models)->findChild<gui::MessageBar *>()->isVisible());
    QVERIFY(m_fixture->settings->list(Setting::ModelFiles).isEmpty()); // only what could be opened is kept
    engine().models.push_back(support::sampleModel(path.toStdString()));
    window().openPath(path);
    QTRY_COMPARE(m_fixture->settings->list(Setting::ModelFiles), QStringList(path));
    QTRY_VERIFY(remove.isEnabled());
    remove.trigger();
    QVERIFY(m_fixture->settings->list(Setting::ModelFiles).isEmpty());
    QVERIFY(find<QTableView>("models.table")->currentIndex().data(kPathRole).toString() != path);
}

void TestShellPages::dropsWhatAScanFindsNoMore()
{
    const QString gone = QStringLiteral("/elsewhere/gone.pth");
    m_fixture->settings->setValue(Setting::ModelFiles, QStringList(gone));
    QTableView *table = openModels();
    QTRY_COMPARE(table->model()->rowCount(), 2);
    QTRY_VERIFY(m_fixture->settings->list(Setting::ModelFiles).isEmpty());
    QVERIFY(!window().page(MainWindow::Models)->findChild<gui::MessageBar *>()->isVisible());
    engine().models.pop_back(); // the file was deleted
    m_fixture->actions[Act::RescanModels].trigger();
    QTRY_COMPARE(table->model()->rowCount(), 1);
}

void TestShellPages::keepsTheNameReadableInANarrowWindow()
{
    QTableView *table = openModels();
    for (const int width : {860, 1020, 1200, 1600}) {
        window().resize(width, 560);
        QTRY_COMPARE(window().width(), width);
        QTRY_VERIFY2(table->columnWidth(0) >= 150, qPrintable(QString::number(width)));
    }
}

void TestShellPages::takesANewTextSizeAtOnce()
{
    QTableView *table = openModels();
    auto *label = find<QLabel>("title");
    auto *button = find<QToolButton>("rail.page.models");
    QVERIFY(label && button);
    const QFont before = QApplication::font();
    const int labelHeight = label->fontMetrics().height();
    const int buttonHeight = button->fontMetrics().height();
    const int rowHeight = table->rowHeight(0);
    QFont big = before;
    big.setPixelSize(26);
    gui::setTextFont(big);
    QCOMPARE(button->font().pixelSize(), 26);
    QVERIFY(label->fontMetrics().height() > labelHeight);
    QVERIFY(button->fontMetrics().height() > buttonHeight);
    QTRY_VERIFY(table->rowHeight(0) > rowHeight);
    QVERIFY(button->width() >= button->fontMetrics().horizontalAdvance(button->text()) ||
            button->sizeHint().width() >= button->fontMetrics().horizontalAdvance(button->text()));
    gui::setTextFont(before);
    QCOMPARE(label->fontMetrics().height(), labelHeight);
}

void TestShellPages::namesEveryControl()
{
    for (int page = 0; page < MainWindow::PageCount; ++page)
        window().showPage(page);
    select(kModel);
    const auto buttons = window().findChildren<QAbstractButton *>();
    for (const QAbstractButton *button : buttons) {
        if (button->objectName().startsWith(QLatin1String("qt_")) || !button->parentWidget() ||
            qobject_cast<QLineEdit *>(button->parentWidget()) ||
            qobject_cast<QAbstractItemView *>(button->parentWidget()))
            continue; // Qt's own: clear buttons, corners of tables
        const bool isNamed = !button->accessibleName().isEmpty() || !button->text().isEmpty();
        QVERIFY2(isNamed || button->isHidden(), // some get their text when they are shown
                 qPrintable(QStringLiteral("unnamed button: ") + button->objectName()));
    }
    for (const QLineEdit *field : window().findChildren<QLineEdit *>()) {
        if (field->objectName() == QLatin1String("qt_spinbox_lineedit")) continue;
        QVERIFY2(!field->accessibleName().isEmpty(),
                 qPrintable(QStringLiteral("unnamed field: ") + field->objectName()));
    }
}

void TestShellPages::findsACommandByWords()
{
    m_fixture->actions[Act::CommandSearch].trigger();
    auto *field = find<QLineEdit>("palette.field");
    QVERIFY(field->isVisible());
    QTest::keyClicks(field, QStringLiteral("sett"));
    QTest::keyClick(field, Qt::Key_Return);
    QTRY_COMPARE(window().currentPage(), int(MainWindow::SettingsPageIndex));
    QVERIFY(!field->isVisible());
}

void TestShellPages::greysWhatIsUnavailable()
{
    QVERIFY(!m_fixture->actions[Act::EjectModel].isEnabled());
    m_fixture->actions[Act::CommandSearch].trigger();
    auto *field = find<QLineEdit>("palette.field");
    QTest::keyClicks(field, QStringLiteral("eject"));
    auto *list = find<QAbstractItemView>("palette.list");
    QCOMPARE(list->model()->rowCount(), 1); // still there to be found
    QVERIFY(!list->model()->index(0, 0).flags().testFlag(Qt::ItemIsEnabled));
    QTest::keyClick(field, Qt::Key_Escape);
    QVERIFY(!field->isVisible());
}

void TestShellPages::searchesSettings()
{
    window().showPage(MainWindow::SettingsPageIndex);
    auto *threads = window().findChild<QSpinBox *>(QStringLiteral("settings.%1").arg(int(Setting::Threads)));
    auto *colours =
        window().findChild<QComboBox *>(QStringLiteral("settings.%1").arg(int(Setting::ColorScheme)));
    find<QLineEdit>("settings.search")->setText(QStringLiteral("thread"));
    QVERIFY(threads->isVisible());
    QVERIFY(!colours->isVisible());
    find<QLineEdit>("settings.search")->clear();
    QVERIFY(colours->isVisible());
}

void TestShellPages::saysWhatNeedsANewStart()
{
    window().showPage(MainWindow::SettingsPageIndex);
    auto *threads = window().findChild<QSpinBox *>(QStringLiteral("settings.%1").arg(int(Setting::Threads)));
    const auto note = [threads] {
        const auto labels = threads->parentWidget()->findChildren<QLabel *>();
        return std::any_of(labels.begin(), labels.end(), [](const QLabel *label) {
            return label->isVisible() && label->text().contains(QLatin1String("starts next time"));
        });
    };
    QVERIFY(!note());
    threads->setValue(3);
    QCOMPARE(m_fixture->settings->number(Setting::Threads), 3);
    QVERIFY(note());
    m_fixture->settings->reset(Setting::Threads);
    QVERIFY(!note());
    QCOMPARE(threads->value(), 0);
}

void TestShellPages::copiesAReport()
{
    window().showPage(MainWindow::Log);
    m_fixture->log.sink()({2, 1000.0, "engine", "a line of the log"});
    m_fixture->actions[Act::CopyLogReport].trigger();
    QVERIFY(QApplication::clipboard()->text().contains(QLatin1String("a line of the log")));
}

void TestShellPages::followsTheEngineInTheStatusBar()
{
    engine().models.push_back(support::sampleDemo());
    window().loadModel(QStringLiteral("demo"));
    engine().finishLoad();
    QTRY_COMPARE(find<QToolButton>("status.engine")->text(), QStringLiteral("● Ready"));
    engine().now.generating = 5;
    engine().now.slots = 64;
    QTRY_COMPARE(find<QToolButton>("status.engine")->text(), QStringLiteral("● Generating"));
    QVERIFY(find<QToolButton>("status.rows")->text().startsWith(QLatin1String("5 of 64 row")));
    m_fixture->log.sink()({4, 1000.0, "engine", "something broke"});
    QTRY_VERIFY(find<QToolButton>("status.problems")->isVisible());
    window().showPage(MainWindow::Log);
    QTRY_VERIFY(!find<QToolButton>("status.problems")->isVisible()); // looked at
}

QTEST_MAIN(TestShellPages)
#include "tst_shell_pages.moc"
