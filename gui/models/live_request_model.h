#pragma once

#include "engine/server/server.h"

#include <QAbstractTableModel>

#include <vector>

namespace gui
{

/// What the endpoint answers now, the oldest first. Thread: GUI.
class LiveRequestModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Path, Model, Client, Tokens, Seconds, ColumnCount };
    enum Role { IdRole = Qt::UserRole };

    using QAbstractTableModel::QAbstractTableModel;

    /// Rows keep their places: those that are over go, new ones come at the end.
    void setRequests(const std::vector<server::LiveRequest> &requests);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<server::LiveRequest> m_requests; ///< by growing id
};

} // namespace gui
