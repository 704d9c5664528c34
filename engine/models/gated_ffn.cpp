#include "engine/models/gated_ffn.h"

#include "engine/models/shapes.h"
#include "engine/weight_store.h"

namespace engine
{

GatedFfn::GatedFfn(WeightStore &store, const ModelDims &dims, int layer, Mixes mixes)
    : m_weighsCurrent(mixes == Mixes::OfCurrent)
    , m_norm(loadNorm(store, block(layer, "ln2"), dims.width))
{
    const std::int32_t C = dims.width, F = dims.hidden;
    const std::string prefix = m_weighsCurrent ? "ffn.time_mix_" : "ffn.time_maa_";
    m_muK = store.vector(block(layer, prefix + "k"), {C});
    m_muR = store.vector(block(layer, prefix + "r"), {C});
    m_receptance = store.matrix(layer, block(layer, "ffn.receptance.weight"), C, C);
    m_key = store.matrix(layer, block(layer, "ffn.key.weight"), F, C);
    m_value = store.matrix(layer, block(layer, "ffn.value.weight"), C, F);
}

void GatedFfn::run(const Step &step, const Buffers &b, const kernels::StateView &shift) const
{
    kernels::NormMix mix;
    mix.x = b.x;
    mix.gain = m_norm.gain;
    mix.bias = m_norm.bias;
    mix.epsilon = kNormEpsilon;
    mix.mixes = 2;
    mix.mu[0] = m_muK;
    mix.mu[1] = m_muR;
    mix.out[0] = b.mixK;
    mix.out[1] = b.mixR;
    mix.weighsCurrent = m_weighsCurrent;
    mix.shift = shift;
    mix.batch = step.batch;
    step.device.normMix(mix);

    kernels::ReluFfn ffn;
    ffn.x = b.mixK;
    ffn.key = m_key;
    ffn.value = m_value;
    ffn.hidden = b.hidden;
    ffn.y = b.x;
    ffn.rows = step.batch.tokens;
    ffn.receptance = m_receptance;
    ffn.xr = b.mixR;
    ffn.gate = b.gate;
    step.device.reluFfn(ffn);
}

} // namespace engine
