#include "gui/widgets/memory_bar.h"
#include "gui/theme.h"
#include "gui/units.h"

#include <QCoreApplication>
#include <QFontMetrics>
#include <QLabel>
#include <QPainter>
#include <QPainterPath>
#include <QVBoxLayout>

#include <algorithm>
#include <numeric>

namespace gui
{
namespace
{

constexpr int kBarHeight = 14;
constexpr int kSwatch = 9;
constexpr int kGap = 16;

class Memory
{
    Q_DECLARE_TR_FUNCTIONS(Memory)
};

/// Shapes tell the owners apart where colours do not.
Qt::BrushStyle patternOf(MemoryOwner owner)
{
    switch (owner) {
    case MemoryOwner::Other:
        return Qt::Dense5Pattern;
    default:
        return Qt::SolidPattern;
    }
}

QString itemText(const MemoryPart &part)
{
    return ownerText(part.owner) + QLatin1Char(' ') + bytesText(part.bytes);
}

void fill(QPainter &painter, const QRectF &rect, MemoryOwner owner)
{
    const QColor color = ownerColor(owner);
    if (patternOf(owner) == Qt::SolidPattern) {
        painter.fillRect(rect, color);
        return;
    }
    QColor ground = color;
    ground.setAlphaF(0.35F);
    painter.fillRect(rect, ground);
    painter.fillRect(rect, QBrush(color, patternOf(owner)));
}

} // namespace

QString ownerText(MemoryOwner owner)
{
    switch (owner) {
    case MemoryOwner::Weights:
        return Memory::tr("Weights");
    case MemoryOwner::States:
        return Memory::tr("States", "recurrent states of the sequences");
    case MemoryOwner::Workspace:
        return Memory::tr("Workspace");
    case MemoryOwner::Cache:
        return Memory::tr("Prefix cache");
    case MemoryOwner::Other:
        return Memory::tr("Other programs");
    case MemoryOwner::Free:
        return Memory::tr("Free", "unused memory");
    }
    return {};
}

QColor ownerColor(MemoryOwner owner)
{
    const auto &series = tokens().series;
    switch (owner) {
    case MemoryOwner::Weights:
        return series[0];
    case MemoryOwner::States:
        return series[1];
    case MemoryOwner::Workspace:
        return series[3];
    case MemoryOwner::Cache:
        return series[2];
    case MemoryOwner::Other:
        return series[7];
    case MemoryOwner::Free:
        return tokens().border;
    }
    return {};
}

std::vector<MemoryPart> partsOf(const engine::MemoryUse &use)
{
    const std::size_t ours = use.needed() + use.cache;
    const std::size_t used = use.total - std::min(use.free, use.total);
    return {{MemoryOwner::Weights, use.weights},
            {MemoryOwner::States, use.states},
            {MemoryOwner::Workspace, use.workspace},
            {MemoryOwner::Cache, use.cache},
            {MemoryOwner::Other, used > ours ? used - ours : 0},
            {MemoryOwner::Free, use.total - std::max(used, std::min(ours, use.total))}};
}

std::vector<MemoryPart> partsOfForecast(const engine::MemoryUse &forecast)
{
    const std::size_t free = std::min(forecast.free, forecast.total);
    const std::size_t needed = forecast.needed() + forecast.cache;
    return {
        {MemoryOwner::Weights, forecast.weights},     {MemoryOwner::States, forecast.states},
        {MemoryOwner::Workspace, forecast.workspace}, {MemoryOwner::Cache, forecast.cache},
        {MemoryOwner::Other, forecast.total - free},  {MemoryOwner::Free, free > needed ? free - needed : 0}};
}

Fit fitOf(const engine::MemoryUse &forecast)
{
    if (forecast.total == 0) return Fit::Unknown;
    if (forecast.needed() > forecast.free) return Fit::TooBig;
    const double spare = double(forecast.free - forecast.needed());
    return spare < 0.08 * double(forecast.free) ? Fit::Tight : Fit::Fits;
}

Fit fitOf(const engine::ModelInfo &info)
{
    if (info.problem.empty()) return Fit::Unknown;
    switch (info.problemCode) {
    case engine::ErrorCode::TokenizerMissing:
        return Fit::NoVocabulary;
    case engine::ErrorCode::UnsupportedModel:
        return Fit::Unsupported;
    default:
        return Fit::Unreadable;
    }
}

bool canBeLoaded(const engine::ModelInfo &info)
{
    return !info.path.empty() &&
           (info.problem.empty() || info.problemCode == engine::ErrorCode::TokenizerMissing);
}

QString fitText(Fit fit)
{
    switch (fit) {
    case Fit::Unknown:
        return Memory::tr("…", "not known yet whether the model fits into memory");
    case Fit::Fits:
        return Memory::tr("● fits");
    case Fit::Tight:
        return Memory::tr("◐ tight");
    case Fit::TooBig:
        return Memory::tr("○ too big");
    case Fit::NoVocabulary:
        return Memory::tr("⚠ no vocabulary");
    case Fit::Unsupported:
        return Memory::tr("⚠ unsupported");
    case Fit::Unreadable:
        return Memory::tr("⚠ unreadable");
    }
    return {};
}

QColor fitColor(Fit fit)
{
    switch (fit) {
    case Fit::Unknown:
        return tokens().dim;
    case Fit::Fits:
        return tokens().good;
    case Fit::Tight:
    case Fit::NoVocabulary:
        return tokens().warning;
    case Fit::TooBig:
    case Fit::Unsupported:
    case Fit::Unreadable:
        return tokens().bad;
    }
    return {};
}

MemoryBar::MemoryBar(QWidget *parent)
    : QWidget(parent)
{
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void MemoryBar::setParts(std::vector<MemoryPart> parts)
{
    parts.erase(std::remove_if(parts.begin(), parts.end(), [](const MemoryPart &p) { return p.bytes == 0; }),
                parts.end());
    m_parts = std::move(parts);
    QStringList names;
    for (const MemoryPart &part : m_parts)
        names.append(itemText(part));
    setAccessibleName(Memory::tr("Memory"));
    setAccessibleDescription(names.join(QStringLiteral(", ")));
    setToolTip(names.join(QLatin1Char('\n')));
    updateGeometry();
    update();
}

std::vector<MemoryBar::LegendItem> MemoryBar::legend(int width) const
{
    std::vector<LegendItem> items;
    const QFontMetrics metrics = fontMetrics();
    int x = 0;
    int y = kBarHeight + 6;
    for (const MemoryPart &part : m_parts) {
        const int w = kSwatch + 5 + metrics.horizontalAdvance(itemText(part));
        if (x > 0 && x + w > width) {
            x = 0;
            y += metrics.height() + 2;
        }
        items.push_back({QRect(x, y, w, metrics.height()), part});
        x += w + kGap;
    }
    return items;
}

int MemoryBar::legendBottom(int width) const
{
    const auto items = legend(width);
    return items.empty() ? kBarHeight : items.back().rect.bottom() + 1;
}

QSize MemoryBar::sizeHint() const { return {320, legendBottom(320)}; }

QSize MemoryBar::minimumSizeHint() const { return {160, legendBottom(std::max(width(), 160))}; }

int MemoryBar::heightForWidth(int width) const { return legendBottom(width); }

void MemoryBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF bar(0, 0, width(), kBarHeight);
    QPainterPath shape;
    shape.addRoundedRect(bar, 4, 4);
    const double total =
        std::accumulate(m_parts.begin(), m_parts.end(), 0.0,
                        [](double sum, const MemoryPart &p) { return sum + double(p.bytes); });
    painter.save();
    painter.setClipPath(shape);
    painter.fillRect(bar, tokens().border);
    double x = 0;
    for (const MemoryPart &part : m_parts) {
        const double w = total > 0 ? double(part.bytes) / total * bar.width() : 0;
        if (part.owner != MemoryOwner::Free) fill(painter, QRectF(x, 0, w, kBarHeight), part.owner);
        x += w;
    }
    painter.restore();

    painter.setRenderHint(QPainter::Antialiasing, false);
    for (const LegendItem &item : legend(width())) {
        const QRect swatch(item.rect.left(), item.rect.center().y() - kSwatch / 2, kSwatch, kSwatch);
        fill(painter, swatch, item.part.owner);
        painter.setPen(tokens().strongBorder);
        if (item.part.owner == MemoryOwner::Free) painter.drawRect(swatch.adjusted(0, 0, -1, -1));
        painter.setPen(tokens().dim);
        painter.drawText(item.rect.adjusted(kSwatch + 5, 0, 4, 0), Qt::AlignVCenter | Qt::AlignLeft,
                         itemText(item.part));
    }
}

DeviceBars::DeviceBars(QWidget *parent)
    : QWidget(parent)
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    hide();
}

void DeviceBars::setForecasts(const std::vector<engine::MemoryUse> &devices)
{
    qDeleteAll(findChildren<QWidget *>(QString(), Qt::FindDirectChildrenOnly));
    setVisible(devices.size() > 1);
    if (devices.size() < 2) return;
    for (const engine::MemoryUse &use : devices) {
        auto *name = new QLabel(this);
        name->setProperty("dim", true);
        name->setWordWrap(true);
        name->setTextFormat(Qt::PlainText);
        name->setText(
            tr("%1: needs %2 of %3 free", "a device")
                .arg(QString::fromStdString(use.device), bytesText(use.needed()), bytesText(use.free)));
        auto *bar = new MemoryBar(this);
        bar->setParts(partsOfForecast(use));
        layout()->addWidget(name);
        layout()->addWidget(bar);
    }
}

} // namespace gui
