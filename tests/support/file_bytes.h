#pragma once

// Bytes of files that tests make themselves.

#include "engine/files/tensor_file.h"

#include <memory>
#include <span>
#include <string>

namespace support
{

/// The lowest `count` bytes of `value`, lowest first.
inline std::string little(std::uint64_t value, int count)
{
    std::string out;
    for (int i = 0; i < count; ++i)
        out += static_cast<char>(value >> (8 * i));
    return out;
}

/// Opens bytes, which must outlive the result, as a file called `name`.
inline std::unique_ptr<engine::TensorFile> openTensors(const std::string &bytes,
                                                       const std::string &name = "test")
{
    return engine::TensorFile::openBytes(std::as_bytes(std::span(bytes)), name);
}

inline std::string dataOf(const engine::TensorEntry &tensor)
{
    return {reinterpret_cast<const char *>(tensor.data), tensor.bytes};
}

} // namespace support
