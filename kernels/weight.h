#pragma once

#include "kernels/formats/bf16.h"
#include "kernels/formats/f16.h"
#include "kernels/formats/f32.h"

#include <cstdint>

namespace kernels
{

/// Every weight format: X(enumerator, traits in kernels/formats/<traits>.h, name in strategy strings).
#define KERNELS_FORMATS(X)                                                                                   \
    X(F32, F32Format, "fp32")                                                                                \
    X(F16, F16Format, "fp16")                                                                                \
    X(BF16, Bf16Format, "bf16")

enum class Format : std::uint8_t {
#define X(name, traits, text) name,
    KERNELS_FORMATS(X)
#undef X
};

constexpr const char *nameOf(Format format)
{
    switch (format) {
#define X(name, traits, text)                                                                                \
    case Format::name:                                                                                       \
        return text;
        KERNELS_FORMATS(X)
#undef X
    }
    return "?";
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
