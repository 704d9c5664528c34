#pragma once

#include "kernels/portable.h"

namespace kernels
{

/// Plain float32: the reference that every other format is measured against.
struct F32Format {
    using Element = float;
    static constexpr double kRelativeError = 0.0; ///< largest rounding error of encode, relative

    KERNELS_HD static Element encode(float value) { return value; }
    KERNELS_HD static float decode(Element value) { return value; }
};

} // namespace kernels
