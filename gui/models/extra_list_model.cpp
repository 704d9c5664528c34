#include "gui/models/extra_list_model.h"
#include "gui/theme.h"
#include "gui/units.h"

#include <QCoreApplication>

#include <algorithm>
#include <set>

namespace gui
{
namespace
{

class Extras
{
    Q_DECLARE_TR_FUNCTIONS(Extras)
};

const QString kNothing = QStringLiteral("–");

/// "blocks.12.att.key" -> "12".
std::string blockOf(const std::string &matrix)
{
    const std::size_t begin = matrix.find("blocks.");
    if (begin == std::string::npos) return {};
    return matrix.substr(begin + 7, matrix.find('.', begin + 7) - begin - 7);
}

Match matchOf(bool fits, engine::ErrorCode problem)
{
    if (fits) return Match::Fits;
    return problem == engine::ErrorCode::NoModel ? Match::NoModel : Match::Differs;
}

} // namespace

QString matchText(Match match)
{
    switch (match) {
    case Match::Unknown:
        return Extras::tr("…", "not known yet whether the file fits the model");
    case Match::Fits:
        return Extras::tr("● fits");
    case Match::Differs:
        return Extras::tr("○ does not fit");
    case Match::NoModel:
        return Extras::tr("– no model");
    case Match::Unreadable:
        return Extras::tr("⚠ unreadable");
    }
    return {};
}

QColor matchColor(Match match)
{
    switch (match) {
    case Match::Fits:
        return tokens().good;
    case Match::Unreadable:
        return tokens().bad;
    default:
        return tokens().dim;
    }
}

QString stateKindText(engine::StateKind kind)
{
    switch (kind) {
    case engine::StateKind::Saved:
        return Extras::tr("Saved here", "a state that Rookery saved");
    case engine::StateKind::Tuned:
        return Extras::tr("Tuned", "a trained initial state");
    case engine::StateKind::Snapshot:
        return Extras::tr("Snapshot", "a state of another program");
    }
    return {};
}

QString adapterKindText(const engine::AdapterInfo &info)
{
    QStringList kinds;
    for (const auto &part : info.parts) {
        const QString name = QString::fromStdString(part.kind);
        if (part.mostRank <= 0)
            kinds << name;
        else if (part.leastRank == part.mostRank)
            kinds << Extras::tr("%1, rank %2", "kind of adapter").arg(name).arg(part.mostRank);
        else
            kinds << Extras::tr("%1, ranks %2 to %3").arg(name).arg(part.leastRank).arg(part.mostRank);
    }
    return kinds.join(QStringLiteral(" · "));
}

int layersOf(const engine::AdapterInfo &info)
{
    std::set<std::string> blocks;
    for (const std::string &matrix : info.matrices)
        if (const std::string block = blockOf(matrix); !block.empty()) blocks.insert(block);
    return int(blocks.size());
}

void ExtraListModel::beginScan() { ++m_scan; }

void ExtraListModel::endScan()
{
    for (int row = rowCount() - 1; row >= 0; --row) {
        if (entry(row).scan == m_scan) continue;
        beginRemoveRows({}, row, row);
        m_entries.erase(m_entries.begin() + row);
        endRemoveRows();
    }
}

void ExtraListModel::put(const engine::ExtraInfo &file)
{
    const int row = rowOf(QString::fromStdString(file.path));
    Entry fresh;
    fresh.file = file;
    fresh.scan = m_scan;
    if (row < 0) {
        beginInsertRows({}, rowCount(), rowCount());
        m_entries.push_back(std::move(fresh));
        endInsertRows();
        return;
    }
    Entry &known = m_entries[std::size_t(row)];
    const bool isSame = known.file.fileBytes == file.fileBytes;
    known.file = file;
    known.scan = m_scan;
    known.isAsked = known.isAsked && isSame;
    changed(row);
}

void ExtraListModel::changed(int row) { Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1)); }

void ExtraListModel::setState(const engine::StateInfo &info)
{
    const int row = rowOf(QString::fromStdString(info.path));
    if (row < 0) return;
    Entry &known = m_entries[std::size_t(row)];
    known.state = info;
    known.match = matchOf(info.fits, info.problemCode);
    known.problem = QString::fromStdString(info.problem);
    changed(row);
}

void ExtraListModel::setAdapter(const engine::AdapterInfo &info)
{
    const int row = rowOf(QString::fromStdString(info.path));
    if (row < 0) return;
    Entry &known = m_entries[std::size_t(row)];
    known.adapter = info;
    known.match = matchOf(info.fits, info.problemCode);
    known.problem = QString::fromStdString(info.problem);
    changed(row);
}

void ExtraListModel::setUnreadable(const QString &path, const QString &problem)
{
    const int row = rowOf(path);
    if (row < 0) return;
    Entry &known = m_entries[std::size_t(row)];
    known.match = Match::Unreadable;
    known.problem = problem;
    changed(row);
}

void ExtraListModel::compareAgain()
{
    for (Entry &entry : m_entries)
        entry.isAsked = false;
}

QString ExtraListModel::takeNextToCompare()
{
    const auto found =
        std::find_if(m_entries.begin(), m_entries.end(), [](const Entry &e) { return !e.isAsked; });
    if (found == m_entries.end()) return {};
    found->isAsked = true;
    return QString::fromStdString(found->file.path);
}

void ExtraListModel::setTicked(const QStringList &paths)
{
    if (paths == m_ticked) return;
    m_ticked = paths;
    if (rowCount() > 0) Q_EMIT dataChanged(index(0, Name), index(rowCount() - 1, Name), {Qt::CheckStateRole});
}

int ExtraListModel::rowOf(const QString &path) const
{
    const std::string wanted = path.toStdString();
    const auto found = std::find_if(m_entries.begin(), m_entries.end(),
                                    [&wanted](const Entry &e) { return e.file.path == wanted; });
    return found == m_entries.end() ? -1 : int(found - m_entries.begin());
}

const ExtraListModel::Entry *ExtraListModel::find(const QString &path) const
{
    const int row = rowOf(path);
    return row < 0 ? nullptr : &entry(row);
}

int ExtraListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_entries.size());
}

int ExtraListModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

Qt::ItemFlags ExtraListModel::flags(const QModelIndex &index) const
{
    Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    const bool hasTick = m_kind == Kind::Adapter && index.isValid() && index.column() == Name;
    return hasTick ? flags | Qt::ItemIsUserCheckable : flags;
}

bool ExtraListModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (role != Qt::CheckStateRole || !(flags(index) & Qt::ItemIsUserCheckable)) return false;
    Q_EMIT tickRequested(QString::fromStdString(entry(index.row()).file.path), value.toInt() == Qt::Checked);
    return true;
}

QVariant ExtraListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const Entry &e = entry(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return displayText(e, index.column());
    case Qt::ToolTipRole:
        return toolTip(e);
    case Qt::CheckStateRole:
        if (m_kind != Kind::Adapter || index.column() != Name) return {};
        return int(m_ticked.contains(QString::fromStdString(e.file.path)) ? Qt::Checked : Qt::Unchecked);
    case SortRole:
        return sortKey(e, index.column());
    case PathRole:
        return QString::fromStdString(e.file.path);
    case IsDemoRole:
        return e.file.isDemo;
    case Qt::TextAlignmentRole:
        if (index.column() == Layers || index.column() == FileSize)
            return int(Qt::AlignRight | Qt::AlignVCenter);
        return int(Qt::AlignLeft | Qt::AlignVCenter);
    case Qt::ForegroundRole:
        if (index.column() == MatchColumn) return matchColor(e.match);
        return e.match == Match::Differs || e.match == Match::Unreadable ? QVariant(tokens().dim)
                                                                         : QVariant();
    default:
        return {};
    }
}

QString ExtraListModel::displayText(const Entry &e, int column) const
{
    switch (column) {
    case Name:
        return QString::fromStdString(e.file.name);
    case KindColumn:
        if (e.state) return stateKindText(e.state->kind);
        return e.adapter ? adapterKindText(*e.adapter) : kNothing;
    case Family:
        if (e.adapter) return countText(e.adapter->matrices.size());
        return e.state && !e.state->family.empty() ? familyText(e.state->family) : kNothing;
    case Layers: {
        const int layers = e.state ? e.state->layers : e.adapter ? layersOf(*e.adapter) : 0;
        return layers > 0 ? countText(std::uint64_t(layers)) : kNothing;
    }
    case FileSize:
        return bytesText(e.file.fileBytes);
    case MatchColumn:
        return matchText(e.match);
    default:
        return {};
    }
}

QVariant ExtraListModel::sortKey(const Entry &e, int column) const
{
    switch (column) {
    case Family:
        return e.adapter ? QVariant(qulonglong(e.adapter->matrices.size())) : displayText(e, column);
    case Layers:
        return e.state ? e.state->layers : e.adapter ? layersOf(*e.adapter) : 0;
    case FileSize:
        return qulonglong(e.file.fileBytes);
    case MatchColumn:
        return int(e.match);
    default:
        return displayText(e, column);
    }
}

QString ExtraListModel::toolTip(const Entry &e) const
{
    QStringList lines;
    if (!e.file.about.empty()) lines << QString::fromStdString(e.file.about);
    if (!e.problem.isEmpty()) lines << e.problem;
    lines << shortPath(QString::fromStdString(e.file.path));
    return lines.join(QLatin1Char('\n'));
}

QVariant ExtraListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) return {};
    const bool isNumber = section == Layers || section == FileSize;
    if (role == Qt::TextAlignmentRole)
        return int((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    switch (section) {
    case Name:
        return tr("Name");
    case KindColumn:
        return tr("Kind");
    case Family:
        return m_kind == Kind::State ? tr("Family") : tr("Matrices", "how many of the model it changes");
    case Layers:
        return tr("Layers");
    case FileSize:
        return tr("File size");
    case MatchColumn:
        return tr("Fit", "whether the file can be used with the loaded model");
    default:
        return {};
    }
}

ExtraFilterModel::ExtraFilterModel(QObject *parent)
    : QSortFilterProxyModel(parent)
{
    setSortRole(ExtraListModel::SortRole);
    setSortCaseSensitivity(Qt::CaseInsensitive);
    setDynamicSortFilter(true);
}

void ExtraFilterModel::setText(const QString &text)
{
    m_text = text.trimmed();
    invalidateFilter();
}

void ExtraFilterModel::setOnlyFitting(bool on)
{
    m_onlyFitting = on;
    invalidateFilter();
}

bool ExtraFilterModel::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    const auto *extras = static_cast<const ExtraListModel *>(sourceModel());
    const ExtraListModel::Entry &e = extras->entry(row);
    if (m_onlyFitting && e.match != Match::Fits) return false;
    if (m_text.isEmpty()) return true;
    QStringList texts = {QString::fromStdString(e.file.path), QString::fromStdString(e.file.about)};
    for (const int column : {ExtraListModel::Name, ExtraListModel::KindColumn, ExtraListModel::Family})
        texts << sourceModel()->index(row, column, parent).data().toString();
    return std::any_of(texts.begin(), texts.end(),
                       [this](const QString &text) { return text.contains(m_text, Qt::CaseInsensitive); });
}

bool ExtraFilterModel::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    const bool leftIsDemo = left.data(ExtraListModel::IsDemoRole).toBool();
    const bool rightIsDemo = right.data(ExtraListModel::IsDemoRole).toBool();
    if (leftIsDemo != rightIsDemo) return leftIsDemo == (sortOrder() == Qt::AscendingOrder);
    return QSortFilterProxyModel::lessThan(left, right);
}

} // namespace gui
