#include "gui/widgets/heat_map.h"
#include "gui/theme.h"
#include "gui/units.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QLinearGradient>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <array>
#include <cmath>

namespace gui
{
namespace
{

constexpr int kLeft = 34, kTop = 4, kRight = 2; ///< around the field
constexpr int kAxis = 18;                       ///< height of the layers' numbers
constexpr int kLegend = 24;
constexpr int kBarWidth = 84, kBarHeight = 8;
constexpr double kMostCell = 26;

QColor mixed(const QColor &a, const QColor &b, double share)
{
    const auto part = [share](int x, int y) { return int(std::lround(x + (y - x) * share)); };
    return {part(a.red(), b.red()), part(a.green(), b.green()), part(a.blue(), b.blue())};
}

} // namespace

HeatMap::HeatMap(QWidget *parent)
    : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Norm of each layer and head"));
}

/// From nearly the ground to a colour in the middle, and on towards the text's: one hue, even in lightness,
/// so that it reads without colours as well.
QColor HeatMap::colorAt(double share)
{
    const Tokens &t = tokens();
    const QColor low = mixed(t.surface, t.series[0], t.dark ? 0.14 : 0.08);
    const QColor high = mixed(t.series[0], t.text, t.dark ? 0.75 : 0.7);
    const double at = std::clamp(share, 0.0, 1.0) * 2;
    return at <= 1 ? mixed(low, t.series[0], at) : mixed(t.series[0], high, at - 1);
}

void HeatMap::setValues(int layers, int heads, std::vector<double> values)
{
    if (layers <= 0 || heads <= 0 || values.size() != std::size_t(layers) * std::size_t(heads)) return;
    m_layers = layers;
    m_heads = heads;
    m_values = std::move(values);
    m_greatest = *std::max_element(m_values.begin(), m_values.end());
    m_notice.clear();
    m_hovered = {};
    m_current = {0, 0};
    updateGeometry();
    describe();
    update();
}

void HeatMap::setNotice(const QString &text)
{
    m_values.clear();
    m_layers = m_heads = 0;
    m_notice = text;
    updateGeometry();
    describe();
    update();
}

QString HeatMap::textOf(int layer, int head) const
{
    if (layer < 0 || layer >= m_layers || head < 0 || head >= m_heads) return {};
    const double value = m_values[std::size_t(layer) * std::size_t(m_heads) + std::size_t(head)];
    return tr("Layer %1, head %2: %3")
        .arg(QLocale().toString(layer), QLocale().toString(head), figureText(value));
}

/// What a screen reader says: the cell that the keys reached, and where most is.
void HeatMap::describe()
{
    if (m_values.empty()) {
        setAccessibleDescription(m_notice);
        return;
    }
    const auto most = std::max_element(m_values.begin(), m_values.end()) - m_values.begin();
    setAccessibleDescription(textOf(m_current.layer, m_current.head) + QStringLiteral(". ") +
                             tr("Most in: %1").arg(textOf(int(most) / m_heads, int(most) % m_heads)));
}

QSize HeatMap::sizeHint() const
{
    const double cell = m_heads > 0 ? std::clamp(150.0 / m_heads, 4.0, 22.0) : 0;
    const int field = m_heads > 0 ? int(std::ceil(cell * m_heads)) : 60;
    return {320, kTop + std::max(field, 28) + kAxis + kLegend};
}

QSize HeatMap::minimumSizeHint() const { return {200, sizeHint().height()}; }

QRectF HeatMap::field() const
{
    const double room = width() - kLeft - kRight;
    const double used = m_layers > 0 ? std::min(room, m_layers * kMostCell * 1.6) : room;
    return {double(kLeft), double(kTop), used, double(height() - kTop - kAxis - kLegend)};
}

QRectF HeatMap::rectOf(Cell cell) const
{
    const QRectF all = field();
    const double w = all.width() / std::max(m_layers, 1), h = all.height() / std::max(m_heads, 1);
    const double gapX = w > 6 ? 1 : 0, gapY = h > 6 ? 1 : 0;
    return {all.left() + cell.layer * w, all.top() + cell.head * h, w - gapX, h - gapY};
}

HeatMap::Cell HeatMap::cellAt(QPointF point) const
{
    const QRectF all = field();
    if (m_values.empty() || !all.contains(point)) return {};
    return {std::min(int((point.x() - all.left()) * m_layers / all.width()), m_layers - 1),
            std::min(int((point.y() - all.top()) * m_heads / all.height()), m_heads - 1)};
}

void HeatMap::paintCells(QPainter &painter) const
{
    for (int layer = 0; layer < m_layers; ++layer) {
        for (int head = 0; head < m_heads; ++head) {
            const double value = m_values[std::size_t(layer) * std::size_t(m_heads) + std::size_t(head)];
            painter.fillRect(rectOf({layer, head}), colorAt(m_greatest > 0 ? value / m_greatest : 0));
        }
    }
    const Cell marked = m_hovered.layer >= 0 ? m_hovered : hasFocus() ? m_current : Cell{};
    if (marked.layer < 0) return;
    painter.setPen(QPen(hasFocus() ? tokens().accent : tokens().text, 2));
    painter.drawRect(rectOf(marked).adjusted(-1, -1, 1, 1));
}

/// The first and the last number of both, and what they count.
void HeatMap::paintAxes(QPainter &painter) const
{
    const QRectF all = field();
    painter.setPen(tokens().dim);
    const auto number = [](int n) { return QLocale().toString(n); };
    const QRectF below(all.left(), all.bottom() + 2, all.width(), kAxis - 2);
    painter.drawText(below, Qt::AlignLeft | Qt::AlignVCenter, number(0));
    if (m_layers > 1) painter.drawText(below, Qt::AlignRight | Qt::AlignVCenter, number(m_layers - 1));
    painter.drawText(below, Qt::AlignCenter, tr("Layer"));
    const QRectF beside(0, all.top(), kLeft - 6, all.height());
    painter.drawText(beside, Qt::AlignRight | Qt::AlignTop, number(0));
    if (m_heads > 1) painter.drawText(beside, Qt::AlignRight | Qt::AlignBottom, number(m_heads - 1));
    if (all.height() < 70) return;
    painter.save();
    painter.translate(beside.right() - 4, beside.center().y());
    painter.rotate(-90);
    painter.drawText(QRectF(-60, -14, 120, 14), Qt::AlignCenter, tr("Head"));
    painter.restore();
}

void HeatMap::paintLegend(QPainter &painter) const
{
    const QFontMetrics metrics(painter.font());
    const QString most = figureText(m_greatest);
    const double middle = height() - kLegend / 2.0 + 2;
    const double numberWidth = metrics.horizontalAdvance(most) + 6;
    const QRectF bar(width() - kRight - numberWidth - kBarWidth, middle - kBarHeight / 2.0, kBarWidth,
                     kBarHeight);
    QLinearGradient ramp(bar.topLeft(), bar.topRight());
    for (const double at : {0.0, 0.25, 0.5, 0.75, 1.0})
        ramp.setColorAt(at, colorAt(at));
    painter.setPen(Qt::NoPen);
    painter.setBrush(ramp);
    painter.drawRoundedRect(bar, 2, 2);
    painter.setPen(tokens().dim);
    painter.drawText(QRectF(bar.right(), middle - 9, numberWidth, 18), Qt::AlignRight | Qt::AlignVCenter,
                     most);
    painter.drawText(QRectF(bar.left() - 20, middle - 9, 15, 18), Qt::AlignRight | Qt::AlignVCenter,
                     QLocale().toString(0));
    const Cell read = m_hovered.layer >= 0 ? m_hovered : hasFocus() ? m_current : Cell{};
    const QString text = read.layer >= 0 ? textOf(read.layer, read.head) : tr("Norm");
    const QRectF left(kLeft, middle - 9, bar.left() - kLeft - 26, 18);
    painter.drawText(left, Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(text, Qt::ElideRight, int(left.width())));
}

void HeatMap::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    QFont small = font();
    small.setPixelSize(std::max(10, QFontInfo(font()).pixelSize() - 2));
    if (m_values.empty()) {
        painter.setPen(tokens().dim);
        painter.drawText(rect(), int(Qt::AlignCenter) | int(Qt::TextWordWrap), m_notice);
        return;
    }
    painter.setFont(small);
    painter.setRenderHint(QPainter::Antialiasing, rectOf({0, 0}).width() > 6);
    paintCells(painter);
    painter.setRenderHint(QPainter::Antialiasing);
    paintAxes(painter);
    paintLegend(painter);
}

void HeatMap::mouseMoveEvent(QMouseEvent *event)
{
    const Cell now = cellAt(event->position());
    if (now == m_hovered) return;
    m_hovered = now;
    update();
}

void HeatMap::leaveEvent(QEvent *)
{
    m_hovered = {};
    update();
}

void HeatMap::keyPressEvent(QKeyEvent *event)
{
    Cell next = m_current;
    switch (event->key()) {
    case Qt::Key_Left:
        --next.layer;
        break;
    case Qt::Key_Right:
        ++next.layer;
        break;
    case Qt::Key_Up:
        --next.head;
        break;
    case Qt::Key_Down:
        ++next.head;
        break;
    case Qt::Key_Home:
        next.layer = 0;
        break;
    case Qt::Key_End:
        next.layer = m_layers - 1;
        break;
    default:
        QWidget::keyPressEvent(event);
        return;
    }
    if (m_values.empty()) return;
    m_current = {std::clamp(next.layer, 0, m_layers - 1), std::clamp(next.head, 0, m_heads - 1)};
    m_hovered = {};
    describe();
    update();
}

bool HeatMap::event(QEvent *event)
{
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) update();
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    auto *help = static_cast<QHelpEvent *>(event);
    const Cell cell = cellAt(help->pos());
    if (cell.layer < 0)
        QToolTip::hideText();
    else
        QToolTip::showText(help->globalPos(), textOf(cell.layer, cell.head), this);
    return true;
}

} // namespace gui
