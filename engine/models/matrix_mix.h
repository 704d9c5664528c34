#pragma once

// The time mix of RWKV-5 and 6 behind its token shift: projections, the recurrence with a matrix for every
// head, and the readout. Paper: arXiv:2404.05892.

#include "engine/models/skeleton.h"

namespace engine
{

class MatrixMix
{
public:
    MatrixMix(WeightStore &store, const ModelDims &dims, int layer, bool hasGate);

    /// What every row is projected to; y may share memory with an input that is projected by then.
    struct Buffers {
        kernels::View r, k, v, g, y; ///< [rows, C]
    };
    struct Inputs {
        kernels::View r, k, v, g; ///< [rows, C]
    };
    void project(const Step &step, const Inputs &inputs, const Buffers &buffers) const;
    /// x += output(gate * norm(recurrence)); decay is [rows, H, N], or [H, N] if it never changes.
    void recur(const Step &step, const Buffers &buffers, const kernels::View &decay,
               const kernels::StateView &state, const kernels::View &x) const;

private:
    int m_heads, m_headSize;
    float m_epsilon;
    kernels::Weight m_receptance, m_key, m_value, m_gate, m_output;
    Norm m_headNorm;
    kernels::View m_bonus; ///< [H, N]
};

/// The state of one layer: two shifts and the matrices, [head][key][value]. Name of the family for the
/// layout.
StateSpec matrixState(const std::string &family, const ModelDims &dims);

} // namespace engine
