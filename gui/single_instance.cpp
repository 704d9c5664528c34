#include "gui/single_instance.h"

#include "engine/engine.h"

#include <QCryptographicHash>
#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>

namespace gui
{
namespace
{

constexpr int kRetryMs = 50;
constexpr qint64 kLongestMessage = 64 << 10;
constexpr int kWarning = 3;
constexpr auto kPath = "open";
constexpr auto kToken = "activation"; ///< lets a Wayland window come to the front
constexpr auto kTokenVariable = "XDG_ACTIVATION_TOKEN";
constexpr auto kAnswer = "ok\n";

/// Short, because the operating system allows about a hundred bytes, and only this user can reach it.
QString socketNameFor(const QString &folder)
{
    const QByteArray hash =
        QCryptographicHash::hash(QDir(folder).canonicalPath().toUtf8(), QCryptographicHash::Sha256);
    const QString runtime = qEnvironmentVariable("XDG_RUNTIME_DIR");
    return QStringLiteral("%1/rookery-%2.sock")
        .arg(runtime.isEmpty() ? folder : runtime, QString::fromLatin1(hash.toHex().left(16)));
}

} // namespace

SingleInstance::SingleInstance(const QString &folder, QObject *parent)
    : QObject(parent)
    , m_socketName(socketNameFor(folder))
    , m_lock(folder + QStringLiteral("/rookery.lock"))
{
    m_lock.setStaleLockTime(0); // only the lock of a program that is gone is taken over
    m_isFirst = m_lock.tryLock(0) || m_lock.error() != QLockFile::LockFailedError;
    connect(&m_server, &QLocalServer::newConnection, this, [this] {
        QLocalSocket *socket = m_server.nextPendingConnection();
        connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
        connect(socket, &QLocalSocket::readyRead, this, [this, socket] { receive(socket); });
    });
    connect(&m_socket, &QLocalSocket::connected, this, &SingleInstance::send);
    connect(&m_socket, &QLocalSocket::readyRead, this, [this] {
        m_patience.stop();
        Q_EMIT handedOver();
    });
    m_retry.setInterval(kRetryMs);
    connect(&m_retry, &QTimer::timeout, this, &SingleInstance::connectAgain);
    m_patience.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this, [this] {
        m_retry.stop();
        Q_EMIT notAnswered();
    });
    if (m_isFirst) listen();
}

void SingleInstance::listen()
{
    QLocalServer::removeServer(m_socketName); // of a program that is gone: the lock is ours
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    if (!m_server.listen(m_socketName))
        engine::log(kWarning, "gui",
                    "further starts cannot be answered: " + m_server.errorString().toStdString());
}

void SingleInstance::receive(QLocalSocket *socket)
{
    if (socket->bytesAvailable() > kLongestMessage) {
        socket->abort();
        return;
    }
    if (!socket->canReadLine()) return;
    const QJsonObject message = QJsonDocument::fromJson(socket->readLine()).object();
    socket->write(kAnswer);
    const QByteArray token = message[QLatin1String(kToken)].toString().toUtf8();
    if (!token.isEmpty()) qputenv(kTokenVariable, token);
    Q_EMIT openRequested(message[QLatin1String(kPath)].toString());
}

void SingleInstance::handOver(const QString &path, int patienceMs)
{
    QJsonObject message{{QLatin1String(kPath), path}};
    if (const QString token = qEnvironmentVariable(kTokenVariable); !token.isEmpty())
        message[QLatin1String(kToken)] = token;
    m_message = QJsonDocument(message).toJson(QJsonDocument::Compact) + '\n';
    m_patience.start(patienceMs);
    m_retry.start();
    connectAgain();
}

/// The first start may hold the lock and not listen yet.
void SingleInstance::connectAgain()
{
    if (m_socket.state() == QLocalSocket::UnconnectedState) m_socket.connectToServer(m_socketName);
}

void SingleInstance::send()
{
    m_retry.stop();
    m_socket.write(m_message);
}

} // namespace gui
