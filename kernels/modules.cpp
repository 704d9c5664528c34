#include "kernels/modules.h"

#include "kernels/gpu/module.h"

#include <dlfcn.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <initializer_list>
#include <mutex>

namespace kernels
{
namespace
{

/// A module by the name of its devices. Its file is rookery_<name>.so.
struct ModuleFile {
    const char *name;
    /// What must be in the process before it, under any of these names: its functions are then found whatever
    /// version of the driver brought them.
    std::initializer_list<const char *> runtime;
    bool isHidden; ///< listed only on demand

    // Once loaded
    std::once_flag once = {};
    const gpu::Module *module = nullptr;
    std::string reason = {}; ///< why there is none
};

ModuleFile g_modules[] = {
    {"emulator", {}, true},
    {"cuda", {}, false},
    {"hip", {"libamdhip64.so.7", "libamdhip64.so.6", "libamdhip64.so.5", "libamdhip64.so"}, false},
};

/// The folder of the running program; "." if the system does not tell.
std::string programFolder()
{
    char path[4096];
    const ssize_t size = readlink("/proc/self/exe", path, sizeof path);
    if (size <= 0) return ".";
    const std::string text(path, static_cast<std::size_t>(size));
    return text.substr(0, text.rfind('/'));
}

/// Where the file is: in the folder that ROOKERY_MODULES names, else beside the program or in its library
/// folder. Empty if it is not there.
std::string findFile(const std::string &file)
{
    std::vector<std::string> folders;
    if (const char *folder = std::getenv("ROOKERY_MODULES"); folder && *folder)
        folders.emplace_back(folder);
    else
        folders = {programFolder(), programFolder() + "/../lib/rookery"};
    for (const std::string &folder : folders)
        if (access((folder + '/' + file).c_str(), R_OK) == 0) return folder + '/' + file;
    return {};
}

bool openRuntime(const ModuleFile &wanted, std::string &reason)
{
    for (const char *name : wanted.runtime)
        if (dlopen(name, RTLD_NOW | RTLD_GLOBAL)) return true;
    if (wanted.runtime.size() == 0) return true;
    reason = std::string("no driver: ") + dlerror();
    return false;
}

void load(ModuleFile &wanted)
{
    const std::string file = std::string("rookery_") + wanted.name + ".so";
    const std::string path = findFile(file);
    if (path.empty()) {
        wanted.reason = file + " is not installed beside the program";
        return;
    }
    if (!openRuntime(wanted, wanted.reason)) return;
    void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    void *entry = library ? dlsym(library, gpu::kModuleEntry) : nullptr;
    if (!entry) {
        const char *text = dlerror();
        wanted.reason = text ? text : path + ": no module of Rookery";
        return;
    }
    const gpu::Module *module = reinterpret_cast<const gpu::Module *(*)()>(entry)();
    if (module->fingerprint == gpu::moduleFingerprint())
        wanted.module = module;
    else
        wanted.reason = path + ": made for another version of Rookery";
}

const gpu::Module *moduleOf(ModuleFile &wanted)
{
    std::call_once(wanted.once, [&] { load(wanted); });
    return wanted.module;
}

bool isShown(const ModuleFile &file)
{
    const char *emulator = std::getenv("ROOKERY_EMULATOR");
    return !file.isHidden || (emulator && *emulator);
}

/// The module of a device, and the device's number in it.
ModuleFile *parseId(const std::string &id, int &index)
{
    const std::size_t colon = id.find(':');
    if (colon == std::string::npos) return nullptr;
    const char *begin = id.data() + colon + 1, *end = id.data() + id.size();
    const auto [stop, error] = std::from_chars(begin, end, index);
    if (error != std::errc() || stop != end || index < 0) return nullptr;
    for (ModuleFile &file : g_modules)
        if (id.compare(0, colon, file.name) == 0) return &file;
    return nullptr;
}

} // namespace

std::vector<DeviceInfo> listModuleDevices()
{
    std::vector<DeviceInfo> devices;
    for (ModuleFile &file : g_modules) {
        if (!isShown(file)) continue;
        if (const gpu::Module *module = moduleOf(file)) {
            for (DeviceInfo &info : module->list())
                devices.push_back(std::move(info));
            continue;
        }
        DeviceInfo missing;
        missing.id = file.name;
        missing.usable = false;
        missing.reason = file.reason;
        devices.push_back(std::move(missing));
    }
    return devices;
}

std::vector<CardPlace> cardPlaces()
{
    std::vector<CardPlace> places;
    for (ModuleFile &file : g_modules) {
        const gpu::Module *module = isShown(file) ? moduleOf(file) : nullptr;
        if (!module) continue;
        int index = 0;
        for (std::string &address : module->addresses())
            places.push_back({file.name + (':' + std::to_string(index++)), std::move(address)});
    }
    return places;
}

bool isModuleDevice(const std::string &id)
{
    int index = 0;
    return parseId(id, index) != nullptr;
}

std::unique_ptr<Device> openModuleDevice(const std::string &id, const DeviceOptions &options,
                                         std::string *reason)
{
    int index = 0;
    ModuleFile *file = parseId(id, index);
    const gpu::Module *module = file ? moduleOf(*file) : nullptr;
    if (module) return std::unique_ptr<Device>(module->open(index, options, reason));
    if (reason) *reason = id + ": " + (file ? file->reason : "no such device");
    return nullptr;
}

} // namespace kernels
