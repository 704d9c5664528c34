#include "gui/models/model_list_model.h"
#include "gui/theme.h"
#include "gui/units.h"

#include <QFont>

namespace gui
{
namespace
{

bool isSameFile(const engine::ModelInfo &a, const engine::ModelInfo &b)
{
    return a.fileBytes == b.fileBytes && a.problem == b.problem && a.parameters == b.parameters;
}

} // namespace

void ModelListModel::beginScan()
{
    ScannedTable::beginScan();
    askAgain();
}

void ModelListModel::remove(const QString &path)
{
    if (const int row = rowOf(path); row >= 0) removeAt(row);
}

void ModelListModel::put(const engine::ModelInfo &info)
{
    Entry fresh;
    fresh.info = info;
    fresh.info.tensors.clear();
    fresh.info.tensors.shrink_to_fit();
    fresh.fit = fitOf(info);
    putRow(std::move(fresh), [](Entry &known, Entry &again) {
        if (!isSameFile(known.info, again.info)) return;
        again.forecast = known.forecast;
        again.fit = known.fit;
        again.isAsked = known.isAsked;
    });
}

void ModelListModel::setForecast(const QString &path, const engine::MemoryUse &forecast)
{
    change(rowOf(path), [&forecast](Entry &known) {
        known.forecast = forecast;
        known.fit = fitOf(forecast);
    });
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

QString ModelListModel::takeNextToFit()
{
    return takeNext([](const Entry &e) { return e.info.problem.empty(); });
}

int ModelListModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

bool ModelListModel::isNumber(int column) const { return column == Parameters || column == FileSize; }

QVariant ModelListModel::look(const Entry &e, int column, int role) const
{
    switch (role) {
    case Qt::ForegroundRole:
        if (column == FitColumn) return fitColor(e.fit);
        return canBeLoaded(e.info) ? QVariant() : QVariant(tokens().dim);
    case Qt::FontRole:
        if (column == Name && !m_loaded.isEmpty() && QString::fromStdString(e.info.path) == m_loaded) {
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

QString ModelListModel::title(int column) const
{
    switch (column) {
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

QStringList ModelFilterModel::searchedTexts(int row) const
{
    QStringList texts;
    for (const int column : {ModelListModel::Name, ModelListModel::Family, ModelListModel::Dtype})
        texts << sourceModel()->index(row, column).data().toString();
    return texts;
}

} // namespace gui
