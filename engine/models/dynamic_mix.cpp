#include "engine/models/dynamic_mix.h"

#include "engine/error.h"
#include "engine/models/shapes.h"
#include "engine/weight_store.h"

#include <algorithm>
#include <array>

namespace engine
{
namespace
{

constexpr std::array<char, DynamicMix::kMixes> kNames = {'w', 'k', 'v', 'r', 'g'};

DynamicMix::Ranks ranksOf(const TensorFile &file, const ModelDims &dims, int layer)
{
    const std::string name = block(layer, "att.time_maa_w1");
    DynamicMix::Ranks ranks;
    ranks.mix = rankOf(file, name, dims.width) / DynamicMix::kMixes;
    ranks.decay = rankOf(file, block(layer, "att.time_decay_w1"), dims.width);
    if (ranks.mix < 1)
        throw Error(ErrorCode::BadModel, name + ": expected factors for " +
                                             std::to_string(DynamicMix::kMixes) + " mixes, found " +
                                             file.find(name)->shapeText() + ".");
    return ranks;
}

} // namespace

DynamicMix::Ranks DynamicMix::largestRanks(const TensorFile &file, const ModelDims &dims)
{
    Ranks largest;
    for (int i = 0; i < dims.layers; ++i) {
        const Ranks ranks = ranksOf(file, dims, i);
        largest.mix = std::max(largest.mix, ranks.mix);
        largest.decay = std::max(largest.decay, ranks.decay);
    }
    return largest;
}

DynamicMix::DynamicMix(WeightStore &store, const ModelDims &dims, int layer, std::int32_t decays)
{
    constexpr auto kTransposed = WeightStore::Orientation::Transposed;
    const std::int32_t C = dims.width;
    const Ranks ranks = ranksOf(store.file(), dims, layer);
    m_muFirst = store.vector(block(layer, "att.time_maa_x"), {C});
    m_mixDown = store.factor(layer, block(layer, "att.time_maa_w1"), kMixes * ranks.mix, C, kTransposed);
    for (std::size_t m = 0; m < kMixes; ++m) {
        m_mu[m] = store.vector(block(layer, std::string("att.time_maa_") + kNames[m]), {C});
        m_mixUp[m] = store.factorPart(layer, block(layer, "att.time_maa_w2"), static_cast<int>(m), kMixes, C,
                                      ranks.mix);
    }
    m_decayDown = store.factor(layer, block(layer, "att.time_decay_w1"), ranks.decay, C, kTransposed);
    m_decayUp = store.factor(layer, block(layer, "att.time_decay_w2"), decays, ranks.decay, kTransposed);
    m_decay = store.vector(block(layer, "att.time_decay"), {decays});
}

DynamicMix::Buffers::Buffers(Arena &arena, std::int64_t rows, std::int64_t width, Ranks ranks)
{
    for (kernels::View *part : {&first, &normed, &delta})
        *part = arena.take(rows, width);
    scratch = arena.take(rows, std::int64_t{2} * kMixes * ranks.mix);
}

void DynamicMix::mix(const Step &step, kernels::NormMix norm, const Buffers &b,
                     const kernels::View (&out)[kMixes]) const
{
    norm.mixes = 1;
    norm.mu[0] = m_muFirst;
    norm.out[0] = b.first;
    norm.normed = b.normed;
    norm.delta = b.delta;
    step.device.normMix(norm);

    kernels::MixDynamic mix;
    mix.x = b.first;
    mix.y = b.normed;
    mix.delta = b.delta;
    mix.mixes = kMixes;
    mix.a = m_mixDown;
    std::copy(std::begin(m_mixUp), std::end(m_mixUp), mix.b);
    std::copy(std::begin(m_mu), std::end(m_mu), mix.mu);
    mix.scratch = b.scratch;
    std::copy(std::begin(out), std::end(out), mix.out);
    mix.rows = step.batch.tokens;
    step.device.mixDynamic(mix);
}

void DynamicMix::decay(const Step &step, const kernels::View &x, const kernels::View &scratch,
                       const kernels::View &out) const
{
    using kernels::Activation;
    kernels::LowRank decay;
    decay.problem[0] = {x, m_decayDown, Activation::Tanh, m_decayUp, m_decay, Activation::Decay, out};
    decay.problems = 1;
    decay.rows = step.batch.tokens;
    decay.scratch = scratch;
    step.device.lowRank(decay);
}

} // namespace engine
