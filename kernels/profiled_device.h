#pragma once

#include "kernels/op_cost.h"

#include <map>
#include <memory>
#include <string>
#include <utility>

namespace kernels
{

/// Another device, of which it is noted what every op and every copy takes. While it notes, each call waits
/// until everything before it and it itself are done, so what runs overlapped otherwise is counted one after
/// the other; while it does not, calls are passed on.
class ProfiledDevice final : public Device
{
public:
    /// All calls of one op that were computed one way.
    struct Entry {
        std::int64_t calls = 0;
        double seconds = 0;
        OpCost cost;
    };
    /// Op as in KERNELS_OPS, or "upload", "download", "copy", "zero"; kernel as Device::takeKernelName, of
    /// copies "".
    using Key = std::pair<std::string, std::string>;

    explicit ProfiledDevice(std::unique_ptr<Device> device)
        : m_device(std::move(device))
    {
    }

    void start()
    {
        (void)m_device->takeKernelName(); // of what was not noted
        m_isNoting = true;
    }
    void stop() { m_isNoting = false; }
    const std::map<Key, Entry> &entries() const { return m_entries; }
    void clear() { m_entries.clear(); }

    const DeviceInfo &info() const override { return m_device->info(); }
    void *alloc(std::size_t bytes) override { return m_device->alloc(bytes); }
    void free(void *memory) override { m_device->free(memory); }
    void upload(void *device, const void *host, std::size_t bytes) override;
    void download(void *host, const void *device, std::size_t bytes) override;
    void copy(void *target, const void *source, std::size_t bytes) override;
    void zero(void *memory, std::size_t bytes) override;
    void sync() override { m_device->sync(); }
    Status status() const override { return m_device->status(); }
    MemoryFigures memory() const override { return m_device->memory(); }
    bool usesHostMemory() const override { return m_device->usesHostMemory(); }
    std::size_t weightBytes(Format format, std::int32_t rows, std::int32_t cols) const override
    {
        return m_device->weightBytes(format, rows, cols);
    }
    std::string takeKernelName() override { return m_device->takeKernelName(); }
    MachineSpeed measureSpeed() override { return m_device->measureSpeed(); }
    /// What is noted is not recorded: ops could not be told apart.
    bool beginRecording() override { return !m_isNoting && m_device->beginRecording(); }
    std::uint32_t endRecording(std::string *reason) override { return m_device->endRecording(reason); }
    bool repeat(std::uint32_t recording) override { return !m_isNoting && m_device->repeat(recording); }
    void forget(std::uint32_t recording) override { m_device->forget(recording); }

#define X(op, Args) void op(const Args &args) override;
    KERNELS_OPS(X)
#undef X

private:
    template <class Call>
    void note(const char *name, bool isOp, const OpCost &cost, const Call &call);

    std::unique_ptr<Device> m_device;
    bool m_isNoting = false;
    std::map<Key, Entry> m_entries;
};

} // namespace kernels
