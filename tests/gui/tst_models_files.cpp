// Files and folders on the page of models, in its window, driven by a fake engine: scanned, dropped, given at
// start.
#include "gui/mixer/mix_desk.h"
#include "gui/pages/models_page.h"
#include "gui/theme.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/mixer_panel.h"
#include "window_world.h"

#include <QApplication>
#include <QMimeData>
#include <QPushButton>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using engine::ErrorCode;
using gui::Act;
using gui::MainWindow;
using gui::Setting;

class TestModelsFiles : public QObject, private WindowWorld
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { begin(); }
    void cleanup() { end(); }
    void stopsAScan();
    void listsADroppedFile();
    void takesAStateToTheChats();
    void takesADroppedStateToTheMixerOrTheChat();
    void saysWhatADroppedFileIsNot();
    void removesASingleFile();
    void loadsAFileGivenAtStart();
    void onlyOpensAStateGivenAtStart();
    void saysThatAFolderIsEmpty();
    void dropsWhatAScanFindsNoMore();

private:
    void drop(const QString &path, QWidget *target);
};

void TestModelsFiles::initTestCase()
{
    QLocale::setDefault(QLocale(QStringLiteral("en_US")));
    gui::applyScheme(gui::Scheme::Light);
}

/// As a file manager does it, with the mouse.
void TestModelsFiles::drop(const QString &path, QWidget *target)
{
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(path)});
    const QPoint middle = target->rect().center();
    QDragEnterEvent enter(middle, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(target, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent drop(QPointF(middle), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(target, &drop);
}

void TestModelsFiles::stopsAScan()
{
    engine().holdAnswers = true;
    openModels();
    auto *stop = find<QPushButton>("models.scan.stop");
    QTRY_VERIFY(stop->isVisible());
    stop->click();
    QTRY_VERIFY(!stop->isVisible());
    QCOMPARE(engine().cancelled.back(), engine().last("scan"));
}

void TestModelsFiles::listsADroppedFile()
{
    const QString path = QStringLiteral("/elsewhere/new.pth");
    engine().models.push_back(support::sampleModel(path.toStdString()));
    drop(path, window().page(MainWindow::Chat));
    QCOMPARE(window().currentPage(), int(MainWindow::Models));
    QTRY_COMPARE(find<QTableView>("models.table")->currentIndex().data(kPathRole).toString(), path);
    QVERIFY(m_fixture->settings->list(Setting::ModelFiles).contains(path));
}

/// Tuned states are .pth files, as models.
void TestModelsFiles::takesAStateToTheChats()
{
    const QString path = QStringLiteral("/states/pirate.pth");
    engine().failures.insert({"inspect", engine::Error(ErrorCode::UnsupportedModel, "no blocks")});
    window().openPath(path);
    QTRY_COMPARE(window().currentPage(), int(MainWindow::Chat));
    QVERIFY(find<QWidget>("chat.state")->accessibleName().contains(QLatin1String("pirate")));
    QVERIFY(!m_fixture->settings->list(Setting::ModelFiles).contains(path));
}

void TestModelsFiles::takesADroppedStateToTheMixerOrTheChat()
{
    const QString state = QStringLiteral("/states/pirate.pth");
    engine::StateInfo info;
    info.fits = true;
    engine().states[state.toStdString()] = info;
    engine().failures.insert({"inspect", engine::Error(ErrorCode::UnsupportedModel, "no blocks")});
    window().showPage(MainWindow::Mixer);
    auto *panel = window().page(MainWindow::Mixer)->findChild<gui::MixerPanel *>();
    drop(state, panel->childAt(panel->rect().center()));
    QTRY_COMPARE(panel->desk().model().rowCount(), 1);
    QCOMPARE(panel->desk().model().voice(0).path, state);
    QCOMPARE(window().currentPage(), int(MainWindow::Mixer));

    window().showPage(MainWindow::Chat);
    drop(QStringLiteral("/states/poet.pth"), window().page(MainWindow::Chat));
    QTRY_VERIFY(find<QWidget>("chat.state")->accessibleName().contains(QLatin1String("poet")));
    QCOMPARE(window().currentPage(), int(MainWindow::Chat));
}

void TestModelsFiles::saysWhatADroppedFileIsNot()
{
    openModels();
    engine().failures.insert(
        {"inspect", engine::Error(ErrorCode::UnknownFormat, "song.mp3: begins with ID3")});
    engine().failures.insert({"inspectState", engine::Error(ErrorCode::BadState, "no state")});
    window().openPath(QStringLiteral("/music/song.mp3"));
    const auto saysSo = [](const gui::MessageBar *bar) {
        return bar->isVisible() && bar->accessibleDescription() == QLatin1String("song.mp3: begins with ID3");
    };
    const auto bars = window().page(MainWindow::Models)->findChildren<gui::MessageBar *>();
    QTRY_COMPARE(std::count_if(bars.begin(), bars.end(), saysSo), 1);
    QCOMPARE(window().currentPage(), int(MainWindow::Models));
}

void TestModelsFiles::removesASingleFile()
{
    const QString path = QStringLiteral("/elsewhere/single.pth");
    auto &remove = m_fixture->actions[Act::RemoveModel];
    select(kModel);
    QVERIFY(!remove.isEnabled()); // comes from a folder
    window().openPath(QStringLiteral("/elsewhere/absent.pth"));
    QTRY_VERIFY(window().findChild<gui::ModelsPage *>()->findChild<gui::MessageBar *>()->isVisible());
    QVERIFY(m_fixture->settings->list(Setting::ModelFiles).isEmpty()); // only what could be opened is kept
    engine().models.push_back(support::sampleModel(path.toStdString()));
    window().openPath(path);
    QTRY_COMPARE(m_fixture->settings->list(Setting::ModelFiles), QStringList(path));
    QTRY_VERIFY(remove.isEnabled());
    remove.trigger();
    QVERIFY(m_fixture->settings->list(Setting::ModelFiles).isEmpty());
    QVERIFY(find<QTableView>("models.table")->currentIndex().data(kPathRole).toString() != path);
}

void TestModelsFiles::loadsAFileGivenAtStart()
{
    const QString path = QStringLiteral("/elsewhere/given.pth");
    engine().models.push_back(support::sampleModel(path.toStdString()));
    window().openPath(path, true);
    QTRY_COMPARE(engine().loads.size(), 1U);
    QCOMPARE(engine().loads[0].model, path.toStdString());
    window().openPath(path); // dropped: shown, not loaded
    QTRY_COMPARE(find<QTableView>("models.table")->currentIndex().data(kPathRole).toString(), path);
    QCOMPARE(engine().loads.size(), 1U);
}

void TestModelsFiles::onlyOpensAStateGivenAtStart()
{
    engine().failures.insert({"inspect", engine::Error(ErrorCode::UnsupportedModel, "no blocks")});
    window().openPath(QStringLiteral("/states/pirate.pth"), true);
    QTRY_COMPARE(window().currentPage(), int(MainWindow::Chat));
    QVERIFY(engine().loads.empty());
    QVERIFY(find<QWidget>("chat.state")->accessibleName().contains(QLatin1String("pirate")));
}

void TestModelsFiles::saysThatAFolderIsEmpty()
{
    openModels();
    auto *bar = window().findChild<gui::ModelsPage *>()->findChild<gui::MessageBar *>();
    QTemporaryDir full;
    engine().models = {support::sampleModel(full.filePath(QStringLiteral("a.pth")).toStdString())};
    window().openPath(full.path());
    QTRY_VERIFY(engine().count("scan") >= 2);
    QTRY_VERIFY(!find<QPushButton>("models.scan.stop")->isVisible());
    QVERIFY(!bar->isVisible() || !bar->text().contains(QLatin1String("no model in")));
    QTemporaryDir empty;
    window().openPath(empty.path());
    QTRY_VERIFY(bar->isVisible() && bar->text().contains(QLatin1String("no model in")));
}

void TestModelsFiles::dropsWhatAScanFindsNoMore()
{
    const QString gone = QStringLiteral("/elsewhere/gone.pth");
    m_fixture->settings->setValue(Setting::ModelFiles, QStringList(gone));
    QTableView *table = openModels();
    QTRY_COMPARE(table->model()->rowCount(), 2);
    QTRY_VERIFY(m_fixture->settings->list(Setting::ModelFiles).isEmpty());
    QVERIFY(!window().findChild<gui::ModelsPage *>()->findChild<gui::MessageBar *>()->isVisible());
    engine().models.pop_back(); // the file was deleted
    m_fixture->actions[Act::RescanModels].trigger();
    QTRY_COMPARE(table->model()->rowCount(), 1);
}

QTEST_MAIN(TestModelsFiles)
#include "tst_models_files.moc"
