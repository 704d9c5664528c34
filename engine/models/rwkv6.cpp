// RWKV-6 "Finch". Paper: arXiv:2404.05892. Tensor names and formulas: BlinkDL/RWKV-LM, RWKV-v6.
// Activations are float32, so the residual stream cannot overflow and no weight is rescaled.
#include "engine/models/dynamic_mix.h"
#include "engine/models/gated_ffn.h"
#include "engine/models/matrix_mix.h"
#include "engine/models/model.h"
#include "engine/models/shapes.h"
#include "engine/weight_store.h"

#include <algorithm>
#include <vector>

namespace engine::rwkv6
{
namespace
{

using kernels::View;

using Mix = DynamicMix;

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
    Buffers(const ModelDims &dims, const Mix::Ranks &ranks, int rows, int logitRows, std::byte *memory)
        : arena(memory)
    {
        const std::int64_t C = dims.width;
        x = arena.take(rows, C);
        mixed[0] = arena.take(std::max(rows, logitRows), C);
        for (int i = 1; i < Mix::kMixes; ++i)
            mixed[i] = arena.take(rows, C);
        const std::size_t behindMixes = arena.mark();
        mix = {arena, rows, C, ranks};
        arena.rewind(behindMixes);
        for (View *part : {&heads.r, &heads.k, &heads.v, &heads.g, &decay})
            *part = arena.take(rows, C);
        decayScratch = arena.take(rows, static_cast<std::int64_t>(rankScratch(ranks.decay)));
        heads.y = mixed[Mix::R];
        arena.rewind(behindMixes);
        const View hidden = arena.take(rows, dims.hidden), gate = arena.take(rows, C);
        ffn = {x, mixed[0], mixed[1], hidden, gate};
    }

    Arena arena;
    View x, mixed[Mix::kMixes], decay, decayScratch;
    Mix::Buffers mix;
    MatrixMix::Buffers heads;
    GatedFfn::Buffers ffn;
};

std::size_t planWorkspace(const ModelDims &dims, const TensorFile &file, int rows, int logitRows)
{
    return Buffers(dims, Mix::largestRanks(file, dims), rows, logitRows, nullptr).arena.bytes();
}

struct Layer {
    Layer(WeightStore &store, const ModelDims &dims, int i);

    Norm norm;
    Mix inputs;
    MatrixMix mix;
    GatedFfn ffn;
};

Layer::Layer(WeightStore &store, const ModelDims &dims, int i)
    : norm(loadNorm(store, block(i, "ln1"), dims.width))
    , inputs(store, dims, i, dims.width)
    , mix(store, dims, i, true)
    , ffn(store, dims, i, GatedFfn::Mixes::OfPrevious)
{
}

class Rwkv6 final : public Model
{
public:
    explicit Rwkv6(WeightStore &store)
        : m_dims(readDims(store.file()))
        , m_ranks(Mix::largestRanks(store.file(), m_dims))
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
    void timeMix(const Step &step, const Buffers &b, int i) const;

    ModelDims m_dims;
    Mix::Ranks m_ranks;
    StateSpec m_state;
    Skeleton m_skeleton;
    std::vector<Layer> m_layers;
};

void Rwkv6::forward(const Step &step) const
{
    const Buffers b(m_dims, m_ranks, step.batch.tokens, step.logitCount, step.workspace);
    runItems(step, m_dims, m_skeleton, b.x, b.mixed[0], [&](int i) {
        timeMix(step, b, i);
        m_layers[static_cast<std::size_t>(i)].ffn.run(
            step, b.ffn, layerState(step, m_state, i, static_cast<std::size_t>(m_dims.width)));
    });
}

/// Mixes with the row before, decay, recurrence and readout; x += output.
void Rwkv6::timeMix(const Step &step, const Buffers &b, int i) const
{
    const Layer &l = m_layers[static_cast<std::size_t>(i)];
    kernels::NormMix norm;
    norm.x = b.x;
    norm.gain = l.norm.gain;
    norm.bias = l.norm.bias;
    norm.epsilon = kNormEpsilon;
    norm.shift = layerState(step, m_state, i, 0);
    norm.batch = step.batch;
    l.inputs.mix(step, norm, b.mix, b.mixed);
    l.mix.project(step, {b.mixed[Mix::R], b.mixed[Mix::K], b.mixed[Mix::V], b.mixed[Mix::G]}, b.heads);
    l.inputs.decay(step, b.mixed[Mix::W], b.decayScratch, b.decay);

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
