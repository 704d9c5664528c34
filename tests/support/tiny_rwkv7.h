#pragma once

// Small RWKV-7 models with made-up weights; the same numbers as make_model() in
// tests/engine/reference/rwkv7_numpy.py.

#include "kernels/formats/bf16.h"
#include "kernels/formats/f16.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

namespace support
{

struct TinyTensor {
    std::string name;
    std::vector<std::int64_t> shape;
    std::vector<float> values;
};

struct TinyShape {
    int layers = 2, width = 64, head = 64, hidden = 256;
    int deepRank = 0; ///< of deep embeddings, RWKV-7a
    static constexpr int kVocabulary = 256;
};

inline std::uint64_t tinyBits(const std::string &key, std::uint64_t index)
{
    std::uint64_t x = 0xcbf29ce484222325U;
    for (const char c : key)
        x = (x ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    x += (index + 1) * 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

/// Numbers in mean -+ scale that depend on seed and name.
inline TinyTensor tinyTensor(int seed, const std::string &name, std::vector<std::int64_t> shape, double mean,
                             double scale)
{
    std::size_t count = 1;
    for (const std::int64_t d : shape)
        count *= static_cast<std::size_t>(d);
    TinyTensor tensor{name, std::move(shape), std::vector<float>(count)};
    const std::string key = std::to_string(seed) + "/" + name;
    for (std::size_t i = 0; i < count; ++i) {
        const double u = double(tinyBits(key, i) >> 40) * 0x1p-23 - 1.0;
        tensor.values[i] = float(mean + double(float(scale)) * u);
    }
    return tensor;
}

class TinyRwkv7
{
public:
    TinyRwkv7(int seed, TinyShape shape)
        : m_seed(seed)
        , m_shape(shape)
    {
        const std::int64_t C = shape.width;
        add("emb.weight", {TinyShape::kVocabulary, C}, 0, 1);
        norm("blocks.0.ln0", 0.25);
        for (int i = 0; i < shape.layers; ++i)
            layer(i);
        norm("ln_out", 0.25);
        add("head.weight", {TinyShape::kVocabulary, C}, 0, 1.5 / std::sqrt(double(C)));
    }

    std::vector<TinyTensor> tensors;

private:
    void add(const std::string &name, std::vector<std::int64_t> shape, double mean, double scale)
    {
        tensors.push_back(tinyTensor(m_seed, name, std::move(shape), mean, scale));
    }

    void norm(const std::string &name, double spread)
    {
        add(name + ".weight", {m_shape.width}, 1, 0.25);
        add(name + ".bias", {m_shape.width}, 0, spread);
    }

    void layer(int i)
    {
        const std::int64_t C = m_shape.width, N = m_shape.head, F = m_shape.hidden;
        const double toWidth = 1.5 / std::sqrt(double(C));
        const std::string b = "blocks." + std::to_string(i) + ".";
        norm(b + "ln1", 0.25);
        norm(b + "ln2", 0.25);
        for (const char *name : {"x_r", "x_w", "x_k", "x_v", "x_a", "x_g"})
            add(b + "att." + name, {1, 1, C}, 0.5, 0.5);
        add(b + "att.w0", {1, 1, C}, -1, 2);
        add(b + "att.a0", {1, 1, C}, 0, 1);
        if (i > 0) add(b + "att.v0", {1, 1, C}, 0, 1);
        const std::pair<const char *, std::int64_t> ranks[] = {{"w", 16}, {"a", 24}, {"v", 8}, {"g", 40}};
        for (const auto &[name, rank] : ranks) {
            if (i == 0 && *name == 'v') continue;
            add(b + "att." + name + "1", {C, rank}, 0, toWidth);
            add(b + "att." + name + "2", {rank, C}, 0, 1.5 / std::sqrt(double(rank)));
        }
        add(b + "att.k_k", {1, 1, C}, 0.75, 0.25);
        add(b + "att.k_a", {1, 1, C}, 0.5, 0.5);
        add(b + "att.r_k", {C / N, N}, 0, 0.25);
        for (const char *name : {"receptance", "key", "value", "output"})
            add(b + "att." + name + ".weight", {C, C}, 0, toWidth);
        norm(b + "att.ln_x", 0.125);
        add(b + "ffn.x_k", {1, 1, C}, 0.5, 0.5);
        add(b + "ffn.key.weight", {F, C}, 0, toWidth);
        add(b + "ffn.value.weight", {C, F}, 0, 1.0 / std::sqrt(double(F)));
        if (const std::int64_t R = m_shape.deepRank; R > 0) {
            add(b + "ffn.s_emb.weight", {TinyShape::kVocabulary, R * R}, 0, 0.5);
            add(b + "ffn.s_emb_x.weight", {R * R, C}, 0, 0.5 / std::sqrt(double(C)));
            add(b + "ffn.s0", {1, 1, F}, 1, 0.5);
            add(b + "ffn.s1", {C, R}, 0, toWidth);
            add(b + "ffn.s2", {R, F}, 0, 1.5 / std::sqrt(double(R)));
        }
    }

    int m_seed;
    TinyShape m_shape;
};

/// The tokens that the goldens were made with.
inline std::vector<int> tinyTokens(int seed, int count = 24)
{
    std::vector<int> tokens;
    for (int i = 0; i < count; ++i)
        tokens.push_back(
            int(tinyBits(std::to_string(seed) + "/tokens", std::uint64_t(i)) % TinyShape::kVocabulary));
    return tokens;
}

/// A safetensors file; `type` is F64, F32, F16 or BF16.
inline std::string safetensors(const std::vector<TinyTensor> &tensors, const std::string &type = "F32")
{
    nlohmann::ordered_json header;
    std::string data;
    for (const TinyTensor &tensor : tensors) {
        const std::size_t begin = data.size();
        for (const float value : tensor.values) {
            const auto append = [&data](auto number) {
                data.append(reinterpret_cast<const char *>(&number), sizeof number);
            };
            if (type == "F64")
                append(double{value});
            else if (type == "F32")
                append(value);
            else if (type == "F16")
                append(kernels::F16Format::encode(value));
            else
                append(kernels::Bf16Format::encode(value));
        }
        header[tensor.name] = {
            {"dtype", type}, {"shape", tensor.shape}, {"data_offsets", {begin, data.size()}}};
    }
    const std::string text = header.dump();
    const std::uint64_t length = text.size();
    return std::string(reinterpret_cast<const char *>(&length), 8) + text + data;
}

inline void writeBytes(const std::string &path, const std::string &bytes)
{
    std::ofstream(path, std::ios::binary).write(bytes.data(), std::streamsize(bytes.size()));
}

} // namespace support
