#include "gui/widgets/layer_bar.h"
#include "gui/theme.h"

#include "engine/engine.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace gui
{
namespace
{

constexpr int kBarHeight = 30;
constexpr int kLeastCell = 4;
constexpr double kDeviceGap = 3;

} // namespace

QColor formatColor(const std::string &format)
{
    static const std::vector<std::string> formats = engine::listFormats();
    const auto found = std::find(formats.begin(), formats.end(), format);
    const auto place = std::size_t(found - formats.begin());
    const QColor color = tokens().series[place % (tokens().series.size() - 1)];
    return place < tokens().series.size() - 1 ? color : color.lighter(135);
}

LayerBar::LayerBar(QWidget *parent)
    : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(false);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Layers"));
}

void LayerBar::setItems(std::vector<engine::LayerPlace> items)
{
    const bool isOther = items.size() != m_items.size();
    m_items = std::move(items);
    if (isOther) select(0, int(m_items.size()) - 1);
    setAccessibleDescription(textOf(m_current));
    update();
}

std::pair<int, int> LayerBar::selection() const { return std::minmax(m_anchor, m_current); }

void LayerBar::select(int first, int last)
{
    m_anchor = std::max(first, 0);
    m_current = std::max(last, 0);
    update();
    Q_EMIT selectionChanged();
}

QSize LayerBar::sizeHint() const { return {320, kBarHeight}; }
QSize LayerBar::minimumSizeHint() const { return {int(m_items.size()) * kLeastCell, kBarHeight}; }

QRectF LayerBar::cell(int item) const
{
    const double step = (width() - 4.0) / double(std::max<std::size_t>(m_items.size(), 1));
    QRectF rect(2 + item * step, 5, step - (step > 6 ? 1 : 0), height() - 10.0);
    const auto i = std::size_t(item);
    if (i > 0 && m_items[i].device != m_items[i - 1].device) rect.setLeft(rect.left() + kDeviceGap);
    return rect;
}

int LayerBar::itemAt(double x) const
{
    const int count = int(m_items.size());
    return std::clamp(int(std::floor((x - 2) * count / std::max(width() - 4.0, 1.0))), 0,
                      std::max(count - 1, 0));
}

QString LayerBar::textOf(int item) const
{
    if (item < 0 || item >= int(m_items.size())) return {};
    const engine::LayerPlace &place = m_items[std::size_t(item)];
    const QString format = QString::fromStdString(place.format);
    const QString device = QString::fromStdString(place.device);
    const bool isHead = item + 1 == int(m_items.size());
    const QString text = isHead ? tr("Head: %1 on %2").arg(format, device)
                                : tr("Layer %1: %2 on %3").arg(QLocale().toString(item), format, device);
    return place.streamed ? text + QStringLiteral(" · ") + tr("copied for each use") : text;
}

void LayerBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const auto [first, last] = selection();
    for (int item = 0; item < int(m_items.size()); ++item) {
        const engine::LayerPlace &place = m_items[std::size_t(item)];
        const QRectF rect = cell(item);
        QColor color = formatColor(place.format);
        painter.setPen(Qt::NoPen);
        if (place.streamed) {
            QColor ground = color;
            ground.setAlphaF(0.35F);
            painter.fillRect(rect, ground);
            painter.fillRect(rect, QBrush(color, Qt::BDiagPattern));
        } else {
            painter.fillRect(rect, color);
        }
    }
    if (m_items.empty()) return;
    const QRectF range = cell(first).united(cell(last)).adjusted(-2, -4, 2, 4);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(hasFocus() ? tokens().accent : tokens().text, hasFocus() ? 2 : 1));
    painter.drawRoundedRect(range.intersected(QRectF(rect()).adjusted(1, 1, -1, -1)), 3, 3);
}

void LayerBar::moveTo(int item, bool extend)
{
    if (m_items.empty()) return;
    m_current = std::clamp(item, 0, int(m_items.size()) - 1);
    if (!extend) m_anchor = m_current;
    setAccessibleDescription(textOf(m_current));
    update();
    Q_EMIT selectionChanged();
}

void LayerBar::mousePressEvent(QMouseEvent *event)
{
    moveTo(itemAt(event->position().x()), event->modifiers().testFlag(Qt::ShiftModifier));
}

void LayerBar::mouseMoveEvent(QMouseEvent *event) { moveTo(itemAt(event->position().x()), true); }

void LayerBar::keyPressEvent(QKeyEvent *event)
{
    const bool extend = event->modifiers().testFlag(Qt::ShiftModifier);
    switch (event->key()) {
    case Qt::Key_Left:
        return moveTo(m_current - 1, extend);
    case Qt::Key_Right:
        return moveTo(m_current + 1, extend);
    case Qt::Key_Home:
        return moveTo(0, extend);
    case Qt::Key_End:
        return moveTo(int(m_items.size()) - 1, extend);
    default:
        break;
    }
    if (event->matches(QKeySequence::SelectAll)) return select(0, int(m_items.size()) - 1);
    if (event->key() >= Qt::Key_1 && event->key() <= Qt::Key_9) {
        Q_EMIT formatKeyPressed(event->key() - Qt::Key_1);
        return;
    }
    QWidget::keyPressEvent(event);
}

void LayerBar::focusInEvent(QFocusEvent *event)
{
    QWidget::focusInEvent(event);
    update();
}

void LayerBar::focusOutEvent(QFocusEvent *event)
{
    QWidget::focusOutEvent(event);
    update();
}

bool LayerBar::event(QEvent *event)
{
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    auto *help = static_cast<QHelpEvent *>(event);
    QToolTip::showText(help->globalPos(), textOf(itemAt(help->pos().x())), this);
    return true;
}

} // namespace gui
