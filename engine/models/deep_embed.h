#pragma once

// The deep embedding of RWKV-7a: every token has a small matrix in every layer, which scales what the channel
// mix computes. s = table[token] + U E[token] as [R, R]; factors = ((x down) s) up + bias, with x the output
// of the layer's second norm and E[token] the normed embedding. Formulas: ChatRWKV, rwkv/model.py,
// RWKV_x070_CMix.

#include "engine/models/skeleton.h"

namespace engine
{

class DeepEmbed
{
public:
    /// R of "blocks.0.ffn.s1" [C, R]; 0 if the file has no deep embeddings. Throws Error(BadModel).
    static int rankIn(const TensorFile &file, const ModelDims &dims);

    DeepEmbed(WeightStore &store, const ModelDims &dims, int layer, int rank);

    struct Buffers {
        kernels::View embedded; ///< [rows, C]: E of every row's token
        kernels::View normed;   ///< [rows, C]: x
        kernels::View matrix;   ///< [rows, R R]
        kernels::View p, q;     ///< [rows, R]
        kernels::View factors;  ///< [rows, F] out
    };
    void run(const Step &step, const Buffers &buffers) const;

private:
    kernels::View m_table, m_bias;                 ///< [V, R R], [F]
    kernels::Weight m_fromEmbedding, m_down, m_up; ///< [R R, C], [R, C], [F, R]
};

} // namespace engine
