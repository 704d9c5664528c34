#pragma once

#include "gui/chat_controller.h"
#include "gui/error_text.h"
#include "gui/mixer/mix_desk.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QSplitter;
class QStackedWidget;

namespace gui
{

class Actions;
class ChatListView;
class Composer;
class EmptyChat;
class EngineBridge;
class Library;
class MessageBar;
class MixChip;
class MixerLanePanel;
class MixerPanel;
class StateChip;
class SamplingPanel;
class TranscriptView;
enum class Act;
enum class MessageCommand;

/// The conversations: list of chats, transcript, composer, sampling panel. Thread: GUI.
class ChatPage final : public QWidget
{
    Q_OBJECT

public:
    ChatPage(EngineBridge &bridge, Actions &actions, Library &library, QWidget *parent = nullptr);
    ~ChatPage() override;

    /// Keeps chats and presets in this folder (see ChatController::openFolder).
    void openFolder(const QString &folder)
    {
        m_controller.openFolder(folder);
        m_desk.openFolder(folder);
    }
    /// Begins a chat from a state file.
    void openState(const QString &path) { m_controller.openState(path); }
    ChatController &controller() { return m_controller; }
    MixDesk &mixDesk() { return m_desk; }
    /// Does what was chosen for a message, where the transcript does not do it by itself.
    static void obey(ChatController &chats, MessageCommand command, int row);
    TranscriptView &transcript() { return *m_transcript; }

protected:
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    static constexpr int kListWidth = 240;

    void build();
    QWidget *buildHeader();
    QWidget *buildCentre();
    void connectController();
    void connectWidgets();
    void connectActions();
    void showChat();
    void showState();
    void showSettings();
    void showList();
    void showNews(const QString &text, const QString &detail = {});
    void dropNews();
    void fitPanels();
    bool isNarrow() const;
    // chat_page_mixer.cpp
    void connectMixer();
    void showLanes();
    QWidget *sidePanel() const; ///< the one that shows at the right; nullptr: none
    void updateActions();
    void allow(Act act, bool possible, const QString &reason);
    void offerUndo(const QString &what);
    void reportHistory(const HistoryReport &report);
    void editLastUserMessage();
    void browse(int step);
    void stop();
    void countTokens(const QString &text);
    void takeEvent(const engine::Event &event);
    void followRemedy(Remedy remedy);
    void tellMissing(const QString &path, const engine::Error &error);
    void chooseState(const QString &path);
    void saveState();
    void exportChat();
    void copyAnswer();
    int lastAnswer() const; ///< its row; -1: there is none with a text
    void saveText(const QString &title, const QString &name, const QString &text);

    EngineBridge &m_bridge;
    Actions &m_actions;
    Library &m_library;
    ChatController m_controller;
    MixDesk m_desk;
    QSplitter *m_splitter;
    ChatListView *m_list;
    SamplingPanel *m_sampling;
    MixerPanel *m_mixer;
    MixerLanePanel *m_lanes;
    MixChip *m_mix;
    QLabel *m_title;
    StateChip *m_state;
    MessageBar *m_bar;
    MessageBar *m_undoBar;
    QTimer m_undoTimer;
    QTimer m_newsTimer;
    QString m_newsText; ///< what m_bar shows and may go away by itself
    QStackedWidget *m_stack;
    EmptyChat *m_empty;
    TranscriptView *m_transcript;
    Composer *m_composer;
    engine::JobId m_countJob = 0;
    bool m_tellsMissing = false; ///< m_bar shows that the current chat's state cannot be opened
    bool m_listMadeRoom = false; ///< hidden because the window is narrow; it comes back
};

} // namespace gui
