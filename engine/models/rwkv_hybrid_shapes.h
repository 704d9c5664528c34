#pragma once

// What the names, shapes and configuration of an RWKV+Transformer hybrid tell. C channels, H heads of N, G
// heads of keys and values.

#include "engine/models/shapes.h"

#include <vector>

namespace engine::hybrid
{

/// How a layer mixes tokens; all are RWKV-7 with changes. Source: rwkv-infer §8.6 to §8.8.
enum class Kind : std::uint8_t {
    Arwkv,  ///< token shift, k_k and k_a, heads of keys as many as of values; perhaps without gate and ln_x
    Cxa073, ///< no token shift, norm of heads, no gate
    Cxa075, ///< neither norm; gate + 1
    Cxa076, ///< neither k_k nor k_a; with r_norm "cxa076r"
    Hxa079, ///< positions; the first layer's keys and values lead on; attention in some layers
    Hxa07a, ///< the same without the first layer's values and without the bonus
};

struct Layout {
    ModelDims dims;
    Kind kind = Kind::Arwkv;
    int keyHeads = 0;                                             ///< G of the layers with a recurrence
    int attentionHeads = 0, attentionKeys = 0, attentionSize = 0; ///< H, G and N of the others
    int firstRecurrence = 0;                                      ///< the layer whose values lead on
    float normEpsilon = 1e-6F;                                    ///< config.rms_norm_eps
    float theta = 0;                                              ///< config.rope_theta; 0: no positions
    std::size_t scratch = 0;                                      ///< floats a row that the op lowRank wants

    bool isAttention(int layer) const { return dims.attention[static_cast<std::size_t>(layer)] > 0; }
    int width() const { return dims.heads * dims.headSize; } ///< H N, which may differ from C
    int keyWidth() const { return keyHeads * dims.headSize; }
};

bool accepts(const TensorFile &file);
/// Throws Error(BadModel) naming the tensor that is missing or has the wrong shape, Error(UnsupportedModel).
Layout readLayout(const TensorFile &file);
StateSpec stateOf(const ModelDims &dims);

} // namespace engine::hybrid
