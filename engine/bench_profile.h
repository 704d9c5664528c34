#pragma once

#include "engine/events.h"
#include "engine/model_loader.h"
#include "kernels/profiled_device.h"

#include <vector>

namespace engine
{

/// Devices that note what their ops take, for benchmarks. Thread: a job. Everything opened must outlive the
/// last finish().
class BenchProfile final
{
public:
    /// Devices of `open`, each noted. This must outlive the opener.
    DeviceOpener over(DeviceOpener open);
    /// Measures what each device can do; before the first finish().
    void measureLimits();
    /// Notes from now on, from nothing.
    void start();
    /// Stops, and tells of everything since start(): so many steps, which took so long altogether.
    StepProfile finish(int steps, double seconds);

private:
    struct Noted {
        std::string id;
        kernels::ProfiledDevice *device;
        kernels::MachineSpeed speed;
    };
    std::vector<Noted> m_devices;
};

/// What part of a limit a way to compute one op reached, which took so long and moved and computed so much;
/// 0 where the limit is reading what lies in a cache, or is not known. `stepBytes`: what the steps moved
/// altogether, each.
double shareOfLimit(const kernels::OpCost &cost, double seconds, double flopsPerSecond, double stepBytes,
                    const kernels::MachineSpeed &machine);

} // namespace engine
