// Bone and its children (DiSHA, MiSS): W changed by small blocks instead of low-rank factors.
//   blocks of inputs   [in/r, r, r]    W'[a, b] = W[a, b] + W[a, b] D[b] + D[b]       ("row", "Bat")
//   blocks of outputs  [out/r, r, r]   W'[a, b] = W[a, b] + W[a, b] D[a] + D[a]       ("col"; MiSS "bat")
//                      [out, r]        the same, its blocks below each other
//   shards             [r, out]        W'[o, j] = W[o, j] + D[j mod r, o]             (RWKV-PEFT 2-D, MiSS)
//                      [r, m]          the same with D[j mod r, o mod m]              (MiSS "mini")
// W[a, b] is the block of r x r at rows a r, columns b r. Source: rwkv-infer §5.1-§5.3.
#include "engine/adapters/kind.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace engine::adapters
{
namespace
{

constexpr std::array kNames = {"bone", "disha", "miss_block", "bone_block"};

const TensorEntry *tensorOf(const Group &group)
{
    for (const char *name : kNames)
        if (const TensorEntry *entry = group.part(name)) return entry;
    return nullptr;
}

class Blocks final : public RowEdit
{
public:
    Blocks(std::vector<float> blocks, std::size_t size, bool ofOutputs, double scale)
        : m_blocks(std::move(blocks))
        , m_size(size)
        , m_ofOutputs(ofOutputs)
        , m_scale(scale)
    {
    }

    void edit(std::int64_t row, std::span<double> w) const override
    {
        const auto o = static_cast<std::size_t>(row);
        std::vector<double> change(m_size);
        for (std::size_t b = 0; b * m_size < w.size(); ++b) {
            const float *block = m_blocks.data() + (m_ofOutputs ? o / m_size : b) * m_size * m_size;
            const float *own = block + o % m_size * m_size;
            std::copy(own, own + m_size, change.begin());
            const std::span<double> part = w.subspan(b * m_size, m_size);
            for (std::size_t k = 0; k < m_size; ++k)
                for (std::size_t j = 0; j < m_size; ++j)
                    change[j] += part[k] * double(block[k * m_size + j]);
            for (std::size_t j = 0; j < m_size; ++j)
                part[j] += m_scale * change[j];
        }
    }

private:
    std::vector<float> m_blocks; ///< [n, r, r]
    std::size_t m_size;
    bool m_ofOutputs;
    double m_scale;
};

class Shards final : public RowEdit
{
public:
    Shards(std::vector<float> shards, std::size_t rank, double scale)
        : m_shards(std::move(shards))
        , m_rank(rank)
        , m_width(m_shards.size() / rank)
        , m_scale(scale)
    {
    }

    void edit(std::int64_t row, std::span<double> w) const override
    {
        const std::size_t column = static_cast<std::size_t>(row) % m_width;
        for (std::size_t j = 0; j < w.size(); ++j)
            w[j] += m_scale * double(m_shards[j % m_rank * m_width + column]);
    }

private:
    std::vector<float> m_shards; ///< [r, out] or [r, m]
    std::size_t m_rank, m_width;
    double m_scale;
};

bool accepts(const Group &group) { return tensorOf(group) != nullptr; }

std::int64_t rank(const Group &group)
{
    const std::vector<std::int64_t> &shape = tensorOf(group)->shape;
    return shape.size() == 3 ? shape.back() : shape.size() == 2 ? shape.front() : 0;
}

/// Whether blocks [n, r, r] go with outputs: where both fit, as the user or the name says.
bool areOfOutputs(const AdapterFile &file, const Group &group, bool fitsInputs, bool fitsOutputs)
{
    if (!fitsInputs || !fitsOutputs) return fitsOutputs;
    if (file.use().blocks != AdapterBlocks::Auto) return file.use().blocks == AdapterBlocks::Outputs;
    return group.part("miss_block") || group.part("bone_block");
}

RowEdits makeBlocks(const AdapterFile &file, const Group &group, const Target &target)
{
    const TensorEntry &entry = *tensorOf(group);
    const std::vector<std::int64_t> &shape = entry.shape;
    const char *expected = "blocks [in / r, r, r] or [out / r, r, r], or shards [r, out]";
    if (shape.size() != 2 && shape.size() != 3) refuseShape(entry, expected, target);
    const std::int64_t r = shape.back();
    const std::int64_t n = shape.size() == 3 ? shape[0] : shape[0] / std::max<std::int64_t>(r, 1);
    const bool isSquare = shape.size() == 2 ? r > 0 && shape[0] % r == 0 : shape[1] == r;
    const bool divides = r > 0 && target.in % r == 0 && target.out % r == 0 && isSquare;
    const bool fitsInputs = divides && shape.size() == 3 && n == target.in / r;
    const bool fitsOutputs = divides && n == target.out / r;
    if (!fitsInputs && !fitsOutputs) refuseShape(entry, expected, target);
    RowEdits edits;
    edits.push_back(std::make_unique<Blocks>(readPart(file.file(), entry, shape), static_cast<std::size_t>(r),
                                             areOfOutputs(file, group, fitsInputs, fitsOutputs),
                                             double(file.use().scale)));
    return edits;
}

RowEdits make(const AdapterFile &file, const Group &group, const Target &target)
{
    const TensorEntry &entry = *tensorOf(group);
    const std::vector<std::int64_t> &shape = entry.shape;
    const bool isFlat = shape.size() == 2 && shape[0] > 0 && shape[1] > 0;
    const bool isMini =
        isFlat && group.part("miss_block") && shape[0] != target.out && target.out % shape[1] == 0;
    const bool areShards = isFlat && shape[0] <= target.in && (shape[1] == target.out || isMini);
    if (!areShards) return makeBlocks(file, group, target);
    RowEdits edits;
    edits.push_back(std::make_unique<Shards>(readPart(file.file(), entry, shape),
                                             static_cast<std::size_t>(shape[0]), double(file.use().scale)));
    return edits;
}

} // namespace

extern const Kind kBone; // listed in registry.cpp
const Kind kBone{"Bone", accepts, rank, make};

} // namespace engine::adapters
