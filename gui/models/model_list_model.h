#pragma once

#include "engine/events.h"
#include "gui/models/scanned_table.h"
#include "gui/widgets/memory_bar.h"

namespace gui
{

/// A model file of this computer.
struct ModelEntry {
    engine::ModelInfo info; ///< without tensors
    engine::MemoryUse forecast = {};
    Fit fit = Fit::Unknown;
    bool isAsked = false; ///< a forecast was asked for; it may have failed
    int scan = 0;

    const std::string &path() const { return info.path; }
    bool isDemo() const { return info.path == "demo"; }
};

/// The model files of this computer; the demonstration model has the path "demo". Thread: GUI.
class ModelListModel final : public ScannedTable<ModelEntry>
{
    Q_OBJECT

public:
    using Entry = ModelEntry;
    enum Column { Name, Family, Parameters, Dtype, FileSize, FitColumn, ColumnCount };

    explicit ModelListModel(QObject *parent = nullptr)
        : ScannedTable(parent)
    {
    }

    /// As the base; another amount of memory may be free now.
    void beginScan();
    /// Adds the model, or replaces what was known of its path. Its forecast is kept if the file is the same.
    void put(const engine::ModelInfo &info);
    void remove(const QString &path);
    void setForecast(const QString &path, const engine::MemoryUse &forecast);
    void setLoaded(const QString &path);
    /// The first path whose fit is still to be asked for, marked as asked; empty if there is none. See
    /// askAgain().
    QString takeNextToFit();

    int columnCount(const QModelIndex &parent = {}) const override;

protected:
    QString title(int column) const override;
    bool isNumber(int column) const override;
    QString displayText(const Entry &entry, int column) const override;
    QVariant sortKey(const Entry &entry, int column) const override;
    QString toolTip(const Entry &entry) const override;
    QVariant look(const Entry &entry, int column, int role) const override;

private:
    QString m_loaded;
};

/// By name, family, dtype or path.
class ModelFilterModel final : public FileFilterModel
{
    Q_OBJECT

public:
    using FileFilterModel::FileFilterModel;

protected:
    QStringList searchedTexts(int row) const override;
};

} // namespace gui
