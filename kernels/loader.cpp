#include "kernels/cpu/open_cpu.h"
#include "kernels/device.h"

namespace kernels
{

std::vector<DeviceInfo> listDevices() { return {cpu::cpuInfo({}, nullptr)}; }

std::unique_ptr<Device> openDevice(const std::string &id, const DeviceOptions &options, std::string *reason)
{
    if (id == "cpu") return cpu::openCpu(options, reason);
    if (reason) *reason = "no device \"" + id + "\" here; there is: cpu";
    return nullptr;
}

} // namespace kernels
