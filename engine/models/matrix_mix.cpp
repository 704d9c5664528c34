#include "engine/models/matrix_mix.h"

#include "engine/models/shapes.h"
#include "engine/weight_store.h"

#include <cmath>

namespace engine
{
namespace
{

float exponential(float x) { return std::exp(x); }

/// What a token tells itself, [H, N]. Old files hold one number a head, or its logarithm under another name.
kernels::View loadBonus(WeightStore &store, const ModelDims &dims, int layer)
{
    const std::string plain = block(layer, "att.time_faaaa"), logarithm = block(layer, "att.time_first");
    const TensorEntry *entry = store.file().find(plain);
    const bool isLogarithm = !entry && (entry = store.file().find(logarithm));
    const std::string &name = isLogarithm ? logarithm : plain;
    float (*const f)(float) = isLogarithm ? exponential : nullptr;
    if (entry && entry->elements() == dims.heads) return store.derived(name, {dims.heads}, f, dims.headSize);
    return store.derived(name, {dims.heads, dims.headSize}, f, 1);
}

} // namespace

MatrixMix::MatrixMix(WeightStore &store, const ModelDims &dims, int layer, bool hasGate)
    : m_heads(dims.heads)
    , m_headSize(dims.headSize)
    , m_epsilon(headNormEpsilon(store, dims.headSize))
    , m_headNorm(loadNorm(store, block(layer, "att.ln_x"), dims.width))
    , m_bonus(loadBonus(store, dims, layer))
{
    const auto matrix = [&](const char *name) {
        return store.matrix(layer, block(layer, std::string("att.") + name + ".weight"), dims.width,
                            dims.width);
    };
    m_receptance = matrix("receptance");
    m_key = matrix("key");
    m_value = matrix("value");
    if (hasGate) m_gate = matrix("gate");
    m_output = matrix("output");
}

void MatrixMix::project(const Step &step, const Inputs &inputs, const Buffers &b) const
{
    using kernels::Activation;
    kernels::Linear products;
    products.problem[0] = {inputs.r, m_receptance, {}, b.r, Activation::None, false};
    products.problem[1] = {inputs.k, m_key, {}, b.k, Activation::None, false};
    products.problem[2] = {inputs.v, m_value, {}, b.v, Activation::None, false};
    products.problem[3] = {inputs.g, m_gate, {}, b.g, Activation::Silu, false};
    products.problems = m_gate ? 4 : 3;
    products.rows = step.batch.tokens;
    step.device.linear(products);
}

void MatrixMix::recur(const Step &step, const Buffers &b, const kernels::View &decay,
                      const kernels::StateView &state, const kernels::View &x) const
{
    kernels::Wkv6 wkv;
    wkv.r = b.r;
    wkv.k = b.k;
    wkv.v = b.v;
    wkv.w = decay;
    wkv.u = m_bonus;
    wkv.y = b.y;
    wkv.state = state;
    wkv.heads = m_heads;
    wkv.headSize = m_headSize;
    wkv.batch = step.batch;
    step.device.wkv6(wkv);

    kernels::Readout readout;
    readout.y = b.y;
    readout.gain = m_headNorm.gain;
    readout.bias = m_headNorm.bias;
    readout.epsilon = m_epsilon;
    if (m_gate) readout.g = b.g;
    readout.tokens = step.batch.tokens;
    readout.heads = m_heads;
    readout.headSize = m_headSize;
    readout.offset = {state.data + m_heads * m_headSize * m_headSize, state.slotStride};
    readout.batch = step.batch;
    step.device.readout(readout);

    kernels::Linear output;
    output.problem[0] = {b.y, m_output, {}, x, kernels::Activation::None, true};
    output.problems = 1;
    output.rows = step.batch.tokens;
    step.device.linear(output);
}

StateSpec matrixState(const std::string &family, const ModelDims &dims)
{
    StateSpec spec = stateOfLayers(
        family + ": layers x (att shift [C], ffn shift [C], wkv [H, N key, N value]), fp32", dims.layers,
        {{"att.shift_state", {dims.width}},
         {"ffn.shift_state", {dims.width}},
         {"att.time_state", {dims.heads, dims.headSize, dims.headSize}},
         {kOffsetOfState, {dims.width}}});
    spec.keysFirst = true;
    return spec;
}

} // namespace engine
