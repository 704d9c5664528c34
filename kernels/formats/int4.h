#pragma once

#include "kernels/formats/group.h"

namespace kernels
{

/// 4-bit whole numbers with an fp16 scale and offset for each group of 32 inputs: w = scale * code + offset,
/// code 0 .. 15. Scale and offset are fitted for the least squared error. Numbers that already lie so, as
/// those of GGUF's Q4_0, Q4_1 and Q4_K do, keep their codes: only scale and offset are rounded.
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
        if (const float step = stepOf(w); step > 0) {
            const GroupCode group = coded(w, low, step);
            if (errorOf(w, group) < least) best = group;
        }
        return best;
    }

    KERNELS_HD static float decode(const GroupCode &group, int i)
    {
        return F16Format::decode(group.scale) * static_cast<float>(group.code[i]) +
               F16Format::decode(group.offset);
    }

private:
    /// The distance of numbers that are no more than 16 evenly spaced ones, with gaps or without; else 0.
    static float stepOf(const float *w)
    {
        constexpr float kUneven = 1.0F / 64; ///< of a step: blocks are decoded in fp32, from smaller numbers
        float level[kTop + 1];
        int levels = 0;
        for (int i = 0; i < kGroup; ++i) {
            int at = levels;
            while (at > 0 && level[at - 1] > w[i])
                --at;
            if (at > 0 && level[at - 1] == w[i]) continue;
            if (levels > kTop) return 0;
            for (int k = levels; k > at; --k)
                level[k] = level[k - 1];
            level[at] = w[i];
            ++levels;
        }
        if (levels < 2) return 0;
        float least = level[1] - level[0];
        for (int k = 2; k < levels; ++k)
            least = level[k] - level[k - 1] < least ? level[k] - level[k - 1] : least;
        const float range = level[levels - 1] - level[0];
        if (!(range / least < kTop + 0.5F)) return 0;
        const float step = range / static_cast<float>(static_cast<int>(range / least + 0.5F));
        for (int k = 1; k < levels; ++k) {
            const float steps = (level[k] - level[0]) / step;
            const float off = steps - static_cast<float>(static_cast<int>(steps + 0.5F));
            if (off > kUneven || off < -kUneven) return 0;
        }
        return step;
    }

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
