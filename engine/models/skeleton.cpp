#include "engine/models/skeleton.h"

#include "engine/models/shapes.h"
#include "engine/weight_store.h"

#include <charconv>
#include <optional>

namespace engine
{
namespace
{

constexpr float kHeadNormEpsilon = 64e-5F;

std::optional<float> numberIn(const TensorFile &file, const char *key)
{
    const auto found = file.metadata().find(key);
    if (found == file.metadata().end()) return std::nullopt;
    const std::string &text = found->second;
    float value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool isNumber = error == std::errc() && end == text.data() + text.size();
    return isNumber && value > 0 && value < 1e4F ? std::optional(value) : std::nullopt;
}

} // namespace

Norm loadNorm(WeightStore &store, const std::string &name, int width)
{
    return {store.vector(name + ".weight", {width}), store.vector(name + ".bias", {width})};
}

float headNormEpsilon(const WeightStore &store, int headSize)
{
    const float set = store.overrides().headNormEpsilon;
    if (set > 0) return set;
    // Conversions of RWKV-5 and 6 name the divisor, flash-linear-attention's of RWKV-7 scale by the head
    // size.
    if (const auto divisor = numberIn(store.file(), "config.head_size_divisor"))
        return *divisor * *divisor * kNormEpsilon;
    if (const auto epsilon = numberIn(store.file(), "config.norm_eps"))
        return static_cast<float>(headSize) * *epsilon;
    return kHeadNormEpsilon; // also where N is not 64
}

std::size_t Arena::bytesOf(std::int64_t rows, std::int64_t columns)
{
    return (static_cast<std::size_t>(rows * columns) * sizeof(float) + 63) / 64 * 64;
}

kernels::View Arena::take(std::int64_t rows, std::int64_t columns)
{
    std::byte *data = m_memory ? m_memory + m_at : nullptr;
    m_at += bytesOf(rows, columns);
    m_most = std::max(m_most, m_at);
    return kernels::view(data, kernels::DType::F32, rows, columns);
}

Skeleton::Skeleton(WeightStore &store, const ModelDims &dims)
    : m_width(dims.width)
    , m_isRms(false)
    , m_epsilon(kNormEpsilon)
    , m_embedding(store.table("emb.weight", dims.vocabulary, dims.width))
    , m_norm0(loadNorm(store, block(0, "ln0"), dims.width))
    , m_normOut(loadNorm(store, "ln_out", dims.width))
    , m_head(store.matrix(dims.layers, "head.weight", dims.vocabulary, dims.width))
{
}

Skeleton::Skeleton(WeightStore &store, const ModelDims &dims, float rmsEpsilon)
    : m_width(dims.width)
    , m_isRms(true)
    , m_epsilon(rmsEpsilon)
    , m_embedding(store.table("emb.weight", dims.vocabulary, dims.width))
    , m_normOut{store.vector("ln_out.weight", {dims.width}), {}}
    , m_head(store.matrix(dims.layers, "head.weight", dims.vocabulary, dims.width))
{
}

void Skeleton::embed(const Step &step, const kernels::View &x) const
{
    kernels::Embed embed;
    embed.tokens = step.tokens;
    embed.table = m_embedding;
    embed.gain = m_norm0.gain;
    embed.bias = m_norm0.bias;
    embed.epsilon = kNormEpsilon;
    embed.x = x;
    step.device.embed(embed);
}

void Skeleton::head(const Step &step, const kernels::View &x, const kernels::View &normed) const
{
    if (step.logitCount == 0) return;
    kernels::NormMix last;
    last.x = x;
    last.gain = m_normOut.gain;
    last.bias = m_normOut.bias;
    last.epsilon = m_epsilon;
    last.isRms = m_isRms;
    last.out[0] = kernels::view(normed.data, kernels::DType::F32, step.logitCount, m_width);
    last.rows = step.logitRows;
    last.rowCount = step.logitCount;
    last.batch = step.batch;
    if (step.hidden) last.out[0] = step.hidden;
    step.device.normMix(last);
    if (step.hidden) return;
    kernels::Linear head;
    head.problem[0] = {last.out[0], m_head, {}, step.logits, kernels::Activation::None, false};
    head.problems = 1;
    head.rows = step.logitCount;
    step.device.linear(head);
}

kernels::StateView layerState(const Step &step, const StateSpec &spec, int layer, std::size_t offset)
{
    return {step.states + (spec.layerOffset[static_cast<std::size_t>(layer)] + offset - step.stateOffset),
            step.stateStride};
}

} // namespace engine
