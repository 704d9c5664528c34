#include "gui/models/model_list_model.h"
#include "gui/theme.h"
#include "gui/units.h"

#include <QFont>

#include <algorithm>

namespace gui
{
namespace
{

constexpr auto kDemo = "demo";

bool isSameFile(const engine::ModelInfo &a, const engine::ModelInfo &b)
{
    return a.fileBytes == b.fileBytes && a.problem == b.problem && a.parameters == b.parameters;
}

} // namespace

void ModelListModel::beginScan()
{
    ++m_scan;
    askFitsAgain();
}

void ModelListModel::askFitsAgain()
{
    for (Entry &entry : m_entries)
        entry.isAsked = false;
}

void ModelListModel::remove(const QString &path)
{
    const int row = rowOf(path);
    if (row < 0) return;
    beginRemoveRows({}, row, row);
    m_entries.erase(m_entries.begin() + row);
    endRemoveRows();
}

void ModelListModel::endScan()
{
    for (int row = rowCount() - 1; row >= 0; --row) {
        if (entry(row).scan == m_scan) continue;
        beginRemoveRows({}, row, row);
        m_entries.erase(m_entries.begin() + row);
        endRemoveRows();
    }
}

void ModelListModel::put(const engine::ModelInfo &info)
{
    Entry fresh;
    fresh.info = info;
    fresh.info.tensors.clear();
    fresh.info.tensors.shrink_to_fit();
    fresh.fit = fitOf(info);
    fresh.scan = m_scan;

    const int row = rowOf(QString::fromStdString(info.path));
    if (row < 0) {
        beginInsertRows({}, rowCount(), rowCount());
        m_entries.push_back(std::move(fresh));
        endInsertRows();
        return;
    }
    Entry &known = m_entries[std::size_t(row)];
    if (isSameFile(known.info, info)) {
        fresh.forecast = known.forecast;
        fresh.fit = known.fit;
        fresh.isAsked = known.isAsked;
    }
    known = std::move(fresh);
    Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
}

void ModelListModel::setForecast(const QString &path, const engine::MemoryUse &forecast)
{
    const int row = rowOf(path);
    if (row < 0) return;
    Entry &known = m_entries[std::size_t(row)];
    known.forecast = forecast;
    known.fit = fitOf(forecast);
    Q_EMIT dataChanged(index(row, FitColumn), index(row, FitColumn));
}

void ModelListModel::setLoaded(const QString &path)
{
    if (path == m_loaded) return;
    const int before = rowOf(m_loaded);
    m_loaded = path;
    for (const int row : {before, rowOf(path)}) {
        if (row >= 0) Q_EMIT dataChanged(index(row, Name), index(row, Name));
    }
}

int ModelListModel::rowOf(const QString &path) const
{
    const std::string wanted = path.toStdString();
    const auto found = std::find_if(m_entries.begin(), m_entries.end(),
                                    [&wanted](const Entry &e) { return e.info.path == wanted; });
    return found == m_entries.end() ? -1 : int(found - m_entries.begin());
}

QString ModelListModel::takeNextToFit()
{
    const auto found = std::find_if(m_entries.begin(), m_entries.end(),
                                    [](const Entry &e) { return e.info.problem.empty() && !e.isAsked; });
    if (found == m_entries.end()) return {};
    found->isAsked = true;
    return QString::fromStdString(found->info.path);
}

int ModelListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_entries.size());
}

int ModelListModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant ModelListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const Entry &e = entry(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return displayText(e, index.column());
    case Qt::ToolTipRole:
        return toolTip(e);
    case SortRole:
        return sortKey(e, index.column());
    case PathRole:
        return QString::fromStdString(e.info.path);
    case IsDemoRole:
        return e.info.path == kDemo;
    case Qt::TextAlignmentRole:
        if (index.column() == Parameters || index.column() == FileSize)
            return int(Qt::AlignRight | Qt::AlignVCenter);
        return int(Qt::AlignLeft | Qt::AlignVCenter);
    case Qt::ForegroundRole:
        if (index.column() == FitColumn) return fitColor(e.fit);
        return canBeLoaded(e.info) ? QVariant() : QVariant(tokens().dim);
    case Qt::FontRole:
        if (index.column() == Name && !m_loaded.isEmpty() &&
            QString::fromStdString(e.info.path) == m_loaded) {
            QFont font;
            font.setWeight(QFont::DemiBold);
            return font;
        }
        return {};
    default:
        return {};
    }
}

QString ModelListModel::displayText(const Entry &e, int column) const
{
    const engine::ModelInfo &info = e.info;
    switch (column) {
    case Name: {
        const QString name = QString::fromStdString(info.name);
        return !m_loaded.isEmpty() && QString::fromStdString(info.path) == m_loaded
                   ? QStringLiteral("▸ ") + name
                   : name;
    }
    case Family:
        return info.family.empty() ? QStringLiteral("–") : familyText(info.family);
    case Parameters:
        return info.parameters == 0 ? QStringLiteral("–") : shortCountText(info.parameters);
    case Dtype:
        return info.dtype.empty() ? QStringLiteral("–") : QString::fromStdString(info.dtype);
    case FileSize:
        return bytesText(info.fileBytes);
    case FitColumn:
        return fitText(e.fit);
    default:
        return {};
    }
}

QVariant ModelListModel::sortKey(const Entry &e, int column) const
{
    switch (column) {
    case Name:
        return QString::fromStdString(e.info.name); // without the mark of the loaded one
    case Parameters:
        return qulonglong(e.info.parameters);
    case FileSize:
        return qulonglong(e.info.fileBytes);
    case FitColumn:
        return int(e.fit);
    default:
        return displayText(e, column);
    }
}

QString ModelListModel::toolTip(const Entry &e) const
{
    if (!e.info.problem.empty()) return QString::fromStdString(e.info.problem);
    if (e.fit == Fit::Unknown) return QString::fromStdString(e.info.path);
    return tr("Needs %1; %2 are free.").arg(bytesText(e.forecast.needed()), bytesText(e.forecast.free));
}

QVariant ModelListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole) {
        const bool isNumber = section == Parameters || section == FileSize;
        return int((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) return {};
    switch (section) {
    case Name:
        return tr("Name");
    case Family:
        return tr("Family", "of models, such as RWKV-7");
    case Parameters:
        return tr("Parameters");
    case Dtype:
        return tr("Dtype", "number format of the weights");
    case FileSize:
        return tr("File size");
    case FitColumn:
        return tr("Fit", "whether the model fits into memory");
    default:
        return {};
    }
}

ModelFilterModel::ModelFilterModel(QObject *parent)
    : QSortFilterProxyModel(parent)
{
    setSortRole(ModelListModel::SortRole);
    setSortCaseSensitivity(Qt::CaseInsensitive);
    setDynamicSortFilter(true);
}

void ModelFilterModel::setText(const QString &text)
{
    m_text = text.trimmed();
    invalidateFilter();
}

bool ModelFilterModel::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    if (m_text.isEmpty()) return true;
    for (const int column : {ModelListModel::Name, ModelListModel::Family, ModelListModel::Dtype}) {
        const QModelIndex index = sourceModel()->index(row, column, parent);
        if (index.data(Qt::DisplayRole).toString().contains(m_text, Qt::CaseInsensitive)) return true;
    }
    const QString path = sourceModel()->index(row, 0, parent).data(ModelListModel::PathRole).toString();
    return path.contains(m_text, Qt::CaseInsensitive);
}

bool ModelFilterModel::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    const bool leftIsDemo = left.data(ModelListModel::IsDemoRole).toBool();
    const bool rightIsDemo = right.data(ModelListModel::IsDemoRole).toBool();
    if (leftIsDemo != rightIsDemo) return leftIsDemo == (sortOrder() == Qt::AscendingOrder);
    return QSortFilterProxyModel::lessThan(left, right);
}

} // namespace gui
