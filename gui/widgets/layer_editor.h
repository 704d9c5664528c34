#pragma once

#include "engine/engine.h"

#include <QString>
#include <QWidget>

#include <array>
#include <vector>

class QComboBox;
class QLabel;

namespace gui
{

class DeviceChoice;
class LayerBar;

/// A strategy as layers that can be painted: a bar of layers, the format and the device of what is selected,
/// and the formats of the roles. The engine reads and writes the strategy's text. Thread: GUI.
class LayerEditor final : public QWidget
{
    Q_OBJECT

public:
    explicit LayerEditor(QWidget *parent = nullptr);

    /// Layers and type of the model that the strategy is for.
    void setModel(const engine::ModelInfo &info);
    /// Shows what the text says for the model; one with an error cannot be shown as layers.
    void setStrategy(const QString &text);
    const engine::StrategyPlan &plan() const { return m_plan; }
    bool isValid() const { return !m_plan.items.empty(); }
    /// The one format of all parts, where nothing else is said; else empty.
    QString onlyFormat() const;
    /// The one device of all parts; else empty.
    QString onlyDevice() const;
    /// What there is to choose from, besides the devices of the strategy.
    void setDevices(const std::vector<engine::DeviceSummary> &devices);

Q_SIGNALS:
    void strategyEdited(const QString &text);

protected:
    void changeEvent(QEvent *event) override;

private:
    void build();
    QWidget *buildRoles();
    void showPlan();
    void showSelection();
    void updateLegend();
    void paint(const QString &device, const QString &format);
    void setRoles();
    void tell();

    engine::ModelInfo m_info;
    QString m_text;
    engine::StrategyPlan m_plan;
    LayerBar *m_bar;
    QLabel *m_legend;
    QLabel *m_range;
    QComboBox *m_format;
    DeviceChoice *m_device;
    std::vector<engine::DeviceSummary> m_devices;
    QWidget *m_controls = nullptr;
    std::array<QComboBox *, 4> m_roles{}; ///< head, embedding, low-rank factors, channel mix
};

} // namespace gui
