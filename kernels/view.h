#pragma once

#include "kernels/dtype.h"

#include <cstddef>
#include <cstdint>

namespace kernels
{

/// Borrowed, row-major, contiguous array of up to four dimensions. Dimension order is the paper's
/// (`[tokens, heads, head size]`). Trivially copyable; an empty view (`data == nullptr`) means "absent".
struct View {
    void *data = nullptr;
    DType dtype = DType::F32;
    int rank = 0;
    std::int64_t dims[4] = {0, 0, 0, 0};

    explicit operator bool() const { return data != nullptr; }

    std::int64_t elements() const
    {
        std::int64_t n = 1;
        for (int i = 0; i < rank; ++i)
            n *= dims[i];
        return n;
    }
    std::size_t bytes() const { return static_cast<std::size_t>(elements()) * bytesOf(dtype); }

    /// The elements as float; only for views of DType::F32.
    float *f32() const { return static_cast<float *>(data); }
};

inline View view(void *data, DType type, std::int64_t d0) { return View{data, type, 1, {d0, 0, 0, 0}}; }
inline View view(void *data, DType type, std::int64_t d0, std::int64_t d1)
{
    return View{data, type, 2, {d0, d1, 0, 0}};
}
inline View view(void *data, DType type, std::int64_t d0, std::int64_t d1, std::int64_t d2)
{
    return View{data, type, 3, {d0, d1, d2, 0}};
}

/// One recurrent quantity of every slot: slot `s` starts at `data + s * slotStride`. Always float32.
/// A slot keeps all layers together, so that saving or copying a sequence is one memory copy.
struct StateView {
    float *data = nullptr;
    std::size_t slotStride = 0; ///< floats from one slot to the next

    float *slot(std::int32_t s) const { return data + static_cast<std::size_t>(s) * slotStride; }
};

/// Rows of numbers that every slot has for each token that it keeps, in pages of kTokens rows, which lie
/// anywhere. Row p of slot s, of `width` numbers, starts at
///   pages[s * slotPages + p / kTokens] + offset + p % kTokens * width.
/// A slot has pages up to the last row that it has reached. Always float32.
struct PagedView {
    static constexpr std::int32_t kTokens = 64;
    float *const *pages = nullptr; ///< [slots, slotPages], device memory
    std::int32_t slotPages = 0;
    std::size_t offset = 0; ///< floats from the start of a page
};

} // namespace kernels
