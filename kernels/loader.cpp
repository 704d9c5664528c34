#include "kernels/cpu/open_cpu.h"
#include "kernels/device.h"

namespace kernels
{

std::vector<DeviceInfo> listDevices() { return {cpu::cpuInfo({}, nullptr)}; }

std::unique_ptr<Device> openDevice(const std::string &id, const DeviceOptions &options, std::string *reason)
{
    const bool isNumbered = id.size() == 5 && id.compare(0, 4, "cpu:") == 0 && id[4] >= '0' && id[4] <= '7';
    if (id == "cpu" || isNumbered) return cpu::openCpu(options, reason);
    if (reason) *reason = "no device \"" + id + "\" here; there is: cpu";
    return nullptr;
}

} // namespace kernels
