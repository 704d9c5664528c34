#include "gui/widgets/mixer_fader.h"
#include "gui/mixer/mix.h"
#include "gui/theme.h"

#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <limits>

namespace gui
{
namespace
{

constexpr int kFine = 1;
constexpr int kCoarse = 10;
constexpr int kPage = 25;
constexpr qreal kKnobHeight = 18;
constexpr qreal kKnobWidth = 34;
constexpr qreal kTrackWidth = 6;
constexpr qreal kScaleRoom = 22; ///< left of the track: figures
constexpr int kWheelNotch = 120;

} // namespace

MixerFader::MixerFader(QWidget *parent)
    : QAbstractSlider(parent)
    , m_used(std::numeric_limits<double>::quiet_NaN())
{
    setOrientation(Qt::Vertical);
    setRange(int(Mix::kLeastGate * 100), int(Mix::kMostGate * 100));
    setSingleStep(kFine);
    setPageStep(kPage);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Expanding);
    setCursor(Qt::PointingHandCursor);
    // Screen readers set the value directly; showGate() does it without a signal.
    connect(this, &QAbstractSlider::valueChanged, this, [this](int value) { Q_EMIT moved(value / 100.0); });
}

void MixerFader::setColor(int series)
{
    m_series = series;
    update();
}

void MixerFader::setUsedGate(double gate)
{
    m_used = gate;
    update();
}

void MixerFader::setSounding(bool sounds)
{
    m_sounds = sounds;
    update();
}

void MixerFader::showGate(double gate)
{
    const QSignalBlocker quiet(this);
    setValue(int(std::lround(gate * 100)));
    update();
}

QSize MixerFader::sizeHint() const { return {72, 170}; }
QSize MixerFader::minimumSizeHint() const { return {64, 84}; }

QRectF MixerFader::track() const
{
    const QRectF inside = QRectF(rect()).adjusted(0, kKnobHeight / 2 + 2, 0, -kKnobHeight / 2 - 2);
    const qreal x = (width() + kScaleRoom - kTrackWidth) / 2;
    return {x, inside.top(), kTrackWidth, inside.height()};
}

qreal MixerFader::yOf(double gate) const
{
    const QRectF t = track();
    const double way = (gate * 100 - minimum()) / (maximum() - minimum());
    return t.bottom() - std::clamp(way, 0.0, 1.0) * t.height();
}

double MixerFader::gateAt(qreal y) const
{
    const QRectF t = track();
    const double way = std::clamp((t.bottom() - y) / std::max(1.0, t.height()), 0.0, 1.0);
    return std::round(minimum() + way * (maximum() - minimum())) / 100;
}

void MixerFader::paintTrack(QPainter &painter) const
{
    const Tokens &t = tokens();
    const QRectF whole = track();
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.border);
    painter.drawRoundedRect(whole, 3, 3);
    // Below 0 one steers away: hatched, so that colour alone does not say it.
    QRectF negative = whole;
    negative.setTop(yOf(0));
    painter.setBrush(QBrush(t.strongBorder, Qt::BDiagPattern));
    painter.drawRect(negative.adjusted(-3, 0, 3, 0));

    QColor fill = m_sounds ? t.series[std::size_t(m_series) % t.series.size()] : t.strongBorder;
    const double gate = value() / 100.0;
    QRectF filled = whole;
    filled.setTop(std::min(yOf(gate), yOf(0)));
    filled.setBottom(std::max(yOf(gate), yOf(0)));
    painter.setBrush(gate < 0 ? QBrush(fill, Qt::Dense4Pattern) : QBrush(fill));
    painter.drawRect(filled);

    QFont small = font();
    small.setPixelSize(std::max(9, QFontInfo(font()).pixelSize() - 3));
    painter.setFont(small);
    for (const int mark : {2, 1, 0, -1}) {
        const qreal y = std::round(yOf(mark)) + 0.5;
        painter.setPen(mark == 0 ? t.strongBorder : t.border);
        painter.drawLine(QPointF(whole.left() - 8, y), QPointF(whole.left() - 3, y));
        painter.setPen(t.dim);
        const QRectF room(0, y - 8, whole.left() - 11, 16);
        const QString text = mark < 0 ? QChar(0x2212) + QLocale().toString(-mark) : QLocale().toString(mark);
        painter.drawText(room, Qt::AlignRight | Qt::AlignVCenter, text);
    }
    if (!std::isnan(m_used)) {
        const qreal y = yOf(m_used);
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.text);
        painter.drawPolygon(
            QPolygonF({{whole.right() + 19, y}, {whole.right() + 25, y - 4}, {whole.right() + 25, y + 4}}));
    }
}

void MixerFader::paintKnob(QPainter &painter) const
{
    const Tokens &t = tokens();
    const QRectF whole = track();
    const qreal y = yOf(value() / 100.0);
    const QRectF knob(whole.center().x() - kKnobWidth / 2, y - kKnobHeight / 2, kKnobWidth, kKnobHeight);
    painter.setPen(QPen(hasFocus() ? t.accent : t.strongBorder, hasFocus() ? 2 : 1));
    painter.setBrush(t.dark ? t.raised.lighter(140) : t.surface);
    painter.drawRoundedRect(knob, 4, 4);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_sounds ? t.series[std::size_t(m_series) % t.series.size()] : t.strongBorder);
    painter.drawRect(QRectF(knob.left() + 5, y - 1.5, kKnobWidth - 10, 3));
}

void MixerFader::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintTrack(painter);
    paintKnob(painter);
}

void MixerFader::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton) return;
    const qreal knob = yOf(value() / 100.0);
    const bool onKnob = std::abs(event->position().y() - knob) <= kKnobHeight / 2;
    m_grip = onKnob ? event->position().y() - knob : 0;
    m_isDragging = true;
    Q_EMIT gestureBegan();
    if (!onKnob) Q_EMIT moved(gateAt(event->position().y()));
}

void MixerFader::mouseMoveEvent(QMouseEvent *event)
{
    if (m_isDragging) Q_EMIT moved(gateAt(event->position().y() - m_grip));
}

void MixerFader::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || !m_isDragging) return;
    m_isDragging = false;
    Q_EMIT gestureEnded();
}

void MixerFader::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton) Q_EMIT typingRequested();
}

void MixerFader::nudge(int hundredths) { Q_EMIT moved((value() + hundredths) / 100.0); }

void MixerFader::wheelEvent(QWheelEvent *event)
{
    // With Shift many systems turn the wheel sideways.
    const QPoint angle = event->angleDelta();
    m_wheel += angle.y() != 0 ? angle.y() : angle.x();
    const int notches = m_wheel / kWheelNotch;
    m_wheel -= notches * kWheelNotch;
    if (notches != 0) nudge(notches * (event->modifiers().testFlag(Qt::ShiftModifier) ? kCoarse : kFine));
    event->accept();
}

void MixerFader::keyPressEvent(QKeyEvent *event)
{
    const int step = event->modifiers().testFlag(Qt::ShiftModifier) ? kCoarse : kFine;
    const bool isPlain = !(event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier));
    if (!isPlain) return QWidget::keyPressEvent(event);
    switch (event->key()) {
    case Qt::Key_Up:
    case Qt::Key_Right:
        return nudge(step);
    case Qt::Key_Down:
    case Qt::Key_Left:
        return nudge(-step);
    case Qt::Key_PageUp:
        return nudge(kPage);
    case Qt::Key_PageDown:
        return nudge(-kPage);
    case Qt::Key_Home:
        return Q_EMIT moved(Mix::kMostGate);
    case Qt::Key_End:
        return Q_EMIT moved(0);
    case Qt::Key_0:
        return Q_EMIT moved(0);
    case Qt::Key_M:
        return Q_EMIT muteToggled();
    case Qt::Key_S:
        return Q_EMIT soloToggled();
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_F2:
        return Q_EMIT typingRequested();
    default:
        QWidget::keyPressEvent(event);
    }
}

bool MixerFader::event(QEvent *event)
{
    // F2 and Return mean the fader here, not a command of the window.
    if (event->type() == QEvent::ShortcutOverride) {
        const auto *key = static_cast<QKeyEvent *>(event);
        const bool isOurs = key->key() == Qt::Key_F2 && key->modifiers() == Qt::NoModifier;
        if (isOurs) {
            event->accept();
            return true;
        }
    }
    return QAbstractSlider::event(event);
}

} // namespace gui
