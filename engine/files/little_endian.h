#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace engine
{

/// The unsigned number at `position`, lowest byte first. The caller has checked that it lies within `bytes`.
template <typename Number>
Number littleEndian(std::string_view bytes, std::size_t position)
{
    static_assert(std::is_unsigned_v<Number>);
    std::uint64_t value = 0;
    for (std::size_t i = sizeof(Number); i-- > 0;)
        value = value << 8 | static_cast<unsigned char>(bytes[position + i]);
    return static_cast<Number>(value);
}

} // namespace engine
