#include "gui/metrics.h"

#include <algorithm>

namespace gui
{
namespace
{

constexpr double kRateSeconds = 1.0;

double rate(std::uint64_t now, std::uint64_t before, double seconds)
{
    return seconds <= 0 || now < before ? 0.0 : double(now - before) / seconds;
}

DeviceSample sampleOf(engine::MemoryUse memory, const engine::DeviceFigures *figures)
{
    DeviceSample sample;
    sample.memory = std::move(memory);
    if (!figures) return sample;
    sample.busyPercent = figures->busyPercent;
    sample.celsius = figures->celsius;
    sample.watts = figures->watts;
    sample.mostWatts = figures->mostWatts;
    return sample;
}

} // namespace

std::vector<DeviceSample> joinDevices(const engine::Snapshot &snapshot,
                                      const std::vector<engine::DeviceFigures> &figures)
{
    std::vector<DeviceSample> joined;
    for (const engine::MemoryUse &use : snapshot.memoryByDevice) {
        const auto told = std::find_if(figures.begin(), figures.end(),
                                       [&](const auto &f) { return f.device == use.device; });
        joined.push_back(sampleOf(use, told == figures.end() ? nullptr : &*told));
    }
    if (joined.empty() && snapshot.memory.total > 0) {
        joined.push_back(sampleOf(snapshot.memory, nullptr));
        if (joined[0].memory.device.empty()) joined[0].memory.device = "cpu";
    }
    for (const engine::DeviceFigures &told : figures) {
        const bool isKnown = std::any_of(joined.begin(), joined.end(), [&](const DeviceSample &sample) {
            return sample.memory.device == told.device;
        });
        if (isKnown || !told.totalBytes) continue;
        engine::MemoryUse use;
        use.device = told.device;
        use.total = *told.totalBytes;
        use.free = use.total - std::min(told.usedBytes.value_or(0), use.total);
        joined.push_back(sampleOf(std::move(use), &told));
    }
    return joined;
}

QString Metrics::problemOf(const std::string &device) const
{
    for (const engine::DeviceFigures &figures : m_figures)
        if (figures.device == device) return QString::fromStdString(figures.problem);
    return {};
}

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
    s.devices = joinDevices(snapshot, m_figures);

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
