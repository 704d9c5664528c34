#pragma once

// What every kind of adapter does to a matrix, written down in float64 from rwkv-infer §5, and random tensors
// for it: what engine/adapters is compared with.

#include "support/tiny_rwkv7.h"

#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace support
{

using Matrix = std::vector<std::vector<double>>; ///< [out][in]
using Tensors = std::vector<TinyTensor>;
constexpr int kRank = 8;

inline TinyTensor made(const std::string &name, std::vector<std::int64_t> shape, double scale)
{
    std::size_t count = 1;
    for (const auto d : shape)
        count *= std::size_t(d);
    TinyTensor tensor{name, std::move(shape), std::vector<float>(count)};
    for (std::size_t i = 0; i < count; ++i)
        tensor.values[i] = float((double(support::tinyBits(name, i) >> 40) * 0x1p-23 - 1.0) * scale);
    return tensor;
}

inline Matrix matrixOf(const TinyTensor &tensor)
{
    Matrix m(std::size_t(tensor.shape[0]), std::vector<double>(std::size_t(tensor.shape[1])));
    for (std::size_t o = 0; o < m.size(); ++o)
        for (std::size_t i = 0; i < m[o].size(); ++i)
            m[o][i] = double(tensor.values[o * m[o].size() + i]);
    return m;
}

inline void addProduct(Matrix &w, const TinyTensor &a, const TinyTensor &b, double s)
{
    const Matrix A = matrixOf(a), B = matrixOf(b);
    for (std::size_t o = 0; o < w.size(); ++o)
        for (std::size_t i = 0; i < w[o].size(); ++i)
            for (std::size_t k = 0; k < A.size(); ++k)
                w[o][i] += s * B[o][k] * A[k][i];
}

/// W[a, b] + s (W[a, b] D + D) for every block of r x r; D of the input or the output block.
inline void addBlocks(Matrix &w, const TinyTensor &d, bool ofOutputs, double s)
{
    const Matrix before = w;
    const std::size_t r = kRank;
    const auto at = [&](std::size_t n, std::size_t i, std::size_t j) {
        return double(d.values[(n * r + i) * r + j]);
    };
    for (std::size_t o = 0; o < w.size(); ++o)
        for (std::size_t i = 0; i < w[o].size(); ++i) {
            const std::size_t a = o / r, b = i / r, n = ofOutputs ? a : b;
            double change = at(n, o % r, i % r);
            for (std::size_t k = 0; k < r; ++k)
                change += before[o][b * r + k] * at(n, k, i % r);
            w[o][i] += s * change;
        }
}

/// One adapter of a case: adds tensors for the matrix called `name` and changes it by hand.
using Maker = std::function<void(const std::string &name, Matrix &w, Tensors &file, double s)>;

inline TinyTensor factorA(const std::string &name, const std::string &part, const Matrix &w, int rank = kRank)
{
    return made(name + part, {rank, std::int64_t(w[0].size())}, 0.3);
}
inline TinyTensor factorB(const std::string &name, const std::string &part, const Matrix &w, int rank = kRank)
{
    return made(name + part, {std::int64_t(w.size()), rank}, 0.2);
}

inline void lora(const std::string &name, Matrix &w, Tensors &file, double s)
{
    file.push_back(factorA(name, ".lora_A", w));
    file.push_back(factorB(name, ".lora_B", w));
    addProduct(w, file[file.size() - 2], file.back(), s);
}

inline void dora(const std::string &name, Matrix &w, Tensors &file, double s)
{
    lora(name, w, file, s);
    file.push_back(made(name + ".lora_M", {1, std::int64_t(w[0].size())}, 1));
    for (std::size_t i = 0; i < w[0].size(); ++i) {
        double squares = 0;
        for (const auto &row : w)
            squares += row[i] * row[i];
        for (auto &row : w)
            row[i] *= double(file.back().values[i]) / (std::sqrt(squares) + 1e-6);
    }
}

inline void doraOfRows(const std::string &name, Matrix &w, Tensors &file, double s)
{
    lora(name, w, file, s);
    file.push_back(made(name + ".lora_magnitude_vector", {std::int64_t(w.size())}, 1));
    for (std::size_t o = 0; o < w.size(); ++o) {
        double squares = 0;
        for (const double x : w[o])
            squares += x * x;
        for (double &x : w[o])
            x *= double(file.back().values[o]) / std::sqrt(squares);
    }
}

inline void pissa(const std::string &name, Matrix &w, Tensors &file, double s)
{
    lora(name, w, file, s);
    file.push_back(factorA(name, ".init_lora_A", w));
    file.push_back(factorB(name, ".init_lora_B", w));
    addProduct(w, file[file.size() - 2], file.back(), -s);
}

inline Maker blocks(const std::string &part, bool ofOutputs)
{
    return [part, ofOutputs](const std::string &name, Matrix &w, Tensors &file, double s) {
        const auto n = std::int64_t(ofOutputs ? w.size() : w[0].size()) / kRank;
        file.push_back(made(name + part, {n, kRank, kRank}, 0.1));
        addBlocks(w, file.back(), ofOutputs, s);
    };
}

/// [out, r]: the blocks of outputs below each other; only for matrices that are not taken for shards.
inline void stackedBlocks(const std::string &name, Matrix &w, Tensors &file, double s)
{
    file.push_back(made(name + ".bone", {std::int64_t(w.size()), kRank}, 0.1));
    addBlocks(w, file.back(), true, s);
}

inline Maker shards(const std::string &part, int rank, int width = 0)
{
    return [=](const std::string &name, Matrix &w, Tensors &file, double s) {
        const std::size_t columns = width > 0 ? std::size_t(width) : w.size();
        file.push_back(made(name + part, {rank, std::int64_t(columns)}, 0.1));
        for (std::size_t o = 0; o < w.size(); ++o)
            for (std::size_t j = 0; j < w[o].size(); ++j)
                w[o][j] += s * double(file.back().values[j % std::size_t(rank) * columns + o % columns]);
    };
}

} // namespace support
