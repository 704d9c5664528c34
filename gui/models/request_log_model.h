#pragma once

#include "engine/server/server.h"

#include <QAbstractTableModel>

#include <deque>

namespace gui
{

/// What the endpoint answered, the newest first; survives turning it off and on. Thread: GUI.
class RequestLogModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Time, Request, Status, Milliseconds, Tokens, Client, ColumnCount };

    static constexpr int kCapacity = 5000;

    using QAbstractTableModel::QAbstractTableModel;

    /// The oldest first, as the server tells them.
    void add(const std::vector<server::LoggedRequest> &requests);
    void clear();

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString text(const server::LoggedRequest &request, int column) const;

    std::deque<server::LoggedRequest> m_requests; ///< the newest first
};

} // namespace gui
