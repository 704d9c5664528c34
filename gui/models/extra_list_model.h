#pragma once

#include "engine/events.h"
#include "gui/models/scanned_table.h"

#include <QColor>
#include <QStringList>

#include <optional>

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

/// A state or an adapter of this computer.
struct ExtraEntry {
    engine::ExtraInfo file;
    std::optional<engine::StateInfo> state = {};     ///< once it was looked into
    std::optional<engine::AdapterInfo> adapter = {}; ///< once it was looked into
    Match match = Match::Unknown;
    QString problem = {}; ///< why it does not fit
    bool isAsked = false; ///< a comparison with the loaded model was asked for
    int scan = 0;

    const std::string &path() const { return file.path; }
    bool isDemo() const { return file.isDemo; }
};

/// The states, or the adapters, of this computer. Thread: GUI.
class ExtraListModel final : public ScannedTable<ExtraEntry>
{
    Q_OBJECT

public:
    using Kind = engine::ExtraInfo::Kind;
    using Entry = ExtraEntry;
    enum Column { Name, KindColumn, Family, Layers, FileSize, MatchColumn, ColumnCount };

    explicit ExtraListModel(Kind kind, QObject *parent = nullptr)
        : ScannedTable(parent)
        , m_kind(kind)
    {
    }

    Kind kind() const { return m_kind; }

    void put(const engine::ExtraInfo &file);
    void setState(const engine::StateInfo &info);
    void setAdapter(const engine::AdapterInfo &info);
    void setUnreadable(const QString &path, const QString &problem);
    /// The first path that is still to be compared with the loaded model, marked as asked; empty if there is
    /// none. See askAgain().
    QString takeNextToCompare();
    /// Paths with a tick; only adapters have one.
    void setTicked(const QStringList &paths);

    int columnCount(const QModelIndex &parent = {}) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role) override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;

Q_SIGNALS:
    /// The user ticked a row, or took the tick away; setTicked() is to follow.
    void tickRequested(const QString &path, bool ticked);

protected:
    QString title(int column) const override;
    bool isNumber(int column) const override;
    QString displayText(const Entry &entry, int column) const override;
    QVariant sortKey(const Entry &entry, int column) const override;
    QString toolTip(const Entry &entry) const override;
    QVariant look(const Entry &entry, int column, int role) const override;

private:
    const Kind m_kind;
    QStringList m_ticked;
};

/// By name, what it is, description or path, and to what fits.
class ExtraFilterModel final : public FileFilterModel
{
    Q_OBJECT

public:
    using FileFilterModel::FileFilterModel;
    void setOnlyFitting(bool on);

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;
    QStringList searchedTexts(int row) const override;

private:
    bool m_onlyFitting = false;
};

} // namespace gui
