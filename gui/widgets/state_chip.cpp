#include "gui/widgets/state_chip.h"
#include "gui/models/extra_list_model.h"
#include "gui/theme.h"
#include "gui/units.h"

#include <QAction>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>

namespace gui
{

StateChip::StateChip(ExtraListModel &states, QAction &all, QWidget *parent)
    : QToolButton(parent)
    , m_states(states)
    , m_all(all)
    , m_menu(new QMenu(this))
{
    setObjectName(QStringLiteral("chat.state"));
    setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    setPopupMode(QToolButton::InstantPopup);
    setIcon(gui::icon(QStringLiteral("state")));
    setMenu(m_menu);
    m_menu->setToolTipsVisible(true);
    connect(m_menu, &QMenu::aboutToShow, this, &StateChip::fillMenu);
    connect(&m_states, &QAbstractItemModel::rowsInserted, this,
            &StateChip::updateText); // names may be known now
    updateText();
}

void StateChip::setState(const QString &path, const QString &problem)
{
    if (path == m_path && problem == m_problem) return;
    m_path = path;
    m_problem = problem;
    updateText();
}

QString StateChip::nameOf(const QString &path) const
{
    const auto *entry = m_states.find(path);
    return entry ? QString::fromStdString(entry->file.name) : QFileInfo(path).completeBaseName();
}

void StateChip::updateText()
{
    QString text = m_path.isEmpty() ? tr("Empty memory") : nameOf(m_path);
    if (!m_problem.isEmpty()) text.prepend(QStringLiteral("⚠ "));
    QString tip =
        tr("What the model remembers before the first message. A change counts from the next answer on.");
    if (!m_path.isEmpty()) tip += QLatin1Char('\n') + shortPath(m_path);
    if (!m_problem.isEmpty()) tip += QLatin1Char('\n') + m_problem;
    setText(text + QStringLiteral("  ▾"));
    setToolTip(tip);
    setAccessibleName(tr("The chat begins from: %1").arg(text));
}

void StateChip::fillMenu()
{
    m_menu->clear();
    addChoice({}, tr("Empty memory"), tr("The model knows nothing of any chat."), true);
    m_menu->addSeparator();
    bool isListed = m_path.isEmpty();
    for (int row = 0; row < m_states.rowCount(); ++row) {
        const auto &entry = m_states.entry(row);
        const QString path = QString::fromStdString(entry.file.path);
        isListed = isListed || path == m_path;
        const bool possible = entry.match != Match::Differs && entry.match != Match::Unreadable;
        addChoice(path, QString::fromStdString(entry.file.name),
                  m_states.index(row, 0).data(Qt::ToolTipRole).toString(), possible);
    }
    if (!isListed) addChoice(m_path, nameOf(m_path), shortPath(m_path), true);
    m_menu->addSeparator();
    connect(m_menu->addAction(tr("Other file…")), &QAction::triggered, this, &StateChip::chooseFile);
    QAction *all = m_menu->addAction(tr("All states"));
    all->setToolTip(m_all.toolTip());
    connect(all, &QAction::triggered, &m_all, &QAction::trigger);
}

void StateChip::addChoice(const QString &path, const QString &name, const QString &tip, bool possible)
{
    QAction *action = m_menu->addAction(name);
    action->setCheckable(true);
    action->setChecked(path == m_path);
    action->setEnabled(possible);
    action->setToolTip(tip);
    connect(action, &QAction::triggered, this, [this, path] { Q_EMIT chosen(path); });
}

void StateChip::chooseFile()
{
    auto *dialog = new QFileDialog(this, tr("Choose a state"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("States (*.rwkvstate *.pth *.safetensors *.st)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this, &StateChip::chosen);
    dialog->open();
}

} // namespace gui
