#include "gui/folder_watch.h"

#include <QFileInfo>

#include <memory>

namespace gui
{
namespace
{

constexpr int kSettleMs = 1000; // a file that is being copied changes its folder many times

/// Lives on FolderWatch's thread.
class Worker final : public QObject
{
    Q_OBJECT

public:
    void setFolders(const QStringList &folders)
    {
        prepare();
        m_folders = folders;
        if (const QStringList watched = m_watcher->directories(); !watched.isEmpty())
            m_watcher->removePaths(watched);
        m_missing.clear();
        for (const QString &folder : folders) {
            if (QFileInfo(folder).isDir())
                m_watcher->addPath(folder);
            else
                m_missing.append(folder);
        }
        Q_EMIT missing(m_missing);
    }

Q_SIGNALS:
    void missing(const QStringList &folders);
    void changed();

private:
    /// Created here, not in the constructor, so that they belong to this thread.
    void prepare()
    {
        if (m_watcher) return;
        m_watcher = std::make_unique<QFileSystemWatcher>();
        m_settle = std::make_unique<QTimer>();
        m_settle->setSingleShot(true);
        m_settle->setInterval(kSettleMs);
        connect(m_watcher.get(), &QFileSystemWatcher::directoryChanged, m_settle.get(),
                qOverload<>(&QTimer::start));
        connect(m_settle.get(), &QTimer::timeout, this, &Worker::settle);
    }

    void settle()
    {
        setFolders(m_folders); // a folder removed is no longer watched, one that came back is again
        Q_EMIT changed();
    }

    QStringList m_folders, m_missing;
    std::unique_ptr<QFileSystemWatcher> m_watcher;
    std::unique_ptr<QTimer> m_settle;
};

} // namespace

FolderWatch::FolderWatch(QObject *parent)
    : QObject(parent)
{
    auto *worker = new Worker;
    worker->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, worker, &QObject::deleteLater);
    connect(this, &FolderWatch::foldersSet, worker, &Worker::setFolders);
    connect(worker, &Worker::missing, this, &FolderWatch::missing);
    connect(worker, &Worker::changed, this, &FolderWatch::changed);
    m_thread.start();
}

FolderWatch::~FolderWatch()
{
    m_thread.quit();
    m_thread.wait();
}

void FolderWatch::setFolders(const QStringList &folders) { Q_EMIT foldersSet(folders); }

} // namespace gui

#include "folder_watch.moc"
