#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace engine
{

/// One tensor of a small .pth file: float32 numbers, row-major.
struct SmallTensor {
    std::string name;
    std::vector<std::int64_t> shape;
    std::vector<float> values;
};

/// The bytes of a file as torch.save writes a dictionary of tensors: a zip of stored entries, each aligned to
/// 64 bytes, with checksums. `asBf16` rounds to nearest even. Everything lies in memory: for states and
/// adapters. Source: pytorch torch/serialization.py; PKWARE APPNOTE 6.3.10.
std::string smallPth(const std::vector<SmallTensor> &tensors, bool asBf16);

} // namespace engine
