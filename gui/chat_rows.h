#pragma once

#include <QJsonObject>
#include <QMetaType>
#include <QString>
#include <QVector>

namespace gui
{

using ChatId = qint64; ///< 0 = none
using NodeId = qint64; ///< 0 = none; as a parent: the root of the chat

/// A fresh id for a chat or a message: sorts by the time it was made, unique across programs on one database.
qint64 newId();
/// The moment an id was made, in ms since the epoch.
qint64 timeOfId(qint64 id);

/// Note: text that stands in the transcript but is never sent to the model (the past of an opened state).
enum class NodeRole : int { User = 0, Assistant = 1, Note = 2 };
enum class NodeStatus : int { Done = 0, Generating = 1, Stopped = 2, Failed = 3 };

/// One conversation in the history. A conversation is a tree of nodes; `leaf` ends the path that is shown.
struct ChatRow {
    ChatId id = 0;
    QString title;
    QString model;  ///< name of the model that answered last
    QString preset; ///< generation settings as JSON, see presets.h
    QString draft;  ///< text in the composer, not sent yet
    QString origin; ///< state file the conversation began from; empty: an empty memory
    NodeId leaf = 0;
    qint64 updatedMs = 0;
};

/// One message. Text only ever grows; edits and other answers are further children of the same parent.
struct NodeRow {
    NodeId id = 0;
    ChatId chat = 0;
    NodeId parent = 0;
    NodeRole role = NodeRole::User;
    NodeStatus status = NodeStatus::Done;
    QString text;
    QString thinking;
    QJsonObject meta; ///< what the footer shows, see models/message.h
};

} // namespace gui

Q_DECLARE_METATYPE(gui::ChatRow)
Q_DECLARE_METATYPE(gui::NodeRow)
