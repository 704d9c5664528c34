#include "gui/pages/audition_view.h"
#include "gui/actions.h"
#include "gui/library.h"
#include "gui/model_session.h"
#include "gui/widgets/probe_columns.h"

#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSplitter>
#include <QVBoxLayout>

namespace gui
{
namespace
{

constexpr int kPathRole = Qt::UserRole;

} // namespace

AuditionView::AuditionView(const Services &services, QWidget *parent)
    : QWidget(parent)
    , m_services(services)
    , m_probe(services.bridge)
    , m_columns(new ProbeColumns(m_probe, QStringLiteral("audition"), this))
{
    auto *right = new QWidget(this);
    auto *answers = new QVBoxLayout(right);
    answers->setContentsMargins(0, 0, 0, 0);
    answers->setSpacing(10);
    answers->addWidget(buildLine());
    answers->addWidget(m_columns, 1);
    auto *splitter = new QSplitter(Qt::Horizontal, this);
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(13);
    splitter->addWidget(buildChoice());
    splitter->addWidget(right);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({220, 900});
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(splitter);
    fillList();
    connectSignals();
}

QWidget *AuditionView::buildChoice()
{
    auto *left = new QWidget(this);
    m_count = new QLabel(left);
    m_count->setObjectName(QStringLiteral("audition.count"));
    m_count->setProperty("dim", true);
    m_list = new QListWidget(left);
    m_list->setObjectName(QStringLiteral("audition.list"));
    m_list->setAccessibleName(tr("States that answer"));
    m_list->setToolTip(tr("Tick the states that shall answer (Space)."));
    auto *column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(10);
    column->addWidget(m_count);
    column->addWidget(m_list, 1);
    return left;
}

QWidget *AuditionView::buildLine()
{
    auto *row = new QWidget(this);
    m_line = new QLineEdit(row);
    m_line->setObjectName(QStringLiteral("audition.line"));
    m_line->setPlaceholderText(tr("A line that all of them answer"));
    m_line->setAccessibleName(tr("Probe line"));
    m_line->setText(tr("Tell me about geese."));
    m_listen = new QPushButton(row);
    m_listen->setObjectName(QStringLiteral("audition.listen"));
    m_listen->setProperty("primary", true);
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_line, 1);
    layout->addWidget(m_listen);
    return row;
}

void AuditionView::connectSignals()
{
    const ExtraListModel &states = m_services.library.states();
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(&states, signal, this, &AuditionView::fillList);
    connect(&states, &QAbstractItemModel::dataChanged, this, &AuditionView::fillList);
    connect(m_list, &QListWidget::itemChanged, this, [this] {
        m_ticked = ticked();
        updateVerbs();
    });
    connect(m_line, &QLineEdit::textChanged, this, &AuditionView::updateVerbs);
    connect(m_line, &QLineEdit::returnPressed, this, [this] {
        if (m_listen->isEnabled() && !m_probe.isRunning()) listen();
    });
    connect(m_listen, &QPushButton::clicked, this, [this] {
        if (m_probe.isRunning())
            m_probe.stop();
        else
            listen();
    });
    connect(&m_probe, &StateProbe::begun, this, &AuditionView::updateVerbs);
    connect(&m_probe, &StateProbe::ended, this, &AuditionView::updateVerbs);
    connect(&m_services.session, &ModelSession::changed, this, &AuditionView::updateVerbs);
    connect(m_columns, &ProbeColumns::useRequested, this, [this](const QString &path) {
        m_services.actions[Act::PageChat].trigger();
        if (path.isEmpty())
            m_services.actions[Act::NewChat].trigger();
        else
            Q_EMIT m_services.actions.openStateRequested(path);
    });
}

/// The model's own empty memory first, then the states in the list's order; what does not fit cannot be
/// ticked.
void AuditionView::fillList()
{
    const QSignalBlocker quiet(m_list);
    const int row = std::max(m_list->currentRow(), 0);
    m_list->clear();
    const auto add = [this](const QString &name, const QString &path, const QString &tip, bool fits) {
        auto *item = new QListWidgetItem(name, m_list);
        item->setData(kPathRole, path);
        item->setToolTip(tip);
        item->setFlags(fits ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable
                            : Qt::ItemFlags(Qt::ItemIsSelectable));
        item->setCheckState(fits && m_ticked.contains(path) ? Qt::Checked : Qt::Unchecked);
    };
    add(tr("No state"), {}, tr("The model from its empty memory, to compare with."), true);
    const ExtraListModel &states = m_services.library.states();
    for (int i = 0; i < states.rowCount(); ++i) {
        const ExtraListModel::Entry &e = states.entry(i);
        const QString path = QString::fromStdString(e.file.path);
        const bool fits = e.match == Match::Fits || e.match == Match::NoModel || e.match == Match::Unknown;
        const QString tip = e.problem.isEmpty() || fits ? QString::fromStdString(e.file.about) : e.problem;
        add(QString::fromStdString(e.file.name), path, tip, fits);
    }
    m_list->setCurrentRow(std::min(row, m_list->count() - 1));
    updateVerbs();
}

QStringList AuditionView::ticked() const
{
    QStringList paths;
    for (int i = 0; i < m_list->count(); ++i)
        if (m_list->item(i)->checkState() == Qt::Checked)
            paths << m_list->item(i)->data(kPathRole).toString();
    return paths;
}

void AuditionView::suggest(const QString &path)
{
    if (path.isEmpty() || m_ticked != QStringList{QString()}) return;
    m_ticked << path;
    fillList();
}

void AuditionView::updateVerbs()
{
    const int voices = int(ticked().size());
    const bool isRunning = m_probe.isRunning(), isLoaded = m_services.session.isLoaded();
    m_count->setText(voices > kMostVoices ? tr("%1 ticked, at most %2").arg(voices).arg(kMostVoices)
                                          : tr("%n ticked", "states", voices));
    m_listen->setText(isRunning ? tr("Stop") : tr("Listen"));
    m_listen->setEnabled(isRunning || (isLoaded && voices > 0 && voices <= kMostVoices &&
                                       !m_line->text().trimmed().isEmpty()));
    m_listen->setToolTip(!isLoaded     ? tr("Load a model first.")
                         : voices == 0 ? tr("Tick a state first.")
                                       : tr("All that are ticked answer the line side by side."));
    m_columns->setHint(!isLoaded
                           ? tr("Load a model (Ctrl+L) to hear what its states say.")
                           : tr("Tick states on the left and write a line.\nAll of them answer it here at "
                                "once, with the same seed."));
}

void AuditionView::listen()
{
    QVector<ProbeVoice> voices;
    for (int i = 0; i < m_list->count(); ++i) {
        const QListWidgetItem *item = m_list->item(i);
        if (item->checkState() == Qt::Checked)
            voices.append({item->text(), item->data(kPathRole).toString(), {}});
    }
    m_probe.ask(voices, m_line->text().trimmed());
}

} // namespace gui
