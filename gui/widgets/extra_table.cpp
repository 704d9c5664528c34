#include "gui/widgets/extra_table.h"
#include "gui/actions.h"
#include "gui/library.h"
#include "gui/theme.h"
#include "gui/units.h"
#include "gui/widgets/table_style.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace gui
{
namespace
{

constexpr int kRowPadding = 13;
constexpr int kCellPadding = 24;
constexpr int kHeaderPadding = 34; ///< margins and the arrow of the sorted column
constexpr int kFieldPadding = 64;
constexpr int kNameWidth = 130;

} // namespace

ExtraTable::ExtraTable(const Services &services, ExtraListModel &extras, const QString &name,
                       const QString &empty, QWidget *parent)
    : QWidget(parent)
    , m_services(services)
    , m_extras(extras)
    , m_filter(new ExtraFilterModel(this))
    , m_stack(new QStackedWidget(this))
    , m_table(new QTableView(this))
    , m_emptyText(empty)
{
    m_filter->setSourceModel(&m_extras);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(10);
    column->addWidget(buildHeader(name));
    buildTable(name);
    m_stack->addWidget(m_table);
    m_stack->addWidget(buildEmpty(empty));
    column->addWidget(m_stack, 1);
    setFocusProxy(m_table);

    const Library &library = m_services.library;
    connect(&library, &Library::scanChanged, this, &ExtraTable::updateScan);
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(m_filter, signal, this, &ExtraTable::updateRows);
    connect(m_filter, &QAbstractItemModel::layoutChanged, this, &ExtraTable::updateRows);
    connect(m_stop, &QPushButton::clicked, &m_services.library, &Library::stopScan);
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_filter->setText(text);
        updateRows();
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &ExtraTable::currentChanged);
    connect(&m_extras, &QAbstractItemModel::dataChanged, this, &ExtraTable::currentChanged);
    connect(m_table, &QTableView::activated, this, [this] { Q_EMIT activated(currentPath()); });
    fitColumns();
    updateScan();
}

QWidget *ExtraTable::buildHeader(const QString &name)
{
    auto *header = new QWidget(this);
    m_busy = new QLabel(header);
    m_busy->setProperty("dim", true);
    m_stop = new QPushButton(tr("Stop"), header);
    m_stop->setObjectName(name + QStringLiteral(".scan.stop"));
    m_stop->setProperty("link", true);
    m_stop->setToolTip(tr("Stops scanning; what was found stays."));
    m_search = new QLineEdit(header);
    m_search->setObjectName(name + QStringLiteral(".filter"));
    m_search->setPlaceholderText(tr("Filter by name or kind"));
    m_search->setAccessibleName(tr("Filter the list"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    auto *fitting = new QCheckBox(tr("Only what fits"), header);
    fitting->setObjectName(name + QStringLiteral(".fitting"));
    fitting->setToolTip(tr("Shows only what can be used with the loaded model."));
    connect(fitting, &QCheckBox::toggled, this, [this](bool on) {
        m_filter->setOnlyFitting(on);
        updateRows();
    });
    auto *bar = new QHBoxLayout(header);
    bar->setContentsMargins(0, 0, 0, 0);
    bar->setSpacing(8);
    bar->addWidget(m_busy);
    bar->addWidget(m_stop);
    bar->addStretch(1);
    bar->addWidget(fitting);
    bar->addWidget(m_search);
    bar->addWidget(actionButton(m_services.actions[Act::AddModelFolder], header));
    bar->addWidget(actionButton(m_services.actions[Act::RescanModels], header));
    return header;
}

void ExtraTable::buildTable(const QString &name)
{
    m_table->setObjectName(name + QStringLiteral(".table"));
    m_table->setAccessibleName(m_extras.kind() == ExtraListModel::Kind::State ? tr("States")
                                                                              : tr("Adapters"));
    m_table->setModel(m_filter);
    styleTable(m_table);
    m_table->setTextElideMode(Qt::ElideMiddle);
    m_table->setItemDelegate(new ColoredTextDelegate(m_table));
    m_table->sortByColumn(ExtraListModel::Name, Qt::AscendingOrder);
    m_table->viewport()->installEventFilter(this);
}

QWidget *ExtraTable::buildEmpty(const QString &empty)
{
    auto *page = new QFrame(this);
    page->setProperty("card", true);
    m_empty = new QLabel(empty, page);
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setProperty("dim", true);
    auto *folder = new QPushButton(tr("Add folder…"), page);
    folder->setToolTip(m_services.actions[Act::AddModelFolder].toolTip());
    connect(folder, &QPushButton::clicked, &m_services.actions[Act::AddModelFolder], &QAction::trigger);
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(48, 24, 48, 24);
    column->setSpacing(12);
    column->addStretch(1);
    column->addWidget(m_empty);
    column->addWidget(folder, 0, Qt::AlignHCenter);
    column->addStretch(1);
    return page;
}

QString ExtraTable::currentPath() const
{
    return m_table->currentIndex().data(ExtraListModel::PathRole).toString();
}

void ExtraTable::select(const QString &path)
{
    const QModelIndex index = m_filter->mapFromSource(m_extras.index(m_extras.rowOf(path), 0));
    if (!index.isValid()) return;
    m_table->setCurrentIndex(index);
    m_table->scrollTo(index);
}

void ExtraTable::focusSearch() { m_search->setFocus(Qt::ShortcutFocusReason); }

void ExtraTable::updateScan()
{
    const Library &library = m_services.library;
    m_busy->setText(library.isScanning() ? tr("Scanning… %n found", nullptr, library.found()) : QString());
    m_stop->setVisible(library.isScanning());
    updateRows();
}

void ExtraTable::updateRows()
{
    const bool isEmpty = m_filter->rowCount() == 0;
    m_stack->setCurrentIndex(isEmpty && !m_services.library.isScanning() ? 1 : 0);
    m_empty->setText(m_extras.rowCount() == 0 ? m_emptyText : tr("Nothing in the list matches the filter."));
    if (!isEmpty && !m_table->currentIndex().isValid()) m_table->setCurrentIndex(m_filter->index(0, 0));
    if (isEmpty) Q_EMIT currentChanged();
}

void ExtraTable::fitColumns()
{
    const QFontMetrics text = fontMetrics();
    m_table->verticalHeader()->setDefaultSectionSize(text.height() + kRowPadding);
    const bool isState = m_extras.kind() == ExtraListModel::Kind::State;
    QString kind = QStringLiteral("DoRA, rank 128");
    if (isState) {
        kind.clear();
        for (const auto one :
             {engine::StateKind::Saved, engine::StateKind::Tuned, engine::StateKind::Snapshot}) {
            const QString name = stateKindText(one);
            if (text.horizontalAdvance(name) > text.horizontalAdvance(kind)) kind = name;
        }
    }
    const std::pair<int, QString> widest[] = {
        {ExtraListModel::KindColumn, kind},
        {ExtraListModel::Family, isState ? familyText("rwkv5 to rwkv7") : QStringLiteral("999")},
        {ExtraListModel::Layers, QStringLiteral("99")},
        {ExtraListModel::FileSize, bytesText(5'550'000)},
        {ExtraListModel::MatchColumn, matchText(Match::Differs)}};
    for (const auto &[column, sample] : widest) {
        const QString title = m_extras.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
        const int header = text.horizontalAdvance(title) + kHeaderPadding;
        m_table->setColumnWidth(column, std::max(header, text.horizontalAdvance(sample) + kCellPadding));
    }
    m_search->setMinimumWidth(text.horizontalAdvance(m_search->placeholderText()) + kFieldPadding);
    fitName();
}

/// The name takes what the other columns leave.
void ExtraTable::fitName()
{
    int others = 0;
    for (int column = 1; column < ExtraListModel::ColumnCount; ++column)
        others += m_table->columnWidth(column);
    m_table->setColumnWidth(ExtraListModel::Name,
                            std::max(kNameWidth, m_table->viewport()->width() - others));
}

void ExtraTable::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange && m_search) fitColumns();
}

bool ExtraTable::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_table->viewport() && event->type() == QEvent::Resize) fitName();
    return QWidget::eventFilter(watched, event);
}

} // namespace gui
