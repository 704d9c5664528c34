#include "gui/pages/mixer_page.h"
#include "gui/actions.h"
#include "gui/chat_controller.h"
#include "gui/mixer/mix_desk.h"
#include "gui/mixer/mix_preview.h"
#include "gui/pages/chat_page.h"
#include "gui/settings.h"
#include "gui/theme.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/mixer_lane_panel.h"
#include "gui/widgets/mixer_panel.h"
#include "gui/widgets/next_token_table.h"
#include "gui/widgets/transcript_view.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QResizeEvent>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace gui
{
namespace
{

constexpr int kPanelHeight = 330;
constexpr int kPanelWidth = 380;
constexpr int kNextWidth = 320, kNextHeight = 170;
const auto kShowNext = QStringLiteral("mixer/shownext");

} // namespace

MixerPage::MixerPage(const Services &services, MixDesk &desk, QWidget *parent)
    : QWidget(parent)
    , m_services(services)
    , m_desk(desk)
    , m_panel(new MixerPanel(desk, MixerPanel::Shape::Wide, this))
    , m_splitter(new QSplitter(Qt::Vertical, this))
{
    setObjectName(QStringLiteral("page.mixer"));
    m_splitter->setObjectName(QStringLiteral("mixer.splitter"));
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setHandleWidth(5);
    m_splitter->addWidget(m_panel);
    m_splitter->addWidget(buildListening());
    m_splitter->setStretchFactor(0, 0);
    m_splitter->setStretchFactor(1, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_splitter);
    setFocusProxy(m_line);
    connectSignals();
    showChat();
}

QWidget *MixerPage::buildListening()
{
    auto *listening = new QWidget(this);
    listening->setAutoFillBackground(true);
    listening->setBackgroundRole(QPalette::Base);
    m_title = new QLabel(listening);
    m_title->setProperty("dim", true);
    m_title->setTextFormat(Qt::PlainText);
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_showNext = new QToolButton(listening);
    m_showNext->setObjectName(QStringLiteral("mixer.next.show"));
    m_showNext->setText(tr("Next token"));
    m_showNext->setIcon(icon(QStringLiteral("eye")));
    m_showNext->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_showNext->setCheckable(true);
    m_showNext->setFocusPolicy(Qt::TabFocus);
    m_showNext->setToolTip(tr("Shows what the mix would say next; the text is read for it beforehand."));
    m_bar = new MessageBar(listening);
    m_bar->setObjectName(QStringLiteral("mixer.page.bar"));
    m_transcript = new TranscriptView(listening);
    m_transcript->setMinimumHeight(60);
    auto *hint = new QLabel(tr("Ask something: the answer is written here, and the faders are heard from the "
                               "next word on."),
                            listening);
    hint->setProperty("dim", true);
    hint->setAlignment(Qt::AlignCenter);
    hint->setWordWrap(true);
    m_stack = new QStackedWidget(listening);
    m_stack->addWidget(hint);
    m_stack->addWidget(m_transcript);
    m_lanes = new MixerLanePanel(m_desk, m_services.actions[Act::VoiceColors], listening);
    m_line = new QLineEdit(listening);
    m_line->setObjectName(QStringLiteral("mixer.line"));
    m_line->setPlaceholderText(tr("Say something to the mix"));
    m_line->setAccessibleName(tr("Say something to the mix"));
    m_send = new QPushButton(tr("Send"), listening);
    m_send->setObjectName(QStringLiteral("mixer.send"));
    m_send->setProperty("primary", true);
    auto *ask = new QHBoxLayout;
    ask->addWidget(m_line, 1);
    ask->addWidget(m_send);
    m_preview = new MixPreview(m_services.bridge, m_desk, this);
    m_next = new NextTokenTable(m_desk, *m_preview, listening);
    m_middle = new QBoxLayout(QBoxLayout::LeftToRight);
    m_middle->setSpacing(12);
    m_middle->addWidget(m_stack, 1);
    m_middle->addWidget(m_next);
    auto *head = new QHBoxLayout;
    head->addWidget(m_title, 1);
    head->addWidget(m_showNext);
    auto *column = new QVBoxLayout(listening);
    column->setContentsMargins(14, 6, 14, 12);
    column->setSpacing(4);
    column->addLayout(head);
    column->addWidget(m_bar);
    column->addLayout(m_middle, 1);
    column->addWidget(m_lanes);
    column->addLayout(ask);
    return listening;
}

void MixerPage::connectSignals()
{
    ChatController &chats = m_desk.chats();
    connect(&chats, &ChatController::currentChanged, this, &MixerPage::showChat);
    connect(&chats, &ChatController::chatRead, this, &MixerPage::showState);
    connect(&chats, &ChatController::stateChanged, this, &MixerPage::showState);
    connect(&chats, &ChatController::failed, this, [this](const engine::Error &error) {
        if (isVisible()) m_bar->showError(error);
    });
    connect(m_bar, &MessageBar::remedyChosen, m_bar, &MessageBar::dismiss);
    connect(m_line, &QLineEdit::returnPressed, this, &MixerPage::send);
    connect(m_send, &QPushButton::clicked, this, [this] {
        if (m_desk.chats().isGenerating() || m_desk.chats().isWaiting())
            m_services.actions[Act::Stop].trigger();
        else
            send();
    });
    connect(m_transcript, &TranscriptView::currentRowChanged, m_lanes, &MixerLanePanel::setRow);
    connect(m_transcript, &TranscriptView::edited, &chats, &ChatController::edit);
    connect(m_transcript, &TranscriptView::typed, this, [this](const QString &text) {
        m_line->setFocus();
        m_line->insert(text);
    });
    connect(m_transcript, &TranscriptView::noticeVerbPressed, &m_services.actions[Act::LoadModel],
            &QAction::trigger);
    connect(m_transcript, &TranscriptView::commandChosen, this,
            [this](MessageCommand command, int row) { ChatPage::obey(m_desk.chats(), command, row); });
    connect(m_lanes, &MixerLanePanel::answerChanged, this, &MixerPage::showState);
    connect(m_lanes, &MixerLanePanel::resisted, m_panel, &MixerPanel::showHint);
    connect(m_line, &QLineEdit::textChanged, m_preview, &MixPreview::setLine);
    connect(m_showNext, &QToolButton::toggled, this, &MixerPage::showPreview);
    m_showNext->setChecked(m_services.settings.ui().value(kShowNext, true).toBool());
    showPreview(m_showNext->isChecked());
    QAction &colors = m_services.actions[Act::VoiceColors];
    connect(&colors, &QAction::toggled, m_transcript, &TranscriptView::setVoiceColors);
    m_transcript->setVoiceColors(colors.isChecked());
}

void MixerPage::showChat()
{
    m_transcript->setModel(m_desk.chats().transcript());
    m_bar->dismiss();
    showState();
}

void MixerPage::showState()
{
    const ChatController &chats = m_desk.chats();
    const bool busy = chats.isGenerating() || chats.isWaiting();
    m_title->setText(chats.title().isEmpty() ? tr("New chat") : chats.title());
    m_stack->setCurrentIndex(chats.transcript()->rowCount() > 0 ? 1 : 0);
    m_lanes->setVisible(m_lanes->hasAnswer());
    m_send->setText(busy ? tr("Stop") : tr("Send"));
    m_send->setAccessibleName(busy ? tr("Stop the answer") : tr("Send to the mix"));
    QString notice, verb;
    if (chats.isWaiting() && !chats.hasModel()) {
        notice = tr("Waiting for a model. The message is answered when one is ready.");
        verb = tr("Load a model (Ctrl+L)");
    } else if (chats.isWaiting()) {
        notice = tr("Opening the states…");
    }
    m_transcript->setNotice(notice, verb);
}

void MixerPage::send()
{
    const QString text = m_line->text().trimmed();
    if (text.isEmpty()) return;
    m_line->clear();
    m_desk.chats().send(text);
    m_transcript->scrollToEnd();
}

void MixerPage::showPreview(bool on)
{
    m_services.settings.ui().setValue(kShowNext, on);
    m_next->setVisible(on);
    m_preview->setWanted(on && isVisible());
}

/// Beside the text where there is width for both, else below it.
void MixerPage::placePreview()
{
    constexpr int kRoomy = 700;
    const bool isBeside = m_line->parentWidget()->width() >= kRoomy;
    m_middle->setDirection(isBeside ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    m_next->setMaximumSize(isBeside ? kNextWidth : QWIDGETSIZE_MAX, isBeside ? QWIDGETSIZE_MAX : kNextHeight);
    m_next->setMinimumWidth(isBeside ? kNextWidth : 0);
}

/// Above the text where there is height for both, else beside it.
void MixerPage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    constexpr int kTall = 640;
    const Qt::Orientation way = height() >= kTall ? Qt::Vertical : Qt::Horizontal;
    const bool isNew = way != m_splitter->orientation() || event->oldSize().isEmpty();
    m_splitter->setOrientation(way);
    m_panel->setShape(way == Qt::Vertical ? MixerPanel::Shape::Wide : MixerPanel::Shape::Narrow);
    placePreview();
    if (!isNew) return;
    const int panel = way == Qt::Vertical ? kPanelHeight : kPanelWidth;
    const int whole = way == Qt::Vertical ? height() : width();
    m_splitter->setSizes({panel, std::max(0, whole - panel)});
}

void MixerPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_transcript->scrollToEnd();
    m_preview->setWanted(m_showNext->isChecked());
    placePreview();
}

void MixerPage::hideEvent(QHideEvent *event)
{
    m_preview->setWanted(false);
    QWidget::hideEvent(event);
}

} // namespace gui
