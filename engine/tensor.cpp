#include "engine/tensor.h"

#include "engine/error.h"

namespace engine
{

Tensor::Tensor(kernels::Device &device, std::size_t bytes, const std::string &what)
    : m_device(&device)
    , m_bytes(bytes)
{
    if (bytes == 0) return;
    m_data = device.alloc(bytes);
    if (!m_data)
        throw Error(ErrorCode::OutOfMemory, what + ": " + bytesText(bytes) + " needed, " +
                                                bytesText(device.memory().freeBytes) + " free on " +
                                                device.info().id + ".");
}

Tensor &Tensor::operator=(Tensor &&other) noexcept
{
    if (this == &other) return *this;
    reset();
    m_device = std::exchange(other.m_device, nullptr);
    m_data = std::exchange(other.m_data, nullptr);
    m_bytes = std::exchange(other.m_bytes, 0);
    return *this;
}

void Tensor::reset()
{
    if (m_data) m_device->free(m_data);
    m_data = nullptr;
    m_bytes = 0;
}

std::string millisecondsText(double seconds)
{
    return std::to_string(static_cast<long long>(seconds * 1000 + 0.5)) + " ms";
}

std::string bytesText(std::size_t bytes)
{
    static constexpr const char *kUnits[] = {"bytes", "kB", "MB", "GB", "TB"};
    if (bytes < 1000) return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
    std::size_t unit = 1, scale = 1000;
    while (unit < 4 && bytes / scale >= 1000) {
        scale *= 1000;
        ++unit;
    }
    const std::size_t tenths = bytes / (scale / 10);
    std::string text = std::to_string(tenths / 10);
    if (tenths < 1000) text += "." + std::to_string(tenths % 10);
    return text + " " + kUnits[unit];
}

} // namespace engine
