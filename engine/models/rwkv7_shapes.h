#pragma once

// What the shapes of an RWKV-7 file tell. C channels, H heads of N.

#include "engine/models/shapes.h"

namespace engine::rwkv7
{

/// Throws Error(BadModel) naming the tensor that is missing or has the wrong shape.
ModelDims readDims(const TensorFile &file);

/// Per layer: [shift of the time mix, C][shift of the channel mix, C][S, H x N x N, row = value].
StateSpec stateOf(const ModelDims &dims);

/// The low-rank ranks of one layer; v is 0 in the first, which mixes no values.
struct Ranks {
    std::int32_t w = 0, a = 0, v = 0, g = 0;

    /// Floats a row that the op lowRank wants as scratch.
    std::size_t scratch() const;
};

/// Throws Error(UnsupportedModel) for factors that are stored the other way round, as converted files have
/// them.
Ranks readRanks(const TensorFile &file, const ModelDims &dims, int layer);

/// Floats a row of low-rank scratch, enough for every layer.
std::size_t largestScratch(const TensorFile &file, const ModelDims &dims);

} // namespace engine::rwkv7
