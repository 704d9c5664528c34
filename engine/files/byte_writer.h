#pragma once

#include "engine/atomic_file.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace engine
{

/// The lowest `count` bytes of `value`, lowest first.
inline std::string littleBytes(std::uint64_t value, int count)
{
    std::string bytes;
    for (int i = 0; i < count; ++i)
        bytes += static_cast<char>(value >> (8 * i));
    return bytes;
}

/// Gives bytes to a sink and counts them.
class ByteWriter final
{
public:
    explicit ByteWriter(const ByteSink &sink)
        : m_sink(sink)
    {
    }

    std::uint64_t position() const { return m_position; }
    void text(std::string_view bytes) { put(std::as_bytes(std::span(bytes))); }
    void put(std::span<const std::byte> bytes)
    {
        m_sink(bytes);
        m_position += bytes.size();
    }
    /// Zeros up to a multiple of `alignment`.
    void align(std::uint64_t alignment)
    {
        text(std::string((alignment - m_position % alignment) % alignment, '\0'));
    }

private:
    const ByteSink &m_sink;
    std::uint64_t m_position = 0;
};

} // namespace engine
