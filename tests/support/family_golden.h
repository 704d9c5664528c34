#pragma once

// What the tests of the families share: goldens of tests/engine/reference, and how far logits may be off.

#include "kernels/device.h"
#include "support/tiny_rwkv7.h"

#include <QFile>
#include <QString>

#include <cmath>
#include <cstring>
#include <vector>

namespace support
{

constexpr int kGoldenPositions = 24;
constexpr std::size_t kFew = 4, kMany = 32; ///< every so many logits are in a golden

/// One golden: block 0 is the truth, then come mutants, then bf16 and fp16.
struct Golden {
    std::vector<float> truth;               ///< [positions, vocabulary / kFew]
    std::vector<std::vector<float>> sparse; ///< [positions, vocabulary / kMany] each
};

inline std::vector<float> readFloats(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return {};
    const QByteArray bytes = file.readAll();
    std::vector<float> values(std::size_t(bytes.size()) / sizeof(float));
    std::memcpy(values.data(), bytes.constData(), values.size() * sizeof(float));
    return values;
}

/// `name` is a path in tests/data without ".bin". Empty if there is no such golden with so many mutants.
inline Golden readGolden(const QString &name, std::size_t mutants)
{
    const std::vector<float> all =
        readFloats(QStringLiteral(ROOKERY_SOURCE_DIR "/tests/data/%1.bin").arg(name));
    constexpr std::size_t kFull = kGoldenPositions * TinyShape::kVocabulary / kFew;
    constexpr std::size_t kSparse = kGoldenPositions * TinyShape::kVocabulary / kMany;
    if (all.size() != kFull + (mutants + 2) * kSparse) return {};
    Golden golden;
    golden.truth.assign(all.begin(), all.begin() + kFull);
    for (std::size_t i = 0; i < mutants + 2; ++i) {
        const auto begin = all.begin() + std::ptrdiff_t(kFull + i * kSparse);
        golden.sparse.emplace_back(begin, begin + std::ptrdiff_t(kSparse));
    }
    return golden;
}

inline std::vector<float> everyNth(const std::vector<float> &logits, std::size_t n)
{
    std::vector<float> some;
    for (std::size_t i = 0; i < logits.size(); i += n)
        some.push_back(logits[i]);
    return some;
}

inline double largest(const std::vector<float> &values)
{
    double most = 0;
    for (const float x : values)
        most = std::max(most, std::abs(double(x)));
    return most;
}

inline double distance(const std::vector<float> &a, const std::vector<float> &b)
{
    if (a.size() != b.size()) return INFINITY;
    double most = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        most = std::max(most, std::abs(double(a[i]) - double(b[i])));
    return most;
}

/// `terms` additions lie on the way to a logit. Each rounds by at most 2^-24, with a deviation of 0.4 of
/// that; they add up like a random walk, and the largest of some thousand logits is about four deviations
/// out: 0.4 * 4 < 2.
inline double walkTolerance(double terms, double magnitude)
{
    return 2 * std::sqrt(terms) * 0x1p-24 * magnitude;
}

/// What tiles add with bf16 weights: there an activation is the sum of two bf16 numbers, each within 2^-9 of
/// what it stands for, so off by at most 2^-18. The inputs of a product are off independently, so the product
/// is off by as much of its size; `products` lie on the way to a logit.
inline double tileTolerance(double products, double magnitude)
{
    return 2 * std::sqrt(products) * 0x1p-18 * magnitude;
}

/// Weights in 16 bits and the processor's code: what the goldens of rounded weights are compared with.
struct RoundedRun {
    const char *strategy;
    const char *kernels; ///< empty: the best ones
    std::size_t golden;  ///< block after the mutants
};
constexpr RoundedRun kRoundedRuns[] = {
    {"cpu bf16", "", 0}, {"cpu bf16", "amx-emulated", 0}, {"cpu fp16", "", 1}};

/// Whether the products of bf16 weights are done on tiles.
inline bool usesTiles(const kernels::Device &device, const RoundedRun &run)
{
    return run.golden == 0 && device.info().kernels.rfind("amx", 0) == 0;
}

inline bool sameBits(const std::vector<float> &a, const std::vector<float> &b)
{
    return a.size() == b.size() &&
           (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
}

} // namespace support
