#pragma once

#include "engine/engine.h"
#include "gui/actions.h"
#include "gui/device_watch.h"
#include "gui/engine_bridge.h"
#include "gui/library.h"
#include "gui/main_window.h"
#include "gui/metrics.h"
#include "gui/model_session.h"
#include "gui/models/log_model.h"
#include "gui/server_host.h"
#include "gui/settings.h"

#include <QObject>
#include <QTranslator>

#include <memory>
#include <thread>

namespace gui
{

/// What the command line asks for; empty: what the settings say.
struct StartOptions {
    QString model;        ///< absolute path, or "demo"
    QString language;     ///< "en", "zh_CN", "ja"
    QString scheme;       ///< "light", "dark", "system"
    qint64 startedMs = 0; ///< QDeadlineTimer::current() clock at the begin of main()
};

/// Puts the program together: settings, engine, window. The window is shown first; the engine starts on a
/// thread of its own meanwhile. Thread: GUI.
class Application final : public QObject
{
    Q_OBJECT

public:
    explicit Application(StartOptions options, QObject *parent = nullptr);
    ~Application() override;

    void show();
    /// Another start of the program: brings the window to the front and opens `path` as a first start would.
    void openAgain(const QString &path);
    MainWindow &window() { return *m_window; }

private:
    void applyLanguage();
    void applyFont();
    void applyColors();
    void startEngine();
    void adoptEngine();
    void connectSignals();
    void openFirstModel();
    void open(const QString &path);
    void reportFirstShown();

    StartOptions m_options;
    Settings m_settings;
    LogModel m_log;
    Metrics m_metrics;
    QTranslator m_translator;
    QTranslator m_qtTranslator;
    std::unique_ptr<Actions> m_actions; // after the language is set
    std::unique_ptr<EngineBridge> m_bridge;
    std::unique_ptr<ModelSession> m_session;
    std::unique_ptr<Library> m_library;
    std::unique_ptr<ServerHost> m_server;
    std::unique_ptr<DeviceWatch> m_devices;
    std::unique_ptr<MainWindow> m_window;
    std::unique_ptr<engine::Engine> m_startedEngine; ///< handed over by m_starter
    std::thread m_starter;
};

} // namespace gui
