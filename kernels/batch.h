#pragma once

#include <cstdint>

namespace kernels
{

/// One packed step: the rows of `seqs` sequences of different lengths, one after the other.
/// Sequence `i` owns rows `start[i] .. start[i + 1] - 1` (at least one) and state slot `slot[i]`; no slot
/// appears twice. Decoding is the case of one row per sequence. Arrays live in device memory.
struct Batch {
    std::int32_t tokens = 0;
    std::int32_t seqs = 0;
    const std::int32_t *start = nullptr; ///< [seqs + 1]
    const std::int32_t *slot = nullptr;  ///< [seqs]
    const std::int32_t *group = nullptr; ///< [seqs]; sequences of one mix share a group
};

} // namespace kernels
