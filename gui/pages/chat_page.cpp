#include "gui/pages/chat_page.h"
#include "gui/actions.h"
#include "gui/engine_bridge.h"
#include "gui/widgets/chat_list_view.h"
#include "gui/widgets/composer.h"
#include "gui/widgets/empty_chat.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/mix_chip.h"
#include "gui/widgets/mixer_panel.h"
#include "gui/widgets/sampling_panel.h"
#include "gui/widgets/state_chip.h"
#include "gui/widgets/transcript_view.h"

#include <QApplication>
#include <QLabel>
#include <QStackedWidget>

#include <utility>

namespace gui
{
namespace
{

constexpr int kUndoMs = 8000;
constexpr int kNewsMs = 6000;
constexpr int kLeastCentre = 400; ///< narrower, the list of chats makes room for the sampling panel

} // namespace

ChatPage::ChatPage(EngineBridge &bridge, Actions &actions, Library &library, QWidget *parent)
    : QWidget(parent)
    , m_bridge(bridge)
    , m_actions(actions)
    , m_library(library)
    , m_controller(bridge)
    , m_desk(bridge, m_controller, library)
{
    setObjectName(QStringLiteral("page.chat"));
    build();
    connectController();
    connectWidgets();
    connectActions();
    connectMixer();
    showChat();
}

void ChatPage::connectController()
{
    connect(&m_bridge, &EngineBridge::eventArrived, this, &ChatPage::takeEvent);
    connect(&m_controller, &ChatController::currentChanged, this, [this] {
        dropNews();
        if (std::exchange(m_tellsMissing, false)) m_bar->dismiss(); // it was about another chat
        showChat();
    });
    connect(&m_controller, &ChatController::chatRead, this, &ChatPage::showState);
    connect(&m_controller, &ChatController::stateChanged, this, &ChatPage::showState);
    connect(&m_controller, &ChatController::settingsChanged, this, &ChatPage::showSettings);
    connect(&m_controller, &ChatController::undoOffered, this, &ChatPage::offerUndo);
    connect(&m_controller, &ChatController::undone, m_undoBar, &MessageBar::dismiss);
    connect(&m_controller, &ChatController::historyOpened, this, &ChatPage::reportHistory);
    connect(&m_controller, &ChatController::failed, m_bar, &MessageBar::showError);
    connect(&m_controller, &ChatController::stateMissing, this, &ChatPage::tellMissing);
    connect(m_state, &StateChip::chosen, this, &ChatPage::chooseState);
    connect(m_bar, &MessageBar::verbPressed, this, [this] {
        if (m_tellsMissing) chooseState({});
    });
    connect(&m_controller, &ChatController::stateSaved, this,
            [this](const QString &path) { showNews(tr("The state was saved."), path); });
    connect(&m_controller.history(), &History::saveFailed, this, [this](const QString &reason) {
        m_bar->showMessage(MessageBar::Kind::Error,
                           tr("The chats cannot be saved at the moment. It will be tried again."), reason);
    });
    connect(&m_controller.history(), &History::partLost, this, [this](const QString &reason) {
        m_bar->showMessage(MessageBar::Kind::Error, tr("A part of a chat could not be saved."), reason);
    });
    connect(&m_controller.history(), &History::saveWorksAgain, this,
            [this] { showNews(tr("The chats are saved again; nothing is missing.")); });
    connect(&m_controller.history(), &History::chatUnreadable, this, [this](ChatId, const QString &reason) {
        m_bar->showMessage(MessageBar::Kind::Error, tr("This chat cannot be read."), reason);
    });
    m_undoTimer.setSingleShot(true);
    m_undoTimer.setInterval(kUndoMs);
    connect(&m_undoTimer, &QTimer::timeout, m_undoBar, &MessageBar::dismiss);
    m_newsTimer.setSingleShot(true);
    m_newsTimer.setInterval(kNewsMs);
    connect(&m_newsTimer, &QTimer::timeout, this, &ChatPage::dropNews);
}

void ChatPage::connectWidgets()
{
    connect(m_list, &ChatListView::chosen, &m_controller, &ChatController::select);
    connect(m_list, &ChatListView::newRequested, &m_actions[Act::NewChat], &QAction::trigger);
    connect(m_list, &ChatListView::deleteRequested, &m_controller, &ChatController::trashChat);
    connect(m_composer, &Composer::sendRequested, this, [this](const QString &text) {
        m_composer->setText({});
        m_controller.send(text);
        m_transcript->scrollToEnd();
    });
    connect(m_composer, &Composer::stopRequested, this, &ChatPage::stop);
    connect(m_composer, &Composer::unqueueRequested, this,
            [this] { m_composer->setText(m_controller.takeQueued()); });
    connect(m_composer, &Composer::editLastRequested, this, &ChatPage::editLastUserMessage);
    connect(m_composer, &Composer::undoRequested, &m_controller, &ChatController::undo);
    connect(m_composer, &Composer::redoRequested, &m_controller, &ChatController::redo);
    connect(m_composer, &Composer::browseRequested, this, &ChatPage::browse);
    connect(m_composer, &Composer::countRequested, this, &ChatPage::countTokens);
    connect(m_composer, &Composer::textEdited, this, [this] { m_controller.setDraft(m_composer->text()); });
    connect(m_sampling, &SamplingPanel::settingsChanged, &m_controller, &ChatController::setSettings);
    connect(m_transcript, &TranscriptView::commandChosen, this,
            [this](MessageCommand command, int row) { obey(m_controller, command, row); });
    connect(m_transcript, &TranscriptView::edited, &m_controller, &ChatController::edit);
    connect(m_transcript, &TranscriptView::noticeVerbPressed, &m_actions[Act::LoadModel], &QAction::trigger);
    connect(m_transcript, &TranscriptView::typed, m_composer, &Composer::insert);
    connect(m_transcript, &TranscriptView::currentRowChanged, this, &ChatPage::updateActions);
    connect(m_transcript, &TranscriptView::saveCodeRequested, this,
            [this](const QString &code, const QString &language) {
                saveText(tr("Save code"),
                         QStringLiteral("code.") + (language.isEmpty() ? QStringLiteral("txt") : language),
                         code);
            });
    connect(m_empty, &EmptyChat::exampleChosen, this, [this](const QString &text) {
        m_controller.send(text);
        m_composer->setFocus();
    });
    connect(m_empty, &EmptyChat::loadRequested, &m_actions[Act::LoadModel], &QAction::trigger);
    connect(m_empty, &EmptyChat::demoRequested, &m_actions[Act::LoadDemo], &QAction::trigger);
    connect(m_undoBar, &MessageBar::verbPressed, &m_controller, &ChatController::undo);
    connect(m_bar, &MessageBar::remedyChosen, this, &ChatPage::followRemedy);
}

void ChatPage::connectActions()
{
    const auto on = [this](Act act, auto function) {
        connect(&m_actions[act], &QAction::triggered, this, function);
    };
    // Commands that mean the chat in sight do nothing while another page is shown.
    const auto here = [this, on](Act act, auto function) {
        on(act, [this, function] {
            if (isVisible()) function();
        });
    };
    on(Act::NewChat, [this] {
        m_actions[Act::PageChat].trigger();
        m_controller.newChat();
        m_composer->setFocus();
    });
    on(Act::FocusComposer, [this] { m_composer->setFocus(); });
    on(Act::ToggleChatList, [this] {
        if (m_actions[Act::ToggleChatList].isChecked()) showList();
        m_listMadeRoom = false;
        fitPanels();
    });
    on(Act::ToggleSampling, [this] {
        m_actions[Act::ToggleMixer].setChecked(false);
        fitPanels();
    });
    m_actions[Act::ToggleChatList].setChecked(true);
    m_actions[Act::ToggleSampling].setChecked(false);
    on(Act::Stop, [this] { stop(); });
    here(Act::Regenerate, [this] { m_controller.regenerate(m_transcript->commandRow()); });
    here(Act::Continue, [this] { m_controller.continueAnswer(m_transcript->commandRow()); });
    here(Act::PreviousAlternative, [this] { m_controller.showSibling(m_transcript->commandRow(), -1); });
    here(Act::NextAlternative, [this] { m_controller.showSibling(m_transcript->commandRow(), 1); });
    here(Act::EditMessage, [this] {
        if (m_transcript->currentRow() >= 0)
            m_transcript->editRow(m_transcript->currentRow());
        else
            editLastUserMessage();
    });
    here(Act::FoldThinking, [this] { m_transcript->toggleThinking(); });
    here(Act::CopyAnswer, [this] { copyAnswer(); });
    here(Act::RenameChat, [this] {
        showList();
        m_list->clearFilter(); // it may hide the chat
        m_list->setCurrent(m_controller.current());
        m_list->renameCurrent();
    });
    here(Act::DeleteChat, [this] { m_controller.trashChat(m_controller.current()); });
    here(Act::Find, [this] {
        showList();
        m_list->focusFilter();
    });
    here(Act::SaveState, [this] { saveState(); });
    here(Act::ExportChat, [this] { exportChat(); });
    // A text field takes its own changes back; that of the composer asks the controller when it has none.
    const auto isField = [](const char *slot) {
        const QWidget *focus = QApplication::focusWidget();
        return focus && focus->metaObject()->indexOfSlot(slot) >= 0;
    };
    here(Act::Undo, [this, isField] {
        if (!isField("undo()")) m_controller.undo();
    });
    here(Act::Redo, [this, isField] {
        if (!isField("redo()")) m_controller.redo();
    });
    connect(&m_actions, &Actions::openStateRequested, this, &ChatPage::openState);
}

void ChatPage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    fitPanels();
}

void ChatPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    updateActions();
}

void ChatPage::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    updateActions();
}

/// The list; where there is no room for both, in the place of the sampling panel.
void ChatPage::showList()
{
    m_actions[Act::ToggleChatList].setChecked(true);
    if (isNarrow()) {
        m_actions[Act::ToggleSampling].setChecked(false);
        m_actions[Act::ToggleMixer].setChecked(false);
    }
    fitPanels();
}

bool ChatPage::isNarrow() const
{
    const QWidget *panel = sidePanel() ? sidePanel() : m_sampling;
    return width() < kListWidth + kLeastCentre + panel->minimumSizeHint().width();
}

void ChatPage::fitPanels()
{
    QAction &list = m_actions[Act::ToggleChatList];
    const bool noRoom = sidePanel() && isNarrow();
    if (noRoom && list.isChecked()) {
        m_listMadeRoom = true;
        list.setChecked(false);
    } else if (!noRoom && m_listMadeRoom) {
        m_listMadeRoom = false;
        list.setChecked(true);
    }
    m_list->setVisible(list.isChecked());
    m_sampling->setVisible(sidePanel() == m_sampling);
    m_mixer->setVisible(sidePanel() == m_mixer);
    m_mix->setVisible(sidePanel() != m_mixer); // it is there, too
    showLanes();
}

void ChatPage::showChat()
{
    m_undoBar->dismiss();
    m_transcript->setModel(m_controller.transcript());
    m_composer->setText(m_controller.draft());
    m_list->setCurrent(m_controller.current());
    showSettings();
    showState();
}

/// Good news goes away by itself.
void ChatPage::showNews(const QString &text, const QString &detail)
{
    m_bar->showMessage(MessageBar::Kind::Info, text, detail);
    m_newsTimer.start();
    m_newsText = text;
}

void ChatPage::dropNews()
{
    m_newsTimer.stop();
    if (!m_newsText.isEmpty() && m_bar->text() == m_newsText) // else it shows something else by now
        m_bar->dismiss();
    m_newsText.clear();
}

void ChatPage::showSettings()
{
    if (!(m_sampling->settings() == m_controller.settings()))
        m_sampling->setSettings(m_controller.settings());
    showState();
}

void ChatPage::showState()
{
    const bool hasMessages = m_controller.transcript()->rowCount() > 0;
    m_stack->setCurrentWidget(hasMessages || !m_controller.isRead() ? static_cast<QWidget *>(m_transcript)
                                                                    : m_empty);
    m_title->setText(m_controller.title().isEmpty() ? tr("New chat") : m_controller.title());
    m_state->setState(m_controller.stateFile(), m_controller.stateProblem());
    m_state->setEnabled(!m_controller.isGenerating());
    const Preset *preset = m_controller.presets().matching(m_controller.settings());
    const QString loading = m_controller.isModelLoading() ? m_controller.loadingText() : QString();
    m_empty->showModel(m_controller.modelName(), preset ? preset->name : tr("own values"), loading);
    m_composer->setGenerating(m_controller.isGenerating());
    m_composer->setQueued(m_controller.queued());
    m_composer->setPlaceholder(
        m_controller.hasModel() ? tr("Write a message")
                                : tr("Load a model to answer (Ctrl+L). You can still write; it will wait."));
    QString notice;
    QString verb;
    if (m_controller.isWaiting() && m_controller.isModelLoading()) {
        notice = tr("Waiting for the model · %1").arg(m_controller.loadingText());
    } else if (m_controller.isWaiting() && m_controller.hasModel()) {
        notice = tr("Opening the state…");
    } else if (m_controller.isWaiting()) {
        notice = tr("Waiting for a model. The message is answered when one is ready.");
        verb = tr("Load a model (Ctrl+L)");
    }
    m_transcript->setNotice(notice, verb);
    m_list->setCurrent(m_controller.current());
    updateActions();
}

/// A command that means the chat in sight: it is also unavailable while another page is shown.
void ChatPage::allow(Act act, bool possible, const QString &reason)
{
    const bool inSight = isVisible();
    m_actions.setAvailable(act, possible && inSight, inSight ? reason : tr("Go to the chats first (Alt+1)."));
}

void ChatPage::updateActions()
{
    const TranscriptModel &model = *m_controller.transcript();
    const bool has = model.rowCount() > 0;
    const bool generating = m_controller.isGenerating();
    const int row = m_transcript->commandRow();
    const bool hasRow = row >= 0 && row < model.rowCount();
    const bool isNote = hasRow && model.at(row).role == NodeRole::Note;
    const QString empty = tr("This chat has no messages yet.");
    const QString busy = tr("An answer is being written.");
    const QString note = tr("This is the memory that the chat began with.");
    // An answer is stopped from every page.
    m_actions.setAvailable(Act::Stop, generating || m_controller.isWaiting(),
                           tr("Nothing is being written."));
    allow(Act::Regenerate, hasRow && !isNote, has ? note : empty);
    allow(Act::Continue, hasRow && !isNote && !generating, generating ? busy : has ? note : empty);
    allow(Act::EditMessage, has, empty);
    allow(Act::FoldThinking, has, empty);
    allow(Act::CopyAnswer, lastAnswer() >= 0, tr("Nothing was answered yet."));
    allow(Act::ExportChat, has, empty);
    allow(Act::SaveState, has && m_controller.hasModel() && !generating,
          !has         ? empty
          : generating ? busy
                       : tr("No model is loaded."));
    const bool isListed = m_controller.chats().indexOf(m_controller.current()).isValid();
    allow(Act::DeleteChat, isListed, empty);
    allow(Act::RenameChat, isListed, empty);
    const QString alone = tr("The message has no alternatives.");
    allow(Act::PreviousAlternative, hasRow && model.siblingIndex(row) > 0, alone);
    allow(Act::NextAlternative, hasRow && model.siblingIndex(row) + 1 < model.siblingCount(row), alone);
}

int ChatPage::lastAnswer() const
{
    const TranscriptModel &model = *m_controller.transcript();
    for (int row = model.rowCount() - 1; row >= 0; --row) {
        if (model.at(row).role == NodeRole::Assistant && !model.at(row).text.isEmpty()) return row;
    }
    return -1;
}

void ChatPage::offerUndo(const QString &what)
{
    showState();
    m_undoBar->showMessage(MessageBar::Kind::Info, what, {}, tr("Undo"));
    m_undoTimer.start();
}

void ChatPage::reportHistory(const HistoryReport &report)
{
    using Kind = MessageBar::Kind;
    switch (report.state) {
    case HistoryState::Closed:
        break;
    case HistoryState::Ready:
        if (report.interrupted > 0)
            m_bar->showMessage(Kind::Info, tr("Rookery closed unexpectedly. Nothing is missing."));
        break;
    case HistoryState::Recovered:
        m_bar->showMessage(Kind::Warning,
                           tr("The file of chats was damaged. It was put aside and a new one was begun."),
                           report.movedTo);
        break;
    case HistoryState::TooNew:
        m_bar->showMessage(Kind::Warning,
                           tr("The chats were written by a newer Rookery and were left as they are. Chats of "
                              "this session are not saved."),
                           report.detail);
        break;
    case HistoryState::ReadOnly:
        m_bar->showMessage(Kind::Warning,
                           tr("The chats can be read but not changed. Chats of this session are not saved."),
                           report.detail);
        break;
    case HistoryState::Failed:
        m_bar->showMessage(Kind::Error,
                           tr("The chats cannot be opened. Chats of this session are not saved."),
                           report.detail);
        break;
    }
    showChat();
}

void ChatPage::obey(ChatController &chats, MessageCommand command, int row)
{
    switch (command) {
    case MessageCommand::Regenerate:
        return chats.regenerate(row);
    case MessageCommand::Continue:
        return chats.continueAnswer(row);
    case MessageCommand::Fork:
        return chats.fork(row);
    case MessageCommand::Delete:
        return chats.remove(row);
    case MessageCommand::PreviousAlternative:
        return chats.showSibling(row, -1);
    case MessageCommand::NextAlternative:
        return chats.showSibling(row, 1);
    default:
        return; // the view does the rest by itself
    }
}

void ChatPage::editLastUserMessage()
{
    const TranscriptModel &model = *m_controller.transcript();
    for (int row = model.rowCount() - 1; row >= 0; --row) {
        if (model.at(row).role != NodeRole::User) continue;
        m_transcript->setCurrentRow(row);
        m_transcript->editRow(row);
        return;
    }
}

void ChatPage::browse(int step)
{
    m_transcript->setFocus();
    m_transcript->moveCurrent(step);
}

void ChatPage::stop()
{
    const QString queued = m_controller.takeQueued();
    if (!queued.isEmpty()) m_composer->insert(queued); // it was to follow an answer that now does not come
    m_controller.stop();
}

void ChatPage::countTokens(const QString &text)
{
    if (text.isEmpty() || !m_controller.hasModel() || !m_bridge.hasEngine()) {
        m_composer->setTokenCount(-1);
        return;
    }
    m_countJob = m_bridge.engine().tokenize(text.toStdString());
}

void ChatPage::takeEvent(const engine::Event &event)
{
    const auto *unloaded = std::get_if<engine::event::ModelUnloaded>(&event);
    if (unloaded && unloaded->reason.code() != engine::ErrorCode::None) m_bar->showError(unloaded->reason);
    if (engine::jobOf(event) != m_countJob) return;
    const auto *tokenized = std::get_if<engine::event::Tokenized>(&event);
    m_composer->setTokenCount(tokenized ? int(tokenized->tokens.size()) : -1);
}

void ChatPage::followRemedy(Remedy remedy)
{
    switch (remedy) {
    case Remedy::LoadModel:
    case Remedy::ChooseModel:
        return m_actions[Act::LoadModel].trigger();
    case Remedy::ShowLog:
        return m_actions[Act::PageLog].trigger();
    case Remedy::ChooseFolder:
        return saveState();
    default:
        m_bar->dismiss();
    }
}

} // namespace gui
