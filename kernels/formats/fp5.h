#pragma once

#include "kernels/formats/small_float.h"

namespace kernels
{

/// 5-bit floats e2m2 with an fp16 scale for each group of 32 inputs, chosen for the least squared error.
struct Fp5Format {
    using Grid = SmallFloat<2, 2>;
    static constexpr int kBits = 5;
    static constexpr bool kHasOffset = false;
    /// Largest error of a number, relative to the largest magnitude of its group: half a step of the top
    /// binade at the largest scale, more than what the smallest scale cuts off; and the scale's rounding.
    static constexpr double kGroupError = 0.5 / 4 + 1.0 / 2048;

    static GroupCode encode(const float *w)
    {
        static constexpr float kFactors[] = {1 / 1.75F,  1 / 1.9F,  1 / 1.6F,   1 / 1.5F,
                                             1 / 1.375F, 1 / 1.25F, 1 / 1.125F, 1.0F};
        return encodeScaled<Grid>(w, kFactors, static_cast<int>(sizeof kFactors / sizeof *kFactors));
    }

    KERNELS_HD static float decode(const GroupCode &group, int i)
    {
        return F16Format::decode(group.scale) * Grid::value(group.code[i]);
    }
};

} // namespace kernels
