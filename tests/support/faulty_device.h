#pragma once

#include "kernels/device.h"

#include <functional>
#include <map>
#include <memory>
#include <utility>

namespace support
{

/// A real CPU device that can fail an allocation, or pretend to have little memory, and counts what is alive.
class FaultyDevice final : public kernels::Device
{
public:
    explicit FaultyDevice(std::unique_ptr<kernels::Device> device)
        : m_device(std::move(device))
    {
    }

    ~FaultyDevice() override
    {
        if (m_onDestruction) m_onDestruction(liveAllocations());
    }

    /// Called at the end with the number of allocations that were never freed.
    void onDestruction(std::function<void(int live)> call) { m_onDestruction = std::move(call); }
    /// Fails the allocation after `successes` more; -1: none.
    void failAllocation(int successes) { m_failAfter = successes; }
    /// What memory() tells from now on.
    void setFreeBytes(std::size_t bytes) { m_freeBytes = bytes; }
    /// Claims to compute in memory of its own, as graphics cards do.
    void hideMemory() { m_usesHostMemory = false; }
    int liveAllocations() const { return static_cast<int>(m_live.size()); }
    std::size_t liveBytes() const
    {
        std::size_t sum = 0;
        for (const auto &[memory, bytes] : m_live)
            sum += bytes;
        return sum;
    }

    const kernels::DeviceInfo &info() const override { return m_device->info(); }
    void *alloc(std::size_t bytes) override
    {
        if (m_failAfter >= 0 && m_failAfter-- == 0) return nullptr;
        void *memory = m_device->alloc(bytes);
        if (memory) m_live[memory] = bytes;
        return memory;
    }
    void free(void *memory) override
    {
        m_live.erase(memory);
        m_device->free(memory);
    }
    void upload(void *device, const void *host, std::size_t bytes) override
    {
        m_device->upload(device, host, bytes);
    }
    void download(void *host, const void *device, std::size_t bytes) override
    {
        m_device->download(host, device, bytes);
    }
    void copy(void *target, const void *source, std::size_t bytes) override
    {
        m_device->copy(target, source, bytes);
    }
    void zero(void *memory, std::size_t bytes) override { m_device->zero(memory, bytes); }
    void sync() override { m_device->sync(); }
    kernels::Status status() const override { return m_device->status(); }
    kernels::MemoryFigures memory() const override
    {
        kernels::MemoryFigures figures = m_device->memory();
        if (m_freeBytes > 0) figures.freeBytes = m_freeBytes;
        return figures;
    }
    bool usesHostMemory() const override { return m_usesHostMemory; }
    std::size_t weightBytes(kernels::Format format, std::int32_t rows, std::int32_t cols) const override
    {
        return m_device->weightBytes(format, rows, cols);
    }
#define X(op, Args)                                                                                          \
    void op(const kernels::Args &args) override { m_device->op(args); }
    KERNELS_OPS(X)
#undef X

private:
    std::unique_ptr<kernels::Device> m_device;
    std::size_t m_freeBytes = 0;
    std::function<void(int)> m_onDestruction;
    int m_failAfter = -1;
    bool m_usesHostMemory = true;
    std::map<void *, std::size_t> m_live;
};

inline std::unique_ptr<FaultyDevice> openFaultyCpu()
{
    return std::make_unique<FaultyDevice>(kernels::openDevice("cpu", {1, ""}));
}

} // namespace support
