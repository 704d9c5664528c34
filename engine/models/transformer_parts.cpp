#include "engine/models/transformer_parts.h"

#include "engine/models/shapes.h"
#include "engine/weight_store.h"

namespace engine
{

Projection loadProjection(WeightStore &store, int layer, const std::string &name, std::int32_t rows,
                          std::int32_t cols)
{
    const std::string bias = block(layer, name + ".bias");
    return {store.matrix(layer, block(layer, name + ".weight"), rows, cols),
            store.file().find(bias) ? store.vector(bias, {rows}) : kernels::View()};
}

void addProduct(const Step &step, const Projection &projection, const kernels::View &y,
                const kernels::View &x)
{
    kernels::Linear linear;
    linear.problem[0] = {y, projection.weight, projection.bias, x, kernels::Activation::None, true};
    linear.problems = 1;
    linear.rows = step.batch.tokens;
    step.device.linear(linear);
}

kernels::NormMix rmsNorm(const Step &step, const kernels::View &x, const kernels::View &gain, float epsilon)
{
    kernels::NormMix norm;
    norm.x = x;
    norm.gain = gain;
    norm.epsilon = epsilon;
    norm.isRms = true;
    norm.batch = step.batch;
    return norm;
}

SwiGlu::SwiGlu(WeightStore &store, const ModelDims &dims, int layer, float normEpsilon)
    : m_epsilon(normEpsilon)
    , m_norm(store.vector(block(layer, "ln2.weight"), {dims.width}))
    , m_gate(store.matrix(layer, block(layer, "ffn.gate.weight"), dims.hidden, dims.width))
    , m_up(store.matrix(layer, block(layer, "ffn.up.weight"), dims.hidden, dims.width))
    , m_down(store.matrix(layer, block(layer, "ffn.down.weight"), dims.width, dims.hidden))
{
}

void SwiGlu::run(const Step &step, const Buffers &b) const
{
    kernels::NormMix norm = rmsNorm(step, b.x, m_norm, m_epsilon);
    norm.out[0] = b.normed;
    step.device.normMix(norm);
    step.device.gatedFfn({b.normed, m_gate, m_up, m_down, b.gate, b.hidden, b.x, step.batch.tokens});
}

} // namespace engine
