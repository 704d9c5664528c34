#pragma once

#include "kernels/formats/group.h"

namespace kernels
{

/// 8-bit whole numbers with an fp16 scale for each group of 32 inputs: w = scale * code, code -127 .. 127
/// in two's complement. GGUF's Q8_0 is the same, so its weights come through without loss.
struct Int8Format {
    static constexpr int kBits = 8;
    static constexpr bool kHasOffset = false;
    /// Largest error of a number, relative to the largest magnitude of its group: half a step, and the
    /// rounding of the scale.
    static constexpr double kGroupError = 0.5 / 127 + 1.0 / 2048;

    static GroupCode encode(const float *w)
    {
        GroupCode group;
        group.scale = finiteF16(largestOf(w) / 127);
        const float scale = F16Format::decode(group.scale);
        for (int i = 0; i < kGroup; ++i) {
            float x = scale == 0 ? 0 : w[i] / scale;
            x = x < -127 ? -127 : x > 127 ? 127 : x;
            x = (x + 12582912.0F) - 12582912.0F; // 1.5 * 2^23: rounds to a whole number
            group.code[i] = static_cast<std::uint8_t>(static_cast<std::int8_t>(x));
        }
        return group;
    }

    KERNELS_HD static float decode(const GroupCode &group, int i)
    {
        return F16Format::decode(group.scale) * static_cast<float>(static_cast<std::int8_t>(group.code[i]));
    }
};

} // namespace kernels
