#pragma once

#include "kernels/ops.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace kernels
{

/// What a device is and whether it can be used; `reason` says why not.
struct DeviceInfo {
    std::string id;                      ///< as in strategy strings: "cpu", "cuda:0"
    std::string description;             ///< processor name
    std::string kernels;                 ///< chosen code path: "plain", "avx2", "avx512", "amx"
    std::vector<std::string> allKernels; ///< those that DeviceOptions may name here, the best first
    int threads = 1;
    std::size_t totalBytes = 0;
    bool usable = true;
    std::string reason;
    std::vector<std::string> notes; ///< of an opened device: what it does without, and why
};

struct MemoryFigures {
    std::size_t totalBytes = 0;
    std::size_t freeBytes = 0; ///< what other programs and we have left
};

/// What a device can do at most, to set measured speeds against; 0 where it is not known.
struct MachineSpeed {
    double readBytesPerSecond = 0; ///< reading memory, far more than the caches hold
    double fp32Flops = 0;          ///< multiply-adds in fp32, two operations each
    double bf16Flops = 0;          ///< the same for bf16 weights: tile units where the code path uses them
    std::size_t cacheBytes = 0;    ///< of the last-level cache; 0 where the system does not say
};

enum class Status : std::uint8_t { Ok, OutOfMemory, Lost };

/// How to open a device. The CPU's `kernels` forces a code path: "plain", "avx2", "avx512", "amx", or for
/// tests "amx-emulated" (the products of "amx" on tiles in plain C++); empty = best.
struct DeviceOptions {
    int threads = 0; ///< 0: one per processor this process may use
    std::string kernels;
};

/// An opened CPU or GPU with one in-order stream. Never throws, never aborts: faults stick in status().
/// Thread: one at a time; ops and copies take effect in call order, results are there after sync().
class Device
{
public:
    virtual ~Device() = default;

    virtual const DeviceInfo &info() const = 0;
    /// 64-byte aligned memory, or nullptr when it cannot be had. Contents undefined.
    virtual void *alloc(std::size_t bytes) = 0;
    virtual void free(void *memory) = 0;
    virtual void upload(void *device, const void *host, std::size_t bytes) = 0;
    virtual void download(void *host, const void *device, std::size_t bytes) = 0;
    virtual void copy(void *target, const void *source, std::size_t bytes) = 0;
    virtual void zero(void *memory, std::size_t bytes) = 0;
    virtual void sync() = 0;
    virtual Status status() const = 0;
    virtual MemoryFigures memory() const = 0;
    /// True if ops may read host pointers directly (the CPU): nothing needs staging.
    virtual bool usesHostMemory() const = 0;
    /// Bytes of a packed weight `[rows, cols]` in this device's arrangement; 0 if it lacks the format.
    virtual std::size_t weightBytes(Format format, std::int32_t rows, std::int32_t cols) const = 0;
    /// How the ops since this was last asked were computed, where the device has several ways: "avx512 row",
    /// "skinny x8".
    virtual std::string takeKernelName() { return info().kernels; }
    /// Measured now, which takes about a second; all zeros where the device cannot say.
    virtual MachineSpeed measureSpeed() { return {}; }

    // ---- A run of ops that is recorded once and then repeated, on devices to which starting an op costs
    // time.
    /// Takes note of the ops, copies and zeros that follow, instead of doing them, until endRecording().
    /// False: this device does not record. Meanwhile no memory is taken or freed, and nothing comes from the
    /// host.
    virtual bool beginRecording() { return false; }
    /// The number of what was recorded, or 0 where it cannot be repeated, with a `reason`.
    virtual std::uint32_t endRecording(std::string *reason)
    {
        (void)reason;
        return 0;
    }
    /// Does it once more with what is in its memory now. False, and nothing is done: there is no such
    /// recording any more, because memory of the device's own has moved.
    virtual bool repeat(std::uint32_t recording)
    {
        (void)recording;
        return false;
    }
    virtual void forget(std::uint32_t recording) { (void)recording; }

#define X(op, Args) virtual void op(const Args &args) = 0;
    KERNELS_OPS(X)
#undef X
};

/// Every device this machine could offer, usable or not; the CPU comes first.
std::vector<DeviceInfo> listDevices();

/// Opens "cpu" (or, once there are modules, "cuda:0" ...). "cpu:0" .. "cpu:7" are the processor too, each as
/// a device of its own: for trying how a model runs on several. nullptr and a reason when it cannot.
std::unique_ptr<Device> openDevice(const std::string &id, const DeviceOptions &options = {},
                                   std::string *reason = nullptr);

} // namespace kernels
