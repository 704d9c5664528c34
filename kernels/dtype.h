#pragma once

#include <cstddef>
#include <cstdint>

namespace kernels
{

/// Element type of activations, vectors and stored tensors.
enum class DType : std::uint8_t { F32, F16, BF16, I32 };

/// Size of one element in bytes.
constexpr std::size_t bytesOf(DType type) { return type == DType::F16 || type == DType::BF16 ? 2 : 4; }

constexpr const char *nameOf(DType type)
{
    switch (type) {
    case DType::F32:
        return "fp32";
    case DType::F16:
        return "fp16";
    case DType::BF16:
        return "bf16";
    case DType::I32:
        return "int32";
    }
    return "?";
}

} // namespace kernels
