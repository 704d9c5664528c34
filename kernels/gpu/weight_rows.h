#pragma once

// How a weight lies on a card: row after row, every row a few planes that begin at multiples of 16 bytes, so
// that neighbouring lanes read neighbouring bytes. A lane reads pieces of eight inputs.
//
//   16 and more bits   the numbers, filled up with zeros to a multiple of eight
//   groups of 32       low bits (a byte or half a byte an input), high bits (6 bits: two an input, 5 bits:
//   one),
//                      scales and, where the format has them, offsets (fp16)

#include "kernels/gpu/arrays.h"
#include "kernels/weight.h"

namespace kernels::gpu
{

constexpr int kPiece = 8;

/// Where the planes of a row of a grouped format begin.
struct GroupPlanes {
    std::int32_t high, scales, offsets, bytes;
};

template <class Traits>
KERNELS_HD constexpr GroupPlanes planesOf(int cols)
{
    const int groups = (cols + kGroup - 1) / kGroup;
    const auto padded = [](int bytes) { return (bytes + 15) / 16 * 16; };
    GroupPlanes planes{};
    planes.high = groups * (Traits::kBits == 8 ? kGroup : kGroup / 2);
    planes.scales =
        planes.high + padded(Traits::kBits % 4 == 0 ? 0 : groups * kGroup / 8 * (Traits::kBits - 4));
    planes.offsets = planes.scales + padded(groups * 2);
    planes.bytes = planes.offsets + (Traits::kHasOffset ? padded(groups * 2) : 0);
    return planes;
}

template <class Traits, class = void>
struct IsGrouped {
    static constexpr bool value = false;
};
template <class Traits>
struct IsGrouped<Traits, decltype(void(Traits::kBits))> {
    static constexpr bool value = true;
};

template <class Traits>
KERNELS_HD constexpr std::size_t rowBytesOf(int cols)
{
    if constexpr (IsGrouped<Traits>::value)
        return static_cast<std::size_t>(planesOf<Traits>(cols).bytes);
    else
        return (static_cast<std::size_t>(cols) + kPiece - 1) / kPiece * kPiece *
               sizeof(typename Traits::Element);
}

// ---- Reading a piece --------------------------------------------------------------------------------------

/// Bytes that lie at a multiple of their number.
template <class T>
GPU_FUNCTION T loaded(const std::byte *from)
{
    return *reinterpret_cast<const T *>(from);
}

GPU_FUNCTION float numberOf(F32Format, float element) { return element; }
GPU_FUNCTION float numberOf(F16Format, std::uint16_t element) { return fromHalf(element); }
GPU_FUNCTION float numberOf(Bf16Format, std::uint16_t element) { return Bf16Format::decode(element); }

/// 16 bytes at once.
struct alignas(16) Quad {
    std::uint32_t word[4];
};

/// Inputs 8 * piece .. 8 * piece + 7 of a row.
template <class Traits>
GPU_FUNCTION void readNumbers(const std::byte *row, int piece, float (&w)[kPiece])
{
    using Element = typename Traits::Element;
    constexpr int kEach = 16 / sizeof(Element);
    for (int part = 0; part < kPiece / kEach; ++part) {
        const Quad quad =
            loaded<Quad>(row + (static_cast<std::size_t>(piece) * (kPiece / kEach) + part) * 16);
        Element element[kEach];
        memcpy(element, &quad, sizeof quad);
        for (int i = 0; i < kEach; ++i)
            w[part * kEach + i] = numberOf(Traits(), element[i]);
    }
}

/// The code of input i of a piece whose low and high bits are in these words.
template <int Bits>
GPU_FUNCTION unsigned codeOf(std::uint64_t low, std::uint32_t high, int i)
{
    if constexpr (Bits == 8) return static_cast<unsigned>(low >> (8 * i)) & 0xffU;
    const unsigned nibble = static_cast<unsigned>(low >> (4 * i)) & 0xfU;
    if constexpr (Bits == 6) return nibble | ((high >> (2 * i)) & 3U) << 4;
    if constexpr (Bits == 5) return nibble | ((high >> i) & 1U) << 4;
    return nibble;
}

GPU_FUNCTION float levelOf(Int8Format, unsigned code)
{
    return static_cast<float>(static_cast<std::int8_t>(code));
}
GPU_FUNCTION float levelOf(Int4Format, unsigned code) { return static_cast<float>(code); }
GPU_FUNCTION float levelOf(Fp8Format, unsigned code)
{
    return Fp8Format::Grid::value(static_cast<std::uint8_t>(code));
}
GPU_FUNCTION float levelOf(Fp6Format, unsigned code)
{
    return Fp6Format::Grid::value(static_cast<std::uint8_t>(code));
}
GPU_FUNCTION float levelOf(Fp5Format, unsigned code)
{
    return Fp5Format::Grid::value(static_cast<std::uint8_t>(code));
}
GPU_FUNCTION float levelOf(Nf4Format, unsigned code)
{
    constexpr float kLevels[] = {
        Nf4Format::kLevels[0],  Nf4Format::kLevels[1],  Nf4Format::kLevels[2],  Nf4Format::kLevels[3],
        Nf4Format::kLevels[4],  Nf4Format::kLevels[5],  Nf4Format::kLevels[6],  Nf4Format::kLevels[7],
        Nf4Format::kLevels[8],  Nf4Format::kLevels[9],  Nf4Format::kLevels[10], Nf4Format::kLevels[11],
        Nf4Format::kLevels[12], Nf4Format::kLevels[13], Nf4Format::kLevels[14], Nf4Format::kLevels[15]};
    return kLevels[code];
}

template <class Traits>
GPU_FUNCTION void readCodes(const std::byte *row, const GroupPlanes &planes, int piece, float (&w)[kPiece])
{
    constexpr int kBits = Traits::kBits;
    std::uint64_t low;
    if constexpr (kBits == 8)
        low = loaded<std::uint64_t>(row + std::size_t{8} * piece);
    else
        low = loaded<std::uint32_t>(row + std::size_t{4} * piece);
    std::uint32_t high = 0;
    if constexpr (kBits == 6) high = loaded<std::uint16_t>(row + planes.high + std::size_t{2} * piece);
    if constexpr (kBits == 5) high = loaded<std::uint8_t>(row + planes.high + piece);
    const int group = piece / (kGroup / kPiece);
    const float scale = fromHalf(loaded<std::uint16_t>(row + planes.scales + std::size_t{2} * group));
    float offset = 0;
    if constexpr (Traits::kHasOffset)
        offset = fromHalf(loaded<std::uint16_t>(row + planes.offsets + std::size_t{2} * group));
    for (int i = 0; i < kPiece; ++i) {
        const float level = levelOf(Traits(), codeOf<kBits>(low, high, i));
        w[i] = Traits::kHasOffset ? fmaf(scale, level, offset) : scale * level;
    }
}

/// Reads pieces of one row.
template <class Traits>
struct RowReader {
    const std::byte *row;
    GroupPlanes planes;

    GPU_FUNCTION RowReader(const std::byte *bytes, int cols)
        : row(bytes)
        , planes{}
    {
        if constexpr (IsGrouped<Traits>::value) planes = planesOf<Traits>(cols);
    }
    GPU_FUNCTION void read(int piece, float (&w)[kPiece]) const
    {
        if constexpr (IsGrouped<Traits>::value)
            readCodes<Traits>(row, planes, piece, w);
        else
            readNumbers<Traits>(row, piece, w);
    }
};

} // namespace kernels::gpu
