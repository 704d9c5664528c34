#pragma once

#include "gui/error_text.h"
#include "gui/model_session.h"
#include "gui/widgets/memory_bar.h"

#include "engine/engine.h"

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QSpinBox;
class QToolButton;

namespace gui
{

class AdapterRack;
class ExtraListModel;
class FixList;
class DeviceChoice;
class LayerEditor;
class LoadAdvanced;
class MessageBar;
class StrategyEdit;

/// How a model is to be loaded, what that will take, and how far it is. Knows no engine: it shows what it is
/// told and says what the user wants.
class LoadPanel final : public QWidget
{
    Q_OBJECT

public:
    /// `adapters` can be chosen without looking for a file.
    explicit LoadPanel(ExtraListModel &adapters, QWidget *parent = nullptr);

    /// The model that the choices are about. A model with a problem cannot be loaded,
    /// but for a missing vocabulary, which can be chosen here.
    void setModel(const engine::ModelInfo &info);
    engine::LoadSpec spec() const;
    /// What there is to choose from.
    void setDevices(const std::vector<engine::DeviceSummary> &devices);

    void setForecast(const engine::event::ForecastReady &forecast);
    void clearForecast();
    std::size_t forecastBytes() const { return m_forecast.needed(); }

    /// A load runs: of this model, or of another one.
    void showProgress(const QString &modelName, const ModelSession::Progress &progress);
    /// No load runs; `loaded` if it is this model that is loaded.
    void showIdle();
    void showLoaded(const engine::event::ModelLoaded &loaded, std::size_t forecastBytes);
    /// An error of the strategy is underlined there as well.
    void showError(const engine::Error &error);

    void chooseVocabulary();
    void useFewerSlots();

Q_SIGNALS:
    /// A choice changed; a forecast is wanted.
    void specChanged();
    void loadRequested();
    void cancelRequested();
    void ejectRequested();
    void remedyChosen(gui::Remedy remedy);

protected:
    void changeEvent(QEvent *event) override;

private:
    void build();
    void connectSignals();
    void updateForecastText();
    void updateStalled();
    void setBusy(bool busy);
    void updateLoadable();
    void chooseDevice(const QString &device);
    void choosePrecision();
    void followStrategy();
    void showPrecision();
    void applyFix(const engine::MemoryFix &fix);
    QWidget *buildChoices();
    QWidget *buildProgress();
    QWidget *buildButtons();

    engine::ModelInfo m_info;
    engine::MemoryUse m_forecast;
    QString m_fileFormat; ///< of a strategy that names none
    bool m_isBusy = false;

    QWidget *m_choices = nullptr;
    DeviceChoice *m_device; ///< of the whole model; none is current when the strategy names several
    QComboBox *m_precision; ///< format names, "" for the file's; none is current when the strategy says more
    StrategyEdit *m_strategy;
    QSpinBox *m_slots;
    QLineEdit *m_vocabulary;
    QToolButton *m_browse;
    AdapterRack *m_adapters;
    LoadAdvanced *m_advanced;
    QPushButton *m_showLayers;
    LayerEditor *m_layers;
    MemoryBar *m_bar;
    DeviceBars *m_deviceBars;
    QLabel *m_forecastText = nullptr;
    FixList *m_fixes;
    MessageBar *m_message;
    QWidget *m_progressBox;
    QLabel *m_phase;
    QLabel *m_phaseDetail;
    QProgressBar *m_progress;
    QPushButton *m_load;
    QPushButton *m_cancel;
    QPushButton *m_eject;
    QLabel *m_result;
    QTimer m_stallTimer;
    QElapsedTimer m_sinceProgress;
    double m_lastFraction = -1;
    QString m_progressDetail;
};

} // namespace gui
