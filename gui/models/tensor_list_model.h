#pragma once

#include "engine/events.h"

#include <QAbstractTableModel>

#include <vector>

namespace gui
{

/// The tensors of one model file, as they stand in it. Thread: GUI.
class TensorListModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Name, Shape, Dtype, Bytes, Share, ColumnCount };
    enum Role { SortRole = Qt::UserRole };

    explicit TensorListModel(QObject *parent = nullptr)
        : QAbstractTableModel(parent)
    {
    }

    void setTensors(std::vector<engine::TensorInfo> tensors);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<engine::TensorInfo> m_tensors;
    std::uint64_t m_totalBytes = 0;
};

} // namespace gui
