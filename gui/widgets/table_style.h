#pragma once

#include <QStyledItemDelegate>

class QAction;
class QTableView;
class QToolButton;
class QWidget;

namespace gui
{

/// Tables of whole rows without a grid, as every list of files looks.
void styleTable(QTableView *table);

/// A button for an action, with a name for screen readers.
QToolButton *actionButton(QAction &action, QWidget *parent);

/// A line of a table of facts in rich text.
QString factRow(const QString &name, const QString &value);

/// Keeps the model's own text colours in selected rows.
class ColoredTextDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override;
};

} // namespace gui
