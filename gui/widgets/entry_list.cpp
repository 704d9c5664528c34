#include "gui/widgets/entry_list.h"
#include "gui/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace gui
{
namespace
{

constexpr int kMostRows = 4; ///< that are seen at once

QToolButton *iconButton(const QString &name, const char *iconName, const QString &toolTip, QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setObjectName(name);
    button->setIcon(icon(QLatin1String(iconName)));
    button->setToolTip(toolTip);
    button->setAccessibleName(toolTip);
    return button;
}

} // namespace

EntryList::EntryList(const QString &name, const QString &title, Copy copy, QWidget *parent)
    : QWidget(parent)
    , m_list(new QListWidget(this))
    , m_line(new QLineEdit(this))
    , m_add(new QPushButton(tr("Add"), this))
    , m_remove(iconButton(name + QStringLiteral(".remove"), "trash", tr("Takes the entry out"), this))
    , m_copy(iconButton(name + QStringLiteral(".copy"), "copy", tr("Copies the entry"), this))
    , m_problem(new QLabel(this))
    , m_canCopy(copy == Copy::Yes)
{
    setObjectName(name);
    m_list->setObjectName(name + QStringLiteral(".list"));
    m_list->setAccessibleName(title);
    m_list->setTextElideMode(Qt::ElideMiddle);
    m_line->setObjectName(name + QStringLiteral(".line"));
    m_line->setAccessibleName(title);
    m_add->setObjectName(name + QStringLiteral(".add"));
    m_add->setToolTip(tr("Adds what was typed"));
    m_problem->setObjectName(name + QStringLiteral(".problem"));
    m_problem->setWordWrap(true);
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setProperty("bad", true);
    m_problem->hide();
    auto *shown = new QHBoxLayout;
    shown->setSpacing(4);
    auto *buttons = new QVBoxLayout;
    buttons->setSpacing(2);
    buttons->addWidget(m_copy);
    buttons->addWidget(m_remove);
    buttons->addStretch(1);
    shown->addWidget(m_list, 1);
    shown->addLayout(buttons);
    auto *line = new QHBoxLayout;
    line->setSpacing(4);
    line->addWidget(m_line, 1);
    line->addWidget(m_add);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addLayout(shown);
    column->addLayout(line);
    column->addWidget(m_problem);
    setFocusProxy(m_line);
    connect(m_add, &QPushButton::clicked, this, &EntryList::add);
    connect(m_line, &QLineEdit::returnPressed, this, &EntryList::add);
    connect(m_line, &QLineEdit::textChanged, this, [this] { showProblem({}); });
    connect(m_list, &QListWidget::currentRowChanged, this, &EntryList::showButtons);
    connect(m_remove, &QToolButton::clicked, this, [this] { Q_EMIT removed(m_list->currentRow()); });
    connect(m_copy, &QToolButton::clicked, this, [this] { Q_EMIT copied(m_list->currentRow()); });
    setEntries({});
}

void EntryList::setEntries(const QStringList &entries)
{
    const int row = m_list->currentRow();
    m_list->clear();
    m_list->addItems(entries);
    for (int i = 0; i < m_list->count(); ++i)
        m_list->item(i)->setToolTip(entries[i]);
    m_list->setCurrentRow(std::min(row, m_list->count() - 1));
    const int rowHeight = fontMetrics().height() + 8;
    m_list->setFixedHeight(std::clamp(m_list->count(), 2, kMostRows) * rowHeight + 6);
    m_list->setVisible(!entries.isEmpty());
    m_remove->setVisible(!entries.isEmpty());
    m_copy->setVisible(m_canCopy && !entries.isEmpty());
    showButtons();
}

void EntryList::setHint(const QString &placeholder, const QString &toolTip)
{
    m_line->setPlaceholderText(placeholder);
    m_line->setToolTip(toolTip);
}

void EntryList::showProblem(const QString &problem)
{
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
}

void EntryList::clearLine() { m_line->clear(); }

void EntryList::add()
{
    const QString text = m_line->text().simplified();
    if (text.isEmpty()) return m_line->setFocus();
    Q_EMIT added(text);
}

void EntryList::showButtons()
{
    m_remove->setEnabled(m_list->currentRow() >= 0);
    m_copy->setEnabled(m_list->currentRow() >= 0);
}

} // namespace gui
