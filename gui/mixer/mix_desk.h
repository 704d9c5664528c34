#pragma once

#include "gui/mixer/mix_store.h"
#include "gui/mixer/mixer_model.h"

#include "gui/chat_rows.h"

#include "engine/engine.h"

#include <QHash>
#include <QObject>

#include <optional>

namespace gui
{

class ChatController;
class EngineBridge;
class Library;
struct Message;

/// What stands behind the mixer, wherever it is shown: the mix of the current chat as strips, the states that
/// can become voices, the mixes that were saved, meters, and what a mix needs. Thread: GUI.
class MixDesk final : public QObject
{
    Q_OBJECT

public:
    struct Choice {
        QString name, path; ///< path empty: the base
        QString about;
        QString problem; ///< why the loaded model cannot use it; empty: it can, or no model says otherwise
        bool isTaken = false;
    };
    /// What the mix takes of the loaded model.
    struct Needs {
        int rows = 0;
        std::size_t bytes = 0; ///< of their states; 0: no model is loaded
        int slots = 0;         ///< of the model; 0: none is loaded
        int free = 0;
    };

    MixDesk(EngineBridge &bridge, ChatController &chats, Library &library, QObject *parent = nullptr);

    /// Keeps the saved mixes in this folder.
    void openFolder(const QString &folder);

    MixerModel &model() { return m_model; }
    MixStore &store() { return m_store; }
    ChatController &chats() { return m_chats; }

    QVector<Choice> choices() const;
    /// Why a voice cannot be used with the loaded model; empty: nothing is known against it.
    QString problemOf(const MixVoice &voice) const;
    /// Adds a voice, or says why not with MixerModel::resisted.
    bool addVoice(const QString &path);
    /// Adds a state file, wherever it is, once the engine has looked into it; says why not otherwise.
    void dropState(const QString &path);
    Needs needs() const;
    /// The demonstration pack's pirate and poet; nullopt: they are not there.
    std::optional<Mix> exampleMix() const;
    /// Switches the current chat to no mix; the strips stay.
    void useNone();
    /// The running answer's voices or rule are others than the strips': they hold from the next answer on.
    bool waitsForNextAnswer() const;

    /// Row of the answer whose lanes are shown: `wanted` if a mix gave it, else the newest; -1: none.
    int answerRow(int wanted) const;
    const Message *message(int row) const;

Q_SIGNALS:
    void changed(); ///< choices, problems or needs

private:
    void takeMix();
    void showMeters(NodeId node);
    void showLastMeters();
    void handle(const engine::Event &event);
    void takeSnapshot(const engine::Snapshot &snapshot);

    EngineBridge &m_bridge;
    ChatController &m_chats;
    Library &m_library;
    MixerModel m_model;
    MixStore m_store;
    QHash<engine::JobId, QString> m_drops; ///< files that are looked into
    int m_slots = 0;
    int m_busy = 0;
    std::size_t m_stateBytes = 0;
};

} // namespace gui
