#include "gui/server_key.h"

#include "engine/server/server.h"

#include <QFile>
#include <QSaveFile>

namespace gui
{
namespace
{

constexpr qint64 kMostBytes = 512;

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
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly)) return {};
    const bool isPrivate = file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    if (!isPrivate || file.write(key.toUtf8() + '\n') < 0 || !file.commit()) return {};
    return key;
}

} // namespace gui
