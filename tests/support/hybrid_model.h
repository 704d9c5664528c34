#pragma once

// Small hybrids with made-up weights, as tests/data/hybrid describes them.

#include "support/tiny_rwkv7.h"

#include <QFile>
#include <QString>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace support
{

/// `name` with its seed: "hxa079-1".
inline nlohmann::json hybridGolden(const QString &name)
{
    QFile file(QStringLiteral(ROOKERY_SOURCE_DIR "/tests/data/hybrid/%1.json").arg(name));
    if (!file.open(QIODevice::ReadOnly)) return {};
    return nlohmann::json::parse(file.readAll().toStdString());
}

inline std::vector<TinyTensor> hybridTensors(const nlohmann::json &golden, int seed)
{
    std::vector<TinyTensor> tensors;
    for (const nlohmann::json &t : golden["tensors"])
        tensors.push_back(tinyTensor(seed, t[0], t[1].get<std::vector<std::int64_t>>(), t[2], t[3]));
    return tensors;
}

/// As support::safetensors, with metadata.
inline std::string withMetadata(const std::vector<TinyTensor> &tensors, const nlohmann::json &config)
{
    const std::string plain = safetensors(tensors);
    std::uint64_t length = 0;
    std::memcpy(&length, plain.data(), sizeof length);
    nlohmann::json header = nlohmann::json::parse(plain.substr(8, length));
    header["__metadata__"] = config;
    const std::string text = header.dump();
    const std::string data = plain.substr(8 + length);
    length = text.size();
    return std::string(reinterpret_cast<const char *>(&length), 8) + text + data;
}

inline std::string hybridFile(const nlohmann::json &golden, int seed, const nlohmann::json &config)
{
    return withMetadata(hybridTensors(golden, seed), config);
}

} // namespace support
