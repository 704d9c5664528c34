// LoRA: W + scale (alpha / r) B A. PiSSA: W - B0 A0 + B A, where B0 A0 are the factors it began with.
// Source: rwkv-infer §5.1, §5.2.
#include "engine/adapters/lora.h"

#include <cstddef>

namespace engine::adapters
{
namespace
{

class Product final : public RowEdit
{
public:
    Product(std::vector<float> a, std::vector<float> b, std::size_t rank, double factor)
        : m_a(std::move(a))
        , m_b(std::move(b))
        , m_rank(rank)
        , m_factor(factor)
    {
    }

    void edit(std::int64_t row, std::span<double> w) const override
    {
        const float *b = m_b.data() + static_cast<std::size_t>(row) * m_rank;
        for (std::size_t k = 0; k < m_rank; ++k)
            add(m_factor * double(b[k]), m_a.data() + k * w.size(), w);
    }

private:
    /// w += c a. In blocks of fixed length, which the compiler turns into vectors.
    static void add(double c, const float *a, std::span<double> w)
    {
        constexpr std::size_t kBlock = 8;
        std::size_t j = 0;
        for (; j + kBlock <= w.size(); j += kBlock)
            for (std::size_t l = 0; l < kBlock; ++l)
                w[j + l] += c * double(a[j + l]);
        for (; j < w.size(); ++j)
            w[j] += c * double(a[j]);
    }

    std::vector<float> m_a, m_b; ///< [r, in], [out, r]
    std::size_t m_rank;
    double m_factor;
};

bool hasFactors(const Group &group) { return group.part("lora_A") && group.part("lora_B"); }

std::int64_t loraRank(const Group &group) { return rankOf(group.part("lora_A")); }

RowEdits makeLora(const AdapterFile &file, const Group &group, const Target &target)
{
    const double factor =
        double(file.use().scale) * file.factor(group, std::max<std::int64_t>(loraRank(group), 1));
    RowEdits edits;
    edits.push_back(makeProduct(file.file(), *group.part("lora_A"), *group.part("lora_B"), factor, target));
    return edits;
}

bool hasInit(const Group &group)
{
    return hasFactors(group) && group.part("init_lora_A") && group.part("init_lora_B");
}

RowEdits makePissa(const AdapterFile &file, const Group &group, const Target &target)
{
    const TensorFile &init = file.init() ? *file.init() : file.file();
    const double scale = double(file.use().scale);
    RowEdits edits;
    edits.push_back(
        makeProduct(init, *group.part("init_lora_A"), *group.part("init_lora_B"), -scale, target));
    edits.push_back(makeProduct(file.file(), *group.part("lora_A"), *group.part("lora_B"), scale, target));
    return edits;
}

} // namespace

std::int64_t rankOf(const TensorEntry *a) { return a && a->shape.size() == 2 ? a->shape[0] : 0; }

std::unique_ptr<RowEdit> makeProduct(const TensorFile &file, const TensorEntry &a, const TensorEntry &b,
                                     double factor, const Target &target)
{
    const std::int64_t rank = rankOf(&a);
    if (rank == 0) refuseShape(a, "[rank, " + std::to_string(target.in) + "]", target);
    std::vector<float> down = readPart(file, a, {rank, target.in});
    std::vector<float> up = readPart(file, b, {target.out, rank});
    return std::make_unique<Product>(std::move(down), std::move(up), static_cast<std::size_t>(rank), factor);
}

extern const Kind kLora, kPissa; // listed in registry.cpp
const Kind kLora{"LoRA", hasFactors, loraRank, makeLora};
const Kind kPissa{"PiSSA", hasInit, loraRank, makePissa};

} // namespace engine::adapters
