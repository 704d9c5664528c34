#pragma once

#include "engine/files/tensor_file.h"

#include <cstddef>
#include <span>
#include <vector>

namespace engine
{

/// Decodes elements `first` .. `first + to.size() - 1` of a tensor of `file`, whole blocks where its type has
/// them. Throws Error(BadModel) naming the tensor for integers, Error(BadFile) if the file was cut meanwhile.
void readFloats(const TensorFile &file, const TensorEntry &entry, std::size_t first, std::span<float> to);

/// All of a tensor; for small tensors. Throws as above, and
/// Error(BadModel) for numbers that are not finite.
std::vector<float> readFloats(const TensorFile &file, const TensorEntry &entry);

} // namespace engine
