#pragma once

#include "kernels/device.h"

#include <cstddef>
#include <string>
#include <utility>

namespace engine
{

/// Owns a piece of device memory; the only caller of Device::alloc. Move-only; contents undefined until
/// written. The device must outlive it. Thread: that of the device.
class Tensor final
{
public:
    Tensor() = default;
    /// `what` names the memory in the error. Throws Error(OutOfMemory) with the bytes asked for and free.
    Tensor(kernels::Device &device, std::size_t bytes, const std::string &what);
    ~Tensor() { reset(); }
    Tensor(Tensor &&other) noexcept
        : m_device(std::exchange(other.m_device, nullptr))
        , m_data(std::exchange(other.m_data, nullptr))
        , m_bytes(std::exchange(other.m_bytes, 0))
    {
    }
    Tensor &operator=(Tensor &&other) noexcept;
    Tensor(const Tensor &) = delete;
    Tensor &operator=(const Tensor &) = delete;

    void *data() const { return m_data; }
    std::size_t bytes() const { return m_bytes; }
    float *f32() const { return static_cast<float *>(m_data); }
    explicit operator bool() const { return m_data != nullptr; }

private:
    void reset();

    kernels::Device *m_device = nullptr;
    void *m_data = nullptr;
    std::size_t m_bytes = 0;
};

/// "1.5 GB", "12 MB", "640 bytes": decimal units, for messages.
std::string bytesText(std::size_t bytes);
/// "85 ms", for messages.
std::string millisecondsText(double seconds);

} // namespace engine
