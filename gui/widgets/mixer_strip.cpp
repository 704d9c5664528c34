#include "gui/widgets/mixer_strip.h"
#include "gui/theme.h"
#include "gui/widgets/mixer_fader.h"

#include <QContextMenuEvent>
#include <QDoubleSpinBox>
#include <QFontMetrics>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <limits>

namespace gui
{
namespace
{

constexpr float kFullKl = 2; ///< nats at which the meter is full

QToolButton *letterButton(const QString &letter, const QString &name, const QString &tip, QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setText(letter);
    button->setAccessibleName(name);
    button->setToolTip(tip);
    button->setCheckable(true);
    button->setProperty("strip", true);
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

} // namespace

MixerMeter::MixerMeter(Kind kind, QWidget *parent)
    : QWidget(parent)
    , m_kind(kind)
{
    setToolTip(kind == Kind::Share
                   ? tr("Share of this voice in the newest words: its gate times its probability of what was "
                        "written")
                   : tr("How far this voice is from what was sampled, in nats (KL divergence)"));
}

void MixerMeter::setColor(int series)
{
    m_series = series;
    update();
}

void MixerMeter::showValue(float value)
{
    m_value = value;
    setAccessibleName(text());
    update();
}

QString MixerMeter::text() const
{
    const QLocale locale;
    if (m_kind == Kind::Share)
        return m_value < 0 ? tr("share –")
                           : tr("share %1 %").arg(locale.toString(int(std::lround(m_value * 100))));
    return m_value < 0 ? tr("KL –") : tr("KL %1").arg(locale.toString(double(m_value), 'f', 2));
}

QSize MixerMeter::sizeHint() const { return {80, fontMetrics().height() + 8}; }
QSize MixerMeter::minimumSizeHint() const { return {60, fontMetrics().height() + 8}; }

void MixerMeter::paintEvent(QPaintEvent *)
{
    const Tokens &t = tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QFont small = font();
    small.setPixelSize(std::max(9, QFontInfo(font()).pixelSize() - 2));
    painter.setFont(small);
    painter.setPen(t.dim);
    painter.drawText(rect().adjusted(0, 0, 0, -6), Qt::AlignCenter, text());
    const QRectF bar(0, height() - 5, width(), 4);
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.border);
    painter.drawRoundedRect(bar, 2, 2);
    if (m_value <= 0) return;
    QRectF full = bar;
    const float part = m_kind == Kind::Share ? m_value : m_value / kFullKl;
    full.setWidth(bar.width() * double(std::clamp(part, 0.0F, 1.0F)));
    painter.setBrush(m_kind == Kind::Share ? t.series[std::size_t(m_series) % t.series.size()] : t.dim);
    painter.drawRoundedRect(full, 2, 2);
}

MixerStrip::MixerStrip(MixerModel &model, int row, QWidget *parent)
    : QFrame(parent)
    , m_model(model)
    , m_row(row)
{
    setObjectName(QStringLiteral("mixer.strip.%1").arg(row));
    setProperty("card", true);
    setFixedWidth(kWidth);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
    build();
    connectSignals();
    sync();
}

void MixerStrip::build()
{
    const QString name = m_model.voice(m_row).name;
    m_name = new QLabel(this);
    m_name->setAlignment(Qt::AlignCenter);
    m_name->setTextFormat(Qt::PlainText);
    m_name->setProperty("heading", true);
    m_name->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_problem = new QLabel(this);
    m_problem->setAlignment(Qt::AlignCenter);
    m_problem->setProperty("bad", true);
    m_problem->hide();
    m_value = new QToolButton(this);
    m_value->setObjectName(QStringLiteral("mixer.value.%1").arg(m_row));
    m_value->setProperty("figure", true);
    m_value->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_value->setFocusPolicy(Qt::NoFocus);
    m_value->setToolTip(tr("Gate of this voice; a click lets you type it"));
    m_edit = new QDoubleSpinBox(this);
    m_edit->setObjectName(QStringLiteral("mixer.edit.%1").arg(m_row));
    m_edit->setRange(Mix::kLeastGate, Mix::kMostGate);
    m_edit->setDecimals(2);
    m_edit->setSingleStep(0.01);
    m_edit->setAccessibleName(tr("Gate of %1").arg(name));
    m_edit->installEventFilter(this);
    m_edit->hide();
    m_fader = new MixerFader(this);
    m_fader->setObjectName(QStringLiteral("mixer.fader.%1").arg(m_row));
    m_fader->setAccessibleName(tr("Gate of %1").arg(name));
    m_fader->setAccessibleDescription(tr("In hundredths, from −100 to 200"));
    m_fader->setToolTip(tr("How much this voice says, from −1 to 2. Arrows and wheel 0.01, with Shift 0.1; 0 "
                           "silences it; M mutes, S plays it alone; a double click lets you type."));
    m_mute = letterButton(tr("M", "mute button of a mixer"), tr("Mute %1").arg(name),
                          tr("Silences this voice; its gate stays (M)"), this);
    m_solo = letterButton(tr("S", "solo button of a mixer"), tr("Solo %1").arg(name),
                          tr("Only voices with S are heard (S)"), this);
    m_more = new QToolButton(this);
    m_more->setIcon(icon(QStringLiteral("more")));
    m_more->setAccessibleName(tr("More for %1").arg(name));
    m_more->setToolTip(tr("Move or remove this voice"));
    m_more->setPopupMode(QToolButton::InstantPopup);
    m_menu = new QMenu(m_more);
    m_more->setMenu(m_menu);
    m_share = new MixerMeter(MixerMeter::Kind::Share, this);
    m_kl = new MixerMeter(MixerMeter::Kind::Kl, this);

    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(2);
    for (QToolButton *button : {m_mute, m_solo, m_more})
        buttons->addWidget(button);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(8, 10, 8, 8);
    column->setSpacing(3);
    column->addWidget(m_name);
    column->addWidget(m_problem);
    column->addWidget(m_value);
    column->addWidget(m_edit);
    column->addWidget(m_fader, 1);
    column->addLayout(buttons);
    column->addWidget(m_share);
    column->addWidget(m_kl);
    for (MixerMeter *meter : {m_share, m_kl})
        meter->setColor(m_row);
    m_fader->setColor(m_row);
}

void MixerStrip::connectSignals()
{
    connect(m_fader, &MixerFader::gestureBegan, &m_model, &MixerModel::beginGesture);
    connect(m_fader, &MixerFader::gestureEnded, &m_model, &MixerModel::endGesture);
    connect(m_fader, &MixerFader::moved, this, [this](double gate) {
        m_model.setGate(m_row, gate);
        sync(); // a fader that resists stays where it was
    });
    connect(m_fader, &MixerFader::muteToggled, m_mute, &QToolButton::click);
    connect(m_fader, &MixerFader::soloToggled, m_solo, &QToolButton::click);
    connect(m_fader, &MixerFader::typingRequested, this, &MixerStrip::startTyping);
    connect(m_value, &QToolButton::clicked, this, &MixerStrip::startTyping);
    connect(m_mute, &QToolButton::clicked, this, [this](bool on) {
        m_model.setMuted(m_row, on);
        sync();
    });
    connect(m_solo, &QToolButton::clicked, this, [this](bool on) {
        m_model.setSolo(m_row, on);
        sync();
    });
    connect(m_menu, &QMenu::aboutToShow, this, &MixerStrip::fillMenu);
}

void MixerStrip::sync()
{
    if (m_row >= m_model.rowCount()) return;
    const MixVoice &voice = m_model.voice(m_row);
    const MixerModel::Meter &meter = m_model.meter(m_row);
    m_name->setText(
        m_name->fontMetrics().elidedText(voice.name, Qt::ElideMiddle, kWidth - 2 * 8 - 2 * frameWidth()));
    m_name->setToolTip(voice.isBase() ? tr("The model without a state; always the last voice")
                                      : voice.name + QLatin1Char('\n') + voice.path);
    m_value->setText(gateText(voice.gate));
    m_value->setAccessibleName(tr("Gate of %1: %2").arg(voice.name, gateText(voice.gate)));
    m_fader->showGate(voice.gate);
    m_fader->setSounding(m_model.mix().sounds(m_row));
    m_fader->setUsedGate(meter.isKnown ? double(meter.gate) : std::numeric_limits<double>::quiet_NaN());
    m_mute->setChecked(voice.isMuted);
    m_solo->setChecked(voice.isSolo);
    m_share->showValue(meter.isKnown ? meter.share : -1);
    m_kl->showValue(meter.isKnown ? meter.kl : -1);
}

void MixerStrip::setProblem(const QString &problem)
{
    m_problem->setText(problem.isEmpty() ? QString() : tr("does not fit"));
    m_problem->setToolTip(problem);
    m_problem->setVisible(!problem.isEmpty());
}

void MixerStrip::startTyping()
{
    m_edit->setValue(m_model.voice(m_row).gate);
    m_value->hide();
    m_edit->show();
    m_edit->setFocus();
    m_edit->selectAll();
}

void MixerStrip::endTyping(bool takes)
{
    if (m_edit->isHidden()) return;
    m_edit->interpretText();
    const double gate = m_edit->value();
    m_edit->hide();
    m_value->show();
    m_fader->setFocus();
    if (takes) m_model.setGate(m_row, gate);
    sync();
}

bool MixerStrip::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != m_edit) return QFrame::eventFilter(watched, event);
    if (event->type() == QEvent::FocusOut) {
        endTyping(true);
    } else if (event->type() == QEvent::ShortcutOverride || event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        const bool isEnd = key == Qt::Key_Escape || key == Qt::Key_Return || key == Qt::Key_Enter;
        if (!isEnd) return QFrame::eventFilter(watched, event);
        event->accept(); // Esc ends the typing and does not stop the answer
        if (event->type() == QEvent::KeyPress) endTyping(key != Qt::Key_Escape);
        return true;
    }
    return QFrame::eventFilter(watched, event);
}

void MixerStrip::fillMenu()
{
    m_menu->clear();
    const bool isBase = m_model.voice(m_row).isBase();
    const bool nextIsBase = m_row + 1 < m_model.rowCount() && m_model.voice(m_row + 1).isBase();
    // The strip is made anew when its place changes: not while its own menu is open.
    MixerModel *model = &m_model;
    const auto later = [model](auto function) {
        return [model, function] { QMetaObject::invokeMethod(model, function, Qt::QueuedConnection); };
    };
    QAction *left = m_menu->addAction(tr("Move to the left"), this,
                                      later([model, row = m_row] { model->move(row, -1); }));
    left->setEnabled(m_row > 0 && !isBase);
    QAction *right = m_menu->addAction(tr("Move to the right"), this,
                                       later([model, row = m_row] { model->move(row, 1); }));
    right->setEnabled(!isBase && !nextIsBase && m_row + 1 < m_model.rowCount());
    m_menu->addSeparator();
    m_menu->addAction(icon(QStringLiteral("trash")), tr("Remove this voice"), this,
                      later([model, row = m_row] { model->remove(row); }));
}

void MixerStrip::contextMenuEvent(QContextMenuEvent *event)
{
    fillMenu();
    m_menu->popup(event->globalPos());
}

void MixerStrip::paintEvent(QPaintEvent *event)
{
    QFrame::paintEvent(event);
    QPainter painter(this);
    const Tokens &t = tokens();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    QColor color = t.series[std::size_t(m_row) % t.series.size()];
    if (!m_model.mix().sounds(std::min(m_row, m_model.rowCount() - 1))) color = t.strongBorder;
    painter.setBrush(color);
    painter.drawRoundedRect(QRectF(10, 4, width() - 20, 3), 1.5, 1.5);
}

} // namespace gui
