#include "gui/engine_bridge.h"

#include <QGuiApplication>
#include <QWindow>

#include <algorithm>
#include <utility>

namespace gui
{
namespace
{

constexpr int kFrameMs = 16;
constexpr int kSnapshotMs = 250;

bool mergeChunk(engine::event::TokenChunk &into, const engine::event::TokenChunk &next)
{
    if (into.thinking != next.thinking) return false;
    into.text += next.text;
    into.tokens.insert(into.tokens.end(), next.tokens.begin(), next.tokens.end());
    return true;
}

/// Folds `next` into `last` where nothing is lost by it: text is joined, of two progress figures the newer
/// stays.
bool merge(engine::Event &last, const engine::Event &next)
{
    namespace e = engine::event;
    if (last.index() != next.index()) return false;
    if (auto *chunk = std::get_if<e::TokenChunk>(&last))
        return mergeChunk(*chunk, std::get<e::TokenChunk>(next));
    if (std::holds_alternative<e::PromptProgress>(last)) {
        last = next;
        return true;
    }
    if (auto *progress = std::get_if<e::LoadProgress>(&last)) {
        if (progress->phase != std::get<e::LoadProgress>(next).phase) return false;
        last = next;
        return true;
    }
    return false;
}

bool isAnyWindowVisible()
{
    const auto windows = QGuiApplication::topLevelWindows();
    return std::any_of(windows.begin(), windows.end(), [](const QWindow *w) {
        return w->isVisible() && w->visibility() != QWindow::Minimized;
    });
}

} // namespace

EngineBridge::EngineBridge(QObject *parent)
    : QObject(parent)
{
    m_snapshotTimer.setInterval(kSnapshotMs);
    connect(&m_snapshotTimer, &QTimer::timeout, this, &EngineBridge::takeSnapshot);
    m_frameTimer.setSingleShot(true);
    m_frameTimer.setTimerType(Qt::PreciseTimer);
    connect(&m_frameTimer, &QTimer::timeout, this, &EngineBridge::deliver);
}

EngineBridge::~EngineBridge()
{
    m_engine.reset(); // its threads may call enqueue() until here
}

engine::Engine::EventSink EngineBridge::sink()
{
    return [this](const engine::Event &event) { enqueue(event); };
}

void EngineBridge::setTap(engine::Engine::EventSink tap)
{
    const std::lock_guard lock(m_tapMutex);
    m_tap = std::move(tap);
}

void EngineBridge::setEngine(std::unique_ptr<engine::Engine> engine)
{
    m_engine = std::move(engine);
    if (!m_engine) {
        m_snapshotTimer.stop();
        return;
    }
    m_snapshotTimer.start();
    Q_EMIT engineStarted();
    takeSnapshot();
}

void EngineBridge::enqueue(const engine::Event &event)
{
    {
        const std::lock_guard lock(m_tapMutex);
        if (m_tap) m_tap(event);
    }
    const engine::JobId job = engine::jobOf(event);
    {
        const std::lock_guard lock(m_mutex);
        const auto last = m_lastPending.find(job);
        if (last != m_lastPending.end() && merge(m_pending[last->second], event)) return;
        m_lastPending[job] = m_pending.size();
        m_pending.push_back(event);
        if (m_wakeUpPosted) return;
        m_wakeUpPosted = true;
    }
    QMetaObject::invokeMethod(this, &EngineBridge::wake, Qt::QueuedConnection);
}

void EngineBridge::wake()
{
    const qint64 since = m_sinceDelivery.isValid() ? m_sinceDelivery.elapsed() : kFrameMs;
    if (since >= kFrameMs)
        deliver();
    else
        m_frameTimer.start(int(kFrameMs - since));
}

void EngineBridge::deliver()
{
    std::vector<engine::Event> events;
    {
        const std::lock_guard lock(m_mutex);
        events.swap(m_pending);
        m_lastPending.clear();
        m_wakeUpPosted = false;
    }
    m_sinceDelivery.start();
    for (const engine::Event &event : events)
        Q_EMIT eventArrived(event);
}

void EngineBridge::takeSnapshot()
{
    if (m_engine && isAnyWindowVisible()) Q_EMIT snapshotTaken(m_engine->snapshot());
}

} // namespace gui
