#pragma once

// What RWKV-6 makes of a row in front of its projections, and lets depend on the data: five mixes with the
// row before, and the decay. Paper: arXiv:2404.05892.

#include "engine/models/skeleton.h"

namespace engine
{

class DynamicMix
{
public:
    static constexpr int kMixes = 5;
    enum Mix { W, K, V, R, G }; ///< in the order of the stacked factors

    /// Ranks of the factors for the mixes (each of five) and for the decay.
    struct Ranks {
        std::int32_t mix = 0, decay = 0;
    };
    /// The largest of all layers, for planning. Throws Error(BadModel).
    static Ranks largestRanks(const TensorFile &file, const ModelDims &dims);

    /// `decays`: numbers of the decay, one for each channel of the recurrence.
    DynamicMix(WeightStore &store, const ModelDims &dims, int layer, std::int32_t decays);

    /// What mix() needs besides its results may share memory with what comes behind it.
    struct Buffers {
        Buffers() = default;
        Buffers(Arena &arena, std::int64_t rows, std::int64_t width, Ranks ranks);

        kernels::View first, normed, delta; ///< [rows, C]
        kernels::View scratch;
    };
    /// `norm` is that of the layer, with x, shift and batch; out[m] is row by row the input of mix m.
    void mix(const Step &step, kernels::NormMix norm, const Buffers &buffers,
             const kernels::View (&out)[kMixes]) const;
    /// exp(-exp(decay + up tanh(down x))), [rows, decays]; `scratch` has rankScratch(rank) numbers a row.
    void decay(const Step &step, const kernels::View &x, const kernels::View &scratch,
               const kernels::View &out) const;

private:
    kernels::View m_muFirst, m_mu[kMixes];
    kernels::Weight m_mixDown, m_mixUp[kMixes]; ///< [5 rank, C], [C, rank]
    kernels::Weight m_decayDown, m_decayUp;     ///< [rank, C], [decays, rank]
    kernels::View m_decay; ///< [decays]: logarithm of the rate, where the low-rank part is zero
};

} // namespace engine
