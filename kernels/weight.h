#pragma once

#include "kernels/formats/bf16.h"
#include "kernels/formats/f16.h"
#include "kernels/formats/f32.h"
#include "kernels/formats/fp5.h"
#include "kernels/formats/fp6.h"
#include "kernels/formats/fp8.h"
#include "kernels/formats/i8.h"
#include "kernels/formats/int4.h"
#include "kernels/formats/int8.h"
#include "kernels/formats/nf4.h"

#include <cstdint>

namespace kernels
{

/// Every weight format that keeps numbers, or groups of them, by themselves: X(enumerator, traits in
/// kernels/formats/<traits>.h, name in strategy strings).
#define KERNELS_FORMATS(X)                                                                                   \
    X(F32, F32Format, "fp32")                                                                                \
    X(F16, F16Format, "fp16")                                                                                \
    X(BF16, Bf16Format, "bf16")                                                                              \
    X(Int8, Int8Format, "int8")                                                                              \
    X(Fp8, Fp8Format, "fp8")                                                                                 \
    X(Fp6, Fp6Format, "fp6")                                                                                 \
    X(Fp5, Fp5Format, "fp5")                                                                                 \
    X(Nf4, Nf4Format, "nf4")                                                                                 \
    X(Int4, Int4Format, "int4")

/// Those whose numbers depend on the whole matrix: a device need not have them (Device::weightBytes is 0).
#define KERNELS_MATRIX_FORMATS(X) X(I8, I8Format, "i8")

#define KERNELS_ALL_FORMATS(X) KERNELS_FORMATS(X) KERNELS_MATRIX_FORMATS(X)

enum class Format : std::uint8_t {
#define X(name, traits, text) name,
    KERNELS_ALL_FORMATS(X)
#undef X
};

constexpr const char *nameOf(Format format)
{
    switch (format) {
#define X(name, traits, text)                                                                                \
    case Format::name:                                                                                       \
        return text;
        KERNELS_ALL_FORMATS(X)
#undef X
    }
    return "?";
}

/// True for the formats of 16 and more bits, which keep each number by itself: what strategies leave the head
/// and the low-rank factors in. The others keep no number beyond 65504; all but i8 keep groups of kGroup
/// inputs with a scale in fp16.
constexpr bool isHigh(Format format)
{
    return format == Format::F32 || format == Format::F16 || format == Format::BF16;
}

/// A matrix `[rows = out, cols = in]` in device memory, arranged the way its device likes best (the CPU keeps
/// panels of 16 outputs). Filled by the op `packWeight`, size from `Device::weightBytes`. Borrowed.
struct Weight {
    const void *data = nullptr;
    Format format = Format::F32;
    std::int32_t rows = 0;
    std::int32_t cols = 0;

    explicit operator bool() const { return data != nullptr; }
};

} // namespace kernels
