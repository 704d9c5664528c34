// Hybrids of RWKV-7 and transformers: ARWKV-7, PRWKV (cxa073, cxa075, cxa076, cxa076r) and HRWKV (hxa079,
// hxa07a). Layers mix tokens by the recurrence of RWKV-7 or by attention without positions, and channels by
// SwiGLU. Formulas: rwkv-infer §8.6 to §8.8 (OpenMOSE/RWKV-Infer, arwkv7.py, prwkv7.py, hrwkv7.py). Where its
// code and the trainer disagree, the trainer counts: decays with 1/2 instead of 0.6, norms of heads for each
// token alone.
#include "engine/models/rwkv_hybrid_shapes.h"
#include "engine/models/transformer_parts.h"
#include "engine/weight_store.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace engine::hybrid
{
namespace
{

using kernels::Activation;
using kernels::View;
using kernels::Weight;

constexpr float kHeadNormEpsilon = 64e-5F;
constexpr int kMixes = 6;
constexpr std::array<const char *, kMixes> kMixNames = {"x_r", "x_w", "x_k", "x_v", "x_a", "x_g"};
enum Mix { MixR, MixW, MixK, MixV, MixA, MixG };

struct Buffers {
    Buffers(const Layout &l, int rows, int logitRows, std::byte *memory)
        : arena(memory)
    {
        const std::int64_t C = l.dims.width, A = std::max(l.width(), l.attentionHeads * l.attentionSize);
        const std::int64_t G = std::max(l.keyWidth(), l.attentionKeys * l.attentionSize);
        x = arena.take(rows, C);
        vFirst = arena.take(rows, A);
        kFirst = arena.take(rows, G);
        mixed[0] = arena.take(std::max(rows, logitRows), C);
        for (int i = 1; i < kMixes; ++i)
            mixed[i] = l.dims.hasTokenShift ? arena.take(rows, C) : mixed[0];
        const std::size_t behindMixes = arena.mark();
        scratch = arena.take(rows, static_cast<std::int64_t>(l.scratch));
        for (View *part : {&r, &k, &v, &w, &a, &g, &vMix, &kMix, &negKappa, &y})
            *part = arena.take(rows, A);
        keys = arena.take(rows, G);
        values = arena.take(rows, G);
        arena.rewind(behindMixes);
        gate = arena.take(rows, l.dims.hidden);
        hidden = arena.take(rows, l.dims.hidden);
    }

    Arena arena;
    View x, vFirst, kFirst, mixed[kMixes], scratch, r, k, v, w, a, g, vMix, kMix, negKappa, y, keys, values,
        gate, hidden;
};

struct LowRankPair {
    Weight a, b;
    View bias;
    explicit operator bool() const { return bool(bias) || b.rows > 0; }
};

struct Layer {
    View norm, mu[kMixes];
    Projection r, k, v, output; ///< in attention r is q
    View rNorm, kNorm;
    LowRankPair w, a, g, vMix, kMix;
    View kK, kA, rK;
    Norm headNorm;
    SwiGlu ffn;
};

class Loader
{
public:
    Loader(WeightStore &store, const Layout &layout, int i)
        : m_store(store)
        , m_layout(layout)
        , m_i(i)
    {
    }

    Layer load()
    {
        Layer l;
        l.norm = vector("ln1.weight", m_layout.dims.width);
        l.ffn = SwiGlu(m_store, m_layout.dims, m_i, m_layout.normEpsilon);
        m_layout.isAttention(m_i) ? attention(l) : recurrence(l);
        return l;
    }

private:
    bool has(const std::string &name) const { return m_store.file().find(block(m_i, name)); }
    View vector(const std::string &name, std::int32_t size)
    {
        return m_store.vector(block(m_i, name), {size});
    }
    View vectorIf(const std::string &name, std::int32_t size)
    {
        return has(name) ? vector(name, size) : View();
    }
    Projection projection(const std::string &name, std::int32_t rows, std::int32_t cols)
    {
        return loadProjection(m_store, m_i, name, rows, cols);
    }
    LowRankPair pair(const std::string &name, std::int32_t width, bool hasBias)
    {
        constexpr auto kTransposed = WeightStore::Orientation::Transposed;
        const std::string first = block(m_i, "att." + name + "1");
        const std::int32_t rank = rankOf(m_store.file(), first, m_layout.dims.width);
        LowRankPair p;
        p.a = m_store.factor(m_i, first, rank, m_layout.dims.width, kTransposed);
        p.b = m_store.factor(m_i, block(m_i, "att." + name + "2"), width, rank, kTransposed);
        if (hasBias) p.bias = vector("att." + name + "0", width);
        return p;
    }

    void attention(Layer &l)
    {
        const std::int32_t C = m_layout.dims.width, N = m_layout.attentionSize;
        const std::int32_t q = m_layout.attentionHeads * N, kv = m_layout.attentionKeys * N;
        l.r = projection("att.q_proj", q, C);
        l.k = projection("att.k_proj", kv, C);
        l.v = projection("att.v_proj", kv, C);
        l.output = projection("att.o_proj", C, q);
        l.rNorm = vectorIf("att.ln_r.weight", N);
        l.kNorm = vectorIf("att.ln_k.weight", N);
    }

    void recurrence(Layer &l)
    {
        const Kind kind = m_layout.kind;
        const std::int32_t C = m_layout.dims.width, N = m_layout.dims.headSize;
        const std::int32_t A = m_layout.width(), G = m_layout.keyWidth();
        l.r = projection("att.receptance", A, C);
        l.k = projection("att.key", G, C);
        l.v = projection("att.value", G, C);
        l.output = projection("att.output", C, A);
        l.rNorm = vectorIf("att.ln_r.weight", N);
        l.kNorm = vectorIf("att.ln_k.weight", N);
        l.w = pair("w", A, true);
        l.a = pair("a", A, true);
        if (has("att.g1")) l.g = pair("g", A, false);
        if (kind == Kind::Arwkv)
            for (std::size_t m = 0; m < kMixes; ++m)
                if (m != MixG || has("att.g1")) l.mu[m] = vector(std::string("att.") + kMixNames[m], C);
        if (kind != Kind::Hxa07a) l.rK = m_store.vector(block(m_i, "att.r_k"), {m_layout.dims.heads, N});
        if (kind == Kind::Arwkv || kind == Kind::Cxa073 || kind == Kind::Cxa075) {
            l.kK = vector("att.k_k", A);
            l.kA = vector("att.k_a", A);
        }
        if ((kind == Kind::Arwkv && has("att.ln_x.weight")) || kind == Kind::Cxa073)
            l.headNorm = loadNorm(m_store, block(m_i, "att.ln_x"), A);
        if (m_i == m_layout.firstRecurrence || kind == Kind::Hxa07a) return;
        l.vMix = pair("v", kind == Kind::Hxa079 ? G : A, true);
        if (kind == Kind::Hxa079) l.kMix = pair("k", G, true);
    }

    WeightStore &m_store;
    const Layout &m_layout;
    int m_i;
};

class RwkvHybrid final : public Model
{
public:
    explicit RwkvHybrid(WeightStore &store);

    const ModelDims &dims() const override { return m_layout.dims; }
    StateSpec state() const override { return m_state; }
    std::size_t workspaceBytes(int rows, int logitRows) const override
    {
        return Buffers(m_layout, rows, logitRows, nullptr).arena.bytes();
    }
    std::size_t carriedBytes(int rows) const override
    {
        const Buffers b(m_layout, rows, 0, nullptr); // x, vFirst, kFirst lie in front
        return Arena::bytesOf(rows, b.x.dims[1]) + Arena::bytesOf(rows, b.vFirst.dims[1]) +
               Arena::bytesOf(rows, b.kFirst.dims[1]);
    }
    void forward(const Step &step) const override;

private:
    void project(const Step &step, const Buffers &b, const Layer &l) const;
    void shareHeads(const Step &step, const Buffers &b, const Layer &l, int i) const;
    void recurrence(const Step &step, const Buffers &b, int i) const;
    void readout(const Step &step, const Buffers &b, const Layer &l) const;
    void attention(const Step &step, const Buffers &b, int i) const;

    Layout m_layout;
    StateSpec m_state;
    float m_headEpsilon;
    Skeleton m_skeleton;
    std::vector<Layer> m_layers;
};

/// What the file says, and what the user set instead.
Layout layoutOf(const WeightStore &store)
{
    Layout layout = readLayout(store.file());
    layout.dims = layout.dims.withContext(store.overrides().contextTokens);
    return layout;
}

RwkvHybrid::RwkvHybrid(WeightStore &store)
    : m_layout(layoutOf(store))
    , m_state(stateOf(m_layout.dims))
    , m_headEpsilon(store.overrides().headNormEpsilon > 0 ? store.overrides().headNormEpsilon
                                                          : kHeadNormEpsilon)
    , m_skeleton(store, m_layout.dims, m_layout.normEpsilon)
{
    for (int i = 0; i < m_layout.dims.layers; ++i)
        m_layers.push_back(Loader(store, m_layout, i).load());
}

void RwkvHybrid::forward(const Step &step) const
{
    const Buffers b(m_layout, step.batch.tokens, step.logitCount, step.workspace);
    runItems(step, m_layout.dims, m_skeleton, b.x, b.mixed[0], [&](int i) {
        m_layout.isAttention(i) ? attention(step, b, i) : recurrence(step, b, i);
        m_layers[static_cast<std::size_t>(i)].ffn.run(step, {b.x, b.mixed[0], b.gate, b.hidden});
    });
}

/// r, k, v, behind their norms and mixes; the last two at the width of the heads that are shared.
void RwkvHybrid::project(const Step &step, const Buffers &b, const Layer &l) const
{
    kernels::Linear products;
    products.problem[0] = {b.mixed[MixR], l.r.weight, l.r.bias, b.r, Activation::None, false};
    products.problem[1] = {b.mixed[MixK], l.k.weight, l.k.bias, b.keys, Activation::None, false};
    products.problem[2] = {b.mixed[MixV], l.v.weight, l.v.bias, b.values, Activation::None, false};
    products.problems = 3;
    products.rows = step.batch.tokens;
    step.device.linear(products);
    if (!l.w) return; // attention

    kernels::LowRank lora;
    const auto add = [&lora](const View &x, const LowRankPair &p, Activation middle, Activation last,
                             const View &y) {
        if (p) lora.problem[lora.problems++] = {x, p.a, middle, p.b, p.bias, last, y};
    };
    add(b.mixed[MixW], l.w, Activation::Tanh, Activation::None, b.w);
    add(b.mixed[MixA], l.a, Activation::None, Activation::Sigmoid, b.a);
    add(b.mixed[MixG], l.g, Activation::Sigmoid, Activation::None, b.g);
    add(b.mixed[MixV], l.vMix, Activation::None, Activation::Sigmoid, b.vMix);
    add(b.mixed[MixK], l.kMix, Activation::None, Activation::Sigmoid, b.kMix);
    lora.rows = step.batch.tokens;
    lora.scratch = b.scratch;
    step.device.lowRank(lora);
}

/// Norms, positions and the first layer's part; every head gets its keys and values.
void RwkvHybrid::shareHeads(const Step &step, const Buffers &b, const Layer &l, int i) const
{
    kernels::KeyValueHeads share;
    share.r = b.r;
    share.k = b.keys;
    share.v = b.values;
    share.rNorm = l.rNorm;
    share.kNorm = l.kNorm;
    share.epsilon = m_layout.normEpsilon;
    share.batch = step.batch;
    if (m_layout.isAttention(i)) {
        share.heads = m_layout.attentionHeads;
        share.keyHeads = m_layout.attentionKeys;
        share.headSize = m_layout.attentionSize;
        step.device.keyValueHeads(share);
        return;
    }
    share.heads = m_layout.dims.heads;
    share.keyHeads = m_layout.keyHeads;
    share.headSize = m_layout.dims.headSize;
    share.theta = m_layout.theta;
    if (share.theta > 0) share.position = layerState(step, m_state, i, 0);
    share.firstLayer = i == m_layout.firstRecurrence;
    if (m_layout.kind == Kind::Hxa079) {
        share.vFirst = b.vFirst;
        share.kFirst = b.kFirst;
        share.vMix = b.vMix;
        share.kMix = b.kMix;
    }
    share.kOut = b.k;
    share.vOut = b.v;
    step.device.keyValueHeads(share);
}

void RwkvHybrid::recurrence(const Step &step, const Buffers &b, int i) const
{
    const Layer &l = m_layers[static_cast<std::size_t>(i)];
    const ModelDims &dims = m_layout.dims;
    kernels::NormMix norm = rmsNorm(step, b.x, l.norm, m_layout.normEpsilon);
    if (dims.hasTokenShift) {
        norm.mixes = l.g ? kMixes : kMixes - 1;
        std::copy(std::begin(l.mu), std::end(l.mu), norm.mu);
        norm.shift = layerState(step, m_state, i, 0);
    }
    std::copy(std::begin(b.mixed), std::end(b.mixed), norm.out);
    step.device.normMix(norm);
    project(step, b, l);
    shareHeads(step, b, l, i);

    const bool keepsValues = m_layout.kind == Kind::Hxa079 || m_layout.kind == Kind::Hxa07a;
    kernels::Prepare7 prepare{b.w, b.k, b.v, b.a, b.negKappa, l.kK, l.kA, {}, {}};
    prepare.firstLayer = i == m_layout.firstRecurrence;
    if (!keepsValues) prepare.vFirst = b.vFirst;
    if (!keepsValues && !prepare.firstLayer) prepare.vMix = b.vMix;
    prepare.tokens = step.batch.tokens;
    prepare.heads = dims.heads;
    prepare.headSize = dims.headSize;
    step.device.prepare7(prepare);

    const std::size_t matrices =
        m_state.layerOffset[static_cast<std::size_t>(i) + 1] -
        m_state.layerOffset[static_cast<std::size_t>(i)] -
        static_cast<std::size_t>(m_layout.width()) * static_cast<std::size_t>(dims.headSize);
    step.device.wkv7({b.r, b.w, b.k, b.v, b.negKappa, b.a, b.y, layerState(step, m_state, i, matrices),
                      dims.heads, dims.headSize, step.batch});
    readout(step, b, l);
}

/// x += output((norm or scale of y + bonus) * gate).
void RwkvHybrid::readout(const Step &step, const Buffers &b, const Layer &l) const
{
    const bool scales = m_layout.kind >= Kind::Cxa076;
    kernels::Readout readout;
    readout.y = b.y;
    readout.gain = l.headNorm.gain;
    readout.bias = l.headNorm.bias;
    readout.scale = scales ? 1.0F / std::sqrt(static_cast<float>(m_layout.dims.headSize)) : 1.0F;
    readout.epsilon = m_headEpsilon;
    readout.r = b.r;
    readout.k = b.k;
    readout.v = b.v;
    readout.rK = l.rK;
    if (l.g) readout.g = b.g;
    readout.gateOffset = m_layout.kind == Kind::Cxa075 ? 1.0F : 0.0F;
    readout.tokens = step.batch.tokens;
    readout.heads = m_layout.dims.heads;
    readout.headSize = m_layout.dims.headSize;
    step.device.readout(readout);

    addProduct(step, l.output, b.y, b.x);
}

void RwkvHybrid::attention(const Step &step, const Buffers &b, int i) const
{
    const Layer &l = m_layers[static_cast<std::size_t>(i)];
    kernels::NormMix norm = rmsNorm(step, b.x, l.norm, m_layout.normEpsilon);
    norm.out[0] = b.mixed[0];
    step.device.normMix(norm);
    project(step, b, l);
    shareHeads(step, b, l, i);

    const auto layer = static_cast<std::size_t>(i);
    constexpr std::size_t kRows = kernels::PagedView::kTokens;
    kernels::PagedView keys = step.pages; // a page has the keys of a layer, then its values
    keys.offset = (m_state.layerTokenOffset[layer] - step.tokenOffset) * kRows;
    kernels::PagedView values = keys;
    values.offset += static_cast<std::size_t>(m_layout.dims.attention[layer]) * kRows;
    kernels::Attention attend;
    attend.q = b.r;
    attend.k = b.keys;
    attend.v = b.values;
    attend.y = b.y;
    attend.position = layerState(step, m_state, i, 0);
    attend.keys = keys;
    attend.values = values;
    attend.context = m_layout.dims.contextTokens;
    attend.heads = m_layout.attentionHeads;
    attend.keyHeads = m_layout.attentionKeys;
    attend.headSize = m_layout.attentionSize;
    attend.scale = 1.0F / std::sqrt(static_cast<float>(attend.headSize));
    attend.batch = step.batch;
    step.device.attention(attend);

    addProduct(step, l.output, b.y, b.x);
}

std::unique_ptr<Model> create(WeightStore &store) { return std::make_unique<RwkvHybrid>(store); }
ModelDims readDims(const TensorFile &file) { return readLayout(file).dims; }

std::size_t planWorkspace(const ModelDims &, const TensorFile &file, int rows, int logitRows)
{
    return Buffers(readLayout(file), rows, logitRows, nullptr).arena.bytes();
}

} // namespace
} // namespace engine::hybrid

namespace engine
{

extern const Family kRwkvHybrid; // listed in registry.cpp
const Family kRwkvHybrid{"rwkv-hybrid",   hybrid::accepts, hybrid::readDims,
                         hybrid::stateOf, hybrid::create,  hybrid::planWorkspace};

} // namespace engine
