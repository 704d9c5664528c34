#include "engine/finite_numbers.h"

#include <cstdint>
#include <cstring>

namespace engine
{
namespace
{

/// True if the magnitude bits of every number are below `limit`. Written so that the compiler vectorises it:
/// a magnitude of at least `limit` carries into the top bit.
template <typename Bits>
bool allBelow(const std::byte *data, std::size_t count, std::uint32_t limit)
{
    constexpr std::size_t kBlock = 1024;
    constexpr int kTop = 8 * sizeof(Bits) - 1;
    constexpr Bits kMagnitude = static_cast<Bits>((Bits{1} << kTop) - 1);
    const Bits bias = static_cast<Bits>((Bits{1} << kTop) - limit);
    Bits seen = 0;
    std::size_t i = 0;
    for (; i + kBlock <= count; i += kBlock) {
        Bits block[kBlock];
        std::memcpy(block, data + i * sizeof(Bits), sizeof block);
        for (std::size_t j = 0; j < kBlock; ++j)
            seen = static_cast<Bits>(seen | static_cast<Bits>((block[j] & kMagnitude) + bias));
    }
    for (; i < count; ++i) {
        Bits x;
        std::memcpy(&x, data + i * sizeof(Bits), sizeof x);
        seen = static_cast<Bits>(seen | static_cast<Bits>((x & kMagnitude) + bias));
    }
    return (seen >> kTop) == 0;
}

/// Smallest magnitude bits of `type` that are not finite, or would not be in fp16.
std::uint32_t limitOf(kernels::DType type, bool toHalf)
{
    switch (type) {
    case kernels::DType::F16:
        return 0x7c00U;
    case kernels::DType::BF16:
        return toHalf ? 0x4780U : 0x7f80U; // 65536, infinity
    default:
        return toHalf ? 0x477ff000U : 0x7f800000U; // 65520, infinity
    }
}

} // namespace

bool areFinite(kernels::DType type, std::span<const std::byte> data, bool toHalf)
{
    const std::uint32_t limit = limitOf(type, toHalf);
    const std::size_t count = data.size() / kernels::bytesOf(type);
    return type == kernels::DType::F32 ? allBelow<std::uint32_t>(data.data(), count, limit)
                                       : allBelow<std::uint16_t>(data.data(), count, limit);
}

} // namespace engine
