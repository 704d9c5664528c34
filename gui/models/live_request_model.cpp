#include "gui/models/live_request_model.h"
#include "gui/units.h"

#include <algorithm>

namespace gui
{

void LiveRequestModel::setRequests(const std::vector<server::LiveRequest> &requests)
{
    const auto byId = [](const server::LiveRequest &r, std::uint64_t id) { return r.id < id; };
    for (int row = int(m_requests.size()) - 1; row >= 0; --row) {
        const std::uint64_t id = m_requests[std::size_t(row)].id;
        const auto found = std::lower_bound(requests.begin(), requests.end(), id, byId);
        if (found != requests.end() && found->id == id) continue;
        beginRemoveRows({}, row, row);
        m_requests.erase(m_requests.begin() + row);
        endRemoveRows();
    }
    const int kept = int(m_requests.size());
    const int all = int(requests.size());
    std::copy_n(requests.begin(), kept, m_requests.begin()); // ids only grow: the kept ones are the first
    if (kept > 0) Q_EMIT dataChanged(index(0, 0), index(kept - 1, ColumnCount - 1));
    if (all == kept) return;
    beginInsertRows({}, kept, all - 1);
    m_requests.insert(m_requests.end(), requests.begin() + kept, requests.end());
    endInsertRows();
}

int LiveRequestModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_requests.size());
}

int LiveRequestModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant LiveRequestModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const server::LiveRequest &request = m_requests[std::size_t(index.row())];
    if (role == IdRole) return QVariant::fromValue(quint64(request.id));
    if (role == Qt::TextAlignmentRole && index.column() >= Tokens)
        return int(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
    switch (index.column()) {
    case Path:
        return QString::fromStdString(request.method + ' ' + request.path);
    case Model:
        return QString::fromStdString(request.model);
    case Client:
        return QString::fromStdString(request.client);
    case Tokens:
        return countText(std::uint64_t(request.tokens));
    case Seconds:
        return tr("%1 s").arg(QLocale().toString(request.seconds, 'f', 1));
    default:
        return {};
    }
}

QVariant LiveRequestModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return int((section >= Tokens ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    switch (section) {
    case Path:
        return tr("Request");
    case Model:
        return tr("Model");
    case Client:
        return tr("From", "address of a client");
    case Tokens:
        return tr("Tokens");
    case Seconds:
        return tr("Time");
    default:
        return {};
    }
}

} // namespace gui
