#include "engine/models/rwkv7_shapes.h"

#include "engine/error.h"

#include <algorithm>

namespace engine::rwkv7
{

ModelDims readDims(const TensorFile &file)
{
    ModelDims dims = readCommonDims(file);
    const char *name = "blocks.0.att.r_k";
    const std::int64_t heads = shapeAt(file, name, 0, 2), headSize = shapeAt(file, name, 1, 2);
    if (heads * headSize != dims.width)
        throw Error(ErrorCode::BadModel, std::string(name) +
                                             ": expected [heads, head size] with a product of " +
                                             std::to_string(dims.width) + ", found [" +
                                             std::to_string(heads) + ", " + std::to_string(headSize) + "].");
    setHeads(dims, name, heads);
    return dims;
}

StateSpec stateOf(const ModelDims &dims)
{
    return stateOfLayers("rwkv7: layers x (att shift [C], ffn shift [C], wkv [H, N value, N key]), fp32",
                         dims.layers,
                         {{"att.shift_state", {dims.width}},
                          {"ffn.shift_state", {dims.width}},
                          {"att.time_state", {dims.heads, dims.headSize, dims.headSize}},
                          {kOffsetOfState, {dims.width}}});
}

std::size_t Ranks::scratch() const
{
    std::size_t sum = 0;
    for (const std::int32_t rank : {w, a, v, g})
        sum += rankScratch(rank);
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
