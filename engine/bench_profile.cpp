#include "engine/bench_profile.h"

#include <algorithm>
#include <utility>

namespace engine
{
namespace
{

/// A kernel that bears the name of the device's code path uses all of it; on a processor with tiles the
/// others are those of ordinary vectors.
double flopsPerSecond(const std::string &kernel, const kernels::Device &device,
                      const kernels::MachineSpeed &speed)
{
    return kernel.starts_with(device.info().kernels) ? speed.bf16Flops : speed.fp32Flops;
}

} // namespace

DeviceOpener BenchProfile::over(DeviceOpener open)
{
    return [this, open = std::move(open)](const std::string &id) -> std::unique_ptr<kernels::Device> {
        auto device = std::make_unique<kernels::ProfiledDevice>(open(id));
        m_devices.push_back({id, device.get(), {}});
        return device;
    };
}

void BenchProfile::measureLimits()
{
    for (Noted &noted : m_devices)
        noted.speed = noted.device->measureSpeed();
}

void BenchProfile::start()
{
    for (Noted &noted : m_devices) {
        noted.device->clear();
        noted.device->start();
    }
}

StepProfile BenchProfile::finish(int steps, double seconds)
{
    StepProfile profile{steps, seconds, {}};
    for (const Noted &noted : m_devices) {
        noted.device->stop();
        double bytes = 0;
        for (const auto &[key, entry] : noted.device->entries())
            bytes += entry.cost.bytes;
        for (const auto &[key, entry] : noted.device->entries()) {
            const auto &[op, kernel] = key;
            const double flops = flopsPerSecond(kernel, *noted.device, noted.speed);
            profile.ops.push_back(
                {noted.id, op, kernel, entry.calls, entry.seconds, entry.cost.bytes, entry.cost.flops,
                 shareOfLimit(entry.cost, entry.seconds, flops, bytes / std::max(steps, 1), noted.speed)});
        }
    }
    std::stable_sort(profile.ops.begin(), profile.ops.end(),
                     [](const OpProfile &a, const OpProfile &b) { return a.seconds > b.seconds; });
    return profile;
}

double shareOfLimit(const kernels::OpCost &cost, double seconds, double flopsPerSecond, double stepBytes,
                    const kernels::MachineSpeed &machine)
{
    if (seconds <= 0) return 0;
    const double reading = machine.readBytesPerSecond > 0 ? cost.bytes / machine.readBytesPerSecond : 0;
    const double computing = flopsPerSecond > 0 ? cost.flops / flopsPerSecond : 0;
    if (computing >= reading) return computing / seconds;
    // What is read faster than memory can give it came from a cache.
    const bool isCached = reading > seconds || stepBytes <= static_cast<double>(machine.cacheBytes);
    return isCached ? 0 : reading / seconds;
}

} // namespace engine
