#pragma once

#include "engine/events.h"

#include <QColor>
#include <QWidget>

#include <vector>

namespace gui
{

/// The owners of a device's memory, in the order and colours that every bar, plot and legend uses.
enum class MemoryOwner { Weights, States, Workspace, Cache, Other, Free };

struct MemoryPart {
    MemoryOwner owner;
    std::size_t bytes;
};

QString ownerText(MemoryOwner owner);
QColor ownerColor(MemoryOwner owner);

/// The memory as it is: what Rookery holds, what others hold, what is free.
std::vector<MemoryPart> partsOf(const engine::MemoryUse &use);
/// The memory as it will be once `forecast` is loaded into what is free now; never more than the device has.
std::vector<MemoryPart> partsOfForecast(const engine::MemoryUse &forecast);

enum class Fit { Unknown, Fits, Tight, TooBig, NoVocabulary, Unsupported, Unreadable };
/// Tight: less than 8 % of the free memory would be left.
Fit fitOf(const engine::MemoryUse &forecast);
/// What is known before a forecast: Unknown if nothing stands in the way.
Fit fitOf(const engine::ModelInfo &info);
/// Whether the model can be loaded at all, if need be once a vocabulary is chosen.
bool canBeLoaded(const engine::ModelInfo &info);
/// "● fits".
QString fitText(Fit fit);
QColor fitColor(Fit fit);

/// A stacked bar of one device's memory with a legend of names and numbers below; full width = capacity.
class MemoryBar final : public QWidget
{
    Q_OBJECT

public:
    explicit MemoryBar(QWidget *parent = nullptr);

    void setParts(std::vector<MemoryPart> parts);
    const std::vector<MemoryPart> &parts() const { return m_parts; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    int heightForWidth(int width) const override;
    bool hasHeightForWidth() const override { return true; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    struct LegendItem {
        QRect rect;
        MemoryPart part;
    };
    std::vector<LegendItem> legend(int width) const;
    int legendBottom(int width) const;

    std::vector<MemoryPart> m_parts;
};

/// The forecast of each device with its name and what it needs; empty unless there are several.
class DeviceBars final : public QWidget
{
    Q_OBJECT

public:
    explicit DeviceBars(QWidget *parent = nullptr);
    void setForecasts(const std::vector<engine::MemoryUse> &devices);
};

} // namespace gui
