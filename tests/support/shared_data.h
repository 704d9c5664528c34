#pragma once

// Test data that is not part of the repository. Tests skip by name where it is absent.

#include <QFileInfo>
#include <QString>

namespace support
{

/// Path of a file in the shared data folder, or an empty string where it is absent.
inline QString sharedData(const QString &name)
{
    QString root = qEnvironmentVariable("ROOKERY_SHARED");
    if (root.isEmpty()) root = QStringLiteral(ROOKERY_SOURCE_DIR "/../shared");
    const QString path = root + QStringLiteral("/data/") + name;
    return QFileInfo::exists(path) ? path : QString();
}

} // namespace support
