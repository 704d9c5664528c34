// The page of models, in its window, driven by a fake engine.
#include "gui/theme.h"
#include "gui/widgets/load_panel.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/strategy_edit.h"
#include "window_world.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTableView>
#include <QTest>
#include <QToolButton>

#include <algorithm>

using engine::ErrorCode;
using gui::Act;
using gui::MainWindow;

class TestModelsPage : public QObject, private WindowWorld
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { begin(); }
    void cleanup() { end(); }
    void listsTheDemonstrationModelFirst();
    void forecastsAgainWhenAChoiceChanges();
    void precisionAndStrategyFollowEachOther();
    void offersWhatMakesItFit();
    void underlinesTheWrongWordOfAStrategy_data();
    void underlinesTheWrongWordOfAStrategy();
    void loadsShowsProgressAndTheTruth();
    void cancelsALoad();
    void saysWhyALoadFailedAndHowToMendIt();
    void refusesAModelWithAProblem();
    void saysALoadErrorOnceBesideItsModel();
    void loadsWithoutAVocabularyOnceOneIsChosen();
    void keepsALoadUntilTheEngineIsThere();
    void opensAModelInAChat();
    void forecastsEachDevice();
    void keepsTheNameReadableInANarrowWindow();
    void offersOnlyTheOptionsThatMeanSomething();
    void loadsWithTheAdvancedOptions();
    void followsAModelThatOthersLoad();
};

void TestModelsPage::initTestCase()
{
    QLocale::setDefault(QLocale(QStringLiteral("en_US")));
    gui::applyScheme(gui::Scheme::Light);
}

void TestModelsPage::listsTheDemonstrationModelFirst()
{
    QTableView *table = openModels();
    QTRY_COMPARE(table->model()->rowCount(), 2);
    QCOMPARE(table->model()->index(0, 0).data(kPathRole).toString(), QStringLiteral("demo"));
    QTRY_COMPARE(table->model()->index(1, 5).data().toString(), QStringLiteral("● fits"));
}

void TestModelsPage::forecastsAgainWhenAChoiceChanges()
{
    select(kModel);
    QTRY_VERIFY(!engine().forecasts.empty());
    auto *precision = find<QComboBox>("models.load.precision");
    precision->setCurrentIndex(precision->findData(QStringLiteral("fp32")));
    find<QSpinBox>("models.load.slots")->setValue(16);
    QTRY_VERIFY(engine().forecasts.back().strategy == "cpu fp32" && engine().forecasts.back().slots == 16);
    QCOMPARE(engine().forecasts.back().model, kModel.toStdString());
}

void TestModelsPage::precisionAndStrategyFollowEachOther()
{
    select(kModel);
    auto *precision = find<QComboBox>("models.load.precision");
    auto *strategy = find<QLineEdit>("models.load.strategy");
    QCOMPARE(precision->count(), int(engine::listFormats().size()) + 1); // and that of the file
    precision->setCurrentIndex(precision->findData(QStringLiteral("fp16")));
    QCOMPARE(strategy->text(), QStringLiteral("cpu fp16"));
    strategy->setText(QStringLiteral("  cpu   fp32 "));
    QCOMPARE(precision->currentData().toString(), QStringLiteral("fp32"));
    strategy->setText(QStringLiteral("cpu fp32 *3 -> cpu bf16"));
    QCOMPARE(precision->currentIndex(), -1);
    QTRY_COMPARE(engine().forecasts.back().strategy, std::string("cpu fp32 *3 -> cpu bf16"));
    precision->setCurrentIndex(0);
    QCOMPARE(strategy->text(), QStringLiteral("cpu"));
    strategy->clear();
    find<QPushButton>("models.load")->click();
    QCOMPARE(engine().loads.back().strategy, engine::LoadSpec().strategy);
}

void TestModelsPage::offersWhatMakesItFit()
{
    using Kind = engine::MemoryFix::Kind;
    engine().forecastFixes = {{Kind::FewerSlots, 1'200'000'000, 16, 64, {}},
                              {Kind::SmallerWeights, 5'400'000'000, 0, 0, "cpu fp16"},
                              {Kind::FreeMemory, 2'100'000'000, 0, 0, {}}};
    select(kModel);
    QTRY_VERIFY(find<QPushButton>("models.load.fix.1"));
    auto *slots = find<QPushButton>("models.load.fix.1");
    QCOMPARE(slots->text(), QStringLiteral("Use 16 slots: saves 1.20\u00a0GB"));
    slots->click();
    QCOMPARE(find<QSpinBox>("models.load.slots")->value(), 16);
    find<QPushButton>("models.load.fix.2")->click();
    QCOMPARE(find<QLineEdit>("models.load.strategy")->text(), QStringLiteral("cpu fp16"));
    QVERIFY(!find<QPushButton>("models.load.fix.3")); // only the user can end other programs
    engine().forecastFixes.clear();
    QTRY_VERIFY(!find<QPushButton>("models.load.fix.1"));
}

/// Positions count bytes, as the engine's.
void TestModelsPage::underlinesTheWrongWordOfAStrategy_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("position");
    QTest::addColumn<QString>("word");
    QTest::addRow("begin") << QStringLiteral("cup fp32") << 0 << QStringLiteral("cup");
    QTest::addRow("middle") << QStringLiteral("cpu fp31 *3") << 4 << QStringLiteral("fp31");
    QTest::addRow("end") << QStringLiteral("cpu -> ") << 7 << QStringLiteral("->");
    QTest::addRow("beyond") << QStringLiteral("cpu fp32 ") << 400 << QStringLiteral("fp32");
    QTest::addRow("bytes") << QStringLiteral("é fp31") << 3 << QStringLiteral("fp31");
}

void TestModelsPage::underlinesTheWrongWordOfAStrategy()
{
    QFETCH(QString, text);
    QFETCH(int, position);
    QFETCH(QString, word);
    select(kModel);
    auto *strategy = find<gui::StrategyEdit>("models.load.strategy");
    engine().failures.insert(
        {"forecast", engine::Error(ErrorCode::BadStrategy, "Strategy: no", std::to_string(position))});
    strategy->setText(text);
    QVERIFY(!strategy->hasProblem());
    QTRY_VERIFY(strategy->hasProblem());
    QCOMPARE(strategy->problemText(), word);
    QCOMPARE(strategy->text(), text);
    QVERIFY(!find<QPushButton>("models.load")->isEnabled());
    engine().failures.clear();
    strategy->setText(QStringLiteral("cpu"));
    QVERIFY(!strategy->hasProblem());
    QVERIFY(find<QPushButton>("models.load")->isEnabled());
}

void TestModelsPage::loadsShowsProgressAndTheTruth()
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

void TestModelsPage::cancelsALoad()
{
    select(kModel);
    find<QPushButton>("models.load")->click();
    const engine::JobId job = engine().last("load");
    find<QPushButton>("models.load.cancel")->click();
    QCOMPARE(engine().cancelled, std::vector<engine::JobId>{job});
    QTRY_VERIFY(find<QPushButton>("models.load")->isVisible());
    QVERIFY(!m_fixture->session.isLoaded());
}

void TestModelsPage::saysWhyALoadFailedAndHowToMendIt()
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

void TestModelsPage::refusesAModelWithAProblem()
{
    auto broken = support::sampleModel("/models/broken.pth");
    broken.problem = "the archive ends early";
    engine().models.push_back(broken);
    select(QStringLiteral("/models/broken.pth"));
    QVERIFY(!find<QPushButton>("models.load")->isEnabled());
    const auto *bar =
        window().page(MainWindow::Models)->findChild<gui::LoadPanel *>()->findChild<gui::MessageBar *>();
    QVERIFY(bar->isVisible());
    QCOMPARE(bar->accessibleDescription(), QStringLiteral("the archive ends early"));
}

void TestModelsPage::saysALoadErrorOnceBesideItsModel()
{
    const auto visibleBars = [this] {
        int count = 0;
        for (const auto *bar : window().page(MainWindow::Models)->findChildren<gui::MessageBar *>())
            count += bar->isVisible();
        return count;
    };
    select(QStringLiteral("demo"));
    window().loadModel(kModel); // as the menu of recent models does
    engine().fail(engine().last("load"), ErrorCode::OutOfMemory, "needs 9.8 GB, 4.1 GB are free");
    QTRY_COMPARE(visibleBars(), 1);
    auto *table = find<QTableView>("models.table");
    QCOMPARE(table->currentIndex().data(kPathRole).toString(), kModel);

    window().loadModel(QStringLiteral("/models/gone.pth")); // in no list
    engine().fail(engine().last("load"), ErrorCode::FileNotFound, "/models/gone.pth: not found");
    const auto saysSo = [](const gui::MessageBar *bar) {
        return bar->isVisible() && bar->accessibleDescription().contains(QLatin1String("gone.pth"));
    };
    const auto bars = window().page(MainWindow::Models)->findChildren<gui::MessageBar *>();
    QTRY_COMPARE(std::count_if(bars.begin(), bars.end(), saysSo), 1);
}

void TestModelsPage::loadsWithoutAVocabularyOnceOneIsChosen()
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

void TestModelsPage::keepsALoadUntilTheEngineIsThere()
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

void TestModelsPage::keepsTheNameReadableInANarrowWindow()
{
    QTableView *table = openModels();
    for (const int width : {860, 1020, 1200, 1600}) {
        window().resize(width, 560);
        QTRY_COMPARE(window().width(), width);
        QTRY_VERIFY2(table->columnWidth(0) >= 150, qPrintable(QString::number(width)));
    }
}

void TestModelsPage::offersOnlyTheOptionsThatMeanSomething()
{
    auto old = support::sampleModel("/models/raven.pth");
    old.family = "rwkv4";
    auto hybrid = support::sampleModel("/models/hybrid.safetensors");
    hybrid.family = "rwkv-hybrid";
    hybrid.contextTokens = 4096;
    engine().models.push_back(old);
    engine().models.push_back(hybrid);
    select(kModel);
    auto *fold = find<QPushButton>("models.load.advanced");
    QVERIFY(fold->isVisible());
    QVERIFY(!find<QDoubleSpinBox>("models.load.epsilon")->isVisible()); // folded
    fold->click();
    QVERIFY(find<QDoubleSpinBox>("models.load.epsilon")->isVisible());
    QVERIFY(!find<QSpinBox>("models.load.context")->isVisible());
    select(QStringLiteral("/models/hybrid.safetensors"));
    QVERIFY(find<QSpinBox>("models.load.context")->isVisible());
    QVERIFY(!find<QDoubleSpinBox>("models.load.epsilon")->isVisible());
    QVERIFY(find<QSpinBox>("models.load.context")->text().contains(QStringLiteral("4,096")));
    select(QStringLiteral("/models/raven.pth"));
    QVERIFY(!fold->isVisible());
}

void TestModelsPage::loadsWithTheAdvancedOptions()
{
    auto hybrid = support::sampleModel("/models/hybrid.safetensors");
    hybrid.contextTokens = 4096; // of a family with a norm behind its heads too
    engine().models.push_back(hybrid);
    select(QStringLiteral("/models/hybrid.safetensors"));
    QTRY_VERIFY(!engine().forecasts.empty());
    QCOMPARE(engine().forecasts.back().contextTokens, 0);
    QCOMPARE(engine().forecasts.back().headNormEpsilon, 0.0F);
    find<QPushButton>("models.load.advanced")->click();
    find<QSpinBox>("models.load.context")->setValue(8192);
    find<QDoubleSpinBox>("models.load.epsilon")->setValue(1.0);
    QTRY_COMPARE(engine().forecasts.back().contextTokens, 8192);
    find<QPushButton>("models.load")->click();
    QCOMPARE(engine().loads.back().contextTokens, 8192);
    QCOMPARE(engine().loads.back().headNormEpsilon, 1e-5F);
    engine().finishLoad();
    select(kModel); // another model begins with its own
    select(QStringLiteral("/models/hybrid.safetensors"));
    QTRY_COMPARE(engine().forecasts.back().contextTokens, 0);
}

/// A request to the endpoint is a job that the window did not begin.
void TestModelsPage::followsAModelThatOthersLoad()
{
    select(kModel);
    engine::LoadSpec spec;
    spec.model = kModel.toStdString();
    engine().load(spec);
    engine().finishLoad();
    QTRY_VERIFY(m_fixture->session.isLoaded());
    QCOMPARE(m_fixture->session.loadedPath(), kModel);
    QVERIFY(find<QToolButton>("context.model")->text().contains(QLatin1String("rwkv7-g1-1.5b")));
    QCOMPARE(find<QToolButton>("status.engine")->text(), QStringLiteral("● Ready"));
    QVERIFY(find<QPushButton>("models.load.eject")->isVisible());
    engine().unload();
    QTRY_COMPARE(find<QToolButton>("status.engine")->text(), QStringLiteral("○ No model"));
    QVERIFY(!m_fixture->session.isLoaded());
}

void TestModelsPage::opensAModelInAChat()
{
    select(kModel);
    auto &act = m_fixture->actions[Act::ChatWithModel];
    QVERIFY(act.isEnabled());
    act.trigger();
    QCOMPARE(engine().loads.size(), 1U);
    QCOMPARE(window().currentPage(), int(MainWindow::Chat));
    engine().finishLoad();
    QTRY_VERIFY(m_fixture->session.isLoaded());
    openModels();
    act.trigger();
    QCOMPARE(engine().loads.size(), 1U); // it is loaded already
}

void TestModelsPage::forecastsEachDevice()
{
    select(kModel);
    QTRY_VERIFY(!engine().forecasts.empty());
    engine().holdAnswers = true;
    find<QLineEdit>("models.load.strategy")->setText(QStringLiteral("cuda fp16 *2 -> cpu"));
    QTRY_COMPARE(engine().forecasts.back().strategy, std::string("cuda fp16 *2 -> cpu"));
    engine::MemoryUse gpu = engine().forecastMemory;
    gpu.device = "cuda:0";
    engine().send(engine::event::ForecastReady{
        engine().last("forecast"), engine().forecastMemory, {}, {gpu, engine().forecastMemory}});
    const auto named = [this](const QString &device) {
        const auto labels = window().findChild<gui::LoadPanel *>()->findChildren<QLabel *>();
        return std::any_of(labels.begin(), labels.end(), [&](const QLabel *label) {
            return label->isVisible() && label->text().startsWith(device + QLatin1Char(':'));
        });
    };
    QTRY_VERIFY(named(QStringLiteral("cuda:0")));
    QVERIFY(named(QStringLiteral("cpu")));
}

QTEST_MAIN(TestModelsPage)
#include "tst_models_page.moc"
