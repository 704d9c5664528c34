#include "gui/server_host.h"
#include "gui/engine_bridge.h"
#include "gui/folders.h"
#include "gui/server_key.h"
#include "gui/settings.h"

#include <QFile>
#include <QHostInfo>
#include <QNetworkInterface>

#include <utility>

namespace gui
{
namespace
{

constexpr int kLookMs = 250;
constexpr std::chrono::seconds kDrainTime(10), kClosingTime(1);

QString furtherKeysPath() { return folders().config + QStringLiteral("/server.keys"); }
QString keyPath() { return folders().config + QStringLiteral("/server.key"); }

/// The names under which other computers know this one.
std::vector<std::string> namesOfThisComputer()
{
    std::vector<std::string> names;
    const auto addresses = QNetworkInterface::allAddresses();
    for (QHostAddress address : addresses) {
        if (address.isLoopback()) continue;
        address.setScopeId({});
        const QString text = address.toString();
        const bool isV6 = address.protocol() == QAbstractSocket::IPv6Protocol;
        names.push_back((isV6 ? QLatin1Char('[') + text + QLatin1Char(']') : text).toStdString());
    }
    if (const std::string name = QHostInfo::localHostName().toStdString(); !name.empty()) {
        names.push_back(name);
        names.push_back(name + ".local");
    }
    return names;
}

/// As a client would write it: an address that means all of them is replaced by one of them.
QString clientHost(const QString &address)
{
    if (address != QLatin1String("0.0.0.0")) return address;
    const auto all = QNetworkInterface::allAddresses();
    for (const QHostAddress &one : all) {
        if (!one.isLoopback() && one.protocol() == QAbstractSocket::IPv4Protocol) return one.toString();
    }
    return QStringLiteral("127.0.0.1");
}

std::string fileName(const QString &path) { return QFile::encodeName(path).toStdString(); }

} // namespace

ServerHost::ServerHost(EngineBridge &bridge, Settings &settings, QObject *parent)
    : QObject(parent)
    , m_bridge(bridge)
    , m_settings(settings)
    , m_key(readServerKey(keyPath()))
    , m_furtherKeys(readServerKeys(furtherKeysPath()))
{
    m_pool.setMaxThreadCount(1);
    m_timer.setInterval(kLookMs);
    connect(&m_timer, &QTimer::timeout, this, &ServerHost::look);
    connect(&m_bridge, &EngineBridge::engineStarted, this, &ServerHost::startWithTheProgram);
    m_bridge.setTap([this](const engine::Event &event) { relay(event); });
}

ServerHost::~ServerHost()
{
    if (m_state == State::Listening) m_pool.start([server = m_server.get()] { server->stop(); });
    if (m_server) m_server->drainFor(kClosingTime);
    m_pool.waitForDone();
    m_bridge.setTap({});
    connectServer(nullptr);
}

// ---- Events of the engine

/// On threads of the engine.
void ServerHost::relay(const engine::Event &event)
{
    const std::lock_guard lock(m_mutex);
    if (const auto *loaded = std::get_if<engine::event::ModelLoaded>(&event)) m_model = *loaded;
    if (std::holds_alternative<engine::event::ModelUnloaded>(event)) m_model.reset();
    if (m_relayed) m_relayed->handle(event);
}

void ServerHost::connectServer(server::Server *server)
{
    const std::lock_guard lock(m_mutex);
    m_relayed = server;
    if (server && m_model) server->handle(*m_model);
}

// ---- What the settings say

bool ServerHost::isOpenToOthers() const
{
    return !server::isLoopback(m_settings.text(Setting::ServerAddress).toStdString());
}

bool ServerHost::needsKey() const { return isOpenToOthers() || m_settings.isOn(Setting::ServerKey); }

void ServerHost::makeNewKey()
{
    const QString key = makeServerKey(keyPath());
    if (key.isEmpty()) return failed({engine::ErrorCode::CannotWrite, keyPath().toStdString()}, 0);
    m_key = key;
    Q_EMIT keyChanged();
}

bool ServerHost::keepKeys(std::vector<server::NamedKey> keys)
{
    if (!writeServerKeys(furtherKeysPath(), keys)) return false;
    m_furtherKeys = std::move(keys);
    Q_EMIT keyChanged();
    return true;
}

QString ServerHost::addKey(const QString &name)
{
    const std::string clean = name.simplified().toStdString();
    for (const server::NamedKey &key : m_furtherKeys)
        if (key.name == clean) return tr("“%1” has a key already.").arg(name);
    if (m_furtherKeys.size() >= server::ServerOptions::kMostKeys)
        return tr("There can be at most %n key(s).", nullptr, int(server::ServerOptions::kMostKeys));
    std::vector<server::NamedKey> keys = m_furtherKeys;
    keys.push_back({clean, server::makeApiKey()});
    return keepKeys(std::move(keys)) ? QString() : tr("%1 cannot be written.").arg(furtherKeysPath());
}

void ServerHost::removeKey(int index)
{
    if (index < 0 || index >= int(m_furtherKeys.size())) return;
    std::vector<server::NamedKey> keys = m_furtherKeys;
    keys.erase(keys.begin() + index);
    if (!keepKeys(std::move(keys)))
        failed({engine::ErrorCode::CannotWrite, furtherKeysPath().toStdString()}, 0);
}

server::ServerOptions ServerHost::optionsFromSettings() const
{
    server::ServerOptions options;
    options.address = m_settings.text(Setting::ServerAddress).toStdString();
    options.port = std::uint16_t(m_settings.number(Setting::ServerPort));
    if (needsKey()) options.apiKey = m_key.toStdString();
    if (needsKey()) options.furtherKeys = m_furtherKeys;
    for (const QString &origin : m_settings.list(Setting::ServerOrigins))
        if (const QString clean = originOf(origin); !clean.isEmpty())
            options.origins.push_back(clean.toStdString());
    if (isOpenToOthers()) options.hosts = namesOfThisComputer();
    options.rows = m_settings.number(Setting::ServerRows);
    options.queue = m_settings.number(Setting::ServerQueue);
    options.bodyBytes = std::size_t(m_settings.number(Setting::ServerBodyMB)) << 20U;
    options.modelsFolder = fileName(m_settings.text(Setting::ServerModels));
    options.statesFolder = fileName(m_settings.text(Setting::ServerStates));
    options.adaptersFolder = fileName(m_settings.text(Setting::ServerAdapters));
    options.drainTime = kDrainTime;
    return options;
}

QString ServerHost::baseUrl() const
{
    const QString host = clientHost(m_settings.text(Setting::ServerAddress));
    const int port = isOn() ? m_port : m_settings.number(Setting::ServerPort);
    return QStringLiteral("http://%1:%2/v1")
        .arg(host.contains(QLatin1Char(':')) ? QLatin1Char('[') + host + QLatin1Char(']') : host)
        .arg(port);
}

QString ServerHost::curlCommand() const
{
    QString text = QStringLiteral("curl %1/chat/completions \\\n").arg(baseUrl());
    if (needsKey()) text += QStringLiteral("  -H 'Authorization: Bearer %1' \\\n").arg(m_key);
    return text + QStringLiteral("  -H 'Content-Type: application/json' \\\n"
                                 "  -d '{\"messages\": [{\"role\": \"user\", \"content\": \"Who are "
                                 "you?\"}]}'\n");
}

// ---- On and off

/// An address that lets others in must have been confirmed before.
void ServerHost::startWithTheProgram()
{
    const bool isKnown = !isOpenToOthers() ||
                         m_settings.text(Setting::ServerOpenTo) == m_settings.text(Setting::ServerAddress);
    if (m_wantsStart || (m_settings.isOn(Setting::ServerAtStart) && isKnown)) {
        if (m_state == State::Starting) m_state = State::Off; // it waited for the engine
        start();
    }
}

void ServerHost::start()
{
    if (m_state != State::Off && m_state != State::Failed) return;
    m_wantsStart = !m_bridge.hasEngine();
    m_freePort = 0;
    if (m_wantsStart) return setState(State::Starting);
    if (needsKey() && m_key.isEmpty()) makeNewKey();
    if (needsKey() && m_key.isEmpty()) return;
    const server::ServerOptions options = optionsFromSettings();
    try {
        m_server = std::make_unique<server::Server>(options, m_bridge.engine());
    } catch (const engine::Error &error) {
        return failed(error, 0);
    }
    connectServer(m_server.get());
    setState(State::Starting);
    m_pool.start([this, server = m_server.get(), options] {
        try {
            server->start();
            QMetaObject::invokeMethod(this, &ServerHost::started, Qt::QueuedConnection);
        } catch (const engine::Error &error) {
            const int free = server::freePortAfter(options.address, options.port);
            QMetaObject::invokeMethod(
                this, [this, error, free] { failed(error, free); }, Qt::QueuedConnection);
        }
    });
}

void ServerHost::started()
{
    m_port = m_server->port();
    m_lastLogged = 0;
    m_timer.start();
    setState(State::Listening);
}

void ServerHost::failed(const engine::Error &error, int freePort)
{
    connectServer(nullptr);
    m_server.reset();
    m_error = error;
    m_freePort = freePort;
    setState(State::Failed);
}

void ServerHost::stop()
{
    if (m_state == State::Failed) return setState(State::Off);
    if (m_state == State::Starting && m_wantsStart) { // still without an engine
        m_wantsStart = false;
        return setState(State::Off);
    }
    if (m_state != State::Listening) return;
    setState(State::Stopping);
    m_pool.start([this, server = m_server.get()] {
        server->stop();
        QMetaObject::invokeMethod(this, &ServerHost::stopped, Qt::QueuedConnection);
    });
}

void ServerHost::stopped()
{
    m_timer.stop();
    look();
    connectServer(nullptr);
    m_server.reset();
    Q_EMIT liveChanged({});
    setState(State::Off);
}

void ServerHost::look()
{
    Q_EMIT liveChanged(m_server->liveRequests());
    const auto entries = m_server->loggedAfter(m_lastLogged);
    if (entries.empty()) return;
    m_lastLogged = entries.back().id;
    Q_EMIT requestsLogged(entries);
}

void ServerHost::cancel(std::uint64_t request)
{
    if (m_server) m_server->cancel(request);
}

void ServerHost::setState(State state)
{
    m_state = state;
    Q_EMIT stateChanged();
}

} // namespace gui
