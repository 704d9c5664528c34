#pragma once

#include "engine/events.h"

#include <QAbstractTableModel>
#include <QColor>
#include <QSortFilterProxyModel>
#include <QStringList>

#include <optional>
#include <vector>

namespace gui
{

/// Whether a state or an adapter can be used with the loaded model.
enum class Match { Unknown, Fits, Differs, NoModel, Unreadable };
/// "● fits".
QString matchText(Match match);
QColor matchColor(Match match);
/// "Tuned", "Saved here", "Snapshot".
QString stateKindText(engine::StateKind kind);
/// "LoRA, rank 8".
QString adapterKindText(const engine::AdapterInfo &info);
/// Of the blocks that it changes.
int layersOf(const engine::AdapterInfo &info);

/// The states, or the adapters, of this computer. Paths are unique. Thread: GUI.
class ExtraListModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    using Kind = engine::ExtraInfo::Kind;
    enum Column { Name, KindColumn, Family, Layers, FileSize, MatchColumn, ColumnCount };
    enum Role { PathRole = Qt::UserRole, SortRole, IsDemoRole };

    struct Entry {
        engine::ExtraInfo file;
        std::optional<engine::StateInfo> state;     ///< once it was looked into
        std::optional<engine::AdapterInfo> adapter; ///< once it was looked into
        Match match = Match::Unknown;
        QString problem;      ///< why it does not fit
        bool isAsked = false; ///< a comparison with the loaded model was asked for
        int scan = 0;
    };

    explicit ExtraListModel(Kind kind, QObject *parent = nullptr)
        : QAbstractTableModel(parent)
        , m_kind(kind)
    {
    }

    Kind kind() const { return m_kind; }

    /// A new scan begins; what it does not find again is dropped by endScan().
    void beginScan();
    void endScan();
    void put(const engine::ExtraInfo &file);
    void setState(const engine::StateInfo &info);
    void setAdapter(const engine::AdapterInfo &info);
    void setUnreadable(const QString &path, const QString &problem);
    /// Another model is loaded, or none: the comparisons are asked for again; the old ones stay meanwhile.
    void compareAgain();
    /// The first path that is still to be compared, marked as asked; empty if there is none.
    QString takeNextToCompare();
    /// Paths with a tick; only adapters have one.
    void setTicked(const QStringList &paths);

    const Entry &entry(int row) const { return m_entries[std::size_t(row)]; }
    const Entry *find(const QString &path) const; ///< nullptr: unknown
    int rowOf(const QString &path) const;         ///< -1: unknown

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role) override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
    /// The user ticked a row, or took the tick away; setTicked() is to follow.
    void tickRequested(const QString &path, bool ticked);

private:
    QString displayText(const Entry &entry, int column) const;
    QVariant sortKey(const Entry &entry, int column) const;
    QString toolTip(const Entry &entry) const;
    void changed(int row);

    const Kind m_kind;
    std::vector<Entry> m_entries;
    QStringList m_ticked;
    int m_scan = 0;
};

/// Filters by name, what it is, description or path, and to what fits; the demonstration pack comes first.
class ExtraFilterModel final : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit ExtraFilterModel(QObject *parent = nullptr);
    void setText(const QString &text);
    void setOnlyFitting(bool on);

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;

private:
    QString m_text;
    bool m_onlyFitting = false;
};

} // namespace gui
