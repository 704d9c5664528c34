#include "gui/widgets/load_panel.h"
#include "gui/theme.h"
#include "gui/units.h"
#include "gui/widgets/adapter_rack.h"
#include "gui/widgets/device_choice.h"
#include "gui/widgets/fix_list.h"
#include "gui/widgets/layer_editor.h"
#include "gui/widgets/load_advanced.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/strategy_edit.h"

#include "engine/engine.h"

#include <QComboBox>
#include <QEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace gui
{
namespace
{

constexpr int kMaxSlots = 4096;

QLabel *dimLabel(QWidget *parent)
{
    auto *label = new QLabel(parent);
    label->setProperty("dim", true);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    return label;
}

void addRow(QFormLayout *form, const QString &title, QLayout *fields, QWidget *field)
{
    auto *label = new QLabel(title);
    label->setBuddy(field);
    form->addRow(label, fields);
}

} // namespace

LoadPanel::LoadPanel(ExtraListModel &adapters, QWidget *parent)
    : QWidget(parent)
    , m_device(new DeviceChoice(this))
    , m_precision(new QComboBox(this))
    , m_strategy(new StrategyEdit(this))
    , m_slots(new QSpinBox(this))
    , m_vocabulary(new QLineEdit(this))
    , m_browse(new QToolButton(this))
    , m_adapters(new AdapterRack(adapters, QStringLiteral("models.load.adapters"), this))
    , m_advanced(new LoadAdvanced(this))
    , m_showLayers(new QPushButton(tr("Layers…"), this))
    , m_layers(new LayerEditor(this))
    , m_bar(new MemoryBar(this))
    , m_deviceBars(new DeviceBars(this))
    , m_forecastText(new QLabel(this))
    , m_fixes(new FixList(this))
    , m_message(new MessageBar(this, MessageBar::Verb::Below))
    , m_progressBox(new QWidget(this))
    , m_phase(new QLabel(this))
    , m_phaseDetail(dimLabel(this))
    , m_progress(new QProgressBar(this))
    , m_load(new QPushButton(tr("Load"), this))
    , m_cancel(new QPushButton(tr("Cancel"), this))
    , m_eject(new QPushButton(tr("Eject"), this))
    , m_result(dimLabel(this))
{
    build();
    connectSignals();
    showIdle();
}

void LoadPanel::build()
{
    m_forecastText->setWordWrap(true);
    m_forecastText->setTextFormat(Qt::PlainText);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(10);
    m_choices = buildChoices();
    column->addWidget(m_choices);
    column->addWidget(m_bar);
    column->addWidget(m_deviceBars);
    column->addWidget(m_forecastText);
    column->addWidget(m_fixes);
    column->addWidget(m_message);
    column->addWidget(buildProgress());
    column->addWidget(m_result);
    column->addWidget(buildButtons());
}

QWidget *LoadPanel::buildChoices()
{
    m_device->setObjectName(QStringLiteral("models.load.device"));
    m_device->setToolTip(tr("Where the model runs; the settings tell more of each device."));
    m_precision->setObjectName(QStringLiteral("models.load.precision"));
    m_precision->addItem(tr("As in the file"), QString());
    for (const std::string &format : engine::listFormats())
        m_precision->addItem(QString::fromStdString(format), QString::fromStdString(format));
    m_precision->setPlaceholderText(tr("As the strategy says"));
    m_precision->setToolTip(tr("Number format in which the weights are kept in memory."));

    m_strategy->setObjectName(QStringLiteral("models.load.strategy"));
    m_strategy->setText(QString::fromStdString(engine::LoadSpec().strategy));
    m_strategy->setAccessibleName(tr("Strategy"));
    m_strategy->setPlaceholderText(m_strategy->text());
    m_strategy->setToolTip(
        tr("Where each layer runs and in which precision, such as “cpu fp32 *3 -> cpu bf16”: "
           "three layers in fp32, the others in bf16."));

    m_slots->setObjectName(QStringLiteral("models.load.slots"));
    m_slots->setRange(0, kMaxSlots);
    m_slots->setSpecialValueText(tr("Automatic"));
    m_slots->setToolTip(
        tr("How many texts can be written at the same time. Each takes memory for its state."));

    m_vocabulary->setObjectName(QStringLiteral("models.load.vocabulary"));
    m_vocabulary->setAccessibleName(tr("Vocabulary"));
    m_vocabulary->setClearButtonEnabled(true);
    m_vocabulary->setToolTip(
        tr("The vocabulary file; empty: the one beside the model, else the one of Rookery."));
    m_browse->setObjectName(QStringLiteral("models.load.browse"));
    m_browse->setIcon(icon(QStringLiteral("open")));
    m_browse->setToolTip(tr("Choose a vocabulary file"));
    m_browse->setAccessibleName(m_browse->toolTip());

    auto *file = new QHBoxLayout;
    file->setSpacing(4);
    file->addWidget(m_vocabulary, 1);
    file->addWidget(m_browse);

    m_showLayers->setObjectName(QStringLiteral("models.load.layers"));
    m_showLayers->setCheckable(true);
    m_showLayers->setToolTip(tr("Shows the layers, to choose device and precision of each."));
    m_layers->hide();
    auto *strategy = new QHBoxLayout;
    strategy->setSpacing(4);
    strategy->addWidget(m_strategy, 1);
    strategy->addWidget(m_showLayers);

    auto *box = new QWidget(this);
    auto *form = new QFormLayout(box);
    form->setContentsMargins(0, 0, 0, 0);
    form->setHorizontalSpacing(12);
    form->setVerticalSpacing(8);
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->addRow(tr("&Device"), m_device);
    form->addRow(tr("&Precision"), m_precision);
    addRow(form, tr("S&trategy"), strategy, m_strategy);
    form->addRow(m_layers);
    form->addRow(tr("&Slots"), m_slots);
    addRow(form, tr("&Vocabulary"), file, m_vocabulary);
    form->addRow(tr("&Adapters"), m_adapters);
    form->addRow(m_advanced);
    for (QWidget *field : {static_cast<QWidget *>(m_device), static_cast<QWidget *>(m_precision),
                           static_cast<QWidget *>(m_slots)}) {
        if (auto *title = qobject_cast<QLabel *>(form->labelForField(field)))
            field->setAccessibleName(title->text().remove(QLatin1Char('&')));
    }
    return box;
}

QWidget *LoadPanel::buildProgress()
{
    m_progress->setObjectName(QStringLiteral("models.load.progress"));
    m_progress->setRange(0, 1000);
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Loading progress"));
    m_phase->setObjectName(QStringLiteral("models.load.phase"));
    auto *column = new QVBoxLayout(m_progressBox);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(m_phase);
    column->addWidget(m_progress);
    column->addWidget(m_phaseDetail);
    return m_progressBox;
}

QWidget *LoadPanel::buildButtons()
{
    m_load->setObjectName(QStringLiteral("models.load"));
    m_load->setProperty("primary", true);
    m_cancel->setObjectName(QStringLiteral("models.load.cancel"));
    m_cancel->setToolTip(tr("Stops loading; the model before stays."));
    m_eject->setObjectName(QStringLiteral("models.load.eject"));
    m_eject->setToolTip(tr("Frees the memory of the loaded model."));
    m_result->setObjectName(QStringLiteral("models.load.result"));
    auto *box = new QWidget(this);
    auto *row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->addStretch(1);
    row->addWidget(m_eject);
    row->addWidget(m_cancel);
    row->addWidget(m_load);
    return box;
}

void LoadPanel::connectSignals()
{
    connect(m_device, &DeviceChoice::deviceChosen, this, &LoadPanel::chooseDevice);
    connect(m_precision, &QComboBox::currentIndexChanged, this, &LoadPanel::choosePrecision);
    connect(m_strategy, &QLineEdit::textChanged, this, &LoadPanel::followStrategy);
    connect(m_showLayers, &QPushButton::toggled, m_layers, &QWidget::setVisible);
    connect(m_layers, &LayerEditor::strategyEdited, m_strategy, &QLineEdit::setText);
    connect(m_slots, &QSpinBox::valueChanged, this, &LoadPanel::specChanged);
    connect(m_vocabulary, &QLineEdit::textChanged, this, &LoadPanel::updateLoadable);
    connect(m_vocabulary, &QLineEdit::textChanged, this, &LoadPanel::specChanged);
    connect(m_browse, &QToolButton::clicked, this, &LoadPanel::chooseVocabulary);
    connect(m_adapters, &AdapterRack::changed, this, &LoadPanel::specChanged);
    connect(m_advanced, &LoadAdvanced::changed, this, &LoadPanel::specChanged);
    connect(m_load, &QPushButton::clicked, this, &LoadPanel::loadRequested);
    connect(m_cancel, &QPushButton::clicked, this, &LoadPanel::cancelRequested);
    connect(m_eject, &QPushButton::clicked, this, &LoadPanel::ejectRequested);
    connect(m_message, &MessageBar::remedyChosen, this, &LoadPanel::remedyChosen);
    connect(m_fixes, &FixList::chosen, this, &LoadPanel::applyFix);
    m_stallTimer.setInterval(1000);
    connect(&m_stallTimer, &QTimer::timeout, this, &LoadPanel::updateStalled);
}

void LoadPanel::setModel(const engine::ModelInfo &info)
{
    const bool isOther = info.path != m_info.path;
    m_info = info;
    if (isOther) {
        const QSignalBlocker blockSlots(m_slots);
        const QSignalBlocker blockVocabulary(m_vocabulary);
        m_slots->setValue(0);
        m_vocabulary->clear();
        const QSignalBlocker blockAdapters(m_adapters);
        m_adapters->setUses({});
        m_message->dismiss();
        clearForecast();
    }
    m_advanced->setModel(info, isOther);
    const std::string kept = info.format == info.dtype ? info.dtype : info.dtype + " → " + info.format;
    m_precision->setItemText(0, info.dtype.empty()
                                    ? tr("As in the file")
                                    : tr("As in the file (%1)").arg(QString::fromStdString(kept)));
    m_vocabulary->setPlaceholderText(
        info.vocabularyFile.empty()
            ? tr("none found – choose one")
            : tr("Automatic: %1").arg(QFileInfo(QString::fromStdString(info.vocabularyFile)).fileName()));
    m_layers->setStrategy(
        QString::fromStdString(engine::LoadSpec().strategy)); // what it says without a format
    m_layers->setModel(info);
    m_fileFormat = m_layers->onlyFormat();
    m_layers->setStrategy(QString::fromStdString(spec().strategy));
    showPrecision();
    setBusy(m_isBusy);
    if (!info.problem.empty() && !m_isBusy)
        m_message->showError(engine::Error(
            info.problemCode == engine::ErrorCode::None ? engine::ErrorCode::BadFile : info.problemCode,
            info.problem));
}

engine::LoadSpec LoadPanel::spec() const
{
    engine::LoadSpec spec;
    spec.model = m_info.path;
    if (const QString strategy = m_strategy->text().simplified(); !strategy.isEmpty())
        spec.strategy = strategy.toStdString();
    spec.slots = m_slots->value();
    spec.vocabulary = m_vocabulary->text().trimmed().toStdString();
    spec.adapters = m_adapters->uses();
    m_advanced->applyTo(spec);
    return spec;
}

void LoadPanel::setForecast(const engine::event::ForecastReady &forecast)
{
    m_forecast = forecast.memory;
    m_fixes->setFixes(forecast.fixes);
    m_bar->setParts(partsOfForecast(forecast.memory));
    m_deviceBars->setForecasts(forecast.memoryByDevice);
    m_bar->setVisible(forecast.memoryByDevice.size() < 2);
    updateForecastText();
}

void LoadPanel::clearForecast()
{
    m_forecast = {};
    m_fixes->setFixes({});
    m_deviceBars->setForecasts({});
    m_bar->hide();
    updateForecastText();
}

void LoadPanel::updateForecastText()
{
    const Fit fit = fitOf(m_forecast);
    const QString needed = bytesText(m_forecast.needed());
    const QString free = bytesText(m_forecast.free);
    QString text;
    switch (fit) {
    case Fit::Fits:
        text = tr("Needs %1 of %2 free.").arg(needed, free);
        break;
    case Fit::Tight:
        text = tr("◐ Tight: needs %1 of %2 free; another program may push it out.").arg(needed, free);
        break;
    case Fit::TooBig:
        text = tr("○ Too big: needs %1, only %2 are free.").arg(needed, free);
        break;
    default:
        break;
    }
    if (m_forecast.context > 0 && !text.isEmpty())
        text += QLatin1Char(' ') +
                tr("Each text takes up to %1 more as it grows.").arg(bytesText(m_forecast.context));
    m_forecastText->setText(text);
    m_forecastText->setVisible(!text.isEmpty());
    QPalette colors = palette();
    colors.setColor(QPalette::WindowText, fit == Fit::Fits ? tokens().dim : fitColor(fit));
    m_forecastText->setPalette(colors); // not the dim of small print: the colour tells
}

void LoadPanel::applyFix(const engine::MemoryFix &fix)
{
    if (fix.kind == engine::MemoryFix::Kind::FewerSlots)
        m_slots->setValue(fix.slots);
    else
        m_strategy->setText(QString::fromStdString(fix.strategy));
}

void LoadPanel::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange && m_forecastText) updateForecastText();
    QWidget::changeEvent(event);
}

void LoadPanel::setBusy(bool busy)
{
    m_isBusy = busy;
    const bool canLoad = canBeLoaded(m_info);
    m_progressBox->setVisible(busy);
    m_cancel->setVisible(busy);
    m_load->setVisible(!busy && canLoad);
    m_choices->setVisible(canLoad || busy);
    updateLoadable();
    for (QWidget *choice : {static_cast<QWidget *>(m_device), static_cast<QWidget *>(m_precision),
                            static_cast<QWidget *>(m_strategy), static_cast<QWidget *>(m_slots),
                            static_cast<QWidget *>(m_vocabulary), static_cast<QWidget *>(m_browse),
                            static_cast<QWidget *>(m_adapters), static_cast<QWidget *>(m_layers),
                            static_cast<QWidget *>(m_advanced)})
        choice->setEnabled(!busy && canLoad);
    if (busy) {
        m_message->dismiss();
        m_result->hide();
        m_eject->hide();
        if (!m_stallTimer.isActive()) {
            m_sinceProgress.start();
            m_stallTimer.start();
        }
    } else {
        m_stallTimer.stop();
        m_lastFraction = -1;
    }
}

/// Without a vocabulary of its own the model waits for one to be chosen.
void LoadPanel::updateLoadable()
{
    const bool lacksVocabulary = canBeLoaded(m_info) && !m_info.problem.empty() && spec().vocabulary.empty();
    m_load->setEnabled(canBeLoaded(m_info) && !lacksVocabulary && !m_strategy->hasProblem());
    m_load->setToolTip(lacksVocabulary            ? tr("Choose a vocabulary file first.")
                       : m_strategy->hasProblem() ? tr("Correct the strategy first.")
                                                  : tr("Loads the model with these choices."));
}

void LoadPanel::showIdle()
{
    setBusy(false);
    m_load->setText(tr("Load"));
    m_result->hide();
    m_eject->hide();
}

void LoadPanel::showLoaded(const engine::event::ModelLoaded &loaded, std::size_t forecastBytes)
{
    setBusy(false);
    m_message->dismiss();
    m_load->setText(tr("Load again"));
    m_eject->show();
    QString text = tr("Loaded as %1 with %n slots in %2.", nullptr, loaded.slots)
                       .arg(QString::fromStdString(loaded.strategy), secondsText(loaded.seconds));
    const QString actual = bytesText(loaded.memory.needed());
    text += QLatin1Char('\n') +
            (forecastBytes > 0 ? tr("Actual memory %1 (forecast %2).").arg(actual, bytesText(forecastBytes))
                               : tr("Actual memory %1.").arg(actual));
    m_result->setText(text);
    m_result->show();
}

void LoadPanel::showError(const engine::Error &error)
{
    m_message->showError(error);
    const bool isStrategy =
        error.code() == engine::ErrorCode::BadStrategy || error.code() == engine::ErrorCode::DeviceUnusable;
    bool hasPosition = false;
    const uint position = QString::fromStdString(error.detail()).toUInt(&hasPosition);
    if (!isStrategy || !hasPosition) return;
    m_strategy->showProblem(position, QString::fromStdString(error.message()));
    updateLoadable();
}

void LoadPanel::chooseVocabulary()
{
    auto *dialog = new QFileDialog(this, tr("Choose a vocabulary file"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("Vocabulary files (*.txt)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, m_vocabulary, &QLineEdit::setText);
    dialog->open();
}

void LoadPanel::useFewerSlots()
{
    const int now = m_slots->value() > 0 ? m_slots->value() : 2;
    m_slots->setValue(std::max(1, now / 2));
    m_slots->setFocus();
}

} // namespace gui
