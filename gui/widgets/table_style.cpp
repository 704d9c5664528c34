#include "gui/widgets/table_style.h"
#include "gui/actions.h"
#include "gui/theme.h"

#include <QHeaderView>
#include <QTableView>
#include <QToolButton>

namespace gui
{

void styleTable(QTableView *table)
{
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setShowGrid(false);
    table->setWordWrap(false);
    table->setSortingEnabled(true);
    table->setTabKeyNavigation(false);
    table->verticalHeader()->hide();
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::Interactive);
    table->horizontalHeader()->setMinimumSectionSize(56);
    table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
}

QToolButton *actionButton(QAction &action, QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setDefaultAction(&action);
    button->setObjectName(QStringLiteral("button.") + action.objectName());
    button->setAccessibleName(Actions::plainText(action));
    return button;
}

QString factRow(const QString &name, const QString &value)
{
    return QStringLiteral("<tr><td style='color:%1; padding:2px 18px 2px 0; white-space:nowrap'>%2</td>"
                          "<td style='padding:2px 0'>%3</td></tr>")
        .arg(tokens().dim.name(), name.toHtmlEscaped(), value.toHtmlEscaped());
}

void ColoredTextDelegate::initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    option->palette.setBrush(QPalette::HighlightedText, option->palette.brush(QPalette::Text));
}

} // namespace gui
