#include "kernels/cpu/open_cpu.h"

#include "kernels/cpu/cpu_device.h"

#include <sched.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <new>
#include <string_view>
#include <thread>

namespace kernels::cpu
{

namespace
{

constexpr int kMostThreads = 256;

std::string processorName()
{
#if defined(__x86_64__)
    unsigned words[12] = {};
    if (static_cast<unsigned>(__get_cpuid_max(0x80000000U, nullptr)) >= 0x80000004U) {
        for (unsigned i = 0; i < 3; ++i)
            __get_cpuid(0x80000002U + i, &words[4 * i], &words[4 * i + 1], &words[4 * i + 2],
                        &words[4 * i + 3]);
        char text[sizeof words + 1] = {};
        std::memcpy(text, words, sizeof words);
        const std::string_view name(text);
        const auto first = name.find_first_not_of(' ');
        if (first != std::string_view::npos)
            return std::string(name.substr(first, name.find_last_not_of(' ') - first + 1));
    }
#endif
    return "processor";
}

int processorCount()
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

/// The number that follows `key` in a small file of the system; 0 if it is not there.
std::size_t numberIn(const char *file, std::string_view key)
{
    char text[4096];
    std::FILE *f = std::fopen(file, "re");
    if (!f) return 0;
    const std::size_t size = std::fread(text, 1, sizeof text, f);
    std::fclose(f);
    const std::string_view all(text, size);
    const auto at = all.find(key);
    if (at == std::string_view::npos) return 0;
    const auto digits = all.find_first_not_of(" \t", at + key.size());
    std::size_t value = 0;
    if (digits != std::string_view::npos) std::from_chars(text + digits, text + size, value);
    return value;
}

const Path *pathNamed(std::string_view name)
{
    if (name == emulatedAmxPath().name) return &emulatedAmxPath();
    for (const Path *path : {amxPath(), avx512Path(), avx2Path(), &kPlainPath})
        if (path && (name.empty() || name == path->name)) return path;
    return nullptr;
}

} // namespace

MemoryFigures hostMemory()
{
    MemoryFigures figures;
    figures.totalBytes =
        static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    figures.freeBytes = numberIn("/proc/meminfo", "MemAvailable:") * 1024;
    const std::size_t limit = numberIn("/sys/fs/cgroup/memory.max", ""); // 0: "max", or no such file
    const std::size_t used = numberIn("/sys/fs/cgroup/memory.current", "");
    if (limit > 0 && limit < figures.totalBytes) {
        figures.totalBytes = limit;
        figures.freeBytes = std::min(figures.freeBytes, limit > used ? limit - used : 0);
    }
    return figures;
}

std::size_t lastCacheBytes()
{
    std::size_t largest = 0;
    for (const char index : {'0', '1', '2', '3', '4'}) {
        std::string file = "/sys/devices/system/cpu/cpu0/cache/index?/size";
        file[file.find('?')] = index;
        largest = std::max(largest, numberIn(file.c_str(), "") * 1024); // "32768K"
    }
    return largest;
}

DeviceInfo cpuInfo(const DeviceOptions &options, const Path **path)
{
    DeviceInfo info;
    info.id = "cpu";
    info.description = processorName();
    info.threads = std::clamp(options.threads > 0 ? options.threads : processorCount(), 1, kMostThreads);
    info.totalBytes = hostMemory().totalBytes;
    const Path *found = pathNamed(options.kernels);
    if (found) {
        info.kernels = found->name;
    } else {
        info.usable = false;
    }
    for (const Path *usable : {amxPath(), avx512Path(), avx2Path(), &kPlainPath})
        if (usable) info.allKernels.emplace_back(usable->name);
    if (!found) {
        for (const std::string &name : info.allKernels)
            info.reason += (info.reason.empty() ? "" : ", ") + name;
        info.reason = "expected one of " + info.reason + ", found \"" + options.kernels + '"';
    }
    if (path) *path = found;
    return info;
}

std::unique_ptr<Device> openCpu(const DeviceOptions &options, std::string *reason)
{
    const Path *path = nullptr;
    DeviceInfo info = cpuInfo(options, &path);
    if (!path) {
        if (reason) *reason = info.reason;
        return nullptr;
    }
    return std::make_unique<CpuDevice>(std::move(info), *path);
}

} // namespace kernels::cpu
