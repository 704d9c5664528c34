#include "gui/pages/states_page.h"
#include "gui/actions.h"
#include "gui/folders.h"
#include "gui/library.h"
#include "gui/pages/audition_view.h"
#include "gui/pages/blend_view.h"
#include "gui/state_files.h"
#include "gui/state_measure.h"
#include "gui/state_orders.h"
#include "gui/units.h"
#include "gui/widgets/extra_details.h"
#include "gui/widgets/extra_table.h"
#include "gui/widgets/heat_map.h"
#include "gui/widgets/list_splitter.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/table_style.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QInputDialog>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

namespace gui
{
namespace
{

constexpr int kDetailsWidth = 400;

QString orderText(engine::StateOrientation order)
{
    switch (order) {
    case engine::StateOrientation::KeyValue:
        return StatesPage::tr("key, value");
    case engine::StateOrientation::ValueKey:
        return StatesPage::tr("value, key");
    case engine::StateOrientation::Auto:
        break;
    }
    return {};
}

QString factsOf(const engine::StateInfo &info)
{
    const auto text = [](const std::string &s) { return QString::fromStdString(s); };
    QString html = factRow(StatesPage::tr("Kind"), stateKindText(info.kind));
    if (!info.family.empty()) html += factRow(StatesPage::tr("Family"), familyText(info.family));
    html += factRow(StatesPage::tr("Layers"), countText(std::uint64_t(info.layers)));
    if (info.heads > 0)
        html += factRow(
            StatesPage::tr("Heads"),
            StatesPage::tr("%1 of %2 channels").arg(countText(std::uint64_t(info.heads))).arg(info.headSize));
    html += factRow(StatesPage::tr("Token-shift vectors"),
                    info.hasShifts ? StatesPage::tr("in the file") : StatesPage::tr("start at zero"));
    if (info.hasOffsets) html += factRow(StatesPage::tr("Offsets"), StatesPage::tr("in the file"));
    if (!info.model.empty()) html += factRow(StatesPage::tr("Saved with"), text(info.model));
    if (!info.note.empty()) html += factRow(StatesPage::tr("Note"), text(info.note));
    html += factRow(StatesPage::tr("Layout"), text(info.layout));
    html +=
        factRow(StatesPage::tr("Container"), text(info.container) + QStringLiteral(" · ") + text(info.dtype));
    return html;
}

} // namespace

StatesPage::StatesPage(const Services &services, QWidget *parent)
    : QWidget(parent)
    , m_services(services)
    , m_table(new ExtraTable(
          services, services.library.states(), QStringLiteral("states"),
          tr("A state is a model's memory in a file. Tuned ones change how it answers.\n\nSave one "
             "from a chat (Ctrl+Shift+S), or add a folder with states."),
          this))
    , m_message(new MessageBar(this))
    , m_choice(new QButtonGroup(this))
    , m_views(new QStackedWidget(this))
    , m_blend(new BlendView(services, this))
    , m_audition(new AuditionView(services, this))
    , m_details(new ExtraDetails(QStringLiteral("states"), this))
    , m_measure(new StateMeasure(services.bridge, this))
    , m_files(new StateFiles(this))
{
    setObjectName(QStringLiteral("page.states"));
    setFocusProxy(m_table);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(16, 12, 16, 12);
    column->setSpacing(10);
    column->addWidget(m_message);
    column->addWidget(buildViews());
    column->addWidget(m_views, 1);
    connectSignals();
    showDetails();
}

/// What one does with states: look at them, blend two, hear several.
QWidget *StatesPage::buildViews()
{
    auto *row = new QWidget(this);
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    const auto add = [&](View view, const char *name, const QString &text, const QString &tip) {
        auto *button = new QPushButton(text, row);
        button->setObjectName(QLatin1String(name));
        button->setCheckable(true);
        button->setToolTip(tip);
        m_choice->addButton(button, view);
        layout->addWidget(button);
    };
    add(Files, "states.view.files", tr("Files"), tr("What each state is."));
    add(Blend, "states.view.blend", tr("Blend two"), tr("A state between two others."));
    add(Audition, "states.view.audition", tr("Audition"), tr("One line, answered by several states."));
    layout->addStretch(1);
    m_choice->button(Files)->setChecked(true);
    m_views->addWidget(new ListSplitter(m_table, buildDetails(), kDetailsWidth, this));
    m_views->addWidget(m_blend);
    m_views->addWidget(m_audition);
    connect(m_choice, &QButtonGroup::idClicked, this, [this](int id) { showView(View(id)); });
    return row;
}

/// With what is selected in the list.
void StatesPage::showView(View view)
{
    m_choice->button(view)->setChecked(true);
    if (view == Blend) m_blend->setFirst(m_table->currentPath());
    if (view == Audition) m_audition->suggest(m_table->currentPath());
    m_views->setCurrentIndex(view);
}

QWidget *StatesPage::buildDetails()
{
    m_details->setObjectName(QStringLiteral("states.card"));
    m_start = new QPushButton(tr("Start a chat"), m_details);
    m_start->setObjectName(QStringLiteral("states.start"));
    m_start->setProperty("primary", true);
    m_reveal = new QPushButton(tr("Reveal in files"), m_details);
    m_reveal->setObjectName(QStringLiteral("states.reveal"));
    m_reveal->setToolTip(tr("Opens the folder of the selected state."));
    m_heat = new HeatMap(m_details);
    m_heat->setObjectName(QStringLiteral("states.heat"));
    m_norm = m_details->addLine("norm");
    m_norm->setProperty("dim", true);
    auto *line = new QFrame(m_details);
    line->setProperty("line", true);
    line->setFixedHeight(1);
    m_rename = new QPushButton(tr("Rename…"), m_details);
    m_rename->setObjectName(QStringLiteral("states.rename"));
    m_delete = new QPushButton(tr("Delete"), m_details);
    m_delete->setObjectName(QStringLiteral("states.delete"));
    auto *buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(m_reveal);
    buttons->addWidget(m_start);
    auto *changes = new QHBoxLayout;
    changes->addWidget(m_rename);
    changes->addWidget(m_delete);
    changes->addStretch(1);
    m_details->actions().addLayout(buttons);
    m_details->actions().addWidget(m_norm);
    m_details->actions().addWidget(m_heat);
    m_details->actions().addWidget(line);
    m_details->actions().addWidget(buildOrder());
    m_details->below().addLayout(changes);

    auto *nothing = new QFrame(this);
    nothing->setProperty("card", true);
    auto *hint = new QLabel(tr("Choose a state on the left to see what it is."), nothing);
    hint->setAlignment(Qt::AlignCenter);
    hint->setWordWrap(true);
    hint->setProperty("dim", true);
    auto *middle = new QVBoxLayout(nothing);
    middle->setContentsMargins(32, 24, 32, 24);
    middle->addWidget(hint);

    m_detailStack = new QStackedWidget(this);
    m_detailStack->setMinimumWidth(360);
    m_detailStack->addWidget(nothing);
    auto *scroll = new QScrollArea(this);
    scroll->setObjectName(QStringLiteral("states.details"));
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(m_details);
    m_detailStack->addWidget(scroll);
    return m_detailStack;
}

/// How the matrices lie: a file of another program does not always say it.
QWidget *StatesPage::buildOrder()
{
    using engine::StateOrientation;
    m_order = new QWidget(m_details);
    m_orderChoice = new QComboBox(m_order);
    m_orderChoice->setObjectName(QStringLiteral("states.order"));
    for (const auto order : {StateOrientation::Auto, StateOrientation::KeyValue, StateOrientation::ValueKey})
        m_orderChoice->addItem(orderText(order), int(order));
    m_orderChoice->setToolTip(
        tr("Which index of its matrices comes first. Change it when a state of another program says "
           "nothing but nonsense: it may be transposed."));
    auto *label = new QLabel(tr("Matrices stored as"), m_order);
    label->setProperty("dim", true);
    label->setBuddy(m_orderChoice);
    m_orderChoice->setAccessibleName(label->text());
    auto *row = new QHBoxLayout(m_order);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(label);
    row->addWidget(m_orderChoice, 1);
    connect(m_orderChoice, &QComboBox::activated, this, [this] {
        stateOrders().setOrder(m_table->currentPath(),
                               StateOrientation(m_orderChoice->currentData().toInt()));
        m_measure->cancel(); // what it said of the heads is of the other order
        showDetails();
    });
    return m_order;
}

void StatesPage::showOrder(const ExtraEntry &entry)
{
    const bool isForeign =
        entry.state && entry.state->kind != engine::StateKind::Saved && entry.state->heads > 0;
    m_order->setVisible(isForeign);
    if (!isForeign) return;
    const engine::StateOrientation chosen = stateOrders().order(m_table->currentPath());
    const engine::StateOrientation inFile = entry.state->orientation; // the user's, where there is one
    QString files = tr("As the file says");
    if (chosen == engine::StateOrientation::Auto)
        files = inFile == engine::StateOrientation::Auto ? tr("As the model has them")
                                                         : tr("As the file says: %1").arg(orderText(inFile));
    m_orderChoice->setItemText(0, files);
    m_orderChoice->setCurrentIndex(m_orderChoice->findData(int(chosen)));
}

void StatesPage::connectSignals()
{
    connect(m_table, &ExtraTable::currentChanged, this, &StatesPage::showDetails);
    connect(m_details, &ExtraDetails::paletteChanged, this, &StatesPage::showDetails);
    connect(m_table, &ExtraTable::activated, this, &StatesPage::startChat);
    connect(m_start, &QPushButton::clicked, this, [this] { startChat(m_table->currentPath()); });
    connect(m_reveal, &QPushButton::clicked, this, [this] { showInFiles(m_table->currentPath()); });
    connect(m_measure, &StateMeasure::measured, this, &StatesPage::showFigures);
    connect(m_measure, &StateMeasure::failed, this, [this](const engine::Error &error) {
        m_norm->setText(tr("Norms"));
        m_heat->setNotice(QString::fromStdString(error.message()));
    });
    connectFiles();
    connect(&m_services.library, &Library::scanFailed, m_message, &MessageBar::showError);
    connect(&m_services.actions[Act::Find], &QAction::triggered, this, [this] {
        if (m_table->isVisible()) m_table->focusSearch();
    });
}

void StatesPage::connectFiles()
{
    connect(m_rename, &QPushButton::clicked, this, &StatesPage::askName);
    connect(m_delete, &QPushButton::clicked, this, [this] { m_files->moveToTrash(m_table->currentPath()); });
    connect(m_files, &StateFiles::renamed, this, [this](const QString &from, const QString &to) {
        m_message->showMessage(
            MessageBar::Kind::Info,
            tr("Renamed %1 to %2.").arg(QFileInfo(from).fileName(), QFileInfo(to).fileName()), {},
            tr("Undo"));
        m_services.library.rescan();
    });
    connect(m_files, &StateFiles::deleted, this, [this](const QString &path) {
        m_message->showMessage(MessageBar::Kind::Info,
                               tr("%1 is in the trash.").arg(QFileInfo(path).fileName()), {}, tr("Undo"));
        m_services.library.rescan();
    });
    connect(m_files, &StateFiles::undone, this, [this] {
        m_message->dismiss();
        m_services.library.rescan();
    });
    connect(m_files, &StateFiles::failed, this, [this](const QString &what, const QString &detail) {
        m_message->showMessage(MessageBar::Kind::Error, what, detail);
    });
    connect(m_message, &MessageBar::verbPressed, m_files, &StateFiles::undo);
}

void StatesPage::askName()
{
    const QString path = m_table->currentPath();
    auto *dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Rename state"));
    dialog->setLabelText(tr("New name of the file:"));
    dialog->setTextValue(QFileInfo(path).completeBaseName());
    connect(dialog, &QInputDialog::textValueSelected, m_files,
            [this, path](const QString &name) { m_files->rename(path, name); });
    dialog->open();
}

void StatesPage::showDetails()
{
    const auto *entry = m_services.library.states().find(m_table->currentPath());
    m_detailStack->setCurrentIndex(entry ? 1 : 0);
    if (!entry) return;
    m_details->show(*entry, tr("Load a model to see whether it can start from this state."),
                    entry->state ? factsOf(*entry->state) : QString());
    showOrder(*entry);
    const QString readOnly = tr("This state comes with Rookery and stays as it is.");
    m_rename->setEnabled(!entry->file.isDemo);
    m_rename->setToolTip(entry->file.isDemo ? readOnly
                                            : tr("Another name for the file, in the same folder."));
    m_delete->setEnabled(!entry->file.isDemo);
    m_delete->setToolTip(entry->file.isDemo ? readOnly : tr("Moves the file to the trash."));
    const bool canStart = entry->match == Match::Fits;
    m_start->setEnabled(canStart);
    m_start->setToolTip(canStart ? tr("Begins a new chat from this state.")
                        : entry->match == Match::NoModel
                            ? tr("Load a model first.")
                            : tr("The loaded model cannot start from this state."));
    measure();
}

/// Reads the file's matrices once it is looked at.
void StatesPage::measure()
{
    const QString path = m_table->currentPath();
    if (!isVisible() || path.isEmpty() || path == m_measure->path()) return;
    m_norm->setText(tr("Norms"));
    m_heat->setNotice(tr("Measuring…"));
    m_measure->measure(path);
}

void StatesPage::showFigures(const engine::event::StatesMeasured &figures)
{
    if (figures.states.empty()) return;
    const engine::StateFigures &state = figures.states.front();
    m_norm->setText(tr("Norm of each layer and head, %1 in all").arg(figureText(state.norm)));
    m_heat->setValues(figures.layers, figures.heads, state.norms);
}

void StatesPage::startChat(const QString &path)
{
    const auto *entry = m_services.library.states().find(path);
    if (!entry || entry->match != Match::Fits) return;
    m_services.actions[Act::PageChat].trigger();
    Q_EMIT m_services.actions.openStateRequested(path);
}

void StatesPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    measure();
}

} // namespace gui
