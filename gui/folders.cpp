#include "gui/folders.h"

#include <QDesktopServices>
#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>
#include <QUrl>

namespace gui
{
namespace
{

Folders &current()
{
    static Folders f;
    return f;
}

/// QStandardPaths knows no place for state before Qt 6.7.
QString stateFolder()
{
#ifdef Q_OS_LINUX
    const QString home = qEnvironmentVariable("XDG_STATE_HOME");
    return (home.isEmpty() ? QDir::homePath() + QStringLiteral("/.local/state") : home) +
           QStringLiteral("/rookery");
#else
    return QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation) + QStringLiteral("/state");
#endif
}

Folders conventional()
{
    const auto place = [](QStandardPaths::StandardLocation location) {
        return QStandardPaths::writableLocation(location) + QStringLiteral("/rookery");
    };
    return {place(QStandardPaths::GenericConfigLocation), place(QStandardPaths::GenericDataLocation),
            stateFolder(), place(QStandardPaths::GenericCacheLocation)};
}

} // namespace

void useFolders(const QString &profile)
{
    if (profile.isEmpty()) {
        current() = conventional();
    } else {
        const QString root = QDir(profile).absolutePath();
        current() = {root + QStringLiteral("/config"), root + QStringLiteral("/data"),
                     root + QStringLiteral("/state"), root + QStringLiteral("/cache")};
    }
    const Folders &f = current();
    for (const QString &folder : {f.config, f.data, f.state, f.cache})
        QDir().mkpath(folder);
}

const Folders &folders()
{
    if (current().config.isEmpty()) useFolders({});
    return current();
}

void showInFiles(const QString &path)
{
    if (!path.isEmpty()) QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(path).absolutePath()));
}

} // namespace gui
