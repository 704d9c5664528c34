#include "gui/widgets/mixer_lane_panel.h"
#include "gui/chat_controller.h"
#include "gui/mixer/mix_desk.h"
#include "gui/theme.h"
#include "gui/widgets/mixer_lanes.h"

#include <QAction>
#include <QHBoxLayout>
#include <QIcon>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace gui
{
namespace
{

QToolButton *iconButton(const char *name, const QString &iconName, const QString &tip, QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setObjectName(QLatin1String(name));
    button->setIcon(icon(iconName));
    button->setToolTip(tip);
    button->setAccessibleName(tip);
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

} // namespace

MixerLanePanel::MixerLanePanel(MixDesk &desk, QAction &colors, QWidget *parent)
    : QWidget(parent)
    , m_desk(desk)
{
    setObjectName(QStringLiteral("mixer.lanepanel"));
    setAccessibleName(tr("Lanes"));
    build(colors);
    ChatController &chats = m_desk.chats();
    connect(&chats, &ChatController::currentChanged, this, [this] {
        m_wanted = -1;
        refresh();
    });
    connect(&chats, &ChatController::stateChanged, this, &MixerLanePanel::refresh);
    connect(&chats, &ChatController::chatRead, this, &MixerLanePanel::refresh);
    connect(&chats, &ChatController::voicesHeard, this, &MixerLanePanel::refresh);
    connect(&m_desk.model(), &MixerModel::shown, this, &MixerLanePanel::showButtons);
    connect(m_lanes, &MixerLanes::edited, this, &MixerLanePanel::showButtons);
    connect(m_lanes, &MixerLanes::playheadMoved, this, &MixerLanePanel::showButtons);
    connect(m_lanes, &MixerLanes::resisted, this, &MixerLanePanel::resisted);
    connect(m_undo, &QToolButton::clicked, m_lanes, &MixerLanes::undo);
    connect(m_reset, &QToolButton::clicked, m_lanes, &MixerLanes::reset);
    connect(m_keep, &QToolButton::clicked, this, &MixerLanePanel::keepInMix);
    connect(m_all, &QPushButton::clicked, this, &MixerLanePanel::rerunAll);
    connect(m_fromHere, &QPushButton::clicked, this, &MixerLanePanel::rerunFromHere);
    refresh();
}

void MixerLanePanel::build(QAction &colors)
{
    m_title = new QLabel(tr("Lanes"), this);
    m_title->setProperty("heading", true);
    m_legend = new QLabel(this);
    m_legend->setObjectName(QStringLiteral("mixer.legend"));
    m_legend->setTextFormat(Qt::RichText);
    m_legend->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_legend->setToolTip(tr("Share of each voice in this answer"));
    auto *color = new QToolButton(this);
    color->setDefaultAction(&colors);
    color->setToolButtonStyle(Qt::ToolButtonIconOnly);
    color->setFocusPolicy(Qt::TabFocus);
    m_undo =
        iconButton("lanes.undo", QStringLiteral("undo"), tr("Take the last change of the lane back"), this);
    m_reset =
        iconButton("lanes.reset", QStringLiteral("refresh"), tr("Show the lane as it was played"), this);
    m_keep = iconButton("lanes.keep", QStringLiteral("save"),
                        tr("Keep this lane in the mix: its next answers follow it, and it is saved with it"),
                        this);
    m_fromHere = new QPushButton(tr("Re-run from here"), this);
    m_fromHere->setObjectName(QStringLiteral("lanes.fromhere"));
    m_fromHere->setToolTip(
        tr("Answers again with the same seed: as in the lane up to the playhead, then with "
           "the faders as they are"));
    m_all = new QPushButton(tr("Re-run with this lane"), this);
    m_all->setObjectName(QStringLiteral("lanes.rerun"));
    m_all->setToolTip(
        tr("Answers again with the same seed and this lane; the answer before is kept beside it"));
    m_lanes = new MixerLanes(this);
    auto *row = new QHBoxLayout;
    row->setSpacing(6);
    row->addWidget(m_title);
    row->addWidget(m_legend, 1);
    row->addStretch(0);
    for (QWidget *widget :
         std::initializer_list<QWidget *>{color, m_undo, m_reset, m_keep, m_fromHere, m_all})
        row->addWidget(widget);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 4, 0, 4);
    column->setSpacing(4);
    column->addLayout(row);
    column->addWidget(m_lanes);
}

void MixerLanePanel::setRow(int row)
{
    if (row == m_wanted) return;
    m_wanted = row;
    refresh();
}

void MixerLanePanel::refresh()
{
    const bool had = hasAnswer();
    m_shown = m_desk.answerRow(m_wanted);
    const Message *answer = m_desk.message(m_shown);
    if (answer)
        m_lanes->showAnswer(answer->id, answer->meta.mix, answer->text,
                            answer->status == NodeStatus::Generating);
    else
        m_lanes->clear();
    showLegend();
    showButtons();
    if (had != hasAnswer()) Q_EMIT answerChanged();
}

void MixerLanePanel::showLegend()
{
    const Message *answer = m_desk.message(m_shown);
    if (!answer) return m_legend->clear();
    const MessageMix &mix = answer->meta.mix;
    const QVector<float> shares = mix.trace.meanShares(0, mix.trace.tokens());
    QStringList parts;
    for (int voice = 0; voice < mix.mix.voices.size(); ++voice) {
        const QColor color = tokens().series[std::size_t(voice) % tokens().series.size()];
        QString part = QStringLiteral("<span style='color:%1'>■</span> %2")
                           .arg(color.name(), mix.mix.voices[voice].name.toHtmlEscaped());
        if (voice < shares.size())
            part +=
                QLatin1Char(' ') + tr("%1 %").arg(QLocale().toString(int(std::lround(shares[voice] * 100))));
        parts += part;
    }
    m_legend->setText(parts.join(QStringLiteral("&nbsp;&nbsp; ")));
}

void MixerLanePanel::showButtons()
{
    const Message *answer = m_desk.message(m_shown);
    const bool grows = answer && answer->status == NodeStatus::Generating;
    const bool canRun = answer && !grows && !m_lanes->lane().empty();
    m_undo->setEnabled(m_lanes->canUndo() && !grows);
    m_reset->setEnabled(m_lanes->isEdited() && !grows);
    m_keep->setEnabled(canRun && m_desk.model().mix().lane != m_lanes->lane());
    m_all->setEnabled(canRun);
    m_fromHere->setEnabled(canRun && m_lanes->playhead() < m_lanes->tokens());
}

void MixerLanePanel::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) showLegend(); // it holds colours
}

void MixerLanePanel::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    constexpr int kRoomy = 600;
    const bool isRoomy = width() >= kRoomy;
    m_fromHere->setText(isRoomy ? tr("Re-run from here") : tr("From here"));
    m_all->setText(isRoomy ? tr("Re-run with this lane") : tr("Re-run"));
    m_legend->setVisible(isRoomy);
}

/// Into the mix that is on the desk, else into the one that gave the answer. What a policy made of the gates
/// is in the lane already.
void MixerLanePanel::keepInMix()
{
    const Message *answer = m_desk.message(m_shown);
    if (!answer) return;
    const Mix &desk = m_desk.model().mix();
    const Mix &played = answer->meta.mix.mix;
    Mix mix = desk.isSameDesk(played) ? desk : played;
    mix.isOn = true;
    mix.lane = m_lanes->lane();
    mix.policy = {};
    m_desk.model().choose(mix);
}

void MixerLanePanel::rerunAll() { m_desk.chats().rerun(m_shown, m_lanes->lane()); }

void MixerLanePanel::rerunFromHere()
{
    const Message *answer = m_desk.message(m_shown);
    if (!answer) return;
    const int from = m_lanes->playhead();
    std::vector<engine::GatePoint> lane = m_lanes->lane();
    engine::GatePoint point;
    point.token = from;
    const Mix &desk = m_desk.model().mix();
    point.gates = desk.isSameDesk(answer->meta.mix.mix) ? desk.gates() : laneGates(lane, from);
    lane.erase(std::remove_if(lane.begin(), lane.end(),
                              [from](const engine::GatePoint &p) { return p.token >= from; }),
               lane.end());
    lane.push_back(point);
    m_desk.chats().rerun(m_shown, lane);
}

} // namespace gui
