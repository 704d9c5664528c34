#include "kernels/gpu/gpu_device.h"

#include "kernels/gpu/gemm.h"
#include "kernels/gpu/weight_rows.h"

#include <algorithm>
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
    forgetAll();
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
    if (m_isRecording) {
        if (m_recordingFault.empty()) m_recordingFault = reason;
        return;
    }
    if (m_status == Status::Lost) return;
    m_status = Status::Lost;
    m_info.reason = reason;
}

void *GpuDevice::alloc(std::size_t bytes)
{
    if (spoilsRecording("memory is taken")) return nullptr;
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
    if (!memory) return;
    (void)spoilsRecording("memory is freed");
    use();
    if (!m_isRecording) forgetAll(); // one of them may work in it
    (void)GPU(Free)(memory);
}

void GpuDevice::upload(void *device, const void *host, std::size_t bytes)
{
    if (spoilsRecording("the host's memory is read")) return;
    use();
    if (bytes > 0) check(GPU(MemcpyAsync)(device, host, bytes, GPU(MemcpyHostToDevice), m_stream));
}

void GpuDevice::download(void *host, const void *device, std::size_t bytes)
{
    if (spoilsRecording("the host's memory is written")) return;
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
    if (spoilsRecording("the device is waited for")) return;
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

std::string GpuDevice::takeKernelName()
{
    const char *name = std::exchange(m_kernel, nullptr);
    return name ? name : m_info.kernels;
}

std::byte *GpuDevice::room(Room &room, std::size_t bytes)
{
    if (bytes > room.bytes) {
        if (spoilsRecording("memory is taken")) return nullptr;
        const std::size_t more = std::max(bytes, 2 * room.bytes); // each growth costs all recordings
        free(room.memory);
        room.memory = alloc(more);
        room.bytes = room.memory ? more : 0;
        if (!room.memory && m_status == Status::Ok) m_status = Status::OutOfMemory;
    }
    return static_cast<std::byte *>(room.memory);
}

std::size_t GpuDevice::weightBytes(Format format, std::int32_t rows, std::int32_t cols) const
{
    if (format == Format::I8) return i8VectorsOf(rows, cols).end;
    return static_cast<std::size_t>(rows) * rowBytesOf(format, cols);
}

} // namespace kernels::gpu
