#pragma once

#include "engine/engine.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace gui
{

/// The only class that knows both worlds: carries engine events to the GUI thread.
///
/// Events are gathered under a lock and delivered once per 16 ms; token chunks of one request that arrive
/// within a frame are merged, so 256 streams cost one wake-up. Order within a job is kept. Thread: GUI,
/// except sink().
class EngineBridge final : public QObject
{
    Q_OBJECT

public:
    explicit EngineBridge(QObject *parent = nullptr);
    ~EngineBridge() override; ///< destroys the engine first

    /// To be given to makeEngine; may be called on any thread as long as this object lives.
    engine::Engine::EventSink sink();
    /// Another receiver of every event, on the thread that sends it; it must not wait. Empty: none, and it is
    /// called no more when this returns.
    void setTap(engine::Engine::EventSink tap);
    void setEngine(std::unique_ptr<engine::Engine> engine);
    /// The window is there before the engine: ask hasEngine() first, or wait for engineStarted().
    engine::Engine &engine() { return *m_engine; }
    bool hasEngine() const { return m_engine != nullptr; }

Q_SIGNALS:
    /// From now on commands can be given.
    void engineStarted();
    /// Every event, in order, on the GUI thread. Receivers look at the job ids they started.
    void eventArrived(const engine::Event &event);
    /// Four times a second while a window is visible.
    void snapshotTaken(const engine::Snapshot &snapshot);

private:
    void enqueue(const engine::Event &event);
    void wake();
    void deliver();
    void takeSnapshot();

    std::unique_ptr<engine::Engine> m_engine;
    QTimer m_snapshotTimer;
    QTimer m_frameTimer;
    QElapsedTimer m_sinceDelivery;
    std::mutex m_tapMutex;
    engine::Engine::EventSink m_tap; ///< guarded by m_tapMutex
    std::mutex m_mutex;
    std::vector<engine::Event> m_pending; ///< guarded by m_mutex
    std::unordered_map<engine::JobId, std::size_t>
        m_lastPending;           ///< guarded by m_mutex; index of a job's last event
    bool m_wakeUpPosted = false; ///< guarded by m_mutex
};

} // namespace gui
