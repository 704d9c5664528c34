// How the mixer is put together.
#include "gui/theme.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/mix_chip.h"
#include "gui/widgets/mixer_panel.h"
#include "gui/widgets/mixer_strip.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace gui
{
namespace
{

constexpr int kAddHeight = 84;

/// Three places where strips will be.
class GhostStrips final : public QWidget
{
public:
    using QWidget::QWidget;
    QSize sizeHint() const override { return {3 * 64 + 2 * 10, 96}; }
    QSize minimumSizeHint() const override { return {3 * 40, 56}; }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Tokens &t = tokens();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const qreal wide = std::min(64.0, (width() - 20) / 3.0);
        const qreal left = (width() - 3 * wide - 20) / 2;
        for (int i = 0; i < 3; ++i) {
            const QRectF strip(left + i * (wide + 10), 1, wide, height() - 2);
            painter.setPen(QPen(t.strongBorder, 1, Qt::DashLine));
            painter.setBrush(Qt::NoBrush);
            painter.drawRoundedRect(strip.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
            const QRectF track(strip.center().x() - 2, strip.top() + 14, 4, strip.height() - 28);
            painter.setPen(Qt::NoPen);
            painter.setBrush(t.border);
            painter.drawRoundedRect(track, 2, 2);
            const QRectF knob(strip.center().x() - 12, track.top() + track.height() * (0.15 + 0.25 * i), 24,
                              10);
            painter.setBrush(t.series[std::size_t(i)]);
            painter.drawRoundedRect(knob, 3, 3);
        }
    }
};

QToolButton *iconButton(const char *name, const QString &iconName, const QString &text, QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setObjectName(QLatin1String(name));
    button->setIcon(icon(iconName));
    button->setAccessibleName(text);
    button->setToolTip(text);
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

} // namespace

void MixerPanel::build()
{
    m_bar =
        new MessageBar(this, m_shape == Shape::Narrow ? MessageBar::Verb::Below : MessageBar::Verb::Beside);
    m_bar->setObjectName(QStringLiteral("mixer.bar"));
    m_notice =
        new MessageBar(this, m_shape == Shape::Narrow ? MessageBar::Verb::Below : MessageBar::Verb::Beside);
    m_notice->setObjectName(QStringLiteral("mixer.notice"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(12, 10, 12, 12);
    column->setSpacing(8);
    column->addWidget(buildHeader());
    column->addWidget(buildNameRow());
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(buildEmpty());
    m_rules = buildRules();
    column->addWidget(m_rules);
    column->addWidget(m_bar);
    column->addWidget(m_notice);
    m_stack->addWidget(buildStrips());
    column->addWidget(m_stack, 1);
    setShape(m_shape);
}

QWidget *MixerPanel::buildHeader()
{
    auto *header = new QWidget(this);
    m_chip = new MixChip(m_desk, header);
    m_chip->setObjectName(QStringLiteral("mixer.chip"));
    m_on = new QCheckBox(header);
    m_on->setObjectName(QStringLiteral("mixer.on"));
    m_on->setToolTip(tr("Whether the current chat answers with this mix"));
    m_on->setAccessibleName(tr("Answer with this mix"));
    m_undo =
        iconButton("mixer.undo", QStringLiteral("undo"), tr("Take the last change of the mix back"), header);
    m_redo = iconButton("mixer.redo", QStringLiteral("redo"), tr("Make the change of the mix again"), header);
    m_save = new QPushButton(tr("Save…"), header);
    m_save->setObjectName(QStringLiteral("mixer.save"));
    m_save->setToolTip(tr("Keeps this mix under a name"));
    m_more = iconButton("mixer.more", QStringLiteral("more"), tr("More for this mix"), header);
    m_more->setPopupMode(QToolButton::InstantPopup);
    m_moreMenu = new QMenu(m_more);
    m_more->setMenu(m_moreMenu);
    auto *row = new QHBoxLayout(header);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    row->addWidget(m_chip);
    row->addSpacing(4);
    row->addWidget(m_on);
    row->addStretch(1);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_undo, m_redo, m_save, m_more})
        row->addWidget(widget);
    return header;
}

QWidget *MixerPanel::buildNameRow()
{
    m_nameRow = new QWidget(this);
    m_nameEdit = new QLineEdit(m_nameRow);
    m_nameEdit->setObjectName(QStringLiteral("mixer.name"));
    m_nameEdit->setMaxLength(80);
    m_nameEdit->setPlaceholderText(tr("Name of the mix"));
    m_nameEdit->setAccessibleName(tr("Name of the mix"));
    auto *save = new QPushButton(tr("Save"), m_nameRow);
    save->setObjectName(QStringLiteral("mixer.name.save"));
    save->setProperty("primary", true);
    auto *cancel = iconButton("mixer.name.cancel", QStringLiteral("close"), tr("Do not save"), m_nameRow);
    auto *row = new QHBoxLayout(m_nameRow);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_nameEdit, 1);
    row->addWidget(save);
    row->addWidget(cancel);
    m_nameRow->hide();
    const auto take = [this] {
        if (m_nameEdit->text().simplified().isEmpty()) return m_nameEdit->setFocus();
        m_nameRow->hide();
        if (m_useName) m_useName(m_nameEdit->text());
    };
    connect(save, &QPushButton::clicked, this, take);
    connect(m_nameEdit, &QLineEdit::returnPressed, this, take);
    connect(cancel, &QToolButton::clicked, m_nameRow, &QWidget::hide);
    return m_nameRow;
}

QWidget *MixerPanel::buildRules()
{
    auto *rules = new QWidget(this);
    m_rule = new QComboBox(rules);
    m_rule->setObjectName(QStringLiteral("mixer.rule"));
    m_rule->addItem(tr("Logits"), int(engine::BlendRule::Logits));
    m_rule->addItem(tr("Probabilities"), int(engine::BlendRule::Probabilities));
    m_rule->setItemData(0, tr("Σ g l / Σ g, as RWKV-Infer does; negative gates steer away"), Qt::ToolTipRole);
    m_rule->setItemData(1, tr("Σ g p / Σ g; no gate may be negative"), Qt::ToolTipRole);
    m_rule->setToolTip(tr("How the voices become one: logits (as RWKV-Infer does, with negative gates) or "
                          "probabilities"));
    m_rule->setAccessibleName(tr("Blend"));
    m_sum = new QLabel(rules);
    m_sum->setObjectName(QStringLiteral("mixer.sum"));
    m_sum->setToolTip(tr("Sum of the gates that are heard; the blend is divided by it"));
    m_normalise = new QPushButton(tr("Normalise"), rules);
    m_normalise->setObjectName(QStringLiteral("mixer.normalise"));
    m_normalise->setToolTip(tr("Scales the gates to the sum 1; what is heard stays the same"));
    m_policy = new QComboBox(rules);
    m_policy->setObjectName(QStringLiteral("mixer.policy"));
    m_policy->addItem(tr("Gates as set"), int(engine::GatePolicy::Kind::Off));
    m_policy->addItem(tr("Surest is louder"), int(engine::GatePolicy::Kind::Confidence));
    m_policy->addItem(tr("Least hesitant is louder"), int(engine::GatePolicy::Kind::Entropy));
    m_policy->addItem(tr("Outliers are quieter"), int(engine::GatePolicy::Kind::Agreement));
    m_policy->setToolTip(tr("Gates can follow the voices at every token; the faders stay where they are"));
    m_policy->setAccessibleName(tr("Gate policy"));
    m_strength = new QDoubleSpinBox(rules);
    m_strength->setObjectName(QStringLiteral("mixer.strength"));
    m_strength->setRange(-10, 10);
    m_strength->setSingleStep(0.1);
    m_strength->setDecimals(1);
    m_strength->setToolTip(tr("How strongly the gates follow, from −10 to 10; below 0 the reverse"));
    m_strength->setAccessibleName(tr("Strength of the gate policy"));
    m_lane = new QToolButton(rules);
    m_lane->setObjectName(QStringLiteral("mixer.lane"));
    m_lane->setIcon(icon(QStringLiteral("close")));
    m_lane->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_lane->setFocusPolicy(Qt::TabFocus);
    m_lane->setToolTip(tr("Answers follow the lane of this mix until a fader is moved. Takes the lane out."));
    m_needs = new QLabel(rules);
    m_needs->setObjectName(QStringLiteral("mixer.needs"));
    m_needs->setProperty("dim", true);
    const auto pack = [](std::initializer_list<QWidget *> widgets) {
        auto *row = new QHBoxLayout;
        row->setContentsMargins(0, 0, 0, 0);
        row->setSpacing(6);
        for (QWidget *widget : widgets)
            row->addWidget(widget);
        return row;
    };
    QHBoxLayout *first = pack({m_rule, m_sum, m_normalise});
    QHBoxLayout *second = pack({m_policy, m_strength, m_lane});
    m_ruleRows = new QBoxLayout(QBoxLayout::LeftToRight, rules);
    m_ruleRows->setContentsMargins(0, 0, 0, 0);
    m_ruleRows->addLayout(first);
    m_ruleRows->addLayout(second);
    m_ruleRows->addStretch(1);
    m_ruleRows->addWidget(m_needs);
    return rules;
}

void MixerPanel::setShape(Shape shape)
{
    m_shape = shape;
    const bool isWide = shape == Shape::Wide;
    m_on->setText(isWide ? tr("Answer with this mix") : tr("In use"));
    m_save->setVisible(isWide); // the narrow one has it in its menu
    m_ruleRows->setDirection(isWide ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    m_ruleRows->setSpacing(isWide ? 18 : 6);
    const auto across = isWide ? QSizePolicy::Preferred : QSizePolicy::Expanding;
    for (QComboBox *box : {m_rule, m_policy})
        box->setSizePolicy(across, QSizePolicy::Fixed);
}

QWidget *MixerPanel::buildStrips()
{
    m_strips = new QWidget;
    auto *row = new QHBoxLayout(m_strips);
    row->setContentsMargins(0, 0, 0, 2);
    row->setSpacing(8);
    m_add = new QToolButton(m_strips);
    m_add->setObjectName(QStringLiteral("mixer.add"));
    m_add->setIcon(icon(QStringLiteral("plus")));
    m_add->setText(tr("Add voice"));
    m_add->setAccessibleName(tr("Add voice"));
    m_add->setToolTip(tr("Adds a state, or the base, as a further voice"));
    m_add->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
    m_add->setPopupMode(QToolButton::InstantPopup);
    m_add->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    m_add->setMinimumHeight(kAddHeight);
    m_add->setProperty("ghost", true);
    m_add->setFocusPolicy(Qt::TabFocus);
    auto *menu = new QMenu(m_add);
    menu->setToolTipsVisible(true);
    m_add->setMenu(menu);
    connect(menu, &QMenu::aboutToShow, this, [this, menu] { fillVoices(*menu); });
    row->addWidget(m_add, 0, Qt::AlignVCenter);
    row->addStretch(1);
    m_scroll = new QScrollArea(this);
    m_scroll->setObjectName(QStringLiteral("mixer.strips"));
    m_scroll->setWidget(m_strips);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    return m_scroll;
}

QWidget *MixerPanel::buildEmpty()
{
    auto *empty = new QWidget(this);
    auto *text = new QLabel(
        tr("Drop states here. Each becomes a voice; the faders set how much each one says."), empty);
    text->setWordWrap(true);
    text->setAlignment(Qt::AlignCenter);
    text->setProperty("dim", true);
    text->setMaximumWidth(420);
    m_addFirst = new QPushButton(tr("Add a state"), empty);
    m_addFirst->setObjectName(QStringLiteral("mixer.addfirst"));
    auto *menu = new QMenu(m_addFirst);
    menu->setToolTipsVisible(true);
    m_addFirst->setMenu(menu);
    connect(menu, &QMenu::aboutToShow, this, [this, menu] { fillVoices(*menu); });
    m_example = new QPushButton(tr("Load example mix"), empty);
    m_example->setObjectName(QStringLiteral("mixer.example"));
    m_example->setProperty("primary", true);
    auto *buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(m_addFirst);
    buttons->addWidget(m_example);
    buttons->addStretch(1);
    auto *column = new QVBoxLayout(empty);
    column->setSpacing(12);
    column->addStretch(1);
    column->addWidget(new GhostStrips(empty), 0, Qt::AlignHCenter);
    auto *line = new QHBoxLayout;
    line->addStretch(1);
    line->addWidget(text, 100);
    line->addStretch(1);
    column->addLayout(line);
    column->addLayout(buttons);
    column->addStretch(1);
    return empty;
}

} // namespace gui
