#include "engine/processor_watch.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <vector>

namespace engine
{
namespace
{

namespace fs = std::filesystem;

constexpr double kShortest = 0.05; ///< seconds; figures of less say nothing

std::string lineIn(const fs::path &path)
{
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

/// A whole number that is not negative; -1 if there is none.
std::int64_t numberOf(const std::string &text)
{
    std::int64_t value = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end != text.data() && value >= 0 ? value : -1;
}

std::vector<fs::path> foldersIn(const fs::path &folder)
{
    std::vector<fs::path> found;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
        found.push_back(at->path());
    std::sort(found.begin(), found.end());
    return found;
}

} // namespace

DeviceFigures ProcessorWatch::read()
{
    const std::chrono::duration<double> now = std::chrono::steady_clock::now().time_since_epoch();
    return read(now.count());
}

DeviceFigures ProcessorWatch::read(double seconds)
{
    Reading now;
    now.seconds = seconds;
    readTicks(now);
    now.microjoules = microjoules();
    DeviceFigures figures;
    figures.device = "cpu";
    figures.celsius = celsius();

    const std::lock_guard lock(m_mutex);
    const std::int64_t ticks = now.allTicks - m_last.allTicks;
    if (m_last.allTicks >= 0 && now.allTicks >= 0 && ticks > 0) {
        const double share = double(now.busyTicks - m_last.busyTicks) / double(ticks);
        figures.busyPercent = int(std::lround(100.0 * std::clamp(share, 0.0, 1.0)));
    }
    const double passed = now.seconds - m_last.seconds;
    // A counter that began anew says nothing this time.
    if (m_last.microjoules >= 0 && now.microjoules >= m_last.microjoules && passed >= kShortest)
        figures.watts = double(now.microjoules - m_last.microjoules) / 1e6 / passed;
    if (now.allTicks < 0)
        figures.problem = (fs::path(m_sources.procFolder) / "stat").string() + " tells nothing";
    m_last = now;
    return figures;
}

/// "cpu  user nice system idle iowait irq softirq steal ...", in ticks since the system started.
void ProcessorWatch::readTicks(Reading &reading) const
{
    std::istringstream line(lineIn(fs::path(m_sources.procFolder) / "stat"));
    std::string word;
    if (!(line >> word) || word != "cpu") return;
    constexpr int kIdle = 3, kWaiting = 4, kFields = 8; // guests are part of user
    std::int64_t all = 0, idle = 0;
    int field = 0;
    for (; field < kFields && line >> word; ++field) {
        const std::int64_t ticks = numberOf(word);
        if (ticks < 0) return;
        all += ticks;
        if (field == kIdle || field == kWaiting) idle += ticks;
    }
    if (field <= kIdle) return;
    reading.allTicks = all;
    reading.busyTicks = all - idle;
}

/// Of all packages together, as Intel's and AMD's counters tell it where the user may read them.
std::int64_t ProcessorWatch::microjoules() const
{
    std::int64_t sum = -1;
    for (const fs::path &zone : foldersIn(fs::path(m_sources.sysFolder) / "class/powercap")) {
        const std::string name = zone.filename().string();
        if (!name.starts_with("intel-rapl:") || std::count(name.begin(), name.end(), ':') != 1) continue;
        const std::int64_t part = numberOf(lineIn(zone / "energy_uj"));
        if (part >= 0) sum = std::max<std::int64_t>(sum, 0) + part;
    }
    return sum;
}

std::optional<int> ProcessorWatch::celsius() const
{
    for (const fs::path &sensor : foldersIn(fs::path(m_sources.sysFolder) / "class/hwmon")) {
        const std::string name = lineIn(sensor / "name");
        if (name != "coretemp" && name != "k10temp" && name != "zenpower" && name != "cpu_thermal") continue;
        const std::int64_t thousandths = numberOf(lineIn(sensor / "temp1_input"));
        if (thousandths >= 0) return int(std::lround(double(thousandths) / 1000.0));
    }
    return std::nullopt;
}

} // namespace engine
