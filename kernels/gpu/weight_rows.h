#pragma once

// How a weight lies on a card: row after row, every row a few planes that begin at multiples of 16 bytes, so
// that neighbouring lanes read neighbouring bytes. A lane reads pieces of eight inputs.
//
//   16 and more bits   the numbers, filled up with zeros to a multiple of eight
//   groups of 32       low bits (a byte or half a byte an input), high bits (6 bits: two an input, 5 bits:
//   one),
//                      scales and, where the format has them, offsets (fp16)
//   i8                 a byte an input; behind the last row what belongs to the matrix: ranges and least
//   numbers
//                      of its outputs, then of its inputs (fp32)

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

/// Formats whose numbers depend on the whole matrix.
template <class Traits>
struct IsMatrix {
    static constexpr bool value = false;
};
template <>
struct IsMatrix<I8Format> {
    static constexpr bool value = true;
};

/// Of a row of i8 codes.
KERNELS_HD constexpr std::size_t rowBytesOfI8(int ins)
{
    return (static_cast<std::size_t>(ins) + 15) / 16 * 16;
}

/// The vectors of an i8 matrix, all at multiples of 32 bytes; the memory ends at `end`.
struct I8Vectors {
    std::size_t rx, mx, ry, my, end;
};

KERNELS_HD constexpr I8Vectors i8VectorsOf(int outs, int ins)
{
    const auto padded = [](int floats) { return (static_cast<std::size_t>(floats) + 7) / 8 * 32; };
    I8Vectors at{};
    at.rx = (static_cast<std::size_t>(outs) * rowBytesOfI8(ins) + 31) / 32 * 32;
    at.mx = at.rx + padded(outs);
    at.ry = at.mx + padded(outs);
    at.my = at.ry + padded(ins);
    at.end = at.my + padded(ins);
    return at;
}

template <class Traits, class = void>
struct IsGrouped {
    static constexpr bool value = false;
};
template <class Traits>
struct IsGrouped<Traits, decltype(void(Traits::kBits))> {
    static constexpr bool value = !IsMatrix<Traits>::value;
};

template <class Traits>
KERNELS_HD constexpr std::size_t rowBytesOf(int cols)
{
    if constexpr (IsMatrix<Traits>::value)
        return rowBytesOfI8(cols);
    else if constexpr (IsGrouped<Traits>::value)
        return static_cast<std::size_t>(planesOf<Traits>(cols).bytes);
    else
        return (static_cast<std::size_t>(cols) + kPiece - 1) / kPiece * kPiece *
               sizeof(typename Traits::Element);
}

inline std::size_t rowBytesOf(Format format, int cols)
{
    switch (format) {
#define X(name, traits, text)                                                                                \
    case Format::name:                                                                                       \
        return rowBytesOf<traits>(cols);
        KERNELS_ALL_FORMATS(X)
#undef X
    }
    return 0;
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

/// Reads pieces of row `out` of a matrix, whose rows take so many bytes.
template <class Traits>
struct RowReader {
    const std::byte *row;
    GroupPlanes planes;

    GPU_FUNCTION RowReader(const Weight &w, int out, std::size_t rowBytes)
        : row(static_cast<const std::byte *>(w.data) + static_cast<std::size_t>(out) * rowBytes)
        , planes{}
    {
        if constexpr (IsGrouped<Traits>::value) planes = planesOf<Traits>(w.cols);
    }
    GPU_FUNCTION void read(int piece, float (&w)[kPiece]) const
    {
        if constexpr (IsGrouped<Traits>::value)
            readCodes<Traits>(row, planes, piece, w);
        else
            readNumbers<Traits>(row, piece, w);
    }
};

template <>
struct RowReader<I8Format> {
    const std::byte *row, *ry, *my;
    float rx, mx;

    GPU_FUNCTION RowReader(const Weight &w, int out, std::size_t rowBytes)
    {
        const auto *begin = static_cast<const std::byte *>(w.data);
        const I8Vectors at = i8VectorsOf(w.rows, w.cols);
        row = begin + static_cast<std::size_t>(out) * rowBytes;
        rx = loaded<float>(begin + at.rx + sizeof(float) * static_cast<std::size_t>(out));
        mx = loaded<float>(begin + at.mx + sizeof(float) * static_cast<std::size_t>(out));
        ry = begin + at.ry;
        my = begin + at.my;
    }
    GPU_FUNCTION void read(int piece, float (&w)[kPiece]) const
    {
        const auto codes = loaded<std::uint64_t>(row + std::size_t{8} * piece);
        float scale[kPiece], least[kPiece];
        readNumbers<F32Format>(ry, piece, scale);
        readNumbers<F32Format>(my, piece, least);
        for (int i = 0; i < kPiece; ++i)
            w[i] = fmaf(static_cast<float>(codeOf<8>(codes, 0, i)) + 0.5F, scale[i] * rx, least[i] + mx);
    }
};

} // namespace kernels::gpu
