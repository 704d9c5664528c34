// RWKV-6 "Finch". Paper: arXiv:2404.05892. Tensor names and formulas: BlinkDL/RWKV-LM, RWKV-v6.
// Activations are float32, so the residual stream cannot overflow and no weight is rescaled.
#include "engine/error.h"
#include "engine/models/gated_ffn.h"
#include "engine/models/matrix_mix.h"
#include "engine/models/model.h"
#include "engine/models/shapes.h"
#include "engine/weight_store.h"

#include <algorithm>
#include <array>
#include <vector>

namespace engine::rwkv6
{
namespace
{

using kernels::Activation;
using kernels::View;
using kernels::Weight;

constexpr int kMixes = 5;
constexpr std::array<char, kMixes> kMixNames = {'w', 'k', 'v', 'r',
                                                'g'}; ///< in the order of the stacked factors
enum Mix { MixW, MixK, MixV, MixR, MixG };

/// Ranks of the factors for the mixes (each of five) and for the decay.
struct Ranks {
    std::int32_t mix = 0, decay = 0;
};

Ranks readRanks(const TensorFile &file, const ModelDims &dims, int layer)
{
    const std::string name = block(layer, "att.time_maa_w1");
    Ranks ranks;
    ranks.mix = rankOf(file, name, dims.width) / kMixes;
    ranks.decay = rankOf(file, block(layer, "att.time_decay_w1"), dims.width);
    if (ranks.mix < 1)
        throw Error(ErrorCode::BadModel, name + ": expected factors for " + std::to_string(kMixes) +
                                             " mixes, found " + file.find(name)->shapeText() + ".");
    return ranks;
}

/// The largest of every layer, for planning.
Ranks largestRanks(const TensorFile &file, const ModelDims &dims)
{
    Ranks largest;
    for (int i = 0; i < dims.layers; ++i) {
        const Ranks ranks = readRanks(file, dims, i);
        largest.mix = std::max(largest.mix, ranks.mix);
        largest.decay = std::max(largest.decay, ranks.decay);
    }
    return largest;
}

ModelDims readDims(const TensorFile &file)
{
    ModelDims dims = readCommonDims(file);
    const char *name = "blocks.0.att.time_faaaa";
    setHeads(dims, name, shapeAt(file, name, 0, 2));
    return dims;
}

StateSpec stateOf(const ModelDims &dims) { return matrixState("rwkv6", dims); }

/// The activations of one step as offsets into one arena; what is never needed together shares memory.
struct Buffers {
    Buffers(const ModelDims &dims, const Ranks &ranks, int rows, int logitRows, std::byte *memory)
        : arena(memory)
    {
        const std::int64_t C = dims.width;
        x = arena.take(rows, C);
        mixed[0] = arena.take(std::max(rows, logitRows), C);
        for (int i = 1; i < kMixes; ++i)
            mixed[i] = arena.take(rows, C);
        const std::size_t behindMixes = arena.mark();
        for (View *part : {&mixX, &normed, &delta})
            *part = arena.take(rows, C);
        mixScratch = arena.take(rows, std::int64_t{2} * kMixes * ranks.mix);
        arena.rewind(behindMixes);
        for (View *part : {&heads.r, &heads.k, &heads.v, &heads.g, &decay})
            *part = arena.take(rows, C);
        decayScratch = arena.take(rows, static_cast<std::int64_t>(rankScratch(ranks.decay)));
        heads.y = mixed[MixR];
        arena.rewind(behindMixes);
        const View hidden = arena.take(rows, dims.hidden), gate = arena.take(rows, C);
        ffn = {x, mixed[0], mixed[1], hidden, gate};
    }

    Arena arena;
    View x, mixed[kMixes], mixX, normed, delta, mixScratch, decay, decayScratch;
    MatrixMix::Buffers heads;
    GatedFfn::Buffers ffn;
};

std::size_t planWorkspace(const ModelDims &dims, const TensorFile &file, int rows, int logitRows)
{
    return Buffers(dims, largestRanks(file, dims), rows, logitRows, nullptr).arena.bytes();
}

struct Layer {
    Layer(WeightStore &store, const ModelDims &dims, int i);

    Norm norm;
    View muX, mu[kMixes];
    Weight mixDown, mixUp[kMixes]; ///< [5 rank, C], [C, rank]
    Weight decayDown, decayUp;     ///< [rank, C], [C, rank]
    View decay;                    ///< [C]: logarithm of the rate, where the low-rank part is zero
    MatrixMix mix;
    GatedFfn ffn;
};

Layer::Layer(WeightStore &store, const ModelDims &dims, int i)
    : norm(loadNorm(store, block(i, "ln1"), dims.width))
    , mix(store, dims, i, true)
    , ffn(store, dims, i, GatedFfn::Mixes::OfPrevious)
{
    constexpr auto kTransposed = WeightStore::Orientation::Transposed;
    const std::int32_t C = dims.width;
    const Ranks ranks = readRanks(store.file(), dims, i);
    muX = store.vector(block(i, "att.time_maa_x"), {C});
    mixDown = store.factor(i, block(i, "att.time_maa_w1"), kMixes * ranks.mix, C, kTransposed);
    for (std::size_t m = 0; m < kMixes; ++m) {
        mu[m] = store.vector(block(i, std::string("att.time_maa_") + kMixNames[m]), {C});
        mixUp[m] =
            store.factorPart(i, block(i, "att.time_maa_w2"), static_cast<int>(m), kMixes, C, ranks.mix);
    }
    decayDown = store.factor(i, block(i, "att.time_decay_w1"), ranks.decay, C, kTransposed);
    decayUp = store.factor(i, block(i, "att.time_decay_w2"), C, ranks.decay, kTransposed);
    decay = store.vector(block(i, "att.time_decay"), {C});
}

class Rwkv6 final : public Model
{
public:
    explicit Rwkv6(WeightStore &store)
        : m_dims(readDims(store.file()))
        , m_ranks(largestRanks(store.file(), m_dims))
        , m_state(stateOf(m_dims))
        , m_skeleton(store, m_dims)
    {
        for (int i = 0; i < m_dims.layers; ++i)
            m_layers.emplace_back(store, m_dims, i);
    }

    const ModelDims &dims() const override { return m_dims; }
    StateSpec state() const override { return m_state; }
    std::size_t workspaceBytes(int rows, int logitRows) const override
    {
        return Buffers(m_dims, m_ranks, rows, logitRows, nullptr).arena.bytes();
    }
    std::size_t carriedBytes(int rows) const override { return Arena::bytesOf(rows, m_dims.width); } // x
    void forward(const Step &step) const override;

private:
    void mixInputs(const Step &step, const Buffers &b, int i) const;
    void timeMix(const Step &step, const Buffers &b, int i) const;

    ModelDims m_dims;
    Ranks m_ranks;
    StateSpec m_state;
    Skeleton m_skeleton;
    std::vector<Layer> m_layers;
};

void Rwkv6::forward(const Step &step) const
{
    const Buffers b(m_dims, m_ranks, step.batch.tokens, step.logitCount, step.workspace);
    runItems(step, m_dims, m_skeleton, b.x, b.mixed[0], [&](int i) {
        mixInputs(step, b, i);
        timeMix(step, b, i);
        m_layers[static_cast<std::size_t>(i)].ffn.run(
            step, b.ffn, layerState(step, m_state, i, static_cast<std::size_t>(m_dims.width)));
    });
}

/// Norm, token shift and the five mixes, which depend on the data.
void Rwkv6::mixInputs(const Step &step, const Buffers &b, int i) const
{
    const Layer &l = m_layers[static_cast<std::size_t>(i)];
    kernels::NormMix shift;
    shift.x = b.x;
    shift.gain = l.norm.gain;
    shift.bias = l.norm.bias;
    shift.epsilon = kNormEpsilon;
    shift.mixes = 1;
    shift.mu[0] = l.muX;
    shift.out[0] = b.mixX;
    shift.normed = b.normed;
    shift.delta = b.delta;
    shift.shift = layerState(step, m_state, i, 0);
    shift.batch = step.batch;
    step.device.normMix(shift);

    kernels::MixDynamic mix;
    mix.x = b.mixX;
    mix.y = b.normed;
    mix.delta = b.delta;
    mix.mixes = kMixes;
    mix.a = l.mixDown;
    std::copy(std::begin(l.mixUp), std::end(l.mixUp), mix.b);
    std::copy(std::begin(l.mu), std::end(l.mu), mix.mu);
    mix.scratch = b.mixScratch;
    std::copy(std::begin(b.mixed), std::end(b.mixed), mix.out);
    mix.rows = step.batch.tokens;
    step.device.mixDynamic(mix);
}

/// Decay, recurrence and readout; x += output.
void Rwkv6::timeMix(const Step &step, const Buffers &b, int i) const
{
    const Layer &l = m_layers[static_cast<std::size_t>(i)];
    l.mix.project(step, {b.mixed[MixR], b.mixed[MixK], b.mixed[MixV], b.mixed[MixG]}, b.heads);
    kernels::LowRank decay;
    decay.problem[0] = {b.mixed[MixW], l.decayDown,       Activation::Tanh, l.decayUp,
                        l.decay,       Activation::Decay, b.decay};
    decay.problems = 1;
    decay.rows = step.batch.tokens;
    decay.scratch = b.decayScratch;
    step.device.lowRank(decay);

    const std::size_t matrices = 2 * static_cast<std::size_t>(m_dims.width); // behind the two shifts
    const View perToken =
        kernels::view(b.decay.data, kernels::DType::F32, step.batch.tokens, m_dims.heads, m_dims.headSize);
    l.mix.recur(step, b.heads, perToken, layerState(step, m_state, i, matrices), b.x);
}

bool accepts(const TensorFile &file)
{
    return file.find("blocks.0.att.time_maa_x") && file.find("blocks.0.att.time_faaaa");
}

std::unique_ptr<Model> create(WeightStore &store) { return std::make_unique<Rwkv6>(store); }

} // namespace
} // namespace engine::rwkv6

namespace engine
{

extern const Family kRwkv6; // listed in registry.cpp
const Family kRwkv6{"rwkv6",        rwkv6::accepts, rwkv6::readDims,
                    rwkv6::stateOf, rwkv6::create,  rwkv6::planWorkspace};

} // namespace engine
