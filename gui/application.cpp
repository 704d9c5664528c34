#include "gui/application.h"
#include "gui/folders.h"
#include "gui/theme.h"
#include "gui/widgets/context_bar.h"

#include <QApplication>
#include <QDeadlineTimer>
#include <QFont>
#include <QLibraryInfo>
#include <QLocale>

namespace gui
{
namespace
{

constexpr int kDebug = 1;
constexpr std::size_t kMegabyte = 1'000'000;

Scheme schemeOf(const QString &name)
{
    if (name == QLatin1String("light")) return Scheme::Light;
    return name == QLatin1String("dark") ? Scheme::Dark : Scheme::System;
}

/// Characters that Chinese and Japanese share are drawn differently; the window's language decides.
QStringList fallbackFamilies(const QLocale &locale)
{
    const QStringList chinese = {QStringLiteral("Noto Sans CJK SC"), QStringLiteral("Source Han Sans SC"),
                                 QStringLiteral("WenQuanYi Zen Hei"), QStringLiteral("Droid Sans Fallback")};
    const QStringList japanese = {QStringLiteral("Noto Sans CJK JP"), QStringLiteral("Source Han Sans JP"),
                                  QStringLiteral("IPAexGothic"), QStringLiteral("Droid Sans Fallback")};
    return locale.language() == QLocale::Japanese ? japanese + chinese : chinese + japanese;
}

} // namespace

Application::Application(StartOptions options, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_settings(folders().config, folders().state)
{
    engine::setLogSink(m_log.sink());
    applyLanguage();
    applyFont();
    applyColors();
    m_actions = std::make_unique<Actions>();
    m_bridge = std::make_unique<EngineBridge>();
    m_session = std::make_unique<ModelSession>(*m_bridge);
    m_library = std::make_unique<Library>(*m_bridge, *m_session, m_settings);
    m_server = std::make_unique<ServerHost>(*m_bridge, m_settings);
    m_devices = std::make_unique<DeviceWatch>(*m_bridge, m_metrics);
    startEngine();
    m_window = std::make_unique<MainWindow>(Services{*m_bridge, *m_actions, m_settings, *m_session, m_metrics,
                                                     m_log, *m_library, *m_server, *m_devices});
    connectSignals();
}

Application::~Application()
{
    m_window.reset();
    if (m_starter.joinable()) m_starter.join();
    m_devices.reset();
    m_server.reset(); // before the engine that it serves
    m_library.reset();
    m_session.reset();
    m_startedEngine.reset();
    m_bridge.reset(); // the engine with it: cancels what runs
    engine::setLogSink({});
}

void Application::show() { m_window->show(); }

void Application::applyLanguage()
{
    const QString wanted =
        m_options.language.isEmpty() ? m_settings.text(Setting::Language) : m_options.language;
    const QLocale locale = wanted.isEmpty() ? QLocale::system() : QLocale(wanted);
    QLocale::setDefault(locale);
    // English has a catalogue too, for its plurals; it serves every language that has none.
    const QString catalogues = QStringLiteral(":/i18n");
    if (m_translator.load(locale, QStringLiteral("rookery"), QStringLiteral("_"), catalogues) ||
        m_translator.load(QStringLiteral("rookery_en"), catalogues))
        QCoreApplication::installTranslator(&m_translator);
    if (m_qtTranslator.load(locale, QStringLiteral("qtbase"), QStringLiteral("_"),
                            QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
        QCoreApplication::installTranslator(&m_qtTranslator);
}

void Application::applyFont()
{
    QFont font = QApplication::font();
    font.setPixelSize(m_settings.number(Setting::FontSize));
    font.setFamilies(QStringList(font.family()) + fallbackFamilies(QLocale()));
    setTextFont(font);
}

void Application::applyColors()
{
    applyScheme(
        schemeOf(m_options.scheme.isEmpty() ? m_settings.text(Setting::ColorScheme) : m_options.scheme));
}

void Application::startEngine()
{
    engine::EngineOptions options;
    options.threads = m_settings.number(Setting::Threads);
    options.cacheBytes = std::size_t(m_settings.number(Setting::CacheMB)) * kMegabyte;
    m_starter = std::thread([this, options, sink = m_bridge->sink()] {
        m_startedEngine = engine::makeEngine(options, sink);
        QMetaObject::invokeMethod(this, &Application::adoptEngine, Qt::QueuedConnection);
    });
}

void Application::adoptEngine()
{
    m_starter.join(); // it has nothing left to do
    m_bridge->setEngine(std::move(m_startedEngine));
}

void Application::connectSignals()
{
    connect(m_bridge.get(), &EngineBridge::snapshotTaken, &m_metrics, &Metrics::add);
    connect(m_window.get(), &MainWindow::firstShown, this, &Application::reportFirstShown);
    connect(m_window.get(), &MainWindow::zoomRequested, this, [this](int steps) {
        const int size = m_settings.number(Setting::FontSize);
        m_settings.setValue(Setting::FontSize,
                            steps == 0 ? Settings::defaultValue(Setting::FontSize) : QVariant(size + steps));
    });
    connect(&m_settings, &Settings::changed, this, [this](Setting setting) {
        if (setting == Setting::FontSize) applyFont();
        if (setting == Setting::ColorScheme) {
            m_options.scheme.clear();
            applyColors();
        }
    });
}

void Application::reportFirstShown()
{
    const qint64 ms = QDeadlineTimer::current().deadline() - m_options.startedMs;
    engine::log(kDebug, "gui", "window shown after " + std::to_string(ms) + " ms");
    openFirstModel();
}

void Application::openAgain(const QString &path)
{
    m_window->setWindowState(m_window->windowState() & ~Qt::WindowMinimized);
    m_window->show();
    m_window->raise();
    m_window->activateWindow();
    if (!path.isEmpty()) open(path);
}

void Application::open(const QString &path)
{
    if (path == QLatin1String("demo"))
        m_window->loadModel(path);
    else
        m_window->openPath(path, true);
}

void Application::openFirstModel()
{
    if (!m_options.model.isEmpty()) {
        open(m_options.model);
    } else if (m_settings.isOn(Setting::ReloadModel)) {
        if (const QStringList recent = recentModels(m_settings); !recent.isEmpty())
            m_window->loadModel(recent.first());
    }
}

} // namespace gui
