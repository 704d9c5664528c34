#pragma once

// The channel mix of RWKV-4, 5 and 6: x += sigmoid(R xr) * (V relu(K xk)^2). Formulas: BlinkDL/RWKV-LM,
// RWKV-v4neo and RWKV-v6.

#include "engine/models/skeleton.h"

namespace engine
{

class GatedFfn
{
public:
    /// How the two inputs are mixed: RWKV-4 and 5 name what weighs the current row, 6 what weighs the one
    /// before.
    enum class Mixes { OfCurrent, OfPrevious };

    GatedFfn(WeightStore &store, const ModelDims &dims, int layer, Mixes mixes);

    struct Buffers {
        kernels::View x;          ///< [rows, C] in and out
        kernels::View mixK, mixR; ///< [rows, C]
        kernels::View hidden;     ///< [rows, F]
        kernels::View gate;       ///< [rows, C]
    };
    void run(const Step &step, const Buffers &buffers, const kernels::StateView &shift) const;

private:
    bool m_weighsCurrent;
    Norm m_norm;
    kernels::View m_muK, m_muR;
    kernels::Weight m_receptance, m_key, m_value;
};

} // namespace engine
