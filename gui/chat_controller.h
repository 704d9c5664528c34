#pragma once

#include "gui/history.h"
#include "gui/mixer/mix_states.h"
#include "gui/models/chat_list_model.h"
#include "gui/models/transcript_model.h"
#include "gui/presets.h"

#include "engine/engine.h"

#include <QElapsedTimer>
#include <QHash>
#include <QObject>
#include <QTimer>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace gui
{

class EngineBridge;

/// Everything the chat page does, without a widget: chats and their trees, history, and the answers that run.
///
/// One chat is current; any number may generate at once. Every change is kept at once and can be taken back
/// with undo() and made again with redo(). Rows mean the path of the current chat. Thread: GUI.
class ChatController final : public QObject
{
    Q_OBJECT

public:
    explicit ChatController(EngineBridge &bridge, QObject *parent = nullptr);
    ~ChatController() override;

    /// Reads and keeps chats.sqlite and presets.json in this folder. Without it nothing is kept.
    void openFolder(const QString &folder);

    ChatListModel &chats() { return m_list; }
    Presets &presets() { return m_presets; }
    History &history() { return m_history; }

    // The current chat.
    ChatId current() const { return m_current; }
    TranscriptModel *transcript() const;
    QString title() const;
    QString draft() const;
    QString queued() const;
    const GenerationSettings &settings() const;
    bool isGenerating() const;
    bool isWaiting() const; ///< a message waits for a model
    bool isRead() const;    ///< its messages are here, not still on disk

    // The model.
    bool hasModel() const { return m_hasModel; }
    bool isModelLoading() const { return m_loadJob != 0; }
    QString modelName() const { return m_modelName; }
    QString loadingText() const { return m_loadingText; }

    void newChat();
    void select(ChatId chat);
    void rename(ChatId chat, const QString &title);
    void trashChat(ChatId chat);
    void setDraft(const QString &text);
    void setSettings(const GenerationSettings &settings);

    /// The mix of the current chat; while its voices answer, its gates hold from the next token on.
    const Mix &mix() const;
    void setMix(const Mix &mix);
    /// The mix that is answering in the current chat; empty: none.
    const Mix &runningMix() const;
    /// Answers the message before `row` again, by the mix and seed of `row` and with this lane.
    void rerun(int row, const std::vector<engine::GatePoint> &lane);

    /// What an answer to `text`, or going on where the chat ends, would begin with: prompt and mix. nullopt
    /// while there is no mix, nothing to answer, or the states are being opened.
    std::optional<engine::GenerateSpec> nextAnswer(const QString &text);

    void send(const QString &text);
    void stop();
    QString takeQueued(); ///< empties the queue
    void regenerate(int row);
    void continueAnswer(int row);
    void edit(int row, const QString &text, bool answer);
    void showSibling(int row, int step);
    void fork(int row);
    void remove(int row);
    void undo();
    void redo(); ///< what undo() took back, until something else is changed
    bool canUndo() const { return !m_undo.empty(); }
    bool canRedo() const { return !m_redo.empty(); }

    void saveState(const QString &path);
    /// Begins a chat from a state file, with what it has read.
    void openState(const QString &path);
    /// Where the current chat begins: a state file, or an empty memory. What was answered stays; further
    /// answers of any branch begin there. Not while an answer is written.
    void chooseState(const QString &path);
    QString stateFile() const;    ///< of the current chat; empty: an empty memory
    QString stateProblem() const; ///< why it could not be opened; empty: nothing is known against it
    /// The current path as a Markdown text.
    QString asMarkdown() const;

Q_SIGNALS:
    void currentChanged();
    void chatRead();     ///< the current chat's messages have come from disk
    void stateChanged(); ///< generating, waiting, queue, model
    void settingsChanged();
    void mixChanged();
    /// Tokens of a mix came in the current chat.
    void voicesHeard(gui::NodeId node);
    /// Something was removed, or removed again; undo() brings it back.
    void undoOffered(const QString &what);
    void undone();
    void historyOpened(const gui::HistoryReport &report);
    void failed(const engine::Error &error);
    void stateSaved(const QString &path);
    /// A message of the current chat waits for an answer that cannot begin where it should.
    void stateMissing(const QString &path, const engine::Error &error);

private:
    struct Run {
        engine::JobId job = 0;
        NodeId node = 0;
        QElapsedTimer clock;
        QElapsedTimer sinceFirst;
        bool isContinued = false;
        MessageMeta before; ///< of the part that was there when an answer is continued
        double thinkingSeconds = 0;
        Mix mix;                                     ///< that answers; empty: none
        std::vector<float> gates;                    ///< that the engine was told last
        engine::JobId gateJob = 0;                   ///< that tells it others
        std::optional<std::vector<float>> nextGates; ///< to be told when it has ended
    };
    /// An answer that is given again.
    struct Replay {
        Mix mix;
        std::vector<engine::GatePoint> lane;
        QString seed;
    };
    /// What waits for a model or a state: an answer to `parent`, or more of `continued`.
    struct Waiting {
        NodeId parent = 0;
        NodeId continued = 0;
        std::optional<Replay> replay = {};
    };
    struct Chat {
        ChatRow row;
        bool inHistory = false;
        bool isRead = false;
        bool trashed = false; ///< not in the list until the deletion is undone
        std::unique_ptr<TranscriptModel> model;
        GenerationSettings settings;
        Mix mix;
        QString queued;
        std::optional<Run> run;
        std::optional<Waiting> waiting;
        engine::StateId state = 0; ///< opened from row.origin
        engine::JobId opening = 0;
        QString stateProblem;
    };

    /// One step of undo and redo.
    struct Change {
        QString what; ///< offered to be taken back; empty: what one sees is enough
        std::function<void()> back, again;
    };

    Chat &chat(ChatId id) { return *m_chats.at(id); }
    Chat &now() const { return *m_chats.at(m_current); }
    Chat *find(ChatId id) const;
    Chat &addChat(const ChatRow &row);
    void readHistory(const HistoryReport &report);
    void readNodes(ChatId id, const QVector<NodeRow> &nodes);
    void flushDraft();
    void keepDraft();
    void keep(Chat &c);
    void touch(Chat &c);
    void leafMoved(ChatId id, NodeId leaf);
    NodeId addNode(Chat &c, NodeRole role, NodeStatus status, NodeId parent, const QString &text,
                   const QString &thinking = {}, const MessageMeta &meta = {});
    void updateActivity(const Chat &c);
    void setTitle(ChatId id, const QString &title);

    // chat_undo.cpp
    void pushUndo(const QString &what, std::function<void()> back, std::function<void()> again);
    void branchMade(const Chat &c, NodeId before, NodeId node);
    void moveToTrash(ChatId id);
    QVector<NodeId> removeNode(ChatId id, NodeId node);

    // chat_answers.cpp
    void answer(Chat &c, NodeId parent);
    void ask(Chat &c, Waiting what);
    void begin(Chat &c, Waiting what);
    void resumeWaiting();
    engine::GenerateSpec specFor(const Chat &c, NodeId leaf) const;
    // chat_mix.cpp
    static const Mix &mixFor(const Chat &c, const Waiting &what);
    void mixInto(engine::GenerateSpec &spec, Run &run, const Chat &c, const Waiting &what);
    void moveGates(Chat &c);
    bool handleGates(Chat &c, const engine::Event &event);
    void voiceFailed(const QString &path, const engine::Error &error);
    static void keepLane(Message &message, const std::vector<engine::GatePoint> &lane, bool isContinued);

    void handle(const engine::Event &event);
    void handleModel(const engine::Event &event);
    void handleAnswer(Chat &c, const engine::Event &event);
    void takeChunk(Chat &c, const engine::event::TokenChunk &chunk);
    void finish(Chat &c, NodeStatus status, const std::function<void(MessageMeta &)> &change);
    void stop(Chat &c);

    // chat_states.cpp
    bool handleOpening(Chat &c, const engine::Event &event);
    void handleState(const engine::Event &event);
    void forgetOpening(Chat &c);
    void releaseState(Chat &c); ///< it is opened again from row.origin when it is needed
    void releaseStates();
    void adoptState(const QString &path, const engine::event::StateOpened &opened);
    void setStateFile(ChatId id, const QString &path);

    void takeSnapshot(const engine::Snapshot &snapshot);

    EngineBridge &m_bridge;
    MixStates m_mixStates;
    History m_history;
    Presets m_presets;
    ChatListModel m_list;
    std::map<ChatId, std::unique_ptr<Chat>> m_chats;
    ChatId m_current = 0;
    QTimer m_draftTimer;
    std::vector<Change> m_undo, m_redo; ///< latest last

    QHash<engine::JobId, ChatId> m_answers;   ///< jobs that run
    QHash<engine::JobId, QString> m_openings; ///< state files that will be new chats
    QHash<engine::JobId, QString> m_savings;
    bool m_hasModel = false;
    QString m_modelName;
    engine::JobId m_loadJob = 0;
    QString m_loadingText;
};

} // namespace gui
