#pragma once

#include "kernels/formats/small_float.h"

namespace kernels
{

/// 8-bit floats e4m3 (no infinities) with an fp16 scale for each group of 32 inputs.
struct Fp8Format {
    using Grid = SmallFloat<4, 3>;
    static constexpr int kBits = 8;
    static constexpr bool kHasOffset = false;
    /// Largest error of a number, relative to the largest magnitude of its group: half a step of the top
    /// binade, and the rounding of the scale.
    static constexpr double kGroupError = 0.5 / 8 / 1.75 + 1.0 / 2048;

    static GroupCode encode(const float *w)
    {
        static constexpr float kFactors[] = {1 / 1.75F};
        return encodeScaled<Grid>(w, kFactors, static_cast<int>(sizeof kFactors / sizeof *kFactors));
    }

    KERNELS_HD static float decode(const GroupCode &group, int i)
    {
        return F16Format::decode(group.scale) * Grid::value(group.code[i]);
    }
};

} // namespace kernels
