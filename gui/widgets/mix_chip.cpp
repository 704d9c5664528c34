#include "gui/widgets/mix_chip.h"
#include "gui/mixer/mix_desk.h"
#include "gui/theme.h"

#include <QMenu>

namespace gui
{
namespace
{
constexpr int kMostText = 150; ///< pixels of a name
}

MixChip::MixChip(MixDesk &desk, QWidget *parent)
    : QToolButton(parent)
    , m_desk(desk)
    , m_menu(new QMenu(this))
{
    setObjectName(QStringLiteral("mix.chip"));
    setIcon(gui::icon(QStringLiteral("mixer")));
    setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    setPopupMode(QToolButton::InstantPopup);
    setFocusPolicy(Qt::TabFocus);
    setMenu(m_menu);
    m_menu->setToolTipsVisible(true);
    connect(m_menu, &QMenu::aboutToShow, this, &MixChip::fillMenu);
    connect(&m_desk.model(), &MixerModel::shown, this, &MixChip::updateText);
    connect(&m_desk.store(), &MixStore::changed, this, &MixChip::updateText);
    updateText();
}

void MixChip::updateText()
{
    const Mix &mix = m_desk.model().mix();
    const QString title = mix.title();
    const QString name =
        mix.isHeard() ? fontMetrics().elidedText(title, Qt::ElideMiddle, kMostText) : tr("No mix");
    setText(name + QStringLiteral("  ▾"));
    setAccessibleName(mix.isHeard() ? tr("Mix: %1").arg(title) : tr("Mix: none"));
    setToolTip(mix.isHeard() ? tr("These states answer together: %1").arg(mix.text())
                             : tr("Several states can answer together; choose a mix"));
}

void MixChip::fillMenu()
{
    m_menu->clear();
    const Mix &now = m_desk.model().mix();
    QAction *none = m_menu->addAction(tr("No mix"), this, [this] { m_desk.useNone(); });
    none->setCheckable(true);
    none->setChecked(!now.isHeard());
    if (!now.isEmpty() && !m_desk.store().find(now.name)) {
        QAction *current = m_menu->addAction(tr("This mix: %1").arg(now.title()), this,
                                             [this] { m_desk.model().setOn(true); });
        current->setCheckable(true);
        current->setChecked(now.isHeard());
    }
    m_menu->addSeparator();
    for (const Mix &mix : m_desk.store().all()) {
        QAction *action = m_menu->addAction(mix.name, this, [this, mix] { m_desk.model().choose(mix); });
        action->setToolTip(mix.text());
        action->setCheckable(true);
        action->setChecked(now.isHeard() && now.name == mix.name);
    }
    if (const auto example = m_desk.exampleMix(); example && !m_desk.store().find(example->name)) {
        QAction *action = m_menu->addAction(tr("Example: %1").arg(example->name), this,
                                            [this, mix = *example] { m_desk.model().choose(mix); });
        action->setToolTip(example->text());
    }
    m_menu->addSeparator();
    m_menu->addAction(gui::icon(QStringLiteral("mixer")), tr("Show the mixer"), this,
                      &MixChip::mixerRequested);
}

} // namespace gui
