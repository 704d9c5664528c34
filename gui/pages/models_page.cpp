#include "gui/pages/models_page.h"
#include "gui/actions.h"
#include "gui/device_watch.h"
#include "gui/engine_bridge.h"
#include "gui/folder_watch.h"
#include "gui/folders.h"
#include "gui/library.h"
#include "gui/model_session.h"
#include "gui/models/model_list_model.h"
#include "gui/models/tensor_list_model.h"
#include "gui/settings.h"
#include "gui/state_orders.h"
#include "gui/theme.h"
#include "gui/units.h"
#include "gui/widgets/load_panel.h"
#include "gui/widgets/message_bar.h"

#include <QDir>
#include <QFileInfo>
#include <QItemSelectionModel>
#include <QTableView>

#include <utility>

// The widgets are built in models_page_build.cpp.

namespace gui
{

namespace ev = engine::event;

namespace
{
constexpr auto kDemo = "demo";

/// Whether a file that is no model for this reason may be a state: it could be read, but has other tensors.
bool mayBeState(engine::ErrorCode problem)
{
    return problem == engine::ErrorCode::UnknownFormat || problem == engine::ErrorCode::UnsupportedModel ||
           problem == engine::ErrorCode::BadModel;
}

} // namespace

ModelsPage::ModelsPage(const Services &services, QWidget *parent)
    : QWidget(parent)
    , m_services(services)
    , m_models(new ModelListModel(this))
    , m_filter(new ModelFilterModel(this))
    , m_tensors(new TensorListModel(this))
    , m_tensorFilter(new QSortFilterProxyModel(this))
    , m_watch(new FolderWatch(this))
{
    setObjectName(QStringLiteral("page.models"));
    build();
    setFocusProxy(m_table);
    connectSignals();
    connectPanel();
    m_watch->setFolders(searchedFolders(m_services.settings));
    updateSelection();
    updateSession();
}

ModelsPage::~ModelsPage() = default;

void ModelsPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_services.devices.listOnce(); // to choose from
    if (m_scanPending) rescan();
}

// --- finding
// -----------------------------------------------------------------------------------------------------

void ModelsPage::rescan()
{
    m_scanPending = !m_services.bridge.hasEngine();
    if (m_scanPending) return;
    engine::Engine &engine = m_services.bridge.engine();
    if (m_scanJob != 0) engine.cancel(m_scanJob);
    m_models->beginScan();
    m_found = 0;
    std::vector<std::string> places;
    for (const QString &folder : searchedFolders(m_services.settings))
        places.push_back(folder.toStdString());
    m_scanComplete = false;
    m_fileJobs.clear();
    inspectFile(QString::fromLatin1(kDemo));
    for (const QString &file : m_services.settings.list(Setting::ModelFiles) + std::exchange(m_unlisted, {}))
        inspectFile(file);
    m_scanJob = engine.scan(std::move(places));
    updateBusyText();
}

void ModelsPage::updateBusyText()
{
    m_busy->setText(m_scanJob != 0 ? tr("Scanning… %n found", nullptr, m_found) : QString());
    m_stopScan->setVisible(m_scanJob != 0);
}

void ModelsPage::inspectFile(const QString &path)
{
    m_fileJobs.emplace(m_services.bridge.engine().inspect(path.toStdString()), path);
}

void ModelsPage::openFile(const QString &path, bool load)
{
    m_wanted = path;
    if (load) m_toLoad = path;
    if (m_services.bridge.hasEngine() && !m_scanPending)
        inspectFile(path);
    else
        m_unlisted.append(path);
}

bool ModelsPage::isSingleFile(const QString &path) const
{
    return m_services.settings.list(Setting::ModelFiles).contains(path);
}

void ModelsPage::removeSelected()
{
    const QString path = selectedPath();
    QStringList files = m_services.settings.list(Setting::ModelFiles);
    if (files.removeAll(path) == 0) return;
    m_services.settings.setValue(Setting::ModelFiles, files);
    m_models->remove(path);
    updateSelection();
}

void ModelsPage::addFolder(const QString &path)
{
    m_askedFolder = path;
    QStringList places = m_services.settings.list(Setting::ModelFolders);
    if (places.contains(path)) return rescan();
    places.append(path);
    m_services.settings.setValue(Setting::ModelFolders, places);
}

/// States and adapters come in files of the same kinds; they have lists of their own.
bool ModelsPage::isExtra(const QString &path) const
{
    Library &library = m_services.library;
    return library.states().find(path) || library.adapters().find(path);
}

void ModelsPage::handleMissing(const QStringList &missing)
{
    QStringList named;
    for (const QString &folder : missing) {
        if (folder != folders().defaultModels()) // the user never asked for that one
            named.append(shortPath(folder));
    }
    if (named.isEmpty()) return;
    m_message->showMessage(MessageBar::Kind::Warning,
                           tr("%n model folder(s) are not there.", nullptr, int(named.size())),
                           named.join(QLatin1Char('\n')), tr("Try again"));
}

// --- events
// ------------------------------------------------------------------------------------------------------

void ModelsPage::handle(const engine::Event &event)
{
    const engine::JobId job = engine::jobOf(event);
    if (const auto *found = std::get_if<ev::ModelFound>(&event)) {
        if (job != m_scanJob) return;
        ++m_found;
        if (!isExtra(QString::fromStdString(found->info.path))) m_models->put(found->info);
        updateBusyText();
        askNextFit();
    } else if (const auto *inspected = std::get_if<ev::ModelInspected>(&event)) {
        if (const auto file = m_fileJobs.extract(job)) {
            handleFile(file.mapped(), inspected->info);
        } else if (job == m_inspectJob) {
            m_inspectJob = 0;
            m_tensors->setTensors(inspected->info.tensors);
        }
    } else if (std::holds_alternative<ev::StateInspected>(event)) {
        if (const auto state = m_stateJobs.extract(job)) {
            m_toLoad.clear();
            m_services.actions[Act::PageChat].trigger();
            Q_EMIT m_services.actions.openStateRequested(state.mapped().path);
        }
    } else if (const auto *forecast = std::get_if<ev::ForecastReady>(&event)) {
        handleForecast(*forecast);
    } else if (const auto *failed = std::get_if<ev::Failed>(&event)) {
        handleFailure(*failed);
    }
    const bool scanEnded =
        job == m_scanJob && m_scanJob != 0 && !std::holds_alternative<ev::ModelFound>(event);
    if (scanEnded) {
        m_scanJob = 0;
        updateBusyText();
        m_scanComplete = std::holds_alternative<ev::ScanFinished>(event);
    }
    if (m_scanComplete && m_fileJobs.empty()) {
        m_scanComplete = false;
        m_models->endScan();
        tellIfEmpty();
    }
    if (!m_wanted.isEmpty() && m_models->rowOf(m_wanted) >= 0)
        select(m_wanted);
    else if (!m_table->currentIndex().isValid() && m_filter->rowCount() > 0 && m_scanJob == 0)
        m_table->setCurrentIndex(m_filter->index(0, 0));
}

/// States come in files of the same kinds as models.
void ModelsPage::tryAsState(const QString &path, const std::function<void()> &otherwise)
{
    m_stateJobs.emplace(m_services.bridge.engine().inspectState(stateOrders().spec(path)),
                        StateJob{path, otherwise});
}

void ModelsPage::handleFile(const QString &path, const engine::ModelInfo &info)
{
    const bool isKnown = path == QLatin1String(kDemo) || isSingleFile(path);
    if (isKnown || canBeLoaded(info) || !mayBeState(info.problemCode))
        listFile(path, info);
    else
        tryAsState(path, [this, path, info] { listFile(path, info); });
}

void ModelsPage::listFile(const QString &path, const engine::ModelInfo &info)
{
    engine::ModelInfo listed = info;
    listed.path = path.toStdString(); // the demonstration model stays "demo", wherever it lies
    m_models->put(listed);
    askNextFit();
    if (path == m_toLoad) {
        m_toLoad.clear();
        engine::LoadSpec spec;
        spec.model = listed.path;
        m_services.session.load(spec);
    }
    if (path == QLatin1String(kDemo) || isSingleFile(path)) return;
    m_services.settings.setValue(Setting::ModelFiles, m_services.settings.list(Setting::ModelFiles) << path);
    updateSelection();
}

/// A file of the list that is gone leaves it; one that became unreadable stays, and says so in its row.
void ModelsPage::handleFileFailure(const QString &path, const engine::Error &error)
{
    if (path == QLatin1String(kDemo) || (!isSingleFile(path) && !mayBeState(error.code())))
        return m_message->showError(error);
    if (!isSingleFile(path)) return tryAsState(path, [this, error] { m_message->showError(error); });
    if (error.code() == engine::ErrorCode::FileNotFound) {
        QStringList files = m_services.settings.list(Setting::ModelFiles);
        files.removeAll(path);
        m_services.settings.setValue(Setting::ModelFiles, files);
        return;
    }
    engine::ModelInfo info;
    info.path = path.toStdString();
    info.name = QFileInfo(path).completeBaseName().toStdString();
    info.problem = error.message();
    info.problemCode = error.code();
    m_models->put(info);
}

void ModelsPage::handleForecast(const ev::ForecastReady &forecast)
{
    if (forecast.job == m_forecastJob) {
        m_forecastJob = 0;
        m_panel->setForecast(forecast);
    } else if (forecast.job == m_fitJob) {
        m_fitJob = 0;
        m_models->setForecast(m_fitPath, forecast.memory);
        askNextFit();
    }
}

void ModelsPage::handleFailure(const ev::Failed &failed)
{
    if (const auto file = m_fileJobs.extract(failed.job)) {
        handleFileFailure(file.mapped(), failed.error);
    } else if (const auto state = m_stateJobs.extract(failed.job)) {
        state.mapped().otherwise();
    } else if (failed.job == m_forecastJob) {
        m_forecastJob = 0;
        m_panel->clearForecast();
        m_panel->showError(failed.error);
    } else if (failed.job == m_fitJob) {
        m_fitJob = 0; // stays unknown; the panel says why when it is selected
        askNextFit();
    } else if (failed.job == m_inspectJob) {
        m_inspectJob = 0;
        m_tensors->setTensors({});
    } else if (failed.job == m_scanJob) {
        m_message->showError(failed.error);
    }
}

// --- the selected model
// ------------------------------------------------------------------------------------------

QString ModelsPage::selectedPath() const
{
    return m_table->currentIndex().data(ModelListModel::PathRole).toString();
}

void ModelsPage::select(const QString &path)
{
    const QModelIndex index = m_filter->mapFromSource(m_models->index(m_models->rowOf(path), 0));
    if (!index.isValid()) return;
    m_wanted.clear();
    m_table->setCurrentIndex(index);
    m_table->scrollTo(index);
}

void ModelsPage::focusTable() { m_table->setFocus(); }

void ModelsPage::showLoadError(const engine::Error &error)
{
    const QString path = QString::fromStdString(m_services.session.lastSpec().model);
    if (m_models->rowOf(path) >= 0) select(path); // the reason stands beside the model that it is about
    updateSession();
    if (selectedPath() == path)
        m_panel->showError(error);
    else
        m_message->showError(error);
}

void ModelsPage::updateSelection()
{
    const int row = m_models->rowOf(selectedPath());
    const QString path = selectedPath();
    m_services.actions.setAvailable(Act::RevealModel, row >= 0 && path != QLatin1String(kDemo),
                                    row < 0 ? tr("Select a model first.")
                                            : tr("This model comes with Rookery."));
    const bool canLoad = row >= 0 && canBeLoaded(m_models->entry(row).info);
    const QString whyNot = row < 0 ? tr("Select a model first.") : tr("This model cannot be loaded.");
    m_services.actions.setAvailable(Act::ChatWithModel, canLoad, whyNot);
    m_services.actions.setAvailable(Act::ConvertModel, canLoad, whyNot);
    m_services.actions.setAvailable(Act::RemoveModel, isSingleFile(path),
                                    tr("Only files that were opened one by one can be removed."));
    m_detailStack->setCurrentIndex(row >= 0 ? 1 : 0);
    if (row < 0) return;
    const engine::ModelInfo &info = m_models->entry(row).info;
    showDetails(info);
    m_panel->setModel(info);
    updateSession();
    inspectSelected();
    askForecast();
}

void ModelsPage::inspectSelected()
{
    m_tensors->setTensors({});
    if (m_services.bridge.hasEngine())
        m_inspectJob = m_services.bridge.engine().inspect(selectedPath().toStdString());
}

void ModelsPage::askForecast()
{
    const int row = m_models->rowOf(selectedPath());
    if (row < 0 || !m_services.bridge.hasEngine()) return;
    if (!canBeLoaded(m_models->entry(row).info)) {
        m_forecastJob = 0; // the answer would be about the model that was selected before
        m_panel->clearForecast();
        return;
    }
    m_forecastJob = m_services.bridge.engine().forecast(m_panel->spec());
}

void ModelsPage::askNextFit()
{
    if (m_fitJob != 0 || !m_services.bridge.hasEngine()) return;
    const QString next = m_models->takeNextToFit();
    if (next.isEmpty()) return;
    m_fitPath = next;
    engine::LoadSpec spec;
    spec.model = next.toStdString();
    m_fitJob = m_services.bridge.engine().forecast(spec);
}

void ModelsPage::loadSelected()
{
    const int row = m_models->rowOf(selectedPath());
    if (row < 0 || !canBeLoaded(m_models->entry(row).info)) return;
    const engine::LoadSpec spec = m_panel->spec();
    if (spec.vocabulary.empty() && !m_models->entry(row).info.problem.empty())
        m_panel->chooseVocabulary();
    else
        m_services.session.load(spec, m_panel->forecastBytes());
}

void ModelsPage::refreshFits()
{
    m_models->askAgain();
    askNextFit();
    askForecast();
}

void ModelsPage::updateSession()
{
    const ModelSession &session = m_services.session;
    m_models->setLoaded(session.isLoaded() ? session.loadedPath() : QString());
    if (std::exchange(m_wasLoaded, session.isLoaded()) && !session.isLoaded()) refreshFits();
    if (session.isLoading()) {
        const QString path = QString::fromStdString(session.loadingSpec().model);
        const int row = m_models->rowOf(path);
        const QString name =
            row >= 0 ? QString::fromStdString(m_models->entry(row).info.name) : QFileInfo(path).baseName();
        m_panel->showProgress(name, session.progress());
    } else if (session.isLoaded() && session.loadedPath() == selectedPath()) {
        m_panel->showLoaded(session.loaded(), session.forecastBytes());
    } else {
        m_panel->showIdle();
    }
}

} // namespace gui
