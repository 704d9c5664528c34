#include "gui/pages/log_page.h"
#include "gui/actions.h"
#include "gui/models/log_model.h"
#include "gui/theme.h"

#include <QAction>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QTableView>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

namespace gui
{
namespace
{

constexpr int kReportLines = 200;
constexpr int kNoteMs = 4000;
constexpr int kRowPadding = 7;
constexpr int kCellPadding = 28;

/// Edit > Copy finds its slot by name, as that of a text field.
class LogTable final : public QTableView
{
    Q_OBJECT

public:
    using QTableView::QTableView;

public Q_SLOTS:
    void copy() { Q_EMIT copyPressed(); }

Q_SIGNALS:
    void copyPressed();
    void fontChanged();

protected:
    void changeEvent(QEvent *event) override
    {
        QTableView::changeEvent(event);
        if (event->type() == QEvent::FontChange) Q_EMIT fontChanged();
    }
};

} // namespace

LogPage::LogPage(const Services &services, QWidget *parent)
    : QWidget(parent)
    , m_services(services)
    , m_filter(new LogFilterModel(this))
{
    setObjectName(QStringLiteral("page.log"));
    m_filter->setSourceModel(&m_services.log);
    build();
    setFocusProxy(m_table);
    connectSignals();
    updateEmpty();
}

void LogPage::build()
{
    auto *table = new LogTable(this);
    connect(table, &LogTable::copyPressed, this, &LogPage::copySelection);
    connect(table, &LogTable::fontChanged, this, &LogPage::fitTable);
    m_table = table;
    m_table->setObjectName(QStringLiteral("log.table"));
    m_table->setAccessibleName(tr("Log lines"));
    m_table->setModel(m_filter);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setStretchLastSection(true);
    fitTable();

    m_empty = new QLabel(m_table);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setProperty("dim", true);
    auto *over = new QVBoxLayout(m_table);
    over->addWidget(m_empty);

    auto *page = new QVBoxLayout(this);
    page->setContentsMargins(16, 12, 16, 12);
    page->setSpacing(10);
    page->addWidget(buildHeader());
    page->addWidget(m_table, 1);
}

QWidget *LogPage::buildHeader()
{
    auto *header = new QWidget(this);
    auto *title = new QLabel(tr("Log"), header);
    title->setObjectName(QStringLiteral("title"));
    m_note = new QLabel(header);
    m_note->setProperty("dim", true);
    m_level = new QComboBox(header);
    m_level->setObjectName(QStringLiteral("log.level"));
    m_level->setAccessibleName(tr("Least level shown"));
    m_level->setToolTip(tr("Shows lines of this level and above."));
    for (int level = 0; level <= 4; ++level)
        m_level->addItem(LogModel::levelText(level), level);
    m_level->setCurrentIndex(1);
    m_filter->setLevel(1);
    m_search = new QLineEdit(header);
    m_search->setObjectName(QStringLiteral("log.search"));
    m_search->setPlaceholderText(tr("Search the log"));
    m_search->setAccessibleName(tr("Search the log"));
    m_search->setClearButtonEnabled(true);
    m_search->setFixedWidth(220);
    m_search->addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    m_follow = new QCheckBox(tr("Follow"), header);
    m_follow->setObjectName(QStringLiteral("log.follow"));
    m_follow->setToolTip(tr("Keeps the newest line in view."));
    m_follow->setChecked(true);
    auto *report = new QPushButton(tr("Copy report"), header);
    report->setObjectName(QStringLiteral("log.report.button"));
    report->setToolTip(m_services.actions[Act::CopyLogReport].toolTip());
    connect(report, &QPushButton::clicked, &m_services.actions[Act::CopyLogReport], &QAction::trigger);
    auto *clear = new QPushButton(tr("Clear"), header);
    clear->setObjectName(QStringLiteral("log.clear.button"));
    clear->setToolTip(m_services.actions[Act::ClearLog].toolTip());
    connect(clear, &QPushButton::clicked, &m_services.actions[Act::ClearLog], &QAction::trigger);

    auto *row = new QHBoxLayout(header);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(title);
    row->addStretch(1);
    row->addWidget(m_note);
    row->addWidget(m_follow);
    row->addWidget(m_level);
    row->addWidget(m_search);
    row->addWidget(report);
    row->addWidget(clear);
    return header;
}

void LogPage::connectSignals()
{
    Actions &actions = m_services.actions;
    connect(&m_services.log, &LogModel::linesAdded, this, &LogPage::linesAdded);
    connect(&m_services.log, &LogModel::modelReset, this, &LogPage::updateEmpty);
    connect(m_level, &QComboBox::currentIndexChanged, this, [this] {
        m_filter->setLevel(m_level->currentData().toInt());
        updateEmpty();
    });
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_filter->setText(text);
        updateEmpty();
    });
    connect(m_follow, &QCheckBox::toggled, this, &LogPage::linesAdded);
    connect(&actions[Act::CopyLogReport], &QAction::triggered, this, &LogPage::copyReport);
    connect(&actions[Act::ClearLog], &QAction::triggered, &m_services.log, &LogModel::clear);
    connect(&actions[Act::Find], &QAction::triggered, this, [this] {
        if (isVisible()) m_search->setFocus(Qt::ShortcutFocusReason);
    });
    QScrollBar *bar = m_table->verticalScrollBar();
    connect(bar, &QScrollBar::actionTriggered, this, [this, bar] { // by the user, not by new lines
        m_follow->setChecked(bar->sliderPosition() >= bar->maximum());
    });
}

/// Rows and columns take what their text needs.
void LogPage::fitTable()
{
    m_table->ensurePolished(); // the style sheet says which font
    const QFontMetrics text = m_table->fontMetrics();
    m_table->verticalHeader()->setDefaultSectionSize(text.height() + kRowPadding);
    int level = 0;
    for (int i = 0; i <= 4; ++i)
        level = std::max(level, text.horizontalAdvance(LogModel::levelText(i)));
    m_table->setColumnWidth(LogModel::Time,
                            text.horizontalAdvance(QStringLiteral("00:00:00.000")) + kCellPadding);
    m_table->setColumnWidth(LogModel::Level, level + kCellPadding);
    m_table->setColumnWidth(LogModel::Category,
                            text.horizontalAdvance(QStringLiteral("qt.qpa.xcb")) + kCellPadding);
}

void LogPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_services.log.flush();
    linesAdded();
}

void LogPage::linesAdded()
{
    updateEmpty();
    if (!isVisible()) return;
    m_services.log.markRead();
    if (m_follow->isChecked()) m_table->scrollToBottom();
}

void LogPage::updateEmpty()
{
    m_empty->setVisible(m_filter->rowCount() == 0);
    m_empty->setText(m_services.log.rowCount() == 0 ? tr("Nothing was reported yet.")
                                                    : tr("No line matches the filter."));
}

void LogPage::copySelection()
{
    QModelIndexList rows = m_table->selectionModel()->selectedRows();
    std::sort(rows.begin(), rows.end());
    QStringList lines;
    for (const QModelIndex &index : std::as_const(rows))
        lines.append(m_services.log.lineText(m_filter->mapToSource(index).row()));
    QGuiApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
}

void LogPage::copyReport()
{
    m_services.log.flush();
    QGuiApplication::clipboard()->setText(m_services.log.report(kReportLines));
    m_note->setText(tr("Copied."));
    QTimer::singleShot(kNoteMs, m_note, &QLabel::clear);
}

} // namespace gui

#include "log_page.moc"
