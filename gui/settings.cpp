#include "gui/settings.h"

#include <algorithm>
#include <array>

namespace gui
{
namespace
{

struct Row {
    Setting setting;
    const char *key;
    QVariant fallback;
    int low = 0, high = 0;    ///< of numbers
    QStringList choices = {}; ///< of texts; empty: any
};

const std::array<Row, 20> &rows()
{
    static const std::array<Row, 20> table = {{
        {Setting::ColorScheme,
         "appearance/scheme",
         QStringLiteral("system"),
         0,
         0,
         {QStringLiteral("system"), QStringLiteral("light"), QStringLiteral("dark")}},
        {Setting::Language,
         "appearance/language",
         QString(),
         0,
         0,
         {QString(), QStringLiteral("en"), QStringLiteral("zh_CN"), QStringLiteral("ja")}},
        {Setting::FontSize, "appearance/fontSize", 13, 10, 26},
        {Setting::Threads, "engine/threads", 0, 0, 1024},
        {Setting::CacheMB, "engine/cacheMB", 256, 0, 65536},
        {Setting::ModelFolders, "models/folders", QStringList()},
        {Setting::ModelFiles, "models/files", QStringList()},
        {Setting::ReloadModel, "models/reload", false},
        {Setting::ServerAddress, "server/address", QStringLiteral("127.0.0.1")},
        {Setting::ServerPort, "server/port", 8080, 1, 65535},
        {Setting::ServerKey, "server/key", true},
        {Setting::ServerRows, "server/rows", 0, 0, 65536},
        {Setting::ServerQueue, "server/queue", 64, 0, 65536},
        {Setting::ServerBodyMB, "server/bodyMB", 8, 1, 1024},
        {Setting::ServerModels, "server/models", QString()},
        {Setting::ServerStates, "server/states", QString()},
        {Setting::ServerAdapters, "server/adapters", QString()},
        {Setting::ServerAtStart, "server/atStart", false},
        {Setting::ServerOpenTo, "server/openTo", QString()},
        {Setting::ServerOrigins, "server/origins", QStringList()},
    }};
    return table;
}

const Row &rowOf(Setting setting)
{
    return *std::find_if(rows().begin(), rows().end(),
                         [setting](const Row &r) { return r.setting == setting; });
}

/// `value` as the row's type and within its limits; the default where that is impossible.
QVariant checked(const Row &row, const QVariant &value)
{
    switch (row.fallback.typeId()) {
    case QMetaType::Int: {
        bool isNumber = false;
        const int number = value.toInt(&isNumber);
        return isNumber ? QVariant(std::clamp(number, row.low, row.high)) : row.fallback;
    }
    case QMetaType::Bool:
        return value.toBool();
    case QMetaType::QStringList:
        return value.toStringList();
    default:
        break;
    }
    const QString text = value.toString();
    return row.choices.isEmpty() || row.choices.contains(text) ? QVariant(text) : row.fallback;
}

} // namespace

Settings::Settings(const QString &configFolder, const QString &stateFolder, QObject *parent)
    : QObject(parent)
    , m_settings(configFolder + QStringLiteral("/rookery.ini"), QSettings::IniFormat)
    , m_ui(stateFolder + QStringLiteral("/ui.ini"), QSettings::IniFormat)
{
}

QVariant Settings::value(Setting setting) const
{
    const Row &row = rowOf(setting);
    const QVariant stored = m_settings.value(QLatin1String(row.key));
    return stored.isValid() ? checked(row, stored) : row.fallback;
}

void Settings::setValue(Setting setting, const QVariant &newValue)
{
    const Row &row = rowOf(setting);
    const QVariant after = checked(row, newValue);
    if (after == value(setting)) return;
    if (after == row.fallback)
        m_settings.remove(QLatin1String(row.key));
    else
        m_settings.setValue(QLatin1String(row.key), after);
    Q_EMIT changed(setting);
}

void Settings::reset(Setting setting) { setValue(setting, defaultValue(setting)); }

bool Settings::isDefault(Setting setting) const { return value(setting) == defaultValue(setting); }

QVariant Settings::defaultValue(Setting setting) { return rowOf(setting).fallback; }

} // namespace gui
