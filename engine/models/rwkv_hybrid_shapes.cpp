#include "engine/models/rwkv_hybrid_shapes.h"

#include "engine/error.h"

#include <algorithm>
#include <charconv>

namespace engine::hybrid
{
namespace
{

constexpr float kTheta = 1e6F;       ///< of Qwen, where the file does not say
constexpr int kContextTokens = 4096; ///< what attention sees, where the file does not say less
constexpr int kLargestHead = 256;
constexpr std::int64_t kPositionFloats = 16; ///< one is used; the rest keeps what follows aligned

/// As config.json says, or a GGUF file of ARWKV-7 by another name.
double configNumber(const TensorFile &file, const std::string &key, double otherwise, const char *inGguf = "")
{
    auto found = file.metadata().find("config." + key);
    if (found == file.metadata().end()) found = file.metadata().find(inGguf);
    if (found == file.metadata().end()) return otherwise;
    const std::string &text = found->second;
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && value > 0 ? value : otherwise;
}

std::string configText(const TensorFile &file, const std::string &key)
{
    const auto found = file.metadata().find("config." + key);
    if (found == file.metadata().end()) return {};
    std::string text = found->second;
    std::erase(text, '"'); // JSON
    return text;
}

bool has(const TensorFile &file, int layer, const std::string &name) { return file.find(block(layer, name)); }

Kind kindOf(const TensorFile &file, int layer, int layers)
{
    const std::string name = configText(file, "rwkv_architecture");
    if (name == "hxa079") return Kind::Hxa079;
    if (name == "hxa07a") return Kind::Hxa07a;
    if (!name.empty() && !name.starts_with("cxa07"))
        throw Error(
            ErrorCode::UnsupportedModel,
            "config.json: expected the rwkv_architecture cxa073 to cxa076, hxa079 or hxa07a, found '" + name +
                "'.");
    if (has(file, layer, "att.x_r")) return Kind::Arwkv;
    for (int i = 0; i < layers; ++i)
        if (has(file, i, "att.k0")) return Kind::Hxa079;
    for (int i = 0; i < layers; ++i)
        if (has(file, i, "att.q_proj.weight")) return Kind::Hxa07a;
    if (has(file, layer, "att.ln_x.weight")) return Kind::Cxa073;
    return has(file, layer, "att.k_k") ? Kind::Cxa075 : Kind::Cxa076;
}

/// The number of heads of `size` in `rows` of a matrix.
int headsIn(const TensorFile &file, const std::string &name, int size)
{
    const std::int64_t rows = shapeAt(file, name, 0, 2);
    if (size < 1 || size > kLargestHead || size % 2 != 0 || rows % size != 0)
        throw Error(ErrorCode::BadModel, name + ": expected heads of " + std::to_string(size) +
                                             " (even, at most " + std::to_string(kLargestHead) + "), found " +
                                             file.find(name)->shapeText() + ".");
    return static_cast<int>(rows / size);
}

void requireGroups(const std::string &name, int heads, int keyHeads)
{
    if (keyHeads < 1 || heads % keyHeads != 0)
        throw Error(ErrorCode::BadModel, name + ": expected a number of heads that divides " +
                                             std::to_string(heads) + ", found " + std::to_string(keyHeads) +
                                             ".");
}

void readAttention(const TensorFile &file, Layout &layout, int layer)
{
    const std::string key = block(layer, "att.k_proj.weight");
    const TensorEntry *norm = file.find(block(layer, "att.ln_k.weight"));
    const int size =
        norm && norm->elements() <= kLargestHead
            ? static_cast<int>(norm->elements())
            : static_cast<int>(std::min(configNumber(file, "head_dim", layout.dims.headSize), 1e6));
    const int heads = headsIn(file, block(layer, "att.q_proj.weight"), size), keys = headsIn(file, key, size);
    requireGroups(key, heads, keys);
    const bool differs =
        layout.attentionSize > 0 &&
        (layout.attentionHeads != heads || layout.attentionKeys != keys || layout.attentionSize != size);
    if (differs)
        throw Error(ErrorCode::UnsupportedModel, key + ": expected all layers with attention to be alike.");
    layout.attentionHeads = heads;
    layout.attentionKeys = keys;
    layout.attentionSize = size;
    layout.dims.attention[static_cast<std::size_t>(layer)] = keys * size;
}

std::size_t scratchOf(const TensorFile &file, int layer, int width)
{
    std::size_t floats = 0;
    for (const char *name : {"w1", "a1", "v1", "g1", "k1"})
        if (has(file, layer, std::string("att.") + name))
            floats += rankScratch(rankOf(file, block(layer, std::string("att.") + name), width));
    return floats;
}

} // namespace

bool accepts(const TensorFile &file)
{
    const int layers = 256; // names are looked up, so that a file without "blocks." costs little
    if (!file.find("blocks.0.ffn.down.weight") || !file.find("blocks.0.ffn.gate.weight")) return false;
    for (int i = 0; i < layers; ++i)
        if (has(file, i, "att.w0")) return true;
    return false;
}

Layout readLayout(const TensorFile &file)
{
    Layout layout;
    ModelDims &dims = layout.dims;
    dims.vocabulary = static_cast<int>(shapeAt(file, "emb.weight", 0, 2));
    dims.width = static_cast<int>(shapeAt(file, "emb.weight", 1, 2));
    dims.layers = countLayers(file);
    dims.hidden = static_cast<int>(shapeAt(file, "blocks.0.ffn.down.weight", 1, 2));
    dims.attention.assign(static_cast<std::size_t>(dims.layers), 0);
    int &first = layout.firstRecurrence;
    while (first < dims.layers && has(file, first, "att.q_proj.weight"))
        ++first;
    if (first == dims.layers)
        throw Error(ErrorCode::BadModel, "blocks.0.att.w0: the file has no such tensor.");

    layout.kind = kindOf(file, first, dims.layers);
    const std::string bonus = block(first, "att.r_k"), norm = block(first, "att.ln_r.weight");
    const double size = file.find(bonus)  ? static_cast<double>(shapeAt(file, bonus, 1, 2))
                        : file.find(norm) ? static_cast<double>(shapeAt(file, norm, 0, 1))
                                          : configNumber(file, "head_dim", 64);
    dims.headSize = static_cast<int>(std::min(size, 1e6));
    dims.heads = headsIn(file, block(first, "att.receptance.weight"), dims.headSize);
    const std::string key = block(first, "att.key.weight");
    layout.keyHeads = headsIn(file, key, dims.headSize);
    requireGroups(key, dims.heads, layout.keyHeads);
    for (int i = 0; i < dims.layers; ++i) {
        if (has(file, i, "att.q_proj.weight"))
            readAttention(file, layout, i);
        else
            layout.scratch = std::max(layout.scratch, scratchOf(file, i, dims.width));
    }

    dims.hasTokenShift = layout.kind == Kind::Arwkv;
    dims.hasPositions = layout.kind == Kind::Hxa079 || layout.kind == Kind::Hxa07a;
    layout.normEpsilon = static_cast<float>(
        configNumber(file, "rms_norm_eps", 1e-6, "gguf.arwkv7.attention.layer_norm_rms_epsilon"));
    layout.theta = dims.hasPositions ? static_cast<float>(configNumber(file, "rope_theta", kTheta)) : 0;
    dims.contextTokens = static_cast<int>(
        std::min(configNumber(file, "max_position_embeddings", 1e6), double{kContextTokens}));
    return layout;
}

StateSpec stateOf(const ModelDims &dims)
{
    StateSpec spec;
    spec.layout = "hybrid of rwkv7: layers x (att shift [C], position [16], wkv [H, N value, N key]) or "
                  "(position [16], keys and values, a ring of [context, G N] each), fp32";
    const auto add = [&spec](int layer, const char *name, std::vector<std::int64_t> shape) {
        std::size_t floats = 1;
        for (const std::int64_t d : shape)
            floats *= static_cast<std::size_t>(d);
        spec.parts.push_back({block(layer, name), std::move(shape), spec.floatsPerSlot});
        spec.floatsPerSlot += floats;
    };
    const auto addPerToken = [&](int layer, const char *name, int width) {
        spec.parts.push_back({block(layer, name), {dims.contextTokens, width}, spec.floatsPerToken, true});
        spec.floatsPerToken += static_cast<std::size_t>(width);
    };
    spec.contextTokens = dims.hasAttention() ? dims.contextTokens : 0;
    for (int i = 0; i < dims.layers; ++i) {
        spec.layerOffset.push_back(spec.floatsPerSlot);
        spec.layerTokenOffset.push_back(spec.floatsPerToken);
        if (const int keys = dims.attention[static_cast<std::size_t>(i)]) {
            spec.positions.push_back(spec.floatsPerSlot);
            add(i, "att.position", {kPositionFloats});
            addPerToken(i, "att.key_cache", keys);
            addPerToken(i, "att.value_cache", keys);
            continue;
        }
        if (dims.hasTokenShift) add(i, "att.shift_state", {dims.width});
        if (dims.hasPositions) add(i, "att.position", {kPositionFloats});
        add(i, "att.time_state", {dims.heads, dims.headSize, dims.headSize});
    }
    spec.layerOffset.push_back(spec.floatsPerSlot);
    spec.layerTokenOffset.push_back(spec.floatsPerToken);
    return spec;
}

} // namespace engine::hybrid
