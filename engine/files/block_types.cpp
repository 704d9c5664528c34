#include "engine/files/block_types.h"

#include "engine/error.h"
#include "kernels/formats/bf16.h"
#include "kernels/formats/f16.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace engine
{
namespace
{

constexpr std::size_t kSmall = 32;  ///< elements a block of Q4_0 ... Q8_0
constexpr std::size_t kLarge = 256; ///< elements a block of Q2_K ... Q6_K

using Bytes = const std::uint8_t *;

std::uint16_t bitsAt(Bytes from) { return static_cast<std::uint16_t>(from[0] | from[1] << 8); }
float halfAt(Bytes from) { return kernels::F16Format::decode(bitsAt(from)); }

/// Q4_0, Q4_1, Q5_0, Q5_1: scale, with kHasMin a minimum, with kHasHigh the fifth bits, then nibbles.
template <bool kHasMin, bool kHasHigh>
void decodeNibbles(Bytes block, float *to)
{
    const float scale = halfAt(block);
    const float min = kHasMin ? halfAt(block + 2) : 0.0F;
    block += kHasMin ? 4 : 2;
    std::uint32_t high = 0;
    if (kHasHigh) {
        high = bitsAt(block) | static_cast<std::uint32_t>(bitsAt(block + 2)) << 16;
        block += 4;
    }
    const int centre = kHasMin ? 0 : kHasHigh ? 16 : 8;
    for (std::size_t j = 0; j < kSmall; ++j) {
        int q = j < 16 ? block[j] & 15 : block[j - 16] >> 4;
        q |= static_cast<int>(high >> j & 1U) << 4;
        to[j] = scale * static_cast<float>(q - centre) + min;
    }
}

void decodeQ8_0(Bytes block, float *to)
{
    const float scale = halfAt(block);
    for (std::size_t j = 0; j < kSmall; ++j)
        to[j] = scale * static_cast<float>(static_cast<std::int8_t>(block[2 + j]));
}

void decodeQ2K(Bytes block, float *to)
{
    const Bytes scales = block, quants = block + 16;
    const float scale = halfAt(block + 80), min = halfAt(block + 82);
    for (std::size_t j = 0; j < kLarge; ++j) { // 16 elements a scale; 4 shifts in each half of 128
        const std::size_t half = j / 128, shift = j % 128 / 32 * 2;
        const int q = quants[half * 32 + j % 32] >> shift & 3;
        const int packed = scales[j / 16];
        to[j] = scale * static_cast<float>(packed & 15) * static_cast<float>(q) -
                min * static_cast<float>(packed >> 4);
    }
}

void decodeQ3K(Bytes block, float *to)
{
    const Bytes high = block, quants = block + 32, scales = block + 96;
    const float scale = halfAt(block + 108);
    for (std::size_t j = 0; j < kLarge; ++j) {
        const std::size_t i = j / 16, half = j / 128, step = j % 128 / 32;
        const int low = i < 8 ? scales[i] & 15 : scales[i - 8] >> 4;
        const int six = low | (scales[8 + i % 4] >> (2 * (i / 4)) & 3) << 4;
        const bool isHigh = (high[j % 32] >> (half * 4 + step) & 1) != 0;
        const int q = (quants[half * 32 + j % 32] >> (2 * step) & 3) - (isHigh ? 0 : 4);
        to[j] = scale * static_cast<float>(six - 32) * static_cast<float>(q);
    }
}

/// Scale and minimum of sub-block `j` (0..7) out of the twelve bytes of Q4_K and Q5_K.
struct SubBlock {
    float scale, min;
};
SubBlock subBlock(Bytes packed, std::size_t j)
{
    if (j < 4) return {static_cast<float>(packed[j] & 63), static_cast<float>(packed[j + 4] & 63)};
    return {static_cast<float>((packed[j + 4] & 15) | (packed[j - 4] >> 6) << 4),
            static_cast<float>(packed[j + 4] >> 4 | (packed[j] >> 6) << 4)};
}

/// Q4_K, and with the fifth bits Q5_K.
template <bool kHasHigh>
void decodeQ45K(Bytes block, float *to)
{
    const float scale = halfAt(block), min = halfAt(block + 2);
    const Bytes packed = block + 4, high = block + 16, quants = block + (kHasHigh ? 48 : 16);
    for (std::size_t j = 0; j < kLarge; ++j) {
        const std::size_t sub = j / 32, l = j % 32;
        const int byte = quants[sub / 2 * 32 + l];
        int q = sub % 2 == 0 ? byte & 15 : byte >> 4;
        if (kHasHigh) q |= (high[l] >> sub & 1) << 4;
        const SubBlock s = subBlock(packed, sub);
        to[j] = scale * s.scale * static_cast<float>(q) - min * s.min;
    }
}

void decodeQ6K(Bytes block, float *to)
{
    const Bytes low = block, high = block + 128, scales = block + 192;
    const float scale = halfAt(block + 208);
    for (std::size_t j = 0; j < kLarge; ++j) {
        const std::size_t half = j / 128, quarter = j % 128 / 32, l = j % 32;
        const int nibbles = low[half * 64 + quarter % 2 * 32 + l];
        const int q = (quarter < 2 ? nibbles & 15 : nibbles >> 4) | (high[half * 32 + l] >> (2 * quarter) & 3)
                                                                        << 4;
        const auto sub = static_cast<std::int8_t>(scales[half * 8 + quarter * 2 + l / 16]);
        to[j] = scale * static_cast<float>(sub) * static_cast<float>(q - 32);
    }
}

struct BlockType {
    StoredType type;
    BlockShape shape;
    void (*decode)(Bytes, float *);
    int half[2]; ///< where the fp16 numbers lie that all its values are multiples of; -1: none
};

constexpr BlockType kBlockTypes[] = {
    {StoredType::Q8_0, {kSmall, 34}, decodeQ8_0, {0, -1}},
    {StoredType::Q4_0, {kSmall, 18}, decodeNibbles<false, false>, {0, -1}},
    {StoredType::Q4_1, {kSmall, 20}, decodeNibbles<true, false>, {0, 2}},
    {StoredType::Q5_0, {kSmall, 22}, decodeNibbles<false, true>, {0, -1}},
    {StoredType::Q5_1, {kSmall, 24}, decodeNibbles<true, true>, {0, 2}},
    {StoredType::Q2_K, {kLarge, 84}, decodeQ2K, {80, 82}},
    {StoredType::Q3_K, {kLarge, 110}, decodeQ3K, {108, -1}},
    {StoredType::Q4_K, {kLarge, 144}, decodeQ45K<false>, {0, 2}},
    {StoredType::Q5_K, {kLarge, 176}, decodeQ45K<true>, {0, 2}},
    {StoredType::Q6_K, {kLarge, 210}, decodeQ6K, {208, -1}},
};

const BlockType *findBlockType(StoredType type)
{
    const auto *found = std::ranges::find(kBlockTypes, type, &BlockType::type);
    return found == std::end(kBlockTypes) ? nullptr : found;
}

/// The number of whole blocks in both; throws if there is no such number.
std::size_t blocksOf(StoredType type, std::size_t bytes, std::size_t elements)
{
    const BlockShape shape = blockOf(type);
    if (bytes % shape.bytes != 0 || elements % shape.elements != 0 ||
        bytes / shape.bytes != elements / shape.elements)
        throw Error(ErrorCode::Internal, std::string("expected whole blocks of ") + nameOf(type) +
                                             ", found " + std::to_string(bytes) + " bytes for " +
                                             std::to_string(elements) + " numbers");
    return bytes / shape.bytes;
}

[[noreturn]] void refuseType(StoredType type)
{
    throw Error(ErrorCode::Internal, std::string("expected numbers with a fraction, found ") + nameOf(type));
}

float plainAt(StoredType type, const std::byte *from)
{
    std::uint8_t raw[8] = {};
    std::memcpy(raw, from, bytesOf(type));
    switch (type) {
    case StoredType::F64: {
        double value;
        std::memcpy(&value, raw, 8);
        return static_cast<float>(value);
    }
    case StoredType::F32: {
        float value;
        std::memcpy(&value, raw, 4);
        return value;
    }
    case StoredType::F16:
        return kernels::F16Format::decode(bitsAt(raw));
    case StoredType::BF16:
        return kernels::Bf16Format::decode(bitsAt(raw));
    default:
        refuseType(type);
    }
}

void putBits(std::byte *to, std::uint16_t bits)
{
    to[0] = static_cast<std::byte>(bits & 0xFF);
    to[1] = static_cast<std::byte>(bits >> 8);
}

/// The element of the block with the largest magnitude, with its sign; NaN if there is one.
float extremeOf(const float *from)
{
    float extreme = 0;
    for (std::size_t j = 0; j < kSmall; ++j) {
        if (std::isnan(from[j])) return from[j];
        if (std::fabs(from[j]) > std::fabs(extreme)) extreme = from[j];
    }
    return extreme;
}

/// A rounded number as a level; one that is not finite has none, and its block's scale is not finite either.
int levelOf(float x, int least, int most)
{
    return std::isfinite(x)
               ? static_cast<int>(std::clamp(x, static_cast<float>(least), static_cast<float>(most)))
               : 0;
}

void encodeQ8_0(const float *from, std::byte *to)
{
    const float scale = std::fabs(extremeOf(from)) / 127.0F;
    putBits(to, kernels::F16Format::encode(scale));
    const float inverse = scale != 0 ? 1.0F / scale : 0.0F;
    for (std::size_t j = 0; j < kSmall; ++j)
        to[2 + j] = static_cast<std::byte>(levelOf(std::round(from[j] * inverse), -127, 127));
}

/// The extreme becomes -8, so that all sixteen levels are used.
void encodeQ4_0(const float *from, std::byte *to)
{
    const float scale = extremeOf(from) / -8.0F;
    putBits(to, kernels::F16Format::encode(scale));
    const float inverse = scale != 0 ? 1.0F / scale : 0.0F;
    const auto level = [&](std::size_t j) { return levelOf(from[j] * inverse + 8.5F, 0, 15); };
    for (std::size_t j = 0; j < 16; ++j)
        to[2 + j] = static_cast<std::byte>(level(j) | level(j + 16) << 4);
}

void encodePlain(StoredType type, float value, std::byte *to)
{
    if (type == StoredType::F32)
        std::memcpy(to, &value, 4);
    else if (type == StoredType::F16)
        putBits(to, kernels::F16Format::encode(value));
    else if (type == StoredType::BF16)
        putBits(to, kernels::Bf16Format::encode(value));
    else
        refuseType(type);
}

} // namespace

BlockShape blockOf(StoredType type)
{
    const BlockType *block = findBlockType(type);
    return block ? block->shape : BlockShape{1, bytesOf(type)};
}

bool isBlockType(StoredType type) { return findBlockType(type) != nullptr; }

std::optional<std::uint64_t> storedBytes(StoredType type, const std::vector<std::int64_t> &shape)
{
    std::uint64_t elements = 1;
    for (const std::int64_t size : shape)
        if (size < 0 || __builtin_mul_overflow(elements, static_cast<std::uint64_t>(size), &elements) ||
            elements > (1ULL << 62))
            return std::nullopt;
    const BlockShape block = blockOf(type);
    const std::uint64_t row = shape.empty() ? 1 : static_cast<std::uint64_t>(shape.back());
    std::uint64_t bytes = 0;
    if (row % block.elements != 0 ||
        __builtin_mul_overflow(elements / block.elements, std::uint64_t{block.bytes}, &bytes))
        return std::nullopt;
    return bytes;
}

void decodeToFloat(StoredType type, std::span<const std::byte> from, std::span<float> to)
{
    const std::size_t blocks = blocksOf(type, from.size(), to.size());
    if (const BlockType *block = findBlockType(type)) {
        const auto *bytes = reinterpret_cast<Bytes>(from.data());
        for (std::size_t i = 0; i < blocks; ++i)
            block->decode(bytes + i * block->shape.bytes, to.data() + i * block->shape.elements);
        return;
    }
    const std::size_t width = bytesOf(type);
    for (std::size_t i = 0; i < blocks; ++i)
        to[i] = plainAt(type, from.data() + i * width);
}

void encodeFromFloat(StoredType type, std::span<const float> from, std::span<std::byte> to)
{
    const std::size_t blocks = blocksOf(type, to.size(), from.size());
    const BlockShape shape = blockOf(type);
    for (std::size_t i = 0; i < blocks; ++i) {
        const float *values = from.data() + i * shape.elements;
        std::byte *bytes = to.data() + i * shape.bytes;
        if (type == StoredType::Q8_0)
            encodeQ8_0(values, bytes);
        else if (type == StoredType::Q4_0)
            encodeQ4_0(values, bytes);
        else
            encodePlain(type, *values, bytes);
    }
}

void scaleStored(StoredType type, std::span<std::byte> blocks, int exponent)
{
    const BlockShape shape = blockOf(type);
    const std::size_t count = blocksOf(type, blocks.size(), blocks.size() / shape.bytes * shape.elements);
    const BlockType *block = findBlockType(type);
    for (std::size_t i = 0; i < count; ++i) {
        std::byte *bytes = blocks.data() + i * shape.bytes;
        if (!block) {
            encodePlain(type, std::ldexp(plainAt(type, bytes), exponent), bytes);
            continue;
        }
        for (const int at : block->half)
            if (at >= 0)
                encodePlain(StoredType::F16, std::ldexp(plainAt(StoredType::F16, bytes + at), exponent),
                            bytes + at);
    }
}

} // namespace engine
