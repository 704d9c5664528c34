#pragma once

#include <QObject>
#include <QSettings>
#include <QStringList>
#include <QVariant>

namespace gui
{

/// What the user can set. Adding one = an enumerator here and a row in settings.cpp.
enum class Setting {
    ColorScheme,  ///< "system", "light", "dark"
    Language,     ///< "" (the desktop's), "en", "zh_CN", "ja"
    FontSize,     ///< of the user interface, in pixels at 100 %
    Threads,      ///< 0: one per processor
    CacheMB,      ///< budget of the prefix cache
    ModelFolders, ///< searched besides the default folder
    ModelFiles,   ///< single files that were dropped or opened
    ReloadModel,  ///< load the model of last time at start
    ServerAddress,
    ServerPort,
    ServerKey,  ///< ask for a key on loopback too
    ServerRows, ///< of models that requests load; 0: chosen by the engine
    ServerQueue,
    ServerBodyMB,
    ServerModels, ///< folders beneath which requests may name files; empty: none
    ServerStates,
    ServerAdapters,
    ServerAtStart, ///< turn it on with the program
    ServerOpenTo,  ///< the address that was confirmed though it lets others in
    ServerOrigins, ///< web pages that may call the server
};

/// The user's choices, in an INI file; and, apart from them, what the window remembers by itself.
///
/// Every value read is checked: a damaged file gives defaults, never an error. Thread: GUI.
class Settings final : public QObject
{
    Q_OBJECT

public:
    /// `configFolder` holds rookery.ini, `stateFolder` ui.ini.
    Settings(const QString &configFolder, const QString &stateFolder, QObject *parent = nullptr);

    QVariant value(Setting setting) const;
    int number(Setting setting) const { return value(setting).toInt(); }
    QString text(Setting setting) const { return value(setting).toString(); }
    QStringList list(Setting setting) const { return value(setting).toStringList(); }
    bool isOn(Setting setting) const { return value(setting).toBool(); }

    /// Values out of range are brought into it; emits changed() if the value is another than before.
    void setValue(Setting setting, const QVariant &value);
    void reset(Setting setting);
    bool isDefault(Setting setting) const;
    static QVariant defaultValue(Setting setting);

    /// Geometry, column widths, recent models.
    QSettings &ui() { return m_ui; }

Q_SIGNALS:
    void changed(gui::Setting setting);

private:
    QSettings m_settings;
    QSettings m_ui;
};

} // namespace gui
