#include "kernels/card_figures.h"

#include <dirent.h>
#include <dlfcn.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fstream>
#include <mutex>
#include <string_view>
#include <utility>

namespace kernels
{

namespace
{

// The part of NVIDIA's management library (NVML) that is used, as its documentation declares it.
using Handle = struct NvmlDevice *;
constexpr int kSuccess = 0;
constexpr int kSensorOfGpu = 0;
struct NvmlMemory {
    unsigned long long total, free, used;
};
struct NvmlUtilization {
    unsigned gpu, memory;
};

/// The first line of a file as a whole number.
std::optional<long long> numberIn(const std::string &path)
{
    std::ifstream file(path);
    std::string line;
    if (!std::getline(file, line)) return std::nullopt;
    long long value = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
    if (error != std::errc() || end == line.data() || value < 0) return std::nullopt;
    return value;
}

/// The first folder in `folder` whose name begins so; empty if there is none.
std::string folderIn(const std::string &folder, std::string_view beginning)
{
    std::string found;
    DIR *open = opendir(folder.c_str());
    if (!open) return found;
    while (const dirent *entry = readdir(open)) {
        const std::string name = entry->d_name;
        if (name.compare(0, beginning.size(), beginning) == 0 && (found.empty() || name < found))
            found = name;
    }
    closedir(open);
    return found.empty() ? found : folder + '/' + found;
}

template <class T>
std::optional<T> scaled(std::optional<long long> value, long long unit)
{
    if (!value) return std::nullopt;
    return static_cast<T>(*value) / static_cast<T>(unit);
}

/// What the kernel's driver for AMD's cards keeps in files; nothing if the card is none of its.
std::optional<CardFigures> readFiles(const std::string &card)
{
    CardFigures figures;
    figures.totalBytes = scaled<std::size_t>(numberIn(card + "/mem_info_vram_total"), 1);
    if (!figures.totalBytes) return std::nullopt;
    figures.usedBytes = scaled<std::size_t>(numberIn(card + "/mem_info_vram_used"), 1);
    figures.busyPercent = scaled<int>(numberIn(card + "/gpu_busy_percent"), 1);
    const std::string sensors = folderIn(card + "/hwmon", "hwmon");
    if (sensors.empty()) return figures;
    constexpr long long kMicro = 1'000'000, kMilli = 1'000;
    figures.watts = scaled<double>(numberIn(sensors + "/power1_average"), kMicro);
    if (!figures.watts) figures.watts = scaled<double>(numberIn(sensors + "/power1_input"), kMicro);
    figures.mostWatts = scaled<double>(numberIn(sensors + "/power1_cap"), kMicro);
    figures.celsius = scaled<int>(numberIn(sensors + "/temp1_input"), kMilli);
    return figures;
}

} // namespace

/// NVML, opened once.
struct CardWatch::Library {
    std::mutex mutex;
    bool isTried = false;
    void *handle = nullptr;
    std::string reason; ///< why it cannot be used

    int (*init)() = nullptr;
    int (*shutdown)() = nullptr;
    const char *(*errorString)(int) = nullptr;
    int (*find)(const char *, Handle *) = nullptr;
    int (*memory)(Handle, NvmlMemory *) = nullptr;
    int (*utilization)(Handle, NvmlUtilization *) = nullptr;
    int (*power)(Handle, unsigned *) = nullptr;
    int (*powerLimit)(Handle, unsigned *) = nullptr;
    int (*temperature)(Handle, int, unsigned *) = nullptr;

    bool open(const std::string &file);
    std::optional<CardFigures> read(const std::string &address, std::string &why);

private:
    template <class Function>
    bool resolve(Function *&function, const char *name)
    {
        function = reinterpret_cast<Function *>(dlsym(handle, name));
        if (!function) reason = std::string("the driver's library has no ") + name;
        return function != nullptr;
    }
};

bool CardWatch::Library::open(const std::string &file)
{
    if (std::exchange(isTried, true)) return reason.empty();
    handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        reason = dlerror();
        return false;
    }
    const bool isWhole =
        resolve(init, "nvmlInit_v2") && resolve(shutdown, "nvmlShutdown") &&
        resolve(errorString, "nvmlErrorString") && resolve(find, "nvmlDeviceGetHandleByPciBusId_v2") &&
        resolve(memory, "nvmlDeviceGetMemoryInfo") && resolve(utilization, "nvmlDeviceGetUtilizationRates") &&
        resolve(power, "nvmlDeviceGetPowerUsage") && resolve(temperature, "nvmlDeviceGetTemperature");
    if (!isWhole) return false;
    resolve(powerLimit, "nvmlDeviceGetEnforcedPowerLimit"); // older drivers do without
    reason.clear();
    if (const int error = init(); error != kSuccess) reason = errorString(error);
    return reason.empty();
}

std::optional<CardFigures> CardWatch::Library::read(const std::string &address, std::string &why)
{
    Handle card = nullptr;
    if (const int error = find(address.c_str(), &card); error != kSuccess) {
        why = address + ": " + errorString(error);
        return std::nullopt;
    }
    CardFigures figures;
    NvmlMemory bytes{};
    if (memory(card, &bytes) == kSuccess) {
        figures.totalBytes = static_cast<std::size_t>(bytes.total);
        figures.usedBytes = static_cast<std::size_t>(bytes.used);
    }
    NvmlUtilization busy{};
    if (utilization(card, &busy) == kSuccess) figures.busyPercent = static_cast<int>(busy.gpu);
    unsigned value = 0;
    constexpr double kMilli = 1e-3;
    if (power(card, &value) == kSuccess) figures.watts = value * kMilli;
    if (powerLimit && powerLimit(card, &value) == kSuccess) figures.mostWatts = value * kMilli;
    if (temperature(card, kSensorOfGpu, &value) == kSuccess) figures.celsius = static_cast<int>(value);
    return figures;
}

CardWatch::CardWatch()
    : CardWatch(Sources())
{
}

CardWatch::CardWatch(Sources sources)
    : m_sources(std::move(sources))
    , m_library(std::make_unique<Library>())
{
}

CardWatch::~CardWatch()
{
    if (!m_library->handle) return;
    if (m_library->reason.empty()) m_library->shutdown();
    dlclose(m_library->handle);
}

std::optional<CardFigures> CardWatch::read(const std::string &address, std::string *reason)
{
    std::string lower = address;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (auto figures = readFiles(m_sources.pciFolder + '/' + lower)) return figures;
    const std::lock_guard lock(m_library->mutex);
    std::string why;
    if (m_library->open(m_sources.library)) {
        if (auto figures = m_library->read(address, why)) return figures;
    } else {
        why = m_library->reason;
    }
    if (reason) *reason = why;
    return std::nullopt;
}

} // namespace kernels
