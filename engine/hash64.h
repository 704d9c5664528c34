#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace engine
{

/// A fast 64-bit checksum of a byte stream; the same on every machine, not for security. How the stream is
/// cut into add() calls matters.
class Hash64 final
{
public:
    void add(const void *data, std::size_t bytes)
    {
        const auto *p = static_cast<const unsigned char *>(data);
        std::size_t left = bytes;
        for (; left >= 8; left -= 8, p += 8) {
            std::uint64_t word;
            std::memcpy(&word, p, 8);
            mix(word);
        }
        std::uint64_t tail = 0;
        for (std::size_t i = 0; i < left; ++i)
            tail |= std::uint64_t{p[i]} << (8 * i);
        mix(tail);
        mix(bytes);
    }
    void add(std::string_view text) { add(text.data(), text.size()); }

    /// 16 lower-case hexadecimal digits.
    std::string text() const
    {
        std::uint64_t x = m_state;
        x = (x ^ (x >> 32)) * 0xd6e8feb86659fd93U;
        x ^= x >> 32;
        std::string digits(16, '0');
        for (std::size_t i = 0; i < 16; ++i)
            digits[15 - i] = "0123456789abcdef"[(x >> (4 * i)) & 15U];
        return digits;
    }

private:
    /// A bijection of the state for every word, so that one changed word always changes the result.
    void mix(std::uint64_t word)
    {
        m_state = (m_state ^ word) * 0x9e3779b97f4a7c15U;
        m_state ^= m_state >> 29;
    }

    std::uint64_t m_state = 0x243f6a8885a308d3U;
};

} // namespace engine
