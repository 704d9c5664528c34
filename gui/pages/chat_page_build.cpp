// How the chat page is put together.
#include "gui/actions.h"
#include "gui/library.h"
#include "gui/pages/chat_page.h"
#include "gui/widgets/chat_list_view.h"
#include "gui/widgets/composer.h"
#include "gui/widgets/elided_label.h"
#include "gui/widgets/empty_chat.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/mix_chip.h"
#include "gui/widgets/mixer_lane_panel.h"
#include "gui/widgets/mixer_panel.h"
#include "gui/widgets/sampling_panel.h"
#include "gui/widgets/state_chip.h"
#include "gui/widgets/transcript_view.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace gui
{
namespace
{

constexpr int kPanelWidth = 300;
constexpr int kMixerWidth = 372;
constexpr int kCentreWidth = 560;

} // namespace

ChatPage::~ChatPage()
{
    for (QWidget *widget : std::initializer_list<QWidget *>{m_mixer, m_lanes, m_mix})
        delete widget;             // they show the mix, which goes before them
    m_controller.disconnect(this); // what still runs is stopped
}

void ChatPage::build()
{
    m_list = new ChatListView(m_controller.chats(), this);
    m_sampling = new SamplingPanel(m_controller.presets(), this);
    m_sampling->hide();
    m_mixer = new MixerPanel(m_desk, MixerPanel::Shape::Narrow, this);
    m_mixer->hide();
    m_splitter = new QSplitter(Qt::Horizontal, this);
    m_splitter->setHandleWidth(1);
    m_splitter->addWidget(m_list);
    m_splitter->addWidget(buildCentre());
    m_splitter->addWidget(m_sampling);
    m_splitter->addWidget(m_mixer);
    m_splitter->setStretchFactor(1, 1);
    m_splitter->setCollapsible(1, false);
    m_splitter->setSizes({kListWidth, kCentreWidth, kPanelWidth, kMixerWidth});
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_splitter);
    setTabOrder(m_list, m_transcript);
    setTabOrder(m_transcript, m_composer);
    setTabOrder(m_composer, m_sampling);
    setFocusProxy(m_composer); // whoever goes to this page can type at once
}

QWidget *ChatPage::buildHeader()
{
    auto *header = new QWidget(this);
    header->setObjectName(QStringLiteral("chat.header"));
    const auto toggle = [&](Act act) {
        auto *button = new QToolButton(header);
        button->setDefaultAction(&m_actions[act]);
        button->setToolButtonStyle(Qt::ToolButtonIconOnly);
        button->setAccessibleName(Actions::plainText(m_actions[act]));
        return button;
    };
    m_title = new ElidedLabel(header);
    m_title->setObjectName(QStringLiteral("chat.title"));
    m_title->setProperty("heading", true);
    m_title->setAlignment(Qt::AlignCenter);
    m_title->setTextFormat(Qt::PlainText);
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    auto *row = new QHBoxLayout(header);
    row->setContentsMargins(8, 4, 8, 4);
    row->addWidget(toggle(Act::ToggleChatList));
    row->addWidget(m_title, 1);
    m_state = new StateChip(m_library.states(), m_actions[Act::ShowStates], header);
    row->addWidget(m_state);
    m_mix = new MixChip(m_desk, header);
    row->addWidget(m_mix);
    row->addWidget(toggle(Act::ToggleMixer));
    row->addWidget(toggle(Act::ToggleSampling));
    return header;
}

QWidget *ChatPage::buildCentre()
{
    m_bar = new MessageBar(this);
    m_bar->setObjectName(QStringLiteral("chat.bar"));
    m_undoBar = new MessageBar(this);
    m_undoBar->setObjectName(QStringLiteral("chat.undo"));
    m_empty = new EmptyChat(this);
    m_transcript = new TranscriptView(this);
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_transcript);
    m_composer = new Composer(this);
    m_lanes = new MixerLanePanel(m_desk, m_actions[Act::VoiceColors], this);
    m_composer->setMaximumWidth(TranscriptView::kMaxTextWidth + 24);

    // They stand below the text, as wide as it.
    m_undoBar->setMaximumWidth(m_composer->maximumWidth());
    m_lanes->setMaximumWidth(m_composer->maximumWidth());
    const auto centred = [](QWidget *widget, const QMargins &margins) {
        auto *row = new QHBoxLayout;
        row->setContentsMargins(margins);
        row->addStretch(1);
        row->addWidget(widget, 1000);
        row->addStretch(1);
        return row;
    };
    auto *centre = new QWidget(this);
    centre->setObjectName(QStringLiteral("chat.centre"));
    centre->setAutoFillBackground(true);
    centre->setBackgroundRole(QPalette::Base);
    auto *column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(buildHeader());
    column->addWidget(m_bar);
    column->addWidget(m_stack, 1);
    column->addLayout(centred(m_lanes, {16, 0, 16, 0}));
    column->addLayout(centred(m_undoBar, {16, 0, 16, 0}));
    column->addLayout(centred(m_composer, {16, 4, 16, 14}));
    return centre;
}

} // namespace gui
