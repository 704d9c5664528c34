#pragma once

#include "kernels/device.h"

namespace kernels
{

/// What the processor can do at most, to set measured speeds against.
struct MachineSpeed {
    double readBytesPerSecond = 0; ///< reading memory with all threads, far more than the caches hold
    double fp32Flops = 0;          ///< multiply-adds in fp32, two operations each
    double bf16Flops = 0;          ///< the same for bf16 weights: tile units where the code path uses them
    std::size_t cacheBytes = 0;    ///< of the last-level cache; 0 where the system does not say
};

/// Measures for about a second. `bytes` is the size of the buffer read; smaller if memory is short. Zeros if
/// the code path does not exist here.
MachineSpeed measureCpu(const DeviceOptions &options = {}, std::size_t bytes = std::size_t{512} << 20);

} // namespace kernels
