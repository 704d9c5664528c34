#pragma once

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>
#include <QString>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace gui
{

/// What a list of files says of a row beside its cells.
struct FileRoles {
    enum Role { PathRole = Qt::UserRole, SortRole, IsDemoRole };
};

/// A table of files as scans find them, one a row; paths are unique. `Row` has `std::string path() const`,
/// `bool isDemo() const`, `bool isAsked` and `int scan`. Thread: GUI.
template <typename Row>
class ScannedTable : public QAbstractTableModel, public FileRoles
{
public:
    /// A new scan begins; what it does not find again is dropped by endScan().
    void beginScan() { ++m_scan; }
    void endScan()
    {
        for (int row = rowCount() - 1; row >= 0; --row)
            if (entry(row).scan != m_scan) removeAt(row);
    }
    /// What is asked for once a file is asked for again; the old answers stay meanwhile.
    void askAgain()
    {
        for (Row &row : m_rows)
            row.isAsked = false;
    }
    void askAgain(const QString &path)
    {
        if (const int row = rowOf(path); row >= 0) m_rows[std::size_t(row)].isAsked = false;
    }

    const Row &entry(int row) const { return m_rows[std::size_t(row)]; }
    int rowOf(const QString &path) const ///< -1: unknown
    {
        const std::string wanted = path.toStdString();
        const auto found = std::find_if(m_rows.begin(), m_rows.end(),
                                        [&wanted](const Row &row) { return row.path() == wanted; });
        return found == m_rows.end() ? -1 : int(found - m_rows.begin());
    }
    const Row *find(const QString &path) const ///< nullptr: unknown
    {
        const int row = rowOf(path);
        return row < 0 ? nullptr : &entry(row);
    }

    int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : int(m_rows.size());
    }

    QVariant data(const QModelIndex &index, int role) const override
    {
        if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
        const Row &row = entry(index.row());
        switch (role) {
        case Qt::DisplayRole:
            return displayText(row, index.column());
        case Qt::ToolTipRole:
            return toolTip(row);
        case SortRole:
            return sortKey(row, index.column());
        case PathRole:
            return QString::fromStdString(row.path());
        case IsDemoRole:
            return row.isDemo();
        case Qt::TextAlignmentRole:
            return alignment(index.column());
        default:
            return look(row, index.column(), role);
        }
    }

    QVariant headerData(int section, Qt::Orientation orientation, int role) const override
    {
        if (orientation != Qt::Horizontal) return {};
        if (role == Qt::TextAlignmentRole) return alignment(section);
        return role == Qt::DisplayRole ? QVariant(title(section)) : QVariant();
    }

protected:
    using QAbstractTableModel::QAbstractTableModel;

    virtual QString title(int column) const = 0;
    virtual bool isNumber(int column) const = 0;
    virtual QString displayText(const Row &row, int column) const = 0;
    virtual QVariant sortKey(const Row &row, int column) const = 0;
    virtual QString toolTip(const Row &row) const = 0;
    /// Every other role: colour, font, tick.
    virtual QVariant look(const Row &row, int column, int role) const = 0;

    /// Adds the row; where its path is known, `keep(known, fresh)` first moves over what is still true.
    template <typename Keep>
    void putRow(Row fresh, Keep keep)
    {
        fresh.scan = m_scan;
        const int row = rowOf(QString::fromStdString(fresh.path()));
        if (row < 0) {
            beginInsertRows({}, rowCount(), rowCount());
            m_rows.push_back(std::move(fresh));
            endInsertRows();
            return;
        }
        change(row, [&](Row &known) {
            keep(known, fresh);
            known = std::move(fresh);
        });
    }
    template <typename Change>
    void change(int row, Change apply)
    {
        if (row < 0) return;
        apply(m_rows[std::size_t(row)]);
        Q_EMIT dataChanged(index(row, 0), index(row, columnCount() - 1));
    }
    void removeAt(int row)
    {
        beginRemoveRows({}, row, row);
        m_rows.erase(m_rows.begin() + row);
        endRemoveRows();
    }
    /// The first path that is still to be asked about, marked as asked; empty if there is none.
    template <typename CanAsk>
    QString takeNext(CanAsk canAsk)
    {
        const auto found = std::find_if(m_rows.begin(), m_rows.end(),
                                        [&](const Row &row) { return !row.isAsked && canAsk(row); });
        if (found == m_rows.end()) return {};
        found->isAsked = true;
        return QString::fromStdString(found->path());
    }

private:
    QVariant alignment(int column) const
    {
        return int((isNumber(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }

    std::vector<Row> m_rows;
    int m_scan = 0;
};

/// Filters files by a text; sorts by value, with what comes with Rookery always first.
class FileFilterModel : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit FileFilterModel(QObject *parent = nullptr);
    void setText(const QString &text);

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;
    /// In which the text is looked for, besides the path.
    virtual QStringList searchedTexts(int row) const = 0;

private:
    QString m_text;
};

} // namespace gui
