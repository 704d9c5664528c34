#pragma once

#include "engine/engine.h"

#include <QObject>
#include <QTimer>

#include <memory>
#include <mutex>
#include <vector>

namespace gui {

/// The only class that knows both worlds: carries engine events to the GUI thread.
///
/// Events are gathered under a lock and delivered once per 16 ms; token chunks of one request that arrive within a
/// frame are merged, so 256 streams cost one wake-up. Order within a job is kept. Thread: GUI, except sink().
class EngineBridge final : public QObject
{
    Q_OBJECT

public:
    explicit EngineBridge(QObject *parent = nullptr);
    ~EngineBridge() override; ///< destroys the engine first

    /// To be given to makeEngine; may be called on any thread as long as this object lives.
    engine::Engine::EventSink sink();
    void setEngine(std::unique_ptr<engine::Engine> engine);
    engine::Engine &engine() { return *m_engine; }
    bool hasEngine() const { return m_engine != nullptr; }

Q_SIGNALS:
    /// Every event, in order, on the GUI thread. Receivers look at the job ids they started.
    void eventArrived(const engine::Event &event);
    /// Four times a second while a window is visible.
    void snapshotTaken(const engine::Snapshot &snapshot);

private:
    void enqueue(const engine::Event &event);
    void deliver();

    std::unique_ptr<engine::Engine> m_engine;
    QTimer m_snapshotTimer;
    std::mutex m_mutex;
    std::vector<engine::Event> m_pending; ///< guarded by m_mutex
    bool m_wakeUpPosted = false;          ///< guarded by m_mutex
};

} // namespace gui
