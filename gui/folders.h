#pragma once

#include <QString>

namespace gui
{

/// Where this user's files live. All four exist after useFolders().
struct Folders {
    QString config; ///< rookery.ini
    QString data;   ///< chats, states, models
    QString state;  ///< window geometry, recent files
    QString cache;  ///< may be deleted at any time
    QString defaultModels() const { return data + QStringLiteral("/models"); }
};

/// The folders of the desktop's conventions or, with a profile, those inside `profile` alone. Creates them.
/// To be called once, before anything asks folders().
void useFolders(const QString &profile);
const Folders &folders();

/// Opens the folder of the file in the desktop's file manager.
void showInFiles(const QString &path);

} // namespace gui
