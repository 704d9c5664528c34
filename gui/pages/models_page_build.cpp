// The widgets of the models page.
#include "gui/actions.h"
#include "gui/device_watch.h"
#include "gui/engine_bridge.h"
#include "gui/folder_watch.h"
#include "gui/library.h"
#include "gui/model_session.h"
#include "gui/models/model_list_model.h"
#include "gui/models/tensor_list_model.h"
#include "gui/pages/models_page.h"
#include "gui/settings.h"
#include "gui/theme.h"
#include "gui/units.h"
#include "gui/widgets/list_splitter.h"
#include "gui/widgets/load_panel.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/table_style.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QSortFilterProxyModel>
#include <QStackedWidget>
#include <QTabWidget>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <utility>

namespace gui
{
namespace
{

constexpr int kForecastDelayMs = 150;
constexpr int kRowPadding = 13; ///< above and below the text of a row, together
constexpr int kTensorPadding = 7;
constexpr int kCellPadding = 24;
constexpr int kHeaderPadding = 34; ///< margins and the arrow of the sorted column
constexpr int kFieldPadding = 64;  ///< icons and margins of a search field
constexpr int kDetailsWidth = 440;
constexpr int kNameWidth = 180;
constexpr int kTensorName = 190;
constexpr int kLeastTensorName = 90;

} // namespace

void ModelsPage::build()
{
    m_message = new MessageBar(this);
    QWidget *list = buildList(); // before the details, which look at it
    auto *splitter = new ListSplitter(list, buildDetails(), kDetailsWidth, this);
    splitter->setObjectName(QStringLiteral("models.splitter"));

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(16, 12, 16, 12);
    column->setSpacing(10);
    column->addWidget(buildHeader());
    column->addWidget(m_message);
    column->addWidget(splitter, 1);
    fitRows();
}

QWidget *ModelsPage::buildHeader()
{
    auto *header = new QWidget(this);
    m_busy = new QLabel(header);
    m_busy->setProperty("dim", true);
    m_stopScan = new QPushButton(tr("Stop"), header);
    m_stopScan->setObjectName(QStringLiteral("models.scan.stop"));
    m_stopScan->setProperty("link", true);
    m_stopScan->setToolTip(tr("Stops scanning; what was found stays."));
    m_stopScan->hide();
    m_search = new QLineEdit(header);
    m_search->setObjectName(QStringLiteral("models.filter"));
    m_search->setPlaceholderText(tr("Filter by name, family, dtype"));
    m_search->setAccessibleName(tr("Filter the models"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);

    auto *bar = new QHBoxLayout(header);
    bar->setContentsMargins(0, 0, 0, 0);
    bar->setSpacing(8);
    bar->addWidget(m_busy);
    bar->addWidget(m_stopScan);
    bar->addStretch(1);
    bar->addWidget(m_search);
    bar->addWidget(actionButton(m_services.actions[Act::AddModelFolder], header));
    bar->addWidget(actionButton(m_services.actions[Act::RescanModels], header));
    return header;
}

QWidget *ModelsPage::buildList()
{
    m_filter->setSourceModel(m_models);
    m_table = new QTableView(this);
    m_table->setObjectName(QStringLiteral("models.table"));
    m_table->setAccessibleName(tr("Models"));
    m_table->setModel(m_filter);
    styleTable(m_table);
    m_table->setTextElideMode(Qt::ElideMiddle);
    m_table->setItemDelegate(new ColoredTextDelegate(m_table));
    m_table->sortByColumn(ModelListModel::Name, Qt::AscendingOrder);
    m_table->viewport()->installEventFilter(this);
    m_table->addActions({&m_services.actions[Act::ChatWithModel], &m_services.actions[Act::ConvertModel],
                         &m_services.actions[Act::RevealModel], &m_services.actions[Act::RemoveModel]});
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
    return m_table;
}

QWidget *ModelsPage::buildDetails()
{
    auto *card = new QFrame(this);
    card->setProperty("card", true);
    m_name = new QLabel(card);
    m_name->setObjectName(QStringLiteral("models.name"));
    m_name->setProperty("heading", true);
    m_name->setWordWrap(true);
    m_name->setTextFormat(Qt::PlainText);
    m_facts = new QLabel(card);
    m_facts->setProperty("dim", true);
    m_facts->setTextFormat(Qt::PlainText);
    m_facts->setWordWrap(true);
    m_tabs = new QTabWidget(card);
    m_tabs->setObjectName(QStringLiteral("models.tabs"));
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(buildOverview(), tr("Overview"));
    m_tabs->addTab(buildTensors(), tr("Tensors"));

    auto *column = new QVBoxLayout(card);
    column->setContentsMargins(16, 14, 4, 4);
    column->setSpacing(4);
    column->addWidget(m_name);
    column->addWidget(m_facts);
    column->addWidget(buildVerbs());
    column->addWidget(m_tabs, 1);

    m_detailStack = new QStackedWidget(this);
    m_detailStack->setMinimumWidth(360);
    m_detailStack->addWidget(buildEmpty());
    m_detailStack->addWidget(card);
    return m_detailStack;
}

QWidget *ModelsPage::buildVerbs()
{
    auto *box = new QWidget(this);
    auto *row = new QHBoxLayout(box);
    row->setContentsMargins(0, 2, 0, 2);
    row->setSpacing(2);
    for (const Act act : {Act::ChatWithModel, Act::ConvertModel, Act::RevealModel}) {
        QToolButton *button = actionButton(m_services.actions[act], box);
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        row->addWidget(button);
    }
    row->addStretch(1);
    return box;
}

/// What one wants first, loading, stands first; what the file is, below.
QWidget *ModelsPage::buildOverview()
{
    auto *content = new QWidget(this);
    content->setObjectName(QStringLiteral("models.details"));
    m_panel = new LoadPanel(m_services.library.adapters(), content);
    m_overview = new QLabel(content);
    m_overview->setObjectName(QStringLiteral("models.overview"));
    m_overview->setTextFormat(Qt::RichText);
    m_overview->setWordWrap(true);
    m_overview->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_overview->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto *line = new QFrame(content);
    line->setProperty("line", true);
    line->setFixedHeight(1);
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(0, 12, 12, 8);
    column->setSpacing(12);
    column->addWidget(m_panel);
    column->addWidget(line);
    column->addWidget(m_overview);
    column->addStretch(1);
    auto *area = new QScrollArea(this);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setWidget(content);
    return area;
}

QWidget *ModelsPage::buildTensors()
{
    auto *page = new QWidget(this);
    m_tensorSearch = new QLineEdit(page);
    m_tensorSearch->setObjectName(QStringLiteral("models.tensors.filter"));
    m_tensorSearch->setPlaceholderText(tr("Filter, such as blocks.12.att"));
    m_tensorSearch->setAccessibleName(tr("Filter the tensors"));
    m_tensorSearch->setClearButtonEnabled(true);
    m_tensorFilter->setSourceModel(m_tensors);
    m_tensorFilter->setFilterKeyColumn(TensorListModel::Name);
    m_tensorFilter->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_tensorFilter->setSortRole(TensorListModel::SortRole);
    auto *table = new QTableView(page);
    table->setObjectName(QStringLiteral("models.tensors"));
    table->setAccessibleName(tr("Tensors"));
    table->setModel(m_tensorFilter);
    styleTable(table);
    m_tensorTable = table;
    table->viewport()->installEventFilter(this);
    table->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    table->setTextElideMode(Qt::ElideLeft);
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(0, 8, 12, 12);
    column->setSpacing(6);
    column->addWidget(m_tensorSearch);
    column->addWidget(table, 1);
    return page;
}

QWidget *ModelsPage::buildEmpty()
{
    auto *page = new QFrame(this);
    page->setProperty("card", true);
    auto *text =
        new QLabel(tr("Choose a model on the left to see what it is and to load it.\n\nDrop model files or "
                      "folders anywhere in this window to add them."),
                   page);
    text->setWordWrap(true);
    text->setAlignment(Qt::AlignCenter);
    text->setProperty("dim", true);
    auto *demo = new QPushButton(Actions::plainText(m_services.actions[Act::LoadDemo]), page);
    demo->setObjectName(QStringLiteral("models.demo"));
    demo->setToolTip(m_services.actions[Act::LoadDemo].toolTip());
    auto *folder = new QPushButton(tr("Add folder…"), page);
    folder->setObjectName(QStringLiteral("models.addfolder"));
    folder->setToolTip(m_services.actions[Act::AddModelFolder].toolTip());
    connect(demo, &QPushButton::clicked, &m_services.actions[Act::LoadDemo], &QAction::trigger);
    connect(folder, &QPushButton::clicked, &m_services.actions[Act::AddModelFolder], &QAction::trigger);
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(32, 24, 32, 24);
    column->setSpacing(12);
    column->addStretch(1);
    column->addWidget(text);
    column->addWidget(demo, 0, Qt::AlignHCenter);
    column->addWidget(folder, 0, Qt::AlignHCenter);
    column->addStretch(1);
    return page;
}

/// The name takes what the other columns leave; before it cannot be read, those make room that the details
/// show as well.
void ModelsPage::fitNameColumn()
{
    constexpr std::array kExtra = {ModelListModel::Family, ModelListModel::Dtype};
    const bool wasTight = m_table->isColumnHidden(kExtra[0]);
    if (!wasTight) m_extraWidth = m_table->columnWidth(kExtra[0]) + m_table->columnWidth(kExtra[1]);
    int others = m_extraWidth;
    for (const int column : {ModelListModel::Parameters, ModelListModel::FileSize, ModelListModel::FitColumn})
        others += m_table->columnWidth(column);
    const int room = m_table->viewport()->width();
    const bool isTight = others + kNameWidth > room;
    if (isTight) others -= m_extraWidth;
    if (isTight != wasTight) {
        for (const int column : kExtra)
            m_table->setColumnHidden(column, isTight);
    }
    m_table->setColumnWidth(ModelListModel::Name, std::max(kNameWidth, room - others));
}

void ModelsPage::fitRows()
{
    const QFontMetrics text = fontMetrics();
    m_table->verticalHeader()->setDefaultSectionSize(text.height() + kRowPadding);
    const std::pair<int, QString> widest[] = {{ModelListModel::Family, QStringLiteral("RWKV-5.2")},
                                              {ModelListModel::Parameters, shortCountText(555'000'000)},
                                              {ModelListModel::Dtype, QStringLiteral("bf16")},
                                              {ModelListModel::FileSize, bytesText(5'550'000)},
                                              {ModelListModel::FitColumn, fitText(Fit::Unreadable)}};
    for (const auto &[column, sample] : widest) {
        const QString title = m_models->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
        const int header = text.horizontalAdvance(title) + kHeaderPadding;
        m_table->setColumnWidth(column, std::max(header, text.horizontalAdvance(sample) + kCellPadding));
    }
    fitNameColumn();
    m_search->setMinimumWidth(text.horizontalAdvance(m_search->placeholderText()) + kFieldPadding);
    QTableView *tensors = m_tensorTable;
    tensors->verticalHeader()->setDefaultSectionSize(text.height() + kTensorPadding);
    const auto fit = [&](int column, const QString &sample) {
        const QString title = m_tensors->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
        tensors->setColumnWidth(column, std::max(text.horizontalAdvance(sample) + kCellPadding,
                                                 text.horizontalAdvance(title) + kHeaderPadding));
    };
    fit(TensorListModel::Shape, shapeText({65536, 2048}));
    fit(TensorListModel::Bytes, bytesText(5'550'000));
    fit(TensorListModel::Dtype, QStringLiteral("bf16"));
    fit(TensorListModel::Share, percentText(55, 100));
    fitTensors();
}

/// The name takes what the others leave; the share makes room first, then the dtype.
void ModelsPage::fitTensors()
{
    const int room = m_tensorTable->viewport()->width();
    int others = 0;
    for (const int column : {TensorListModel::Dtype, TensorListModel::Share})
        m_tensorTable->setColumnHidden(column, false);
    for (const int column : {TensorListModel::Shape, TensorListModel::Dtype, TensorListModel::Bytes})
        others += m_tensorTable->columnWidth(column);
    const int share = m_tensorTable->columnWidth(TensorListModel::Share);
    const bool isTight = others + share + kTensorName > room;
    m_tensorTable->setColumnHidden(TensorListModel::Share, isTight);
    if (!isTight) others += share;
    if (others + kTensorName > room) {
        m_tensorTable->setColumnHidden(TensorListModel::Dtype, true);
        others = m_tensorTable->columnWidth(TensorListModel::Shape) +
                 m_tensorTable->columnWidth(TensorListModel::Bytes);
    }
    m_tensorTable->setColumnWidth(TensorListModel::Name, std::max(kLeastTensorName, room - others));
}

void ModelsPage::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange && m_table) fitRows();
}

bool ModelsPage::eventFilter(QObject *watched, QEvent *event)
{
    if (!m_tensorTable) return QWidget::eventFilter(watched, event); // still being built
    if (watched == m_table->viewport() && event->type() == QEvent::Resize) fitNameColumn();
    if (watched == m_tensorTable->viewport() && event->type() == QEvent::Resize) fitTensors();
    return QWidget::eventFilter(watched, event);
}

void ModelsPage::connectSignals()
{
    Actions &actions = m_services.actions;
    connect(&m_services.bridge, &EngineBridge::eventArrived, this, &ModelsPage::handle);
    connect(&m_services.bridge, &EngineBridge::engineStarted, this, [this] {
        if (isVisible()) rescan();
    });
    connect(&m_services.settings, &Settings::changed, this, [this](Setting setting) {
        if (setting != Setting::ModelFolders) return;
        m_watch->setFolders(searchedFolders(m_services.settings));
        rescan();
    });
    connect(m_watch, &FolderWatch::missing, this, &ModelsPage::handleMissing);
    connect(m_watch, &FolderWatch::changed, &actions[Act::RescanModels], &QAction::trigger);
    connect(&actions[Act::RescanModels], &QAction::triggered, &m_services.library, &Library::rescan);
    connect(&m_services.library, &Library::fileFound, this, [this](const QString &path) {
        const int row = m_models->rowOf(path);
        if (row >= 0 && !canBeLoaded(m_models->entry(row).info)) m_models->remove(path);
    });
    connect(m_message, &MessageBar::remedyChosen, this, &ModelsPage::applyRemedy);
    connect(m_message, &MessageBar::verbPressed, this, [this] {
        m_message->dismiss();
        m_watch->setFolders(searchedFolders(m_services.settings));
        rescan();
    });
    connect(m_stopScan, &QPushButton::clicked, this,
            [this] { m_services.bridge.engine().cancel(m_scanJob); });
    connect(m_search, &QLineEdit::textChanged, m_filter, &ModelFilterModel::setText);
    connect(m_tensorSearch, &QLineEdit::textChanged, m_tensorFilter,
            &QSortFilterProxyModel::setFilterFixedString);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &ModelsPage::updateSelection);
    connect(m_table, &QTableView::activated, this, &ModelsPage::loadSelected);
    connect(&actions[Act::RescanModels], &QAction::triggered, this, &ModelsPage::rescan);
    connect(&actions[Act::AddModelFolder], &QAction::triggered, this, &ModelsPage::chooseFolder);
    connect(&actions[Act::RemoveModel], &QAction::triggered, this, &ModelsPage::removeSelected);
    connect(&actions[Act::RevealModel], &QAction::triggered, this, &ModelsPage::revealSelected);
    connect(&actions[Act::ConvertModel], &QAction::triggered, this, &ModelsPage::convertSelected);
    connect(&actions[Act::ChatWithModel], &QAction::triggered, this, &ModelsPage::chatWithSelected);
    connect(&actions[Act::Find], &QAction::triggered, this, [this] {
        if (isVisible()) m_search->setFocus(Qt::ShortcutFocusReason);
    });
}

void ModelsPage::connectPanel()
{
    const ModelSession &session = m_services.session;
    m_forecastTimer.setSingleShot(true);
    m_forecastTimer.setInterval(kForecastDelayMs);
    connect(&m_services.devices, &DeviceWatch::listed, this,
            [this] { m_panel->setDevices(m_services.devices.devices()); });
    m_panel->setDevices(m_services.devices.devices());
    connect(m_panel, &LoadPanel::specChanged, &m_forecastTimer, qOverload<>(&QTimer::start));
    connect(&m_forecastTimer, &QTimer::timeout, this, &ModelsPage::askForecast);
    connect(m_panel, &LoadPanel::loadRequested, this, &ModelsPage::loadSelected);
    connect(m_panel, &LoadPanel::cancelRequested, &session, &ModelSession::cancelLoad);
    connect(m_panel, &LoadPanel::ejectRequested, &session, &ModelSession::eject);
    connect(m_panel, &LoadPanel::remedyChosen, this, &ModelsPage::applyRemedy);
    connect(&session, &ModelSession::changed, this, &ModelsPage::updateSession);
    connect(&session, &ModelSession::modelLoaded, this, &ModelsPage::refreshFits);
    connect(&session, &ModelSession::loadFailed, this, &ModelsPage::showLoadError);
}

void ModelsPage::showDetails(const engine::ModelInfo &info)
{
    m_name->setText(QString::fromStdString(info.name));
    QStringList facts;
    if (!info.family.empty()) facts << familyText(info.family);
    if (info.parameters > 0) facts << tr("%1 parameters").arg(shortCountText(info.parameters));
    facts << QString::fromStdString(info.dtype) << bytesText(info.fileBytes);
    facts.removeAll(QString());
    m_facts->setText(facts.join(QStringLiteral(" · ")));

    QString html = QStringLiteral("<table cellspacing='0'>");
    if (info.layers > 0) {
        html += factRow(tr("Layers"), countText(std::uint64_t(info.layers)));
        html += factRow(tr("Width"), countText(std::uint64_t(info.width)));
        if (info.heads > 0)
            html +=
                factRow(tr("Heads"),
                        tr("%1 of %2 channels").arg(countText(std::uint64_t(info.heads))).arg(info.headSize));
        html += factRow(tr("Hidden width"), countText(std::uint64_t(info.hidden)));
        html += factRow(tr("Vocabulary"), tr("%1 tokens").arg(countText(std::uint64_t(info.vocabulary))));
        html += factRow(tr("Memory of one text"), bytesText(info.stateBytes));
    }
    if (canBeLoaded(info))
        html += factRow(tr("Vocabulary file"), info.vocabularyFile.empty()
                                                   ? tr("none found")
                                                   : shortPath(QString::fromStdString(info.vocabularyFile)));
    html += factRow(tr("Container"), QString::fromStdString(info.container));
    html += factRow(tr("File"), info.path == "demo" ? tr("comes with Rookery")
                                                    : shortPath(QString::fromStdString(info.path)));
    html += QStringLiteral("</table>");
    m_overview->setText(html);
}

} // namespace gui
