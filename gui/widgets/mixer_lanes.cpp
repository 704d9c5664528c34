// How lanes look; how they are edited is in mixer_lanes_edit.cpp.
#include "gui/widgets/mixer_lanes.h"
#include "gui/theme.h"
#include "gui/units.h"

#include <QLocale>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace gui
{
namespace
{

constexpr qreal kNames = 92; ///< left of the lanes
constexpr qreal kRuler = 18;
constexpr qreal kRight = 10;
constexpr qreal kGap = 4;
constexpr qreal kLeastLane = 26;
constexpr qreal kLane = 38;
constexpr int kMostHandles = 200; ///< more would only be a band

} // namespace

MixerLanes::MixerLanes(QWidget *parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("mixer.lanes"));
    setAccessibleName(tr("Gates over the answer"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
}

void MixerLanes::showAnswer(qint64 id, const MessageMix &answer, const QString &text, bool grows)
{
    const bool isSame = id == m_id && answer.lane == m_answer.lane && grows == m_grows;
    const bool sameVoices = answer.trace.voices == m_answer.trace.voices;
    m_id = id;
    m_answer = answer;
    m_text = text;
    m_grows = grows;
    if (!isSame) {
        m_lane = m_original = answer.lane;
        m_undo.clear();
        m_dragged = -1;
    }
    m_voice = std::clamp(m_voice, 0, std::max(0, int(answer.mix.voices.size()) - 1));
    if (grows || !isSame) m_playhead = std::max(0, answer.trace.tokens() - (grows ? 1 : 0));
    if (!sameVoices) updateGeometry();
    describe();
    update();
}

void MixerLanes::clear() { showAnswer(0, {}, {}, false); }

int MixerLanes::tokens() const
{
    const int told = m_lane.empty() ? 0 : m_lane.back().token + 1;
    return std::max({1, m_answer.trace.tokens(), told});
}

void MixerLanes::describe()
{
    if (m_answer.isEmpty()) return setAccessibleDescription({});
    setAccessibleDescription(tr("%n point(s), playhead at token %1 of %2", nullptr, int(m_lane.size()))
                                 .arg(m_playhead)
                                 .arg(m_answer.trace.tokens()));
}

void MixerLanes::setPlayhead(int token)
{
    const int inside = std::clamp(token, 0, tokens());
    if (inside == m_playhead) return;
    m_playhead = inside;
    describe();
    update();
    Q_EMIT playheadMoved(m_playhead);
}

QSize MixerLanes::sizeHint() const
{
    const int voices = std::max(1, int(m_answer.mix.voices.size()));
    return {480, int(kRuler + voices * (kLane + kGap))};
}

QSize MixerLanes::minimumSizeHint() const
{
    const int voices = std::max(1, int(m_answer.mix.voices.size()));
    return {240, int(kRuler + voices * (kLeastLane + kGap))};
}

QRectF MixerLanes::laneRect(int voice) const
{
    const int voices = std::max(1, int(m_answer.mix.voices.size()));
    const qreal each = (height() - kRuler) / voices;
    return {kNames, kRuler + voice * each, std::max(10.0, width() - kNames - kRight), each - kGap};
}

qreal MixerLanes::xOf(double token) const
{
    const QRectF lane = laneRect(0);
    return lane.left() + lane.width() * token / tokens();
}

int MixerLanes::tokenAt(qreal x) const
{
    const QRectF lane = laneRect(0);
    return std::clamp(int(std::floor((x - lane.left()) * tokens() / lane.width())), 0, tokens());
}

double MixerLanes::low() const
{
    float least = 0;
    for (const engine::GatePoint &point : m_lane)
        least = std::min(least, *std::min_element(point.gates.begin(), point.gates.end()));
    for (const float gate : m_answer.trace.gates)
        least = std::min(least, gate);
    return least < 0 ? std::min(double(least), Mix::kLeastGate) : 0;
}

double MixerLanes::high() const
{
    float most = 1;
    for (const engine::GatePoint &point : m_lane)
        most = std::max(most, *std::max_element(point.gates.begin(), point.gates.end()));
    for (const float gate : m_answer.trace.gates)
        most = std::max(most, gate);
    return most > 1 ? std::max(double(most), Mix::kMostGate) : 1;
}

float MixerLanes::gateOf(int token, int voice) const
{
    if (m_grows || m_lane.empty())
        return token < m_answer.trace.tokens() ? m_answer.trace.gate(token, voice) : 0;
    return laneGates(m_lane, token)[std::size_t(voice)];
}

QPointF MixerLanes::placeOf(int token, int voice, double gate) const
{
    const QRectF lane = laneRect(voice).adjusted(0, 4, 0, -3);
    const double way = (gate - low()) / (high() - low());
    return {xOf(token), lane.bottom() - std::clamp(way, 0.0, 1.0) * lane.height()};
}

void MixerLanes::paintLane(QPainter &painter, int voice) const
{
    const Tokens &t = gui::tokens();
    const QRectF lane = laneRect(voice);
    const QColor color = t.series[std::size_t(voice) % t.series.size()];
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.codeBackground);
    painter.drawRoundedRect(lane, 4, 4);
    painter.setBrush(color);
    painter.drawRoundedRect(QRectF(0, lane.center().y() - 4, 8, 8), 2, 2);
    painter.setPen(hasFocus() && voice == m_voice ? t.accent : t.text);
    const QRectF room(14, lane.top(), kNames - 20, lane.height());
    const QString name = m_answer.mix.voices[voice].name;
    painter.drawText(room, Qt::AlignVCenter | Qt::AlignLeft,
                     fontMetrics().elidedText(name, Qt::ElideRight, int(room.width())));

    const int known = m_grows || m_lane.empty() ? m_answer.trace.tokens() : tokens();
    if (known == 0) return;
    QPainterPath line;
    const double columns = std::max(1.0, lane.width());
    const double perColumn = std::max(1.0, known / columns);
    bool isFirst = true;
    for (double at = 0; at < known; at += perColumn) {
        const int token = int(at);
        const QPointF from = placeOf(token, voice, double(gateOf(token, voice)));
        const QPointF to(xOf(std::min<double>(known, at + perColumn)), from.y());
        if (isFirst)
            line.moveTo(from);
        else
            line.lineTo(from);
        isFirst = false;
        line.lineTo(to);
    }
    QPainterPath area = line;
    const qreal zero = placeOf(0, voice, 0).y();
    area.lineTo(area.currentPosition().x(), zero);
    area.lineTo(lane.left(), zero);
    QColor fill = color;
    fill.setAlpha(t.dark ? 80 : 60);
    painter.setPen(Qt::NoPen);
    painter.setBrush(fill);
    painter.drawPath(area);
    painter.setPen(QPen(color, 1.6));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(line);
    if (!canEdit() || int(m_lane.size()) > kMostHandles) return;
    for (std::size_t i = 0; i < m_lane.size(); ++i) {
        const engine::GatePoint &point = m_lane[i];
        const QPointF at = placeOf(point.token, voice, double(point.gates[std::size_t(voice)]));
        painter.setBrush(int(i) == m_dragged ? color : t.surface);
        if (point.curve == engine::GateCurve::Linear)
            painter.drawEllipse(at, 4, 4);
        else
            painter.drawRect(QRectF(at - QPointF(3.5, 3.5), QSizeF(7, 7)));
    }
}

void MixerLanes::paintRuler(QPainter &painter) const
{
    const Tokens &t = gui::tokens();
    QFont small = font();
    small.setPixelSize(std::max(9, QFontInfo(font()).pixelSize() - 2));
    painter.setFont(small);
    painter.setPen(t.dim);
    painter.drawText(QRectF(0, 0, kNames - 6, kRuler), Qt::AlignLeft | Qt::AlignVCenter, tr("Token"));
    constexpr qreal kLeastTick = 70;
    int step = 1;
    for (const int nice :
         {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10'000, 100'000, 1'000'000}) {
        step = nice;
        if (xOf(step) - xOf(0) >= kLeastTick) break;
    }
    for (int token = 0; token <= tokens(); token += step) {
        const qreal x = xOf(token);
        if (x > width() - kRight - 24 && token > 0) break;
        painter.drawLine(QPointF(x, kRuler - 4), QPointF(x, kRuler - 1));
        painter.drawText(QRectF(x + 3, 0, kLeastTick, kRuler), Qt::AlignLeft | Qt::AlignVCenter,
                         countText(std::uint64_t(token)));
    }
}

void MixerLanes::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_answer.isEmpty()) return;
    for (int voice = 0; voice < m_answer.mix.voices.size(); ++voice)
        paintLane(painter, voice);
    paintRuler(painter);
    const Tokens &t = gui::tokens();
    const qreal x = xOf(m_playhead);
    painter.setPen(QPen(t.accent, hasFocus() ? 2 : 1));
    painter.drawLine(QPointF(x, kRuler - 6), QPointF(x, height() - kGap));
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.accent);
    painter.drawPolygon(QPolygonF({{x - 5, kRuler - 10}, {x + 5, kRuler - 10}, {x, kRuler - 3}}));
}

} // namespace gui
