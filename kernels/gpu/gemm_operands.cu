// The factors of products on matrix units: activations and quantised weights in 16 bits. See gemm.h for what
// that costs.

#include "kernels/gpu/gemm_operands.h"

#include "kernels/gpu/reduce.h"
#include "kernels/gpu/weight_rows.h"

namespace kernels::gpu
{

namespace
{

/// 2^(field - 127).
GPU_FUNCTION float powerOfTwo(std::uint32_t field)
{
    const std::uint32_t bits = field << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    return power;
}

/// The exponent field of the power of two that brings the row's largest number to [2^14, 2^15); that of 1
/// where the row has nothing but zeros, or an infinity.
GPU_FUNCTION std::uint32_t scaleField(float largest)
{
    constexpr std::uint32_t kOne = 127, kTop = 14, kInfinity = 255;
    std::uint32_t bits;
    memcpy(&bits, &largest, sizeof bits);
    const std::uint32_t field = bits >> 23;
    if (largest <= 0 || field == kInfinity) return kOne;
    return field > kTop ? field - kTop : 1;
}

template <class Traits>
GPU_FUNCTION void widenPiece(const Weight &w, std::uint16_t *target, int out, int piece)
{
    float values[kPiece];
    RowReader<Traits>(w, out, rowBytesOf<Traits>(w.cols)).read(piece, values);
    constexpr float kMost = 65504; // a scale in fp16 times a level may be a little more
    std::uint16_t half[kPiece];
    for (int i = 0; i < kPiece; ++i)
        half[i] = toHalf(fminf(fmaxf(values[i], -kMost), kMost));
    Quad quad;
    memcpy(&quad, half, sizeof quad);
    *reinterpret_cast<Quad *>(target) = quad;
}

} // namespace

GPU_KERNEL void GPU_BOUNDS(kBlock)
    narrowRows(const float *x, std::uint16_t *a, float *scale, int cols, Format type)
{
    const float *from = x + std::int64_t{blockX()} * cols;
    const int inputs = gemmInputs(cols);
    std::uint16_t *to = a + std::int64_t{blockX()} * inputs;
    std::uint32_t field = 127;
    if (type == Format::F16) {
        float largest = 0;
        for (int i = threadIndex(); i < cols; i += kBlock)
            largest = Larger()(largest, fabsf(from[i]));
        field = scaleField(overBlock(largest, Larger()));
    }
    if (threadIndex() == 0) scale[blockX()] = powerOfTwo(field);
    const float inverse = powerOfTwo(254 - field);
    for (int i = threadIndex(); i < inputs; i += kBlock) {
        const float value = i < cols ? from[i] * inverse : 0;
        to[i] = type == Format::F16 ? toHalf(value) : Bf16Format::encode(value);
    }
}

GPU_KERNEL void GPU_BOUNDS(kBlock) widenRows(Weight w, std::uint16_t *target, int firstOut, int outs)
{
    const int pieces = gemmInputs(w.cols) / kPiece;
    const std::int64_t i = std::int64_t{blockX()} * kBlock + threadIndex();
    if (i >= std::int64_t{outs} * pieces) return;
    const int out = static_cast<int>(i / pieces), piece = static_cast<int>(i % pieces);
    std::uint16_t *to = target + i * kPiece;
    switch (w.format) {
#define X(name, traits, text)                                                                                \
    case Format::name:                                                                                       \
        if constexpr (IsGrouped<traits>::value) widenPiece<traits>(w, to, firstOut + out, piece);            \
        break;
        KERNELS_FORMATS(X)
#undef X
    case Format::I8: // refused at load
        break;
    }
}

} // namespace kernels::gpu
