#pragma once

#include "engine/events.h"
#include "gui/widgets/memory_bar.h"

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>

#include <vector>

namespace gui
{

/// The model files of this computer. Paths are unique; the demonstration model has the path "demo". Thread:
/// GUI.
class ModelListModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Name, Family, Parameters, Dtype, FileSize, FitColumn, ColumnCount };
    enum Role { PathRole = Qt::UserRole, SortRole, IsDemoRole };

    struct Entry {
        engine::ModelInfo info; ///< without tensors
        engine::MemoryUse forecast;
        Fit fit = Fit::Unknown;
        bool isAsked = false; ///< a forecast was asked for; it may have failed
        int scan = 0;
    };

    explicit ModelListModel(QObject *parent = nullptr)
        : QAbstractTableModel(parent)
    {
    }

    /// A new scan begins; what it does not find again is dropped by endScan().
    void beginScan();
    void endScan();
    /// Adds the model, or replaces what was known of its path. Its forecast is kept if the file is the same.
    void put(const engine::ModelInfo &info);
    void remove(const QString &path);
    /// The fits are asked for again, because another amount of memory is free now; the old ones stay
    /// meanwhile.
    void askFitsAgain();
    void setForecast(const QString &path, const engine::MemoryUse &forecast);
    void setLoaded(const QString &path);

    const Entry &entry(int row) const { return m_entries[std::size_t(row)]; }
    int rowOf(const QString &path) const; ///< -1: unknown
    /// The first path whose fit is still to be asked for, marked as asked; empty if there is none.
    QString takeNextToFit();

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString displayText(const Entry &entry, int column) const;
    QVariant sortKey(const Entry &entry, int column) const;
    QString toolTip(const Entry &entry) const;

    std::vector<Entry> m_entries;
    QString m_loaded;
    int m_scan = 0;
};

/// Filters by name, family, dtype or path; sorts by value; the demonstration model always comes first.
class ModelFilterModel final : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit ModelFilterModel(QObject *parent = nullptr);
    void setText(const QString &text);

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;

private:
    QString m_text;
};

} // namespace gui
