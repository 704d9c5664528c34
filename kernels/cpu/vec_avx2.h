#pragma once

// Sixteen float lanes as two AVX2 registers. Include where AVX2, FMA and F16C are enabled.

#include <cstdint>
#include <cstring>
#include <immintrin.h>

namespace kernels::cpu
{

struct Avx2 {
    struct F {
        __m256 lo, hi;
    };
    using Mask = F;
    struct Pair {
        F even, odd;
    };
    static constexpr int kAccumulators = 6;
    static constexpr int kRows = 5; ///< most rows of a tile

    [[gnu::always_inline]] static F set(float x) { return {_mm256_set1_ps(x), _mm256_set1_ps(x)}; }
    [[gnu::always_inline]] static F zero() { return {_mm256_setzero_ps(), _mm256_setzero_ps()}; }
    [[gnu::always_inline]] static F load(const float *p)
    {
        return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)};
    }
    [[gnu::always_inline]] static void store(float *p, F x)
    {
        _mm256_storeu_ps(p, x.lo);
        _mm256_storeu_ps(p + 8, x.hi);
    }
    static F loadFirst(const float *p, int n)
    {
        float lanes[16] = {};
        std::memcpy(lanes, p, sizeof(float) * static_cast<unsigned>(n));
        return load(lanes);
    }
    static void storeFirst(float *p, F x, int n)
    {
        float lanes[16];
        store(lanes, x);
        std::memcpy(p, lanes, sizeof(float) * static_cast<unsigned>(n));
    }

    [[gnu::always_inline]] static F add(F a, F b)
    {
        return {_mm256_add_ps(a.lo, b.lo), _mm256_add_ps(a.hi, b.hi)};
    }
    [[gnu::always_inline]] static F sub(F a, F b)
    {
        return {_mm256_sub_ps(a.lo, b.lo), _mm256_sub_ps(a.hi, b.hi)};
    }
    [[gnu::always_inline]] static F mul(F a, F b)
    {
        return {_mm256_mul_ps(a.lo, b.lo), _mm256_mul_ps(a.hi, b.hi)};
    }
    [[gnu::always_inline]] static F div(F a, F b)
    {
        return {_mm256_div_ps(a.lo, b.lo), _mm256_div_ps(a.hi, b.hi)};
    }
    [[gnu::always_inline]] static F fma(F a, F b, F c)
    {
        return {_mm256_fmadd_ps(a.lo, b.lo, c.lo), _mm256_fmadd_ps(a.hi, b.hi, c.hi)};
    }
    [[gnu::always_inline]] static F max(F a, F b)
    {
        return {_mm256_max_ps(a.lo, b.lo), _mm256_max_ps(a.hi, b.hi)};
    }
    [[gnu::always_inline]] static F min(F a, F b)
    {
        return {_mm256_min_ps(a.lo, b.lo), _mm256_min_ps(a.hi, b.hi)};
    }
    [[gnu::always_inline]] static Mask less(F a, F b)
    {
        return {_mm256_cmp_ps(a.lo, b.lo, _CMP_LT_OQ), _mm256_cmp_ps(a.hi, b.hi, _CMP_LT_OQ)};
    }
    [[gnu::always_inline]] static F select(Mask m, F yes, F no)
    {
        return {_mm256_blendv_ps(no.lo, yes.lo, m.lo), _mm256_blendv_ps(no.hi, yes.hi, m.hi)};
    }
    [[gnu::always_inline]] static unsigned bits(Mask m)
    {
        return static_cast<unsigned>(_mm256_movemask_ps(m.lo)) |
               static_cast<unsigned>(_mm256_movemask_ps(m.hi)) << 8;
    }
    [[gnu::always_inline]] static __m256 power2(__m256 n)
    {
        const __m256i e = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
        return _mm256_castsi256_ps(_mm256_slli_epi32(e, 23));
    }
    [[gnu::always_inline]] static F power2(F n) { return {power2(n.lo), power2(n.hi)}; }
    [[gnu::always_inline]] static float sum(F x)
    {
        const __m256 a = _mm256_add_ps(x.lo, x.hi);
        __m128 b = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
        b = _mm_add_ps(b, _mm_movehl_ps(b, b));
        return _mm_cvtss_f32(_mm_add_ss(b, _mm_movehdup_ps(b)));
    }
    static float largest(F x)
    {
        const __m256 a = _mm256_max_ps(x.lo, x.hi);
        __m128 b = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
        b = _mm_max_ps(b, _mm_movehl_ps(b, b));
        return _mm_cvtss_f32(_mm_max_ss(b, _mm_movehdup_ps(b)));
    }

    [[gnu::always_inline]] static F loadF16(const std::uint16_t *p)
    {
        return {_mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i *>(p))),
                _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i *>(p + 8)))};
    }
    [[gnu::always_inline]] static Pair loadBf16Pair(const std::uint16_t *p)
    {
        const __m256i lo = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(p));
        const __m256i hi = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(p + 16));
        const __m256i upper = _mm256_set1_epi32(static_cast<int>(0xffff0000U));
        return {
            {_mm256_castsi256_ps(_mm256_slli_epi32(lo, 16)), _mm256_castsi256_ps(_mm256_slli_epi32(hi, 16))},
            {_mm256_castsi256_ps(_mm256_and_si256(lo, upper)),
             _mm256_castsi256_ps(_mm256_and_si256(hi, upper))}};
    }

    using Codes = __m256i;
    struct Table {
        __m256 low, high;
    };
    [[gnu::always_inline]] static Codes loadCodes(const void *p)
    {
        return _mm256_cvtepu8_epi16(_mm_loadu_si128(static_cast<const __m128i *>(p)));
    }
    [[gnu::always_inline]] static Codes shiftLeft(Codes a, int n) { return _mm256_slli_epi16(a, n); }
    [[gnu::always_inline]] static Codes shiftRight(Codes a, int n) { return _mm256_srli_epi16(a, n); }
    [[gnu::always_inline]] static Codes masked(Codes a, std::uint16_t mask)
    {
        return _mm256_and_si256(a, _mm256_set1_epi16(static_cast<short>(mask)));
    }
    [[gnu::always_inline]] static Codes joined(Codes a, Codes b) { return _mm256_or_si256(a, b); }
    [[gnu::always_inline]] static F halfs(Codes a)
    {
        return {_mm256_cvtph_ps(_mm256_castsi256_si128(a)), _mm256_cvtph_ps(_mm256_extracti128_si256(a, 1))};
    }
    [[gnu::always_inline]] static F loadInt8(const void *p)
    {
        const __m128i bytes = _mm_loadu_si128(static_cast<const __m128i *>(p));
        return {_mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(bytes)),
                _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_unpackhi_epi64(bytes, bytes)))};
    }
    [[gnu::always_inline]] static Table table(const float *values)
    {
        return {_mm256_loadu_ps(values), _mm256_loadu_ps(values + 8)};
    }
    /// Bits 0 .. 3 of every lane choose; bit 3 picks the half.
    [[gnu::always_inline]] static __m256 pick(__m256i index, Table values)
    {
        return _mm256_blendv_ps(_mm256_permutevar8x32_ps(values.low, index),
                                _mm256_permutevar8x32_ps(values.high, index),
                                _mm256_castsi256_ps(_mm256_slli_epi32(index, 28)));
    }
    [[gnu::always_inline]] static Pair lookUp(const void *p, Table values)
    {
        const __m128i bytes = _mm_loadu_si128(static_cast<const __m128i *>(p));
        const __m256i lo = _mm256_cvtepu8_epi32(bytes);
        const __m256i hi = _mm256_cvtepu8_epi32(_mm_unpackhi_epi64(bytes, bytes));
        return {{pick(lo, values), pick(hi, values)},
                {pick(_mm256_srli_epi32(lo, 4), values), pick(_mm256_srli_epi32(hi, 4), values)}};
    }
    [[gnu::always_inline]] static void prefetch(const void *p) { __builtin_prefetch(p); }
};

} // namespace kernels::cpu
