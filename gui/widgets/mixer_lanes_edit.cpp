// How lanes are edited; how they look is in mixer_lanes.cpp.
#include "gui/theme.h"
#include "gui/widgets/mixer_lanes.h"

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QIcon>
#include <QKeyEvent>
#include <QLocale>
#include <QMenu>
#include <QMouseEvent>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace gui
{
namespace
{

constexpr std::size_t kMostUndo = 100;
constexpr qreal kReach = 7; ///< from the mouse to a point
constexpr double kFine = 0.01;
constexpr double kCoarse = 0.1;
constexpr int kFar = 10; ///< tokens

double rounded(double gate) { return std::round(gate * 100) / 100; }

} // namespace

int MixerLanes::pointAt(int token) const
{
    for (std::size_t i = 0; i < m_lane.size(); ++i) {
        if (m_lane[i].token == token) return int(i);
    }
    return -1;
}

/// Takes a changed lane if the engine would.
bool MixerLanes::replace(std::vector<engine::GatePoint> lane, bool isNewStep)
{
    if (lane == m_lane) return true;
    Mix mix = m_answer.mix;
    for (MixVoice &voice : mix.voices)
        voice.isMuted = voice.isSolo = false;
    for (const engine::GatePoint &point : lane) {
        for (qsizetype i = 0; i < mix.voices.size(); ++i)
            mix.voices[i].gate = double(point.gates[std::size_t(i)]);
        if (mix.isSound()) continue;
        Q_EMIT resisted(tr("At token %1 the sum of the gates would be too small.").arg(point.token));
        return false;
    }
    if (isNewStep) {
        if (m_undo.size() == kMostUndo) m_undo.erase(m_undo.begin());
        m_undo.push_back(m_lane);
    }
    m_lane = std::move(lane);
    describe();
    update();
    Q_EMIT edited();
    return true;
}

void MixerLanes::undo()
{
    if (m_undo.empty()) return;
    m_lane = std::move(m_undo.back());
    m_undo.pop_back();
    describe();
    update();
    Q_EMIT edited();
}

void MixerLanes::reset() { replace(m_original, true); }

void MixerLanes::addPoint(int token, int voice, double gate)
{
    if (!canEdit()) return;
    const double least = m_answer.mix.rule == engine::BlendRule::Logits ? Mix::kLeastGate : 0;
    auto lane = m_lane;
    int index = pointAt(token);
    if (index < 0) {
        engine::GatePoint point;
        point.token = token;
        point.gates = laneGates(m_lane, token);
        const auto after = std::upper_bound(lane.begin(), lane.end(), token,
                                            [](int t, const engine::GatePoint &p) { return t < p.token; });
        if (after != lane.begin()) point.curve = std::prev(after)->curve;
        const auto added = lane.insert(after, point);
        index = int(added - lane.begin());
    }
    lane[std::size_t(index)].gates[std::size_t(voice)] =
        float(rounded(std::clamp(gate, least, Mix::kMostGate)));
    replace(std::move(lane), true);
}

void MixerLanes::movePoint(int index, int token, int voice, double gate)
{
    if (!canEdit() || index < 0 || index >= int(m_lane.size())) return;
    const double least = m_answer.mix.rule == engine::BlendRule::Logits ? Mix::kLeastGate : 0;
    auto lane = m_lane;
    engine::GatePoint &point = lane[std::size_t(index)];
    // The first point says with which gates the answer begins; the others stay between their neighbours.
    const int from = index == 0 ? 0 : lane[std::size_t(index) - 1].token + 1;
    const int to = index == 0                     ? 0
                   : index + 1 < int(lane.size()) ? lane[std::size_t(index) + 1].token - 1
                                                  : std::max(from, tokens());
    point.token = std::clamp(token, from, to);
    point.gates[std::size_t(voice)] = float(rounded(std::clamp(gate, least, Mix::kMostGate)));
    replace(std::move(lane), !m_dragIsStep);
}

void MixerLanes::removePoint(int index)
{
    if (!canEdit() || index < 0 || index >= int(m_lane.size())) return;
    if (index == 0) {
        Q_EMIT resisted(tr("The first point says how the answer begins; it can be moved, not removed."));
        return;
    }
    auto lane = m_lane;
    lane.erase(lane.begin() + index);
    replace(std::move(lane), true);
}

void MixerLanes::setCurve(int index, engine::GateCurve curve)
{
    if (!canEdit() || index < 0 || index >= int(m_lane.size())) return;
    auto lane = m_lane;
    lane[std::size_t(index)].curve = curve;
    replace(std::move(lane), true);
}

MixerLanes::Hit MixerLanes::hitAt(QPointF point) const
{
    Hit hit;
    hit.token = tokenAt(point.x());
    hit.inRuler = point.y() < laneRect(0).top();
    const int voices = int(m_answer.mix.voices.size());
    for (int voice = 0; voice < voices; ++voice) {
        const QRectF lane = laneRect(voice).adjusted(0, -2, 0, 2);
        if (point.y() >= lane.top() && point.y() < lane.bottom()) hit.voice = voice;
    }
    if (hit.voice < 0) return hit;
    const qreal bottom = placeOf(0, hit.voice, low()).y();
    const qreal top = placeOf(0, hit.voice, high()).y();
    hit.gate = low() + (bottom - point.y()) / std::max(1.0, bottom - top) * (high() - low());
    qreal nearest = kReach;
    for (std::size_t i = 0; i < m_lane.size() && canEdit(); ++i) {
        const float gate = m_lane[i].gates[std::size_t(hit.voice)];
        const QPointF way = placeOf(m_lane[i].token, hit.voice, double(gate)) - point;
        const qreal distance = std::hypot(way.x(), way.y());
        if (distance > nearest) continue;
        nearest = distance;
        hit.point = int(i);
    }
    return hit;
}

void MixerLanes::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || m_answer.isEmpty()) return;
    const Hit hit = hitAt(event->position());
    if (hit.voice >= 0) m_voice = hit.voice;
    m_dragsPlayhead = hit.inRuler;
    m_dragged = hit.point;
    m_dragIsStep = false;
    if (hit.inRuler) setPlayhead(hit.token);
    update();
}

void MixerLanes::mouseMoveEvent(QMouseEvent *event)
{
    const Hit hit = hitAt(event->position());
    if (m_dragsPlayhead) return setPlayhead(hit.token);
    if (m_dragged < 0) {
        setCursor(hit.point >= 0 ? Qt::SizeAllCursor
                  : hit.inRuler  ? Qt::PointingHandCursor
                                 : Qt::ArrowCursor);
        return;
    }
    const qreal bottom = placeOf(0, m_voice, low()).y();
    const qreal top = placeOf(0, m_voice, high()).y();
    const double gate =
        low() + (bottom - event->position().y()) / std::max(1.0, bottom - top) * (high() - low());
    const auto before = m_lane;
    movePoint(m_dragged, tokenAt(event->position().x()), m_voice, gate);
    m_dragIsStep = m_dragIsStep || before != m_lane; // the whole drag is one step of undo
}

void MixerLanes::mouseReleaseEvent(QMouseEvent *)
{
    m_dragged = -1;
    m_dragsPlayhead = m_dragIsStep = false;
    update();
}

void MixerLanes::mouseDoubleClickEvent(QMouseEvent *event)
{
    const Hit hit = hitAt(event->position());
    if (event->button() == Qt::LeftButton && hit.voice >= 0 && hit.point < 0)
        addPoint(hit.token, hit.voice, hit.gate);
}

void MixerLanes::contextMenuEvent(QContextMenuEvent *event)
{
    const bool byMouse = event->reason() == QContextMenuEvent::Mouse;
    Hit hit = byMouse ? hitAt(event->pos()) : Hit{};
    if (!byMouse) {
        hit.voice = m_voice;
        hit.token = m_playhead;
        hit.point = pointAt(m_playhead);
    }
    if (hit.voice < 0 || !canEdit()) return;
    if (hit.gate == 0 && !byMouse) hit.gate = double(gateOf(hit.token, hit.voice));
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (hit.point < 0) {
        menu->addAction(icon(QStringLiteral("plus")), tr("Add a point here"), this,
                        [this, hit] { addPoint(hit.token, hit.voice, hit.gate); });
    } else {
        const bool holds = m_lane[std::size_t(hit.point)].curve == engine::GateCurve::Hold;
        QAction *hold = menu->addAction(tr("Hold until the next point"), this,
                                        [this, hit] { setCurve(hit.point, engine::GateCurve::Hold); });
        QAction *linear = menu->addAction(tr("Straight line to the next point"), this,
                                          [this, hit] { setCurve(hit.point, engine::GateCurve::Linear); });
        for (QAction *action : {hold, linear})
            action->setCheckable(true);
        (holds ? hold : linear)->setChecked(true);
        menu->addSeparator();
        menu->addAction(icon(QStringLiteral("trash")), tr("Remove this point"), this,
                        [this, hit] { removePoint(hit.point); });
    }
    menu->addAction(tr("Playhead here"), this, [this, hit] { setPlayhead(hit.token); });
    menu->popup(event->globalPos());
}

void MixerLanes::keyPressEvent(QKeyEvent *event)
{
    if (m_answer.isEmpty()) return QWidget::keyPressEvent(event);
    if (event->matches(QKeySequence::Undo)) return undo();
    const bool shift = event->modifiers().testFlag(Qt::ShiftModifier);
    const auto turn = [&](double by) {
        addPoint(m_playhead, m_voice, double(gateOf(m_playhead, m_voice)) + by);
    };
    switch (event->key()) {
    case Qt::Key_Left:
        return setPlayhead(m_playhead - (shift ? kFar : 1));
    case Qt::Key_Right:
        return setPlayhead(m_playhead + (shift ? kFar : 1));
    case Qt::Key_Home:
        return setPlayhead(0);
    case Qt::Key_End:
        return setPlayhead(tokens());
    case Qt::Key_Up:
        return turn(shift ? kCoarse : kFine);
    case Qt::Key_Down:
        return turn(shift ? -kCoarse : -kFine);
    case Qt::Key_PageUp:
    case Qt::Key_PageDown: {
        const int step = event->key() == Qt::Key_PageUp ? -1 : 1;
        m_voice = std::clamp(m_voice + step, 0, int(m_answer.mix.voices.size()) - 1);
        return update();
    }
    case Qt::Key_Insert:
        return turn(0);
    case Qt::Key_Delete:
        return removePoint(pointAt(m_playhead));
    default:
        QWidget::keyPressEvent(event);
    }
}

QString MixerLanes::tipAt(const Hit &hit) const
{
    const MixTrace &trace = m_answer.trace;
    if (hit.token >= trace.tokens()) return {};
    const int begin = hit.token == 0 ? 0 : trace.ends[hit.token - 1];
    const QLocale locale;
    QString tip = tr("Token %1: “%2”")
                      .arg(hit.token)
                      .arg(m_text.mid(begin, trace.ends[hit.token] - begin).toHtmlEscaped());
    for (int voice = 0; voice < trace.voices; ++voice)
        tip += QStringLiteral("<br>") +
               tr("%1: gate %2, share %3 %, KL %4")
                   .arg(m_answer.mix.voices[voice].name.toHtmlEscaped(),
                        gateText(double(trace.gate(hit.token, voice))),
                        locale.toString(int(std::lround(trace.share(hit.token, voice) * 100))),
                        locale.toString(double(trace.kl(hit.token, voice)), 'f', 2));
    return tip;
}

bool MixerLanes::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const QString tip = m_answer.isEmpty() ? QString() : tipAt(hitAt(help->pos()));
        tip.isEmpty() ? QToolTip::hideText() : QToolTip::showText(help->globalPos(), tip, this);
        return true;
    }
    if (event->type() == QEvent::ShortcutOverride &&
        static_cast<QKeyEvent *>(event)->matches(QKeySequence::Undo)) {
        event->accept(); // the lane's own changes come first
        return true;
    }
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) update();
    return QWidget::event(event);
}

} // namespace gui
