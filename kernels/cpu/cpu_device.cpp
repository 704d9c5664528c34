#include "kernels/cpu/cpu_device.h"

#include "kernels/cpu/panels.h"

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace kernels::cpu
{

namespace
{

constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::size_t kUseHugePages = std::size_t{4} << 20;
constexpr std::size_t kAlignment = 64;

} // namespace

CpuDevice::CpuDevice(DeviceInfo info, const Path &path)
    : m_info(std::move(info))
    , m_path(path)
    , m_parallel(m_info.threads)
{
    m_info.threads = m_parallel.threads();
}

CpuDevice::~CpuDevice() { CpuDevice::free(m_scratch); }

void *CpuDevice::alloc(std::size_t bytes)
{
    if (bytes > SIZE_MAX / 2) return nullptr;
    const bool huge = bytes >= kUseHugePages;
    const std::size_t unit = huge ? kHugePage : kAlignment;
    const std::size_t rounded =
        (bytes + unit) / unit * unit; // never zero; kernels may prefetch behind the end
    void *memory = std::aligned_alloc(unit, rounded);
    if (memory && huge) madvise(memory, rounded, MADV_HUGEPAGE); // speed only: 5 % of the read bandwidth
    return memory;
}

void CpuDevice::free(void *memory) { std::free(memory); }

void CpuDevice::upload(void *device, const void *host, std::size_t bytes) { copy(device, host, bytes); }

void CpuDevice::download(void *host, const void *device, std::size_t bytes) { copy(host, device, bytes); }

void CpuDevice::copy(void *target, const void *source, std::size_t bytes)
{
    if (bytes > 0) std::memmove(target, source, bytes);
}

void CpuDevice::zero(void *memory, std::size_t bytes)
{
    if (bytes > 0) std::memset(memory, 0, bytes);
}

MemoryFigures CpuDevice::memory() const { return hostMemory(); }

std::size_t CpuDevice::weightBytes(Format format, std::int32_t rows, std::int32_t cols) const
{
    return cpu::weightBytes(format, rows, cols);
}

std::string CpuDevice::takeKernelName()
{
    const ProductPath *product = std::exchange(m_lastProduct, nullptr);
    if (!product) return m_path.vectors;
    const std::string name = product == &m_path.bf16Product ? m_path.name : m_path.vectors;
    return name + (m_wasSingleRow && !product->packsSingleRow ? " row" : " blocks");
}

std::byte *CpuDevice::scratch(std::size_t bytes)
{
    if (bytes <= m_scratchBytes) return m_scratch;
    free(m_scratch);
    m_scratchBytes = 0;
    m_scratch = static_cast<std::byte *>(alloc(bytes));
    if (m_scratch)
        m_scratchBytes = bytes;
    else
        m_status = Status::OutOfMemory;
    return m_scratch;
}

} // namespace kernels::cpu
