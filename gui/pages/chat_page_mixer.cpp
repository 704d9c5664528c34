// The mixer beside a chat: its dock, its chip, and the lanes below the text.
#include "gui/actions.h"
#include "gui/pages/chat_page.h"
#include "gui/widgets/mix_chip.h"
#include "gui/widgets/mixer_lane_panel.h"
#include "gui/widgets/mixer_panel.h"
#include "gui/widgets/sampling_panel.h"
#include "gui/widgets/transcript_view.h"

namespace gui
{

void ChatPage::connectMixer()
{
    QAction &mixer = m_actions[Act::ToggleMixer];
    connect(&mixer, &QAction::triggered, this, [this] {
        m_actions[Act::ToggleSampling].setChecked(false);
        if (!isVisible()) m_actions[Act::PageChat].trigger();
        fitPanels();
    });
    connect(m_mix, &MixChip::mixerRequested, this, [this, &mixer] {
        if (!mixer.isChecked()) mixer.trigger();
    });
    QAction &colors = m_actions[Act::VoiceColors];
    connect(&colors, &QAction::toggled, m_transcript, &TranscriptView::setVoiceColors);
    m_transcript->setVoiceColors(colors.isChecked());
    connect(m_transcript, &TranscriptView::currentRowChanged, m_lanes, &MixerLanePanel::setRow);
    connect(m_lanes, &MixerLanePanel::answerChanged, this, &ChatPage::showLanes);
    connect(m_lanes, &MixerLanePanel::resisted, m_mixer, &MixerPanel::showHint);
    showLanes();
}

QWidget *ChatPage::sidePanel() const
{
    if (m_actions[Act::ToggleMixer].isChecked()) return m_mixer;
    if (m_actions[Act::ToggleSampling].isChecked()) return m_sampling;
    return nullptr;
}

void ChatPage::showLanes() { m_lanes->setVisible(sidePanel() == m_mixer && m_lanes->hasAnswer()); }

} // namespace gui
