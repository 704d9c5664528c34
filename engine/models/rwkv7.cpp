// RWKV-7 "Goose". Paper: arXiv:2503.14456. Tensor names and formulas: BlinkDL/RWKV-LM, RWKV-v7.
// RWKV-7a is the same with deep embeddings in its channel mix.
// T rows of a step, C channels, H heads of N, F hidden, V vocabulary.
#include "engine/models/deep_embed.h"
#include "engine/models/experts.h"
#include "engine/models/model.h"
#include "engine/models/rwkv7_shapes.h"
#include "engine/models/skeleton.h"
#include "engine/weight_store.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace engine::rwkv7
{
namespace
{

using kernels::Activation;
using kernels::View;
using kernels::Weight;

constexpr int kMixes = 6;
constexpr std::array<const char *, kMixes> kMixNames = {"x_r", "x_w", "x_k", "x_v", "x_a", "x_g"};
enum Mix { MixR, MixW, MixK, MixV, MixA, MixG };

/// Sizes that the buffers depend on besides the dimensions.
struct Extras {
    Extras(const TensorFile &file, const ModelDims &dims)
        : scratch(largestScratch(file, dims))
        , deepRank(DeepEmbed::rankIn(file, dims))
    {
    }
    std::size_t scratch; ///< floats a row for low-rank pairs
    int deepRank;        ///< of deep embeddings; 0: none
};

/// The activations of one step as offsets into one arena; buffers that are never needed together share
/// memory.
class Buffers
{
public:
    Buffers(const ModelDims &dims, const Extras &extras, int rows, int logitRows, std::byte *memory)
        : m_arena(memory)
    {
        const std::int64_t C = dims.width;
        const auto take = [this](std::int64_t n, std::int64_t width) { return m_arena.take(n, width); };
        x = take(rows, C);
        vFirst = take(rows, C);
        if (extras.deepRank > 0) deep.embedded = take(rows, C);
        mixed[0] = take(std::max(rows, logitRows), C);
        for (int i = 1; i < kMixes; ++i)
            mixed[i] = take(rows, C);
        scratch = take(rows, static_cast<std::int64_t>(extras.scratch));
        const std::size_t channelMix = m_arena.mark();
        hidden = take(rows, dims.hidden);
        if (const std::int64_t R = extras.deepRank; R > 0) {
            deep.normed = take(rows, C);
            deep.matrix = take(rows, R * R);
            deep.p = take(rows, R);
            deep.q = take(rows, R);
            deep.factors = take(rows, dims.hidden);
        }
        m_arena.rewind(channelMix); // the channel mix runs when the projections are done with
        for (View *projection : {&r, &w, &k, &v, &a, &g, &vMix})
            *projection = take(rows, C);
        y = mixed[MixR]; // likewise the mixes, once they are projected
        negKappa = mixed[MixW];
    }

    std::size_t bytes() const { return m_arena.bytes(); }

    View x, vFirst, mixed[kMixes], scratch, hidden, r, w, k, v, a, g, vMix, y, negKappa;
    DeepEmbed::Buffers deep;

private:
    Arena m_arena;
};

std::size_t planWorkspace(const ModelDims &dims, const TensorFile &file, int rows, int logitRows)
{
    return Buffers(dims, Extras(file, dims), rows, logitRows, nullptr).bytes();
}

class Rwkv7 final : public Model
{
public:
    explicit Rwkv7(WeightStore &store);

    const ModelDims &dims() const override { return m_dims; }
    StateSpec state() const override { return m_state; }
    std::size_t workspaceBytes(int rows, int logitRows) const override
    {
        return Buffers(m_dims, m_extras, rows, logitRows, nullptr).bytes();
    }
    std::size_t carriedBytes(int rows) const override
    {
        return (m_extras.deepRank > 0 ? 3 : 2) * Arena::bytesOf(rows, m_dims.width); // x, vFirst, embedded
    }
    void forward(const Step &step) const override;
    bool takesExperts() const override { return m_extras.deepRank == 0; }
    void setExperts(const Experts *experts) override { m_experts = experts; }

private:
    struct LowRankPair {
        Weight a, b; ///< [rank, C], [C, rank]
        View bias;   ///< [C] or absent
    };
    struct Layer {
        Norm norm1, norm2, headNorm;
        View mu[kMixes], ffnMu;
        Weight receptance, key, value, output, ffnKey, ffnValue;
        LowRankPair w, a, v, g;
        View kK, kA, rK;
        std::optional<DeepEmbed> deep;
    };

    Layer layer(WeightStore &store, int i) const;
    void project(const Step &step, const Buffers &b, int i) const;
    void timeMix(const Step &step, const Buffers &b, int i) const;
    void channelMix(const Step &step, const Buffers &b, int i) const;
    void mixExperts(const Step &step, const Buffers &b, int i) const;

    ModelDims m_dims;
    Extras m_extras;
    StateSpec m_state;
    float m_headEpsilon;
    std::vector<Layer> m_layers;
    Skeleton m_skeleton;
    const Experts *m_experts = nullptr;
};

Rwkv7::Rwkv7(WeightStore &store)
    : m_dims(readDims(store.file()))
    , m_extras(store.file(), m_dims)
    , m_state(stateOf(m_dims))
    , m_headEpsilon(headNormEpsilon(store, m_dims.headSize))
    , m_skeleton(store, m_dims)
{
    for (int i = 0; i < m_dims.layers; ++i)
        m_layers.push_back(layer(store, i));
}

Rwkv7::Layer Rwkv7::layer(WeightStore &store, int i) const
{
    const std::int32_t C = m_dims.width, F = m_dims.hidden;
    const Ranks ranks = readRanks(store.file(), m_dims, i);
    const auto vector = [&](const std::string &name) { return store.vector(block(i, name), {C}); };
    const auto matrix = [&](const std::string &name, std::int32_t rows, std::int32_t cols) {
        return store.matrix(i, block(i, name + ".weight"), rows, cols);
    };
    const auto pair = [&](const std::string &name, std::int32_t rank, bool hasBias) {
        constexpr auto kTransposed = WeightStore::Orientation::Transposed;
        LowRankPair p;
        p.a = store.factor(i, block(i, "att." + name + "1"), rank, C, kTransposed);
        p.b = store.factor(i, block(i, "att." + name + "2"), C, rank, kTransposed);
        if (hasBias) p.bias = vector("att." + name + "0");
        return p;
    };

    Layer l;
    l.norm1 = loadNorm(store, block(i, "ln1"), C);
    l.norm2 = loadNorm(store, block(i, "ln2"), C);
    l.headNorm = loadNorm(store, block(i, "att.ln_x"), C);
    for (std::size_t m = 0; m < kMixes; ++m)
        l.mu[m] = vector(std::string("att.") + kMixNames[m]);
    l.receptance = matrix("att.receptance", C, C);
    l.key = matrix("att.key", C, C);
    l.value = matrix("att.value", C, C);
    l.output = matrix("att.output", C, C);
    l.w = pair("w", ranks.w, true);
    l.a = pair("a", ranks.a, true);
    l.g = pair("g", ranks.g, false);
    if (i > 0) l.v = pair("v", ranks.v, true);
    l.kK = vector("att.k_k");
    l.kA = vector("att.k_a");
    l.rK = store.vector(block(i, "att.r_k"), {m_dims.heads, m_dims.headSize});
    l.ffnMu = vector("ffn.x_k");
    l.ffnKey = matrix("ffn.key", F, C);
    l.ffnValue = matrix("ffn.value", C, F);
    if (m_extras.deepRank > 0) l.deep.emplace(store, m_dims, i, m_extras.deepRank);
    return l;
}

void Rwkv7::forward(const Step &step) const
{
    const Buffers b(m_dims, m_extras, step.batch.tokens, step.logitCount, step.workspace);
    runItems(step, m_dims, m_skeleton, b.x, b.mixed[0], [&](int i) {
        if (i == 0 && b.deep.embedded) step.device.copy(b.deep.embedded.data, b.x.data, b.x.bytes());
        project(step, b, i);
        timeMix(step, b, i);
        channelMix(step, b, i);
    });
}

/// The inputs of the recurrence from x: norm, token shift, projections and low-rank pairs.
void Rwkv7::project(const Step &step, const Buffers &b, int i) const
{
    const Layer &l = m_layers[static_cast<std::size_t>(i)];
    kernels::NormMix mix;
    mix.x = b.x;
    mix.gain = l.norm1.gain;
    mix.bias = l.norm1.bias;
    mix.epsilon = kNormEpsilon;
    mix.mixes = kMixes;
    std::copy(std::begin(l.mu), std::end(l.mu), mix.mu);
    std::copy(std::begin(b.mixed), std::end(b.mixed), mix.out);
    mix.shift = layerState(step, m_state, i, 0);
    mix.batch = step.batch;
    step.device.normMix(mix);

    kernels::Linear products;
    products.problem[0] = {b.mixed[MixR], l.receptance, {}, b.r, Activation::None, false};
    products.problem[1] = {b.mixed[MixK], l.key, {}, b.k, Activation::None, false};
    products.problem[2] = {b.mixed[MixV], l.value, {}, b.v, Activation::None, false};
    products.problems = 3;
    products.rows = step.batch.tokens;
    step.device.linear(products);

    kernels::LowRank lora;
    lora.problem[0] = {b.mixed[MixW], l.w.a, Activation::Tanh, l.w.b, l.w.bias, Activation::None, b.w};
    lora.problem[1] = {b.mixed[MixA], l.a.a, Activation::None, l.a.b, l.a.bias, Activation::Sigmoid, b.a};
    lora.problem[2] = {b.mixed[MixG], l.g.a, Activation::Sigmoid, l.g.b, {}, Activation::None, b.g};
    lora.problems = 3;
    if (i > 0)
        lora.problem[lora.problems++] = {b.mixed[MixV],       l.v.a, Activation::None, l.v.b, l.v.bias,
                                         Activation::Sigmoid, b.vMix};
    lora.rows = step.batch.tokens;
    lora.scratch = b.scratch;
    step.device.lowRank(lora);
}

/// The recurrence and what is around it; x += output.
void Rwkv7::timeMix(const Step &step, const Buffers &b, int i) const
{
    const Layer &l = m_layers[static_cast<std::size_t>(i)];
    const std::int32_t rows = step.batch.tokens, heads = m_dims.heads, headSize = m_dims.headSize;
    kernels::Prepare7 prepare;
    prepare.w = b.w;
    prepare.k = b.k;
    prepare.v = b.v;
    prepare.a = b.a;
    prepare.negKappa = b.negKappa;
    prepare.kK = l.kK;
    prepare.kA = l.kA;
    if (i > 0) prepare.vMix = b.vMix;
    prepare.vFirst = b.vFirst;
    prepare.firstLayer = i == 0;
    prepare.tokens = rows;
    prepare.heads = heads;
    prepare.headSize = headSize;
    step.device.prepare7(prepare);

    const std::size_t matrices = 2 * static_cast<std::size_t>(m_dims.width); // behind the two shifts
    step.device.wkv7({b.r, b.w, b.k, b.v, b.negKappa, b.a, b.y, layerState(step, m_state, i, matrices), heads,
                      headSize, step.batch});
    kernels::Readout readout;
    readout.y = b.y;
    readout.gain = l.headNorm.gain;
    readout.bias = l.headNorm.bias;
    readout.epsilon = m_headEpsilon;
    readout.r = b.r;
    readout.k = b.k;
    readout.v = b.v;
    readout.rK = l.rK;
    readout.g = b.g;
    readout.tokens = rows;
    readout.heads = heads;
    readout.headSize = headSize;
    readout.offset =
        layerState(step, m_state, i, matrices + std::size_t(m_dims.width) * std::size_t(headSize));
    readout.batch = step.batch;
    step.device.readout(readout);

    kernels::Linear output;
    output.problem[0] = {b.y, l.output, {}, b.x, Activation::None, true};
    output.problems = 1;
    output.rows = rows;
    step.device.linear(output);
}

void Rwkv7::channelMix(const Step &step, const Buffers &b, int i) const
{
    const Layer &l = m_layers[static_cast<std::size_t>(i)];
    kernels::NormMix mix;
    mix.x = b.x;
    mix.gain = l.norm2.gain;
    mix.bias = l.norm2.bias;
    mix.epsilon = kNormEpsilon;
    mix.mixes = 1;
    mix.mu[0] = l.ffnMu;
    mix.out[0] = b.mixed[0];
    mix.shift = layerState(step, m_state, i, static_cast<std::size_t>(m_dims.width));
    mix.normed = b.deep.normed;
    mix.batch = step.batch;
    step.device.normMix(mix);
    if (m_experts) return mixExperts(step, b, i);
    if (l.deep) l.deep->run(step, b.deep);
    kernels::ReluFfn ffn{b.mixed[0], l.ffnKey, l.ffnValue, b.hidden, b.x, step.batch.tokens};
    ffn.hiddenGate = b.deep.factors;
    step.device.reluFfn(ffn);
}

/// The channel mix with experts over its matrices.
void Rwkv7::mixExperts(const Step &step, const Buffers &b, int i) const
{
    const Layer &l = m_layers[static_cast<std::size_t>(i)];
    const Experts::Layer &experts = m_experts->layers[static_cast<std::size_t>(i)];
    kernels::Mole mole;
    mole.x = kernels::view(b.mixed[0].data, kernels::DType::F32, step.batch.tokens, m_dims.width);
    mole.key = l.ffnKey;
    mole.value = l.ffnValue;
    mole.router = experts.router;
    mole.expert = experts.expert.data();
    mole.experts = static_cast<std::int32_t>(experts.expert.size());
    mole.active = experts.active;
    mole.scale = experts.scale;
    mole.scratch = experts.scratch;
    mole.y = b.x;
    mole.rows = step.batch.tokens;
    step.device.mole(mole);
}

template <bool kDeep>
bool accepts(const TensorFile &file)
{
    return file.find("blocks.0.att.r_k") && (file.find("blocks.0.ffn.s_emb.weight") != nullptr) == kDeep;
}

std::unique_ptr<Model> create(WeightStore &store) { return std::make_unique<Rwkv7>(store); }

} // namespace
} // namespace engine::rwkv7

namespace engine
{

extern const Family kRwkv7, kRwkv7a; // listed in registry.cpp
const Family kRwkv7{"rwkv7",        rwkv7::accepts<false>, rwkv7::readDims,
                    rwkv7::stateOf, rwkv7::create,         rwkv7::planWorkspace};
const Family kRwkv7a{"rwkv7a",       rwkv7::accepts<true>, rwkv7::readDims,
                     rwkv7::stateOf, rwkv7::create,        rwkv7::planWorkspace};

} // namespace engine
