#pragma once

#include "kernels/formats/group.h"

#include <cstdint>
#include <cstring>

namespace kernels
{

/// Floats of a sign, E exponent bits and M mantissa bits without infinities, in units that make the largest
/// one 1.75: exponent field 2^E - 1 stands for 1. Field 0 holds subnormals. Rounds to nearest even.
template <int E, int M>
struct SmallFloat {
    static constexpr int kTopField = (1 << E) - 1;
    static constexpr float kLargest = 1.75F;
    static constexpr float kLeastNormal = 1.0F / (std::int64_t{1} << (kTopField - 1));

    /// The code value next to x.
    KERNELS_HD static float nearest(float x)
    {
        const float magnitude = x < 0 ? -x : x;
        const float a = magnitude < kLargest ? magnitude : kLargest;
        std::uint32_t bits;
        std::memcpy(&bits, &a, 4);
        bits &= 0x7f800000U;
        float binade; // the power of two at or below a
        std::memcpy(&binade, &bits, 4);
        binade = binade > kLeastNormal ? binade : kLeastNormal;
        const float magic = binade * static_cast<float>(1 << (23 - M)); // its ulp is the step of the codes
        const float rounded = (a + magic) - magic;
        return x < 0 ? -rounded : rounded;
    }

    /// The code of such a value.
    KERNELS_HD static std::uint8_t code(float value)
    {
        const bool negative = value < 0;
        const float a = negative ? -value : value;
        std::uint32_t field = 0, mantissa = 0;
        if (a < kLeastNormal) {
            mantissa = static_cast<std::uint32_t>(a / kLeastNormal * static_cast<float>(1 << M));
        } else {
            std::uint32_t bits;
            std::memcpy(&bits, &a, 4);
            field = (bits >> 23) - 127 + kTopField;
            mantissa = (bits >> (23 - M)) & ((1U << M) - 1U);
        }
        return static_cast<std::uint8_t>((negative ? 1U << (E + M) : 0U) | field << M | mantissa);
    }

    KERNELS_HD static float value(std::uint8_t code)
    {
        const int field = (code >> M) & kTopField, mantissa = code & ((1 << M) - 1);
        float binade = kLeastNormal;
        for (int i = 1; i < field; ++i)
            binade *= 2;
        const float steps = static_cast<float>((field > 0 ? 1 << M : 0) + mantissa);
        const float a = binade * steps / static_cast<float>(1 << M);
        return code >> (E + M) ? -a : a;
    }
};

} // namespace kernels
