#pragma once

// What all generations of RWKV have around their layers: embedding, norms, head, and the arena of a step.

#include "engine/models/model.h"
#include "kernels/device.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

namespace engine
{

constexpr float kNormEpsilon = 1e-5F;

struct Norm {
    kernels::View gain, bias; ///< [C]
};

/// "<name>.weight" and "<name>.bias". Throws Error(BadModel).
Norm loadNorm(WeightStore &store, const std::string &name, int width);

/// Of the norm that every head's output goes through: what the user set; else what the file's metadata tell;
/// else 64e-5, because training divided by 8 before a norm with 1e-5.
float headNormEpsilon(const WeightStore &store, int headSize);

/// Hands out the float buffers of a step from one piece of memory; buffers stay 64-byte aligned. Without
/// memory it only measures.
class Arena
{
public:
    explicit Arena(std::byte *memory)
        : m_memory(memory)
    {
    }

    kernels::View take(std::int64_t rows, std::int64_t columns);
    /// Where the next buffer begins; what is taken after rewind(mark()) shares memory with what was taken
    /// since.
    std::size_t mark() const { return m_at; }
    void rewind(std::size_t mark) { m_at = mark; }
    std::size_t bytes() const { return m_most; } ///< the most that was taken at a time
    static std::size_t bytesOf(std::int64_t rows, std::int64_t columns);

private:
    std::byte *m_memory;
    std::size_t m_at = 0, m_most = 0;
};

/// Embedding with its norm, last norm and head.
class Skeleton
{
public:
    Skeleton(WeightStore &store, const ModelDims &dims);
    /// As transformers have it: no norm behind the embedding, one without mean before the head.
    Skeleton(WeightStore &store, const ModelDims &dims, float rmsEpsilon);

    /// x = norm(embedding of the tokens); for item 0.
    void embed(const Step &step, const kernels::View &x) const;
    /// The logits of the wanted rows of x, if any; for the item behind the layers. `normed` is scratch for
    /// step.logitCount rows.
    void head(const Step &step, const kernels::View &x, const kernels::View &normed) const;

private:
    int m_width;
    bool m_isRms;
    float m_epsilon; ///< of the last norm
    kernels::View m_embedding;
    Norm m_norm0, m_normOut; ///< without m_norm0 and biases if m_isRms
    kernels::Weight m_head;
};

/// The state of `layer`, `offset` floats into it.
kernels::StateView layerState(const Step &step, const StateSpec &spec, int layer, std::size_t offset);

/// Runs the items of a step: the embedding into x, `layer(i)` for each layer, the head.
template <class Layer>
void runItems(const Step &step, const ModelDims &dims, const Skeleton &skeleton, const kernels::View &x,
              const kernels::View &normed, const Layer &layer)
{
    if (step.firstItem == 0) skeleton.embed(step, x);
    for (int i = step.firstItem; i < std::min(step.endItem, dims.layers); ++i) {
        if (step.stop.stop_requested()) return; // a layer of a large model takes some 50 ms
        layer(i);
    }
    if (step.endItem > dims.layers) skeleton.head(step, x, normed);
}

} // namespace engine
