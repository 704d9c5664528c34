#pragma once

// Sixteen float lanes in plain C++ (vector extensions, which compilers lower to what the base architecture
// has). Every instruction set offers the same names: see Plain here, Avx2 and Avx512 beside it.

#include <cstdint>
#include <cstring>

namespace kernels::cpu
{

struct Plain {
    using Quad = float __attribute__((vector_size(16)));
    using IntQuad = std::int32_t __attribute__((vector_size(16)));
    struct F {
        Quad q[4];
    };
    struct Mask {
        IntQuad q[4];
    };
    struct Pair {
        F even, odd;
    };
    static constexpr int kAccumulators = 3; ///< 16-lane sums that a tile keeps in registers
    static constexpr int kRows = 3;         ///< most rows of a tile

    template <class Op>
    [[gnu::always_inline]] static F each(Op op)
    {
        F r;
        for (int i = 0; i < 4; ++i)
            r.q[i] = op(i);
        return r;
    }

    [[gnu::always_inline]] static F set(float x)
    {
        return each([&](int) { return Quad{x, x, x, x}; });
    }
    [[gnu::always_inline]] static F zero() { return set(0.0F); }
    [[gnu::always_inline]] static F load(const float *p)
    {
        F r;
        std::memcpy(&r, p, sizeof r);
        return r;
    }
    [[gnu::always_inline]] static void store(float *p, F x) { std::memcpy(p, &x, sizeof x); }
    /// The first n of 16 lanes; the others are zero.
    static F loadFirst(const float *p, int n)
    {
        float lanes[16] = {};
        std::memcpy(lanes, p, sizeof(float) * static_cast<unsigned>(n));
        return load(lanes);
    }
    static void storeFirst(float *p, F x, int n)
    {
        std::memcpy(p, &x, sizeof(float) * static_cast<unsigned>(n));
    }

    [[gnu::always_inline]] static F add(F a, F b)
    {
        return each([&](int i) { return a.q[i] + b.q[i]; });
    }
    [[gnu::always_inline]] static F sub(F a, F b)
    {
        return each([&](int i) { return a.q[i] - b.q[i]; });
    }
    [[gnu::always_inline]] static F mul(F a, F b)
    {
        return each([&](int i) { return a.q[i] * b.q[i]; });
    }
    [[gnu::always_inline]] static F div(F a, F b)
    {
        return each([&](int i) { return a.q[i] / b.q[i]; });
    }
    /// a * b + c, rounded twice here and once where the hardware fuses.
    [[gnu::always_inline]] static F fma(F a, F b, F c) { return add(mul(a, b), c); }
    /// a > b ? a : b, so b if either is NaN.
    [[gnu::always_inline]] static F max(F a, F b)
    {
        return each([&](int i) { return a.q[i] > b.q[i] ? a.q[i] : b.q[i]; });
    }
    [[gnu::always_inline]] static F min(F a, F b)
    {
        return each([&](int i) { return a.q[i] < b.q[i] ? a.q[i] : b.q[i]; });
    }
    [[gnu::always_inline]] static Mask less(F a, F b)
    {
        Mask m;
        for (int i = 0; i < 4; ++i)
            m.q[i] = a.q[i] < b.q[i];
        return m;
    }
    [[gnu::always_inline]] static F select(Mask m, F yes, F no)
    {
        return each([&](int i) { return m.q[i] ? yes.q[i] : no.q[i]; });
    }
    static unsigned bits(Mask m)
    {
        unsigned r = 0;
        for (int i = 0; i < 16; ++i)
            r |= (m.q[i / 4][i % 4] != 0 ? 1U : 0U) << i;
        return r;
    }
    /// 2^n for whole n in -126 .. 127.
    [[gnu::always_inline]] static F power2(F n)
    {
        return each([&](int i) {
            const IntQuad e = (__builtin_convertvector(n.q[i], IntQuad) + 127) << 23;
            return __builtin_bit_cast(Quad, e);
        });
    }
    /// Sum of the lanes: halves are added until one is left.
    static float sum(F x)
    {
        const Quad a = (x.q[0] + x.q[2]) + (x.q[1] + x.q[3]);
        return (a[0] + a[2]) + (a[1] + a[3]);
    }
    static float largest(F x)
    {
        float best = x.q[0][0];
        for (int i = 1; i < 16; ++i)
            best = x.q[i / 4][i % 4] > best ? x.q[i / 4][i % 4] : best;
        return best;
    }

    [[gnu::always_inline]] static F loadF16(const std::uint16_t *p)
    {
        return each([&](int i) {
            const IntQuad h{p[4 * i], p[4 * i + 1], p[4 * i + 2], p[4 * i + 3]};
            const IntQuad shifted = (h & 0x7fff) << 13;
            const Quad scaled = __builtin_bit_cast(Quad, shifted) * 0x1p112F; // right for subnormals too
            IntQuad bits = __builtin_bit_cast(IntQuad, scaled);
            bits |= (h & 0x7fff) >= 0x7c00 ? (shifted | 0x7f800000) : IntQuad{0, 0, 0, 0};
            bits |= (h & 0x8000) << 16;
            return __builtin_bit_cast(Quad, bits);
        });
    }
    /// 16 outputs of two neighbouring inputs, interleaved.
    [[gnu::always_inline]] static Pair loadBf16Pair(const std::uint16_t *p)
    {
        Pair r;
        for (int i = 0; i < 4; ++i) {
            IntQuad w;
            std::memcpy(&w, p + 8 * i, sizeof w);
            const IntQuad even = w << 16;
            const IntQuad odd = w & static_cast<std::int32_t>(0xffff0000U);
            r.even.q[i] = __builtin_bit_cast(Quad, even);
            r.odd.q[i] = __builtin_bit_cast(Quad, odd);
        }
        return r;
    }

    // Codes of weights below 16 bits: sixteen 16-bit lanes.
    struct Codes {
        std::uint16_t lane[16];
    };
    using Table = const float *; ///< of sixteen values

    template <class Op>
    [[gnu::always_inline]] static Codes eachCode(Op op)
    {
        Codes r;
        for (int i = 0; i < 16; ++i)
            r.lane[i] = static_cast<std::uint16_t>(op(i));
        return r;
    }
    [[gnu::always_inline]] static Codes loadCodes(const void *p)
    {
        std::uint8_t bytes[16];
        std::memcpy(bytes, p, sizeof bytes);
        return eachCode([&](int i) { return bytes[i]; });
    }
    [[gnu::always_inline]] static Codes shiftLeft(Codes a, int n)
    {
        return eachCode([&](int i) { return a.lane[i] << n; });
    }
    [[gnu::always_inline]] static Codes shiftRight(Codes a, int n)
    {
        return eachCode([&](int i) { return a.lane[i] >> n; });
    }
    [[gnu::always_inline]] static Codes masked(Codes a, std::uint16_t mask)
    {
        return eachCode([&](int i) { return a.lane[i] & mask; });
    }
    [[gnu::always_inline]] static Codes joined(Codes a, Codes b)
    {
        return eachCode([&](int i) { return a.lane[i] | b.lane[i]; });
    }
    /// The lanes as fp16 numbers.
    [[gnu::always_inline]] static F halfs(Codes a) { return loadF16(a.lane); }
    /// Sixteen signed bytes.
    [[gnu::always_inline]] static F loadInt8(const void *p)
    {
        std::int8_t bytes[16];
        std::memcpy(bytes, p, sizeof bytes);
        return each([&](int i) {
            return Quad{static_cast<float>(bytes[4 * i]), static_cast<float>(bytes[4 * i + 1]),
                        static_cast<float>(bytes[4 * i + 2]), static_cast<float>(bytes[4 * i + 3])};
        });
    }
    [[gnu::always_inline]] static Table table(const float *values) { return values; }
    /// Looks both halves of sixteen bytes up: even the lower four bits, odd the upper four.
    [[gnu::always_inline]] static Pair lookUp(const void *p, Table values)
    {
        std::uint8_t bytes[16];
        std::memcpy(bytes, p, sizeof bytes);
        const auto pick = [&](int shift) {
            return each([&](int i) {
                const auto at = [&](int lane) { return values[bytes[4 * i + lane] >> shift & 15]; };
                return Quad{at(0), at(1), at(2), at(3)};
            });
        };
        return {pick(0), pick(4)};
    }
    [[gnu::always_inline]] static void prefetch(const void *p) { __builtin_prefetch(p); }
};

} // namespace kernels::cpu
