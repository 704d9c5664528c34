#pragma once

#include "engine/files/tensor_file.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace engine
{

/// The tensors of an RWKV-7 model of a public shape ("0.1B", "0.4B", "1.5B", "2.9B", "7.2B", "13.3B"), bf16,
/// by name and shape only: `data` of every entry is nullptr, and a WeightStore fills it with random numbers.
/// Source of the shapes: rwkv-math-and-formats §24. Throws Error(BadRequest) listing the shapes there are.
std::unique_ptr<TensorFile> makeRandomFile(const std::string &shape);

/// Random bf16 elements `first .. first + out.size() - 1` of a tensor of such a file: the same numbers each
/// time, of a size that keeps activations and logits finite. Normal with deviation 1/sqrt(inputs) for
/// matrices.
void fillRandom(const TensorEntry &entry, std::size_t first, std::span<std::uint16_t> out);

} // namespace engine
