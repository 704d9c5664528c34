#pragma once

#include "engine/server/server.h"

#include <QObject>
#include <QString>
#include <QThreadPool>
#include <QTimer>

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace gui
{

class EngineBridge;
class Settings;

/// Owns the local endpoint beside the window's engine: starts and ends it as the settings say, on a thread of
/// its own, and looks four times a second at what it does. Off at first. Thread: GUI.
class ServerHost final : public QObject
{
    Q_OBJECT

public:
    enum class State { Off, Starting, Listening, Stopping, Failed };

    ServerHost(EngineBridge &bridge, Settings &settings, QObject *parent = nullptr);
    /// Ends the server; answers that run get one second more. To be destroyed before the bridge.
    ~ServerHost() override;

    State state() const { return m_state; }
    bool isOn() const { return m_state == State::Listening; }
    /// Why it failed.
    const engine::Error &error() const { return m_error; }
    /// Where it failed because the port is another program's: a free one behind it; else 0.
    int freePort() const { return m_freePort; }
    /// "http://127.0.0.1:8080/v1", of the server that listens or of the one that the settings describe.
    QString baseUrl() const;
    /// A call that works as it is, with the key if one is asked for.
    QString curlCommand() const;

    /// Whether the chosen address lets other computers in.
    bool isOpenToOthers() const;
    bool needsKey() const;
    /// Empty before the first start that needs one.
    QString key() const { return m_key; }
    /// The old one is worthless then; for the next start.
    void makeNewKey();

    /// Keys of single programs, besides key(); asked for where that is.
    const std::vector<server::NamedKey> &furtherKeys() const { return m_furtherKeys; }
    /// Makes one for the program of that name; for the next start. Returns why not, or nothing.
    QString addKey(const QString &name);
    void removeKey(int index);

    /// Does nothing where it is on, or on its way.
    void start();
    void stop();
    void cancel(std::uint64_t request);

Q_SIGNALS:
    void stateChanged();
    void keyChanged();
    /// Four times a second while it is on, and at its end with nothing.
    void liveChanged(const std::vector<server::LiveRequest> &requests);
    /// What was answered since the last time.
    void requestsLogged(const std::vector<server::LoggedRequest> &requests);

private:
    void relay(const engine::Event &event);
    void connectServer(server::Server *server);
    server::ServerOptions optionsFromSettings() const;
    void started();
    void failed(const engine::Error &error, int freePort);
    void stopped();
    void look();
    void setState(State state);
    void startWithTheProgram();

    EngineBridge &m_bridge;
    Settings &m_settings;
    State m_state = State::Off;
    engine::Error m_error;
    QString m_key;
    std::vector<server::NamedKey> m_furtherKeys;
    bool keepKeys(std::vector<server::NamedKey> keys);
    int m_port = 0, m_freePort = 0;
    bool m_wantsStart = false; ///< as soon as the engine is there
    std::uint64_t m_lastLogged = 0;
    QTimer m_timer;
    QThreadPool m_pool; ///< one thread: what starts and stops waits there
    std::unique_ptr<server::Server> m_server;

    std::mutex m_mutex;
    server::Server *m_relayed = nullptr;               // guarded by m_mutex, as below
    std::optional<engine::event::ModelLoaded> m_model; ///< what a server that comes later must know
};

} // namespace gui
