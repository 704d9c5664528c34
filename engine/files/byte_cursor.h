#pragma once

#include "engine/files/little_endian.h"
#include "engine/files/mapped_file.h"

#include <algorithm>
#include <bit>
#include <string>
#include <string_view>

namespace engine
{

/// Reads a file from front to back through a small window, so that what is skipped costs nothing.
/// Everything taken lies within the file: where it does not, MappedFile::refuse names the place.
class ByteCursor final
{
public:
    ByteCursor(const MappedFile &file, std::uint64_t position)
        : m_file(file)
        , m_position(std::min(position, file.size()))
    {
    }

    std::uint64_t position() const { return m_position; }
    std::uint64_t left() const { return m_file.size() - m_position; }

    /// The next `count` bytes; valid until the next call.
    std::string_view take(std::uint64_t count)
    {
        require(count);
        const std::uint64_t offset = m_position - m_begin;
        m_position += count;
        if (m_position - m_begin <= m_window.size()) return std::string_view(m_window).substr(offset, count);
        m_begin = m_position - count;
        m_window.resize(std::min(std::max(count, kWindow), m_file.size() - m_begin));
        m_file.copyOut(m_begin, std::as_writable_bytes(std::span(m_window)));
        return std::string_view(m_window).substr(0, count);
    }
    void skip(std::uint64_t count)
    {
        require(count);
        const std::uint64_t offset = m_position - m_begin;
        m_position += count;
        if (offset + count > m_window.size()) { // start anew behind it
            m_begin = m_position;
            m_window.clear();
        }
    }
    template <typename Number>
    Number number()
    {
        return littleEndian<Number>(take(sizeof(Number)), 0);
    }
    std::int32_t int32() { return std::bit_cast<std::int32_t>(number<std::uint32_t>()); }

private:
    static constexpr std::uint64_t kWindow = 64 << 10;

    void require(std::uint64_t count) const
    {
        if (count > left())
            m_file.refuse("the file is cut: expected " + std::to_string(count) + " more bytes at byte " +
                          std::to_string(m_position) + ", found " + std::to_string(left()));
    }

    const MappedFile &m_file;
    std::uint64_t m_position;
    std::uint64_t m_begin = 0; ///< of the window, in the file
    std::string m_window;
};

} // namespace engine
