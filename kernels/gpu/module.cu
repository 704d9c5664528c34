#include "kernels/gpu/gpu_device.h"
#include "kernels/gpu/module.h"

#include <new>

namespace kernels::gpu
{

namespace
{

DeviceInfo infoOf(int index)
{
    DeviceInfo info;
    info.id = std::string(GPU_BACKEND ":") + std::to_string(index);
    info.description = deviceName(index);
    info.allKernels = kernelNames();
    info.kernels = info.allKernels.front();
    std::size_t free = 0;
    if (GPU(SetDevice)(index) == kSuccess) (void)GPU(MemGetInfo)(&free, &info.totalBytes);
    return info;
}

/// How many cards there are; if none, why.
int countDevices(std::string &reason)
{
    int count = 0;
    const Error error = GPU(GetDeviceCount)(&count);
    if (error != kSuccess) {
        int driver = 0;
        const bool hasDriver = GPU(DriverGetVersion)(&driver) == kSuccess && driver > 0;
        reason = hasDriver ? GPU(GetErrorString)(error) : "there is no driver for such cards";
        return 0;
    }
    if (count == 0) reason = "there is no card";
    return count;
}

std::vector<DeviceInfo> list()
{
    std::string reason;
    const int count = countDevices(reason);
    std::vector<DeviceInfo> devices;
    for (int i = 0; i < count; ++i)
        devices.push_back(infoOf(i));
    if (devices.empty()) {
        devices.emplace_back();
        devices.back().id = GPU_BACKEND;
        devices.back().usable = false;
        devices.back().reason = reason;
    }
    return devices;
}

std::vector<std::string> addresses()
{
    std::string reason;
    const int count = countDevices(reason);
    std::vector<std::string> found;
    for (int i = 0; i < count; ++i) {
        char address[64] = {};
        const bool isKnown = GPU(DeviceGetPCIBusId)(address, sizeof address - 1, i) == kSuccess;
        found.emplace_back(isKnown ? address : "");
    }
    return found;
}

Device *open(int index, const DeviceOptions &options, std::string *reason)
{
    std::string why;
    const int count = countDevices(why);
    if (index < 0 || index >= count) {
        if (count > 0) why = "there are " + std::to_string(count) + " cards, counted from 0";
    } else if (prepareDevice(index, options.kernels, why)) {
        DeviceInfo info = infoOf(index);
        if (!options.kernels.empty()) info.kernels = options.kernels;
        return new (std::nothrow) GpuDevice(std::move(info), index);
    }
    if (reason) *reason = std::string(GPU_BACKEND ":") + std::to_string(index) + ": " + why;
    return nullptr;
}

} // namespace

} // namespace kernels::gpu

extern "C" __attribute__((visibility("default"))) const kernels::gpu::Module *rookeryGpuModule()
{
    static const kernels::gpu::Module module{kernels::gpu::moduleFingerprint(), kernels::gpu::list,
                                             kernels::gpu::addresses, kernels::gpu::open};
    return &module;
}
