#include "kernels/cpu/open_cpu.h"
#include "kernels/device.h"
#include "kernels/modules.h"

namespace kernels
{

std::vector<DeviceInfo> listDevices()
{
    std::vector<DeviceInfo> devices{cpu::cpuInfo({}, nullptr)};
    for (DeviceInfo &info : listModuleDevices())
        devices.push_back(std::move(info));
    return devices;
}

std::unique_ptr<Device> openDevice(const std::string &id, const DeviceOptions &options, std::string *reason)
{
    const bool isNumbered = id.size() == 5 && id.compare(0, 4, "cpu:") == 0 && id[4] >= '0' && id[4] <= '7';
    if (id == "cpu" || isNumbered) return cpu::openCpu(options, reason);
    if (isModuleDevice(id)) return openModuleDevice(id, options, reason);
    if (!reason) return nullptr;
    *reason = "no device \"" + id + "\" here; there is: cpu";
    for (const DeviceInfo &info : listModuleDevices())
        if (info.usable) *reason += ", " + info.id;
    return nullptr;
}

} // namespace kernels
