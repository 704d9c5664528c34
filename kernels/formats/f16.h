#pragma once

#include "kernels/portable.h"

#include <cstdint>
#include <cstring>

namespace kernels
{

/// IEEE binary16. Encode rounds to nearest even, overflows to infinity and keeps subnormals.
struct F16Format {
    using Element = std::uint16_t;
    static constexpr double kRelativeError = 1.0 / 2048; ///< half an ulp of 11 significant bits

    KERNELS_HD static Element encode(float value)
    {
        std::uint32_t bits;
        std::memcpy(&bits, &value, 4);
        const std::uint32_t sign = (bits >> 16) & 0x8000U;
        const std::uint32_t magnitude = bits & 0x7fffffffU;
        if (magnitude > 0x7f800000U) return static_cast<Element>(sign | 0x7e00U);
        if (magnitude >= 0x477ff000U) // 65520 and above round to infinity
            return static_cast<Element>(sign | 0x7c00U);
        if (magnitude < 0x38800000U) { // below 2^-14: subnormal, let the float adder round
            float scaled;
            std::memcpy(&scaled, &magnitude, 4);
            scaled += 0.5F; // ulp of 0.5 is 2^-24, the subnormal step
            std::uint32_t raw;
            std::memcpy(&raw, &scaled, 4);
            return static_cast<Element>(sign | (raw - 0x3f000000U));
        }
        const std::uint32_t rounded = magnitude + 0xfffU + ((magnitude >> 13) & 1U);
        return static_cast<Element>(sign | ((rounded - 0x38000000U) >> 13));
    }

    KERNELS_HD static float decode(Element value)
    {
        const std::uint32_t sign = static_cast<std::uint32_t>(value & 0x8000U) << 16;
        const std::uint32_t magnitude = value & 0x7fffU;
        std::uint32_t bits;
        if (magnitude >= 0x7c00U) {
            bits = sign | 0x7f800000U | ((magnitude & 0x3ffU) << 13);
        } else if (magnitude >= 0x400U) {
            bits = sign | ((magnitude << 13) + 0x38000000U);
        } else {
            const float small = static_cast<float>(magnitude) * 0x1p-24F;
            std::memcpy(&bits, &small, 4);
            bits |= sign;
        }
        float result;
        std::memcpy(&result, &bits, 4);
        return result;
    }
};

} // namespace kernels
