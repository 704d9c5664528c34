#pragma once

// Decoding of the formats with groups of 32 inputs, sixteen outputs at a time; see panels.h for their
// arrangement. A number is the same whichever function decodes it.

#include "kernels/cpu/panels.h"

namespace kernels::cpu
{

constexpr int kLowBytes = kGroup / 2 * kPanel; ///< the lower four bits of a group's codes

/// How codes become numbers, before scale and offset: inputs j and j + 1 of a group, j even. `kUnit` is a
/// power of two that belongs to the scale.
template <class V, class Format>
struct Codec;

template <class V>
struct Codec<V, Int8Format> {
    static constexpr float kUnit = 1;
    [[gnu::always_inline]] static typename V::Pair pair(const std::byte *codes, int j, const Codec &)
    {
        return {V::loadInt8(codes + kPanel * j), V::loadInt8(codes + kPanel * (j + 1))};
    }
};

// Small floats become fp16 by moving their bits; the exponent's bias moves into the scale.

template <class V>
struct Codec<V, Fp8Format> {
    static constexpr float kUnit = 1;
    [[gnu::always_inline]] static typename V::F number(typename V::Codes c)
    {
        return V::halfs(
            V::joined(V::masked(V::shiftLeft(c, 8), 0x8000), V::masked(V::shiftLeft(c, 7), 0x3f80)));
    }
    [[gnu::always_inline]] static typename V::Pair pair(const std::byte *codes, int j, const Codec &)
    {
        return {number(V::loadCodes(codes + kPanel * j)), number(V::loadCodes(codes + kPanel * (j + 1)))};
    }
};

template <class V>
struct Codec<V, Fp6Format> {
    static constexpr float kUnit = 256;
    [[gnu::always_inline]] static typename V::Pair pair(const std::byte *codes, int j, const Codec &)
    {
        const auto low = V::loadCodes(codes + kPanel / 2 * j);
        const auto high = V::shiftRight(V::loadCodes(codes + kLowBytes + j / 4 * kPanel), j % 4 * 2);
        const auto number = [&](int lowShift, int highShift) {
            const auto top = V::masked(V::shiftLeft(high, highShift), 0x1000);
            const auto sign = V::masked(V::shiftLeft(high, highShift + 2), 0x8000);
            return V::halfs(V::joined(V::masked(V::shiftLeft(low, lowShift), 0x0f00), V::joined(top, sign)));
        };
        return {number(8, 12), number(4, 10)};
    }
};

template <class V>
struct Codec<V, Fp5Format> {
    static constexpr float kUnit = 4096;
    [[gnu::always_inline]] static typename V::Pair pair(const std::byte *codes, int j, const Codec &)
    {
        const auto low = V::loadCodes(codes + kPanel / 2 * j);
        const auto high = V::loadCodes(codes + kLowBytes + j / 8 * kPanel);
        const auto number = [&](int lowShift, int highShift) {
            return V::halfs(V::joined(V::masked(V::shiftLeft(low, lowShift), 0x0f00),
                                      V::masked(V::shiftLeft(high, highShift), 0x8000)));
        };
        return {number(8, 15 - j % 8), number(4, 14 - j % 8)};
    }
};

inline constexpr float kWholeNumbers[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

template <class V, const float (&Levels)[16]>
struct TableCodec {
    static constexpr float kUnit = 1;
    typename V::Table table = V::table(Levels);

    [[gnu::always_inline]] static typename V::Pair pair(const std::byte *codes, int j,
                                                        const TableCodec &codec)
    {
        return V::lookUp(codes + kPanel / 2 * j, codec.table);
    }
};

template <class V>
struct Codec<V, Nf4Format> : TableCodec<V, Nf4Format::kLevels> {
};

template <class V>
struct Codec<V, Int4Format> : TableCodec<V, kWholeNumbers> {
};

/// One group of a panel, with its scales in registers.
template <class V, class Format>
struct GroupReader {
    typename V::F scale, offset;
    const std::byte *codes;

    [[gnu::always_inline]] void read(const std::byte *group)
    {
        scale = V::loadF16(reinterpret_cast<const std::uint16_t *>(group));
        if constexpr (Codec<V, Format>::kUnit != 1) scale = V::mul(scale, V::set(Codec<V, Format>::kUnit));
        if constexpr (Format::kHasOffset)
            offset = V::loadF16(reinterpret_cast<const std::uint16_t *>(group + 2 * kPanel));
        codes = group + (Format::kHasOffset ? 4 : 2) * kPanel;
    }

    /// Inputs j and j + 1, j even.
    [[gnu::always_inline]] typename V::Pair pair(int j, const Codec<V, Format> &codec) const
    {
        const auto codesOfTwo = Codec<V, Format>::pair(codes, j, codec);
        if constexpr (Format::kHasOffset)
            return {V::fma(codesOfTwo.even, scale, offset), V::fma(codesOfTwo.odd, scale, offset)};
        else
            return {V::mul(codesOfTwo.even, scale), V::mul(codesOfTwo.odd, scale)};
    }
};

/// Decodes `groups` groups of one panel: target is [groups * 32][16].
template <class V, class Format>
void decodeGroups(const std::byte *w, int groups, float *target)
{
    const Codec<V, Format> codec{};
    for (int g = 0; g < groups; ++g, w += kGroupBytes<Format>) {
        GroupReader<V, Format> group;
        group.read(w);
        for (int line = 0; line < static_cast<int>(kGroupBytes<Format>); line += 64)
            V::prefetch(w + 2 * kGroupBytes<Format> + line);
        for (int j = 0; j < kGroup; j += 2, target += 2 * kPanel) {
            const auto two = group.pair(j, codec);
            V::store(target, two.even);
            V::store(target + kPanel, two.odd);
        }
    }
}

} // namespace kernels::cpu
