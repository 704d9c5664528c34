#include "gui/widgets/layer_curve.h"
#include "gui/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace gui
{
namespace
{

constexpr double kLeft = 110, kRight = 12, kTop = 10, kBottom = 24;
constexpr double kFine = 0.01, kCoarse = 0.1, kPage = 0.25;

double rounded(double share) { return std::round(std::clamp(share, 0.0, 1.0) * 100) / 100; }

} // namespace

LayerCurve::LayerCurve(QWidget *parent)
    : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Share of B by layer"));
}

QSize LayerCurve::sizeHint() const { return {420, 132}; }
QSize LayerCurve::minimumSizeHint() const { return {220, 100}; }

void LayerCurve::setLayers(int layers)
{
    if (layers < 0 || layers == this->layers()) return;
    m_shares.assign(std::size_t(layers), m_shares.empty() ? 0.5 : rounded(mean()));
    m_current = 0;
    setAccessibleDescription(textOf(m_current));
    update();
}

void LayerCurve::setAll(double share)
{
    std::fill(m_shares.begin(), m_shares.end(), rounded(share));
    setAccessibleDescription(textOf(m_current));
    update();
}

void LayerCurve::setShare(int layer, double share)
{
    if (layer < 0 || layer >= layers()) return;
    m_shares[std::size_t(layer)] = rounded(share);
    setAccessibleDescription(textOf(m_current));
    update();
}

void LayerCurve::setEnds(const QString &zero, const QString &one)
{
    m_zero = zero;
    m_one = one;
    update();
}

bool LayerCurve::isFlat() const
{
    return std::all_of(m_shares.begin(), m_shares.end(), [this](double s) { return s == m_shares.front(); });
}

double LayerCurve::mean() const
{
    if (m_shares.empty()) return 0.5;
    return std::accumulate(m_shares.begin(), m_shares.end(), 0.0) / double(m_shares.size());
}

QRectF LayerCurve::field() const
{
    return {kLeft, kTop, std::max(width() - kLeft - kRight, 1.0), std::max(height() - kTop - kBottom, 1.0)};
}

QPointF LayerCurve::pointOf(int layer) const
{
    const QRectF all = field();
    const double step = layers() > 1 ? all.width() / (layers() - 1) : 0;
    const double x = layers() > 1 ? all.left() + layer * step : all.center().x();
    return {x, all.bottom() - m_shares[std::size_t(layer)] * all.height()};
}

int LayerCurve::layerAt(double x) const
{
    const QRectF all = field();
    const double at = (x - all.left()) / all.width() * (layers() - 1);
    return std::clamp(int(std::lround(at)), 0, std::max(layers() - 1, 0));
}

double LayerCurve::shareAt(double y) const
{
    const QRectF all = field();
    return rounded((all.bottom() - y) / all.height());
}

QString LayerCurve::textOf(int layer) const
{
    if (layer < 0 || layer >= layers()) return {};
    return tr("Layer %1: %2 of B")
        .arg(QLocale().toString(layer), QLocale().toString(m_shares[std::size_t(layer)], 'f', 2));
}

void LayerCurve::paintGround(QPainter &painter) const
{
    const Tokens &t = tokens();
    const QRectF all = field();
    painter.setPen(QPen(t.border, 1, Qt::DotLine));
    for (const double share : {0.0, 0.5, 1.0}) {
        const double y = std::round(all.bottom() - share * all.height()) + 0.5;
        painter.drawLine(QPointF(all.left() - 6, y), QPointF(all.right() + 6, y));
    }
    painter.setPen(t.dim);
    const QFontMetrics metrics(painter.font());
    const auto label = [&](double y, const QString &text) {
        painter.drawText(QRectF(0, y - 9, kLeft - 14, 18), Qt::AlignRight | Qt::AlignVCenter,
                         metrics.elidedText(text, Qt::ElideMiddle, int(kLeft - 16)));
    };
    label(all.top(), m_one);
    label(all.center().y(), QLocale().toString(0.5, 'f', 1));
    label(all.bottom(), m_zero);
    const QRectF below(all.left() - 6, all.bottom() + 6, all.width() + 12, kBottom - 6);
    painter.drawText(below, Qt::AlignLeft | Qt::AlignVCenter, QLocale().toString(0));
    if (layers() > 1)
        painter.drawText(below, Qt::AlignRight | Qt::AlignVCenter, QLocale().toString(layers() - 1));
    painter.drawText(below, Qt::AlignCenter, hasFocus() ? textOf(m_current) : tr("Layer"));
}

void LayerCurve::paintPoints(QPainter &painter) const
{
    const Tokens &t = tokens();
    QPainterPath line(pointOf(0));
    for (int layer = 1; layer < layers(); ++layer)
        line.lineTo(pointOf(layer));
    QPainterPath area = line;
    area.lineTo(pointOf(layers() - 1).x(), field().bottom());
    area.lineTo(pointOf(0).x(), field().bottom());
    area.closeSubpath();
    QColor fill = isEnabled() ? t.accent : t.strongBorder;
    fill.setAlphaF(0.14F);
    painter.fillPath(area, fill);
    const QColor color = isEnabled() ? t.accent : t.strongBorder;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(color, 2));
    painter.drawPath(line);
    const double radius = field().width() / std::max(layers(), 1) > 14 ? 4.5 : 2.5;
    painter.setBrush(t.surface);
    for (int layer = 0; layer < layers(); ++layer)
        painter.drawEllipse(pointOf(layer), radius, radius);
    if (!hasFocus()) return;
    painter.setBrush(color);
    painter.setPen(QPen(t.text, 2));
    painter.drawEllipse(pointOf(m_current), radius + 1.5, radius + 1.5);
}

void LayerCurve::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QFont small = font();
    small.setPixelSize(std::max(10, QFontInfo(font()).pixelSize() - 2));
    painter.setFont(small);
    paintGround(painter);
    if (!m_shares.empty()) paintPoints(painter);
}

void LayerCurve::tell()
{
    setAccessibleDescription(textOf(m_current));
    update();
    Q_EMIT edited();
}

/// Layers that a quick mouse passed lie on the line between.
void LayerCurve::paintTo(QPointF point)
{
    if (m_shares.empty()) return;
    const int layer = layerAt(point.x());
    const double share = shareAt(point.y());
    const int from = m_painted < 0 ? layer : m_painted;
    const double before = m_shares[std::size_t(from)];
    const int way = std::abs(layer - from);
    for (int i = 1; i < way; ++i) {
        const int between = from + (layer > from ? i : -i);
        m_shares[std::size_t(between)] = rounded(before + (share - before) * i / way);
    }
    m_shares[std::size_t(layer)] = share;
    m_painted = m_current = layer;
    tell();
}

void LayerCurve::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton) return;
    m_painted = -1;
    paintTo(event->position());
}

void LayerCurve::mouseMoveEvent(QMouseEvent *event)
{
    if (event->buttons().testFlag(Qt::LeftButton)) paintTo(event->position());
}

void LayerCurve::keyPressEvent(QKeyEvent *event)
{
    if (m_shares.empty()) return QWidget::keyPressEvent(event);
    const auto choose = [this](int layer) {
        m_current = std::clamp(layer, 0, layers() - 1);
        setAccessibleDescription(textOf(m_current));
        update();
    };
    const auto move = [this](double by) {
        m_shares[std::size_t(m_current)] = rounded(m_shares[std::size_t(m_current)] + by);
        tell();
    };
    const double step = event->modifiers().testFlag(Qt::ShiftModifier) ? kCoarse : kFine;
    switch (event->key()) {
    case Qt::Key_Left:
        return choose(m_current - 1);
    case Qt::Key_Right:
        return choose(m_current + 1);
    case Qt::Key_Home:
        return choose(0);
    case Qt::Key_End:
        return choose(layers() - 1);
    case Qt::Key_Up:
        return move(step);
    case Qt::Key_Down:
        return move(-step);
    case Qt::Key_PageUp:
        return move(kPage);
    case Qt::Key_PageDown:
        return move(-kPage);
    default:
        QWidget::keyPressEvent(event);
    }
}

bool LayerCurve::event(QEvent *event)
{
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) update();
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    auto *help = static_cast<QHelpEvent *>(event);
    QToolTip::showText(help->globalPos(), textOf(layerAt(help->pos().x())), this);
    return true;
}

} // namespace gui
