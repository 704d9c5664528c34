#include "gui/models/tensor_list_model.h"
#include "gui/units.h"

#include <QLocale>

#include <numeric>

namespace gui
{

void TensorListModel::setTensors(std::vector<engine::TensorInfo> tensors)
{
    beginResetModel();
    m_tensors = std::move(tensors);
    m_totalBytes =
        std::accumulate(m_tensors.begin(), m_tensors.end(), std::uint64_t{0},
                        [](std::uint64_t sum, const engine::TensorInfo &t) { return sum + t.bytes; });
    endResetModel();
}

int TensorListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_tensors.size());
}

int TensorListModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant TensorListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const engine::TensorInfo &t = m_tensors[std::size_t(index.row())];
    const bool isNumber = index.column() == Bytes || index.column() == Share;
    if (role == Qt::TextAlignmentRole)
        return int((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == SortRole && isNumber) return qulonglong(t.bytes);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole && role != SortRole) return {};
    switch (index.column()) {
    case Name:
        return QString::fromStdString(t.name);
    case Shape:
        return shapeText(t.shape);
    case Dtype:
        return QString::fromStdString(t.dtype);
    case Bytes:
        return bytesText(t.bytes);
    case Share: {
        const double percent = m_totalBytes == 0 ? 0.0 : 100.0 * double(t.bytes) / double(m_totalBytes);
        return tr("%1 %").arg(QLocale().toString(percent, 'f', 2));
    }
    default:
        return {};
    }
}

QVariant TensorListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return int((section >= Bytes ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    switch (section) {
    case Name:
        return tr("Tensor");
    case Shape:
        return tr("Shape");
    case Dtype:
        return tr("Dtype", "number format of the weights");
    case Bytes:
        return tr("Size");
    case Share:
        return tr("Share", "of the whole file");
    default:
        return {};
    }
}

} // namespace gui
