#pragma once

#include "kernels/portable.h"

#include <cstdint>
#include <cstring>

namespace kernels
{

/// bfloat16: the upper half of a float32. Encode rounds to nearest even and keeps NaN a NaN.
struct Bf16Format {
    using Element = std::uint16_t;
    static constexpr double kRelativeError = 1.0 / 256; ///< half an ulp of 8 significant bits

    KERNELS_HD static Element encode(float value)
    {
        std::uint32_t bits;
        std::memcpy(&bits, &value, 4);
        if ((bits & 0x7fffffffU) > 0x7f800000U) return static_cast<Element>((bits >> 16) | 0x40U);
        return static_cast<Element>((bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16);
    }

    KERNELS_HD static float decode(Element value)
    {
        const std::uint32_t bits = static_cast<std::uint32_t>(value) << 16;
        float result;
        std::memcpy(&result, &bits, 4);
        return result;
    }
};

} // namespace kernels
