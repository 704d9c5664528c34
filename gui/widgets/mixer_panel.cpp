#include "gui/widgets/mixer_panel.h"
#include "gui/chat_controller.h"
#include "gui/theme.h"
#include "gui/units.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/mix_chip.h"
#include "gui/widgets/mixer_fader.h"
#include "gui/widgets/mixer_strip.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QIcon>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QToolButton>

#include <cmath>
#include <utility>

namespace gui
{
namespace
{
constexpr int kHintMs = 6000;
constexpr int kUndoMs = 8000;
} // namespace

MixerPanel::MixerPanel(MixDesk &desk, Shape shape, QWidget *parent)
    : QWidget(parent)
    , m_desk(desk)
    , m_shape(shape)
{
    setObjectName(shape == Shape::Wide ? QStringLiteral("mixer") : QStringLiteral("mixer.dock"));
    setAccessibleName(tr("Mixer"));
    setAcceptDrops(true); // of states, else the window would take them as files to open
    build();
    connectSignals();
    makeStrips();
    showMix();
}

void MixerPanel::connectSignals()
{
    MixerModel &model = m_desk.model();
    connect(&model, &QAbstractItemModel::modelReset, this, &MixerPanel::makeStrips);
    connect(&model, &MixerModel::shown, this, &MixerPanel::showMix);
    connect(&model, &MixerModel::metersChanged, this, [this] {
        for (MixerStrip *strip : std::as_const(m_stripList))
            strip->sync();
    });
    connect(&model, &MixerModel::resisted, this, [this](const QString &why) {
        if (isVisible()) showHint(why);
    });
    connect(&m_desk, &MixDesk::changed, this, &MixerPanel::showNeeds);
    connect(&m_desk.store(), &MixStore::saveFailed, this, [this](const QString &reason) {
        m_bar->showMessage(MessageBar::Kind::Error, tr("The mixes cannot be saved."), reason);
    });
    m_hintTimer.setSingleShot(true);
    connect(&m_hintTimer, &QTimer::timeout, this, [this] {
        m_bar->dismiss();
        m_removed.reset();
    });
    connect(m_bar, &MessageBar::verbPressed, this, [this] {
        if (const auto mix = std::exchange(m_removed, std::nullopt)) m_desk.store().save(mix->name, *mix);
        m_bar->dismiss();
    });
    connect(m_on, &QCheckBox::clicked, &model, &MixerModel::setOn);
    connect(m_undo, &QToolButton::clicked, &model, &MixerModel::undo);
    connect(m_redo, &QToolButton::clicked, &model, &MixerModel::redo);
    connect(m_save, &QPushButton::clicked, this, &MixerPanel::saveMix);
    connect(m_moreMenu, &QMenu::aboutToShow, this, &MixerPanel::fillMore);
    connect(m_rule, &QComboBox::activated, this, [this] {
        m_desk.model().setRule(engine::BlendRule(m_rule->currentData().toInt()));
        showMix();
    });
    const auto setPolicy = [this] {
        m_desk.model().setPolicy(
            {engine::GatePolicy::Kind(m_policy->currentData().toInt()), float(m_strength->value())});
    };
    connect(m_policy, &QComboBox::activated, this, setPolicy);
    connect(m_strength, &QDoubleSpinBox::valueChanged, this, setPolicy);
    connect(m_lane, &QToolButton::clicked, &model, [this] { m_desk.model().setLane({}); });
    connect(m_normalise, &QPushButton::clicked, &model, &MixerModel::normalise);
    connect(m_example, &QPushButton::clicked, this, [this] {
        if (const auto mix = m_desk.exampleMix()) m_desk.model().choose(*mix);
    });
}

void MixerPanel::makeStrips()
{
    for (MixerStrip *strip : std::as_const(m_stripList)) {
        strip->hide();
        strip->deleteLater(); // it may be its own menu that changed the rows
    }
    m_stripList.clear();
    auto *row = static_cast<QHBoxLayout *>(m_strips->layout());
    QWidget *before = m_more;
    for (int i = 0; i < m_desk.model().rowCount(); ++i) {
        auto *strip = new MixerStrip(m_desk.model(), i, m_strips);
        row->insertWidget(i, strip);
        strip->show();
        setTabOrder(before, strip);
        before = strip;
        m_stripList += strip;
    }
    setTabOrder(before, m_add);
    m_add->setFixedWidth(MixerStrip::kWidth - 24);
}

void MixerPanel::showMix()
{
    const MixerModel &model = m_desk.model();
    const Mix &mix = model.mix();
    for (MixerStrip *strip : std::as_const(m_stripList))
        strip->sync();
    m_stack->setCurrentIndex(mix.isEmpty() ? 0 : 1);
    m_rules->setVisible(!mix.isEmpty());
    m_on->setVisible(!mix.isEmpty());
    m_save->setEnabled(!mix.isEmpty());
    m_on->setChecked(mix.isOn);
    m_undo->setEnabled(model.canUndo());
    m_redo->setEnabled(model.canRedo());
    m_rule->setCurrentIndex(m_rule->findData(int(mix.rule)));
    m_sum->setText(tr("Σg = %1", "sum of the gates").arg(gateText(mix.sum())));
    m_normalise->setEnabled(std::abs(mix.sum() - 1) > 0.004);
    m_policy->setCurrentIndex(m_policy->findData(int(mix.policy.kind)));
    m_strength->setVisible(mix.policy.kind != engine::GatePolicy::Kind::Off);
    m_lane->setVisible(!mix.lane.empty());
    m_lane->setText(tr("Lane: %n point(s)", nullptr, int(mix.lane.size())));
    m_lane->setAccessibleName(tr("Take the lane out of the mix"));
    if (float(m_strength->value()) != mix.policy.strength) {
        const QSignalBlocker quiet(m_strength);
        m_strength->setValue(double(mix.policy.strength));
    }
    showNeeds();
}

void MixerPanel::showNeeds()
{
    const MixDesk::Needs needs = m_desk.needs();
    const Mix &mix = m_desk.model().mix();
    m_example->setVisible(m_desk.exampleMix().has_value());
    QString text = tr("%n row(s)", nullptr, needs.rows);
    if (needs.bytes > 0) text += QStringLiteral(" · ") + bytesText(needs.bytes);
    m_needs->setText(text);
    m_needs->setToolTip(tr("Every voice takes a row of the model and the memory of one state"));
    QString misfit;
    for (int i = 0; i < m_stripList.size() && i < mix.voices.size(); ++i) {
        const QString problem = m_desk.problemOf(mix.voices[i]);
        m_stripList[i]->setProblem(problem);
        if (misfit.isEmpty() && !problem.isEmpty())
            misfit = tr("“%1” cannot be used with this model: %2").arg(mix.voices[i].name, problem);
    }
    constexpr int kScrollBar = 14;
    m_scroll->setMinimumHeight(m_strips->minimumSizeHint().height() + kScrollBar);
    QString notice;
    if (mix.isEmpty())
        notice = {};
    else if (!misfit.isEmpty())
        notice = misfit;
    else if (needs.slots == 0)
        notice = tr("No model is loaded. The mix can be set up already; it is heard when one is.");
    else if (needs.rows > needs.slots)
        notice = tr("The mix needs %n row(s).", nullptr, needs.rows) + QLatin1Char(' ') +
                 tr("The model was loaded with %n; load it with more.", nullptr, needs.slots);
    else if (needs.rows > needs.free && !m_desk.chats().isGenerating())
        notice = tr("The mix needs %n row(s).", nullptr, needs.rows) + QLatin1Char(' ') +
                 tr("%n is free at the moment; the answer waits for more.", nullptr, needs.free);
    else if (mix.isHeard() && !m_desk.chats().stateFile().isEmpty())
        notice = tr("The state that this chat begins from is not used while the mix answers.");
    else if (m_desk.waitsForNextAnswer())
        notice = tr("This holds from the next answer on; only gates move while one is written.");
    if (notice == m_noticeText) return;
    m_noticeText = notice;
    const bool isBad = !misfit.isEmpty() || (needs.slots > 0 && needs.rows > needs.slots);
    if (notice.isEmpty())
        m_notice->dismiss();
    else
        m_notice->showMessage(isBad ? MessageBar::Kind::Warning : MessageBar::Kind::Info, notice);
}

void MixerPanel::showHint(const QString &text)
{
    m_removed.reset();
    m_bar->showMessage(MessageBar::Kind::Info, text);
    m_hintTimer.start(kHintMs);
}

void MixerPanel::fillVoices(QMenu &menu)
{
    menu.clear();
    const auto choices = m_desk.choices();
    for (const MixDesk::Choice &choice : choices) {
        if (choice.path.isEmpty() && choices.size() > 1) menu.addSeparator();
        QAction *action =
            menu.addAction(choice.name, this, [this, path = choice.path] { m_desk.addVoice(path); });
        QString tip = choice.about.isEmpty() ? shortPath(choice.path) : choice.about;
        if (!choice.problem.isEmpty()) tip = choice.problem;
        if (choice.isTaken) tip = tr("It is a voice already.");
        action->setToolTip(tip);
        action->setEnabled(choice.problem.isEmpty() && !choice.isTaken);
    }
}

void MixerPanel::fillMore()
{
    m_moreMenu->clear();
    const Mix &mix = m_desk.model().mix();
    const bool isSaved = m_desk.store().find(mix.name) != nullptr;
    QAction *save =
        m_moreMenu->addAction(icon(QStringLiteral("save")), tr("Save as…"), this, &MixerPanel::saveMix);
    save->setEnabled(!mix.isEmpty());
    QAction *rename = m_moreMenu->addAction(icon(QStringLiteral("edit")), tr("Rename…"), this, [this] {
        const QString before = m_desk.model().mix().name;
        askName(before, [this, before](const QString &name) {
            if (m_desk.store().rename(before, name))
                m_desk.model().setName(name.simplified());
            else
                showHint(tr("There is another mix with the name “%1”.").arg(name.simplified()));
        });
    });
    rename->setEnabled(isSaved);
    QAction *remove = m_moreMenu->addAction(icon(QStringLiteral("trash")), tr("Delete the saved mix"), this,
                                            &MixerPanel::removeMix);
    remove->setEnabled(isSaved);
    m_moreMenu->addSeparator();
    QAction *copy =
        m_moreMenu->addAction(icon(QStringLiteral("copy")), tr("Copy as RWKV-Infer request"), this, [this] {
            QGuiApplication::clipboard()->setText(rwkvInferRequest(m_desk.model().mix()));
            showHint(m_desk.model().mix().rule == engine::BlendRule::Logits
                         ? tr("The request was copied; it is the body of /mrss_loadstatemodel.")
                         : tr("The request was copied; RWKV-Infer blends logits, not probabilities."));
        });
    copy->setEnabled(!mix.isEmpty());
    QAction *clear = m_moreMenu->addAction(tr("Remove all voices"), this, [this] {
        Mix none = m_desk.model().mix();
        none.voices.clear();
        none.name.clear();
        m_desk.model().choose(none);
    });
    clear->setEnabled(!mix.isEmpty());
}

void MixerPanel::askName(const QString &name, std::function<void(const QString &)> use)
{
    m_useName = std::move(use);
    m_nameEdit->setText(name);
    m_nameRow->show();
    m_nameEdit->setFocus();
    m_nameEdit->selectAll();
}

void MixerPanel::saveMix()
{
    if (m_desk.model().mix().isEmpty()) return;
    askName(m_desk.model().mix().title(), [this](const QString &name) {
        m_desk.store().save(name, m_desk.model().mix());
        m_desk.model().setName(name.simplified());
    });
}

void MixerPanel::removeMix()
{
    const auto removed = m_desk.store().remove(m_desk.model().mix().name);
    if (!removed) return;
    m_bar->showMessage(MessageBar::Kind::Info, tr("“%1” was deleted.").arg(removed->name), {}, tr("Undo"));
    m_removed = removed;
    m_hintTimer.start(kUndoMs);
}

void MixerPanel::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape && m_nameRow->isVisible())
        m_nameRow->hide();
    else if (event->matches(QKeySequence::Undo))
        m_desk.model().undo();
    else if (event->matches(QKeySequence::Redo))
        m_desk.model().redo();
    else
        QWidget::keyPressEvent(event);
}

bool MixerPanel::event(QEvent *event)
{
    // With the focus in the mixer, undo means the mix and not the chat.
    if (event->type() == QEvent::ShortcutOverride) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo) ||
            (key->key() == Qt::Key_Escape && m_nameRow->isVisible())) {
            event->accept();
            return true;
        }
    }
    return QWidget::event(event);
}

} // namespace gui
