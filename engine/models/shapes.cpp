#include "engine/models/shapes.h"

#include "engine/error.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string_view>

namespace engine
{
namespace
{

constexpr int kLargestHead = 256; ///< far above every public model

} // namespace

std::string block(int layer, const std::string &name)
{
    return "blocks." + std::to_string(layer) + "." + name;
}

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

ModelDims readCommonDims(const TensorFile &file)
{
    ModelDims dims;
    dims.vocabulary = static_cast<int>(shapeAt(file, "emb.weight", 0, 2));
    dims.width = static_cast<int>(shapeAt(file, "emb.weight", 1, 2));
    dims.layers = countLayers(file);
    dims.hidden = static_cast<int>(shapeAt(file, "blocks.0.ffn.key.weight", 0, 2));
    return dims;
}

void setHeads(ModelDims &dims, const std::string &name, std::int64_t heads)
{
    if (heads < 1 || dims.width % heads != 0)
        throw Error(ErrorCode::BadModel, name + ": expected a number of heads that divides " +
                                             std::to_string(dims.width) + ", found " + std::to_string(heads) +
                                             ".");
    dims.heads = static_cast<int>(heads);
    dims.headSize = dims.width / dims.heads;
    if (dims.headSize > kLargestHead)
        throw Error(ErrorCode::UnsupportedModel, name + ": expected a head size of at most " +
                                                     std::to_string(kLargestHead) + ", found " +
                                                     std::to_string(dims.headSize) + ".");
}

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

std::size_t rankScratch(std::int32_t rank) { return (static_cast<std::size_t>(rank) + 15) / 16 * 16; }

StateSpec stateOfLayers(std::string layout, int layers, const std::vector<LayerState> &pieces)
{
    StateSpec spec;
    spec.layout = std::move(layout);
    for (int i = 0; i < layers; ++i) {
        spec.layerOffset.push_back(spec.floatsPerSlot);
        for (const LayerState &piece : pieces) {
            spec.parts.push_back({block(i, piece.name), piece.shape, spec.floatsPerSlot});
            std::size_t floats = 1;
            for (const std::int64_t d : piece.shape)
                floats *= static_cast<std::size_t>(d);
            spec.floatsPerSlot += floats;
        }
    }
    spec.layerOffset.push_back(spec.floatsPerSlot);
    return spec;
}

} // namespace engine
