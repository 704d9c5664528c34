#pragma once

#include "kernels/device.h"

namespace kernels::cpu
{

struct Path;

/// The processor with the code path that `options` asks for, or the best one. Sets `path` unless that is
/// absent; `usable` is false, with a reason, if there is no such path here.
DeviceInfo cpuInfo(const DeviceOptions &options, const Path **path);

/// Size of the largest cache of the first processor; 0 where the system does not say.
std::size_t lastCacheBytes();

/// nullptr and a reason if the code path asked for does not exist here or memory ran out.
std::unique_ptr<Device> openCpu(const DeviceOptions &options, std::string *reason);

} // namespace kernels::cpu
