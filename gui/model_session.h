#pragma once

#include "engine/events.h"

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace gui
{

class EngineBridge;

/// Which model is loaded, being loaded, or failed to load: the window's one truth about it.
///
/// Pages ask for a load here, and context bar, status bar and load panel follow the signals. Commands given
/// before the engine has started are kept and sent then. Thread: GUI.
class ModelSession final : public QObject
{
    Q_OBJECT

public:
    struct Progress {
        engine::LoadPhase phase = engine::LoadPhase::Opening;
        std::uint64_t done = 0, total = 0;
        double seconds = 0; ///< since the load was asked for
        /// Of the whole load, 0..1; reading the weights is nearly all of it.
        double fraction() const;
    };

    explicit ModelSession(EngineBridge &bridge, QObject *parent = nullptr);

    bool isLoading() const { return m_loading.has_value(); }
    bool isLoaded() const { return m_loaded.has_value(); }
    const Progress &progress() const { return m_progress; }
    /// The load that runs.
    const engine::LoadSpec &loadingSpec() const { return *m_loading; }
    const engine::event::ModelLoaded &loaded() const { return *m_loaded; }
    /// Path (or "demo") as it was given to load().
    QString loadedPath() const { return m_loadedPath; }
    /// Bytes that were forecast for the loaded model; 0 if nothing was.
    std::size_t forecastBytes() const { return m_forecastBytes; }

    void load(const engine::LoadSpec &spec, std::size_t forecastBytes = 0);
    void cancelLoad();
    void eject();
    /// Loads the last spec again.
    void retry();
    const engine::LoadSpec &lastSpec() const { return m_lastSpec; }

    /// What changes the loaded model, in the order of its use.
    const std::vector<engine::AdapterUse> &adapters() const { return m_adapters; }
    bool isSettingAdapters() const { return m_adapterJob != 0; }
    /// -> adaptersSet, or adaptersFailed with the former adapters in use.
    void setAdapters(const std::vector<engine::AdapterUse> &adapters);

Q_SIGNALS:
    /// Anything of the above changed.
    void changed();
    void modelLoaded();
    void loadFailed(const engine::Error &error);
    void loadCancelled();
    /// The device failed and the model with it.
    void modelLost(const engine::Error &reason);
    /// `warnings` are sentences of the engine.
    void adaptersSet(const QStringList &warnings);
    void adaptersFailed(const engine::Error &error);

private:
    void handleAdapters(const engine::Event &event);
    void forgetModel();
    void handle(const engine::Event &event);
    void handleEnd(const engine::Event &event);
    void start();

    EngineBridge &m_bridge;
    engine::JobId m_job = 0;
    engine::JobId m_unloadJob = 0;
    engine::JobId m_adapterJob = 0;
    std::vector<engine::AdapterUse> m_adapters;
    std::optional<engine::LoadSpec> m_loading;
    std::optional<engine::event::ModelLoaded> m_loaded;
    engine::LoadSpec m_lastSpec;
    QString m_loadedPath;
    Progress m_progress;
    QElapsedTimer m_clock;
    std::size_t m_pendingForecast = 0;
    std::size_t m_forecastBytes = 0;
};

} // namespace gui
