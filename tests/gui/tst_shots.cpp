// Pictures of every page in every state, light and dark, for people to judge: build/screenshots/*.png.
// Without ROOKERY_SHOTS=all one state of every page; ROOKERY_SHOTS_LANG picks the language,
// ROOKERY_SHOTS_NARROW=1 makes all of them in a small window.
#include "gui/main_window.h"
#include "gui/pages/models_page.h"
#include "gui/theme.h"
#include "gui/widgets/convert_dialog.h"
#include "gui/widgets/layer_bar.h"
#include "support/extras_world.h"
#include "support/gui_fixture.h"

#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QLineEdit>
#include <QPushButton>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QToolButton>
#include <QTranslator>

#include <cmath>

namespace
{

using gui::MainWindow;

engine::ModelInfo brokenModel()
{
    engine::ModelInfo info;
    info.path = "/models/download/rwkv7-g1-2.9b-20250519-ctx4096.pth";
    info.name = "rwkv7-g1-2.9b-20250519-ctx4096";
    info.container = "pth";
    info.fileBytes = 2201170739;
    info.problem = "The file ends at 2.05 of 5.49 GB; the end of the archive is missing.";
    return info;
}

void fillWorld(support::FakeEngine &engine)
{
    auto small = support::sampleModel("/models/rwkv7-g1-0.1b-20250307-ctx4096.pth");
    small.parameters = 191084544;
    small.fileBytes = 382172672;
    small.layers = 12;
    small.width = 768;
    auto safetensors = support::sampleModel("/models/rwkv7-world-2.9b.safetensors");
    safetensors.container = "safetensors";
    safetensors.dtype = safetensors.format = "fp16";
    safetensors.parameters = 2947735040;
    safetensors.fileBytes = 5895564288;
    engine.models = {support::sampleDemo(), support::sampleModel(), small, safetensors, brokenModel()};
    engine.models[1].contextTokens = 4096; // a hybrid that shows every choice
    engine.now.processBytes = 62 << 20;
    engine.now.memory.total = 16ULL << 30;
    engine.now.memory.free = 9ULL << 30;
}

void fillMetrics(gui::Metrics &metrics, engine::Snapshot now)
{
    const engine::MemoryUse full = now.memory;
    for (int i = 0; i < 240; ++i) {
        const double t = i * 0.25;
        const bool loaded = t > 8;
        now.loaded = loaded;
        now.memory = full;
        now.memory.weights =
            loaded ? full.weights : std::size_t(double(full.weights) * std::max(0.0, (t - 5) / 3));
        now.memory.cache = loaded ? std::size_t(t * 2.4e6) : 0;
        now.memory.free = full.free - (loaded ? full.weights : 0);
        now.generating = loaded ? int(3 + 2 * std::sin(t / 3)) : 0;
        now.reading = loaded && i % 37 < 6 ? 2 : 0;
        now.queued = i % 90 > 80 ? 3 : 0;
        now.slots = 64;
        now.generatedTokens += std::uint64_t(now.generating) * 9;
        now.promptTokens += std::uint64_t(now.reading) * 60;
        metrics.addAt(1000 + t, now);
    }
}

/// Two cards beside the processor, of which one tells what it does.
void fillCards(gui::Metrics &metrics, engine::Snapshot now)
{
    constexpr std::size_t kGB = std::size_t{1} << 30;
    engine::MemoryUse first = now.memory, second = now.memory;
    first.device = "cuda:0";
    second.device = "cuda:1";
    first.total = second.total = 80 * kGB;
    now.loaded = true;
    for (int i = 0; i < 240; ++i) {
        const double t = i * 0.25;
        first.weights = 14 * kGB;
        first.states = std::size_t(double(6 * kGB) * std::min(1.0, t / 40));
        first.free = 52 * kGB - first.states;
        second.weights = 9 * kGB;
        second.free = 69 * kGB;
        now.memoryByDevice = {first, second, now.memory};
        engine::DeviceFigures busy, silent;
        busy.device = "cuda:0";
        busy.totalBytes = 80 * kGB;
        busy.busyPercent = int(60 + 30 * std::sin(t / 4));
        busy.watts = 420 + 180 * std::sin(t / 4 + 1);
        busy.mostWatts = 700;
        busy.celsius = 61;
        silent.device = "cuda:1";
        silent.problem = "libnvidia-ml.so.1 was not found";
        metrics.setFigures({busy, silent});
        metrics.addAt(1000 + t, now);
    }
}

void fillLog(gui::LogModel &log)
{
    const auto sink = log.sink();
    double t = 1763720000;
    const auto line = [&](int level, const char *category, const char *text) {
        sink({level, t += 0.113, category, text});
    };
    line(1, "gui", "window shown after 142 ms");
    line(2, "engine", "cpu: Xeon, 2 threads, kernels amx-bf16");
    line(2, "engine", "load /models/rwkv7-g1-1.5b.pth: rwkv7, 24 layers, width 2,048, bf16");
    line(2, "engine", "weights 2.84 GB mapped in 0.41 s, 64 slots, 814 MB of states");
    line(3, "engine", "prefix cache: 256 MB budget reached, 12 entries dropped");
    line(2, "engine", "request 7: 214 prompt tokens (180 cached), 312 generated, 58 tok/s");
    line(4, "engine", "load /models/rwkv7-g1-2.9b.pth failed: archive ends at 2.05 of 5.49 GB");
    for (int i = 0; i < 20; ++i)
        line(i % 6 == 0 ? 1 : 2, i % 3 ? "engine" : "gui",
             "request 8: 96 prompt tokens, 128 generated, 61 tok/s");
    log.flush();
}

} // namespace

class TestShots : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void pages_data();
    void pages();
    void cleanup() { m_fixture.reset(); }

private:
    void arrange(MainWindow &window, const QString &state);
    void arrangeLoad(MainWindow &window, const QString &state);
    void arrangeExtras(MainWindow &window, const QString &state);

    QTranslator m_translator;
    std::unique_ptr<support::GuiFixture> m_fixture;
    QString m_suffix;
    QSize m_size{1280, 800};
};

void TestShots::initTestCase()
{
    QFont font = QApplication::font();
    font.setPixelSize(13);
    const QString language = qEnvironmentVariable("ROOKERY_SHOTS_LANG");
    if (!language.isEmpty()) {
        m_suffix = QLatin1Char('-') + language;
        QLocale::setDefault(QLocale(language));
        QVERIFY(m_translator.load(QStringLiteral(":/i18n/rookery_%1.qm").arg(language)));
        QCoreApplication::installTranslator(&m_translator);
    } else {
        QLocale::setDefault(QLocale(QStringLiteral("en_US")));
    }
    if (qEnvironmentVariableIntValue("ROOKERY_SHOTS_NARROW") == 1) {
        m_size = {900, 600};
        m_suffix += QStringLiteral("-900");
    }
    font.setFamilies({font.family(), QStringLiteral("Droid Sans Fallback")});
    QApplication::setFont(font);
    QVERIFY(QDir().mkpath(QStringLiteral(ROOKERY_BUILD_DIR "/screenshots")));
}

void TestShots::pages_data()
{
    QTest::addColumn<int>("page");
    QTest::addColumn<QString>("state");
    QTest::addColumn<bool>("dark");
    const std::pair<int, const char *> states[] = {
        {MainWindow::Chat, "chat-empty"},
        {MainWindow::Chat, "chat-loading"},
        {MainWindow::Models, "models-empty"},
        {MainWindow::Models, "models-scanning"},
        {MainWindow::Models, "models-selected"},
        {MainWindow::Models, "models-tight"},
        {MainWindow::Models, "models-toobig"},
        {MainWindow::Models, "models-unreadable"},
        {MainWindow::Models, "models-tensors"},
        {MainWindow::Models, "models-loading"},
        {MainWindow::Models, "models-loaded"},
        {MainWindow::Models, "models-error"},
        {MainWindow::Models, "models-missing"},
        {MainWindow::Models, "models-narrow"},
        {MainWindow::Models, "models-layers"},
        {MainWindow::Models, "models-advanced"},
        {MainWindow::Models, "models-convert"},
        {MainWindow::Models, "models-convert-busy"},
        {MainWindow::Models, "models-emptyfolder"},
        {MainWindow::Models, "states-empty"},
        {MainWindow::Models, "states-scanning"},
        {MainWindow::Models, "states-fits"},
        {MainWindow::Models, "states-differs"},
        {MainWindow::Models, "adapters-nomodel"},
        {MainWindow::Models, "adapters-chosen"},
        {MainWindow::Models, "adapters-options"},
        {MainWindow::Models, "adapters-busy"},
        {MainWindow::Models, "adapters-inuse"},
        {MainWindow::Models, "adapters-error"},
        {MainWindow::Models, "adapters-narrow"},
        {MainWindow::Monitor, "monitor-empty"},
        {MainWindow::Monitor, "monitor-busy"},
        {MainWindow::Monitor, "monitor-busy-cards"},
        {MainWindow::Mixer, "mixer-empty"},
        {MainWindow::Server, "server-off"},
        {MainWindow::Log, "log-empty"},
        {MainWindow::Log, "log-lines"},
        {MainWindow::SettingsPageIndex, "settings"},
        {MainWindow::SettingsPageIndex, "settings-changed"},
        {MainWindow::Models, "palette"},
    };
    const bool wantsAll = qEnvironmentVariable("ROOKERY_SHOTS") == QLatin1String("all");
    const QStringList few = {"chat-empty", "models-selected", "monitor-busy", "log-lines", "settings"};
    for (const auto &[page, state] : states) {
        if (!wantsAll && !few.contains(QLatin1String(state))) continue;
        for (const bool dark : {false, true})
            QTest::addRow("%s-%s", state, dark ? "dark" : "light")
                << page << QString::fromLatin1(state) << dark;
    }
}

void TestShots::pages()
{
    QFETCH(int, page);
    QFETCH(QString, state);
    QFETCH(bool, dark);
    gui::applyScheme(dark ? gui::Scheme::Dark : gui::Scheme::Light);
    m_fixture = std::make_unique<support::GuiFixture>();
    support::FakeEngine &engine = *m_fixture->engine;
    if (state != QLatin1String("models-empty"))
        fillWorld(engine);
    else
        engine.models.clear();
    if (state == QLatin1String("models-scanning")) engine.holdAnswers = true;
    if (state == QLatin1String("models-missing"))
        m_fixture->settings->setValue(gui::Setting::ModelFolders,
                                      QStringList{QStringLiteral("/media/usb/models")});

    MainWindow window(m_fixture->services());
    window.resize(state.endsWith(QLatin1String("-narrow")) ? QSize(900, 620) : m_size);
    window.show();
    window.showPage(page);
    QTest::qWait(60);
    arrange(window, state);
    QTest::qWait(60);

    const QString file = QStringLiteral("%1/screenshots/%2-%3%4.png")
                             .arg(QStringLiteral(ROOKERY_BUILD_DIR), state,
                                  dark ? QStringLiteral("dark") : QStringLiteral("light"), m_suffix);
    const QPixmap picture = window.grab();
    QVERIFY(picture.save(file));
    QCOMPARE(picture.toImage().pixelColor(3, picture.height() - 3).lightness() < 128, dark);
}

void TestShots::arrange(MainWindow &window, const QString &state)
{
    auto *table = window.findChild<QTableView *>(QStringLiteral("models.table"));
    const auto select = [&](int row) {
        if (table) table->setCurrentIndex(table->model()->index(row, 0));
    };
    support::FakeEngine &engine = *m_fixture->engine;
    if (state == QLatin1String("models-tight")) engine.forecastMemory.weights = 8000ULL << 20;
    if (state == QLatin1String("models-toobig")) {
        engine.forecastMemory.weights = 11000ULL << 20;
        using Kind = engine::MemoryFix::Kind;
        engine.forecastFixes = {{Kind::FewerSlots, 1'200'000'000, 16, 64, {}},
                                {Kind::SmallerWeights, 5'400'000'000, 0, 0, "cpu bf16"},
                                {Kind::FreeMemory, 2'100'000'000, 0, 0, {}}};
    }
    if (state == QLatin1String("models-scanning")) {
        for (const auto &info : engine.models)
            engine.send(engine::event::ModelFound{engine.last("scan"), info});
    }
    if (state.startsWith(QLatin1String("models-")))
        select(state == QLatin1String("models-unreadable") ? 3 : 2);
    if (state == QLatin1String("models-tensors"))
        window.findChild<QTabWidget *>(QStringLiteral("models.tabs"))->setCurrentIndex(1);
    if (state == QLatin1String("models-advanced"))
        window.findChild<QPushButton *>(QStringLiteral("models.load.advanced"))->click();
    if (state == QLatin1String("models-layers")) {
        window.findChild<QLineEdit *>(QStringLiteral("models.load.strategy"))
            ->setText(QStringLiteral("cuda fp16 *6 -> cuda int8 *8 -> cpu nf4 head=fp32"));
        window.findChild<QPushButton *>(QStringLiteral("models.load.layers"))->click();
        QTest::qWait(60);
        window.findChild<gui::LayerBar *>()->select(6, 13);
    }
    if (state.startsWith(QLatin1String("models-convert"))) {
        m_fixture->actions[gui::Act::ConvertModel].trigger();
        auto *dialog = window.findChild<gui::ConvertDialog *>();
        if (state.endsWith(QLatin1String("-busy"))) {
            engine.holdAnswers = true;
            dialog->findChild<QPushButton *>(QStringLiteral("convert.start"))->click();
            engine.send(engine::event::ConvertProgress{engine.last("convert"), 1306ULL << 20, 2913ULL << 20});
        }
        QTest::qWait(60);
        dialog->grab().save(
            QStringLiteral(ROOKERY_BUILD_DIR "/screenshots/dialog-") + state +
            (gui::tokens().dark ? QStringLiteral("-dark.png") : QStringLiteral("-light.png")));
    }
    if (state == QLatin1String("models-emptyfolder")) {
        window.openPath(m_fixture->folder.path());
        QTest::qWait(60);
    }
    if (state.startsWith(QLatin1String("log-l"))) fillLog(m_fixture->log);
    if (state == QLatin1String("settings-changed")) {
        m_fixture->settings->setValue(gui::Setting::Language, QStringLiteral("ja"));
        m_fixture->settings->setValue(gui::Setting::ModelFolders,
                                      QStringList{QStringLiteral("/media/usb/models")});
        m_fixture->settings->setValue(gui::Setting::CacheMB, 1024);
    }
    if (state == QLatin1String("palette")) m_fixture->actions[gui::Act::CommandSearch].trigger();
    arrangeLoad(window, state);
    arrangeExtras(window, state);
}

void TestShots::arrangeExtras(MainWindow &window, const QString &state)
{
    const bool isState = state.startsWith(QLatin1String("states-"));
    if (!isState && !state.startsWith(QLatin1String("adapters-"))) return;
    support::FakeEngine &engine = *m_fixture->engine;
    engine.holdAnswers = false;
    if (!state.endsWith(QLatin1String("-nomodel")) && !state.endsWith(QLatin1String("-empty"))) {
        window.loadModel(QStringLiteral("demo"));
        engine.finishLoad(0.9);
    }
    if (!state.endsWith(QLatin1String("-empty"))) support::fillExtras(engine);
    m_fixture->library->rescan();
    m_fixture->actions[isState ? gui::Act::ShowStates : gui::Act::ShowAdapters].trigger();
    QTest::qWait(250);
    auto *table = window.findChild<QTableView *>(isState ? QStringLiteral("states.table")
                                                         : QStringLiteral("adapters.table"));
    table->setCurrentIndex(table->model()->index(state.endsWith(QLatin1String("-differs")) ? 2 : 0, 0));
    if (state.endsWith(QLatin1String("-scanning"))) {
        engine.holdAnswers = true;
        m_fixture->library->rescan();
    }
    if (isState || state.endsWith(QLatin1String("-nomodel"))) return;
    for (const int row : {1, 0})
        table->model()->setData(table->model()->index(row, 0), Qt::Checked, Qt::CheckStateRole);
    if (state.endsWith(QLatin1String("-chosen"))) return;
    if (state.endsWith(QLatin1String("-options"))) {
        for (const char *more : {"adapters.stack.0.more", "adapters.stack.1.more"})
            window.findChild<QToolButton *>(QLatin1String(more))->click();
        QTest::qWait(400);
        return;
    }
    if (state.endsWith(QLatin1String("-busy"))) engine.holdAnswers = true;
    if (state.endsWith(QLatin1String("-error")))
        engine.failures.insert(
            {"setAdapters", engine::Error(engine::ErrorCode::BadModel,
                                          "blocks.0.att.key: expected [2048, 2048], the model has "
                                          "[384, 384]")});
    window.findChild<QPushButton *>(QStringLiteral("adapters.apply"))->click();
}

void TestShots::arrangeLoad(MainWindow &window, const QString &state)
{
    support::FakeEngine &engine = *m_fixture->engine;
    const bool loads = state.endsWith(QLatin1String("-loading")) ||
                       state.endsWith(QLatin1String("-loaded")) || state.endsWith(QLatin1String("-error")) ||
                       state.startsWith(QLatin1String("monitor-busy"));
    if (!loads) return;
    QTest::qWait(40);
    auto *load = window.findChild<QPushButton *>(QStringLiteral("models.load"));
    if (load && load->isEnabled() && state.startsWith(QLatin1String("models")))
        load->click();
    else
        window.loadModel(QStringLiteral("/models/rwkv7-g1-1.5b.pth"));
    engine.loadProgress(engine::LoadPhase::ReadingWeights, 1306ULL << 20, 2913ULL << 20);
    if (state.endsWith(QLatin1String("-loaded")) || state.startsWith(QLatin1String("monitor-busy")))
        engine.finishLoad(6.4);
    if (state.endsWith(QLatin1String("-error")))
        engine.fail(engine.last("load"), engine::ErrorCode::TokenizerMissing,
                    "rwkv_vocab_v20230424.txt: not found beside the model nor in the data folder");
    if (state.startsWith(QLatin1String("monitor-busy"))) {
        QObject::disconnect(&m_fixture->bridge, &gui::EngineBridge::snapshotTaken, nullptr, nullptr);
        window.showPage(MainWindow::Log);
        QTest::qWait(40);
        if (state == QLatin1String("monitor-busy"))
            fillMetrics(m_fixture->metrics, engine.now);
        else
            fillCards(m_fixture->metrics, engine.now);
        window.showPage(MainWindow::Monitor);
    }
}

QTEST_MAIN(TestShots)
#include "tst_shots.moc"
