#include "gui/chat_rows.h"

#include <QDateTime>
#include <QRandomGenerator>

#include <algorithm>
#include <mutex>

namespace gui
{
namespace
{
constexpr int kRandomBits = 20;
}

qint64 newId()
{
    static std::mutex mutex;
    static qint64 last = 0;
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const qint64 noise = QRandomGenerator::global()->bounded(1 << kRandomBits);
    const std::scoped_lock lock(mutex);
    last = std::max(last + 1, (now << kRandomBits) | noise);
    return last;
}

qint64 timeOfId(qint64 id) { return id >> kRandomBits; }

} // namespace gui
