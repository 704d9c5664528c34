#pragma once

#include <QLocalServer>
#include <QLocalSocket>
#include <QLockFile>
#include <QObject>
#include <QTimer>

namespace gui
{

/// Keeps two windows from using one folder of chats: the first start owns it, every further one hands over
/// what it was to open and ends. Nothing here waits. Thread: GUI.
class SingleInstance final : public QObject
{
    Q_OBJECT

public:
    static constexpr int kPatienceMs = 5000; ///< the first may be starting, or be busy for a moment

    /// Takes the folder, if nobody has it. One that cannot be written cannot be spoiled either: it is shared.
    explicit SingleInstance(const QString &folder, QObject *parent = nullptr);

    bool isFirst() const { return m_isFirst; }
    /// Asks the first start to come to the front and open `path` (nothing, if empty). Ends in handedOver() or
    /// notAnswered().
    void handOver(const QString &path, int patienceMs = kPatienceMs);

Q_SIGNALS:
    /// To the first: another start wants the window, and this opened in it.
    void openRequested(const QString &path);
    void handedOver();
    void notAnswered();

private:
    void listen();
    void receive(QLocalSocket *socket);
    void connectAgain();
    void send();

    const QString m_socketName;
    QLockFile m_lock;
    bool m_isFirst;
    QLocalServer m_server;
    QLocalSocket m_socket;
    QTimer m_retry;
    QTimer m_patience;
    QByteArray m_message;
};

} // namespace gui
