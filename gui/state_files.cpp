#include "gui/state_files.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QPromise>
#include <QThreadPool>

#include <memory>

namespace gui
{
namespace
{

/// A file in the trash has a note of where it came from; without the file it is nothing.
void removeTrashNote(const QString &inTrash)
{
    const QFileInfo info(inTrash);
    QDir trash = info.dir();
    if (trash.dirName() == QLatin1String("files") && trash.cdUp())
        QFile::remove(
            trash.filePath(QStringLiteral("info/") + info.fileName() + QStringLiteral(".trashinfo")));
}

} // namespace

void StateFiles::run(const QString &what, const std::function<Outcome()> &work,
                     const std::function<void(const QString &)> &then)
{
    if (m_isBusy) return;
    m_isBusy = true;
    auto promise = std::make_shared<QPromise<Outcome>>(); // shared: the pool wants a copyable function
    promise->start();
    QThreadPool::globalInstance()->start([promise, work] {
        promise->addResult(work());
        promise->finish();
    });
    promise->future().then(this, [this, what, then](const Outcome &outcome) {
        m_isBusy = false;
        if (outcome.path.isEmpty())
            Q_EMIT failed(what, outcome.problem);
        else
            then(outcome.path);
    });
}

void StateFiles::rename(const QString &path, const QString &name)
{
    const QFileInfo before(path);
    const QString stem = name.trimmed();
    const QString what = tr("%1 could not be renamed.").arg(before.fileName());
    if (stem.isEmpty() || stem.startsWith(QLatin1Char('.')) || stem.contains(QLatin1Char('/'))) {
        Q_EMIT failed(what, tr("“%1” is not a name for a file.").arg(stem));
        return;
    }
    const QString target = before.dir().filePath(stem + QLatin1Char('.') + before.suffix());
    if (target == path) return;
    const QString taken = tr("%1 is there already.").arg(target);
    run(
        what,
        [path, target, taken]() -> Outcome {
            if (QFileInfo::exists(target)) return {{}, taken};
            QFile file(path);
            return file.rename(target) ? Outcome{target, {}} : Outcome{{}, file.errorString()};
        },
        [this, path](const QString &now) {
            m_from = path;
            m_now = now;
            Q_EMIT renamed(path, now);
        });
}

void StateFiles::moveToTrash(const QString &path)
{
    const QString none = tr("There is no trash for this folder; nothing was deleted.");
    run(
        tr("%1 could not be deleted.").arg(QFileInfo(path).fileName()),
        [path, none]() -> Outcome {
            QFile file(path);
            if (!file.moveToTrash()) return {{}, file.error() ? file.errorString() : none};
            return {file.fileName(), {}}; // where it is now
        },
        [this, path](const QString &now) {
            m_from = path;
            m_now = now;
            Q_EMIT deleted(path);
        });
}

void StateFiles::undo()
{
    if (!canUndo()) return;
    const QString taken = tr("%1 is there already.").arg(m_from);
    run(
        tr("The change could not be taken back."),
        [from = m_from, now = m_now, taken]() -> Outcome {
            if (QFileInfo::exists(from)) return {{}, taken};
            QFile file(now);
            if (!file.rename(from)) return {{}, file.errorString()};
            removeTrashNote(now);
            return {from, {}};
        },
        [this](const QString &path) {
            m_from.clear();
            Q_EMIT undone(path);
        });
}

} // namespace gui
