// QRWKV-6: transformers of Qwen2 kind whose attention became the recurrence of RWKV-6 (RWKV6Qwen2ForCausalLM,
// GGUF rwkv6qwen2). Formulas: rwkv-math-and-formats §7.1 (llama.cpp, src/models/rwkv6-base and rwkv6qwen2).
// T rows of a step, C channels, H heads of N, G heads of keys and values, F hidden.
#include "engine/error.h"
#include "engine/models/dynamic_mix.h"
#include "engine/models/shapes.h"
#include "engine/models/transformer_parts.h"
#include "engine/weight_store.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

namespace engine::qrwkv6
{
namespace
{

using kernels::Activation;
using kernels::View;
using Mix = DynamicMix;

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
    Mix::Ranks ranks; ///< the largest of all layers

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
    layout.ranks = Mix::largestRanks(file, dims);
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
        for (int i = 1; i < Mix::kMixes; ++i)
            mixed[i] = arena.take(rows, C);
        const std::size_t behindMixes = arena.mark();
        mix = {arena, rows, C, l.ranks};
        arena.rewind(behindMixes);
        for (View *part : {&r, &k, &v, &g, &y, &decay})
            *part = arena.take(rows, A);
        keys = arena.take(rows, G);
        values = arena.take(rows, G);
        decayScratch = arena.take(rows, static_cast<std::int64_t>(rankScratch(l.ranks.decay)));
        arena.rewind(behindFirst);
        gate = arena.take(rows, l.dims.hidden);
        hidden = arena.take(rows, l.dims.hidden);
    }

    Arena arena;
    View x, mixed[Mix::kMixes], r, k, v, g, y, decay, keys, values, decayScratch, gate, hidden;
    Mix::Buffers mix;
};

struct Layer {
    Layer(WeightStore &store, const Layout &layout, int i)
        : norm(store.vector(block(i, "ln1.weight"), {layout.dims.width}))
        , inputs(store, layout.dims, i, layout.width())
        , ffn(store, layout.dims, i, layout.normEpsilon)
    {
        const std::int32_t C = layout.dims.width, A = layout.width(), G = layout.keyWidth();
        r = loadProjection(store, i, "att.receptance", A, C);
        k = loadProjection(store, i, "att.key", G, C);
        v = loadProjection(store, i, "att.value", G, C);
        g = loadProjection(store, i, "att.gate", A, C);
        output = loadProjection(store, i, "att.output", C, A);
    }

    View norm;
    Mix inputs;
    Projection r, k, v, g, output;
    SwiGlu ffn;
};

class Qrwkv6 final : public Model
{
public:
    explicit Qrwkv6(WeightStore &store)
        : m_layout(readLayout(store.file()))
        , m_state(stateOf(m_layout.dims))
        , m_skeleton(store, m_layout.dims, m_layout.normEpsilon)
    {
        for (int i = 0; i < m_layout.dims.layers; ++i)
            m_layers.emplace_back(store, m_layout, i);
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
    void project(const Step &step, const Buffers &b, const Layer &l) const;
    void timeMix(const Step &step, const Buffers &b, int i) const;

    Layout m_layout;
    StateSpec m_state;
    Skeleton m_skeleton;
    std::vector<Layer> m_layers;
};

void Qrwkv6::forward(const Step &step) const
{
    const Buffers b(m_layout, step.batch.tokens, step.logitCount, step.workspace);
    runItems(step, m_layout.dims, m_skeleton, b.x, b.mixed[0], [&](int i) {
        timeMix(step, b, i);
        m_layers[static_cast<std::size_t>(i)].ffn.run(step, {b.x, b.mixed[0], b.gate, b.hidden});
    });
}

/// r, k, v, g and the decay; keys and values for every head.
void Qrwkv6::project(const Step &step, const Buffers &b, const Layer &l) const
{
    kernels::Linear products;
    products.problem[0] = {b.mixed[Mix::R], l.r.weight, l.r.bias, b.r, Activation::None, false};
    products.problem[1] = {b.mixed[Mix::K], l.k.weight, l.k.bias, b.keys, Activation::None, false};
    products.problem[2] = {b.mixed[Mix::V], l.v.weight, l.v.bias, b.values, Activation::None, false};
    products.problem[3] = {b.mixed[Mix::G], l.g.weight, l.g.bias, b.g, Activation::Sigmoid, false};
    products.problems = 4;
    products.rows = step.batch.tokens;
    step.device.linear(products);

    l.inputs.decay(step, b.mixed[Mix::W], b.decayScratch, b.decay);

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

/// Mixes with the row before, recurrence and readout; x += output.
void Qrwkv6::timeMix(const Step &step, const Buffers &b, int i) const
{
    const Layer &l = m_layers[static_cast<std::size_t>(i)];
    const ModelDims &dims = m_layout.dims;
    kernels::NormMix norm = rmsNorm(step, b.x, l.norm, m_layout.normEpsilon);
    norm.shift = layerState(step, m_state, i, 0);
    l.inputs.mix(step, norm, b.mix, b.mixed);
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

    addProduct(step, l.output, b.y, b.x);
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
