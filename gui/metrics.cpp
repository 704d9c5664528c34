#include "gui/metrics.h"

namespace gui
{
namespace
{

constexpr double kRateSeconds = 1.0;

double rate(std::uint64_t now, std::uint64_t before, double seconds)
{
    return seconds <= 0 || now < before ? 0.0 : double(now - before) / seconds;
}

} // namespace

void Metrics::add(const engine::Snapshot &snapshot)
{
    if (!m_clock.isValid()) m_clock.start();
    addAt(double(m_clock.elapsed()) / 1000.0, snapshot);
}

void Metrics::addAt(double seconds, const engine::Snapshot &snapshot)
{
    Sample s;
    s.seconds = seconds;
    s.generating = snapshot.generating;
    s.reading = snapshot.reading;
    s.queued = snapshot.queued;
    s.slots = snapshot.slots;
    s.memory = snapshot.memory;
    s.processBytes = snapshot.processBytes;
    s.generatedTokens = snapshot.generatedTokens;
    s.promptTokens = snapshot.promptTokens;
    s.loaded = snapshot.loaded;

    // The youngest sample that is at least a second old, or the oldest.
    for (auto old = m_samples.rbegin(); old != m_samples.rend(); ++old) {
        const bool isFarEnough = seconds - old->seconds >= kRateSeconds - 0.01;
        if (!isFarEnough && std::next(old) != m_samples.rend()) continue;
        s.generatedPerSecond = rate(s.generatedTokens, old->generatedTokens, seconds - old->seconds);
        s.promptPerSecond = rate(s.promptTokens, old->promptTokens, seconds - old->seconds);
        break;
    }

    m_samples.push_back(s);
    while (seconds - m_samples.front().seconds > kKeepSeconds)
        m_samples.pop_front();
    m_latest = s;
    Q_EMIT sampleAdded();
}

} // namespace gui
