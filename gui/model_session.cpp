#include "gui/model_session.h"
#include "gui/engine_bridge.h"

namespace gui
{

namespace ev = engine::event;

namespace
{

/// As the window names it.
QString pathOf(const engine::ModelInfo &info)
{
    return info.isDemo ? QStringLiteral("demo") : QString::fromStdString(info.path);
}

} // namespace

double ModelSession::Progress::fraction() const
{
    const double part = total == 0 ? 0.0 : double(done) / double(total);
    switch (phase) {
    case engine::LoadPhase::Opening:
        return 0.02 * part;
    case engine::LoadPhase::ReadingWeights:
        return 0.02 + 0.90 * part;
    case engine::LoadPhase::Tokenizer:
        return 0.92 + 0.02 * part;
    case engine::LoadPhase::Allocating:
        return 0.94 + 0.02 * part;
    case engine::LoadPhase::WarmingUp:
        return 0.96 + 0.04 * part;
    }
    return 0;
}

ModelSession::ModelSession(EngineBridge &bridge, QObject *parent)
    : QObject(parent)
    , m_bridge(bridge)
{
    connect(&m_bridge, &EngineBridge::eventArrived, this, &ModelSession::handle);
    connect(&m_bridge, &EngineBridge::engineStarted, this, [this] {
        if (m_loading && m_job == 0) start();
    });
}

void ModelSession::load(const engine::LoadSpec &spec, std::size_t forecastBytes)
{
    if (m_job != 0) m_bridge.engine().cancel(m_job);
    m_lastSpec = spec;
    m_loading = spec;
    m_pendingForecast = forecastBytes;
    m_progress = {};
    m_clock.start();
    m_job = 0;
    if (m_bridge.hasEngine()) start();
    Q_EMIT changed();
}

void ModelSession::start() { m_job = m_bridge.engine().load(*m_loading); }

void ModelSession::cancelLoad()
{
    if (m_job != 0)
        m_bridge.engine().cancel(m_job); // the event ends it
    else if (m_loading) {
        m_loading.reset();
        Q_EMIT loadCancelled();
        Q_EMIT changed();
    }
}

void ModelSession::eject()
{
    if (m_loaded && m_bridge.hasEngine()) m_unloadJob = m_bridge.engine().unload();
}

void ModelSession::retry()
{
    if (!m_lastSpec.model.empty()) load(m_lastSpec);
}

void ModelSession::setAdapters(const std::vector<engine::AdapterUse> &adapters)
{
    if (!m_bridge.hasEngine()) return;
    m_adapterJob = m_bridge.engine().setAdapters(adapters);
    Q_EMIT changed();
}

void ModelSession::handleAdapters(const engine::Event &event)
{
    m_adapterJob = 0;
    if (const auto *set = std::get_if<ev::AdaptersSet>(&event)) {
        m_adapters = set->adapters;
        QStringList warnings;
        for (const std::string &warning : set->warnings)
            warnings << QString::fromStdString(warning);
        Q_EMIT adaptersSet(warnings);
    } else if (const auto *failed = std::get_if<ev::Failed>(&event)) {
        Q_EMIT adaptersFailed(failed->error);
    }
    Q_EMIT changed();
}

void ModelSession::forgetModel()
{
    m_loaded.reset();
    m_loadedPath.clear();
    m_adapters.clear();
}

void ModelSession::handle(const engine::Event &event)
{
    const engine::JobId job = engine::jobOf(event);
    const auto *unloaded = std::get_if<ev::ModelUnloaded>(&event);
    if (unloaded && job == 0) { // nobody asked for it
        forgetModel();
        Q_EMIT modelLost(unloaded->reason);
        Q_EMIT changed();
        return;
    }
    if (m_unloadJob != 0 && job == m_unloadJob) {
        m_unloadJob = 0;
        if (unloaded) forgetModel();
        Q_EMIT changed();
        return;
    }
    if (m_adapterJob != 0 && job == m_adapterJob) {
        handleAdapters(event);
        return;
    }
    if (m_job == 0 || job != m_job) { // of requests to the endpoint
        if (const auto *done = std::get_if<ev::ModelLoaded>(&event)) {
            m_loaded = *done;
            m_loadedPath = pathOf(done->info);
            m_forecastBytes = 0;
            m_adapters = m_bridge.engine().snapshot().adapters;
            Q_EMIT modelLoaded();
            Q_EMIT changed();
        } else if (unloaded) {
            forgetModel();
            Q_EMIT changed();
        } else if (const auto *set = std::get_if<ev::AdaptersSet>(&event)) {
            m_adapters = set->adapters;
            Q_EMIT changed();
        }
        return;
    }
    if (const auto *progress = std::get_if<ev::LoadProgress>(&event)) {
        m_progress = {progress->phase, progress->done, progress->total, double(m_clock.elapsed()) / 1000.0};
        Q_EMIT changed();
        return;
    }
    handleEnd(event);
}

void ModelSession::handleEnd(const engine::Event &event)
{
    m_job = 0;
    const engine::LoadSpec spec = *m_loading;
    m_loading.reset();
    if (const auto *done = std::get_if<ev::ModelLoaded>(&event)) {
        m_loaded = *done;
        m_loadedPath = QString::fromStdString(spec.model);
        m_forecastBytes = m_pendingForecast;
        m_adapters = spec.adapters;
        Q_EMIT modelLoaded();
    } else if (const auto *failed = std::get_if<ev::Failed>(&event)) {
        Q_EMIT loadFailed(failed->error);
    } else {
        Q_EMIT loadCancelled();
    }
    Q_EMIT changed();
}

} // namespace gui
