#pragma once

#include "engine/events.h"

#include <QStringList>
#include <QWidget>

#include <vector>

class QMenu;
class QPushButton;
class QToolButton;
class QVBoxLayout;

namespace gui
{

class ExtraListModel;

/// Adapters in the order in which they are applied, each with a tick, a scale and its options. Shows and says
/// what the user wants; applies nothing. Thread: GUI.
class AdapterRack final : public QWidget
{
    Q_OBJECT

public:
    /// `known` are the adapters that can be added without looking for a file; it outlives the rack. Object
    /// names begin with `name`.
    AdapterRack(ExtraListModel &known, const QString &name, QWidget *parent = nullptr);

    /// Replaces all rows; each is ticked.
    void setUses(const std::vector<engine::AdapterUse> &uses);
    /// Those that are ticked.
    std::vector<engine::AdapterUse> uses() const;
    QStringList tickedPaths() const;
    /// Ticks the adapter, adding it at the end where it is not there, or takes the tick away.
    void setTicked(const QString &path, bool ticked);
    bool isEmpty() const { return m_rows.empty(); }

Q_SIGNALS:
    void changed();

private:
    struct Row {
        engine::AdapterUse use;
        bool isTicked = true;
        bool isOpen = false;  ///< its options are shown
        bool isKnown = false; ///< they are those of its kind
    };

    void rebuild();
    QWidget *buildRow(std::size_t index);
    void addOptions(std::size_t index, QToolButton *button);
    const engine::AdapterInfo *infoOf(const engine::AdapterUse &use) const; ///< nullptr: not looked into yet
    void move(std::size_t index, int step);
    void fillMenu();
    void chooseFile();
    QString nameOf(const engine::AdapterUse &use) const;

    ExtraListModel &m_known;
    const QString m_name;
    std::vector<Row> m_rows;
    QWidget *m_list = nullptr;
    QVBoxLayout *m_column;
    QPushButton *m_add;
    QMenu *m_menu;
};

} // namespace gui
