#pragma once

// What a module of graphics cards shows to the program that opens it: one C function.

#include "kernels/device.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace kernels::gpu
{

struct Module {
    std::uint64_t fingerprint; ///< moduleFingerprint() of the module
    /// Its cards, or one entry that says why there are none.
    std::vector<DeviceInfo> (*list)();
    /// Where its cards are, "0000:c1:00.0", in the order of list(); asking wakes no card.
    std::vector<std::string> (*addresses)();
    /// The card of that number as a new device, or nullptr and a reason.
    Device *(*open)(int index, const DeviceOptions &options, std::string *reason);
};

/// Counts how often the functions of Device were changed.
constexpr std::size_t kDeviceFunctions = 2;

/// Differs between programs and modules whose types differ: a fingerprint of the sizes of all that crosses.
constexpr std::uint64_t moduleFingerprint()
{
    std::uint64_t sum = 14695981039346656037U; // FNV-1a
    const auto add = [&sum](std::size_t size) { sum = (sum ^ size) * 1099511628211U; };
    add(kDeviceFunctions);
    add(sizeof(Module));
    add(sizeof(Device));
    add(sizeof(DeviceInfo));
    add(sizeof(DeviceOptions));
#define X(op, Args) add(sizeof(Args));
    KERNELS_OPS(X)
#undef X
#define X(name, traits, text) add(static_cast<std::size_t>(Format::name));
    KERNELS_ALL_FORMATS(X)
#undef X
    return sum;
}

/// What the function of a module is called: `const Module *rookeryGpuModule()`.
constexpr const char *kModuleEntry = "rookeryGpuModule";

} // namespace kernels::gpu
