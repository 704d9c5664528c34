#pragma once

// Sixteen float lanes as one AVX-512 register. Include where AVX-512 F, BW, DQ and VL are enabled.

#include <cstdint>
#include <immintrin.h>

namespace kernels::cpu
{

struct Avx512 {
    using F = __m512;
    using Mask = __mmask16;
    struct Pair {
        F even, odd;
    };
    static constexpr int kAccumulators = 24;
    static constexpr int kRows = 12; ///< most rows of a tile

    [[gnu::always_inline]] static Mask first(int n) { return static_cast<Mask>((1U << n) - 1U); }

    [[gnu::always_inline]] static F set(float x) { return _mm512_set1_ps(x); }
    [[gnu::always_inline]] static F zero() { return _mm512_setzero_ps(); }
    [[gnu::always_inline]] static F load(const float *p) { return _mm512_loadu_ps(p); }
    [[gnu::always_inline]] static void store(float *p, F x) { _mm512_storeu_ps(p, x); }
    [[gnu::always_inline]] static F loadFirst(const float *p, int n)
    {
        return _mm512_maskz_loadu_ps(first(n), p);
    }
    [[gnu::always_inline]] static void storeFirst(float *p, F x, int n)
    {
        _mm512_mask_storeu_ps(p, first(n), x);
    }

    [[gnu::always_inline]] static F add(F a, F b) { return _mm512_add_ps(a, b); }
    [[gnu::always_inline]] static F sub(F a, F b) { return _mm512_sub_ps(a, b); }
    [[gnu::always_inline]] static F mul(F a, F b) { return _mm512_mul_ps(a, b); }
    [[gnu::always_inline]] static F div(F a, F b) { return _mm512_div_ps(a, b); }
    [[gnu::always_inline]] static F fma(F a, F b, F c) { return _mm512_fmadd_ps(a, b, c); }
    [[gnu::always_inline]] static F max(F a, F b) { return _mm512_max_ps(a, b); }
    [[gnu::always_inline]] static F min(F a, F b) { return _mm512_min_ps(a, b); }
    [[gnu::always_inline]] static Mask less(F a, F b) { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
    [[gnu::always_inline]] static F select(Mask m, F yes, F no) { return _mm512_mask_blend_ps(m, no, yes); }
    [[gnu::always_inline]] static unsigned bits(Mask m) { return m; }
    [[gnu::always_inline]] static F power2(F n)
    {
        const __m512i e = _mm512_add_epi32(_mm512_cvtps_epi32(n), _mm512_set1_epi32(127));
        return _mm512_castsi512_ps(_mm512_slli_epi32(e, 23));
    }
    [[gnu::always_inline]] static float sum(F x)
    {
        const __m256 a = _mm256_add_ps(_mm512_castps512_ps256(x), _mm512_extractf32x8_ps(x, 1));
        __m128 b = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
        b = _mm_add_ps(b, _mm_movehl_ps(b, b));
        return _mm_cvtss_f32(_mm_add_ss(b, _mm_movehdup_ps(b)));
    }
    static float largest(F x) { return _mm512_reduce_max_ps(x); }

    [[gnu::always_inline]] static F loadF16(const std::uint16_t *p)
    {
        return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(p)));
    }
    [[gnu::always_inline]] static Pair loadBf16Pair(const std::uint16_t *p)
    {
        const __m512i w = _mm512_loadu_si512(p);
        return {_mm512_castsi512_ps(_mm512_slli_epi32(w, 16)),
                _mm512_castsi512_ps(_mm512_and_si512(w, _mm512_set1_epi32(static_cast<int>(0xffff0000U))))};
    }

    using Codes = __m256i;
    using Table = __m512;
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
    [[gnu::always_inline]] static F halfs(Codes a) { return _mm512_cvtph_ps(a); }
    [[gnu::always_inline]] static F loadInt8(const void *p)
    {
        return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(static_cast<const __m128i *>(p))));
    }
    [[gnu::always_inline]] static Table table(const float *values) { return _mm512_loadu_ps(values); }
    [[gnu::always_inline]] static Pair lookUp(const void *p, Table values)
    {
        const __m512i codes = _mm512_cvtepu8_epi32(_mm_loadu_si128(static_cast<const __m128i *>(p)));
        return {_mm512_permutexvar_ps(codes, values),
                _mm512_permutexvar_ps(_mm512_srli_epi32(codes, 4), values)};
    }
    [[gnu::always_inline]] static void prefetch(const void *p)
    {
        _mm_prefetch(static_cast<const char *>(p), _MM_HINT_T0);
    }
};

} // namespace kernels::cpu
