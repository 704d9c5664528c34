#include "gui/models/request_log_model.h"
#include "gui/theme.h"
#include "gui/units.h"

#include <QDateTime>

#include <algorithm>

namespace gui
{
namespace
{

constexpr int kClientGone = 499;

bool isNumber(int column)
{
    return column == RequestLogModel::Status || column == RequestLogModel::Milliseconds ||
           column == RequestLogModel::Tokens;
}

QColor colorOf(int status)
{
    if (status >= 500) return tokens().bad;
    if (status == kClientGone) return tokens().dim;
    return status >= 400 ? tokens().warning : tokens().good;
}

} // namespace

void RequestLogModel::add(const std::vector<server::LoggedRequest> &requests)
{
    if (requests.empty()) return;
    const int count = int(std::min(requests.size(), std::size_t(kCapacity)));
    beginInsertRows({}, 0, count - 1);
    for (auto it = requests.end() - count; it != requests.end(); ++it)
        m_requests.push_front(*it);
    endInsertRows();
    const int size = int(m_requests.size());
    if (size <= kCapacity) return;
    beginRemoveRows({}, kCapacity, size - 1);
    m_requests.resize(std::size_t(kCapacity));
    endRemoveRows();
}

void RequestLogModel::clear()
{
    beginResetModel();
    m_requests.clear();
    endResetModel();
}

int RequestLogModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_requests.size());
}

int RequestLogModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant RequestLogModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const server::LoggedRequest &request = m_requests[std::size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return text(request, index.column());
    case Qt::ToolTipRole:
        if (index.column() == Status && request.status == kClientGone)
            return tr("The client left before its answer was complete.");
        return index.column() == Request ? text(request, Request) : QVariant();
    case Qt::ForegroundRole:
        return index.column() == Status ? QVariant(colorOf(request.status)) : QVariant();
    case Qt::TextAlignmentRole:
        return int((isNumber(index.column()) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    default:
        return {};
    }
}

QString RequestLogModel::text(const server::LoggedRequest &request, int column) const
{
    switch (column) {
    case Time: {
        const auto ms =
            std::chrono::duration_cast<std::chrono::milliseconds>(request.at.time_since_epoch()).count();
        return QDateTime::fromMSecsSinceEpoch(ms).toString(QStringLiteral("HH:mm:ss"));
    }
    case Request:
        return request.path.empty() ? tr("not HTTP")
                                    : QString::fromStdString(request.method + ' ' + request.path);
    case Status:
        return QString::number(request.status);
    case Milliseconds:
        return tr("%1 ms").arg(
            QLocale().toString(request.milliseconds, 'f', request.milliseconds < 10 ? 1 : 0));
    case Tokens:
        return request.tokens > 0 ? countText(std::uint64_t(request.tokens)) : QStringLiteral("–");
    case Client:
        return QString::fromStdString(request.client);
    default:
        return {};
    }
}

QVariant RequestLogModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return int((isNumber(section) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    switch (section) {
    case Time:
        return tr("Time");
    case Request:
        return tr("Request");
    case Status:
        return tr("Status", "of an HTTP answer: 200, 404");
    case Milliseconds:
        return tr("Took", "how long an answer took");
    case Tokens:
        return tr("Tokens");
    case Client:
        return tr("From", "address of a client");
    default:
        return {};
    }
}

} // namespace gui
