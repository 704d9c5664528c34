// The pages around the chat, driven by a fake engine.
#include "gui/pages/models_page.h"
#include "gui/pages/monitor_page.h"
#include "gui/theme.h"
#include "gui/widgets/command_palette.h"
#include "gui/widgets/load_panel.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/plot_view.h"
#include "window_world.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QFontInfo>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScreen>
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

class TestShellPages : public QObject, private WindowWorld
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { begin(); }
    void cleanup() { end(); }
    void drawsOnlyWhileVisible();
    void speaksThePlots();
    void labelsTheAxesInRoundSteps();
    void buildsThePagesAfterTheFirstFrame();
    void takesANewTextSizeAtOnce();
    void namesEveryControl();
    void findsACommandByWords();
    void saysThatNoCommandWasFound();
    void firstWindowFitsTheScreen();
    void logFollowsTheTextSize();
    void greysWhatIsUnavailable();
    void searchesSettings();
    void saysWhatNeedsANewStart();
    void copiesAReport();
    void followsTheEngineInTheStatusBar();
    void saysThatTheDeviceFailed();
    void undoAndRedoSayWhetherTheyCan();
};

void TestShellPages::initTestCase()
{
    QLocale::setDefault(QLocale(QStringLiteral("en_US")));
    gui::applyScheme(gui::Scheme::Light);
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
    gui::PlotView memory(QString(), gui::PlotView::Style::Stacked, {{QString(), [] { return QColor(); }}},
                         [](double v) { return QString::number(v); });
    memory.setCapacity(16.6e9);
    memory.setData({0, 1}, {{1, 2}});
    QCOMPARE(memory.labelledValues(), (std::vector<double>{0, 5e9, 1e10, 1.5e10}));
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

void TestShellPages::takesANewTextSizeAtOnce()
{
    QTableView *table = openModels();
    auto *label = window().page(MainWindow::SettingsPageIndex)->findChild<QLabel *>(QStringLiteral("title"));
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

void TestShellPages::saysThatNoCommandWasFound()
{
    m_fixture->actions[Act::CommandSearch].trigger();
    auto *nothing = find<QLabel>("palette.nothing");
    QVERIFY(!nothing->isVisible());
    find<QLineEdit>("palette.field")->setText(QStringLiteral("zzz"));
    QVERIFY(nothing->isVisible());
    find<QLineEdit>("palette.field")->setText(QStringLiteral("new"));
    QVERIFY(!nothing->isVisible());
}

void TestShellPages::firstWindowFitsTheScreen()
{
    const QSize room = window().screen()->availableSize(); // 800 x 800 offscreen: less than it would like
    QVERIFY(window().width() <= std::max(room.width(), window().minimumWidth()));
    QVERIFY(window().height() < room.height());
}

void TestShellPages::logFollowsTheTextSize()
{
    window().showPage(MainWindow::Log);
    auto *table = find<QTableView>("log.table");
    const int row = table->verticalHeader()->defaultSectionSize();
    const int time = table->columnWidth(0);
    const QFont before = QApplication::font();
    QFont big = before;
    big.setPixelSize(26);
    gui::setTextFont(big);
    QTRY_VERIFY(table->verticalHeader()->defaultSectionSize() > row);
    QVERIFY(table->columnWidth(0) > time);
    QCOMPARE(QFontInfo(table->font()).pixelSize(), 26);
    QVERIFY(QFontInfo(table->font()).fixedPitch());
    gui::setTextFont(before);
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

void TestShellPages::saysThatTheDeviceFailed()
{
    window().showPage(MainWindow::Chat);
    window().loadModel(kModel);
    engine().finishLoad();
    QTRY_COMPARE(find<QToolButton>("status.engine")->text(), QStringLiteral("● Ready"));
    engine().send(
        engine::event::ModelUnloaded{0, engine::Error(ErrorCode::DeviceLost, "cpu: the device failed")});
    QTRY_COMPARE(find<QToolButton>("status.engine")->text(), QStringLiteral("○ No model"));
    auto *bar = find<gui::MessageBar>("chat.bar");
    QVERIFY(bar->isVisible());
    QCOMPARE(bar->accessibleDescription(), QStringLiteral("cpu: the device failed"));
}

void TestShellPages::undoAndRedoSayWhetherTheyCan()
{
    const gui::Actions &actions = m_fixture->actions;
    window().showPage(MainWindow::Chat);
    window().activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&window()));
    auto *composer = find<QPlainTextEdit>("chat.composer.text");
    QTRY_VERIFY(composer->hasFocus());
    QVERIFY(!actions[Act::Undo].isEnabled());
    QVERIFY(!gui::Actions::reason(actions[Act::Undo]).isEmpty());
    QTest::keyClicks(composer, QStringLiteral("hello"));
    QTest::keyClick(composer, Qt::Key_Return); // waits for a model: the chat is there
    actions[Act::DeleteChat].trigger();
    QVERIFY(actions[Act::Undo].isEnabled());
    QVERIFY(!actions[Act::Redo].isEnabled());
    actions[Act::Undo].trigger();
    QVERIFY(!actions[Act::Undo].isEnabled());
    QVERIFY(actions[Act::Redo].isEnabled());
    actions[Act::Redo].trigger();
    QCOMPARE(find<QAbstractItemView>("chat.list")->model()->rowCount(), 0);
    QVERIFY(!actions[Act::Redo].isEnabled());

    window().showPage(MainWindow::Log); // has no text that can be changed
    QVERIFY(!actions[Act::Undo].isEnabled());
    QVERIFY(!actions[Act::Paste].isEnabled());
    QVERIFY(actions[Act::Copy].isEnabled()); // the lines that are selected
    m_fixture->log.sink()({2, 1000.0, "engine", "a line to copy"});
    m_fixture->log.flush();
    find<QTableView>("log.table")->selectAll();
    actions[Act::Copy].trigger();
    QVERIFY(QApplication::clipboard()->text().contains(QLatin1String("a line to copy")));
    auto *search = find<QLineEdit>("log.search");
    search->setFocus();
    QVERIFY(actions[Act::Paste].isEnabled());
    QVERIFY(!actions[Act::Undo].isEnabled());
}

QTEST_MAIN(TestShellPages)
#include "tst_shell_pages.moc"
