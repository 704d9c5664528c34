#pragma once

// Reading the sizes of a model from the shapes of its tensors, and describing its state.

#include "engine/models/model.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace engine
{

/// "blocks.<layer>.<name>".
std::string block(int layer, const std::string &name);

/// Dimension `index` of a tensor with `rank` dimensions, each from 1 to 2^31 - 1. Throws Error(BadModel)
/// naming the tensor.
std::int64_t shapeAt(const TensorFile &file, const std::string &name, std::size_t index, std::size_t rank);

/// One more than the largest number in "blocks.<number>."; bounded by the number of tensors. Throws
/// Error(BadModel).
int countLayers(const TensorFile &file);

/// Vocabulary, width, layers and hidden size, which all generations tell in the same way. Throws
/// Error(BadModel).
ModelDims readCommonDims(const TensorFile &file);

/// Sets heads and headSize from a tensor with one number or one row a head. Throws Error(BadModel) if the
/// heads do not divide the width, Error(UnsupportedModel) for heads beyond those that the kernels take.
void setHeads(ModelDims &dims, const std::string &name, std::int64_t heads);

/// Rank of the low-rank factor `name`, [width, rank]. Throws Error(UnsupportedModel) for factors that are
/// stored the other way round, as converted files have them.
std::int32_t rankOf(const TensorFile &file, const std::string &name, std::int64_t width);

/// Floats that the op lowRank wants as scratch for a pair of this rank and one row.
std::size_t rankScratch(std::int32_t rank);

/// One piece of what a layer keeps: "att.shift_state" and its shape.
struct LayerState {
    std::string name;
    std::vector<std::int64_t> shape;
};

/// What tuned states multiply the output of the recurrence by, less 1, in front of the norm of the heads:
/// y (1 + offset), [C] behind the matrices of a layer. It never changes while a sequence is read. Source:
/// RWKV-LM-RLHF, rwkv-infer §6.1.
inline constexpr const char *kOffsetOfState = "att.time_offset";

/// The same pieces for every layer, layer after layer.
StateSpec stateOfLayers(std::string layout, int layers, const std::vector<LayerState> &pieces);

} // namespace engine
