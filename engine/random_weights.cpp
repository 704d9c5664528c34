#include "engine/random_weights.h"

#include "engine/error.h"
#include "kernels/formats/bf16.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <random>

namespace engine
{
namespace
{

struct PublicShape {
    const char *name;
    int layers, width, rankW, rankA, rankV, rankG;
};

constexpr PublicShape kShapes[] = {
    {"0.1B", 12, 768, 64, 64, 32, 128},    {"0.4B", 24, 1024, 64, 64, 32, 128},
    {"1.5B", 24, 2048, 96, 96, 64, 256},   {"2.9B", 32, 2560, 96, 96, 64, 320},
    {"7.2B", 32, 4096, 128, 128, 96, 480}, {"13.3B", 61, 4096, 192, 192, 128, 384},
};
constexpr std::int64_t kVocabulary = 65536;
constexpr std::int64_t kHeadSize = 64;

bool endsWith(const std::string &text, const std::string &end)
{
    return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// Normal numbers, repeated with a prime period so that rows of any width differ.
const std::array<float, 65521> &normalNumbers()
{
    static const std::array<float, 65521> kNumbers = [] {
        std::array<float, 65521> numbers;
        std::mt19937 bits(7);
        for (float &x : numbers) { // the sum of four uniform numbers is normal enough
            float sum = 0;
            for (int i = 0; i < 4; ++i)
                sum += static_cast<float>(bits() >> 8) * 0x1p-24F - 0.5F;
            x = sum * 1.7320508F;
        }
        return numbers;
    }();
    return kNumbers;
}

/// Mean and deviation of a tensor's numbers.
std::pair<float, float> spreadOf(const TensorEntry &entry)
{
    const std::string &name = entry.name;
    if (endsWith(name, ".bias")) return {0.0F, 0.0F};
    if (name.find("ln") != std::string::npos && endsWith(name, ".weight")) return {1.0F, 0.0F};
    if (endsWith(name, ".w0")) return {-2.0F, 1.0F};
    if (name.find(".x_") != std::string::npos || endsWith(name, ".k_a")) return {0.5F, 0.2F};
    if (endsWith(name, ".k_k")) return {0.85F, 0.1F};
    if (endsWith(name, ".r_k")) return {0.0F, 0.1F};
    const std::vector<std::int64_t> shape = entry.squeezed();
    if (shape.size() < 2) return {0.0F, 0.5F};
    const bool isFactor = !endsWith(name, ".weight"); // low-rank factors are stored [in, out]
    return {0.0F, 1.0F / std::sqrt(static_cast<float>(isFactor ? shape[0] : shape[1]))};
}

class RandomFile final : public TensorFile
{
public:
    explicit RandomFile(const PublicShape &shape)
    {
        m_path = std::string("random-") + shape.name;
        m_container = "random";
        const std::int64_t width = shape.width;
        add("emb.weight", {kVocabulary, width});
        add("blocks.0.ln0.weight", {width});
        add("blocks.0.ln0.bias", {width});
        for (int layer = 0; layer < shape.layers; ++layer)
            addLayer("blocks." + std::to_string(layer) + ".", shape, layer > 0);
        add("ln_out.weight", {width});
        add("ln_out.bias", {width});
        add("head.weight", {kVocabulary, width});
        indexNames();
    }

    void verifyUnchanged() const override {}
    /// Whole elements only. Matrices are normal with deviation 1/sqrt(inputs).
    void read(const TensorEntry &tensor, std::size_t offset, std::span<std::byte> to) const override
    {
        const auto &numbers = normalNumbers();
        const auto [mean, deviation] = spreadOf(tensor);
        std::vector<std::uint16_t> period(std::min(numbers.size(), to.size() / 2));
        std::size_t at = (offset / 2 + std::hash<std::string>()(tensor.name)) % numbers.size();
        for (std::uint16_t &x : period) {
            x = kernels::Bf16Format::encode(mean + deviation * numbers[at]);
            if (++at == numbers.size()) at = 0;
        }
        for (std::size_t i = 0; i < to.size(); i += 2 * period.size())
            std::memcpy(&to[i], period.data(), std::min(2 * period.size(), to.size() - i));
    }

private:
    void add(const std::string &name, std::vector<std::int64_t> shape)
    {
        TensorEntry entry;
        entry.name = name;
        entry.type = StoredType::BF16;
        entry.shape = std::move(shape);
        entry.bytes = static_cast<std::size_t>(entry.elements()) * 2;
        m_fileBytes += entry.bytes;
        m_tensors.push_back(std::move(entry));
    }

    void addLayer(const std::string &prefix, const PublicShape &shape, bool hasValueMix)
    {
        const std::int64_t width = shape.width;
        for (const char *norm : {"ln1.", "ln2.", "att.ln_x."}) {
            add(prefix + norm + "weight", {width});
            add(prefix + norm + "bias", {width});
        }
        for (const char *name : {"x_r", "x_w", "x_k", "x_v", "x_a", "x_g", "w0", "a0", "k_k", "k_a"})
            add(prefix + "att." + name, {1, 1, width});
        add(prefix + "att.r_k", {width / kHeadSize, kHeadSize});
        addLowRank(prefix + "att.w", width, shape.rankW);
        addLowRank(prefix + "att.a", width, shape.rankA);
        addLowRank(prefix + "att.g", width, shape.rankG);
        if (hasValueMix) {
            add(prefix + "att.v0", {1, 1, width});
            addLowRank(prefix + "att.v", width, shape.rankV);
        }
        for (const char *name : {"receptance", "key", "value", "output"})
            add(prefix + "att." + name + ".weight", {width, width});
        add(prefix + "ffn.x_k", {1, 1, width});
        add(prefix + "ffn.key.weight", {4 * width, width});
        add(prefix + "ffn.value.weight", {width, 4 * width});
    }

    void addLowRank(const std::string &stem, std::int64_t width, std::int64_t rank)
    {
        add(stem + "1", {width, rank});
        add(stem + "2", {rank, width});
    }
};

} // namespace

std::unique_ptr<TensorFile> makeRandomFile(const std::string &shape)
{
    std::string known;
    for (const PublicShape &candidate : kShapes) {
        if (shape == candidate.name) return std::make_unique<RandomFile>(candidate);
        known += (known.empty() ? "" : ", ") + std::string(candidate.name);
    }
    throw Error(ErrorCode::BadRequest, "Shape '" + shape + "': expected one of " + known + ".");
}

} // namespace engine
