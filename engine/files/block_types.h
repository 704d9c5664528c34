#pragma once

#include "engine/files/tensor_file.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace engine
{

/// How numbers of a type lie in a file: `elements` of them, neighbours in a row, take `bytes`. Plain types
/// have one element a block, block-quantised types 32 or 256. A row is always a whole number of blocks.
struct BlockShape {
    std::size_t elements = 1;
    std::size_t bytes = 1;
};
BlockShape blockOf(StoredType type);

/// True for Q8_0 ... Q6_K.
bool isBlockType(StoredType type);

/// Bytes that a tensor of this type and shape takes; nothing if a dimension is negative, the product exceeds
/// 2^62, or a row (the last dimension) is not a whole number of blocks.
std::optional<std::uint64_t> storedBytes(StoredType type, const std::vector<std::int64_t> &shape);

/// Decodes whole blocks (so also whole rows) to float32. Types: F64, F32, F16, BF16 and the block types.
/// Throws Error(Internal) for another type, or if `from` does not hold exactly the blocks of `to`. Never
/// reads or writes beyond the two spans. Source: ggml, ggml-common.h (block_*) and ggml-quants.c
/// (dequantize_row_*).
void decodeToFloat(StoredType type, std::span<const std::byte> from, std::span<float> to);

/// Encodes whole blocks: F32, F16, BF16, Q8_0 and Q4_0, each rounded to nearest. The inverse of
/// decodeToFloat, with the same rules. Source: ggml-quants.c (quantize_row_*_ref).
void encodeFromFloat(StoredType type, std::span<const float> from, std::span<std::byte> to);

/// Multiplies whole blocks by a power of two in their stored form, which is exact unless it overflows to
/// infinity. Types and errors as decodeToFloat.
void scaleStored(StoredType type, std::span<std::byte> blocks, int exponent);

} // namespace engine
