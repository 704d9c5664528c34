#include "gui/models/scanned_table.h"

#include <algorithm>

namespace gui
{

FileFilterModel::FileFilterModel(QObject *parent)
    : QSortFilterProxyModel(parent)
{
    setSortRole(FileRoles::SortRole);
    setSortCaseSensitivity(Qt::CaseInsensitive);
    setDynamicSortFilter(true);
}

void FileFilterModel::setText(const QString &text)
{
    m_text = text.trimmed();
    invalidateFilter();
}

bool FileFilterModel::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    if (m_text.isEmpty()) return true;
    QStringList texts = searchedTexts(row);
    texts << sourceModel()->index(row, 0, parent).data(FileRoles::PathRole).toString();
    return std::any_of(texts.begin(), texts.end(),
                       [this](const QString &text) { return text.contains(m_text, Qt::CaseInsensitive); });
}

bool FileFilterModel::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    const bool leftIsDemo = left.data(FileRoles::IsDemoRole).toBool();
    const bool rightIsDemo = right.data(FileRoles::IsDemoRole).toBool();
    if (leftIsDemo != rightIsDemo) return leftIsDemo == (sortOrder() == Qt::AscendingOrder);
    return QSortFilterProxyModel::lessThan(left, right);
}

} // namespace gui
