#include "kernels/gpu/gpu_device.h"

#include "kernels/gpu/gemm.h"
#include "kernels/gpu/weight_rows.h"

#include <utility>

namespace kernels::gpu
{

GpuDevice::GpuDevice(DeviceInfo info, int index)
    : m_info(std::move(info))
    , m_index(index)
{
    use();
    check(GPU(StreamCreate)(&m_stream));
    openGemms();
}

GpuDevice::~GpuDevice()
{
    use();
    (void)GPU(StreamSynchronize)(m_stream);
    closeGemms();
    (void)GPU(Free)(m_sampleRows.memory);
    (void)GPU(Free)(m_sampleScratch.memory);
    (void)GPU(StreamDestroy)(m_stream);
}

void GpuDevice::check(Error error)
{
    if (error != kSuccess) fail(GPU(GetErrorString)(error));
}

void GpuDevice::fail(const std::string &reason)
{
    if (m_status == Status::Lost) return;
    m_status = Status::Lost;
    m_info.reason = reason;
}

void *GpuDevice::alloc(std::size_t bytes)
{
    use();
    void *memory = nullptr;
    if (m_status == Status::Lost || GPU(Malloc)(&memory, bytes > 0 ? bytes : 1) != kSuccess) {
        (void)GPU(GetLastError)(); // asking for too much is no fault of the device
        return nullptr;
    }
    return memory;
}

void GpuDevice::free(void *memory)
{
    use();
    (void)GPU(Free)(memory);
}

void GpuDevice::upload(void *device, const void *host, std::size_t bytes)
{
    use();
    if (bytes > 0) check(GPU(MemcpyAsync)(device, host, bytes, GPU(MemcpyHostToDevice), m_stream));
}

void GpuDevice::download(void *host, const void *device, std::size_t bytes)
{
    use();
    if (bytes > 0) check(GPU(MemcpyAsync)(host, device, bytes, GPU(MemcpyDeviceToHost), m_stream));
}

void GpuDevice::copy(void *target, const void *source, std::size_t bytes)
{
    use();
    if (bytes > 0) check(GPU(MemcpyAsync)(target, source, bytes, GPU(MemcpyDeviceToDevice), m_stream));
}

void GpuDevice::zero(void *memory, std::size_t bytes)
{
    use();
    if (bytes > 0) check(GPU(MemsetAsync)(memory, 0, bytes, m_stream));
}

void GpuDevice::sync()
{
    use();
    check(GPU(StreamSynchronize)(m_stream));
}

MemoryFigures GpuDevice::memory() const
{
    use();
    MemoryFigures figures;
    if (GPU(MemGetInfo)(&figures.freeBytes, &figures.totalBytes) != kSuccess) return {};
    return figures;
}

std::byte *GpuDevice::room(Room &room, std::size_t bytes)
{
    if (bytes > room.bytes) {
        free(room.memory);
        room.memory = alloc(bytes);
        room.bytes = room.memory ? bytes : 0;
        if (!room.memory && m_status == Status::Ok) m_status = Status::OutOfMemory;
    }
    return static_cast<std::byte *>(room.memory);
}

std::size_t GpuDevice::weightBytes(Format format, std::int32_t rows, std::int32_t cols) const
{
    switch (format) {
#define X(name, traits, text)                                                                                \
    case Format::name:                                                                                       \
        return static_cast<std::size_t>(rows) * rowBytesOf<traits>(cols);
        KERNELS_FORMATS(X)
#undef X
    case Format::I8: // a matrix as a whole, not rows: only the processor has it
        break;
    }
    return 0;
}

} // namespace kernels::gpu
