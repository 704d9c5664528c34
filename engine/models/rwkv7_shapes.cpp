#include "engine/models/rwkv7_shapes.h"

#include "engine/error.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string_view>

namespace engine::rwkv7
{
namespace
{

constexpr int kLargestHead = 256; ///< far above every public model

std::int64_t shapeAt(const TensorFile &file, const std::string &name, std::size_t index, std::size_t rank)
{
    const TensorEntry *entry = file.find(name);
    if (!entry) throw Error(ErrorCode::BadModel, name + ": the file has no such tensor.");
    const bool fits = entry->shape.size() == rank &&
                      std::all_of(entry->shape.begin(), entry->shape.end(), [](std::int64_t d) {
                          return d >= 1 && d <= std::numeric_limits<std::int32_t>::max();
                      });
    if (!fits)
        throw Error(ErrorCode::BadModel, name + ": expected " + std::to_string(rank) + " dimensions, found " +
                                             entry->shapeText() + ".");
    return entry->shape[index];
}

int countLayers(const TensorFile &file)
{
    constexpr std::string_view kPrefix = "blocks.";
    int layers = 0;
    for (const TensorEntry &entry : file.tensors()) {
        const std::string_view name = entry.name;
        if (!name.starts_with(kPrefix)) continue;
        int layer = -1;
        const auto [end, error] =
            std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), layer);
        const bool isNumber = error == std::errc() && end != name.data() + name.size() && *end == '.';
        // Every layer has tensors, so a larger number can only be wrong.
        if (!isNumber || layer < 0 || static_cast<std::size_t>(layer) >= file.tensors().size())
            throw Error(ErrorCode::BadModel,
                        entry.name + ": expected the number of a layer after 'blocks.'.");
        layers = std::max(layers, layer + 1);
    }
    return layers;
}

/// Rank of the low-rank factor `name` [C, rank]; its orientation tells BlinkDL files from conversions.
std::int32_t rankOf(const TensorFile &file, const std::string &name, std::int64_t width)
{
    const std::int64_t first = shapeAt(file, name, 0, 2);
    const std::int64_t second = shapeAt(file, name, 1, 2);
    if (first != width && second == width)
        throw Error(ErrorCode::UnsupportedModel,
                    name + ": expected [" + std::to_string(width) + ", rank] as in BlinkDL's files, found [" +
                        std::to_string(first) + ", " + std::to_string(second) +
                        "]: the low-rank factors are transposed, as in converted files (web-rwkv, "
                        "flash-linear-attention, GGUF). Use the original .pth file.");
    return static_cast<std::int32_t>(second);
}

} // namespace

std::string block(int layer, const std::string &name)
{
    return "blocks." + std::to_string(layer) + "." + name;
}

ModelDims readDims(const TensorFile &file)
{
    ModelDims dims;
    dims.vocabulary = static_cast<int>(shapeAt(file, "emb.weight", 0, 2));
    dims.width = static_cast<int>(shapeAt(file, "emb.weight", 1, 2));
    dims.layers = countLayers(file);
    dims.heads = static_cast<int>(shapeAt(file, "blocks.0.att.r_k", 0, 2));
    dims.headSize = static_cast<int>(shapeAt(file, "blocks.0.att.r_k", 1, 2));
    dims.hidden = static_cast<int>(shapeAt(file, "blocks.0.ffn.key.weight", 0, 2));
    if (std::int64_t{dims.heads} * dims.headSize != dims.width)
        throw Error(ErrorCode::BadModel, "blocks.0.att.r_k: expected [heads, head size] with a product of " +
                                             std::to_string(dims.width) + ", found [" +
                                             std::to_string(dims.heads) + ", " +
                                             std::to_string(dims.headSize) + "].");
    if (dims.headSize > kLargestHead)
        throw Error(ErrorCode::UnsupportedModel, "blocks.0.att.r_k: expected a head size of at most " +
                                                     std::to_string(kLargestHead) + ", found " +
                                                     std::to_string(dims.headSize) + ".");
    return dims;
}

StateSpec stateOf(const ModelDims &dims)
{
    StateSpec spec;
    spec.layout = "rwkv7: layers x (att shift [C], ffn shift [C], wkv [H, N value, N key]), fp32";
    const auto add = [&spec](std::string name, std::vector<std::int64_t> shape) {
        std::size_t floats = 1;
        for (const std::int64_t d : shape)
            floats *= static_cast<std::size_t>(d);
        spec.parts.push_back({std::move(name), std::move(shape), spec.floatsPerSlot});
        spec.floatsPerSlot += floats;
    };
    for (int i = 0; i < dims.layers; ++i) {
        spec.layerOffset.push_back(spec.floatsPerSlot);
        add(block(i, "att.shift_state"), {dims.width});
        add(block(i, "ffn.shift_state"), {dims.width});
        add(block(i, "att.time_state"), {dims.heads, dims.headSize, dims.headSize});
    }
    spec.layerOffset.push_back(spec.floatsPerSlot);
    return spec;
}

std::size_t Ranks::scratch() const
{
    std::size_t sum = 0;
    for (const std::int32_t rank : {w, a, v, g})
        sum += (static_cast<std::size_t>(rank) + 15) / 16 * 16;
    return sum;
}

Ranks readRanks(const TensorFile &file, const ModelDims &dims, int layer)
{
    Ranks ranks;
    ranks.w = rankOf(file, block(layer, "att.w1"), dims.width);
    ranks.a = rankOf(file, block(layer, "att.a1"), dims.width);
    ranks.g = rankOf(file, block(layer, "att.g1"), dims.width);
    if (layer > 0) ranks.v = rankOf(file, block(layer, "att.v1"), dims.width);
    return ranks;
}

/// Floats a row of low-rank scratch, enough for every layer.
std::size_t largestScratch(const TensorFile &file, const ModelDims &dims)
{
    std::size_t largest = 0;
    for (int i = 0; i < dims.layers; ++i)
        largest = std::max(largest, readRanks(file, dims, i).scratch());
    return largest;
}

} // namespace engine::rwkv7
