#pragma once

#include "engine/files/tensor_file.h"

#include <memory>
#include <string>

namespace engine
{

/// An RWKV-7 model of a public shape ("0.1B", "0.4B", "1.5B", "2.9B", "7.2B", "13.3B") with random bf16
/// weights, the same each time, of a size that keeps activations and logits finite. Its entries have no
/// `data`: read() makes it. Source of the shapes: the checkpoints at https://huggingface.co/BlinkDL/rwkv7-g1.
/// Throws Error(BadRequest) listing the shapes there are.
std::unique_ptr<TensorFile> makeRandomFile(const std::string &shape);

} // namespace engine
