#include "gui/library.h"
#include "gui/engine_bridge.h"
#include "gui/folders.h"
#include "gui/model_session.h"
#include "gui/settings.h"
#include "gui/state_orders.h"

#include <QFileInfo>

#include <utility>

namespace gui
{

namespace ev = engine::event;

QStringList searchedFolders(Settings &settings)
{
    return QStringList(folders().defaultModels()) + settings.list(Setting::ModelFolders);
}

Library::Library(EngineBridge &bridge, ModelSession &session, Settings &settings, QObject *parent)
    : QObject(parent)
    , m_bridge(bridge)
    , m_settings(settings)
{
    connect(&m_bridge, &EngineBridge::eventArrived, this, &Library::handle);
    connect(&m_bridge, &EngineBridge::engineStarted, this, &Library::rescan);
    connect(&session, &ModelSession::changed, this, [this, &session] {
        const QString model = session.isLoaded() ? session.loadedPath() : QString();
        if (std::exchange(m_comparedWith, model) != model) compareAgain();
    });
    connect(&m_settings, &Settings::changed, this, [this](Setting setting) {
        if (setting == Setting::ModelFolders) rescan();
    });
    stateOrders().keepIn(m_settings.ui());
    connect(&stateOrders(), &StateOrders::changed, this, [this](const QString &path) {
        m_states.askAgain(path);
        compareNext();
    });
    if (m_bridge.hasEngine()) rescan();
}

QString Library::nameOf(const QString &path) const
{
    for (const ExtraListModel *list : {&m_states, &m_adapters}) {
        if (const auto *entry = list->find(path)) return QString::fromStdString(entry->file.name);
    }
    return QFileInfo(path).completeBaseName();
}

void Library::rescan()
{
    if (!m_bridge.hasEngine()) return;
    if (m_scanJob != 0) m_bridge.engine().cancel(std::exchange(m_scanJob, 0));
    for (ExtraListModel *list : {&m_states, &m_adapters})
        list->beginScan();
    m_found = 0;
    std::vector<std::string> places;
    for (const QString &folder : searchedFolders(m_settings))
        places.push_back(folder.toStdString());
    m_scanJob = m_bridge.engine().scanExtras(std::move(places));
    Q_EMIT scanChanged();
}

void Library::stopScan()
{
    if (m_scanJob != 0) m_bridge.engine().cancel(m_scanJob);
}

void Library::handle(const engine::Event &event)
{
    const engine::JobId job = engine::jobOf(event);
    if (job != 0 && job == m_scanJob) {
        if (const auto *found = std::get_if<ev::ExtraFound>(&event)) {
            ++m_found;
            (found->info.kind == engine::ExtraInfo::Kind::State ? m_states : m_adapters).put(found->info);
            Q_EMIT fileFound(QString::fromStdString(found->info.path));
        } else {
            handleEnd(event);
        }
        Q_EMIT scanChanged();
        compareNext();
    } else if (job != 0 && job == m_compareJob) {
        m_compareJob = 0;
        if (const auto *state = std::get_if<ev::StateInspected>(&event))
            m_states.setState(state->info);
        else if (const auto *adapter = std::get_if<ev::AdapterInspected>(&event))
            m_adapters.setAdapter(adapter->info);
        else if (const auto *failed = std::get_if<ev::Failed>(&event))
            m_compared->setUnreadable(m_comparedPath, QString::fromStdString(failed->error.message()));
        compareNext();
    }
}

void Library::handleEnd(const engine::Event &event)
{
    m_scanJob = 0;
    if (std::holds_alternative<ev::ScanFinished>(event)) {
        m_states.endScan();
        m_adapters.endScan();
    } else if (const auto *failed = std::get_if<ev::Failed>(&event)) {
        Q_EMIT scanFailed(failed->error);
    }
}

void Library::compareAgain()
{
    m_states.askAgain();
    m_adapters.askAgain();
    compareNext();
}

void Library::compareNext()
{
    if (m_compareJob != 0 || !m_bridge.hasEngine()) return;
    for (ExtraListModel *list : {&m_states, &m_adapters}) {
        m_comparedPath = list->takeNextToCompare();
        if (m_comparedPath.isEmpty()) continue;
        m_compared = list;
        if (list == &m_states) {
            m_compareJob = m_bridge.engine().inspectState(stateOrders().spec(m_comparedPath));
        } else {
            engine::AdapterUse use;
            use.path = m_comparedPath.toStdString();
            use.alpha = list->find(m_comparedPath)->file.alpha;
            m_compareJob = m_bridge.engine().inspectAdapter(use);
        }
        return;
    }
}

} // namespace gui
