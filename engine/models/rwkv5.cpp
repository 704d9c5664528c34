// RWKV-5 "Eagle" in its three versions: 5.0 has no gate and one decay a head, 5.1 adds the gate, 5.2 has one
// decay a channel. Paper: arXiv:2404.05892. Tensor names and formulas: BlinkDL/RWKV-LM, RWKV-v5. Activations
// are float32, so the residual stream cannot overflow and no weight is rescaled.
#include "engine/models/gated_ffn.h"
#include "engine/models/matrix_mix.h"
#include "engine/models/model.h"
#include "engine/models/shapes.h"
#include "engine/weight_store.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace engine::rwkv5
{
namespace
{

using kernels::View;

enum class Version { V50, V51, V52 };

constexpr int kMixes = 4;
constexpr std::array<char, kMixes> kMixNames = {'r', 'k', 'v', 'g'}; ///< 5.0 has no g
enum Mix { MixR, MixK, MixV, MixG };

Version versionOf(const TensorFile &file)
{
    const TensorEntry *decay = file.find("blocks.0.att.time_decay");
    if (decay && decay->shape.size() > 1 && decay->shape[1] > 1) return Version::V52;
    return file.find("blocks.0.att.gate.weight") ? Version::V51 : Version::V50;
}

ModelDims readDims(const TensorFile &file)
{
    ModelDims dims = readCommonDims(file);
    const char *name = "blocks.0.att.time_decay";
    const TensorEntry *decay = file.find(name);
    const std::size_t rank = decay ? std::clamp<std::size_t>(decay->shape.size(), 1, 3) : 1;
    setHeads(dims, name, shapeAt(file, name, 0, rank));
    return dims;
}

StateSpec stateOf(const ModelDims &dims) { return matrixState("rwkv5", dims); }

/// The activations of one step as offsets into one arena; what is never needed together shares memory.
struct Buffers {
    Buffers(const ModelDims &dims, int rows, int logitRows, std::byte *memory)
        : arena(memory)
    {
        const std::int64_t C = dims.width;
        x = arena.take(rows, C);
        mixed[0] = arena.take(std::max(rows, logitRows), C);
        for (int i = 1; i < kMixes; ++i)
            mixed[i] = arena.take(rows, C);
        const std::size_t behindMixes = arena.mark();
        for (View *part : {&heads.r, &heads.k, &heads.v, &heads.g})
            *part = arena.take(rows, C);
        heads.y = mixed[MixR];
        arena.rewind(behindMixes);
        const View hidden = arena.take(rows, dims.hidden), gate = arena.take(rows, C);
        ffn = {x, mixed[0], mixed[1], hidden, gate};
    }

    Arena arena;
    View x, mixed[kMixes];
    MatrixMix::Buffers heads;
    GatedFfn::Buffers ffn;
};

std::size_t planWorkspace(const ModelDims &dims, const TensorFile &, int rows, int logitRows)
{
    return Buffers(dims, rows, logitRows, nullptr).arena.bytes();
}

/// The decay itself, [H, N].
View loadDecay(WeightStore &store, const ModelDims &dims, int layer, Version version)
{
    const std::string name = block(layer, "att.time_decay");
    float (*const decay)(float) = [](float x) { return static_cast<float>(std::exp(-std::exp(double{x}))); };
    const View stored = version == Version::V52 ? store.derived(name, {dims.heads, dims.headSize}, decay, 1)
                                                : store.derived(name, {dims.heads}, decay, dims.headSize);
    return kernels::view(stored.data, kernels::DType::F32, dims.heads, dims.headSize);
}

struct Layer {
    Layer(WeightStore &store, const ModelDims &dims, int i, Version version)
        : norm(loadNorm(store, block(i, "ln1"), dims.width))
        , mixes(version == Version::V50 ? 3 : 4)
        , decay(loadDecay(store, dims, i, version))
        , mix(store, dims, i, version != Version::V50)
        , ffn(store, dims, i, GatedFfn::Mixes::OfCurrent)
    {
        for (std::size_t m = 0; m < static_cast<std::size_t>(mixes); ++m)
            mu[m] = store.vector(block(i, std::string("att.time_mix_") + kMixNames[m]), {dims.width});
    }

    Norm norm;
    int mixes;
    View mu[kMixes];
    View decay; ///< [H, N]
    MatrixMix mix;
    GatedFfn ffn;
};

class Rwkv5 final : public Model
{
public:
    explicit Rwkv5(WeightStore &store)
        : m_dims(readDims(store.file()))
        , m_state(stateOf(m_dims))
        , m_skeleton(store, m_dims)
    {
        const Version version = versionOf(store.file());
        for (int i = 0; i < m_dims.layers; ++i)
            m_layers.emplace_back(store, m_dims, i, version);
    }

    const ModelDims &dims() const override { return m_dims; }
    StateSpec state() const override { return m_state; }
    std::size_t workspaceBytes(int rows, int logitRows) const override
    {
        return Buffers(m_dims, rows, logitRows, nullptr).arena.bytes();
    }
    std::size_t carriedBytes(int rows) const override { return Arena::bytesOf(rows, m_dims.width); } // x
    void forward(const Step &step) const override;

private:
    void timeMix(const Step &step, const Buffers &b, int i) const;

    ModelDims m_dims;
    StateSpec m_state;
    Skeleton m_skeleton;
    std::vector<Layer> m_layers;
};

void Rwkv5::forward(const Step &step) const
{
    const Buffers b(m_dims, step.batch.tokens, step.logitCount, step.workspace);
    runItems(step, m_dims, m_skeleton, b.x, b.mixed[0], [&](int i) {
        timeMix(step, b, i);
        m_layers[static_cast<std::size_t>(i)].ffn.run(
            step, b.ffn, layerState(step, m_state, i, static_cast<std::size_t>(m_dims.width)));
    });
}

/// Norm, token shift, recurrence and readout; x += output.
void Rwkv5::timeMix(const Step &step, const Buffers &b, int i) const
{
    const Layer &l = m_layers[static_cast<std::size_t>(i)];
    kernels::NormMix shift;
    shift.x = b.x;
    shift.gain = l.norm.gain;
    shift.bias = l.norm.bias;
    shift.epsilon = kNormEpsilon;
    shift.mixes = l.mixes;
    std::copy(std::begin(l.mu), std::end(l.mu), shift.mu);
    std::copy(std::begin(b.mixed), std::end(b.mixed), shift.out);
    shift.weighsCurrent = true;
    shift.shift = layerState(step, m_state, i, 0);
    shift.batch = step.batch;
    step.device.normMix(shift);

    l.mix.project(step, {b.mixed[MixR], b.mixed[MixK], b.mixed[MixV], b.mixed[MixG]}, b.heads);
    const std::size_t matrices = 2 * static_cast<std::size_t>(m_dims.width); // behind the two shifts
    l.mix.recur(step, b.heads, l.decay, layerState(step, m_state, i, matrices), b.x);
}

template <Version V>
bool accepts(const TensorFile &file)
{
    return file.find("blocks.0.att.ln_x.weight") && file.find("blocks.0.att.time_decay") &&
           file.find("blocks.0.att.time_mix_k") && versionOf(file) == V;
}

std::unique_ptr<Model> create(WeightStore &store) { return std::make_unique<Rwkv5>(store); }

template <Version V>
constexpr Family familyOf(const char *name)
{
    return {name, accepts<V>, readDims, stateOf, create, planWorkspace};
}

} // namespace
} // namespace engine::rwkv5

namespace engine
{

extern const Family kRwkv50, kRwkv51, kRwkv52; // listed in registry.cpp
const Family kRwkv50 = rwkv5::familyOf<rwkv5::Version::V50>("rwkv5.0");
const Family kRwkv51 = rwkv5::familyOf<rwkv5::Version::V51>("rwkv5.1");
const Family kRwkv52 = rwkv5::familyOf<rwkv5::Version::V52>("rwkv5.2");

} // namespace engine
