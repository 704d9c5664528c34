// QRWKV-6: transformers of Qwen2 kind whose attention became the recurrence of RWKV-6 (RWKV6Qwen2ForCausalLM,
// GGUF rwkv6qwen2). Formulas: rwkv-math-and-formats §7.1 (llama.cpp, src/models/rwkv6-base and rwkv6qwen2).
// T rows of a step, C channels, H heads of N, G heads of keys and values, F hidden.
#include "engine/error.h"
#include "engine/models/model.h"
#include "engine/models/shapes.h"
#include "engine/models/skeleton.h"
#include "engine/weight_store.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

namespace engine::qrwkv6
{
namespace
{

using kernels::Activation;
using kernels::View;
using kernels::Weight;

constexpr int kMixes = 5;
constexpr std::array<char, kMixes> kMixNames = {'w', 'k', 'v', 'r', 'g'}; ///< as the stacked factors
enum Mix { MixW, MixK, MixV, MixR, MixG };
constexpr int kLargestHead = 256;

/// The first of these keys that the file's configuration has as a number above 0; 0 if it has none.
double configured(const TensorFile &file, std::initializer_list<const char *> keys)
{
    for (const char *key : keys) {
        const auto found = file.metadata().find(key);
        if (found == file.metadata().end()) continue;
        const std::string &text = found->second;
        double value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error == std::errc() && end == text.data() + text.size() && value > 0) return value;
    }
    return 0;
}

struct Layout {
    ModelDims dims;
    int keyHeads = 0;
    float normEpsilon = 1e-6F;
    std::int32_t mixRank = 0, decayRank = 0; ///< the largest of all layers

    std::int32_t width() const { return dims.heads * dims.headSize; } ///< H N
    std::int32_t keyWidth() const { return keyHeads * dims.headSize; }
};

/// The number of heads of this size in the rows of a matrix. Throws Error(BadModel).
int headsIn(const TensorFile &file, const std::string &name, int size)
{
    const std::int64_t rows = shapeAt(file, name, 0, 2);
    if (rows % size != 0)
        throw Error(ErrorCode::BadModel, name + ": expected heads of " + std::to_string(size) + ", found " +
                                             file.find(name)->shapeText() + ".");
    return static_cast<int>(rows / size);
}

std::int32_t mixRankOf(const TensorFile &file, const ModelDims &dims, int layer)
{
    const std::string name = block(layer, "att.time_maa_w1");
    const std::int32_t rank = rankOf(file, name, dims.width) / kMixes;
    if (rank < 1)
        throw Error(ErrorCode::BadModel, name + ": expected factors for " + std::to_string(kMixes) +
                                             " mixes, found " + file.find(name)->shapeText() + ".");
    return rank;
}

Layout readLayout(const TensorFile &file)
{
    Layout layout;
    ModelDims &dims = layout.dims;
    dims.vocabulary = static_cast<int>(shapeAt(file, "emb.weight", 0, 2));
    dims.width = static_cast<int>(shapeAt(file, "emb.weight", 1, 2));
    dims.layers = countLayers(file);
    dims.hidden = static_cast<int>(shapeAt(file, "blocks.0.ffn.down.weight", 1, 2));
    double size = configured(file, {"gguf.rwkv6qwen2.wkv.head_size", "config.head_dim", "config.head_size"});
    if (const double heads = configured(file, {"config.num_attention_heads"}); size == 0 && heads > 0)
        size = dims.width / heads;
    if (!(size >= 2 && size <= kLargestHead) || size != std::floor(size))
        throw Error(ErrorCode::BadModel,
                    "QRWKV-6: expected the size of a head in the file (wkv.head_size of a GGUF) or in "
                    "config.json (num_attention_heads or head_dim), found none from 2 to " +
                        std::to_string(kLargestHead) + ".");
    dims.headSize = static_cast<int>(size);
    dims.heads = headsIn(file, "blocks.0.att.receptance.weight", dims.headSize);
    const std::string key = "blocks.0.att.key.weight";
    layout.keyHeads = headsIn(file, key, dims.headSize);
    if (dims.heads % layout.keyHeads != 0)
        throw Error(ErrorCode::BadModel, key + ": expected a number of heads that divides " +
                                             std::to_string(dims.heads) + ", found " +
                                             std::to_string(layout.keyHeads) + ".");
    const double epsilon =
        configured(file, {"gguf.rwkv6qwen2.attention.layer_norm_rms_epsilon", "config.rms_norm_eps"});
    if (epsilon > 0 && epsilon < 1) layout.normEpsilon = static_cast<float>(epsilon);
    for (int i = 0; i < dims.layers; ++i) {
        layout.mixRank = std::max(layout.mixRank, mixRankOf(file, dims, i));
        layout.decayRank =
            std::max(layout.decayRank, rankOf(file, block(i, "att.time_decay_w1"), dims.width));
    }
    return layout;
}

StateSpec stateOf(const ModelDims &dims)
{
    StateSpec spec = stateOfLayers(
        "qrwkv6: layers x (att shift [C], wkv [H, N key, N value]), fp32", dims.layers,
        {{"att.shift_state", {dims.width}}, {"att.time_state", {dims.heads, dims.headSize, dims.headSize}}});
    spec.keysFirst = true;
    return spec;
}

/// The activations of one step as offsets into one arena; what is never needed together shares memory.
struct Buffers {
    Buffers(const Layout &l, int rows, int logitRows, std::byte *memory)
        : arena(memory)
    {
        const std::int64_t C = l.dims.width, A = l.width(), G = l.keyWidth();
        x = arena.take(rows, C);
        mixed[0] = arena.take(std::max(rows, logitRows), C);
        const std::size_t behindFirst = arena.mark();
        for (int i = 1; i < kMixes; ++i)
            mixed[i] = arena.take(rows, C);
        const std::size_t behindMixes = arena.mark();
        for (View *part : {&mixX, &normed, &delta})
            *part = arena.take(rows, C);
        mixScratch = arena.take(rows, std::int64_t{2} * kMixes * l.mixRank);
        arena.rewind(behindMixes);
        for (View *part : {&r, &k, &v, &g, &y, &decay})
            *part = arena.take(rows, A);
        keys = arena.take(rows, G);
        values = arena.take(rows, G);
        decayScratch = arena.take(rows, static_cast<std::int64_t>(rankScratch(l.decayRank)));
        arena.rewind(behindFirst);
        gate = arena.take(rows, l.dims.hidden);
        hidden = arena.take(rows, l.dims.hidden);
    }

    Arena arena;
    View x, mixed[kMixes], mixX, normed, delta, mixScratch, r, k, v, g, y, decay, keys, values, decayScratch,
        gate, hidden;
};

/// A matrix with the bias that it may have.
struct Projection {
    Weight weight;
    View bias;
};

struct Layer {
    Layer(WeightStore &store, const Layout &layout, int i);

    View norm1, norm2, muX, mu[kMixes], decay;
    Weight mixDown, mixUp[kMixes], decayDown, decayUp;
    Projection r, k, v, g, output;
    Weight gate, up, down;
};

Layer::Layer(WeightStore &store, const Layout &layout, int i)
{
    constexpr auto kTransposed = WeightStore::Orientation::Transposed;
    const std::int32_t C = layout.dims.width, F = layout.dims.hidden, A = layout.width();
    const auto vector = [&](const std::string &name, std::int32_t size) {
        return store.vector(block(i, name), {size});
    };
    const auto projection = [&](const std::string &name, std::int32_t rows, std::int32_t cols) {
        const std::string bias = block(i, name + ".bias");
        return Projection{store.matrix(i, block(i, name + ".weight"), rows, cols),
                          store.file().find(bias) ? store.vector(bias, {rows}) : View()};
    };
    norm1 = vector("ln1.weight", C);
    norm2 = vector("ln2.weight", C);
    muX = vector("att.time_maa_x", C);
    const std::int32_t mixRank = mixRankOf(store.file(), layout.dims, i);
    mixDown = store.factor(i, block(i, "att.time_maa_w1"), kMixes * mixRank, C, kTransposed);
    for (std::size_t m = 0; m < kMixes; ++m) {
        mu[m] = vector(std::string("att.time_maa_") + kMixNames[m], C);
        mixUp[m] = store.factorPart(i, block(i, "att.time_maa_w2"), static_cast<int>(m), kMixes, C, mixRank);
    }
    const std::int32_t decayRank = rankOf(store.file(), block(i, "att.time_decay_w1"), C);
    decayDown = store.factor(i, block(i, "att.time_decay_w1"), decayRank, C, kTransposed);
    decayUp = store.factor(i, block(i, "att.time_decay_w2"), A, decayRank, kTransposed);
    decay = vector("att.time_decay", A);
    r = projection("att.receptance", A, C);
    k = projection("att.key", layout.keyWidth(), C);
    v = projection("att.value", layout.keyWidth(), C);
    g = projection("att.gate", A, C);
    output = projection("att.output", C, A);
    gate = store.matrix(i, block(i, "ffn.gate.weight"), F, C);
    up = store.matrix(i, block(i, "ffn.up.weight"), F, C);
    down = store.matrix(i, block(i, "ffn.down.weight"), C, F);
}

class Qrwkv6 final : public Model
{
public:
    explicit Qrwkv6(WeightStore &store)
        : m_layout(readLayout(store.file()))
        , m_state(stateOf(m_layout.dims))
        , m_embedding(store.table("emb.weight", m_layout.dims.vocabulary, m_layout.dims.width))
    {
        const ModelDims &dims = m_layout.dims;
        for (int i = 0; i < dims.layers; ++i)
            m_layers.emplace_back(store, m_layout, i);
        m_normOut = store.vector("ln_out.weight", {dims.width});
        m_head = store.matrix(dims.layers, "head.weight", dims.vocabulary, dims.width);
    }

    const ModelDims &dims() const override { return m_layout.dims; }
    StateSpec state() const override { return m_state; }
    std::size_t workspaceBytes(int rows, int logitRows) const override
    {
        return Buffers(m_layout, rows, logitRows, nullptr).arena.bytes();
    }
    std::size_t carriedBytes(int rows) const override
    {
        return Arena::bytesOf(rows, m_layout.dims.width); // x
    }
    void forward(const Step &step) const override;

private:
    kernels::NormMix norm(const Step &step, const View &x, const View &gain) const;
    void mixInputs(const Step &step, const Buffers &b, int i) const;
    void project(const Step &step, const Buffers &b, const Layer &l) const;
    void timeMix(const Step &step, const Buffers &b, int i) const;
    void channelMix(const Step &step, const Buffers &b, const Layer &l) const;
    void head(const Step &step, const Buffers &b) const;

    Layout m_layout;
    StateSpec m_state;
    View m_embedding, m_normOut;
    std::vector<Layer> m_layers;
    Weight m_head;
};

void Qrwkv6::forward(const Step &step) const
{
    const Buffers b(m_layout, step.batch.tokens, step.logitCount, step.workspace);
    if (step.firstItem == 0) {
        kernels::Embed embed;
        embed.tokens = step.tokens;
        embed.table = m_embedding;
        embed.x = b.x;
        step.device.embed(embed);
    }
    for (int i = step.firstItem; i < std::min(step.endItem, m_layout.dims.layers); ++i) {
        if (step.stop.stop_requested()) return; // a layer of a large model takes some 50 ms
        mixInputs(step, b, i);
        timeMix(step, b, i);
        channelMix(step, b, m_layers[static_cast<std::size_t>(i)]);
    }
    if (step.endItem > m_layout.dims.layers && step.logitCount > 0) head(step, b);
}

kernels::NormMix Qrwkv6::norm(const Step &step, const View &x, const View &gain) const
{
    kernels::NormMix norm;
    norm.x = x;
    norm.gain = gain;
    norm.epsilon = m_layout.normEpsilon;
    norm.isRms = true;
    norm.batch = step.batch;
    return norm;
}

/// Norm, token shift and the five mixes, which depend on the data.
void Qrwkv6::mixInputs(const Step &step, const Buffers &b, int i) const
{
    const Layer &l = m_layers[static_cast<std::size_t>(i)];
    kernels::NormMix shift = norm(step, b.x, l.norm1);
    shift.mixes = 1;
    shift.mu[0] = l.muX;
    shift.out[0] = b.mixX;
    shift.normed = b.normed;
    shift.delta = b.delta;
    shift.shift = layerState(step, m_state, i, 0);
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

/// r, k, v, g and the decay; keys and values for every head.
void Qrwkv6::project(const Step &step, const Buffers &b, const Layer &l) const
{
    kernels::Linear products;
    products.problem[0] = {b.mixed[MixR], l.r.weight, l.r.bias, b.r, Activation::None, false};
    products.problem[1] = {b.mixed[MixK], l.k.weight, l.k.bias, b.keys, Activation::None, false};
    products.problem[2] = {b.mixed[MixV], l.v.weight, l.v.bias, b.values, Activation::None, false};
    products.problem[3] = {b.mixed[MixG], l.g.weight, l.g.bias, b.g, Activation::Sigmoid, false};
    products.problems = 4;
    products.rows = step.batch.tokens;
    step.device.linear(products);

    kernels::LowRank decay;
    decay.problem[0] = {b.mixed[MixW], l.decayDown,       Activation::Tanh, l.decayUp,
                        l.decay,       Activation::Decay, b.decay};
    decay.problems = 1;
    decay.rows = step.batch.tokens;
    decay.scratch = b.decayScratch;
    step.device.lowRank(decay);

    kernels::KeyValueHeads share;
    share.r = b.r;
    share.k = b.keys;
    share.v = b.values;
    share.kOut = b.k;
    share.vOut = b.v;
    share.heads = m_layout.dims.heads;
    share.keyHeads = m_layout.keyHeads;
    share.headSize = m_layout.dims.headSize;
    share.batch = step.batch;
    step.device.keyValueHeads(share);
}

/// The recurrence and its readout; x += output.
void Qrwkv6::timeMix(const Step &step, const Buffers &b, int i) const
{
    const Layer &l = m_layers[static_cast<std::size_t>(i)];
    const ModelDims &dims = m_layout.dims;
    project(step, b, l);
    kernels::Wkv6 wkv;
    wkv.r = b.r;
    wkv.k = b.k;
    wkv.v = b.v;
    wkv.w = kernels::view(b.decay.data, kernels::DType::F32, step.batch.tokens, dims.heads, dims.headSize);
    wkv.y = b.y;
    wkv.state = layerState(step, m_state, i, static_cast<std::size_t>(dims.width)); // behind the shift
    wkv.heads = dims.heads;
    wkv.headSize = dims.headSize;
    wkv.batch = step.batch;
    wkv.isGated = true;
    step.device.wkv6(wkv);

    kernels::Readout readout;
    readout.y = b.y;
    readout.g = b.g;
    readout.scale = 1.0F / std::sqrt(static_cast<float>(dims.headSize));
    readout.tokens = step.batch.tokens;
    readout.heads = dims.heads;
    readout.headSize = dims.headSize;
    step.device.readout(readout);

    kernels::Linear output;
    output.problem[0] = {b.y, l.output.weight, l.output.bias, b.x, Activation::None, true};
    output.problems = 1;
    output.rows = step.batch.tokens;
    step.device.linear(output);
}

void Qrwkv6::channelMix(const Step &step, const Buffers &b, const Layer &l) const
{
    kernels::NormMix before = norm(step, b.x, l.norm2);
    before.out[0] = b.mixed[0];
    step.device.normMix(before);
    step.device.gatedFfn({b.mixed[0], l.gate, l.up, l.down, b.gate, b.hidden, b.x, step.batch.tokens});
}

void Qrwkv6::head(const Step &step, const Buffers &b) const
{
    kernels::NormMix last = norm(step, b.x, m_normOut);
    last.out[0] = kernels::view(b.mixed[0].data, kernels::DType::F32, step.logitCount, m_layout.dims.width);
    last.rows = step.logitRows;
    last.rowCount = step.logitCount;
    if (step.hidden) last.out[0] = step.hidden;
    step.device.normMix(last);
    if (step.hidden) return;
    kernels::Linear head;
    head.problem[0] = {last.out[0], m_head, {}, step.logits, Activation::None, false};
    head.problems = 1;
    head.rows = step.logitCount;
    step.device.linear(head);
}

bool accepts(const TensorFile &file)
{
    return file.find("blocks.0.att.time_maa_x") && file.find("blocks.0.ffn.down.weight") &&
           !file.find("blocks.0.att.time_faaaa");
}

std::unique_ptr<Model> create(WeightStore &store) { return std::make_unique<Qrwkv6>(store); }
ModelDims readDims(const TensorFile &file) { return readLayout(file).dims; }

std::size_t planWorkspace(const ModelDims &, const TensorFile &file, int rows, int logitRows)
{
    return Buffers(readLayout(file), rows, logitRows, nullptr).arena.bytes();
}

} // namespace
} // namespace engine::qrwkv6

namespace engine
{

extern const Family kQrwkv6; // listed in registry.cpp
const Family kQrwkv6{"qrwkv6",        qrwkv6::accepts, qrwkv6::readDims,
                     qrwkv6::stateOf, qrwkv6::create,  qrwkv6::planWorkspace};

} // namespace engine
