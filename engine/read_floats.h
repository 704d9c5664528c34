#pragma once

#include "engine/files/tensor_file.h"

#include <cstddef>
#include <span>
#include <vector>

namespace engine
{

/// Decodes elements `first` .. `first + to.size() - 1` of a tensor of `file` (fp64, fp32, fp16 or bf16).
/// Throws Error(BadModel) naming the tensor for other types, Error(BadFile) if the file was cut meanwhile.
void readFloats(const TensorFile &file, const TensorEntry &entry, std::size_t first, std::span<float> to);

/// All of a tensor; no more memory than four times its bytes in the file. Throws as above, and
/// Error(BadModel) for numbers that are not finite.
std::vector<float> readFloats(const TensorFile &file, const TensorEntry &entry);

} // namespace engine
