#pragma once

#include <cstddef>
#include <cstdint>

namespace kernels
{

/// The vectors of a matrix [outs, ins] in I8Format.
struct I8Scales {
    float *rx = nullptr, *mx = nullptr; ///< [outs] range / 16 and least number of every output
    float *ry = nullptr, *my = nullptr; ///< [ins] the same of every input
};

/// The `i8` of the rwkv package: whole numbers of 8 bits, with range and least number of every output and of
/// every input of the matrix:
///   w_ji = (code_ji + 1/2) ry_i rx_j + my_i + mx_j,   code 0 .. 255, output j, input i.
/// What belongs to one number depends on the whole matrix, so it is encoded in steps (I8Encoder). The vectors
/// are float32, the package's activations' type in `fp32i8`.
/// Source: BlinkDL/ChatRWKV, rwkv_pip_package/src/rwkv/model.py, quantisation while loading.
struct I8Format {
    static constexpr int kBits = 8;
    static constexpr int kLevels = 256;
    /// Largest error of a number, relative to (16 ry_i) (16 rx_j): half a step; the rest is rounding, a few
    /// ulp of the largest of its parts.
    static constexpr double kStepError = 0.5 / kLevels;

    static float decode(std::uint8_t code, float ry, float rx, float my, float mx)
    {
        return (static_cast<float>(code) + 0.5F) * ry * rx + (my + mx);
    }
    static constexpr std::size_t bytes(std::size_t outs, std::size_t ins)
    {
        return outs * ins + 2 * sizeof(float) * (outs + ins);
    }
};

/// Encodes a matrix: run the steps 0 .. kSteps - 1 one after the other, then ask for codes. `At` offers
/// at(out, in), the number. Parts of one step may run on several threads.
template <class At>
class I8Encoder
{
public:
    static constexpr int kSteps = 4; ///< two minima, two ranges

    /// `scales` is written.
    I8Encoder(int outs, int ins, const At &at, const I8Scales &scales)
        : m_outs(outs)
        , m_ins(ins)
        , m_at(at)
        , m_scales(scales)
    {
    }

    /// How many units a step has: outputs, or inputs.
    int units(int step) const { return isOfOutputs(step) ? m_outs : m_ins; }

    /// The units first .. last - 1 of a step.
    void run(int step, int first, int last) const
    {
        const bool ofOutputs = isOfOutputs(step), isRange = step >= 2;
        float *const best =
            isRange ? (ofOutputs ? m_scales.rx : m_scales.ry) : (ofOutputs ? m_scales.mx : m_scales.my);
        const int outs = ofOutputs ? last : m_outs, ins = ofOutputs ? m_ins : last;
        for (int out = ofOutputs ? first : 0; out < outs; ++out)
            for (int in = ofOutputs ? 0 : first; in < ins; ++in) {
                const float x = number(step, out, in);
                float &found = best[ofOutputs ? out : in];
                if ((ofOutputs ? in : out) == 0 || (isRange ? x > found : x < found)) found = x;
            }
        for (int i = first; isRange && i < last; ++i)
            best[i] /= kShare;
    }

    std::uint8_t code(int out, int in) const
    {
        const float x = number(kSteps, out, in) * I8Format::kLevels;
        return static_cast<std::uint8_t>(x < 0 ? 0 : x > 255 ? 255 : x);
    }

private:
    /// Each of the two ranges takes its share of the division by 256.
    static constexpr float kShare = 16;

    bool isOfOutputs(int step) const
    {
        const bool inputsFirst = m_ins > m_outs;
        return step == 0 ? !inputsFirst : step == 1 ? inputsFirst : step == 2;
    }

    /// The number as `step` finds it: the steps before have taken away minima and ranges.
    float number(int step, int out, int in) const
    {
        const bool inputsFirst = m_ins > m_outs;
        float x = m_at(out, in);
        if (step > 0) x -= inputsFirst ? m_scales.my[in] : m_scales.mx[out];
        if (step > 1) x -= inputsFirst ? m_scales.mx[out] : m_scales.my[in];
        if (step > 2) x = over(x, m_scales.rx[out]);
        if (step > 3) x = over(x, m_scales.ry[in]);
        return x;
    }
    /// Where all numbers are the same the range is 0, and nothing is left to divide.
    static float over(float x, float share) { return share == 0 ? x : x / (kShare * share); }

    int m_outs, m_ins;
    const At &m_at;
    I8Scales m_scales;
};

} // namespace kernels
