#pragma once

#include "support/file_bytes.h"

#include <string>
#include <vector>

namespace support
{

struct SafeTensor {
    std::string name;
    std::string dtype;
    std::string shape; ///< "2, 3"
    std::string bytes;
};

/// A safetensors file with any header text, right or wrong.
inline std::string safetensorsOf(const std::string &header, const std::string &data)
{
    return little(header.size(), 8) + header + data;
}

/// A well-formed safetensors file. `metadata` is the inside of a JSON object.
inline std::string safetensors(const std::vector<SafeTensor> &tensors, const std::string &metadata = {})
{
    std::string header = "{";
    std::string data;
    if (!metadata.empty()) header += "\"__metadata__\":{" + metadata + "}";
    for (const SafeTensor &tensor : tensors) {
        if (header.size() > 1) header += ',';
        header += '"' + tensor.name + R"(":{"dtype":")" + tensor.dtype + R"(","shape":[)" + tensor.shape +
                  R"(],"data_offsets":[)" + std::to_string(data.size()) + ',' +
                  std::to_string(data.size() + tensor.bytes.size()) + "]}";
        data += tensor.bytes;
    }
    return safetensorsOf(header + '}', data);
}

} // namespace support
