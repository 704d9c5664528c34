#pragma once

#include <QFileSystemWatcher>
#include <QObject>
#include <QStringList>
#include <QThread>
#include <QTimer>

namespace gui
{

/// Watches folders for changes without ever making the GUI wait for a disk: its worker lives on a thread of
/// its own. Thread: GUI; the signals arrive there.
class FolderWatch final : public QObject
{
    Q_OBJECT

public:
    explicit FolderWatch(QObject *parent = nullptr);
    ~FolderWatch() override;

    /// Replaces the folders watched; missing() follows.
    void setFolders(const QStringList &folders);

Q_SIGNALS:
    /// Which of the folders are not there; after every setFolders() and whenever it changes.
    void missing(const QStringList &folders);
    /// Something in one of the folders changed; at most once a second.
    void changed();

    void foldersSet(const QStringList &folders); ///< to the worker

private:
    QThread m_thread;
};

} // namespace gui
