#pragma once

// GGUF and ggmf files, right or wrong, byte by byte.

#include "support/file_bytes.h"

#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace support
{

inline std::string ggufText(const std::string &text) { return little(text.size(), 8) + text; }

inline std::string ggufPair(const std::string &key, std::uint32_t kind, const std::string &value)
{
    return ggufText(key) + little(kind, 4) + value;
}
inline std::string ggufNumber(const std::string &key, std::uint32_t value)
{
    return ggufPair(key, 4, little(value, 4));
}
inline std::string ggufString(const std::string &key, const std::string &value)
{
    return ggufPair(key, 8, ggufText(value));
}
inline std::string ggufTexts(const std::string &key, const std::vector<std::string> &values)
{
    std::string list = little(8, 4) + little(values.size(), 8);
    for (const std::string &value : values)
        list += ggufText(value);
    return ggufPair(key, 9, list);
}

struct GgufTensor {
    std::string name;
    std::vector<std::uint64_t> dims; ///< fastest first
    std::uint32_t type = 0;
    std::string bytes = {};
    std::optional<std::uint64_t> offset = {}; ///< a lie
};

/// What is told about a file instead of the truth.
struct GgufLies {
    std::uint32_t version = 3;
    std::optional<std::uint64_t> tensors = {}, pairs = {};
    std::size_t alignment = 32; ///< kept by the writer, and to be told in general.alignment
};

inline std::string gguf(const std::vector<std::string> &pairs, const std::vector<GgufTensor> &tensors,
                        const GgufLies &lies = {})
{
    std::string out = "GGUF" + little(lies.version, 4) + little(lies.tensors.value_or(tensors.size()), 8) +
                      little(lies.pairs.value_or(pairs.size()), 8);
    for (const std::string &pair : pairs)
        out += pair;
    const auto padded = [&lies](std::string bytes) {
        bytes.resize((bytes.size() + lies.alignment - 1) / lies.alignment * lies.alignment, '\0');
        return bytes;
    };
    std::string data;
    for (const GgufTensor &tensor : tensors) {
        out += ggufText(tensor.name) + little(tensor.dims.size(), 4);
        for (const std::uint64_t size : tensor.dims)
            out += little(size, 8);
        out += little(tensor.type, 4) + little(tensor.offset.value_or(data.size()), 8);
        data += padded(tensor.bytes);
    }
    return padded(std::move(out)) + data;
}

/// A tensor of a ggmf file; `dims` fastest first.
inline std::string ggmfTensor(const std::string &name, const std::vector<std::int32_t> &dims,
                              std::int32_t type, const std::string &bytes)
{
    const auto number = [](std::int32_t value) { return little(std::uint32_t(value), 4); };
    std::string out = number(std::int32_t(dims.size())) + number(std::int32_t(name.size())) + number(type);
    for (const std::int32_t size : dims)
        out += number(size);
    return out + name + bytes;
}

inline std::string ggmf(const std::string &tensors, std::uint32_t version = 101)
{
    return "fmgg" + little(version, 4) + little(256, 4) + little(8, 4) + little(1, 4) + little(0, 4) +
           tensors;
}

/// Little-endian float32.
inline std::string floats(const std::vector<float> &values)
{
    std::string out;
    for (const float value : values)
        out += little(std::bit_cast<std::uint32_t>(value), 4);
    return out;
}

} // namespace support
