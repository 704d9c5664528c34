// RWKV-4 "Dove" (Pile, Raven, World, music). Paper: arXiv:2305.13048. Tensor names and formulas:
// BlinkDL/RWKV-LM, RWKV-v4neo. Activations are float32, so the residual stream cannot overflow and no weight
// is rescaled.
#include "engine/models/gated_ffn.h"
#include "engine/models/model.h"
#include "engine/models/shapes.h"
#include "engine/models/skeleton.h"
#include "engine/weight_store.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace engine::rwkv4
{
namespace
{

using kernels::Activation;
using kernels::View;
using kernels::Weight;

constexpr int kMixes = 3;
constexpr std::array<char, kMixes> kMixNames = {'r', 'k', 'v'};
enum Mix { MixR, MixK, MixV };

/// Every channel is a head of its own.
ModelDims readDims(const TensorFile &file)
{
    ModelDims dims = readCommonDims(file);
    setHeads(dims, "emb.weight", dims.width);
    return dims;
}

StateSpec stateOf(const ModelDims &dims)
{
    return stateOfLayers("rwkv4: layers x (att shift [C], ffn shift [C], aa [C], bb [C], pp [C]), fp32",
                         dims.layers,
                         {{"att.shift_state", {dims.width}},
                          {"ffn.shift_state", {dims.width}},
                          {"att.aa_state", {dims.width}},
                          {"att.bb_state", {dims.width}},
                          {"att.pp_state", {dims.width}}});
}

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
        for (View *part : {&r, &k, &v})
            *part = arena.take(rows, C);
        arena.rewind(behindMixes);
        const View hidden = arena.take(rows, dims.hidden), gate = arena.take(rows, C);
        ffn = {x, mixed[0], mixed[1], hidden, gate};
    }

    Arena arena;
    View x, mixed[kMixes], r, k, v;
    GatedFfn::Buffers ffn;
};

std::size_t planWorkspace(const ModelDims &dims, const TensorFile &, int rows, int logitRows)
{
    return Buffers(dims, rows, logitRows, nullptr).arena.bytes();
}

struct Layer {
    Layer(WeightStore &store, const ModelDims &dims, int i)
        : norm(loadNorm(store, block(i, "ln1"), dims.width))
        , ffn(store, dims, i, GatedFfn::Mixes::OfCurrent)
    {
        const std::int32_t C = dims.width;
        const auto matrix = [&](const char *name) {
            return store.matrix(i, block(i, std::string("att.") + name + ".weight"), C, C);
        };
        for (std::size_t m = 0; m < kMixes; ++m)
            mu[m] = store.vector(block(i, std::string("att.time_mix_") + kMixNames[m]), {C});
        receptance = matrix("receptance");
        key = matrix("key");
        value = matrix("value");
        output = matrix("output");
        // Larger numbers, which training cannot reach, would only overflow: nothing is left of the past
        // anyway.
        const auto decay = [](float x) { return -std::exp(std::min(x, 80.0F)); };
        logDecay = store.derived(block(i, "att.time_decay"), {C}, decay, 1);
        bonus = store.vector(block(i, "att.time_first"), {C});
    }

    Norm norm;
    View mu[kMixes];
    Weight receptance, key, value, output;
    View logDecay, bonus; ///< [C]
    GatedFfn ffn;
};

class Rwkv4 final : public Model
{
public:
    explicit Rwkv4(WeightStore &store)
        : m_dims(readDims(store.file()))
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
        return Buffers(m_dims, rows, logitRows, nullptr).arena.bytes();
    }
    std::size_t carriedBytes(int rows) const override { return Arena::bytesOf(rows, m_dims.width); } // x
    void forward(const Step &step) const override;

private:
    void project(const Step &step, const Buffers &b, int i) const;
    void timeMix(const Step &step, const Buffers &b, int i) const;

    ModelDims m_dims;
    StateSpec m_state;
    Skeleton m_skeleton;
    std::vector<Layer> m_layers;
};

void Rwkv4::forward(const Step &step) const
{
    const Buffers b(m_dims, step.batch.tokens, step.logitCount, step.workspace);
    runItems(step, m_dims, m_skeleton, b.x, b.mixed[0], [&](int i) {
        project(step, b, i);
        timeMix(step, b, i);
        m_layers[static_cast<std::size_t>(i)].ffn.run(
            step, b.ffn, layerState(step, m_state, i, static_cast<std::size_t>(m_dims.width)));
    });
}

/// The inputs of the recurrence from x: norm, token shift and projections.
void Rwkv4::project(const Step &step, const Buffers &b, int i) const
{
    const Layer &l = m_layers[static_cast<std::size_t>(i)];
    kernels::NormMix shift;
    shift.x = b.x;
    shift.gain = l.norm.gain;
    shift.bias = l.norm.bias;
    shift.epsilon = kNormEpsilon;
    shift.mixes = kMixes;
    std::copy(std::begin(l.mu), std::end(l.mu), shift.mu);
    std::copy(std::begin(b.mixed), std::end(b.mixed), shift.out);
    shift.weighsCurrent = true;
    shift.shift = layerState(step, m_state, i, 0);
    shift.batch = step.batch;
    step.device.normMix(shift);

    kernels::Linear products;
    products.problem[0] = {b.mixed[MixR], l.receptance, {}, b.r, Activation::Sigmoid, false};
    products.problem[1] = {b.mixed[MixK], l.key, {}, b.k, Activation::None, false};
    products.problem[2] = {b.mixed[MixV], l.value, {}, b.v, Activation::None, false};
    products.problems = 3;
    products.rows = step.batch.tokens;
    step.device.linear(products);
}

/// The recurrence; x += output.
void Rwkv4::timeMix(const Step &step, const Buffers &b, int i) const
{
    const Layer &l = m_layers[static_cast<std::size_t>(i)];
    const std::size_t sums = 2 * static_cast<std::size_t>(m_dims.width); // behind the two shifts
    step.device.wkv4(
        {b.r, b.k, b.v, l.logDecay, l.bonus, b.r, layerState(step, m_state, i, sums), step.batch});

    kernels::Linear output;
    output.problem[0] = {b.r, l.output, {}, b.x, Activation::None, true};
    output.problems = 1;
    output.rows = step.batch.tokens;
    step.device.linear(output);
}

bool accepts(const TensorFile &file)
{
    return file.find("blocks.0.att.time_first") && file.find("blocks.0.att.time_decay") &&
           file.find("blocks.0.att.time_mix_k") && !file.find("blocks.0.att.ln_x.weight");
}

std::unique_ptr<Model> create(WeightStore &store) { return std::make_unique<Rwkv4>(store); }

} // namespace
} // namespace engine::rwkv4

namespace engine
{

extern const Family kRwkv4; // listed in registry.cpp
const Family kRwkv4{"rwkv4",        rwkv4::accepts, rwkv4::readDims,
                    rwkv4::stateOf, rwkv4::create,  rwkv4::planWorkspace};

} // namespace engine
