#pragma once

#include <QFuture>
#include <QObject>
#include <QString>

#include <functional>

namespace gui
{

/// Renames and deletes state files on another thread; the last change can be taken back. What is deleted goes
/// to the desktop's trash; where there is none, nothing is deleted. Thread: GUI.
class StateFiles final : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// Keeps folder and ending. A file of that name is never replaced.
    void rename(const QString &path, const QString &name);
    void moveToTrash(const QString &path);
    void undo();
    bool isBusy() const { return m_isBusy; }
    bool canUndo() const { return !m_from.isEmpty() && !m_isBusy; }

Q_SIGNALS:
    void renamed(const QString &from, const QString &to);
    void deleted(const QString &path);
    void undone(const QString &path); ///< that is there again
    void failed(const QString &what, const QString &detail);

private:
    struct Outcome {
        QString path; ///< where the file is now; empty: nothing was changed
        QString problem;
    };
    void run(const QString &what, const std::function<Outcome()> &work,
             const std::function<void(const QString &)> &then);

    bool m_isBusy = false;
    QString m_from, m_now; ///< of the last change: where the file was, and is
};

} // namespace gui
