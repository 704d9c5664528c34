#pragma once

#include "kernels/formats/group.h"

namespace kernels
{

/// 4-bit NormalFloat: sixteen quantiles of a normal distribution (QLoRA, arXiv:2305.14314, appendix E) times
/// an fp16 scale for each group of 32 inputs. The scale is chosen for the least squared error and may be
/// negative, as the levels are not symmetric.
struct Nf4Format {
    static constexpr int kBits = 4;
    static constexpr bool kHasOffset = false;
    static constexpr float kLevels[16] = {-1.0F,          -0.6961928009F, -0.5250730515F, -0.3949174881F,
                                          -0.2844413817F, -0.1847734302F, -0.0910500362F, 0.0F,
                                          0.0795802996F,  0.1609302014F,  0.2461123019F,  0.3379152417F,
                                          0.4407098293F,  0.5626170039F,  0.7229568362F,  1.0F};
    /// Largest error of a number, relative to the largest magnitude of its group: half the widest gap at the
    /// largest scale; and the scale's rounding.
    static constexpr double kGroupError = 0.30380719915 / 2 * 1.1 + 1.0 / 2048;

    struct Grid {
        KERNELS_HD static float nearest(float x)
        {
            float level = kLevels[0];
            for (int i = 1; i < 16; ++i) {
                const float middle = (kLevels[i - 1] + kLevels[i]) / 2;
                level = x > middle ? kLevels[i] : level;
            }
            return level;
        }
        KERNELS_HD static std::uint8_t code(float value)
        {
            std::uint8_t code = 0;
            while (code < 15 && kLevels[code] < value)
                ++code;
            return code;
        }
    };

    static GroupCode encode(const float *w)
    {
        static constexpr float kFactors[] = {1.0F, -1.0F, 0.92F, -0.92F, 0.86F, -0.86F, 1.1F, -1.1F};
        return encodeScaled<Grid>(w, kFactors, static_cast<int>(sizeof kFactors / sizeof *kFactors));
    }

    KERNELS_HD static float decode(const GroupCode &group, int i)
    {
        return F16Format::decode(group.scale) * kLevels[group.code[i]];
    }
};

} // namespace kernels
