#include "gui/server_key.h"

#include "engine/server/server.h"

#include <QFile>
#include <QSaveFile>
#include <QUrl>

namespace gui
{
namespace
{

constexpr qint64 kMostBytes = 512;
constexpr qint64 kMostFileBytes = 256 << 10;
constexpr int kMostNameLetters = 60;

bool writePrivate(const QString &path, const QByteArray &bytes)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly)) return false;
    const bool isPrivate = file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    return isPrivate && file.write(bytes) == bytes.size() && file.commit();
}

} // namespace

QString readServerKey(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return {};
    const QByteArray line = file.read(kMostBytes + 2).split('\n').value(0).trimmed();
    return line.size() <= kMostBytes ? QString::fromUtf8(line) : QString();
}

QString makeServerKey(const QString &path)
{
    const QString key = QString::fromStdString(server::makeApiKey());
    return writePrivate(path, key.toUtf8() + '\n') ? key : QString();
}

std::vector<server::NamedKey> readServerKeys(const QString &path)
{
    std::vector<server::NamedKey> keys;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return keys;
    const QList<QByteArray> lines = file.read(kMostFileBytes).split('\n');
    for (const QByteArray &line : lines) {
        const qsizetype blank = line.indexOf(' ');
        const QString name = QString::fromUtf8(line.mid(blank + 1)).simplified().left(kMostNameLetters);
        if (blank < 1 || blank > kMostBytes || name.isEmpty()) continue;
        if (keys.size() == server::ServerOptions::kMostKeys) break;
        keys.push_back({name.toStdString(), line.left(blank).toStdString()});
    }
    return keys;
}

bool writeServerKeys(const QString &path, const std::vector<server::NamedKey> &keys)
{
    QByteArray bytes;
    for (const server::NamedKey &key : keys)
        bytes += QByteArray::fromStdString(key.key + ' ' + key.name) + '\n';
    return writePrivate(path, bytes);
}

QString originOf(const QString &text)
{
    const QUrl url(text.trimmed(), QUrl::StrictMode);
    const QString scheme = url.scheme();
    const bool isWeb = scheme == QLatin1String("http") || scheme == QLatin1String("https");
    const bool isMore = !url.userInfo().isEmpty() || url.hasQuery() || url.hasFragment() ||
                        (!url.path().isEmpty() && url.path() != QLatin1String("/"));
    if (!url.isValid() || !isWeb || url.host().isEmpty() || isMore) return {};
    const int usual = scheme == QLatin1String("http") ? 80 : 443;
    QString host = url.host(QUrl::FullyEncoded);
    if (host.contains(QLatin1Char(':'))) host = QLatin1Char('[') + host + QLatin1Char(']');
    const int port = url.port(usual);
    return scheme + QStringLiteral("://") + host +
           (port == usual ? QString() : QLatin1Char(':') + QString::number(port));
}

} // namespace gui
