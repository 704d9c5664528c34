#pragma once

#include "engine/events.h"
#include "gui/services.h"

#include <QTimer>
#include <QWidget>

#include <functional>
#include <map>

class QLabel;
class QLineEdit;
class QModelIndex;
class QPushButton;
class QSortFilterProxyModel;
class QStackedWidget;
class QTableView;
class QTabWidget;

namespace gui
{

class FolderWatch;
class LoadPanel;
class MessageBar;
class ModelFilterModel;
class ModelListModel;
class TensorListModel;
enum class Remedy;

/// The model files of this computer: found by scanning folders, looked into, and loaded.
class ModelsPage final : public QWidget
{
    Q_OBJECT

public:
    explicit ModelsPage(const Services &services, QWidget *parent = nullptr);
    ~ModelsPage() override;

    /// Lists the model and selects it, wherever it is, and loads it if asked to; a state goes to the chats.
    void openFile(const QString &path, bool load = false);
    void addFolder(const QString &path);
    void focusTable();
    /// Why the last load failed: in the load panel if its model is listed, else above the list.
    void showLoadError(const engine::Error &error);

protected:
    void showEvent(QShowEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void build();
    void fitNameColumn();
    void fitRows();
    void fitTensors();
    QWidget *buildVerbs();
    QWidget *buildHeader();
    QWidget *buildList();
    QWidget *buildDetails();
    QWidget *buildOverview();
    QWidget *buildTensors();
    QWidget *buildEmpty();
    void connectSignals();
    void connectPanel();

    void handle(const engine::Event &event);
    void rescan();
    void inspectSelected();
    void askForecast();
    void askNextFit();
    void handleForecast(const engine::event::ForecastReady &forecast);
    void handleFailure(const engine::event::Failed &failed);
    void handleFile(const QString &path, const engine::ModelInfo &info);
    void listFile(const QString &path, const engine::ModelInfo &info);
    void tryAsState(const QString &path, const std::function<void()> &otherwise);
    void handleFileFailure(const QString &path, const engine::Error &error);
    void inspectFile(const QString &path);
    void refreshFits();
    void removeSelected();
    bool isSingleFile(const QString &path) const;
    bool isExtra(const QString &path) const;
    void handleMissing(const QStringList &folders);
    void updateBusyText();
    void updateSelection();
    void showDetails(const engine::ModelInfo &info);
    void updateSession();
    void applyRemedy(Remedy remedy);
    void loadSelected();
    void chooseFolder();
    void chooseModelFile();
    void revealSelected();
    void convertSelected();
    void chatWithSelected();
    void tellIfEmpty();
    void select(const QString &path);
    QString selectedPath() const;

    Services m_services;
    ModelListModel *m_models;
    ModelFilterModel *m_filter;
    TensorListModel *m_tensors;
    QSortFilterProxyModel *m_tensorFilter;
    FolderWatch *m_watch;

    QLineEdit *m_search = nullptr;
    QLabel *m_busy = nullptr;
    QPushButton *m_stopScan = nullptr;
    MessageBar *m_message = nullptr;
    QTableView *m_table = nullptr;
    QStackedWidget *m_detailStack = nullptr;
    QLabel *m_name = nullptr;
    QLabel *m_facts = nullptr;
    QTableView *m_tensorTable = nullptr;
    QTabWidget *m_tabs = nullptr;
    QLabel *m_overview = nullptr;
    QLineEdit *m_tensorSearch = nullptr;
    LoadPanel *m_panel = nullptr;

    engine::JobId m_scanJob = 0;
    engine::JobId m_demoJob = 0;
    engine::JobId m_inspectJob = 0;
    engine::JobId m_forecastJob = 0;
    engine::JobId m_fitJob = 0;
    QString m_fitPath;
    std::map<engine::JobId, QString> m_fileJobs; ///< inspections of single files that go into the list
    struct StateJob {
        QString path;
        std::function<void()> otherwise; ///< when it is no state
    };
    std::map<engine::JobId, StateJob> m_stateJobs;
    QStringList m_unlisted;      ///< opened, not inspected yet
    bool m_scanComplete = false; ///< all folders were read; endScan() waits for the files
    bool m_wasLoaded = false;
    QTimer m_forecastTimer;
    QString m_toLoad;      ///< once it is inspected
    QString m_askedFolder; ///< the user named it; whether something is in it is to be said
    QString m_wanted;      ///< to be selected when it is found
    int m_found = 0;
    int m_extraWidth = 0; ///< of the columns that a narrow table leaves out
    bool m_scanPending = true;
};

} // namespace gui
