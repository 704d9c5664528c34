#include "gui/theme.h"

#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#include <QFile>
#include <QPalette>
#include <QPixmapCache>
#include <QStyle>

namespace gui
{
namespace
{

constexpr auto kPortalService = "org.freedesktop.portal.Desktop";
constexpr auto kPortalPath = "/org/freedesktop/portal/desktop";
constexpr auto kPortalInterface = "org.freedesktop.portal.Settings";
constexpr auto kAppearance = "org.freedesktop.appearance";
constexpr auto kColorScheme = "color-scheme";

Tokens lightTokens()
{
    Tokens t;
    t.accent = QColor("#3757c4");
    t.accentText = QColor("#ffffff");
    t.window = QColor("#f3f4f7");
    t.surface = QColor("#ffffff");
    t.raised = QColor("#fafbfc");
    t.border = QColor("#dde0e6");
    t.strongBorder = QColor("#a9b0bc");
    t.text = QColor("#1b2027");
    t.dim = QColor("#5b6472");
    t.userTint = QColor("#eceffa");
    t.codeBackground = QColor("#f1f2f5");
    t.selection = QColor("#d5ddf7");
    t.good = QColor("#1b7a48");
    t.warning = QColor("#925400");
    t.bad = QColor("#bf2f29");
    t.series = {QColor("#2f6fc0"), QColor("#d98a00"), QColor("#14936b"), QColor("#b95c93"),
                QColor("#4ba6d6"), QColor("#c9551b"), QColor("#6f62c4"), QColor("#878e9a")};
    return t;
}

Tokens darkTokens()
{
    Tokens t;
    t.dark = true;
    t.accent = QColor("#86a0f8");
    t.accentText = QColor("#10141c");
    t.window = QColor("#16181d");
    t.surface = QColor("#1d2026");
    t.raised = QColor("#262a31");
    t.border = QColor("#31363f");
    t.strongBorder = QColor("#596170");
    t.text = QColor("#e3e6eb");
    t.dim = QColor("#9ba3b0");
    t.userTint = QColor("#252b3d");
    t.codeBackground = QColor("#14161a");
    t.selection = QColor("#33426f");
    t.good = QColor("#56c48a");
    t.warning = QColor("#e3aa5b");
    t.bad = QColor("#ff8078");
    t.series = {QColor("#5d97e6"), QColor("#e6a53c"), QColor("#3bb78f"), QColor("#d683b4"),
                QColor("#7cc4ea"), QColor("#e67e4e"), QColor("#998ee6"), QColor("#7d8592")};
    return t;
}

Tokens &current()
{
    static Tokens t = lightTokens();
    return t;
}

QPalette paletteFrom(const Tokens &t)
{
    QPalette p;
    p.setColor(QPalette::Window, t.window);
    p.setColor(QPalette::WindowText, t.text);
    p.setColor(QPalette::Base, t.surface);
    p.setColor(QPalette::AlternateBase, t.raised);
    p.setColor(QPalette::Text, t.text);
    p.setColor(QPalette::PlaceholderText, t.dim);
    p.setColor(QPalette::Button, t.raised);
    p.setColor(QPalette::ButtonText, t.text);
    p.setColor(QPalette::BrightText, t.bad);
    p.setColor(QPalette::ToolTipBase, t.raised);
    p.setColor(QPalette::ToolTipText, t.text);
    p.setColor(QPalette::Highlight, t.selection);
    p.setColor(QPalette::HighlightedText, t.text);
    p.setColor(QPalette::Link, t.accent);
    p.setColor(QPalette::LinkVisited, t.accent);
    p.setColor(QPalette::Light, t.dark ? t.border : QColor(Qt::white));
    p.setColor(QPalette::Midlight, t.border);
    p.setColor(QPalette::Mid, t.strongBorder);
    p.setColor(QPalette::Dark, t.strongBorder);
    p.setColor(QPalette::Shadow, t.dark ? QColor(Qt::black) : t.strongBorder);
    const QColor off = t.dark ? QColor("#6d7583") : QColor("#8b93a0");
    for (const auto role :
         {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText})
        p.setColor(QPalette::Disabled, role, off);
    p.setColor(QPalette::Disabled, QPalette::Highlight, t.border);
    p.setColor(QPalette::Disabled, QPalette::Base, t.window);
    return p;
}

QString styleSheetFrom(const Tokens &t)
{
    QFile file(QStringLiteral(":/style/rookery.qss"));
    if (!file.open(QIODevice::ReadOnly)) return {};
    QString sheet = QString::fromUtf8(file.readAll());
    const QColor hover = t.dark ? t.raised.lighter(118) : QColor("#e9ebf0");
    const std::pair<const char *, QString> values[] = {
        {"@accentText", t.accentText.name()},
        {"@accentHover", (t.dark ? t.accent.lighter(108) : t.accent.darker(112)).name()},
        {"@accent", t.accent.name()},
        {"@window", t.window.name()},
        {"@surface", t.surface.name()},
        {"@raised", t.raised.name()},
        {"@border", t.border.name()},
        {"@strongBorder", t.strongBorder.name()},
        {"@text", t.text.name()},
        {"@dim", t.dim.name()},
        {"@selection", t.selection.name()},
        {"@hover", hover.name()},
        {"@good", t.good.name()},
        {"@warning", t.warning.name()},
        {"@bad", t.bad.name()},
        {"@variant", t.dark ? QStringLiteral("dark") : QStringLiteral("light")},
    };
    for (const auto &[name, value] : values)
        sheet.replace(QLatin1String(name), value);
    return sheet;
}

void setTokens(const Tokens &t)
{
    current() = t;
    QPixmapCache::clear();
    qApp->setPalette(paletteFrom(t));
    qApp->setStyleSheet(styleSheetFrom(t));
}

/// Follows the desktop's light or dark preference through the settings portal, without ever waiting for it.
class SystemScheme final : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    void setActive(bool active)
    {
        m_active = active;
        if (!active) return;
        apply();
        if (m_asked || !hasSessionBus()) return;
        m_asked = true;
        auto bus = QDBusConnection::sessionBus();
        bus.connect(kPortalService, kPortalPath, kPortalInterface, QStringLiteral("SettingChanged"), this,
                    SLOT(settingChanged(QString, QString, QDBusVariant)));
        auto call = QDBusMessage::createMethodCall(kPortalService, kPortalPath, kPortalInterface,
                                                   QStringLiteral("Read"));
        call << QString::fromLatin1(kAppearance) << QString::fromLatin1(kColorScheme);
        auto *watcher = new QDBusPendingCallWatcher(bus.asyncCall(call, 2000), this);
        connect(watcher, &QDBusPendingCallWatcher::finished, this, &SystemScheme::answered);
    }

private Q_SLOTS:
    void settingChanged(const QString &group, const QString &key, const QDBusVariant &value)
    {
        if (group == QLatin1String(kAppearance) && key == QLatin1String(kColorScheme))
            setPreference(value.variant());
    }

private:
    /// Connecting where there is no bus would try to start one, and wait for it.
    static bool hasSessionBus()
    {
        const QByteArray runtime = qgetenv("XDG_RUNTIME_DIR");
        return qEnvironmentVariableIsSet("DBUS_SESSION_BUS_ADDRESS") ||
               (!runtime.isEmpty() &&
                QFile::exists(QString::fromLocal8Bit(runtime) + QStringLiteral("/bus")));
    }

    void answered(QDBusPendingCallWatcher *watcher)
    {
        const QDBusPendingReply<QDBusVariant> reply = *watcher;
        if (!reply.isError()) {
            QVariant value = reply.value().variant();
            if (value.canConvert<QDBusVariant>()) // Read() wraps its answer twice
                value = value.value<QDBusVariant>().variant();
            setPreference(value);
        }
        watcher->deleteLater();
    }

    void setPreference(const QVariant &value)
    {
        m_preference = value.toInt(); // 0 none, 1 dark, 2 light
        if (m_active) apply();
    }

    void apply()
    {
        const bool dark = m_preference == 0 ? m_platformIsDark : m_preference == 1;
        if (!m_applied || dark != tokens().dark) setTokens(dark ? darkTokens() : lightTokens());
        m_applied = true;
    }

    /// What the platform's own palette looks like before ours replaces it.
    const bool m_platformIsDark = QApplication::palette().color(QPalette::Window).lightness() < 128;
    int m_preference = 0;
    bool m_active = false;
    bool m_asked = false;
    bool m_applied = false;
};

} // namespace

const Tokens &tokens() { return current(); }

void setTextFont(const QFont &font)
{
    QApplication::setFont(font);
    if (!qApp->styleSheet().isEmpty()) qApp->setStyleSheet(styleSheetFrom(current()));
}

void applyScheme(Scheme scheme)
{
    auto *system = qApp->findChild<SystemScheme *>();
    if (!system) {
        QApplication::setStyle(QStringLiteral("Fusion"));
        system = new SystemScheme(qApp);
    }
    system->setActive(scheme == Scheme::System);
    if (scheme != Scheme::System) setTokens(scheme == Scheme::Dark ? darkTokens() : lightTokens());
}

} // namespace gui

#include "theme.moc"
