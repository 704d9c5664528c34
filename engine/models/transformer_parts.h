#pragma once

// What hybrids keep of the transformers that they were made of: matrices with a bias, and SwiGLU behind a
// norm without mean. Formulas: rwkv-infer §8.6 to §8.8.

#include "engine/models/skeleton.h"

namespace engine
{

/// A matrix with the bias that it may have.
struct Projection {
    kernels::Weight weight;
    kernels::View bias;
};

/// "<name>.weight" and, if there is one, "<name>.bias" of a layer. Throws Error(BadModel).
Projection loadProjection(WeightStore &store, int layer, const std::string &name, std::int32_t rows,
                          std::int32_t cols);

/// x += weight y + bias.
void addProduct(const Step &step, const Projection &projection, const kernels::View &y,
                const kernels::View &x);

/// x / sqrt(mean(x^2) + epsilon) * gain of the rows of a step; where to is up to the caller.
kernels::NormMix rmsNorm(const Step &step, const kernels::View &x, const kernels::View &gain, float epsilon);

/// The channel mix: x += down (silu(gate y) * up y), y = norm(x).
class SwiGlu
{
public:
    SwiGlu() = default;
    SwiGlu(WeightStore &store, const ModelDims &dims, int layer, float normEpsilon);

    struct Buffers {
        kernels::View x;            ///< [rows, C] in and out
        kernels::View normed;       ///< [rows, C]
        kernels::View gate, hidden; ///< [rows, F]
    };
    void run(const Step &step, const Buffers &buffers) const;

private:
    float m_epsilon = 0;
    kernels::View m_norm;
    kernels::Weight m_gate, m_up, m_down;
};

} // namespace engine
