#pragma once

// Rows of the embedding table, with the first layer norm.

#include "kernels/cpu/rows_kernel.h"

namespace kernels::cpu
{

/// Element i of unaligned memory, as float.
static inline float elementOf(const std::byte *p, DType type, std::int64_t i)
{
    if (type == DType::F32) {
        float value;
        __builtin_memcpy(&value, p + 4 * i, 4);
        return value;
    }
    std::uint16_t value;
    __builtin_memcpy(&value, p + 2 * i, 2);
    return type == DType::F16 ? F16Format::decode(value) : Bf16Format::decode(value);
}

template <class V>
void embed(const Embed &args, int first, int last)
{
    const auto C = static_cast<int>(args.table.dims[1]);
    const std::size_t rowBytes = bytesOf(args.table.dtype) * static_cast<std::size_t>(C);
    for (int row = first; row < last; ++row) {
        const auto *source = static_cast<const std::byte *>(args.table.data) +
                             static_cast<std::size_t>(args.tokens[row]) * rowBytes;
        float *x = rowOf(args.x, row, C);
        for (int i = 0; i < C; ++i)
            x[i] = elementOf(source, args.table.dtype, i);
        if (args.gain) normRow<V>(x, args.gain.f32(), args.bias.f32(), args.epsilon, C, x);
    }
}

} // namespace kernels::cpu
