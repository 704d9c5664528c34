#pragma once

#include "kernels/formats/f16.h"

#include <cstdint>

namespace kernels
{

/// Consecutive inputs of one output that share a scale in the formats below 16 bits.
constexpr int kGroup = 32;

/// One encoded group, one code a byte. Devices pack the codes as they like; in memory a group takes
/// 2 bytes of scale, 2 of offset if the format has one, and kGroup * kBits / 8 of codes.
struct GroupCode {
    std::uint16_t scale = 0;  ///< fp16
    std::uint16_t offset = 0; ///< fp16; 0 in formats without one
    std::uint8_t code[kGroup] = {};
};

constexpr float kLargestF16 = 65504.0F;

/// The largest magnitude of a group.
inline float largestOf(const float *w)
{
    float largest = 0;
    for (int i = 0; i < kGroup; ++i) {
        const float magnitude = w[i] < 0 ? -w[i] : w[i];
        largest = magnitude > largest ? magnitude : largest;
    }
    return largest;
}

/// `value` as fp16, at most the largest finite one.
inline std::uint16_t finiteF16(float value)
{
    return F16Format::encode(value < -kLargestF16 ? -kLargestF16 : value > kLargestF16 ? kLargestF16 : value);
}

/// Codes of the scale, among largest * factor[i], with the least sum of squared errors. `Grid` offers
/// nearest(x), the code value next to x, and code(x) of such a value.
template <class Grid>
GroupCode encodeScaled(const float *w, const float *factor, int factors)
{
    GroupCode best;
    const float largest = largestOf(w);
    float least = 0;
    for (int i = 0; i < factors; ++i) {
        const std::uint16_t bits = finiteF16(largest * factor[i]);
        const float scale = F16Format::decode(bits);
        const float inverse = scale == 0 ? 0 : 1 / scale;
        float error = 0;
        for (int k = 0; k < kGroup; ++k) {
            const float difference = w[k] - scale * Grid::nearest(w[k] * inverse);
            error += difference * difference;
        }
        if (i > 0 && !(error < least)) continue;
        least = error;
        best.scale = bits;
    }
    const float scale = F16Format::decode(best.scale);
    const float inverse = scale == 0 ? 0 : 1 / scale;
    for (int k = 0; k < kGroup; ++k)
        best.code[k] = Grid::code(Grid::nearest(w[k] * inverse));
    return best;
}

} // namespace kernels
