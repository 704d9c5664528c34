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

void ExtraListModel::put(const engine::ExtraInfo &file)
{
    putRow({file}, [](Entry &known, Entry &fresh) {
        fresh.isAsked = known.isAsked && known.file.fileBytes == fresh.file.fileBytes;
        fresh.state = std::move(known.state);
        fresh.adapter = std::move(known.adapter);
        fresh.match = known.match;
        fresh.problem = known.problem;
    });
}

void ExtraListModel::setState(const engine::StateInfo &info)
{
    change(rowOf(QString::fromStdString(info.path)), [&info](Entry &known) {
        known.state = info;
        known.match = matchOf(info.fits, info.problemCode);
        known.problem = QString::fromStdString(info.problem);
    });
}

void ExtraListModel::setAdapter(const engine::AdapterInfo &info)
{
    change(rowOf(QString::fromStdString(info.path)), [&info](Entry &known) {
        known.adapter = info;
        known.match = matchOf(info.fits, info.problemCode);
        known.problem = QString::fromStdString(info.problem);
    });
}

void ExtraListModel::setUnreadable(const QString &path, const QString &problem)
{
    change(rowOf(path), [&problem](Entry &known) {
        known.match = Match::Unreadable;
        known.problem = problem;
    });
}

QString ExtraListModel::takeNextToCompare()
{
    return takeNext([](const Entry &) { return true; });
}

void ExtraListModel::setTicked(const QStringList &paths)
{
    if (paths == m_ticked) return;
    m_ticked = paths;
    if (rowCount() > 0) Q_EMIT dataChanged(index(0, Name), index(rowCount() - 1, Name), {Qt::CheckStateRole});
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

bool ExtraListModel::isNumber(int column) const
{
    return column == Layers || column == FileSize || (column == Family && m_kind == Kind::Adapter);
}

QVariant ExtraListModel::look(const Entry &e, int column, int role) const
{
    switch (role) {
    case Qt::CheckStateRole:
        if (m_kind != Kind::Adapter || column != Name) return {};
        return int(m_ticked.contains(QString::fromStdString(e.file.path)) ? Qt::Checked : Qt::Unchecked);
    case Qt::ForegroundRole:
        if (column == MatchColumn) return matchColor(e.match);
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

QString ExtraListModel::title(int column) const
{
    switch (column) {
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

void ExtraFilterModel::setOnlyFitting(bool on)
{
    m_onlyFitting = on;
    invalidateFilter();
}

bool ExtraFilterModel::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    const auto *extras = static_cast<const ExtraListModel *>(sourceModel());
    if (m_onlyFitting && extras->entry(row).match != Match::Fits) return false;
    return FileFilterModel::filterAcceptsRow(row, parent);
}

QStringList ExtraFilterModel::searchedTexts(int row) const
{
    const auto *extras = static_cast<const ExtraListModel *>(sourceModel());
    QStringList texts = {QString::fromStdString(extras->entry(row).file.about)};
    for (const int column : {ExtraListModel::Name, ExtraListModel::KindColumn, ExtraListModel::Family})
        texts << extras->index(row, column).data().toString();
    return texts;
}

} // namespace gui
