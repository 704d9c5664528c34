#pragma once

#include "kernels/formats/group.h"

namespace kernels
{

/// 4-bit whole numbers with an fp16 scale and offset for each group of 32 inputs: w = scale * code + offset,
/// code 0 .. 15. Scale and offset are fitted for the least squared error.
struct Int4Format {
    static constexpr int kBits = 4;
    static constexpr bool kHasOffset = true;
    static constexpr int kTop = 15;
    /// Largest error of a number, relative to the largest magnitude of its group. The plain range has half a
    /// step, 1/15; a fit that is kept has no larger sum of squares, which bounds each of 32 by sqrt(32)/15.
    static constexpr double kGroupError = 5.66 / 15 + 4.0 / 2048;

    static GroupCode encode(const float *w)
    {
        float low = w[0], high = w[0];
        for (int i = 1; i < kGroup; ++i) {
            low = w[i] < low ? w[i] : low;
            high = w[i] > high ? w[i] : high;
        }
        static constexpr float kShrink[] = {1.0F, 0.96F, 0.92F, 0.88F, 0.84F};
        GroupCode best, fitted;
        float least = 0;
        for (const float shrink : kShrink) {
            const float middle = (low + high) / 2, half = (high - low) / 2 * shrink;
            GroupCode group = coded(w, middle - half, 2 * half / kTop);
            const float error = errorOf(w, group);
            if (shrink == 1.0F || error < least) {
                best = group;
                least = error;
            }
            if (!fit(w, group, fitted)) continue;
            const float refined = errorOf(w, fitted);
            if (refined < least) {
                best = fitted;
                least = refined;
            }
        }
        return best;
    }

    KERNELS_HD static float decode(const GroupCode &group, int i)
    {
        return F16Format::decode(group.scale) * static_cast<float>(group.code[i]) +
               F16Format::decode(group.offset);
    }

private:
    static GroupCode coded(const float *w, float offset, float step)
    {
        GroupCode group;
        group.scale = finiteF16(step);
        group.offset = finiteF16(offset);
        const float scale = F16Format::decode(group.scale), from = F16Format::decode(group.offset);
        const float inverse = scale == 0 ? 0 : 1 / scale;
        for (int i = 0; i < kGroup; ++i) {
            float x = (w[i] - from) * inverse;
            x = x < 0 ? 0 : x > kTop ? static_cast<float>(kTop) : x;
            // x is in 0..kTop, where adding a half rounds right; lround would be a call for each weight.
            group.code[i] = static_cast<std::uint8_t>(x + 0.5F); // NOLINT(bugprone-incorrect-roundings)
        }
        return group;
    }

    static float errorOf(const float *w, const GroupCode &group)
    {
        const float scale = F16Format::decode(group.scale), offset = F16Format::decode(group.offset);
        float error = 0;
        for (int i = 0; i < kGroup; ++i) {
            const float difference = w[i] - (scale * static_cast<float>(group.code[i]) + offset);
            error += difference * difference;
        }
        return error;
    }

    /// Least squares: scale and offset for the codes of `group`, then codes for these. False if all codes are
    /// equal.
    static bool fit(const float *w, const GroupCode &group, GroupCode &fitted)
    {
        float q = 0, qq = 0, sum = 0, qw = 0;
        for (int i = 0; i < kGroup; ++i) {
            const auto code = static_cast<float>(group.code[i]);
            q += code;
            qq += code * code;
            sum += w[i];
            qw += code * w[i];
        }
        const float determinant = kGroup * qq - q * q;
        if (!(determinant > 0)) return false;
        const float scale = (kGroup * qw - q * sum) / determinant;
        fitted = coded(w, (sum - scale * q) / kGroup, scale);
        return true;
    }
};

} // namespace kernels
